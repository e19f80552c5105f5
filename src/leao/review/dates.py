"""The dates of a diary: one order of day, month and year for the whole file, never a guess between two.

ISO (2026-03-02), European (2.3.2026, 02/03/2026) and US (03/02/2026) dates, month names, and day numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.review.cells import plain

ORDERS = ("year first", "day first", "month first", "day number")
FIRST_YEAR, LAST_YEAR = 1990, 2100
FARTHEST_DAY = 100_000
ARBITRARY_START = date(2001, 1, 1)  # a Monday, for diaries that number their days
_PARTS = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(r"(\d{1,2})[-. ]+([a-z]{3,9})\.?[-., ]+(\d{4})|([a-z]{3,9})\.?[- ]+(\d{1,2})(?:,)?[- ]+(\d{4})")
_TIME = re.compile(r"[t ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Dates(NamedTuple):
    """How the dates of a file read: their order, and the date of each text that could be read."""

    order: str
    found: dict[str, date]
    said: str


def read(texts: Sequence[tuple[int, str]], wanted: str | None = None) -> Dates:
    """Return the dates of the texts, given with their row.

    Args:
        texts: (row, text) of every cell that is not empty.
        wanted: one of ``ORDERS``, from the mapping or the command line; None to find it out.

    Raises:
        ScenarioError: nothing reads as a date, or more than one reading is possible.
    """
    if wanted is not None:
        if wanted not in ORDERS:
            raise ScenarioError(f"dates: found {wanted!r}, wanted one of {', '.join(ORDERS)}")
        return _read_as(texts, wanted, f"dates read {wanted}, as you said")
    fits = {order: {text: day for _, text in texts if (day := as_date(text, order))} for order in ORDERS}
    if not texts or not any(fits.values()):
        example = f"; the first is {texts[0][1]!r} in row {texts[0][0]}" if texts else ""
        raise ScenarioError(f"dates: found none that can be read{example}; write them like 2026-03-02")
    _not_ambiguous(texts, fits)
    best = max(ORDERS, key=lambda order: len(fits[order]))
    note = {"day number": "day numbers: day 0 stands for an arbitrary Monday, weekdays have no meaning"}
    return _read_as(texts, best, note.get(best, f"dates read {best}"))


def _read_as(texts: Sequence[tuple[int, str]], order: str, said: str) -> Dates:
    found = {text: day for _, text in texts if (day := as_date(text, order))}
    if not found:
        raise ScenarioError(f"dates: none reads {order}; the first is {texts[0][1]!r} in row {texts[0][0]}")
    return Dates(order, found, said)


def _not_ambiguous(texts: Sequence[tuple[int, str]], fits: dict[str, dict[str, date]]) -> None:
    """Refuse a file whose dates read both day first and month first, or some only so and some only otherwise."""
    day, month = fits["day first"], fits["month first"]
    both = [(row, text) for row, text in texts if text in day and text in month and day[text] != month[text]]
    only_day = [row for row, text in texts if text in day and text not in month]
    only_month = [row for row, text in texts if text in month and text not in day]
    if only_day and only_month:
        raise ScenarioError(
            f"dates: row {only_day[0]} can only be day first and row {only_month[0]} only month first; mend one, "
            "or write all dates like 2026-03-02"
        )
    if both and not only_day and not only_month and len(day) >= max(len(found) for found in fits.values()):
        row, text = both[0]
        raise ScenarioError(
            f"dates: row {row} says {text!r}: is that {day[text]:%-d %B} or {month[text]:%-d %B}? "
            "The whole file reads both ways; say --dates day-first or --dates month-first"
        )


def as_date(text: str, order: str) -> date | None:
    """Return the date of one text read in one order, or None."""
    word = _TIME.sub("", plain(text))
    if order == "day number":
        whole = re.fullmatch(r"[+-]?\d{1,6}(?:\.0+)?", word)
        number = int(float(word)) if whole else None
        if number is None or abs(number) > FARTHEST_DAY:
            return None
        return date.fromordinal(ARBITRARY_START.toordinal() + number)
    named = _NAMED.fullmatch(word)
    if named:
        return _of_name(named)
    if order == "year first" and (compact := _COMPACT.fullmatch(word)):
        return _date(compact[1], compact[2], compact[3])
    parts = _PARTS.fullmatch(word)
    return _of_parts(parts, word, order) if parts else None


def _of_parts(parts: re.Match[str], word: str, order: str) -> date | None:
    first, second, third = parts[1], parts[2], parts[3]
    if order == "year first":
        return _date(first, second, third) if len(first) == 4 else None
    if len(third) not in (2, 4) or len(first) > 2:
        return None
    if order == "month first" and "." in word:  # dots are a European habit alone
        return None
    year = third if len(third) == 4 else f"20{third}"
    return _date(year, second, first) if order == "day first" else _date(year, first, second)


def _of_name(named: re.Match[str]) -> date | None:
    day, name, year = (named[1], named[2], named[3]) if named[1] else (named[5], named[4], named[6])
    month = next((k for k, short in enumerate(_MONTHS, start=1) if name.startswith(short)), None)
    return None if month is None else _date(year, str(month), day)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def one(text: str, option: str) -> date:
    """Return the date given on the command line, year first.

    Raises:
        ScenarioError: it is none.
    """
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise ScenarioError(f"{option}: found {text!r}, wanted a date such as 2026-03-02") from None
