"""Rows of text to columns: a polars frame, or Python's lists for who reads cell by cell.

A diary is small and read cell by cell, and a plain install has no polars: its columns stay lists, and a frame is made
of them only where somebody asks for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    import polars as pl

Lists: TypeAlias = list[list[str]]  # one a column
Columns: TypeAlias = Union[Lists, "pl.DataFrame"]  # of strings, stripped, never null; a frame names them "0", "1", ...
CHUNK = 20_000  # rows handed to polars at a time: lists of Python strings are large


class Gathering:
    """Takes the rows of a table, one after the other, and gives its columns."""

    def __init__(self, width: int, lists: bool) -> None:
        """Begin with no row.

        Args:
            width: cells of every row.
            lists: gather lists and not a frame.
        """
        self.width, self.lists = width, lists
        self.rows: list[list[str]] = []
        self.frames: list[pl.DataFrame] = []

    def add(self, cells: list[str]) -> None:
        """Take one row."""
        self.rows.append(cells)
        if len(self.rows) == CHUNK and not self.lists:
            self._to_frame()

    def columns(self) -> Columns:
        """Return what was gathered, each cell without blanks at its ends."""
        if self.lists:
            return [[row[k].strip() for row in self.rows] for k in range(self.width)]
        import polars as pl

        self._to_frame()
        return pl.concat(self.frames).with_columns(pl.all().str.strip_chars())

    def _to_frame(self) -> None:
        import polars as pl

        schema = {str(k): pl.String for k in range(self.width)}
        self.frames.append(pl.DataFrame(self.rows, schema=schema, orient="row"))
        self.rows = []


def gathered(rows: Sequence[list[str]], width: int, lists: bool) -> Columns:
    """Return the columns of rows that are all at hand."""
    gathering = Gathering(width, lists)
    for cells in rows:
        gathering.add(cells)
    return gathering.columns()


def width_of(columns: Columns) -> int:
    """Return how many columns there are."""
    return len(columns) if isinstance(columns, list) else columns.width


def is_blank(columns: Columns, k: int) -> bool:
    """Return whether a column holds no cell with a letter in it."""
    return not any(columns[k]) if isinstance(columns, list) else not (columns[:, k] != "").any()


def chosen(columns: Columns, names: dict[int, str]) -> Columns:
    """Return some of the columns, by place; a frame calls them by ``names``."""
    if isinstance(columns, list):
        return [columns[k] for k in names]
    import polars as pl

    return columns.select([pl.col(str(k)).alias(name) for k, name in names.items()])


def frame_of(columns: Columns, names: Sequence[str]) -> pl.DataFrame:
    """Return the columns as a polars frame."""
    if not isinstance(columns, list):
        return columns
    import polars as pl

    return pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String))
