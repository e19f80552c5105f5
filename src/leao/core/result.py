"""The one type of answer in Python: what ``--json`` prints, the data behind it, a page, pictures, a notebook's view.

A result knows neither pages nor pictures: it asks ``leao.report`` for its topic by name, at the call. That is the one
arrow upwards in this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from leao.core import errors, files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

S = TypeVar("S")

OF_A_PATIENT = frozenset(  # topics whose pages hold real people: for their owner alone, whatever the umask is
    (
        "review",
        "diary_check",
        "plan",
        "analysis",
        "fit",
        "nca",
        "npde",
        "vpc",
        "levels",
        "n_of_1_start",
        "n_of_1_look",
        "n_of_1_close",
    )
)
LINES, WIDTH = 12, 100  # of a result printed in a terminal


class Result(Generic[S]):
    """An answer: ``summary`` is what the command prints with ``--json``, ``data`` the arrays or rows behind it.

    ``report(path)`` writes a self-contained page, ``plot(name)`` draws one of ``plots`` with matplotlib.
    """

    def __init__(self, topic: str, summary: S, data: Callable[[], Any] | None = None, basis: Any = None) -> None:
        """Hold an answer.

        Args:
            topic: the name under which ``leao.report`` knows its pages and pictures.
            summary: the machine-readable answer.
            data: makes the xarray or polars object behind it, when it is first wanted.
            basis: what pages and pictures need beyond the summary.
        """
        self.topic = topic
        self.summary = summary
        self.basis = basis
        self._make = data

    @cached_property
    def data(self) -> Any:
        """The arrays (xarray) or rows (polars) behind the answer; None where the summary is all there is.

        Raises:
            LeaoError: xarray or polars is missing, which a plain install leaves out.
        """
        try:
            return None if self._make is None else self._make()
        except ImportError as error:
            line = errors.left_out(error)
            if line is None:
                raise
            raise errors.LeaoError(f"{self.topic}.data: {line}") from None

    @property
    def plots(self) -> tuple[str, ...]:
        """Names of the pictures that ``plot`` draws."""
        return _report().plots(self)

    def plot(self, name: str | None = None) -> Figure:
        """Return one picture as a matplotlib figure; by default the first of ``plots``.

        Raises:
            ScenarioError: no picture of that name, or none at all.
        """
        return _report().plot(self, name)

    def report(self, path: str | Path | None = None) -> Path:
        """Write the answer as one self-contained HTML page and return its path.

        Args:
            path: the file to write; by default a name of the topic's own in the present folder.

        Raises:
            RunError: the place cannot be written.
        """
        page, mode = _report().page(self), files.PRIVATE if self.topic in OF_A_PATIENT else files.PUBLIC
        page = files.sealed(page) if self.topic == "run" else page
        return files.write_text(Path(f"{self.topic}.html" if path is None else path), page, mode)

    def _repr_html_(self) -> str:
        """Return the headline block that notebooks show; the page is ``report``'s."""
        return _report().headline(self)

    def __repr__(self) -> str:
        """Return at most twelve lines: the topic and the plain values of the answer."""
        lines = [f"{self._title()} (summary, data, plots, report)"]
        lines += [f"  {name}: {_short(value)}" for name, value in _entries(self.summary)]
        if len(lines) > LINES:
            lines = [*lines[: LINES - 1], f"  ... {len(lines) - LINES + 1} more in .summary"]
        return "\n".join(line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ..." for line in lines)

    def _title(self) -> str:
        return f"leao {self.topic}"


def _report() -> Any:
    return import_module("leao.report.topics")


def _entries(summary: Any) -> list[tuple[str, Any]]:
    """Return the entries worth a line: plain values first, then distributions and the rest by name."""
    if isinstance(summary, Mapping):
        plain = [(name, value) for name, value in summary.items() if not isinstance(value, (Mapping, list))]
        rest = [(name, value) for name, value in summary.items() if isinstance(value, (Mapping, list))]
        return plain + rest
    return [(str(place), _first(row)) for place, row in enumerate(summary, start=1)]


def _first(row: Any) -> Any:
    return next(iter(row.values())) if isinstance(row, Mapping) and row else row


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        if value and all(isinstance(part, (int, float)) for part in value.values()):
            return ", ".join(f"{name} {part:.4g}" for name, part in value.items())
        return f"{{{', '.join(str(name) for name in value)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"{len(value)} entries"
    return " ".join(str(value).split())
