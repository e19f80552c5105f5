"""What the pages of docs/validation share: the folder, a row of a table, a published figure beside the model's."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from leao.core import files

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "validation"
MET, MISSED, NO_DATA = "met", "**missed**", "no data"


def cells(*texts: object) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(str(text) for text in texts) + " |"


class PublishedRow(NamedTuple):
    """A published figure: one number or a range, whether the model was given it, where it stands."""

    what: str
    unit: str
    given: bool
    low: float | None = None  # None: nothing was found
    high: float | None = None
    source: str = ""
    note: str = ""
    model: str | None = None  # what the model calls it; None: the model has no answer

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> PublishedRow:
        """Return the row of a TOML entry; keys of a page's own, such as ``room``, are left to the page."""
        known = {key: entry[key] for key in cls._fields if key in entry}
        return cls(**known, given="low" in entry and bool(entry["input"]))  # without a figure there is no role

    @property
    def published(self) -> str:
        """What was printed, without its unit."""
        if self.low is None or self.high is None:
            return NO_DATA
        return f"{self.low:g}" if math.isclose(self.low, self.high) else f"{self.low:g} to {self.high:g}"

    @property
    def role(self) -> str:
        """Whether meeting the figure proves anything."""
        return "input" if self.given else "predicted"

    def judged(self, value: float | None, slack: float) -> str:
        """Return met or missed; ``slack`` is the share of the lower end by which a printed figure may be rounded."""
        if self.low is None or self.high is None:
            return NO_DATA
        room = slack * abs(self.low)
        return MET if value is not None and self.low - room <= value <= self.high + room else MISSED


class Page(NamedTuple):
    """A page: its name in the folder, its title, what it is, and the header of its table."""

    name: str
    title: str
    words: tuple[str, ...]
    header: tuple[str, ...]

    def entries(self) -> list[dict[str, Any]]:
        """Return the published figures, which lie beside the page in a TOML of its name."""
        return tomllib.loads((FOLDER / f"{self.name}.toml").read_text(encoding="utf-8"))["row"]

    def text(self, rows: Iterable[str], *after: str) -> str:
        """Return the whole page: its head, its table, the lines that follow."""
        header = cells(*self.header).replace("|  |", "| |")
        table = (header, "|" + "---|" * len(self.header))
        return "\n".join([f"# {self.title}", "", *self.words, "", *table, *rows, "", *after]) + "\n"

    def write(self, text: str) -> Path:
        """Write the page and return its path."""
        return files.write_text(FOLDER / f"{self.name}.md", text)
