"""A few worker processes: each does one job at a time; a stopped job ends its worker, the next begins a new one."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from leao.app import scratch
from leao.app.frames import HEAD, packed, unpacked

BASE = "base.warm"  # what a worker loads before anybody asks
MOST = 3  # workers: one computes long, one answers the sliders, one is at hand
Files = Mapping[str, tuple[str, bytes]]  # by the field that names it: a file's name and bytes
Tell = Callable[[str, Any], None]


class WorkerGoneError(Exception):
    """A worker that ended in the middle of a job."""


class _Worker:
    """One process, and what it has answered before: its modules are loaded for that."""

    def __init__(self, process: Process, folder: Path) -> None:
        self.process, self.folder = process, folder
        self.knows: set[str] = set()

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def ask(self, question: tuple[str, dict[str, Any], Files], tell: Tell) -> tuple[str, Any]:
        """Return how a job ended; ``tell`` hears what comes before.

        Raises:
            WorkerGoneError: the process ended.
        """
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise WorkerGoneError
        try:
            stdin.write(packed(question))
            await stdin.drain()
            while True:
                head = await stdout.readexactly(HEAD.size)
                kind, content = unpacked(await stdout.readexactly(HEAD.unpack(head)[0]))
                if kind in ("done", "refused", "failed"):
                    return kind, content
                tell(kind, content)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerGoneError from None

    async def end(self) -> None:
        """Kill the process, and remove what it was writing once it is gone."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await asyncio.to_thread(scratch.remove, self.folder)


class Pool:
    """The workers, begun when they are first needed."""

    def __init__(self, most: int = MOST) -> None:
        """Begin with none."""
        self._scratch = scratch.Scratch()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._places = asyncio.Semaphore(most)
        self._warming: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Begin a worker and let it load what every question needs, where there is none yet."""
        if self._warming is None and not self._busy and not self._idle:
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        worker = await self._started()
        self._busy.add(worker)
        try:
            await worker.ask((BASE, {}, {}), lambda *_: None)
            self._idle.append(worker)
        except WorkerGoneError:
            await worker.end()
        except asyncio.CancelledError:
            await worker.end()
            raise
        finally:
            self._busy.discard(worker)

    @property
    def processes(self) -> list[int]:
        """Numbers of the processes, the busy first."""
        return [worker.process.pid for worker in (*self._busy, *self._idle) if worker.alive]

    async def run(self, name: str, asked: dict[str, Any], files: Files, tell: Tell) -> tuple[str, Any]:
        """Return how a job ended: ``done`` with its answer, ``refused`` or ``failed`` with a line.

        A job that is cancelled takes its worker with it, so that nothing goes on in the background.
        """
        async with self._places:
            worker = await self._at_hand(name)
            self._busy.add(worker)
            try:
                ended = await worker.ask((name, asked, files), tell)
            except WorkerGoneError:
                await worker.end()
                return "failed", "the computation ended before its answer (its process is gone); ask again"
            except asyncio.CancelledError:
                await worker.end()
                raise
            else:
                worker.knows.add(_family(name))
                self._idle.append(worker)
                return ended
            finally:
                self._busy.discard(worker)

    async def _at_hand(self, name: str) -> _Worker:
        if self._warming is not None and not self._warming.done():
            await asyncio.shield(self._warming)
        gone, self._idle = [each for each in self._idle if not each.alive], [each for each in self._idle if each.alive]
        for worker in gone:
            await worker.end()
        knowing = [worker for worker in self._idle if _family(name) in worker.knows]
        fresh = [worker for worker in self._idle if not worker.knows]
        chosen = next(iter([*knowing, *fresh, *self._idle]), None)
        if chosen is not None:
            self._idle.remove(chosen)
            return chosen
        return await self._started()

    async def close(self) -> None:
        """End every worker."""
        if self._warming is not None and not self._warming.done():
            self._warming.cancel()
            await asyncio.wait([self._warming])
        await asyncio.gather(*(worker.end() for worker in (*self._busy, *self._idle)))
        await asyncio.to_thread(self._scratch.close)

    async def _started(self) -> _Worker:
        folder = self._scratch.worker()
        environment = os.environ | {"PYTHONIOENCODING": "utf-8", scratch.VARIABLE: str(folder)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "leao.app.worker"), stdin=PIPE, stdout=PIPE, stderr=None, env=environment
        )
        return _Worker(process, folder)


def _family(name: str) -> str:
    return name.partition(".")[0]
