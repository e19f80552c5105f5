"""What only the order of the rows tells of their dates: day numbers that begin again, a year that slipped, moments.

Also the rows below a table that are no days: totals and averages.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from leao.core.errors import ScenarioError
from leao.diary.reading import column_names, words
from leao.diary.reading.columns import Columns
from leao.diary.reading.dates import Dates, as_date, parted
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown

MONTH_END, MONTH_DAYS = 28, 31
YEAR_APART = 300  # days between a row and both its neighbours that make it a slip of the pen
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


def ask(sheet: Sheet, ours: Columns, when: Dates, open_words: Words) -> None:
    """Ask about day numbers that begin again, and about a year that no neighbour has."""
    place = ours.places["date"][0]
    texts = [(row, cells[place]) for row, cells in sheet.rows if cells[place] in when.by_text]
    days = [(row, text, when.by_text[text]) for row, text in texts]
    if when.order == "day number":
        _ask_restart(sheet.header[place], days, open_words)
    else:
        _ask_slips(sheet.header[place], days, open_words)


def _ask_restart(column: str, days: list[tuple[int, str, date]], open_words: Words) -> None:
    numbers = [(row, int(float(parted(text).day.replace(",", ".")))) for row, text, _ in days]
    if not all(1 <= number <= MONTH_DAYS for _, number in numbers):
        return
    for (_, before), (row, number) in zip(numbers, numbers[1:], strict=False):
        if before >= MONTH_END and number <= MONTH_DAYS - MONTH_END:
            asks = "the day numbers begin again: are they days of months? A month and a year are missing"
            answer = f'--say "date:{FIRST}=2026-03-02" with the date of the first row, or write whole dates'
            open_words.ask(Question(column, str(number), len(numbers), asks, answer, row))
            return


def _ask_slips(column: str, days: list[tuple[int, str, date]], open_words: Words) -> None:
    """Ask about a row a year from both its neighbours whose date would lie between them in the neighbours' year."""
    for (_, _, before), (row, text, day), (_, _, after) in zip(days, days[1:], days[2:], strict=False):
        low, high = min(before, after), max(before, after)
        far = min(abs((day - low).days), abs((day - high).days))
        if far < YEAR_APART or (high - low).days >= YEAR_APART:
            continue
        for year in {low.year, high.year} - {day.year}:
            meant = as_date(f"{year}-{day:%m-%d}", "year first", high)
            if meant is not None and low <= meant <= high:
                asks = f"is that {day.isoformat()}, a year from the rows beside it, or {meant.isoformat()}?"
                answer = f'--say "{shown(text)}={meant.isoformat()}", or mend the cell'
                open_words.ask(Question(column, text, 1, asks, answer, row))
