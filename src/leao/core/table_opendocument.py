"""What the cells of an OpenDocument sheet (.ods) do not say themselves, read from its XML, as ``table_workbook``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_TAG = re.compile(
    rb"<table:(table|table-row|table-column|table-cell|covered-table-cell)(?![\w-])([^>]*?)(/?)>|</table:table>"
)
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_UNSEEN = (b"collapse", b"filter")
_MOST = 16_384  # rows or columns that one tag is taken to stand for: sheets end in a million empty ones
Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, rows and columns from 0


class Sheet(NamedTuple):
    """Of one sheet: rows and columns from 1, formulas without a result by place, cells that cover several rows."""

    hidden_rows: list[int]
    hidden_columns: list[int]
    unfinished: dict[tuple[int, int], str]
    merged: list[Merged]


def sheet(xml: bytes, title: str) -> Sheet:
    """Return what ``content.xml`` says of a sheet; nothing where there is no such sheet."""
    seen = Sheet([], [], {}, [])
    row = column = described = 0
    for tag, known in _tags(xml, title):
        if tag == b"table-column":
            described = _hidden(seen.hidden_columns, known, described, b"table:number-columns-repeated")
        elif tag == b"table-row":
            row, column = _hidden(seen.hidden_rows, known, row, b"table:number-rows-repeated"), 0
        else:
            _cell(seen, known, row, column)
            column += _times(known, b"table:number-columns-repeated")
    return seen


def _tags(xml: bytes, title: str) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """Give the tags of a sheet's columns, rows and cells with their attributes."""
    inside = False
    for tag in _TAG.finditer(xml):
        known = attributes(tag[2] or b"")
        if tag[1] == b"table":
            inside = unescape(known.get(b"table:name", b"").decode("utf-8", "replace")) == title
        elif tag[1] is None:
            inside = False
        elif inside:
            yield tag[1], known


def _hidden(hidden: list[int], known: dict[bytes, bytes], before: int, repeated: bytes) -> int:
    """Keep the rows or columns of a tag where it hides them; return how many there are up to it."""
    last = before + _times(known, repeated)
    if known.get(b"table:visibility") in _UNSEEN:
        hidden.extend(range(before + 1, last + 1))
    return last


def _cell(seen: Sheet, known: dict[bytes, bytes], row: int, column: int) -> None:
    """Keep what a cell of row ``row`` (from 1) and column ``column`` (from 0) says."""
    down = _times(known, b"table:number-rows-spanned")
    across = _times(known, b"table:number-columns-spanned")
    if down > 1:
        seen.merged.append(((row - 1, column), (row + down - 2, column + across - 1)))
    if b"table:formula" in known and b"office:value-type" not in known and b"calcext:value-type" not in known:
        formula = unescape(known[b"table:formula"].decode("utf-8", "replace"))
        seen.unfinished[row, column + 1] = formula.partition(":")[2] or formula


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a tag of XML."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _times(known: dict[bytes, bytes], name: bytes) -> int:
    text = known.get(name, b"1")
    return min(int(text), _MOST) if text.isdigit() else 1
