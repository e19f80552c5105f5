"""Ensembles in chunks: what a folder holds whole is read, what is missing or damaged is computed, in any order.

One chunk is one call of ``work`` on a range of trials, a pure function; it is saved as soon as it is there, so an
interruption costs the chunks under way and the result is the same for any number and kind of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from leao.core import runs
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_SHARDS, MOST_WORKERS

if TYPE_CHECKING:
    import polars as pl

SIZE = 25  # trials of a chunk; part of the question, so a change of it starts anew
Columns = dict[str, NDArray[Any]]
Work = Callable[[range], tuple[Mapping[str, Any], Mapping[str, Any]]]
Progress = Callable[[int, int], None]


class Shard(NamedTuple):
    """The part of an ensemble that one machine of several computes: ``part`` of ``of``, from 1."""

    part: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard written as ``i/n``.

        Raises:
            ScenarioError: it is not.
        """
        first, _, second = text.partition("/")
        short = max(len(first), len(second)) <= len(str(MOST_SHARDS))
        numbers = text.isascii() and first.isdecimal() and second.isdecimal() and short
        if not (numbers and 1 <= int(first) <= int(second) <= MOST_SHARDS):
            raise ScenarioError(
                f"--shard: found {text!r}, wanted i/n, i from 1 to n, n at most {MOST_SHARDS}; write for example 1/4"
            )
        return cls(int(first), int(second))

    def holds(self, place: int) -> bool:
        """Return whether a chunk belongs to this shard."""
        return place % self.of == self.part - 1


WHOLE = Shard(1, 1)


class Ensemble(NamedTuple):
    """What an ensemble gave: columns of its patients and of its trials, and how many chunks other shards owe."""

    rows: Columns
    trials: Columns
    missing: int = 0

    def first(self, trials: int) -> Ensemble:
        """Return the first so many trials."""
        return Ensemble(_first(self.rows, trials), _first(self.trials, trials))


def ensemble(
    work: Work,
    cuts: list[range],
    pool: Executor,
    progress: Progress = lambda *_: None,
    path: Path | None = None,
    shard: Shard = WHOLE,
) -> Ensemble:
    """Return all trials of an ensemble, as ``fill`` computes them; no columns where another shard must come first."""
    import polars as pl

    chunks = fill(path, cuts, work, pool, progress, shard)
    whole = [chunk for chunk in chunks if chunk is not None]
    if len(whole) < len(chunks):
        return Ensemble({}, {}, len(chunks) - len(whole))
    rows, trials = pl.concat([item.patients for item in whole]), pl.concat([item.trials for item in whole])
    return Ensemble(_columns(rows), _columns(trials))


def spans(trials: int, size: int = SIZE) -> list[range]:
    """Return the ranges of trials, ``size`` each, the last one shorter if need be."""
    return [range(first, min(first + size, trials)) for first in range(0, trials, size)]


def fill(
    path: Path | None, cuts: list[range], work: Work, pool: Executor, progress: Progress, shard: Shard = WHOLE
) -> list[runs.Chunk | None]:
    """Return all chunks of the folder ``path``, computing what is missing of ``shard``; None where another must.

    Args:
        path: the run folder; None: nothing is kept.
        cuts: the range of trials of each chunk.
        work: gives the columns of patients and of trials of a range.
        pool: any executor whose futures ``concurrent.futures.wait`` understands, or a Dask client's.
        progress: called with chunks done and chunks of this shard.
        shard: which chunks to compute.
    """
    chunks = [runs.load_chunk(path, place) if path else None for place in range(len(cuts))]
    of_shard = [place for place in range(len(cuts)) if shard.holds(place)]
    waiting: dict[Future[Any], int] = {
        pool.submit(work, cuts[place]): place for place in of_shard if chunks[place] is None
    }  # fmt: skip
    still = set(waiting)
    progress(len(of_shard) - len(still), len(of_shard))
    while still:
        done, still = wait_for(still, return_when=FIRST_COMPLETED)
        for future in done:
            rows, trials = future.result()
            place = waiting[future]
            chunks[place] = runs.save_chunk(path, place, rows, trials) if path else runs.chunk(rows, trials)
        progress(len(of_shard) - len(still), len(of_shard))
    if path and None in chunks:  # other shards may have come to their end meanwhile: the last of all sees the whole
        return [runs.load_chunk(path, place) if chunk is None else chunk for place, chunk in enumerate(chunks)]
    return chunks


def checked_workers(workers: int | None) -> int | None:
    """Return how many workers were asked for.

    Raises:
        ScenarioError: none, or more than any machine has.
    """
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise ScenarioError(f"--workers: found {workers}, wanted 1 to {MOST_WORKERS}; leave it out for one per core")
    return workers


@contextmanager
def threads(executor: Executor | None, workers: int | None) -> Iterator[Executor]:
    """Give ``executor``, or as many threads as ``workers`` or cores; on an error what has not begun is dropped."""
    if executor is not None:
        yield executor
        return
    with ThreadPoolExecutor(workers or cpu_count() or 1) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _columns(table: pl.DataFrame) -> Columns:
    return {name: table[name].to_numpy() for name in table.columns}


def _first(columns: Columns, trials: int) -> Columns:
    return {name: values[columns["trial"] < trials] for name, values in columns.items()}
