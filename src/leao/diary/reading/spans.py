"""Attacks with their hours: over midnight into the days they touch, by start and end, start and length, or length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.diary.reading.dates import parted
from leao.diary.reading.entry import Entry
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.words import typed

SHORTEST = 0.5  # h of an attack that make the next day a headache day (van der Arend 2023: 30 min)
LONGEST_ATTACK = 72.0  # h; ICHD-3 1.1: longer is not one attack of migraine, and often a slip of the pen
LONGEST_ASKED = 240.0  # h; from here on the times are asked about
ROUNDING = 1.0  # h by which a length and an end may differ without a word


TWICE = "same attack twice"  # what --say answers where two rows of a day differ in nothing and no time tells them apart
ONCE, BOTH = "once", "two attacks"


class Spans(NamedTuple):
    """Hours of headache by day (None: no row has them), hours of each attack by its day, and what was understood."""

    hours: NDArray[np.float64] | None
    attacks: list[tuple[int, float]]
    understood: list[str]


class _Laying:
    """Lays attacks upon the days."""

    def __init__(
        self, headache: NDArray[np.int8], mapping: Mapping, open_words: Words, odd: list[tuple[int, str]]
    ) -> None:
        self.headache, self.mapping, self.open, self.odd = headache, mapping, open_words, odd
        self.hours = np.zeros(headache.size)
        self.attacks: list[tuple[int, float]] = []
        self.laid: list[tuple[float, float, int]] = []  # begin and end in hours of the diary, row: those with a start
        self.over = self.filled = self.unplaced = self.differing = 0

    def span(self, entry: Entry) -> tuple[float, float] | None:
        """Return start and end in hours after the day's midnight; an end without a date before it is the next day's."""
        start, end, length = entry.start, entry.end, entry.length
        if start is not None and end is None and length is not None:
            end = start + length
        if start is None and length:
            self.unplaced += 1
            return 0.0, length
        if start is None or end is None:
            return None
        if end < start and start - end < HOURS_PER_DAY and not _dated(entry):
            end += HOURS_PER_DAY
        if self.cannot_be(entry, start, end):
            return None
        if entry.end is not None and length is not None and abs(end - start - length) > ROUNDING:
            self.differing += 1
        if end - start > LONGEST_ATTACK:
            self.odd.append((entry.row, f"an attack of {end - start:.0f} h, longer than 72 h: read as written"))
        return start, end

    def cannot_be(self, entry: Entry, start: float, end: float) -> bool:
        """Return whether an attack has no length that counts, which is named, or one that must be asked about."""
        if end == start and entry.length is None:
            self.odd.append((entry.row, "starts and ends at the same time: no length is read"))
            return True
        if end < start or end - start > LONGEST_ASKED:
            asks = f"an attack of {end - start:.0f} h" if end > start else "the end lies before the start"
            role, column, text = entry.ending
            answer = f'--say "{role}:{typed(text)}=missing", or mend it'
            self.open.ask(Question(column, text, 1, asks, answer, entry.row))
            return True
        return False

    def is_again(self, entry: Entry, span: tuple[float, float], day: int, before: list[Entry]) -> bool:
        """Return whether a row is an attack that another row of the file has; what overlaps is named."""
        if entry.start is None:
            alike = [other for other in before if other._replace(row=entry.row) == entry]
            return bool(alike) and self.said_once(entry, alike[0])
        begin, end = (HOURS_PER_DAY * day + hour for hour in span)
        self.laid = [each for each in self.laid if each[1] > HOURS_PER_DAY * day - LONGEST_ASKED]
        for first, last, row in self.laid:
            if (first, last) == (begin, end):
                self.odd.append((entry.row, f"the same attack as row {row}, by its start and end: counted once"))
                return True
            if first < end and begin < last:
                self.odd.append((entry.row, f"the attack overlaps that of row {row}: read as two attacks"))
                break
        self.laid.append((begin, end, entry.row))
        return False

    def covered(self, begin: float, hours: float) -> float:
        """Return how many of the ``hours`` from ``begin`` an attack with a start before the last one holds."""
        inside = sorted((max(first, begin), min(last, begin + hours)) for first, last, _ in self.laid[:-1])
        total, reached = 0.0, begin
        for first, last in inside:
            total += max(last - max(first, reached), 0.0)
            reached = max(reached, last)
        return total

    def said_once(self, entry: Entry, other: Entry) -> bool:
        """Return whether the user says that rows which differ in nothing are one attack; asked where nobody says."""
        meant = next((words[TWICE] for words in self.mapping.values.values() if TWICE in words), "")
        if meant == ONCE:
            self.odd.append((entry.row, f"the same attack as row {other.row}: counted once, as you said"))
        elif meant != BOTH:
            asks = f"says what row {other.row} says of the same day: two attacks, or one written twice?"
            answer = f'--say "{TWICE}={ONCE}" or "{TWICE}={BOTH}"'
            self.open.ask(Question(None, TWICE, 1, asks, answer, entry.row))
        return meant != BOTH

    def lay(self, span: tuple[float, float], day: int, entry: Entry) -> None:
        """Add an attack's hours to the days it touches; days that had no word of their own become headache days."""
        self.attacks.append((day, span[1] - span[0]))
        self.over += span[1] > HOURS_PER_DAY
        first, last = day + int(span[0] // HOURS_PER_DAY), day + int(span[1] // HOURS_PER_DAY)
        for touched in range(max(first, 0), min(last, self.hours.size - 1) + 1):
            begin = HOURS_PER_DAY * (touched - day)
            part = min(span[1], begin + HOURS_PER_DAY) - max(span[0], begin)
            self.hours[touched] += max(part, 0.0)
            if entry.start is not None:
                self.hours[touched] -= self.covered(HOURS_PER_DAY * day + max(span[0], begin), max(part, 0.0))
            if touched == day or part < SHORTEST:
                continue
            if self.headache[touched] < 0:
                self.headache[touched] = 1
                self.filled += 1
            elif self.headache[touched] == 0:
                self.odd.append(
                    (entry.row, f"the attack reaches {part:.1f} h into a day written as free: that day stays free")
                )


def _dated(entry: Entry) -> bool:
    """Return whether the end has a date of its own, so that it cannot be the next day's."""
    when = parted(entry.ending[2])
    return "end_date" in entry.given or (when.hour is not None and bool(when.day))


def reach(by_day: dict[int, list[Entry]], headache: NDArray[np.int8], odd: list[tuple[int, str]]) -> list[str]:
    """Carry attacks to the date on which they end, where no time of day says more (in ``headache``)."""
    filled = 0
    for day, rows in sorted(by_day.items()):
        for entry in rows:
            if headache[day] != 1 or not entry.days_on:
                continue
            for touched in range(day + 1, min(day + entry.days_on, headache.size - 1) + 1):
                if headache[touched] == 0:
                    odd.append((entry.row, "the attack's end lies after a day written as free: that day stays free"))
                filled += headache[touched] < 0
                headache[touched] = abs(headache[touched])
    return [f"{filled} days without a word of their own lie between an attack's first and last date"] if filled else []


def attacks(
    by_day: dict[int, list[Entry]],
    headache: NDArray[np.int8],
    mapping: Mapping,
    open_words: Words,
    odd: list[tuple[int, str]],
) -> Spans:
    """Return the hours of headache, and carry attacks over midnight into the days they touch (in ``headache``)."""
    laying = _Laying(headache, mapping, open_words, odd)
    written = headache.copy()
    for day, rows in sorted(by_day.items()):
        for k, entry in enumerate(rows):
            span = laying.span(entry) if written[day] == 1 else None
            if span is not None and not laying.is_again(entry, span, day, rows[:k]):
                laying.lay(span, day, entry)
    remarks = []
    if laying.over:
        remarks.append(
            f"{laying.over} attacks last over midnight; {laying.filled} days without a word of their own are theirs"
        )
    if laying.unplaced:
        remarks.append(f"{laying.unplaced} attacks have a length and no start: they touch the fewest days possible")
    if laying.differing:
        remarks.append(f"{laying.differing} rows have an end and another length: the end is used")
    return Spans(np.minimum(laying.hours, HOURS_PER_DAY) if laying.attacks else None, laying.attacks, remarks)
