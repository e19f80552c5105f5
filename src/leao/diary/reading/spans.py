"""Attacks with their hours: over midnight into the days they touch, by start and end, start and length, or length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.diary.reading.dates import parted
from leao.diary.reading.entry import Entry
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.words import typed

SHORTEST = 0.5  # h of an attack that make the next day a headache day (van der Arend 2023: 30 min)
LONGEST_ATTACK = 72.0  # h; ICHD-3 1.1: longer is not one attack of migraine, and often a slip of the pen
LONGEST_ASKED = 240.0  # h; from here on the times are asked about
ROUNDING = 1.0  # h by which a length and an end may differ without a word


class Spans(NamedTuple):
    """Hours of headache by day (None: no row has them), hours of each attack by its day, and what was understood."""

    hours: NDArray[np.float64] | None
    attacks: list[tuple[int, float]]
    understood: list[str]


class _Laying:
    """Lays attacks upon the days."""

    def __init__(self, headache: NDArray[np.int8], open_words: Words, odd: list[tuple[int, str]]) -> None:
        self.headache, self.open, self.odd = headache, open_words, odd
        self.hours = np.zeros(headache.size)
        self.attacks: list[tuple[int, float]] = []
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
        if end < start or end - start > LONGEST_ASKED:
            asks = f"an attack of {end - start:.0f} h" if end > start else "the end lies before the start"
            role, column, text = entry.ending
            answer = f'--say "{role}:{typed(text)}=missing", or mend it'
            self.open.ask(Question(column, text, 1, asks, answer, entry.row))
            return None
        if entry.end is not None and length is not None and abs(end - start - length) > ROUNDING:
            self.differing += 1
        if end - start > LONGEST_ATTACK:
            self.odd.append((entry.row, f"an attack of {end - start:.0f} h, longer than 72 h: read as written"))
        return start, end

    def lay(self, span: tuple[float, float], day: int, row: int) -> None:
        """Add an attack's hours to the days it touches; days that had no word of their own become headache days."""
        self.attacks.append((day, span[1] - span[0]))
        self.over += span[1] > HOURS_PER_DAY
        first, last = day + int(span[0] // HOURS_PER_DAY), day + int(span[1] // HOURS_PER_DAY)
        for touched in range(max(first, 0), min(last, self.hours.size - 1) + 1):
            begin = HOURS_PER_DAY * (touched - day)
            part = min(span[1], begin + HOURS_PER_DAY) - max(span[0], begin)
            self.hours[touched] += max(part, 0.0)
            if touched == day or part < SHORTEST:
                continue
            if self.headache[touched] < 0:
                self.headache[touched] = 1
                self.filled += 1
            elif self.headache[touched] == 0:
                self.odd.append(
                    (row, f"the attack reaches {part:.1f} h into a day written as free: that day stays free")
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
    by_day: dict[int, list[Entry]], headache: NDArray[np.int8], open_words: Words, odd: list[tuple[int, str]]
) -> Spans:
    """Return the hours of headache, and carry attacks over midnight into the days they touch (in ``headache``)."""
    laying = _Laying(headache, open_words, odd)
    written = headache.copy()
    for day, rows in sorted(by_day.items()):
        for entry in rows:
            span = laying.span(entry) if written[day] == 1 else None
            if span is not None:
                laying.lay(span, day, entry.row)
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
