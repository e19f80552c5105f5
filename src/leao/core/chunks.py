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
from typing import Any, NamedTuple

from leao.core import runs
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_WORKERS

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
        if not (text.isascii() and first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second)):
            raise ScenarioError(f"--shard: found {text!r}, wanted i/n with i from 1 to n; write for example 1/4")
        return cls(int(first), int(second))

    def holds(self, place: int) -> bool:
        """Return whether a chunk belongs to this shard."""
        return place % self.of == self.part - 1


WHOLE = Shard(1, 1)


def spans(trials: int, size: int) -> list[range]:
    """Return the ranges of trials, ``size`` each, the last one shorter if need be."""
    return [range(first, min(first + size, trials)) for first in range(0, trials, size)]


def fill(
    path: Path, cuts: list[range], work: Work, pool: Executor, progress: Progress, shard: Shard = WHOLE
) -> list[runs.Chunk | None]:
    """Return all chunks of the folder ``path``, computing what is missing of ``shard``; None where another must.

    Args:
        path: the run folder.
        cuts: the range of trials of each chunk.
        work: gives the columns of patients and of trials of a range.
        pool: any executor whose futures ``concurrent.futures.wait`` understands, or a Dask client's.
        progress: called with chunks done and chunks of this shard.
        shard: which chunks to compute.
    """
    chunks = [runs.load_chunk(path, place) for place in range(len(cuts))]
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
            chunks[waiting[future]] = runs.save_chunk(path, waiting[future], rows, trials)
        progress(len(of_shard) - len(still), len(of_shard))
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
