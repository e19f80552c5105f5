"""Who computes an ensemble (threads, processes, a Dask cluster) and which part of it (a shard); never what it gives.

``--workers``, ``--scheduler`` and ``--shard`` mean the same at every command. Whoever computes a part must run the same
code and numbers: a worker of a cluster is asked before each part, and refused where they differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from os import PathLike, cpu_count
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from numpy.typing import NDArray

from leao.core import cache, chunks, files
from leao.core.errors import RunError, ScenarioError, UnfinishedShard
from leao.core.limits import MOST_WORKERS

THREADS = 4  # beyond, the Python between the kernels keeps more threads from helping
PATIENCE = "10 s"  # for a scheduler that does not answer
Arrays = Mapping[str, NDArray[Any]]
T = TypeVar("T")


class Work(NamedTuple):
    """What the user wrote: any number and kind of workers gives the same result."""

    workers: int | None = None
    scheduler: str | None = None
    shard: str | None = None
    executor: Executor | None = None

    @property
    def part(self) -> chunks.Shard:
        """The part of the ensemble that was asked for."""
        return chunks.WHOLE if self.shard is None else chunks.Shard.parse(self.shard)


ONE_MACHINE = Work()


def checked(work: Work) -> Work:
    """Return ``work`` if it can be done.

    Raises:
        ScenarioError: no such number of workers, a shard that is none, or several kinds of workers at once.
    """
    chunks.checked_workers(work.workers)
    _ = work.part
    if work.scheduler is not None:
        if work.executor is not None:
            raise ScenarioError("--scheduler: found an executor too, wanted one of the two; leave out the other")
        if work.workers is not None:
            raise ScenarioError("--workers: found --scheduler too, whose workers are its own; leave out --workers")
    return work


@contextmanager
def pooled(
    executor: Executor | None, workers: int | None, scheduler: str | None = None, threads: int = THREADS
) -> Iterator[Executor]:
    """Give ``executor``, or the scheduler's workers; else threads for few workers, processes for more.

    Most of a trial is spent in kernels that release the interpreter's lock; threads share its imports and compiled
    code. On two cores 1,000 trials of up to 2 x 150 (--n 20,60,150) took 26.7 processor seconds and 16 s with the page
    in two threads, 29.3 and 15 s without it in two processes; small ensembles pay for the imports of processes. The
    Python between the kernels stops more than four threads from helping; there processes win.

    Args:
        executor: any, for example a Dask client's.
        workers: how many, by default one per core.
        scheduler: address of a Dask scheduler.
        threads: up to so many workers are threads.
    """
    checked(Work(workers, scheduler, None, executor))
    if scheduler is not None:
        with _cluster(scheduler) as pool:
            yield pool
        return
    count = workers or cpu_count() or 1
    if executor is not None or count <= threads:
        with chunks.threads(executor, count) as pool:
            yield pool
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _end_with_parent() -> None:
    """End this worker when the process that asks is gone: each worker holds the queue open, and would wait for ever."""
    if (parent := parent_process()) is not None:
        Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask scheduler.

    Raises:
        ScenarioError: no Dask here, no scheduler there, or one without workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ScenarioError("--scheduler: Dask is not installed; pip install 'leao[dask]'") from None
    start = f"dask scheduler, then dask worker {address}"
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        why = str(error).splitlines()[0] if str(error) else "no answer"
        raise ScenarioError(f"--scheduler: found {address!r}, where no scheduler answers ({why}); {start}") from None
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise ScenarioError(f"--scheduler: the scheduler at {address} has no workers; dask worker {address}")
        yield _SameCode(client.get_executor(pure=False))


class _SameCode(Executor):
    """Workers elsewhere, each of which refuses a part where its code or numbers are not those that ask."""

    def __init__(self, inner: Executor) -> None:
        self._inner = inner

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        module = cache.module_of(fn)
        return self._inner.submit(_as_here, (module, cache.code(module)), fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait)


def _as_here(code: tuple[str, str], call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    module, wanted = code
    if cache.code(module) != wanted:
        from platform import node

        raise RunError(
            f"--scheduler: a worker on {node()} has other code or numbers of leao than this process; install the same "
            "version for both"
        )
    return call(*args, **kwargs)


class Parts(NamedTuple):
    """Parts of an ensemble that are computed and, with a folder, kept one by one, each under its own question."""

    pool: Executor
    kept: cache.Kept | None  # None: nothing is kept
    folder: str  # as the user wrote it
    shard: chunks.Shard = chunks.WHOLE
    progress: chunks.Progress = lambda *_: None

    def fill(self, name: str, questions: Sequence[Any], jobs: Sequence[Callable[[], Arrays]]) -> list[Arrays]:
        """Return the arrays of every job; those of this shard are computed, the others must be there.

        Args:
            name: of the kept files.
            questions: of each job: what tells it from any other.
            jobs: partials of a module's functions that give arrays.

        Raises:
            UnfinishedShard: other shards owe some.
        """
        places = [(question, cache.module_of(job)) for question, job in zip(questions, jobs, strict=True)]
        answers = [self.kept.held(name, *place) if self.kept else None for place in places]
        waiting = [k for k, answer in enumerate(answers) if answer is None and self.shard.holds(k)]
        futures = [(k, self.pool.submit(jobs[k])) for k in waiting]
        for done, (k, future) in enumerate(futures, start=1):
            answers[k] = arrays = future.result()
            self.progress(done, len(waiting))
            if self.kept:
                self.kept.keep(name, *places[k], arrays)
        again = [  # other shards may have come to their end meanwhile: the last of all sees the whole
            self.kept.held(name, *place) if self.kept and answer is None else answer
            for place, answer in zip(places, answers, strict=True)
        ]
        return whole(again, self.shard, self.folder)


def whole(answers: Sequence[T | None], shard: chunks.Shard, folder: str) -> list[T]:
    """Return the answers if all are there.

    Raises:
        UnfinishedShard: other shards owe some.
    """
    there = [answer for answer in answers if answer is not None]
    if len(there) < len(answers):
        raise UnfinishedShard(shard, len(answers) - len(there), len(answers), folder)
    return there


@contextmanager
def parts_of(
    work: Work,
    out: str | PathLike[str] | None,
    progress: chunks.Progress = lambda *_: None,
    threads: int = MOST_WORKERS,
) -> Iterator[Parts]:
    """Give what computes the parts of an ensemble as ``work`` says; with a folder ``out`` they are kept in it.

    Up to ``threads`` workers are threads, more are processes.

    Raises:
        ScenarioError: a shard without a folder, or work that cannot be done.
        RunError: ``out`` cannot be written.
    """
    checked(work)
    if work.shard is not None and out is None:
        raise ScenarioError(f"--shard {work.shard}: found no --out, wanted the folder that all shards share")
    kept = None if out is None else cache.Kept(files.writable(Path(out)) / ".kept")
    with pooled(work.executor, work.workers, work.scheduler, threads) as pool:
        yield Parts(pool, kept, str(out or ""), work.part, progress)
