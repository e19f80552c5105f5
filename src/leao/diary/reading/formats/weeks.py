"""Calendars with a week a row: seven columns named by the days of the week, and a date or a week that begins them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from leao.core.errors import ScenarioError
from leao.diary.reading import column_names, dates
from leao.diary.reading.formats import months
from leao.diary.reading.mapping import DATES, Mapping
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, name_of, shown

WEEK = 7
NAMES = (  # from Monday on
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "mon tues wed thurs fri sat sun",
    "mo tu we th fr sa su",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "montag dienstag mittwoch donnerstag freitag sonnabend sonntag",
    "mo di mi do fr sa so",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lun mar mie jue vie sab dom",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lun mar mer jeu ven sam dim",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "lun mar mer gio ven sab dom",
    "segunda terca quarta quinta sexta sabado domingo",
    "segunda-feira terca-feira quarta-feira quinta-feira sexta-feira sabado domingo",
    "seg ter qua qui sex sab dom",
)
ENDING = frozenset(
    ["ending", "ends", "end", "to", "bis", "endend", "hasta", "fin", "jusqu'au", "fino", "al", "ate", "fim"]
)
_ISO = re.compile(
    r"(?:(\d{4})\s*[-/ ]?\s*)?(?:kw|week|woche|semana|semaine|settimana|wk|w|s)?\s*(\d{1,2})(?:\s*[-/ ]\s*(\d{4}))?"
)
LONG = "write the date of the week's first day there, such as 2026-03-02"


def unfolded(sheet: Sheet, mapping: Mapping, today: date) -> Sheet:
    """Return a calendar with a week a row as one row a day; another table comes back as it is.

    Raises:
        ScenarioError: the week of a row cannot be told, or another column holds what counts without its day.
    """
    places = _weekdays(sheet)
    if places is None:
        return sheet
    others = [k for k in range(len(sheet.header)) if k not in places]
    at = _dated(sheet, others, today)
    item = _items(sheet, [k for k in others if k != at])
    begins = _begins(sheet, at, places, mapping, today)
    rest = [k for k in others if k not in (at, item)]
    rows = [
        (row, (first + timedelta(offset)).isoformat(), texts, k)
        for (row, texts), first in zip(sheet.rows, begins, strict=True)
        if first is not None
        for offset, k in enumerate(places)
    ]
    what = ["a calendar with a week a row", *months.not_read(sheet, rest)]
    if item is None:
        _one_row_a_week(sheet, begins, places)
        return months.calendar(sheet, [(row, [when, texts[k]]) for row, when, texts, k in rows], what)
    named = list(dict.fromkeys(texts[item].strip() for _, _, texts, _ in rows if texts[item].strip()))
    days: dict[str, tuple[int, dict[str, str]]] = {}
    for row, when, texts, k in rows:
        days.setdefault(when, (row, {}))[1][texts[item].strip()] = texts[k]
    listed = [(row, [when, *(cells.get(name, "") for name in named)]) for when, (row, cells) in days.items()]
    return sheet._replace(
        header=["date", *named], rows=listed, format="calendar", understood=[*sheet.understood, *what],
        roles={0: "date"},
    )  # fmt: skip


def _one_row_a_week(sheet: Sheet, begins: list[date | None], places: list[int]) -> None:
    """Refuse two rows of one week that differ, where no column says what each of them holds."""
    seen: dict[date, list[str]] = {}
    for (row, texts), first in zip(sheet.rows, begins, strict=True):
        marks = [texts[k] for k in places]
        if first is not None and seen.setdefault(first, marks) != marks:
            raise ScenarioError(
                f"{sheet.name}, row {row}: a second row of the week from {first}, and nothing says what it is; write "
                "headache, severity or medication beside each row, or remove it"
            )


def _weekdays(sheet: Sheet) -> list[int] | None:
    """Return the places of the seven days of the week as they follow each other in the file, or None."""
    names = {name_of(header).strip(" ."): k for k, header in enumerate(sheet.header)}
    for line in NAMES:
        if set(line.split()) <= names.keys():
            places = [names[name] for name in line.split()]
            begin = places.index(min(places))
            turned = [*places[begin:], *places[:begin]]
            return turned if turned == sorted(turned) else None
    return None


def first_weekday(sheet: Sheet, places: list[int]) -> int:
    """Return the day of the week, 0 for Monday, of the first of the seven columns."""
    name = name_of(sheet.header[places[0]]).strip(" .")
    return next(line.split().index(name) for line in NAMES if name in line.split() and _holds(sheet, places, line))


def _holds(sheet: Sheet, places: list[int], line: str) -> bool:
    return {name_of(sheet.header[k]).strip(" .") for k in places} == set(line.split())


def _dated(sheet: Sheet, others: list[int], today: date) -> int:
    """Return the column that says which week a row is."""
    if not others:
        raise ScenarioError(f"{sheet.name}: a week a row, and no column says which week; {LONG}")
    for k in others:
        counts = sheet.counts(k)
        if counts and all(dates.is_date(text, today) for text in counts):
            return k
    numbered = [k for k in others if sheet.counts(k) and all(_ISO.fullmatch(bare(text)) for text in sheet.counts(k))]
    if numbered:
        return numbered[0]
    first = next((text for text in sheet.texts(others[0]) if text.strip()), "")
    raise ScenarioError(f"{sheet.name}: a week a row, and {shown(first)!r} is no date; {LONG}")


def _items(sheet: Sheet, rest: list[int]) -> int | None:
    """Return the column that says what a row holds (headache, medicine ...), where a week has several rows."""
    for k in rest:
        counts = sheet.counts(k)
        if len(counts) > 1 and all(column_names.role_of(text) is not None for text in counts):
            return k
    return None


def _begins(sheet: Sheet, at: int, places: list[int], mapping: Mapping, today: date) -> list[date | None]:
    """Return the first day of each row's week; a row that names no week belongs to the one above."""
    first = first_weekday(sheet, places)
    texts = sheet.texts(at)
    counts = Counter(text for text in texts if text.strip())
    ending = bool(ENDING & set(name_of(sheet.header[at]).split()))
    read = _read(sheet, counts, (first + WEEK - 1) % WEEK if ending else first, mapping, today)
    begins: list[date | None] = []
    for text in texts:
        last = begins[-1] if begins else None
        begins.append(read[text] - timedelta(WEEK - 1 if ending else 0) if text.strip() else last)
    return begins


def _read(sheet: Sheet, counts: Counter[str], weekday: int, mapping: Mapping, today: date) -> dict[str, date]:
    """Return the date of each text, in the one order in which all of them are the day of the week they must be."""
    orders = dates.WRITTEN_ORDERS if mapping.dates is None else (DATES.get(mapping.dates, mapping.dates),)
    tried = [{text: dates.as_date(text, order, today, two_digits=True) for text in counts} for order in orders]
    whole = [
        {text: day for text, day in read.items() if day is not None} for read in tried if None not in read.values()
    ]
    right = [read for read in whole if all(day.weekday() == weekday for day in read.values())]
    distinct = {tuple(read.values()): read for read in right}
    if len(distinct) == 1:
        return next(iter(distinct.values()))
    if len(distinct) > 1:
        raise ScenarioError(f"{sheet.name}: the weeks read both ways; say --dates day-first or --dates month-first")
    if whole:
        day = next(iter(whole[0].values()))
        raise ScenarioError(
            f"{sheet.name}: a week a row, and {next(iter(counts))!r} is a {day:%A}, which is not where the week begins "
            f"in this table; {LONG}"
        )
    if weekday != 0:
        raise ScenarioError(f"{sheet.name}: numbers of weeks beside a week that does not begin on Monday; {LONG}")
    return {text: _of_week(sheet, text) for text in counts}


def _of_week(sheet: Sheet, text: str) -> date:
    """Return the Monday of a week of ISO 8601 such as ``2026-W05`` or ``KW 5``, its year from the text or the title."""
    match = _ISO.fullmatch(bare(text))
    year = None if match is None else match[1] or match[3] or months.year_of(sheet)
    if match is None or year is None:
        raise ScenarioError(f"{sheet.name}: week {shown(text)!r} without a year; {LONG}, or 2026-W05")
    try:
        return date.fromisocalendar(int(year), int(match[2]), 1)
    except ValueError:
        raise ScenarioError(f"{sheet.name}: {shown(text)!r} is no week of a year; {LONG}") from None
