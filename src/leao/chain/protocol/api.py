"""The call ``leao.protocol``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from leao.chain.api import OUT, Changes
from leao.chain.scenario import Scenario
from leao.core.chunks import spans
from leao.core.errors import UnfinishedShard
from leao.core.progress import Progress
from leao.core.result import Result
from leao.core.work import Work


def protocol(
    scenario: str | Scenario,
    repeats: int = 1000,
    n: str | None = None,
    effect: str | float = "mechanistic",
    estimator: str | Sequence[str] | None = None,
    endpoint: str = "attacks",
    seed: int | None = None,
    set: Changes | None = None,
    workers: int | None = None,
    looks: str | None = None,
    spending: str | None = None,
    spending_gamma: float | None = None,
    futility: str | None = None,
    out: str | PathLike[str] = OUT,
    progress: Progress | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
) -> Result[dict[str, Any]]:
    """Return the statistical section of a protocol: estimands, design, operating characteristics, analysis, shells.

    Every fact comes from the scenario, the design or the simulated trials; no text is invented.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        repeats: simulated trials.
        n: patients per group, ``"20,60"``; by default the scenario's.
        effect: as in ``leao.power``.
        estimator: one or more; the first is quoted; by default all that fit.
        endpoint: attacks, migraine_days or headache_days.
        seed: of all random numbers.
        set: changes of any key, as in ``leao.load``.
        workers: how many compute at once; the result is the same.
        looks: as in ``leao.power``.
        spending: as in ``leao.power``.
        spending_gamma: as in ``leao.power``.
        futility: as in ``leao.power``.
        out: folder for the ensemble.
        progress: called with a step, its parts done and their number; by default a line in a notebook.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: this part of the ensemble only, into the folder that all shards share.

    Raises:
        LeaoError: a trial that cannot be built, or a folder that cannot be written.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    from leao.chain import api
    from leao.chain.protocol import facts

    played = api.power(
        scenario, repeats, n, effect, estimator, endpoint, seed, set, workers, shard, out, None, None, progress, looks,
        spending, spending_gamma, futility, scheduler,
    )  # fmt: skip
    missing = played.summary.get("missing_chunks", 0)
    if missing:
        part = Work(shard=shard).part
        raise UnfinishedShard(part, missing, len(spans(repeats)), played.summary["run"])
    asked, wish = played.basis
    names = (estimator,) if isinstance(estimator, str) else tuple(estimator or ())
    named = {"repeats": repeats, "n": n, "effect": effect, "endpoint": endpoint, "seed": asked.seed, "looks": looks,
             "spending": spending, "spending_gamma": spending_gamma, "futility": futility}  # fmt: skip
    name = scenario if isinstance(scenario, str) else asked.name
    changes = [f"{key}={value}" for key, value in set.items()] if isinstance(set, Mapping) else list(set or ())
    request = facts.ProtocolRequest(
        asked, wish, dict(played.summary), _command(name, named, names, changes), _python(name, named, names, changes)
    )
    return Result("protocol", facts.facts(request))


def _command(name: str, named: dict[str, Any], estimators: tuple[str, ...], changes: list[str]) -> str:
    words = ["leao", "trial", "protocol", name]
    for key, value in named.items():
        words += [] if value is None else [f"--{key.replace('_', '-')}", str(value)]
    for estimator in estimators:
        words += ["--estimator", estimator]
    for change in changes:
        words += ["--set", change]
    return shlex.join(words)


def _python(name: str, named: dict[str, Any], estimators: tuple[str, ...], changes: list[str]) -> str:
    parts = [repr(name), *(f"{key}={value!r}" for key, value in named.items() if value is not None)]
    parts += [f"estimator={list(estimators)!r}"] if estimators else []
    parts += [f"set={changes!r}"] if changes else []
    return f"leao.protocol({', '.join(parts)})"
