"""Bytes of a text table to cells: encoding, separator, title rows, quotation marks, the line each row stands on.

Two ways to the same cells: polars where the body is regular (no quotation mark, no blank line, rows of one length),
Python's csv reader otherwise. Nothing is repaired without a word; what cannot be decided is asked.
"""

from __future__ import annotations

import array
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.table_cells import Columns, Gathering
from leao.core.table_encoding import ENCODINGS, decode

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}
SAMPLE_ROWS, SAMPLE_SIZE = 200, 400_000  # what the separator and the header row are judged by
HEADER_WITHIN = 40  # rows
LARGEST_CELL = 2_000_000  # characters
VALUE = re.compile(r"[-+]?(\d+([.,:/-]\d*)*|[.,]\d+)([eE][-+]?\d+)?", re.ASCII)  # a number, a date or a clock time


class ReadOptions(NamedTuple):
    """How to read a table, where the file does not say it itself."""

    separator: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None  # the row of the file that names the columns, from 1
    known: frozenset[str] = frozenset()  # folded names of the caller's vocabulary: they tell the header row
    comments: tuple[str, ...] = ()  # a row whose first cell starts with one of these is taken out, and counted
    whitespace: bool = False  # columns may be separated by runs of blanks
    long_rows: str = "stop"  # or "report": what a row with more cells than the header does
    lists: bool = False  # the caller reads cell by cell: columns are lists, and text and spreadsheets need no polars

    def known_names(self, cells: Iterable[str]) -> int:
        """Return how many names of the caller's vocabulary stand in a row."""
        return len({fold(cell) for cell in cells} & self.known)


class LeftOut(NamedTuple):
    """Rows of the file that are not used, and why."""

    rows: tuple[int, ...]
    why: str
    cells: tuple[str, ...] = ()  # of the last row above the header: it may name columns, too

    def as_json(self) -> dict[str, object]:
        """Return what ``left_out`` of ``--json`` holds."""
        return {"rows": list(self.rows), "why": self.why}


class Grid(NamedTuple):
    """A table's cells as text, before the columns have a meaning."""

    header: list[str]
    header_row: int
    columns: Columns
    rows: NDArray[np.int64]  # of the file, from 1
    left_out: list[LeftOut]
    oddities: list[tuple[int, str]]  # row of the file, what is odd there
    understood: list[str]
    separator: str | None


@lru_cache(maxsize=20_000)
def fold(name: str) -> str:
    """Return a column's name without case, accents and punctuation: ``" Início-Dor "`` is ``inicio_dor``."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "_", bare.casefold()).strip("_")


def grid(name: str, content: bytes, options: ReadOptions) -> Grid:
    """Return the cells of a text table.

    Raises:
        ScenarioError: one line: the encoding, the separator, the header or a row that cannot be decided.
    """
    csv.field_size_limit(LARGEST_CELL)
    text, encoding = decode(name, content, options.encoding)
    if not text.strip():
        raise ScenarioError(f"{name}: empty; wanted a header row and rows below it")
    separator = options.separator or _separator(name, text, options)
    if len(separator) != 1 or not separator.isascii() or separator in '"\n':
        raise ScenarioError(f"{name}: separator {separator!r}, wanted one character such as , ; or |")
    if separator == " ":
        text, separator = re.sub(r"^[ \t]+|[ \t]+$", "", re.sub(r"[ \t]+", " ", text), flags=re.M), " "
    sample = list(islice(_records(name, text[:SAMPLE_SIZE], separator, len(text) > SAMPLE_SIZE), SAMPLE_ROWS))
    at = header_index([cells for _, _, cells in sample], options, [line for line, _, _ in sample], name)
    start, end, cells = sample[at]
    if any("\n" in cell and separator in cell for cell in cells):  # a name over two lines is one; this is not
        raise ScenarioError(f"{name}, row {start}: a column's name goes over several lines; close the quotation mark")
    header = _trimmed(cells, options.comments)
    left_out = titles([(line, cells) for line, _, cells in sample[:at]])
    body = _after(text, end)
    understood = [f"{ENCODINGS.get(encoding, encoding)}, columns separated by {SEPARATORS.get(separator, separator)}"]
    columns, rows, oddities, comments = _body(name, body, (separator, end + 1, header), options)
    if comments:
        left_out.append(LeftOut(tuple(comments), f"comment mark {' or '.join(options.comments)}"))
    return Grid(header, start, columns, rows, left_out, oddities, understood, separator)


def _records(name: str, text: str, separator: str, cut: bool = False) -> Iterator[tuple[int, int, list[str]]]:
    """Give first line, last line and cells of each row that is not blank; ``cut``: the text stops within a row."""
    reader, before = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=not cut), 0
    held: tuple[int, int, list[str]] | None = None
    try:
        for cells in reader:
            if held is not None:
                yield held
            line, before = before + 1, reader.line_num
            held = (line, before, cells) if any(map(str.strip, cells)) else None
    except csv.Error as error:
        reason = "a quotation mark is not closed" if "delimiter expected" in str(error) else str(error)
        reason = "a quotation mark is not closed" if "end of data" in reason else reason
        raise ScenarioError(f"{name}, row {before + 1}: {reason}; close the quotation marks of this row") from None
    if held is not None and not cut:
        yield held


def _separator(name: str, text: str, options: ReadOptions) -> str:
    """Return what separates the columns: that which gives most rows of the sample the same number of cells."""
    scores: dict[str, tuple[float, int]] = {}
    for separator in (",", ";", "\t", "|"):
        if separator in text[:SAMPLE_SIZE]:
            scores[separator] = _support(name, text[:SAMPLE_SIZE], separator, options)
    best = max(scores, key=lambda separator: scores[separator], default=",")
    if best in scores and scores[best][1] > 1:
        return best
    lines = [line.split() for line in text[:SAMPLE_SIZE].split("\n")[:SAMPLE_ROWS] if line.strip()]
    if options.whitespace and len(lines) > 1 and len(lines[-2]) > 1:
        return " "
    first = next(line for line in text.split("\n") if line.strip()).strip()
    raise ScenarioError(f"{name}: one column, {first[:60]!r}; wanted columns separated by , ; tab or |")


def _support(name: str, text: str, separator: str, options: ReadOptions) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [cells for cells in islice(reader, SAMPLE_ROWS) if any(map(str.strip, cells))]
    except csv.Error as error:
        raise ScenarioError(f"{name}, row {reader.line_num}: {error}; close the quotation marks") from None
    if not rows:
        return 0.0, 0
    widths = Counter(len(cells) for cells in rows)
    width, count = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
    if options.known:  # a row of known names outweighs the number of rows: notes are full of commas
        named = max(options.known_names(cells) for cells in rows[:HEADER_WITHIN])
        return float(named) + count / len(rows), width
    return count / len(rows), width


def header_index(sample: list[list[str]], options: ReadOptions, lines: list[int], name: str) -> int:
    """Return which row of the sample names the columns: the one with most known names, else the first full one.

    Raises:
        ScenarioError: no such row, or a first row of numbers and dates.
    """
    if options.header_row is not None:
        if options.header_row not in lines:
            raise ScenarioError(f"{name}: row {options.header_row} is no header row; the first rows are {lines[:5]}")
        return lines.index(options.header_row)
    if not sample:
        raise ScenarioError(f"{name}: no words in it; wanted a header row and rows below it")
    named = [options.known_names(cells) for cells in sample[:HEADER_WITHIN]]
    if max(named) > 1:
        return named.index(max(named))
    filled = [sum(map(bool, map(str.strip, cells))) for cells in sample]
    width = Counter(filled).most_common(1)[0][0]
    at = next((k for k, count in enumerate(filled[:HEADER_WITHIN]) if count >= max(2, width / 2)), 0)
    if all(VALUE.fullmatch(cell.strip()) for cell in sample[at] if cell.strip()):
        text = ", ".join(cell.strip() for cell in sample[at][:4])
        raise ScenarioError(f"{name}, row {lines[at]}: no header row, found {text}; name the columns in the first row")
    return at


def titles(above: list[tuple[int, list[str]]]) -> list[LeftOut]:
    """Return the rows above the header as left out, with their first words."""
    if not above:
        return []
    words = " ".join(cell.strip() for cell in above[0][1] if cell.strip())
    return [LeftOut(tuple(line for line, _ in above), f"above the header row ({words[:60]!r})", tuple(above[-1][1]))]


def _trimmed(cells: list[str], comments: tuple[str, ...]) -> list[str]:
    """Return the header without empty cells at its end and without a comment mark at its start."""
    header = [" ".join(cell.split()) for cell in cells]
    for mark in comments:
        if not mark.isalnum():
            header[0] = header[0].removeprefix(mark).strip()
    while len(header) > 1 and not header[-1]:
        header.pop()
    return header


def _after(text: str, lines: int) -> str:
    """Return the text below its first ``lines`` lines."""
    parts = text.split("\n", lines)
    return parts[lines].rstrip("\n") if len(parts) > lines else ""


Body = tuple[Columns, NDArray[np.int64], list[tuple[int, str]], list[int]]


def _body(name: str, body: str, shape: tuple[str, int, list[str]], options: ReadOptions) -> Body:
    """Return the cells below the header, their rows in the file, what is odd, and rows with a comment mark."""
    if options.lists:
        return _careful(name, body, shape, options)
    import polars as pl

    separator, line, header = shape
    raw, width = body.encode(), len(header)
    letters = np.frombuffer(raw, np.uint8)
    height = int(np.count_nonzero(letters == ord("\n"))) + 1 if body else 0
    cells = int(np.count_nonzero(letters == ord(separator)))
    regular = '"' not in body and cells == height * (width - 1) and width > 1
    marked = any(mark in body and (body.startswith(mark) or f"\n{mark}" in body) for mark in options.comments)
    if not (height and regular) or marked:
        return _careful(name, body, shape, options)
    try:
        frame = pl.read_csv(
            raw, has_header=False, separator=separator, infer_schema=False, quote_char=None, low_memory=True
        )
    except (pl.exceptions.PolarsError, ValueError):
        return _careful(name, body, shape, options)
    if frame.width != width:  # a first row with more cells than the header, a later one with fewer
        return _careful(name, body, shape, options)
    blank = {" ", "\t"} - {separator}
    column = pl.all().fill_null("")
    if not body.isascii() or any(mark in body for mark in blank):
        column = column.str.strip_chars()
    frame = frame.rename(dict(zip(frame.columns, map(str, range(width)), strict=True))).with_columns(column)
    whole = frame.height == height and not (frame[:, 0] == "").any()
    if not whole:  # a row of separators alone is blank
        return _careful(name, body, shape, options)
    return frame, np.arange(line, line + height, dtype=np.int64), [], []


def _careful(name: str, body: str, shape: tuple[str, int, list[str]], options: ReadOptions) -> Body:
    separator, line, header = shape
    width = len(header)
    rows, marked, oddities = array.array("q"), [], []
    gathering = Gathering(width, options.lists)
    longer = _Long(name, width, options.long_rows)
    for first, _, cells in _records(name, body, separator):
        row = first + line - 1
        if options.comments and cells[0].lstrip().startswith(options.comments):
            marked.append(row)
            continue
        if len(cells) != width:
            odd = longer.see(row, cells) if len(cells) > width else f"{len(cells)} cells, the header has {width}"
            oddities += [(row, odd)] if odd else []
            cells = (cells + [""] * width)[:width]
        rows.append(row)
        gathering.add(cells)
    longer.judge(len(rows))
    return gathering.columns(), np.array(rows, np.int64), oddities, marked


class _Long:
    """Rows with more cells than the header: judged together, since all of them mean a header that is too short."""

    def __init__(self, name: str, width: int, policy: str) -> None:
        self.name, self.width, self.policy = name, width, policy
        self.first: tuple[int, str] | None = None
        self.count = 0

    def see(self, row: int, cells: list[str]) -> str | None:
        extra = [cell.strip() for cell in cells[self.width :] if cell.strip()]
        if not extra:
            return None
        self.count += 1
        self.first = self.first or (row, extra[0][:40])
        return f"{len(cells) - self.width} more cells than columns: {extra[0][:40]!r} and on are not read"

    def judge(self, rows: int) -> None:
        if self.first is None or (self.policy == "report" and self.count < rows):
            return
        row, text = self.first
        many = "every row has" if self.count == rows and rows > 1 else f"row {row} has"
        remedy = "name every column, or put quotation marks around cells that hold the separator"
        raise ScenarioError(f"{self.name}: {many} more cells than the header ({self.width}), {text!r}; {remedy}")
