"""Progress bars on stderr; silent where stderr is not a terminal except for a line per finished step."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Bars:
    """Shows how far each step of a run is: ``bars(step, done, of)``."""

    def __init__(self) -> None:
        """Prepare bars on stderr."""
        left = TextColumn("left"), TimeRemainingColumn()
        count = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        columns = (TextColumn("{task.description:<28}"), *count, *left)
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._tasks = {}

    def __enter__(self) -> Bars:
        """Draw nothing yet: bad input, found before the work begins, is one line."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing and leave the bars as they are."""
        if self._tasks:
            self._progress.stop()

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show that ``done`` of ``of`` parts of a step are finished."""
        self._progress.start()
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=of)
        self._progress.update(self._tasks[step], completed=done)
