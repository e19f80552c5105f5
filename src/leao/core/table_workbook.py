"""What the cells of a workbook do not say themselves: merged and hidden ones, errors, formulas without a result.

The cells come from the reader of workbooks (``table_kinds``); of an .xlsx file its XML is read beside them,
of an .ods file as well (``table_opendocument``).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain, pairwise
from typing import NamedTuple

from leao.core import table_opendocument
from leao.core.errors import ScenarioError
from leao.core.table_opendocument import Merged, attributes

_PREFIX = rb"(?:\w+:)?"
_SHEET = re.compile(rb"<" + _PREFIX + rb"sheet\b[^>]*?/?>")
_LINK = re.compile(rb"<" + _PREFIX + rb"Relationship\b[^>]*?/?>")
_ROW = re.compile(rb"<" + _PREFIX + rb"row\b[^>]*?>")
_COLUMN = re.compile(rb"<" + _PREFIX + rb"col\b[^>]*?/?>")
_CELL = re.compile(rb"<" + _PREFIX + rb"c\b([^>]*)>")
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f\b[^>]*(?:/>|>([^<]*)</)")
_VALUE = re.compile(rb"<" + _PREFIX + rb"v\b[^>]*>([^<]+)</")
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+([eE][-+]?\d+)?", re.ASCII)
_HIDDEN = (b"1", b"true")
_MOST_COLUMNS = 16_384  # of a sheet
_MISSING = "#N/A"  # how a spreadsheet writes that nothing is known


class Facts(NamedTuple):
    """Of one sheet: rows and columns from 1, cells by name (``D4``)."""

    hidden_rows: list[int]
    hidden_columns: list[int]
    errors: dict[tuple[int, int], str]  # row and column: the error's word, ``#DIV/0!``
    unfinished: dict[str, str]  # formulas without a result, by the cell's name
    merged: list[Merged]  # of an .ods file; of others the reader of the cells knows them


NOTHING = Facts([], [], {}, {}, [])


def facts(content: bytes, title: str) -> Facts:
    """Return what the XML of a sheet says beside its cells; nothing where the file is no .xlsx and no .ods."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if "content.xml" in packed.namelist():
                return _of_opendocument(table_opendocument.sheet(packed.read("content.xml"), title))
            path = _path(packed, title)
            return NOTHING if path is None else _of(packed.read(path))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return NOTHING  # an older format, or a part the reader of the cells finds in its own way


def _of_opendocument(sheet: table_opendocument.Sheet) -> Facts:
    unfinished = {_name(row, column): formula for (row, column), formula in sheet.unfinished.items()}
    return Facts(sheet.hidden_rows, sheet.hidden_columns, {}, unfinished, sheet.merged)


def finished(name: str, title: str, known: Facts) -> None:
    """Refuse a sheet with formulas whose results were not saved: their cells look empty.

    Raises:
        ScenarioError: naming the first.
    """
    if known.unfinished:
        cell, formula = next(iter(known.unfinished.items()))
        others = len(known.unfinished) - 1
        more = f" and {others} more" if others else ""
        raise ScenarioError(
            f"{name}, sheet {title!r}, cell {cell}{more}: a formula without its result ({formula[:40]}); open the file "
            "in a spreadsheet program and save it again"
        )


def filled(cells: list[list[str]], merged: Iterable[Merged], first: int, *, numbers: bool) -> list[tuple[int, str]]:
    """Put a merged cell's text into every row that it covers, from row ``first`` on (from 1); return what is said.

    A number right of the first column is not put there unless ``numbers``: 8 attacks beside two visits may be of both.
    """
    said: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in sorted(merged):
        if top + 1 < first or bottom <= top or top >= len(cells) or left >= len(cells[top]) or not cells[top][left]:
            continue
        repeats = numbers or left == 0 or _NUMBER.fullmatch(cells[top][left]) is None
        for row in cells[top + 1 : bottom + 1] if repeats else []:
            row[left] = cells[top][left]
        said.setdefault((left, repeats), []).append((top + 1, bottom + 1))
    return [(spans[0][0], _merged(left, repeats, spans)) for (left, repeats), spans in said.items()]


def _merged(left: int, repeats: bool, spans: list[tuple[int, int]]) -> str:  # noqa: FBT001
    top, bottom = spans[0]
    others = f" ({len(spans)} such cells in its column)" if len(spans) > 1 else ""
    read = "read in each row" if repeats else "a number, read in its first row alone"
    return f"cell {_name(top, left + 1)} is merged down to row {bottom}: {read}{others}"


def hidden(known: Facts, header: list[str], rows: range) -> list[tuple[int, str]]:
    """Return what is said of hidden rows and columns, which are read like others."""
    said = []
    covered = [row for row in known.hidden_rows if row in rows]
    for first, last in _runs(covered):
        many = f"rows {first} to {last} are" if last > first else f"row {first} is"
        said.append((first, f"{many} hidden in the spreadsheet and read all the same"))
    for column in known.hidden_columns:
        if column <= len(header) and header[column - 1]:
            named = header[column - 1]
            said.append((rows.start, f"column {named!r} is hidden in the spreadsheet and read all the same"))
    return said


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _of(xml: bytes) -> Facts:
    errors: dict[tuple[int, int], str] = {}
    unfinished: dict[str, str] = {}
    if b't="e"' in xml or b"<f" in xml or b":f" in xml:
        for start, stop, head in _cells(xml):
            known = attributes(head)
            value = _VALUE.search(xml, start, stop)
            place = known.get(b"r", b"").decode("ascii", "replace")
            if known.get(b"t") == b"e" and value is not None and value[1].decode("utf-8", "replace") != _MISSING:
                errors[_place(place)] = unescape(value[1].decode("utf-8", "replace"))
            elif value is None and known.get(b"t") not in (b"str", b"inlineStr"):
                formula = _FORMULA.search(xml, start, stop)
                if formula is not None:
                    unfinished[place] = "=" + unescape((formula[1] or b"...").decode("utf-8", "replace"))
    rows = [attributes(row[0]) for row in _ROW.finditer(xml) if b"hidden" in row[0]]
    hidden_rows = [int(row[b"r"]) for row in rows if row.get(b"hidden") in _HIDDEN and b"r" in row]
    columns = [attributes(column[0]) for column in _COLUMN.finditer(xml) if b"hidden" in column[0]]
    spans = [(int(c[b"min"]), int(c[b"max"])) for c in columns if c.get(b"hidden") in _HIDDEN and b"min" in c]
    hidden_columns = [k for low, high in spans for k in range(low, min(high, _MOST_COLUMNS) + 1)]
    return Facts(hidden_rows, hidden_columns, errors, unfinished, [])


def _cells(xml: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give where what is inside each cell that is not empty begins and ends, and the cell's attributes."""
    tags = chain(_CELL.finditer(xml), (None,))
    for tag, after in pairwise(tags):
        if tag is not None and not tag[1].endswith(b"/"):
            yield tag.end(), len(xml) if after is None else after.start(), tag[1]


def _path(packed: zipfile.ZipFile, title: str) -> str | None:
    """Return the part of an .xlsx that holds a sheet."""
    names = packed.namelist()
    if "xl/workbook.xml" not in names:
        return None
    listed = [attributes(sheet[0]) for sheet in _SHEET.finditer(packed.read("xl/workbook.xml"))]
    wanted = [sheet for sheet in listed if unescape(sheet.get(b"name", b"").decode("utf-8", "replace")) == title]
    if not wanted:
        return None
    link = next((value for key, value in wanted[0].items() if key.endswith(b":id")), b"")
    for part in _LINK.finditer(packed.read("xl/_rels/workbook.xml.rels")):
        known = attributes(part[0])
        if known.get(b"Id") == link:
            target = known.get(b"Target", b"").decode("utf-8", "replace")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return None


def _place(name: str) -> tuple[int, int]:
    """Return row and column, from 1, of a cell such as ``D4``."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(name[len(letters) :] or 0), column


def _name(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
