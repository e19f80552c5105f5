"""Numbers that are codes, not amounts: 1 and 2 for yes and no, 9 for not known; and columns of counts of days.

A reader of numbers would take each of them for a headache: they are asked about.
"""

from __future__ import annotations

import re

from leao.core.errors import ScenarioError
from leao.diary.reading import cells
from leao.diary.reading.columns import Columns
from leao.diary.reading.entry import Entry
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import name_of, shown, table

EVERY_ROW = "every row"
UNKNOWN_CODES = (7.0, 8.0, 9.0)  # of questionnaires that end below them
LAST_GRADE = 3.0
MOST_DAYS = 31.0
LEAST_DAYS, NEARLY_ALL = 14, 0.8  # days with a number, and their share of the span, that make a list one of every day
FROM_ONE = re.compile(r"\b1\s*(?:-|–|to|bis|a|\.\.)\s*(?:4|5|10|100)\b")  # noqa: RUF001


def every_row(mapping: Mapping, name: str, *, by_column: bool) -> int | None:
    """Return what each row is where the user says so: 1 an attack, 0 free; None where nobody says.

    Raises:
        ScenarioError: a column says headache, so that it is no longer the row that does.
    """
    for words in mapping.values.values():
        if EVERY_ROW in words:
            if by_column:
                raise ScenarioError(
                    f"{name}: --say {EVERY_ROW!r}: a column says headache; leave it out, or --ignore the column"
                )
            ache = cells.headache(words[EVERY_ROW])
            return None if ache is None else int(ache.headache)
    return None


def ask(entries: list[Entry], sheet: Sheet, ours: Columns, mapping: Mapping, open_words: Words) -> None:
    """Ask about codes among the numbers of headache and severity.

    Raises:
        ScenarioError: the headache's column counts days of a week or a month.
    """
    graded = {
        value for e in entries if (value := e.read.get("severity")) is not None and not isinstance(value, cells.Grade)
    }
    numbers = [e.ache.number for e in entries if e.ache is not None and e.ache.number is not None]
    worded = any(e.ache is not None and e.ache.number is None for e in entries)
    both = ours.has("severity") and ours.places["severity"] == ours.places.get("headache")
    if ours.has("headache") and not both:
        name = ours.name(sheet, "headache")
        _counts(sheet, name, numbers)
        if set(numbers) == {1.0, 2.0} and not worded:
            answer = f'--say "headache:1=headache" with --say "headache:2=free", or --column "severity={shown(name)}"'
            open_words.ask(
                Question(name, "1, 2", len(numbers), "codes of yes and no, or numbers of headaches?", answer)
            )
        if not worded:
            _unknown(set(numbers), len(numbers), (name, "headache"), 1.0, open_words)
    if ours.has("severity") and not ours.has("headache"):
        worded = any(isinstance(e.read.get("severity"), cells.Grade) for e in entries)
        name = ours.name(sheet, "severity")
        if not worded:
            _ask_lowest(entries, graded, (name, bool(FROM_ONE.search(name))), open_words)
    if ours.has("severity") and mapping.severity is None and ours.scale is None:
        count = sum(e.read.get("severity") in UNKNOWN_CODES for e in entries)
        _unknown(graded, count, (ours.name(sheet, "severity"), "severity"), LAST_GRADE, open_words)


def _ask_lowest(entries: list[Entry], graded: set[float], place: tuple[str, bool], open_words: Words) -> None:
    """Ask whether the lowest number of a scale from 1 is none, where nearly every day has one and none has 0."""
    if not graded or min(graded) != 1.0 or max(graded) <= 1.0:
        return
    days = {entry.day for entry in entries if entry.read.get("severity") is not None}
    span = (max(days) - min(days)).days + 1
    name, from_one = place
    if len(days) < LEAST_DAYS or not (from_one or len(days) >= NEARLY_ALL * span):
        return
    count = sum(entry.read.get("severity") == 1.0 for entry in entries)
    answer = '--say "severity:1=none" or --say "severity:1=mild"'
    open_words.ask(Question(name, "1", count, "no day has 0: is 1 no headache, or a mild one?", answer))


def _unknown(numbers: set[float], count: int, place: tuple[str, str], last: float, open_words: Words) -> None:
    """Ask about a 7, 8 or 9 far above the other numbers, which are those of a short scale."""
    above = [number for number in numbers if number > last]
    short = {number for number in numbers if 0.0 < number <= last}
    wanted = (2, UNKNOWN_CODES[-1:]) if last > 1.0 else (1, UNKNOWN_CODES)
    if len(above) != 1 or above[0] not in wanted[1] or 0.0 not in numbers or len(short) < wanted[0]:
        return
    code = f"{above[0]:g}"
    other = "--severity 0-10" if place[1] == "severity" else f'"headache:{code}=headache"'
    asks = f"is {code} an amount, or the code of a day that is not known?"
    open_words.ask(Question(place[0], code, count, asks, f'--say "{place[1]}:{code}=missing" or {other}'))


def _counts(sheet: Sheet, name: str, numbers: list[float]) -> None:
    """Refuse a column of counts of days, which no row of a diary holds."""
    plural = set(table("headers")["parts"]["days"]) & set(name_of(name).replace("-", " ").split())
    if plural and any(1.0 < number <= MOST_DAYS for number in numbers):
        raise ScenarioError(
            f"{sheet.name}: {name!r} counts days (up to {max(numbers):g} in a row): a table of weeks or months is no "
            "diary; wanted a row a day or a row an attack"
        )
