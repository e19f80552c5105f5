"""What the pages of docs/validation share: a page, its tables, and the row of a published figure beside the model's."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import files

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "validation"
MET, MISSED, NO_DATA = "met", "**missed**", "no data"


def entries(name: str) -> list[dict[str, Any]]:
    """Return the published figures of a TOML that lies beside the pages."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["row"]


def cells(*texts: object) -> str:
    """Return a row of a table."""
    return "|" + "|".join(f" {text} " if str(text) else " " for text in texts) + "|"


def table(header: Sequence[str], rows: Iterable[Sequence[object]] = ()) -> list[str]:
    """Return the lines of a Markdown table."""
    return [cells(*header), "|" + "---|" * len(header), *(cells(*row) for row in rows)]


def rounded(value: float, digits: int = 3) -> str:
    """Return a number with so many digits that count, written out: 1410, not 1.41e+03."""
    return f"{float(f'{value:.{digits}g}'):.12g}"


def met(is_met: bool) -> str:
    """Return the word for a figure that is met or missed."""
    return MET if is_met else MISSED


def outcome(status: str) -> str:
    """Return the status of a control, in bold where it did not pass."""
    return status if status == "passed" else f"**{status}**"


def kept(share: float, window: tuple[float, float]) -> str:
    """Return whether an error rate keeps the window that was set before it was first computed."""
    low, high = window
    return "kept" if low <= share <= high else "NOT kept"


class Row(NamedTuple):
    """A published figure: a number or a range, or its words; whether the model was given it, where it stands."""

    what: str
    unit: str = ""
    given: bool = False
    low: float | None = None  # None: nothing was found
    high: float | None = None
    source: str = ""
    note: str = ""
    model: str | None = None  # what the model calls it; None: the model has no answer
    printed: str = ""  # in the words of the source, where they are more than a number or a range

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Row:
        """Return the row of a TOML entry; keys of a page's own, such as ``room``, are left to the page."""
        known = {key: entry[key] for key in cls._fields if key in entry}
        return cls(**known, given=bool(entry.get("input")))

    @property
    def published(self) -> str:
        """What was printed, without its unit."""
        if self.printed:
            return self.printed
        if self.low is None or self.high is None:
            return NO_DATA
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"{self.low:g}" if math.isclose(self.low, self.high) else f"{self.low:g} to {self.high:g}"

    @property
    def role(self) -> str:
        """Whether meeting the figure proves anything."""
        return "input" if self.given else "predicted"

    def judged(self, value: float | None, slack: float = 0.0) -> str:
        """Return met or missed; ``slack`` is the share of the lower end by which a printed figure may be rounded."""
        if self.low is None or self.high is None:
            return NO_DATA
        room = slack * abs(self.low)
        return met(value is not None and self.low - room <= value <= self.high + room)


class Page(NamedTuple):
    """A page: its name in the folder, its title, and what it is."""

    name: str
    title: str
    words: tuple[str, ...]

    def text(self, *lines: str) -> str:
        """Return the whole page: title, what it is, and the lines of its body."""
        return "\n".join([f"# {self.title}", "", *self.words, "", *lines]).rstrip("\n") + "\n"

    def write_rows(self, script: str, rows: Iterable[Mapping[str, str]], **about: object) -> Path:
        """Write rows of TOML texts, with what they are about, to a TOML of the page's name, and return its path."""
        lines = [f"# written by validation/{script}.py", *(f"{key} = {value}" for key, value in about.items()), ""]
        for row in rows:
            lines += ["[[row]]", *(f"{key} = {value}" for key, value in row.items()), ""]
        return files.write_text(FOLDER / f"{self.name}.toml", "\n".join(lines))

    def write(self, text: str) -> Path:
        """Write the page and return its path."""
        return files.write_text(FOLDER / f"{self.name}.md", text)
