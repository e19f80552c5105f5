"""Jobs: a question on its way through a worker, what it tells on the way, and its answer until it is forgotten."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from leao.app.pool import Files, Pool

KEPT = 48  # finished jobs whose answers are at hand; the oldest is forgotten first
ENDED = ("done", "refused", "failed", "stopped")


class Job:
    """One question: ``state`` is running until it is done, refused, failed or stopped."""

    def __init__(self, name: str, file: str | None = None) -> None:
        """Begin a job that nothing has been heard of; ``file`` is the number of the file it reads, if any."""
        self.name, self.file, self.number = name, file, secrets.token_urlsafe(12)
        self.state, self.line, self.answer = "running", "", None
        self.events: list[dict[str, Any]] = []
        self.task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    def tell(self, kind: str, content: Any) -> None:
        """Keep what the worker says on the way; of progress only the last."""
        if kind == "progress" and self.events and self.events[-1]["kind"] == "progress":
            self.events[-1] = {"kind": kind, "content": content, "place": self.events[-1]["place"] + 1}
        else:
            place = self.events[-1]["place"] + 1 if self.events else 0
            self.events.append({"kind": kind, "content": content, "place": place})
        self._changed.set()

    def end(self, state: str, content: Any) -> None:
        """Keep how it ended."""
        if state == "done":
            self.answer = content
        else:
            self.line = content
        self.state = state
        self._changed.set()

    async def after(self, place: int, patience: float) -> list[dict[str, Any]]:
        """Return what was said after ``place``, waiting for it at most ``patience`` seconds."""
        news = [event for event in self.events if event["place"] > place]
        if news or self.state in ENDED:
            return news
        self._changed.clear()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._changed.wait(), patience)
        return [event for event in self.events if event["place"] > place]

    async def ended(self) -> None:
        """Wait for the end."""
        if self.task is not None:
            await asyncio.wait([self.task])


class Jobs:
    """All jobs of this server, by number."""

    def __init__(self, pool: Pool) -> None:
        """Begin with none."""
        self.pool = pool
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def begin(self, name: str, asked: dict[str, Any], files: Files) -> Job:
        """Return a job on its way."""
        job = Job(name, asked.get("file"))
        self._jobs[job.number] = job
        job.task = asyncio.create_task(self._through(job, asked, files))
        for number in [k for k, each in self._jobs.items() if each.state in ENDED][:-KEPT]:
            del self._jobs[number]
        return job

    async def _through(self, job: Job, asked: dict[str, Any], files: Files) -> None:
        try:
            job.end(*await self.pool.run(job.name, asked, files, job.tell))
        except asyncio.CancelledError:
            job.end("stopped", "stopped")

    def get(self, number: str) -> Job | None:
        """Return a job, or None where it is forgotten."""
        return self._jobs.get(number)

    async def stop(self, number: str) -> bool:
        """Stop a job if it runs, and forget it; return whether there was one."""
        job = self._jobs.pop(number, None)
        if job is None:
            return False
        if job.task is not None and not job.task.done():
            job.task.cancel()
            await job.ended()
        return True

    async def forget_file(self, file: str) -> None:
        """Stop and forget every question about a file, its answers with it."""
        for number in [number for number, job in self._jobs.items() if job.file == file]:
            await self.stop(number)

    async def close(self) -> None:
        """Stop everything."""
        for number in list(self._jobs):
            await self.stop(number)
        await self.pool.close()
