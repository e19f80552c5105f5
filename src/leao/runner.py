"""From a scenario to a finished run folder: what is missing is computed, what is there is read.

The ensemble of simulated trials is cut into chunks of fixed size; a run computes the chunks that are missing or
damaged. A chunk depends on the scenario, the seed and its place alone, so the result is the same for any number of
workers and after any interruption.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from os import cpu_count
from pathlib import Path
from typing import Any

import polars as pl
from numpy.typing import NDArray

from leao import answers, files, results
from leao.answers import patients
from leao.errors import RunError
from leao.scenario import Scenario

CHUNK = 25  # trials; part of the question, so a change of it starts anew
Progress = Callable[[str, int, int], None]


def run(scenario: Scenario, out: str | Path = "runs", *, workers: int | None = None) -> results.Run:
    """Return the finished run of ``scenario``, computing what ``out`` does not hold yet.

    Args:
        scenario: from ``leao.load``.
        out: folder for run folders.
        workers: threads; any number gives the same result, bit for bit.
    """
    return execute(scenario, Path(out), workers=workers)


def execute(
    scenario: Scenario,
    out: Path,
    *,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
    executor: Executor | None = None,
) -> results.Run:
    """Return the finished run of ``scenario``.

    Args:
        scenario: the question.
        out: folder for run folders.
        workers: threads, by default one per core.
        progress: called with step, parts done, parts in all.
        executor: any executor to use instead of threads.

    Raises:
        RunError: ``out`` cannot be written.
    """
    path = files.writable(out) / f"{scenario.name}-{question(scenario)[:12]}"
    finished = _finished(path)
    if finished is not None:
        return finished
    files.writable(path)
    start = time.perf_counter()
    asked = patients.prepare(scenario, scenario.cortex.carry)
    with _pool(executor, workers) as pool:
        begun = answers.begin(pool, scenario)
        rows, trials = _ensemble(asked, path, pool, progress)
        _watch("waves and controls", [future for _, futures in begun.waves for future in futures], progress)
        content = answers.assemble(asked, begun, rows, trials)
    content.summary["run"] = str(path)
    echo = {"scenario": scenario.model_dump(mode="json"), "ledger": content.summary["numbers"]}
    return results.save(path, content, echo, _manifest(scenario, time.perf_counter() - start))


def question(scenario: Scenario) -> str:
    """Return the hash of what is asked: scenario, ledgers, code and version."""
    asked = json.dumps(scenario.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(f"{asked}|{CHUNK}|{version('leao')}|{code()}".encode()).hexdigest()


@cache
def code() -> str:
    """Return the hash of every file of the package: its code, ledgers and maps."""
    digest = hashlib.sha256()
    for path, entry in sorted(_package(package_files("leao"), "")):
        digest.update(path.encode())
        digest.update(entry.read_bytes())
    return digest.hexdigest()


def _package(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _package(entry, f"{path}{entry.name}/")
        elif entry.is_file() and not entry.name.endswith((".pyc", ".nbi", ".nbc")):
            yield path + entry.name, entry


def _finished(path: Path) -> results.Run | None:
    if not (path / "manifest.json").exists():
        return None
    try:
        return results.load(path)
    except RunError:
        (path / "manifest.json").unlink()
        return None


def _ensemble(
    asked: patients.Asked, path: Path, pool: Executor, progress: Progress
) -> tuple[pl.DataFrame, dict[str, NDArray[Any]]]:
    """Return patients and estimates of all simulated trials, from disk where their chunk is whole."""
    count = asked.scenario.trials
    spans = [range(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]
    chunks = {index: results.load_chunk(path, index) for index in range(len(spans))}
    missing = [index for index, found in chunks.items() if found is None]
    waiting = {pool.submit(patients.chunk, asked, spans[index]): index for index in missing}
    still = set(waiting)
    progress("simulated trials", len(spans) - len(still), len(spans))
    while still:
        done, still = wait(still, return_when=FIRST_COMPLETED)
        for future in done:
            found = future.result()
            chunks[waiting[future]] = results.save_chunk(path, waiting[future], found.rows, found.trials)
        progress("simulated trials", len(spans) - len(still), len(spans))
    whole = [chunk for _, chunk in sorted(chunks.items()) if chunk is not None]
    rows = pl.concat([chunk.patients for chunk in whole])
    trials = pl.concat([chunk.trials for chunk in whole])
    return rows, {name: trials[name].to_numpy() for name in trials.columns}


def _watch(step: str, futures: list[Future[Any]], progress: Progress) -> None:
    for done, future in enumerate(futures):
        progress(step, done, len(futures))
        future.result()
    progress(step, len(futures), len(futures))


@contextmanager
def _pool(executor: Executor | None, workers: int | None) -> Iterator[Executor]:
    if executor is not None:
        yield executor
        return
    with ThreadPoolExecutor(workers or cpu_count() or 1) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _manifest(scenario: Scenario, wall: float) -> dict[str, Any]:
    return {
        "version": version("leao"),
        "seed": scenario.seed,
        "platform": platform.platform(),
        "python": sys.version.split()[0],
        "wall_s": round(wall, 3),
        "question": question(scenario),
    }
