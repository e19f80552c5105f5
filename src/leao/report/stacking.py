"""Tables too wide for a phone: each row becomes a card there, its cells one below the other under the heads' names.

Whether a table is too wide is estimated from the longest word of each column; on wider screens and on paper nothing
changes.
"""

from __future__ import annotations

import html
import re

PHONE = 340.0  # pixels; between the margins of a window of 390 there are 358
LETTER, GAP = 7.4, 10.0  # pixels of a letter of a table's text, and between columns
AS_THEY_ARE = ("counts", "now", "seen", "stacks")  # kinds with letters and gaps of their own, and what is done
_TABLE = re.compile(r'<div class="wide([^"]*)"([^>]*)><table>(.*?)</table></div>', re.DOTALL)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<td\b([^>]*)>(.*?)</td>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[ \n\t\r]+")


def stacked(markup: str) -> str:
    """Return a page whose tables that are too wide for a phone carry the name of its column in each cell."""
    return _TABLE.sub(_one, markup)


def _one(match: re.Match[str]) -> str:
    kind, named, inner = match.groups()
    head, _, body = inner.partition("</thead>")
    heads = [_plain(cell) for cell in _HEAD.findall(head)]
    rows = [_CELL.findall(row) for row in _ROW.findall(body)]
    if not body or "<tr" not in body or set(kind.split()) & set(AS_THEY_ARE) or "span=" in inner:
        return match[0]
    if any(len(row) != len(heads) for row in rows) or _width(heads, rows, "figures" in kind) <= PHONE:
        return match[0]
    body = _ROW.sub(lambda row: _labelled(row[0], heads), body)
    return f'<div class="wide{kind} stacks"{named}><table>{head}</thead>{body}</table></div>'


def _labelled(row: str, heads: list[str]) -> str:
    names = iter(heads)
    return _CELL.sub(lambda cell: f'<td data-head="{html.escape(next(names))}"{cell[1]}>{_inside(cell[2])}</td>', row)


def _inside(cell: str) -> str:
    """Return a cell's content as one block, so that there is one thing beside the name; an empty cell stays empty."""
    return f"<div>{cell}</div>" if cell.strip() else ""


def _width(heads: list[str], rows: list[list[tuple[str, str]]], figures: bool) -> float:
    """Return how many pixels a table needs at least; a table of figures breaks its first column alone."""
    longest = [_longest(head) for head in heads]
    for row in rows:
        for place, (attributes, cell) in enumerate(row):
            text = _plain(cell)
            longest[place] = max(
                longest[place], len(text) if "nowrap" in attributes or (figures and place) else _longest(text)
            )
    return LETTER * sum(longest) + GAP * (len(longest) - 1)


def _longest(text: str) -> int:
    return max((len(word) for word in _SPACE.split(text.replace("-", "- "))), default=0)


def _plain(cell: str) -> str:
    return html.unescape(_TAG.sub(" ", cell)).strip(" \n\t\r")
