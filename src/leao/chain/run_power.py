"""From a scenario to the operating characteristics of its trial: chunks from disk where whole, else computed.

``power`` is to a design what ``run`` is to a question. The folder does not depend on the number of repeats: more of
them add chunks to those that are there.
"""

from __future__ import annotations

import json
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from leao.chain.scenario import Scenario
from leao.core import chunks, files, parts
from leao.core.cache import Kept, key
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_PATIENTS, MOST_TRIALS
from leao.core.work import pooled

if TYPE_CHECKING:
    from leao.chain.power_answer import PowerRequest
    from leao.trial.titration import Policy


class WorkOptions(NamedTuple):
    """How an ensemble is computed; the result does not depend on it."""

    pool: AbstractContextManager[Executor]
    shard: chunks.Shard = chunks.WHOLE
    progress: chunks.Progress = lambda *_: None  # called with chunks done and chunks of the shard


def power(
    scenario: Scenario,
    repeats: int = 1000,
    *,
    effect: str | float = "mechanistic",
    n: tuple[int, ...] | None = None,
    out: str | Path = "runs",
    executor: Executor | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the operating characteristics of the scenario's trial, as ``leao trial --json`` prints them.

    Args:
        scenario: from ``leao.load``.
        repeats: simulated trials.
        effect: ``"mechanistic"``, ``"empirical"`` or a ratio of attack rates, 1 for none.
        n: patients per group; by default the scenario's.
        out: folder for the ensembles.
        executor: any executor, for example ``distributed.Client().get_executor()``; else threads or processes.
        **more: ``estimators`` (names), ``endpoint``, ``policy`` (a callable, see ``leao.trial.titration.EpochView``).
    """
    from leao.chain.effects import parse
    from leao.chain.power_answer import PowerRequest

    policy: Policy | None = more.pop("policy", None)
    names = more.pop("estimators", None)
    wish = PowerRequest(parse(str(effect)), n, tuple(names) if names else None, more.pop("endpoint", "attacks"), policy)
    if more:
        raise ScenarioError(f"leao.power: unknown {', '.join(more)}; known: estimators, endpoint, policy")
    return play_out(scenario, wish, repeats, Path(out), WorkOptions(pooled(executor, None)))


def play_out(
    scenario: Scenario,
    wish: PowerRequest,
    repeats: int,
    out: Path,
    how: WorkOptions,
) -> dict[str, Any]:
    """Return the answer, or what a shard has done where other shards are still missing.

    Args:
        scenario: the question.
        wish: effect, sizes, estimators.
        repeats: simulated trials.
        out: folder for ensembles.
        how: workers, shard and progress.

    Raises:
        ScenarioError: no repeats, or a scenario the trial cannot be built from.
        RunError: ``out`` cannot be written.
    """
    if not 1 <= repeats <= MOST_TRIALS:
        raise ScenarioError(f"--repeats: found {repeats}, wanted 1 to {MOST_TRIALS} simulated trials")
    largest = max(wish.sizes or (scenario.trial.n_per_arm,))
    patients = max(repeats, chunks.SIZE) * largest * len(scenario.arms)
    if patients > MOST_PATIENTS:
        raise ScenarioError(
            f"--repeats x --n: found {patients} simulated patients, wanted at most {MOST_PATIENTS}; ask for fewer"
        )
    out = files.writable(out)
    path = out / f"{scenario.name}-trial-{_hash(scenario, wish)[:12]}"
    for place in (out, out / ".kept", path, path / "chunks", path / "adam"):
        parts.sweep(place)
    parts.clear(path / "trial.json", path / "trial.html", *(path / "adam").glob("*"))
    from leao.chain import power_answer
    from leao.trial import simulation

    ask = power_answer.setting(scenario, wish, Kept(out / ".kept"))
    cuts = chunks.spans(-(-repeats // chunks.SIZE) * chunks.SIZE)  # whole, so that more repeats use them again
    with how.pool as workers:
        ensemble = chunks.ensemble(partial(simulation.chunk, ask), cuts, workers, how.progress, path, how.shard)
    if ensemble.missing:
        keys = ("n_per_arm", "power", "power_se", "type_1_error", "type_1_error_se", "bias", "coverage")
        rest = dict.fromkeys((*keys, "n_for_80_percent", "estimator"))
        return rest | {
            "repeats": repeats,
            "shard": list(how.shard),
            "missing_chunks": ensemble.missing,
            "run": str(path),
        }
    rows, trials, _ = ensemble.first(repeats)
    answer = power_answer.answer(ask, wish, rows, trials, scenario) | {"run": str(path)}
    files.write_text(path / "trial.json", json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return answer


def tables(scenario: Scenario, wish: PowerRequest, run: str | Path, trial: int = 0) -> Path:
    """Write one trial of the ensemble in the folder ``run`` as ADaM tables (Parquet and CSV); return their folder.

    Args:
        scenario: the question.
        wish: effect, sizes, estimators.
        run: the ensemble's folder.
        trial: which of its trials.
    """
    from leao.chain import power_answer
    from leao.trial import adam

    folder = Path(run) / "adam"
    adam.write(folder, power_answer.setting(scenario, wish, Kept(Path(run).parent / ".kept")), scenario.name, trial)
    return folder


def _hash(scenario: Scenario, wish: PowerRequest) -> str:
    question = scenario.model_dump(mode="json", exclude={"trials"})
    policy = None if wish.policy is None else _told(wish.policy)
    parts = [question, wish.effect, wish.sizes, wish.methods, wish.endpoint, policy, chunks.SIZE]
    return key(parts if wish.looks is None else [*parts, list(wish.looks)], __name__)


def _told(part: Any) -> Any:
    """Return what a callable does, as text: its code and all it holds, so that a changed policy is another question.

    What cannot be read off an object (its address, say) makes it another question in another session: then nothing is
    found on disk, but nothing false either.
    """
    if isinstance(part, CodeType):
        return [part.co_code.hex(), list(part.co_names), [_told(co_const) for co_const in part.co_consts]]
    if isinstance(part, FunctionType):
        cells = [_told(cell.cell_contents) for cell in part.__closure__ or ()]
        used = {name: _told_value(part.__globals__.get(name)) for name in part.__code__.co_names}
        return [part.__qualname__, _told(part.__code__), cells, _told_value(part.__defaults__), used]
    if isinstance(part, partial):
        return [_told(part.func), _told_value(part.args), _told_value(part.keywords)]
    called = getattr(type(part), "__call__", None)  # noqa: B004 - the code, not whether there is any
    return [_told(called), _told_value(part)] if isinstance(called, FunctionType) else _told_value(part)


def _told_value(part: Any) -> str:
    """Return a value as text; a module by its name, an array by its numbers."""
    if isinstance(part, ModuleType):
        return part.__name__
    if isinstance(part, FunctionType):
        return json.dumps([part.__qualname__, part.__code__.co_code.hex(), repr(part.__code__.co_consts)])
    return repr(part.tolist()) if hasattr(part, "tolist") else repr(part)
