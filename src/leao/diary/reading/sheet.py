"""A diary's file as cells: what every format becomes before its columns have a meaning."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, NamedTuple


class Sheet(NamedTuple):
    """The cells of a file, and what its format knows that the cells do not say."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]  # row of the file, cells
    understood: list[str]
    oddities: list[tuple[int, str]]
    left_out: list[dict[str, Any]]  # rows, why
    format: str = "table"
    roles: dict[int, str] = {}  # by column, where the format fixes them
    two_digit_years: bool = False  # the format writes them, at the end of a date
    span: tuple[date, date] | None = None  # first and last day the file covers, where it says so
    notes: list[tuple[str | None, str]] = []  # (date, text) that belong to no row
    zone: str | None = None  # the patient's time zone, where the file names one

    def texts(self, column: int) -> list[str]:
        """Return the cells of a column."""
        return [cells[column] for _, cells in self.rows]

    def counts(self, column: int) -> Counter[str]:
        """Return how often each text that is not blank stands in a column, in order."""
        return Counter(text for text in self.texts(column) if text.strip())
