"""Days that are numbered 1 to 7 again and again: days of weeks, which are no dates before one date is said.

``--say "date:first of weeks=2026-03-02"`` says the date of the first row. The weeks are those of the column that
numbers them, where there is one; else a new week begins where the numbers do.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from leao.core.errors import ScenarioError
from leao.diary.reading import column_names, words
from leao.diary.reading.columns import Columns
from leao.diary.reading.dates import Dates, as_date
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown

FIRST = "first of weeks"  # word of --say before the date of the first row
WEEK_DAYS, WEEKS = 7, 2  # days of a week, and weeks from which on they are numbers that begin again
MOST_WEEKS = 2_000
LISTED = 4
_WEEK = re.compile(r"(week|wk|woche|kw|semana|semaine|settimana)\b.*")


def ask(sheet: Sheet, ours: Columns, when: Dates, open_words: Words) -> None:
    """Ask where days are numbered 1 to 7 again and again: they are days of weeks, which a column beside them names."""
    place = ours.places["date"][0]
    texts = [text for text in sheet.texts(place) if text.strip()]
    if when.order != "day number" or len(set(texts)) > WEEK_DAYS or len(texts) < WEEKS * len(set(texts)):
        return
    beside = ", ".join(shown(each["column"]) for each in ours.not_read[:LISTED])
    weeks = f" beside {beside}" if beside else ""
    asks = f"the same few days again and again{weeks}: days of weeks? Which dates are they?"
    answer = f'--say "date:{FIRST}=2026-03-02" with the date of the first row, or write whole dates in one column'
    open_words.ask(Question(sheet.header[place], shown(texts[0]), len(texts), asks, answer))


def dated(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table with whole dates where the user has said the date of the first row of days of weeks.

    Raises:
        ScenarioError: the column numbers no days of weeks, or not from that date on.
    """
    said = mapping.values.get("date", {}).get(FIRST)
    if said is None:
        return sheet
    first = as_date(said, "year first", datetime.now(UTC).date())
    if first is None:
        raise ScenarioError(f"--say: found 'date:{FIRST}={said}', wanted the date of the first row, such as 2026-03-02")
    places = [k for k, header in enumerate(sheet.header) if _is_date(sheet, mapping, k, header)]
    place = places[0] if len(places) == 1 else None
    for row, texts in sheet.rows:
        if place is None or not re.fullmatch(r"[1-7]", texts[place].strip()):
            raise ScenarioError(
                f"{sheet.name}, row {row}: --say 'date:{FIRST}={said}': no day of a week, 1 to 7; leave it out, or "
                "mend it"
            )
    if place is None or not sheet.rows:
        return sheet
    column = _weeks(sheet, place)
    days = [int(texts[place]) for _, texts in sheet.rows]
    weeks = _counted_on(days) if column is None else [int(texts[column]) for _, texts in sheet.rows]
    rows = []
    for (row, texts), week, day in zip(sheet.rows, weeks, days, strict=True):
        rows.append(
            (row, [*texts[:place], _date(sheet, row, first, week - weeks[0], day - days[0]), *texts[place + 1 :]])
        )
    by = f"weeks of {sheet.header[column]}" if column is not None else "a new week where the numbers begin again"
    what = f"days of weeks, counted on from {first.isoformat()}, as you said: {by}"
    return sheet._replace(rows=rows, understood=[*sheet.understood, what])


def _is_date(sheet: Sheet, mapping: Mapping, k: int, header: str) -> bool:
    if "date" in mapping.columns:
        return words.name_of(header) == words.name_of(mapping.columns["date"])
    return (sheet.roles.get(k) or column_names.role_of(header)) == "date"


def _weeks(sheet: Sheet, place: int) -> int | None:
    """Return the column that numbers the weeks, None where there is none or several."""
    numbered = [
        k
        for k, header in enumerate(sheet.header)
        if k != place and _WEEK.fullmatch(bare(header)) and all(_is_week(texts[k]) for _, texts in sheet.rows)
    ]
    return numbered[0] if len(numbered) == 1 else None


def _is_week(text: str) -> bool:
    return re.fullmatch(r"\d{1,4}", text.strip()) is not None and int(text) <= MOST_WEEKS


def _counted_on(days: list[int]) -> list[int]:
    weeks = [0]
    for before, day in zip(days, days[1:], strict=False):
        weeks.append(weeks[-1] + (day < before))
    return weeks


def _date(sheet: Sheet, row: int, first: date, weeks: int, days: int) -> str:
    """Return the date of a row, so many weeks and days after the first.

    Raises:
        ScenarioError: it lies before the first row's.
    """
    away = WEEK_DAYS * weeks + days
    if away < 0:
        raise ScenarioError(
            f"{sheet.name}, row {row}: lies before the first row, whose date you said; put the rows in order, or write "
            "whole dates"
        )
    return (first + timedelta(away)).isoformat()
