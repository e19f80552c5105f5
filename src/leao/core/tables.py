"""The one reader of tables: bytes to columns of text, with the row in the file that every message names.

``read(name, content)`` knows text tables (separators, encodings, title rows, quotation marks, decimal commas),
spreadsheets, Parquet and SAS files by their first bytes. Columns stay text until a science asks for numbers; what a
column means is that science's vocabulary. ``sort_columns`` (core/columns.py) holds the law of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leao.core import table_dataset_json
from leao.core.decimal_marks import COMMA, NUMBER, THOUSAND, THOUSANDS, WHICH, is_decimal, marks
from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_FILE as LARGEST
from leao.core.limits import MOST_COLUMNS, MOST_ROWS
from leao.core.table_cells import Columns, chosen, frame_of, is_blank, width_of
from leao.core.table_kinds import kind, parquet_grid, sas_grid, sheet_grid, sheets
from leao.core.table_text import Grid, LeftOut, ReadOptions, fold, grid

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "MISSING",
    "LeftOut",
    "ReadOptions",
    "Table",
    "fold",
    "is_missing",
    "number",
    "read",
    "sheets",
]

FIRST_ODDITIES = 5
MISSING = frozenset({"", ".", "na", "n/a", "nan", "null", "none", "#n/a", "-", "--"})


def is_missing(text: str) -> bool:
    """Return whether a cell says that nothing is known: empty, ``.``, NA, N/A, nan, null."""
    return text.strip().casefold() in MISSING


def number(text: str, decimal: str = ".") -> float | None:
    """Return the finite number that a cell holds; None where it is no number.

    Args:
        text: the cell; only ASCII digits count, and neither ``inf`` nor ``1_000`` is a number.
        decimal: the decimal mark, ``"."`` or ``","``; with ``","`` a point is a decimal mark, too.
    """
    text = text.strip()
    if decimal == "," and COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if np.isfinite(value) else None


@dataclass(frozen=True)
class Table:
    """A table of text: its columns, the row of the file each record stands on, and what was not used."""

    name: str
    header: tuple[str, ...]
    columns: Columns  # strings, stripped, never null; a frame's are named as in ``header``
    rows: NDArray[np.int64]  # of the file, from 1
    left_out: list[LeftOut] = field(default_factory=list)
    oddities: list[tuple[int, str]] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    separator: str | None = None
    _words: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _plain: dict[str, NDArray[np.float64]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The cells as a polars frame, columns named as in ``header``."""
        return frame_of(self.columns, self.header)

    @property
    def height(self) -> int:
        """How many records there are."""
        return int(self.rows.size)

    def text(self, column: str) -> list[str]:
        """Return the cells of a column."""
        if isinstance(self.columns, list):
            return self.columns[self.header.index(column)]
        return self.frame[column].to_list()

    def error(self, record: int, message: str) -> ScenarioError:
        """Return the error of a record (from 0), with its row in the file."""
        return ScenarioError(f"{self.name}, row {self.rows[record]}: {message}")

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column as floats, NaN where a cell is missing.

        Raises:
            ScenarioError: text that is no finite number, or marks that may mean decimals or thousands.
        """
        if self.has_words(column):
            return self._careful_numbers(column, self.text(column))
        if self.separator in (";", "\t"):  # as spreadsheets of countries with a decimal comma write text
            self._ask_points(column)
        return self.plain_numbers(column)

    def bounded(self, column: str, largest: float) -> NDArray[np.float64]:
        """Return a column as ``numbers`` does.

        Raises:
            ScenarioError: as ``numbers``; a number beyond ``largest`` in size.
        """
        values = self.numbers(column)
        beyond = np.abs(values) > largest
        if beyond.any():
            record = int(np.argmax(beyond))
            cell = self.text(column)[record][:60]
            raise self.error(record, f"{column} is {cell}, wanted at most {largest:g} in size")
        return values

    def has_words(self, column: str) -> bool:
        """Return whether any cell is neither a plain number nor missing as an empty cell or a point; judged once."""
        if column not in self._words:
            values = self.plain_numbers(column)
            unread, cells = values.size - int(np.count_nonzero(np.isfinite(values))), self.frame[column]
            missing = int((cells == "").sum()) + int((cells == ".").sum()) if unread else 0
            self._words[column] = unread != missing
        return self._words[column]

    def plain_numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column as floats, NaN or infinite where a cell is no plain number; read once."""
        if column not in self._plain:
            import polars as pl

            cells = self.frame[column]
            constant = cells.len() > 1 and bool((cells == cells[0]).all())  # eight times as fast as reading each cell
            part = cells.head(1) if constant else cells
            values = part.cast(pl.Float64, strict=False).to_numpy()
            values.flags.writeable = False
            self._plain[column] = np.broadcast_to(values, cells.len()) if constant else values
        return self._plain[column]

    def _careful_numbers(self, column: str, cells: list[str]) -> NDArray[np.float64]:
        decimal = self.decimal(column)
        values = np.full(len(cells), np.nan)
        for record, cell in enumerate(cells):
            if is_missing(cell):
                continue
            value = number(cell, decimal)
            if value is None:
                remedy = "a missing value is written '.'"
                raise self.error(record, f"{column} is {cell[:60]!r}, wanted a finite number; {remedy}")
            values[record] = value
        return values

    def decimal(self, column: str) -> str:
        """Return the decimal mark of a column, ``"."`` or ``","``.

        Raises:
            ScenarioError: commas that may mean decimals or thousands, or points beside them.
        """
        cells = self.text(column)
        points, commas = marks(cells)
        if not commas:
            return "."
        if points:
            beside = f"{cells[points[0]]!r} beside {cells[commas[0]]!r} in row {self.rows[commas[0]]}"
            raise self.error(points[0], f"{column} is {beside}: {WHICH} write one mark throughout the column")
        plain = self.separator != ";" or self._elsewhere(column, ".")
        if plain and all(THOUSANDS.fullmatch(cells[k]) for k in commas):
            raise self._thousands(column, commas[0], ",")
        return ","

    def _ask_points(self, column: str) -> None:
        """Ask about points with three digits after each where another column has decimal commas."""
        points = self.frame[column].str.contains(r"^[-+]?[1-9]\d{0,2}\.\d{3}$")
        pointed = self.frame[column].str.contains(r"\.\d")
        if points.any() and points.sum() == pointed.sum() and self._elsewhere(column, ","):
            raise self._thousands(column, int(points.arg_max() or 0), ".")

    def _elsewhere(self, column: str, mark: str) -> bool:
        """Return whether the numbers of another column have ``mark`` as their decimal mark."""
        others = (self.text(other) for other in self.header if other != column)
        return any(is_decimal((cell for cell in cells if not is_missing(cell)), mark) for cells in others)

    def _thousands(self, column: str, record: int, mark: str) -> ScenarioError:
        cell = self.text(column)[record]
        remedy = f"write {cell.replace(mark, '.' if mark == ',' else ',', 1)} or {cell.replace(mark, '')}"
        return self.error(record, f"{column} is {cell!r}: {THOUSAND} {remedy}")

    def leave_out(self, out: NDArray[np.bool_], why: str) -> Table:
        """Return the table without the records where ``out``; they are named in ``left_out``."""
        if not out.any():
            return self
        import polars as pl

        taken = LeftOut(tuple(self.rows[out].tolist()), why)
        return replace(
            self,
            columns=self.frame.filter(pl.Series(~out)),
            rows=self.rows[~out],
            left_out=[*self.left_out, taken],
            oddities=[(row, what) for row, what in self.oddities if row not in set(taken.rows)],
        )

    def rename(self, names: Callable[[str], str]) -> Table:
        """Return the table with its columns named by ``names``.

        Raises:
            ScenarioError: two columns of one name.
        """
        renamed = tuple(names(column) for column in self.header)
        distinct(self.name, renamed, self.header)
        return replace(self, header=renamed, columns=self.frame.rename(dict(zip(self.header, renamed, strict=True))))

    def remarks(self) -> list[str]:
        """Return what is odd of the file, in a few lines, for who has no place for all of it."""
        odd = [f"row {row}: {what}" for row, what in self.oddities[:FIRST_ODDITIES]]
        rest = len(self.oddities) - len(odd)
        return [*self.understood[1:], *odd, *([f"and {rest} more rows that are odd"] if rest > 0 else [])]

    def not_used(self) -> list[dict[str, Any]]:
        """Return ``left_out`` as ``--json`` prints it: rows and why."""
        return [part.as_json() for part in self.left_out]


def read(name: str, content: bytes, options: ReadOptions | None = None) -> Table:
    """Return the table that the bytes of a file hold.

    Args:
        name: what messages call the file.
        content: its bytes, whatever its ending says.
        options: separator, encoding, sheet, header row; the caller's vocabulary; what comments and long rows do.

    Raises:
        ScenarioError: one line: no table, one of another kind, or something that cannot be decided.
    """
    options = options or ReadOptions()
    if not content:
        raise ScenarioError(f"{name}: empty; wanted a header row and rows below it")
    if len(content) > LARGEST:
        raise ScenarioError(f"{name}: {len(content) // 10**6} MB, wanted at most {LARGEST // 10**6}; split the file")
    cells = _grid(name, content, options)
    if cells.rows.size > MOST_ROWS or len(cells.header) > MOST_COLUMNS:
        size = f"{cells.rows.size} rows of {len(cells.header)} columns"
        raise ScenarioError(f"{name}: {size}, wanted at most {MOST_ROWS} of {MOST_COLUMNS}; split the file")
    return _named(name, cells)


def _grid(name: str, content: bytes, options: ReadOptions) -> Grid:
    which = kind(name, content)
    if which == "sheet":
        return sheet_grid(name, content, options)
    if which == "parquet":
        return parquet_grid(name, content)
    if which in ("xport", "sas7bdat"):
        return sas_grid(name, content, which)
    if which == "dataset-json":
        return table_dataset_json.grid(name, content, options)
    return grid(name, content, options)


def _named(name: str, cells: Grid) -> Table:
    """Return the table with a name for each column; a column without name and cells is dropped."""
    header = list(cells.header) + [""] * (width_of(cells.columns) - len(cells.header))
    names = [title or f"column {k + 1} without a name" for k, title in enumerate(header)]
    kept = {k: names[k] for k, title in enumerate(header) if title or not is_blank(cells.columns, k)}
    distinct(name, tuple(kept.values()), tuple(kept.values()))
    return Table(
        name,
        tuple(kept.values()),
        chosen(cells.columns, kept),
        cells.rows,
        cells.left_out,
        cells.oddities,
        cells.understood,
        cells.separator,
    )


def distinct(name: str, names: Sequence[str], written: Sequence[str]) -> None:
    """Refuse two columns of one name.

    Raises:
        ScenarioError: naming both as they are written.
    """
    first: dict[str, int] = {}
    for k, title in enumerate(names):
        if title in first:
            pair = dict.fromkeys((repr(written[first[title]]), repr(written[k])))
            places = f"columns {first[title] + 1} and {k + 1}"
            raise ScenarioError(f"{name}: column {' and '.join(pair)} stands twice ({places}); rename or remove one")
        first[title] = k
