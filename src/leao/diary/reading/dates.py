"""The dates of a diary: one order of day, month and year for the whole file, never a guess between two.

ISO (2026-03-02), European (2.3.2026, 02/03/2026) and US (03/02/2026) dates, names of months in six languages, day
numbers, and the day counts of spreadsheets. A year of two digits and a date before 1990 or after next year are asked
about. Local time counts: an offset from UTC is not used, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.diary.reading.calendar_words import WEEKDAYS, month, month_names
from leao.diary.reading.words import plain, shown, typed

WRITTEN_ORDERS = ("year first", "day first", "month first")
ORDERS = (*WRITTEN_ORDERS, "day number", "spreadsheet number")
FIRST_YEAR = 1990
FARTHEST_DAY = 100_000
ARBITRARY_START = date(2001, 1, 1)  # a Monday, for diaries that number their days
SPREADSHEET_START = date(1899, 12, 30)  # day 0 of Excel's and Calc's day counts, from March 1900 on
SPREADSHEET_FIRST = 32_874  # 1 January 1990 in that count
TWO_DIGITS, NO_YEAR = "a year of two digits", "a date without a year"
TOO_FAR = f"a date outside {FIRST_YEAR} to a year from today"
TOGETHER = (TWO_DIGITS, NO_YEAR, TOO_FAR)
_PARTS = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\.?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|o|a|\.)?[-. /]*(?:de |di |of )?([a-z]{3,10})\.?[-., /]+(?:de |del |di )?(\d{4})"
)
_MONTH_DAY = re.compile(r"([a-z]{3,10})\.?[-. /]+(\d{1,2})(?:st|nd|rd|th)?,?[-. /]+(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[-., /]+([a-z]{3,10})\.?[-. /]+(\d{1,2})")
_SHORT_NAMED = re.compile(r"(\d{1,2})\.?[-. /]+([a-z]{3,10})\.?[-. /]+'?(\d{2})")
_TIME = re.compile(
    r"(?:[t,; ]|\bat\b|\bum\b|\ba las\b|\balle\b)+\s*(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(uhr|[ap]\.?\s?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)


class Moment(NamedTuple):
    """What a cell with a date says: the text of the date, the hour of the day, and the offset as it is written."""

    day: str
    hour: float | None
    offset: str | None


class Dates(NamedTuple):
    """How the dates of a file read: their order, the date of each text that reads, and what was understood."""

    order: str
    by_text: dict[str, date]
    understood: str


class Doubt(NamedTuple):
    """A text that does not read as a date, or in two ways: the question and what to type, for so many cells."""

    text: str
    asks: str
    answer: str
    times: int = 1


def parted(text: str) -> Moment:
    """Return the date of a cell apart from its time of day and offset, and without a weekday before it."""
    word = plain(text)
    time = _TIME.search(word)
    hour = offset = None
    if time:
        word = word[: time.start()]
        hour, offset = _hour(time), time[5]
    word = word.lstrip("'")  # how spreadsheets mark a text
    head, _, rest = word.partition(" ")
    # "mar" is a Tuesday in three languages and a month in all: what follows must be a whole date without it
    if head.strip(".,") in WEEKDAYS and (month(head) is None or re.search(r"[a-z/]|\d[-.]\d", rest)):
        word = rest
    return Moment(word.strip(" ,;"), hour, offset)


def _hour(time: re.Match[str]) -> float | None:
    hours, minutes, seconds = int(time[1]), int(time[2]), int(time[3] or 0)
    half = (time[4] or "").replace(".", "").replace(" ", "")
    if half in ("am", "pm"):
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours + minutes / 60.0 + seconds / 3600.0 if hours <= 24 and minutes < 60 and seconds < 60 else None


def latest(today: date) -> date:
    """Return the last date that a diary may have: a year from today."""
    return today + timedelta(366)


def is_date(text: str, today: date, *, two_digits: bool = True) -> bool:
    """Return whether a text reads as a date, in one of the orders of day, month and year."""
    return any(as_date(text, order, today, two_digits=two_digits) for order in WRITTEN_ORDERS)


def as_date(text: str, order: str, today: date, *, two_digits: bool = False, said: bool = False) -> date | None:
    """Return the date of one text read in one order, or None.

    Args:
        text: the cell, with or without a time of day.
        order: one of ``ORDERS``.
        today: dates beyond a year from here do not read, nor those before 1990.
        two_digits: whether a year of two digits reads, as 20xx.
        said: whether the user says the order, so that 03.01.2026 reads month first, too.
    """
    if order in ("day number", "spreadsheet number"):
        return _numbered(parted(text).day, order, today)
    read = _written(text, order, two_digits=two_digits, said=said)
    return read if read is not None and date(FIRST_YEAR, 1, 1) <= read <= latest(today) else None


def _written(text: str, order: str, *, two_digits: bool, said: bool = False) -> date | None:
    """Return the date of a text in one order, of any year."""
    word = parted(text).day
    read = _named(word)
    if read is None and two_digits and (short := _SHORT_NAMED.fullmatch(word)):
        day, year = (short[3], short[1]) if order == "year first" else (short[1], short[3])
        number = month_names().get(short[2])
        read = None if number is None else _date(f"20{year.zfill(2)}", str(number), day)
    if read is None and order == "year first" and (compact := _COMPACT.fullmatch(word)):
        read = _date(compact[1], compact[2], compact[3])
    if read is None and (parts := _PARTS.fullmatch(word)):
        dotted = "." in word and not said  # dots are a European habit, unless somebody says otherwise
        read = None if dotted and order == "month first" else _of_parts(parts, order, two_digits=two_digits)
    return read


def _numbered(word: str, order: str, today: date) -> date | None:
    whole = re.fullmatch(r"[+-]?\d{1,6}(?:[.,]0{1,6})?", word)
    if not whole:
        return None
    number = int(float(word.replace(",", ".")))
    if order == "day number":
        return ARBITRARY_START + timedelta(number) if abs(number) <= FARTHEST_DAY else None
    last = (latest(today) - SPREADSHEET_START).days
    return SPREADSHEET_START + timedelta(number) if SPREADSHEET_FIRST <= number <= last else None


def _of_parts(parts: re.Match[str], order: str, *, two_digits: bool) -> date | None:
    texts = {
        "year first": (parts[1], parts[2], parts[3]),
        "day first": (parts[3], parts[2], parts[1]),
        "month first": (parts[3], parts[1], parts[2]),
    }
    year, month_, day = texts[order]
    if len(day) > 2 or len(month_) > 2 or len(year) == 3 or (len(year) < 4 and not two_digits) or len(year) == 1:
        return None
    return _date(year if len(year) == 4 else f"20{year}", month_, day)


def _named(word: str) -> date | None:
    if match := _DAY_MONTH.fullmatch(word):
        day, name, year = match[1], match[2], match[3]
    elif match := _MONTH_DAY.fullmatch(word):
        name, day, year = match[1], match[2], match[3]
    elif match := _YEAR_MONTH.fullmatch(word):
        year, name, day = match[1], match[2], match[3]
    else:
        return None
    number = month_names().get(name)
    return None if number is None else _date(year, str(number), day)


def _date(year: str, month_: str, day: str) -> date | None:
    try:
        return date(int(year), int(month_), int(day))
    except ValueError:
        return None


def read(
    counts: Mapping[str, int], today: date, wanted: str | None = None, *, two_digits: bool = False
) -> tuple[Dates, list[Doubt]]:
    """Return how the dates of a file read, and what must be asked about them.

    Args:
        counts: how often each text of the date column stands in it.
        today: the day from which "next year" counts.
        wanted: one of ``ORDERS`` where the user says it; None to find it out.
        two_digits: whether the format is known to write years of two digits, at the end of the date.
    """
    if wanted is not None and wanted not in ORDERS:
        raise ScenarioError(f"dates: found {wanted!r}, wanted one of {', '.join(ORDERS)}")
    orders = ORDERS if wanted is None else (wanted,)
    short = two_digits or wanted is not None
    fits = {order: _fit(counts, order, today, two_digits=short, said=wanted is not None) for order in orders}
    if two_digits and wanted is None:  # the format writes the year last
        fits["year first"] = _fit(counts, "year first", today, two_digits=False)
    best = max(orders, key=lambda order: len(fits[order]))
    how = f"dates read {best}" + (", as you said" if wanted else "")
    if best == "day number":
        how = "day numbers: day 0 stands for an arbitrary Monday, weekdays have no meaning"
    doubts = _doubts(counts, fits, best) if fits[best] else []
    if not doubts:
        doubts = _grouped(
            [_unread(text, today, wanted)._replace(times=counts[text]) for text in counts if text not in fits[best]]
        )
    return Dates(best, fits[best], how), doubts


def _grouped(doubts: list[Doubt]) -> list[Doubt]:
    """Return the doubts with one for all years of two digits and one for all dates without a year."""
    kept: list[Doubt] = []
    for doubt in doubts:
        together = doubt.asks in TOGETHER or doubt.answer.startswith("--dates")
        same = next((k for k, other in enumerate(kept) if other.asks == doubt.asks and together), None)
        if same is None:
            kept.append(doubt)
        else:
            kept[same] = kept[same]._replace(times=kept[same].times + doubt.times)
    return kept


def _fit(
    counts: Mapping[str, int], order: str, today: date, *, two_digits: bool, said: bool = False
) -> dict[str, date]:
    read = {text: as_date(text, order, today, two_digits=two_digits, said=said) for text in counts}
    return {text: day for text, day in read.items() if day is not None}


def _doubts(counts: Mapping[str, int], fits: dict[str, dict[str, date]], best: str) -> list[Doubt]:
    """Return the question of a file that reads in two orders, with another date for at least one text."""
    names = {order: order.replace(" ", "-") for order in ORDERS}
    day, month_ = fits.get("day first", {}), fits.get("month first", {})
    only_day = [text for text in day if text not in month_]
    only_month = [text for text in month_ if text not in day]
    if only_day and only_month:
        asks = f"{shown(only_day[0])} can only be day first and {shown(only_month[0])} only month first"
        answer = "--dates day-first or --dates month-first and mend the others, or write 2026-03-02"
        return [Doubt(only_month[0], asks, answer, counts[only_month[0]])]
    rivals = [order for order in fits if order != best and len(fits[order]) == len(fits[best])]
    for rival in rivals:
        differing = [text for text in fits[best] if fits[rival].get(text) != fits[best][text]]
        if differing:
            text = differing[0]
            first, second = fits[best][text], fits[rival].get(text)
            asks = (
                f"is that {_long(first)} or {_long(second)}? The file reads both ways"
                if second
                else "the file reads two ways"
            )
            return [
                Doubt(
                    text,
                    asks,
                    f"--dates {names[best]} or --dates {names[rival]}",
                    sum(counts[each] for each in differing),
                )
            ]
    return []


def _long(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B} {day.year}"


def _unread(text: str, today: date, wanted: str | None) -> Doubt:
    answer = f'--say "{typed(text)}=2026-03-02" (the right date) or "{typed(text)}=ignore"'
    if wanted is not None:
        other = [o for o in ORDERS[:3] if o != wanted and as_date(text, o, today, two_digits=True, said=True)]
        orders = "".join(f"--dates {order.replace(' ', '-')} or " for order in other)
        return Doubt(text, f"a date that does not read {wanted}", orders + answer)
    for order in ORDERS[:3]:
        if as_date(text, order, today) is not None:
            return Doubt(text, "a date that does not read as the others", answer)
    for order in ORDERS[:3]:
        if as_date(text, order, today, two_digits=True) is not None:
            return Doubt(text, TWO_DIGITS, "--dates day-first, --dates month-first or --dates year-first")
        if _written(text, order, two_digits=False) is not None:
            return Doubt(text, TOO_FAR, answer)
    if re.fullmatch(r"\D*\d{1,2}\D*\d{0,2}\D*", plain(text)) and any(
        month(part) for part in re.split(r"[\W\d]+", text)
    ):
        return Doubt(text, NO_YEAR, "the year into the file, or " + answer)
    return Doubt(text, "not a date", answer)


def given(text: str, option: str) -> date:
    """Return the date given on the command line, year first.

    Raises:
        ScenarioError: it is none.
    """
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip())
    if parts and (day := _date(*parts.groups())) is not None:
        return day
    raise ScenarioError(f"{option}: found {text!r}, wanted a date such as 2026-03-02")


def exists(year: int, month_: int, day: int) -> bool:
    """Return whether the calendar has a day."""
    return _date(str(year), str(month_), str(day)) is not None
