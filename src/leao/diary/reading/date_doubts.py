"""What only the order of the rows tells of their dates: day numbers that begin again, a year that slipped, moments.

Also the rows below a table that are no days: totals and averages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from leao.core.errors import ScenarioError
from leao.diary.reading import column_names, words
from leao.diary.reading.columns import Columns
from leao.diary.reading.dates import Dates, as_date, parted
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, typed

MONTH_END, MONTH_DAYS = 28, 31
APART, TIMES_APART = 21, 3  # days from the rows beside it, and times their distance, that make a slip of the pen
ROWS_PER_SLIP = 20  # rows for each slip; with more of them, the table is in no order
LEAST_ROWS = 14
YEAR = 366
WEEK = 7  # days that stand twice, one block of rows below the other
_MOMENT = re.compile(r"\d{10}(?:\d{3})?")
FIRST = "first"  # word of --say before the date of the first row, where a column numbers the days of months
_FIRST_MOMENT = 631_152_000  # 1 January 1990, seconds since 1970


def without_totals(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table without its rows of totals and averages, which are listed as left out."""
    total = words.group("cells", "total")
    said = {word for meanings in mapping.values.values() for word in meanings}
    dated = [k for k, header in enumerate(sheet.header) if _role(sheet, mapping, k, header) == "date"]
    if len(dated) != 1:
        return sheet
    place = dated[0]
    rows = [row for row, texts in sheet.rows if _first_word(texts[place]) in total and bare(texts[place]) not in said]
    if not rows:
        return sheet
    kept = [each for each in sheet.rows if each[0] not in set(rows)]
    left_out = [*sheet.left_out, {"rows": rows, "why": "a row of totals or averages"}]
    counted = f"{len(rows)} row{'' if len(rows) == 1 else 's'} of totals or averages left out"
    return sheet._replace(rows=kept, left_out=left_out, understood=[*sheet.understood, counted])


def _role(sheet: Sheet, mapping: Mapping, k: int, header: str) -> str | None:
    if "date" in mapping.columns:
        return "date" if words.name_of(header) == words.name_of(mapping.columns["date"]) else None
    return sheet.roles.get(k) or column_names.role_of(header)


def _first_word(text: str) -> str:
    """Return the first word of a cell that is no date: ``total``, ``sum january``; a cell with a year is a date."""
    return "" if re.search(r"\d{1,2}\D+\d{1,4}", text) else bare(text).partition(" ")[0].strip(":")


def moments(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table with seconds or milliseconds since 1970 in its column of dates as moments in UTC."""
    last = (datetime.now(UTC).timestamp()) + 366 * 86_400
    for k, header in enumerate(sheet.header):
        counts = sheet.counts(k)
        if _role(sheet, mapping, k, header) not in ("date", "start") or not counts:
            continue
        if not all(_MOMENT.fullmatch(text.strip()) and _FIRST_MOMENT <= _seconds(text) <= last for text in counts):
            continue
        rows = [(row, [*texts[:k], _utc(texts[k]), *texts[k + 1 :]]) for row, texts in sheet.rows]
        what = f"{header} holds seconds since 1970, which are moments in UTC"
        return sheet._replace(rows=rows, understood=[*sheet.understood, what])
    return sheet


def days_of_months(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table with whole dates where the user has said the date of the first row of days of months.

    Raises:
        ScenarioError: the column numbers no days of months, or not from that date on.
    """
    said = mapping.values.get("date", {}).get(FIRST)
    dated = [k for k, header in enumerate(sheet.header) if _role(sheet, mapping, k, header) == "date"]
    if said is None or any(bare(text) == FIRST for k in dated for text in sheet.counts(k)):
        return sheet
    day = as_date(said, "year first", datetime.now(UTC).date())
    if day is None:
        raise ScenarioError(f"--say: found 'date:{FIRST}={said}', wanted the date of the first row, such as 2026-03-02")
    months, rows = _Months(sheet.name, day), []
    place = dated[0] if len(dated) == 1 else None
    for row, texts in sheet.rows:
        if place is None or not re.fullmatch(r"\d{1,2}", texts[place].strip()):
            raise ScenarioError(
                f"{sheet.name}, row {row}: --say 'date:{FIRST}={said}': no day of a month; leave it out, or mend it"
            )
        rows.append((row, [*texts[:place], months.on(int(texts[place]), row), *texts[place + 1 :]]))
    what = f"days of months, counted on from {day.isoformat()}, as you said: a new month where the numbers begin again"
    return sheet._replace(rows=rows, understood=[*sheet.understood, what])


class _Months:
    """Counts months on while days of months are read."""

    def __init__(self, name: str, first: date) -> None:
        self.name, self.day, self.begun = name, first, False

    def on(self, number: int, row: int) -> str:
        """Return the date of the next number; a smaller one begins the next month."""
        before = self.day
        if not self.begun and number != before.day:
            raise ScenarioError(
                f"{self.name}, row {row}: found day {number} and {before.isoformat()} for the first row; "
                "say the date of the first row"
            )
        month = before.year * 12 + before.month - 1 + (self.begun and number < before.day)
        try:
            self.day, self.begun = date(month // 12, month % 12 + 1, number), True
        except ValueError:
            raise ScenarioError(
                f"{self.name}, row {row}: no day {number} in {month % 12 + 1}/{month // 12}, counted on from the first "
                "row; say another date of the first row, or write whole dates"
            ) from None
        return self.day.isoformat()


def _seconds(text: str) -> float:
    number = text.strip()
    return int(number) / (1000.0 if len(number) > 10 else 1.0)


def _utc(text: str) -> str:
    return f"{datetime.fromtimestamp(_seconds(text), UTC):%Y-%m-%d %H:%M:%S}Z" if text.strip() else text


def ask(sheet: Sheet, ours: Columns, when: Dates, mapping: Mapping, open_words: Words) -> None:
    """Ask about day numbers that begin again, and about dates that no neighbour bears out.

    Raises:
        ScenarioError: the dates leap a year back at the turn of a year.
    """
    place = ours.places["date"][0]
    texts = [(row, cells[place]) for row, cells in sheet.rows if cells[place] in when.by_text]
    days = [(row, text, when.by_text[text]) for row, text in texts]
    if when.order == "day number":
        _ask_restart(sheet.header[place], days, open_words)
    else:
        said = mapping.values.get("date", {}).keys() | mapping.values.get(ANY, {}).keys()
        if not open_words:  # a column of patients is asked about first
            _refuse_twice(sheet.name, days)
        slips = list(_slips(sheet.header[place], days))
        if not slips:
            _refuse_years_back(sheet.name, days)
        for question in slips:
            if bare(question.word) not in said:
                open_words.ask(question)


def _ask_restart(column: str, days: list[tuple[int, str, date]], open_words: Words) -> None:
    numbers = [(row, int(float(parted(text).day.replace(",", ".")))) for row, text, _ in days]
    if not all(1 <= number <= MONTH_DAYS for _, number in numbers):
        return
    blocks = _begin_again(numbers) if max(number for _, number in numbers) > WEEK else None
    for (_, before), (row, number) in zip(numbers, numbers[1:], strict=False):
        if (before >= MONTH_END and number <= MONTH_DAYS - MONTH_END) or row == blocks:
            asks = "the day numbers begin again: are they days of months? A month and a year are missing"
            answer = f'--say "date:{FIRST}=2026-03-02" with the date of the first row, or write whole dates'
            open_words.ask(Question(column, str(number), len(numbers), asks, answer, row))
            return


def _refuse_twice(name: str, days: list[tuple[int, str, date]]) -> None:
    """Refuse rows in the order of their dates that run through the same days anew: two people, one below the other?

    Raises:
        ScenarioError: a week of days or more stands in two blocks, with a day of one block in a row each.
    """
    again = _begin_again([(row, day.toordinal()) for row, _, day in days])
    if again is None:
        return
    first = next(day for row, _, day in days if row == again)
    raise ScenarioError(
        f"{name}, row {again}: the dates go back to {first.isoformat()} and run through days that stood above: two "
        "people in one file? Leave one of them out; if all rows are one person's, sort them by date"
    )


def _begin_again(numbers: list[tuple[int, int]]) -> int | None:
    """Return the row from which the days, in ascending order until then, run through a week of the same days anew."""
    seen: set[int] = set()
    for k, (row, number) in enumerate(numbers):
        if k and number < numbers[k - 1][1]:
            ahead = {later for _, later in numbers[k:]}
            return row if len(seen & ahead) >= WEEK and len(numbers) >= LEAST_ROWS else None
        seen.add(number)
    return None


def _slips(column: str, days: list[tuple[int, str, date]]) -> Iterator[Question]:
    """Yield the question of each row whose date the rows beside it do not bear out, where these are in order."""
    apart = [
        (k, *sorted((days[k - 1][2], days[k + 1][2])))
        for k in range(1, len(days) - 1)
        if _stands_apart(days[k - 1][2], days[k][2], days[k + 1][2])
    ]
    if len(apart) > max(1, len(days) // ROWS_PER_SLIP):  # a table in no order
        return
    month, last = timedelta(MONTH_DAYS), len(days) - 1
    beside = [(0, 1), (last, last - 1)] if len(days) >= LEAST_ROWS else []
    ends = [(k, days[near][2] - month, days[near][2] + month) for k, near in beside]
    for k, low, high in [*apart, *ends]:
        row, text, day = days[k]
        meant = _meant(day, low, high)
        far = min(abs((day - low).days), abs((day - high).days))
        if (k, low, high) in ends and (meant is None or far < YEAR - 3 * MONTH_DAYS):
            continue
        asks = f"is that {day.isoformat()}, {far} days from the rows beside it"
        asks += "?" if meant is None else f", or {meant.isoformat()}?"
        other = low if meant is None else meant
        answer = f'--say "{typed(text)}={other.isoformat()}" or "{typed(text)}={day.isoformat()}", or mend the cell'
        yield Question(column, text, 1, asks, answer, row)


def _stands_apart(before: date, day: date, after: date) -> bool:
    """Return whether a date is far from two that are near each other, beyond what lies between them."""
    low, high = sorted((before, after))
    far = min(abs((day - low).days), abs((day - high).days))
    return not low <= day <= high and far >= max(APART, TIMES_APART * (high - low).days)


def _meant(day: date, low: date, high: date) -> date | None:
    """Return the date between the rows beside it that one slip of the pen makes ``day`` of, or None."""
    slips = [(year, day.month, day.day) for year in (low.year, high.year)]
    slips += [(each.year, each.month, day.day) for each in (low, high)] + [(day.year, day.day, day.month)]
    for year, month, number in slips:
        try:
            meant = date(year, month, number)
        except ValueError:
            continue
        if low <= meant <= high:
            return meant
    return None


def _refuse_years_back(name: str, days: list[tuple[int, str, date]]) -> None:
    """Refuse a table in order whose dates leap a year at the turn of a year: its rows keep the year that is over.

    Raises:
        ScenarioError: 31 December 2025 is followed by 1 January 2025.
    """
    if len(days) < LEAST_ROWS:
        return
    steps = [(after - before).days for (_, _, before), (_, _, after) in pairwise(days)]
    forward = sum(step > 0 for step in steps) >= sum(step < 0 for step in steps)
    back = [k for k, step in enumerate(steps) if (step < 0 if forward else step > 0)]
    if len(back) != 1:
        return
    (row, _, before), (next_row, _, after) = days[back[0]], days[back[0] + 1]
    early, late = (after, before) if forward else (before, after)
    gap = YEAR - (late - early).days
    if 0 <= gap <= MONTH_DAYS:
        raise ScenarioError(
            f"{name}: between rows {row} and {next_row} the dates leap from {before.isoformat()} to "
            f"{after.isoformat()}, as if the year was not changed at its turn; mend the years, or, if they are right, "
            "sort the rows by date"
        )
