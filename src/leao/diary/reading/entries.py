"""Entries laid upon the days; two rows of a day are joined and listed, a contradiction is asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary.reading import cells
from leao.diary.reading.cells import Ache, Dose
from leao.diary.reading.entry import FLAGS, SCORES, Entry
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.spans import Spans, attacks, reach

CONFLICT, ALONE = "conflict", "medicine alone"


class Basis(NamedTuple):
    """What the file's rows are: how headache is told, whether empty means nothing, and how severity and dose read."""

    by_column: bool  # a column says headache
    marks_only: bool  # no cell says free, or few do: an empty one may be free, or not recorded
    scale: str | None
    bare_dose: str | None  # "flag", "mg" or None
    every_row: int | None = None  # what each row is where the user says so: 1 an attack


class Days(NamedTuple):
    """The days (day,), as in ``diary.Diary``."""

    headache: NDArray[np.int8]
    unlisted: NDArray[np.bool_]  # days without an entry of headache that the file leaves open
    spans: Spans
    severity: NDArray[np.float64] | None
    flags: dict[str, NDArray[np.int8]]
    migraine: NDArray[np.int8]  # as the patient calls it
    acute: dict[str, NDArray[np.bool_]]
    disability: NDArray[np.float64] | None
    taken: NDArray[np.int8]
    taken_mg: NDArray[np.float64]
    scores: dict[str, list[tuple[int, float]]]
    side_effects: list[tuple[int, str]]
    understood: list[str]
    oddities: list[tuple[int, str]]


def merge(entries: list[Entry], first: date, n_day: int, basis: Basis, mapping: Mapping, open_words: Words) -> Days:
    """Return the days; contradictions go to ``open_words``."""
    odd: list[tuple[int, str]] = []
    by_day: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[(entry.day - first).days].append(entry)
    headache = np.full(n_day, -1, dtype=np.int8)
    joining = _Joining(basis, mapping, open_words, odd)
    for day, rows in sorted(by_day.items()):
        headache[day] = joining.day(rows)
    spans = attacks(by_day, headache, mapping, open_words, odd)
    reached = reach(by_day, headache, odd)
    listed = np.zeros(n_day, dtype=bool)
    listed[[day for day, rows in by_day.items() if not (basis.marks_only and all(is_silent(row) for row in rows))]] = (
        True
    )
    unlisted = (headache < 0) & ~listed
    remarks = [*joining.lines, *spans.understood, *reached]
    if mapping.unlisted == "free":
        headache[unlisted] = 0
        remarks.append(
            f"{int(unlisted.sum())} days without an entry are free, as you said; before the first entry and after "
            "the last one nothing is known, and no day is counted"
        )
    elif mapping.unlisted == "missing" and unlisted.any():
        remarks.append(f"{int(unlisted.sum())} days without an entry are missing, as you said")
    taken, taken_mg = _taken(by_day, n_day, basis)
    return Days(
        headache=headache, unlisted=unlisted, spans=spans, severity=_severity(by_day, n_day, basis),
        flags={name: _flag(by_day, name, n_day) for name in FLAGS}, migraine=_migraine(by_day, n_day),
        acute=_acute(by_day, n_day), disability=_largest(by_day, "disability", n_day),
        taken=taken, taken_mg=taken_mg,
        scores={name: _scores(by_day, name) for name in SCORES},
        side_effects=[(day, e.side_effects) for day, rows in sorted(by_day.items()) for e in rows if e.side_effects],
        understood=remarks, oddities=odd,
    )  # fmt: skip


def is_silent(entry: Entry) -> bool:
    """Return whether a row says nothing of headache."""
    return entry.ache is None and not entry.read.get("severity") and entry.start is None and entry.length is None


class _Joining:
    """Says for each day whether there was headache, from all its rows."""

    def __init__(self, basis: Basis, mapping: Mapping, open_words: Words, odd: list[tuple[int, str]]) -> None:
        self.basis, self.mapping, self.open, self.odd = basis, mapping, open_words, odd
        self.hinted = self.silent = self.painless = self.joined = 0

    def day(self, rows: list[Entry]) -> int:
        """Return 1, 0 or -1 for one day."""
        values = [self.row(entry) for entry in rows]
        known = {value for value in values if value >= 0}
        if len(rows) > 1 and (len(known) > 1 or all(entry.start is None and entry.length is None for entry in rows)):
            silent = sum(value < 0 for value in values)
            if len(known) > 1:
                what = "one says headache, one free: taken as headache"
                self.odd.append((rows[-1].row, f"the same day as row {rows[0].row}; {what}"))
            elif len(rows) - silent > 1:
                self.joined += 1
        return max(known, default=-1)

    def row(self, entry: Entry) -> int:
        """Return 1, 0 or -1 for one row."""
        pain = (entry.read.get("severity") or 0.0) > 0.0
        timed = entry.start is not None or (entry.length or 0.0) > 0.0 or entry.days_on > 0
        return self.by_word(entry, pain, timed) if self.basis.by_column else self.by_pain(entry, pain, timed)

    def by_pain(self, entry: Entry, pain: bool, timed: bool) -> int:
        """Return what a row says where no column says headache: by its severity, its time, its length."""
        severity = entry.read.get("severity")
        if self.basis.every_row is not None:
            return self.basis.every_row
        if entry.length == 0.0 and not pain:
            return 0
        if severity is None and not timed and "severity" not in entry.given:
            return self.alone(entry)
        return int(pain or timed or severity is None)

    def by_word(self, entry: Entry, pain: bool, timed: bool) -> int:
        """Return what a row says where a column says headache."""
        named = bool(entry.read.get("migraine") or entry.read.get("kind"))
        if entry.ache is not None:
            if not entry.ache.headache and (pain or timed or named):
                return self.conflict(entry, pain)
            self.painless += entry.ache.headache and entry.read.get("severity") == 0.0
            return int(entry.ache.headache)
        if self.basis.marks_only and entry.length is None:  # a start alone may be the time of the entry
            timed = entry.end is not None
        if pain or timed or named:
            self.hinted += 1
            return 1
        self.silent += 1
        return -1

    def alone(self, entry: Entry) -> int:
        """Return what a row is that has neither severity nor time: nothing, or a headache if a medicine was taken."""
        if not entry.medicines:
            self.silent += 1
            return -1
        return self.by_mapping(ALONE, "a row with a medicine and neither a severity nor a time", entry)

    def conflict(self, entry: Entry, pain: bool) -> int:
        """Return what a day is that says free beside a severity or a time."""
        beside = f"severity {entry.read['severity']:g}" if pain else "a time, a length or a kind of headache"
        return self.by_mapping(CONFLICT, f"headache says no beside {beside}", entry)

    def by_mapping(self, word: str, asks: str, entry: Entry) -> int:
        """Return what the mapping says of such rows, or ask."""
        for words in self.mapping.values.values():
            if word in words:
                read = cells.headache(words[word])
                return -1 if read is None else int(read.headache)
        answer = f'--say "{word}=headache", "{word}=free" or "{word}=missing"'
        self.open.ask(Question(None, word, 1, asks, answer, entry.row))
        return -1

    @property
    def lines(self) -> list[str]:
        """What was understood of the rows, with counts."""
        lines = []
        if self.hinted:
            lines.append(f"{self.hinted} rows leave headache empty beside a severity or a time: taken as headache")
        if self.joined:
            lines.append(f"{self.joined} days have several rows, joined into one")
        if self.painless:
            lines.append(f"{self.painless} rows say headache beside a severity of none: taken as headache")
        if self.silent:
            left = "an entry may be missing or free (--unlisted)" if self.basis.marks_only else "missing, not free"
            lines.append(f"{self.silent} rows say nothing of headache: {left}")
        return lines


def _severity(by_day: dict[int, list[Entry]], n_day: int, basis: Basis) -> NDArray[np.float64] | None:
    """Return severity 0 to 3 by day; words mean the same beside numbers of any scale."""
    graded = np.full(n_day, np.nan)
    for day, rows in by_day.items():
        values = [value for entry in rows if (value := _grade_of(entry, basis.scale)) is not None]
        if values:
            graded[day] = max(values)
    return None if np.isnan(graded).all() else graded


def _grade_of(entry: Entry, scale: str | None) -> float | None:
    value = entry.read.get("severity")
    if value is None:
        ache: Ache | None = entry.ache
        return None if ache is None or ache.grade is None or not ache.headache else float(ache.grade)
    if isinstance(value, cells.Grade):
        return float(value)
    return cells.of_three(value, scale or "0-3")


def _largest(
    by_day: dict[int, list[Entry]], name: str, n_day: int, read: Callable[[float], float] = float
) -> NDArray[np.float64] | None:
    largest = np.full(n_day, np.nan)
    for day, rows in by_day.items():
        values = [read(entry.read[name]) for entry in rows if entry.read.get(name) is not None]
        if values:
            largest[day] = max(values)
    return None if np.isnan(largest).all() else largest


def _flag(by_day: dict[int, list[Entry]], name: str, n_day: int) -> NDArray[np.int8]:
    flag = np.full(n_day, -1, dtype=np.int8)
    for day, rows in by_day.items():
        flag[day] = max((int(e.read[name]) for e in rows if e.read.get(name) is not None), default=-1)
    return flag


def _migraine(by_day: dict[int, list[Entry]], n_day: int) -> NDArray[np.int8]:
    """Return the days that the patient calls migraine; -1 where no row says which headache it was."""
    named = np.full(n_day, -1, dtype=np.int8)
    for day, rows in by_day.items():
        for entry in rows:
            if entry.read.get("migraine") is not None:
                named[day] = max(named[day], int(entry.read["migraine"]))
            elif entry.ache is not None and entry.ache.migraine:
                named[day] = 1
    return named


def _acute(by_day: dict[int, list[Entry]], n_day: int) -> dict[str, NDArray[np.bool_]]:
    acute: dict[str, NDArray[np.bool_]] = {}
    for day, rows in by_day.items():
        for kind in _each(rows):
            acute.setdefault(kind, np.zeros(n_day, dtype=bool))[day] = True
    return dict(sorted(acute.items()))


def _each(rows: Iterable[Entry]) -> set[str]:
    return {kind for entry in rows for kind in entry.medicines}


def _taken(by_day: dict[int, list[Entry]], n_day: int, basis: Basis) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    taken, mg = np.full(n_day, -1, dtype=np.int8), np.full(n_day, np.nan)
    for day, rows in by_day.items():
        doses: list[Dose] = [entry.read["dose_taken"] for entry in rows if entry.read.get("dose_taken") is not None]
        if doses:
            taken[day] = int(any(dose.taken for dose in doses))
            amounts = [d.mg for d in doses if d.mg is not None and (d.unit or basis.bare_dose == "mg")]
            mg[day] = max(amounts) if amounts else np.nan
    return taken, mg


def _scores(by_day: dict[int, list[Entry]], name: str) -> list[tuple[int, float]]:
    return [(day, e.read[name]) for day, rows in sorted(by_day.items()) for e in rows if e.read.get(name) is not None]
