"""The call ``leao.power_grid``."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from leao.chain.api import OUT, Changes
from leao.chain.grid.contract import GridRow
from leao.chain.scenario import Scenario
from leao.core.progress import Progress, shown
from leao.core.result import Result
from leao.core.work import Work


def power_grid(
    scenario: str | Scenario,
    repeats: int = 200,
    n: str | None = None,
    effect: str = "0.5,0.75,1",
    design: str | None = None,
    dropout: str | None = None,
    estimator: str | None = None,
    endpoint: str = "attacks",
    seed: int | None = None,
    set: Changes | None = None,
    workers: int | None = None,
    out: str | PathLike[str] = OUT,
    progress: Progress | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
) -> Result[list[GridRow]]:
    """Simulate a scenario's trial over designs, sizes, effects and dropout; what stands on disk is used again.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        repeats: simulated trials of each ensemble.
        n: patients per group, ``"20,60"``; by default the scenario's.
        effect: ratios of attack rates, mechanistic, empirical, neutral or sceptical, ``"0.5,1,sceptical"``.
        design: kinds of design, ``"parallel,crossover"``; by default the scenario's.
        dropout: shares who drop out, of every arm, ``"0.1,0.3"``; by default the scenario's.
        estimator: by default negative_binomial, in paired designs paired.
        endpoint: attacks, migraine_days or headache_days.
        seed: of all random numbers.
        set: changes of any key, as in ``leao.load``.
        workers: how many compute at once; the result is the same.
        out: folder for the ensembles.
        progress: called with a step, its parts done and their number; by default a line in a notebook.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: this part of every ensemble only, into the folder that all shards share.

    Raises:
        LeaoError: a grid that cannot be, or a folder that cannot be written.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    from leao.chain.api import changed_scenario
    from leao.chain.grid import cells

    asked = changed_scenario(scenario, set, {"seed": seed})
    words = cells.GridWords(n, effect, design, dropout, estimator, endpoint)
    request = cells.parse(words, asked)
    rows = cells.play(asked, request, repeats, Path(out), (Work(workers, scheduler, shard), shown(progress)))
    return Result("grid", rows, lambda: _frame(rows))


def _frame(rows: list[GridRow]) -> Any:
    import polars as pl

    return pl.DataFrame([{**row, "effect": str(row["effect"])} for row in rows])
