"""Calendars: a month a row with the days as columns, or a month a column with the days as rows; to one row a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from leao.core.errors import ScenarioError
from leao.diary.reading import calendar_words, cells, column_names, dates, words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, plain, shown

LEAST_DAYS = 28  # columns or rows named by a day of the month that make a table a calendar
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_NUMBERED = re.compile(r"(\d{4})[-/. ](\d{1,2})|(\d{1,2})[-/. ](\d{4})")


def unfolded(sheet: Sheet) -> Sheet:
    """Return a calendar as one row a day; another table comes back as it is, with year, month and day joined."""
    by_column = {
        k: int(header) for k, header in enumerate(sheet.header) if re.fullmatch(r"0?[1-9]|[12]\d|3[01]", header)
    }
    if len(set(by_column.values())) >= LEAST_DAYS:
        return _days_across(sheet, by_column)
    months = {k: month for k, header in enumerate(sheet.header) if (month := _month(header)) is not None}
    first = [cells[0] for _, cells in sheet.rows]
    if len(months) >= 1 and sum(text in words_of_days() for text in first) >= LEAST_DAYS:
        return _days_down(sheet, months)
    return _joined(sheet)


def words_of_days() -> frozenset[str]:
    """Return the days of a month as a first column holds them."""
    return frozenset(f"{day}{mark}" for day in range(1, 32) for mark in ("", "."))


def _month(text: str) -> tuple[int | None, int] | None:
    """Return year and month of a text such as ``January 2026``, ``Jan``, ``2026-01`` or ``01/2026``."""
    word = plain(text)
    if numbered := _NUMBERED.fullmatch(word):
        year, month = (numbered[1], numbered[2]) if numbered[1] else (numbered[4], numbered[3])
        return (int(year), int(month)) if 1 <= int(month) <= 12 else None
    year = _YEAR.search(word)
    name = bare(_YEAR.sub(" ", word)).strip(" .'")
    month = calendar_words.month(name)
    return None if month is None else (int(year[1]) if year else None, month)


def year_of(sheet: Sheet) -> int | None:
    """Return the year that the rows above the table or the file's name give, where it is one alone."""
    text = " ".join([*(str(part["why"]) for part in sheet.left_out), PurePath(sheet.name).name])
    years = {int(year) for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def _one_year(sheet: Sheet, months: Sequence[tuple[int | None, int]]) -> None:
    """Refuse months without a year of their own that run over the turn of a year: one year above is not theirs all.

    Raises:
        ScenarioError: December before January.
    """
    bare_months = [month for year, month in months if year is None]
    if any(later < earlier for earlier, later in zip(bare_months, bare_months[1:], strict=False)):
        raise ScenarioError(f"{sheet.name}: the months run over the turn of the year; write January 2026 for each")


def _days_across(sheet: Sheet, by_column: dict[int, int]) -> Sheet:
    others = [k for k in range(len(sheet.header)) if k not in by_column]
    rows: list[tuple[int, list[str]]] = []
    named: list[tuple[int | None, int]] = []
    for row, texts in sheet.rows:
        labels = [texts[k] for k in others if texts[k].strip()]
        marks = {day: texts[k] for k, day in by_column.items()}
        month = next((read for text in labels if (read := _month(text)) is not None), None)
        if month is None:
            if any(text.strip() for text in marks.values()):
                raise ScenarioError(
                    f"{sheet.name}, row {row}: no month that reads, found {' '.join(labels)[:40]!r}; write January 2026"
                )
            continue
        listed = [int(text) for text in labels if _YEAR.fullmatch(text.strip())]
        year, number = month
        named.append((year or next(iter(listed), None), number))
        rows += _month_rows(sheet, row, named[-1], marks)
    _one_year(sheet, named)
    used = {k for k in others if any(_month(text) or _YEAR.fullmatch(text.strip()) for text in sheet.counts(k))}
    rest = not_read(sheet, [k for k in others if k not in used])
    return calendar(sheet, rows, ["a calendar with a month a row", *rest])


def _days_down(sheet: Sheet, months: dict[int, tuple[int | None, int]]) -> Sheet:
    rows: list[tuple[int, list[str]]] = []
    _one_year(sheet, list(months.values()))
    for k, month in months.items():
        marks = {}
        for _, texts in sheet.rows:
            if texts[0] in words_of_days():
                marks[int(texts[0].strip("."))] = texts[k]
        rows += _month_rows(sheet, sheet.rows[0][0], month, marks)
    rest = not_read(sheet, [k for k in range(1, len(sheet.header)) if k not in months])
    return calendar(sheet, rows, ["a calendar with a month a column", *rest])


def _month_rows(
    sheet: Sheet, row: int, month: tuple[int | None, int], marks: dict[int, str]
) -> list[tuple[int, list[str]]]:
    """Return the days of one month, a day that does not exist only where something stands in it."""
    year = month[0] or year_of(sheet)
    if year is None:
        raise ScenarioError(f"{sheet.name}, row {row}: a month without a year; write January 2026")
    rows = []
    for day, text in sorted(marks.items()):
        when = f"{year:04d}-{month[1]:02d}-{day:02d}"
        if dates.exists(year, month[1], day):
            rows.append((row, [when, text]))
        elif not (cells.is_missing(text) or cells.is_dash(text) or set(text.strip().lower()) <= set("x#*/-")):
            raise ScenarioError(
                f"{sheet.name}, row {row}: {shown(text)!r} stands on {when}, a day that is not; mend it"
            )
    return rows


def not_read(sheet: Sheet, rest: list[int]) -> list[str]:
    """Return the columns of a calendar that belong to no day, as said; one that counts is refused.

    Raises:
        ScenarioError: a column whose name is a word of what is counted: its day is not known.
    """
    kept = [k for k in rest if sheet.counts(k)]
    for k in kept:
        role = column_names.role_of(sheet.header[k])
        counts = words.trade_word(sheet.header[k]) is not None or role not in (None, "harmless", "note", "patient")
        if counts and all(cells.number(text) is None for text in sheet.counts(k)):
            raise ScenarioError(
                f"{sheet.name}: column {sheet.header[k]!r} of a calendar says nothing of the day; write a row a day, "
                f"or remove the column"
            )
    values = [f"{sheet.header[k]} ({', '.join(shown(text) for text in list(sheet.counts(k))[:3])})" for k in kept]
    return [f"columns not read: {'; '.join(values)}"] if values else []


def calendar(sheet: Sheet, rows: list[tuple[int, list[str]]], what: list[str]) -> Sheet:
    """Return one row a day of a calendar's marks: a severity where they are graded, else headache."""
    marks = {bare(cells_[1]) for _, cells_ in rows if cells_[1].strip()}
    graded = {"2", "3"} & marks or any(
        cells.severity_word(mark) is not None and mark not in words.group("cells", "no") for mark in marks
    )
    name = "severity" if graded else "headache"
    return sheet._replace(
        header=["date", name], rows=rows, format="calendar", understood=[*sheet.understood, *what],
        roles={0: "date", 1: name},
    )  # fmt: skip


def _joined(sheet: Sheet) -> Sheet:
    """Return the table with one date where month and day, and the year, stand in columns of their own.

    A month that is written once, or in a cell merged over its days, holds until the next.
    """
    named = {words.roles().get(words.name_of(header)): k for k, header in reversed(list(enumerate(sheet.header)))}
    if not {"month", "date"} <= named.keys():
        return sheet
    year, month, day = named.get("year"), named["month"], named["date"]
    if not all(re.fullmatch(r"\d{1,2}\.?|", texts[day].strip()) for _, texts in sheet.rows):
        return sheet
    rows = []
    above: tuple[int | None, int] | None = None
    dropped = {month, day} | ({year} if year is not None else set())
    for row, texts in sheet.rows:
        if texts[month].strip():
            before = above
            above = _month_of(sheet, row, texts[month], None if year is None else texts[year])
            if year is None and before is not None and not _YEAR.search(texts[month]):
                _one_year(sheet, [(None, before[1]), (None, above[1])])
        when = ""
        if texts[day].strip():
            if above is None:
                raise ScenarioError(f"{sheet.name}, row {row}: a day without a month; write January 2026 beside it")
            of_year, of_month = above
            when = f"{of_year:04d}-{of_month:02d}-{texts[day].strip(' .').zfill(2)}"
        rows.append((row, [when, *(text for k, text in enumerate(texts) if k not in dropped)]))
    header = ["date", *(name for k, name in enumerate(sheet.header) if k not in dropped)]
    parts = "month and day" if year is None else "year, month and day"
    return sheet._replace(
        header=header, rows=rows, roles={0: "date"}, understood=[*sheet.understood, f"dates joined from {parts}"]
    )


def _month_of(sheet: Sheet, row: int, text: str, year: str | None) -> tuple[int, int]:
    """Return year and month of a cell, the year from its own column, the cell, or the rows above the table.

    Raises:
        ScenarioError: no month, or none with a year.
    """
    number = re.fullmatch(r"0?[1-9]|1[0-2]", text.strip())
    read = (None, int(number[0])) if number else _month(text)
    if read is None:
        raise ScenarioError(f"{sheet.name}, row {row}: {shown(text)!r} is no month; write January 2026")
    written = _YEAR.fullmatch((year or "").strip(" ."))
    whole = read[0] or (int(written[1]) if written else None) or (year_of(sheet) if year is None else None)
    if whole is None:
        raise ScenarioError(f"{sheet.name}, row {row}: a month without a year; write January 2026")
    return whole, read[1]
