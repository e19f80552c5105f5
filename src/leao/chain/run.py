"""From a scenario to a finished run folder: what is missing is computed, what is there is read.

The ensemble of simulated trials is cut into chunks of fixed size; a run computes the chunks that are missing or
damaged. A chunk depends on the scenario, the seed and its place alone, so the result is the same for any number of
workers and after any interruption.
"""

from __future__ import annotations

import platform
import sys
import time
from concurrent.futures import Executor
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from leao.chain.scenario import Scenario
from leao.core import chunks, files, parts, runs
from leao.core.cache import Kept, key
from leao.core.errors import RunError, ScenarioError, UnfinishedShard
from leao.core.limits import MOST_PATIENTS, MOST_WORKERS
from leao.core.progress import Progress
from leao.core.work import ONE_MACHINE, Work, checked, pooled


def execute(scenario: Scenario, out: Path, work: Work = ONE_MACHINE, progress: Progress = lambda *_: None) -> runs.Run:
    """Return the finished run of ``scenario``, computing what ``out`` does not hold yet.

    Args:
        scenario: the question.
        out: folder for run folders.
        work: who computes, and which part.
        progress: called with step, parts done, parts in all.

    Raises:
        RunError: ``out`` cannot be written.
        ScenarioError: a design that is not parallel.
        UnfinishedShard: this part is done, and others are still missing.
    """
    checked(work)
    check(scenario)
    question, path = _place(scenario, files.writable(out))
    for place in (path.parent, path.parent / ".kept", path, path / "chunks"):
        parts.sweep(place)
    parts.make_room(path)
    parts.clear(path / "report.html")
    made = _finished(path, question)
    if made is not None:
        return made
    with pooled(work.executor, work.workers, work.scheduler, threads=MOST_WORKERS) as pool:
        if work.part != chunks.WHOLE:
            _fill_shard(scenario, path, pool, work.part, progress)
        return _compute(scenario, question, path, pool, progress)


def finished(scenario: Scenario, out: Path) -> runs.Run | None:
    """Return the run of ``scenario`` that stands in ``out``, None where there is none that is whole."""
    question, path = _place(scenario, out)
    return _finished(path, question) if path.is_dir() else None


def check(scenario: Scenario) -> None:
    """Refuse what cannot be run.

    Raises:
        ScenarioError: a design that is not parallel, or too many patients.
        ModuleNotFoundError: what saves the fields is not installed, as one would learn when all is computed.
    """
    if find_spec("zarr") is None:
        raise ModuleNotFoundError("no module zarr", name="zarr")
    if scenario.trial.design.kind != "parallel":
        raise ScenarioError(
            f"trial.design: found {scenario.trial.design.kind!r}, wanted 'parallel' for leao run; other designs are "
            f"played by 'leao trial {scenario.name}'"
        )
    patients = scenario.trials * scenario.trial.n_per_arm * len(scenario.arms)
    if patients > MOST_PATIENTS:
        raise ScenarioError(
            f"trials x n_per_arm: found {patients} simulated patients, wanted at most {MOST_PATIENTS}; write for "
            f"example --set trials={max(2, MOST_PATIENTS // (scenario.trial.n_per_arm * len(scenario.arms)))}"
        )


def _place(scenario: Scenario, out: Path) -> tuple[str, Path]:
    """Return the key of a question, and its folder, which bears it."""
    question = key([scenario.model_dump(mode="json"), chunks.SIZE], __name__)
    return question, out / f"{scenario.name}-{question[:12]}"


def _fill_shard(scenario: Scenario, path: Path, pool: Executor, part: chunks.Shard, progress: Progress) -> None:
    """Compute a shard's chunks of the ensemble; return where it was the last."""
    from leao.chain.answer_trial import run_request
    from leao.trial import completers

    setting = run_request(scenario, Kept(path.parent / ".kept")).setting
    cuts = chunks.spans(scenario.trials)
    work = partial(completers.chunk, setting)
    missing = chunks.ensemble(work, cuts, pool, partial(progress, "simulated trials"), path, part).missing
    if missing:
        raise UnfinishedShard(part, missing, len(cuts), str(path))


def _compute(scenario: Scenario, question: str, path: Path, pool: Executor, progress: Progress) -> runs.Run:
    from leao.chain.answer_wave import Waves

    start = time.perf_counter()
    progress("waves and controls", 0, len(scenario.cortex.presets))
    kept = Kept(path.parent / ".kept")
    waves = Waves(pool, scenario, kept)
    pool.submit(_fetch)
    from leao.chain import summary  # its imports take seconds: by now the first waves run
    from leao.trial import completers

    begun = summary.begin(pool, scenario, waves, kept)
    work, cuts = partial(completers.chunk, begun.asked.setting), chunks.spans(scenario.trials)
    ensemble = chunks.ensemble(work, cuts, pool, partial(progress, "simulated trials"), path)
    for done, preset in enumerate(begun.waves):
        progress("waves and controls", done, len(begun.waves))
        preset.result()
    progress("waves and controls", len(begun.waves), len(begun.waves))
    content = summary.assemble(begun, ensemble)
    echo = {"scenario": scenario.model_dump(mode="json"), "ledger": content.summary["numbers"]}
    made = _manifest(scenario, time.perf_counter() - start) | {"key": question}
    return runs.save(path, content, echo, made)


def _fetch() -> None:
    """Import what saving and drawing need, which takes seconds, while the solvers keep the cores busy."""
    for module in ("zarr", "matplotlib.figure"):
        import_module(module)


def _finished(path: Path, question: str) -> runs.Run | None:
    try:
        return runs.load(path, question)
    except RunError:
        parts.discard(path / "manifest.json")
        return None


def _manifest(scenario: Scenario, wall: float) -> dict[str, Any]:
    return {
        "version": version("leao"),
        "seed": scenario.seed,
        "platform": platform.platform(),
        "python": sys.version.split()[0],
        "wall_s": round(wall, 3),
    }
