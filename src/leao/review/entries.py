"""Entries: what the rows say, laid upon the days; two rows of a day are joined and the joining is listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.review import cells
from leao.review.mapping import Mapping

FLAGS = ("aura", "nausea", "photophobia", "phonophobia", "menses")
SHORTEST = 0.5  # h of an attack that make the next day a headache day (van der Arend 2023: 30 min)
LONGEST_ATTACK = 72.0  # h; ICHD-3 1.1: longer is not one attack of migraine, and often a slip of the pen
DAY = 24.0


class Entry(NamedTuple):
    """One row: its number, its day, the cells that were read, and the attack in hours after the day's midnight."""

    row: int
    day: date
    read: dict[str, Any]
    start: float | None
    end: float | None
    medicines: list[str]
    given: frozenset[str]  # columns whose cell says something
    side_effects: str


class Days(NamedTuple):
    """The days (day,), as in ``diary.Diary``."""

    headache: NDArray[np.int8]
    hours: NDArray[np.float64] | None
    severity: NDArray[np.float64] | None
    flags: dict[str, NDArray[np.int8]]
    acute: dict[str, NDArray[np.bool_]]
    disability: NDArray[np.float64] | None
    taken: NDArray[np.int8]
    taken_mg: NDArray[np.float64]
    side_effects: list[tuple[int, str]]
    understood: list[str]


def merge(entries: list[Entry], first: date, n_day: int, asked: Mapping) -> tuple[Days, list[tuple[int, str]]]:
    """Return the days and what was odd, with its row."""
    odd: list[tuple[int, str]] = []
    said: list[str] = []
    by_day: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[(entry.day - first).days].append(entry)
    headache = np.full(n_day, -1, dtype=np.int8)
    for day, rows in sorted(by_day.items()):
        headache[day] = _headache(rows, odd)
    hours = _attacks(by_day, headache, (odd, said))
    if asked.unlisted == "free":
        unlisted = np.array([day not in by_day for day in range(n_day)]) & (headache < 0)
        headache[unlisted] = 0
        said.append(f"{int(unlisted.sum())} days without a row are free, as you said")
    days = Days(
        headache=headache, hours=hours, severity=_severity(by_day, headache, asked, said),
        flags={name: _flag(by_day, name, n_day) for name in FLAGS}, acute=_acute(by_day, n_day),
        disability=_largest(by_day, "disability", n_day), taken=_taken(by_day, n_day)[0],
        taken_mg=_taken(by_day, n_day)[1],
        side_effects=[(day, e.side_effects) for day, rows in sorted(by_day.items()) for e in rows if e.side_effects],
        understood=said,
    )  # fmt: skip
    return days, odd


def _headache(rows: list[Entry], odd: list[tuple[int, str]]) -> int:
    """Return 1, 0 or -1 for one day, from all its rows."""
    found = [_of_row(entry, odd) for entry in rows]
    known = {value for value in found if value >= 0}
    if len(rows) > 1 and (len(known) > 1 or all(entry.start is None for entry in rows)):
        first, last = rows[0].row, rows[-1].row
        what = "one says headache, one free: taken as headache" if len(known) > 1 else "joined into one"
        odd.append((last, f"the same day as row {first}; {what}"))
    return max(known, default=-1)


def _of_row(entry: Entry, odd: list[tuple[int, str]]) -> int:
    said = entry.read.get("headache")
    hints = (entry.read.get("severity") or 0.0) > 0.0 or entry.start is not None
    if said is None and hints:
        odd.append((entry.row, "headache is empty beside a severity or a start: taken as headache"))
        return 1
    if said is None:
        odd.append((entry.row, "says nothing of headache: the day is missing, not free"))
        return -1
    if not said and hints:
        odd.append((entry.row, "headache says no beside a severity or a start: taken as free"))
    return int(said)


def _attacks(
    by_day: dict[int, list[Entry]], headache: NDArray[np.int8], said: tuple[list[tuple[int, str]], list[str]]
) -> NDArray[np.float64] | None:
    """Return hours of headache by day, and carry attacks over midnight into the days they touch."""
    odd, understood = said
    hours = np.zeros(headache.size)
    known = over = filled = 0
    for day, rows in sorted(by_day.items()):
        for entry in rows:
            span = _span(entry, odd) if headache[day] == 1 else None
            if span is None:
                continue
            known += 1
            over += span[1] > DAY
            filled += _lay(span, day, headache, (hours, odd, entry.row))
    if over:
        understood.append(f"{over} attacks last over midnight; {filled} days without a word of their own are theirs")
    return np.minimum(hours, DAY) if known else None


def _span(entry: Entry, odd: list[tuple[int, str]]) -> tuple[float, float] | None:
    """Return start and end in hours after the day's midnight; an end before the start is the next day's."""
    if entry.start is None or entry.end is None:
        return None
    start, end = entry.start, entry.end
    if end < start and start - end < DAY:
        end += DAY
    if end < start:
        odd.append((entry.row, "the end lies before the start: the times are not used"))
        return None
    if end - start > LONGEST_ATTACK:
        odd.append((entry.row, f"an attack of {end - start:.0f} h, longer than 72 h: read as written"))
    return start, end


def _lay(
    span: tuple[float, float], day: int, headache: NDArray[np.int8],
    into: tuple[NDArray[np.float64], list[tuple[int, str]], int],
) -> int:  # fmt: skip
    """Add an attack's hours to the days it touches; return how many days it fills that had no word of their own."""
    hours, odd, row = into
    filled = 0
    first, last = day + int(span[0] // DAY), day + int(span[1] // DAY)
    for touched in range(max(first, 0), min(last, hours.size - 1) + 1):
        begin = DAY * (touched - day)
        part = min(span[1], begin + DAY) - max(span[0], begin)
        hours[touched] += max(part, 0.0)
        if touched == day or part < SHORTEST:
            continue
        if headache[touched] < 0:
            headache[touched] = 1
            filled += 1
        elif headache[touched] == 0:
            odd.append((row, f"the attack reaches {part:.1f} h into a day written as free: that day stays free"))
    return filled


def _severity(
    by_day: dict[int, list[Entry]], headache: NDArray[np.int8], asked: Mapping, said: list[str]
) -> NDArray[np.float64] | None:
    """Return severity 0 to 3 by day; words mean the same beside numbers of either scale."""
    given = [entry.read["severity"] for rows in by_day.values() for entry in rows if "severity" in entry.read]
    numbers = [value for value in given if value is not None and not isinstance(value, cells.Grade)]
    if len(numbers) < sum(value is not None for value in given):
        said.append("severity in words read as none, mild, moderate, severe")
    of_ten = asked.severity == "0-10" or (asked.severity is None and max(numbers, default=0.0) > 3.0)
    if of_ten and numbers:
        said.append("severity read as 0 to 10 (1-3 mild, 4-6 moderate, 7-10 severe)")
    elif numbers:
        how = "as you said" if asked.severity else "since no day is above 3; say severity = '0-10' in a mapping if not"
        said.append(f"severity read as 0 to 3, {how}")

    def graded(value: float) -> float:
        of_three = cells.of_three(value) if of_ten and not isinstance(value, cells.Grade) else value
        return min(round(of_three), 3.0)

    return _largest(by_day, "severity", headache.size, graded)


def _largest(
    by_day: dict[int, list[Entry]], name: str, n_day: int, read: Callable[[float], float] = float
) -> NDArray[np.float64] | None:
    found = np.full(n_day, np.nan)
    for day, rows in by_day.items():
        values = [read(entry.read[name]) for entry in rows if entry.read.get(name) is not None]
        if values:
            found[day] = max(values)
    return None if np.isnan(found).all() else found


def _flag(by_day: dict[int, list[Entry]], name: str, n_day: int) -> NDArray[np.int8]:
    found = np.full(n_day, -1, dtype=np.int8)
    for day, rows in by_day.items():
        found[day] = max((int(e.read[name]) for e in rows if e.read.get(name) is not None), default=-1)
    return found


def _acute(by_day: dict[int, list[Entry]], n_day: int) -> dict[str, NDArray[np.bool_]]:
    found: dict[str, NDArray[np.bool_]] = {}
    for day, rows in by_day.items():
        for kind in _each(rows):
            found.setdefault(kind, np.zeros(n_day, dtype=bool))[day] = True
    return dict(sorted(found.items()))


def _each(rows: Iterable[Entry]) -> set[str]:
    return {kind for entry in rows for kind in entry.medicines}


def _taken(by_day: dict[int, list[Entry]], n_day: int) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    taken, mg = np.full(n_day, -1, dtype=np.int8), np.full(n_day, np.nan)
    for day, rows in by_day.items():
        doses = [entry.read["dose_taken"] for entry in rows if entry.read.get("dose_taken") is not None]
        if doses:
            taken[day] = int(any(dose.taken for dose in doses))
            amounts = [dose.mg for dose in doses if dose.mg is not None]
            mg[day] = max(amounts) if amounts else np.nan
    return taken, mg
