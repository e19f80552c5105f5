"""Which mark parts whole numbers from decimals, told from all cells of a column: the one place for every reader.

A point beside a comma in one column is asked about (1.234 beside 2,75 may be a thousand or a little more than one),
and so is a mark with three digits after it wherever the other mark is the decimal one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)  # a thousand and more, or three decimals
WHICH = "which is the decimal mark?"
THOUSAND = "decimals or thousands?"
_MARKED = re.compile(r"(?<![\d.,:/])\d{0,9}([.,])\d{1,12}(?![\d.,:/])", re.ASCII)


class Marks(NamedTuple):
    """The cells of a column by their mark: places of those with a decimal point and of those with a comma."""

    points: list[int]
    commas: list[int]


def marks(cells: Sequence[str]) -> Marks:
    """Return which cells of a column of numbers have which mark."""
    commas = [k for k, cell in enumerate(cells) if COMMA.fullmatch(cell) or THOUSANDS.fullmatch(cell)]
    points = [k for k, cell in enumerate(cells) if "." in cell and NUMBER.fullmatch(cell)] if commas else []
    return Marks(points, commas)


def is_decimal(cells: Iterable[str], mark: str) -> bool:
    """Return whether a column (without its missing cells) holds numbers whose mark can be nothing but a decimal one."""
    marked = []
    for cell in cells:
        if not (NUMBER.fullmatch(cell) or COMMA.fullmatch(cell)):
            return False
        if mark in cell:
            marked.append(cell)
        elif {".", ","} & set(cell):
            return False
    return bool(marked) and not all(map(GROUPED.fullmatch, marked))


def in_words(cells: Iterable[str]) -> dict[str, list[str]]:
    """Return the different cells with a decimal point and with a comma, a word beside the number (``2,5 h``) or none.

    A cell with several marks of both kinds is in neither.
    """
    marked: dict[str, dict[str, None]] = {".": {}, ",": {}}
    for cell in cells:
        there = {match[1] for match in _MARKED.finditer(cell)}
        if len(there) == 1:
            marked[there.pop()].setdefault(cell)
    return {mark: list(texts) for mark, texts in marked.items()}
