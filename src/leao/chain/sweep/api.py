"""The call ``leao.sweep``."""

from __future__ import annotations

from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import Any

from leao.chain.api import OUT, Changes, changed_scenario
from leao.chain.contract import SweepRow
from leao.chain.scenario import Scenario
from leao.chain.sweep import cells
from leao.chain.sweep.cells import Over
from leao.core.limits import MOST_WORKERS
from leao.core.progress import Progress, shown
from leao.core.result import Result


def sweep(
    scenario: str | Scenario,
    over: Over,
    out: str | PathLike[str] = OUT,
    seed: int | None = None,
    subjects: int | None = None,
    set: Changes | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
) -> Result[list[SweepRow]]:
    """Run a scenario over every combination of values of some of its keys; runs that stand on disk are read.

    Every combination is the run that ``leao.run`` would make of it, in the same folder under the same name.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        over: keys and their values, ``{"arms.memantine.dose": ["10 mg", "20 mg"]}`` or
            ``["arms.memantine.dose=10 mg,20 mg"]``.
        out: folder for run folders.
        seed: of all random numbers.
        subjects: patients per arm.
        set: changes of any other key, as in ``leao.load``.
        workers: threads; any number gives the same result, bit for bit.
        executor: any executor instead of threads.
        progress: called with a step, its parts done and their number; by default a line in a notebook.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: some of the runs only, into the folder that all shards share.

    Raises:
        LeaoError: a combination that cannot be run (none is begun then), or a folder that cannot be written.
        UnfinishedShard: this shard is done, and others still owe their runs.
    """
    from leao.chain.run import execute, finished
    from leao.core.work import Work, checked, pooled, whole

    work, tell = checked(Work(workers, scheduler, shard, executor)), shown(progress)
    named = {"seed": seed, "trial.n_per_arm": subjects}
    base = changed_scenario(scenario, set, named)
    wanted = cells.keys(over, set, [key for key, value in named.items() if value is not None])
    questions, folder = list(cells.combinations(base, wanted)), Path(out)
    runs = [finished(cell.scenario, folder) for cell in questions]
    waiting = [place for place, run in enumerate(runs) if run is None and work.part.holds(place)]
    with pooled(executor, workers, scheduler, MOST_WORKERS) as pool:
        for done, place in enumerate(waiting):
            tell("runs of the sweep", done, len(waiting))
            runs[place] = execute(questions[place].scenario, folder, Work(executor=pool))
    tell("runs of the sweep", len(waiting), len(waiting))
    again = [finished(cell.scenario, folder) if run is None else run for cell, run in zip(questions, runs, strict=True)]
    made = whole(again, work.part, str(out))
    rows: list[Any] = [cell.values | cells.figures(run.summary) for cell, run in zip(questions, made, strict=True)]
    return Result("sweep", rows, lambda: cells.table(rows), list(wanted))
