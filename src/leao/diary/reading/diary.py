"""The diary: rows of a file to days, each recorded or missing, and the questions that must be answered first.

A row per day, or a row per attack with start, end or length; an attack over midnight reaches into the days it touches.
Missing is not headache-free unless the diary or its writer says so. Nothing is repaired in silence: what was understood
stands in ``understood``, what is odd in ``oddities``, and no day is counted while a word that counts is not understood.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary.reading import dates
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.notes import Note


class Diary(NamedTuple):
    """A diary by days (day,); -1 in a flag and NaN in a number are not recorded, None a column absent or empty."""

    first: date
    numbered: bool  # days are numbered, the date is arbitrary
    headache: NDArray[np.int8]
    hours: NDArray[np.float64] | None  # of headache
    severity: NDArray[np.float64] | None  # 0 none to 3 severe
    flags: dict[str, NDArray[np.int8]]
    acute: dict[str, NDArray[np.bool_]] | None  # by class; None without the column
    disability: NDArray[np.float64] | None
    taken: NDArray[np.int8]  # -1 not recorded
    taken_mg: NDArray[np.float64]
    side_effects: list[tuple[int, str]] | None  # day, text; None without the column
    understood: list[str]
    oddities: list[dict[str, Any]]
    problem: str | None  # why no inference can be made from it
    notes: list[Note] = []  # word for word; those with a word of the alarm list first
    columns: dict[str, Any] = {}  # used, read_as, harmless, not_read, ignored
    left_out: list[dict[str, Any]] = []  # rows of the file that are not used, and why
    medicines: list[dict[str, Any]] = []  # name, class (None: no acute headache medicine), count of cells
    attacks: list[tuple[int, float]] = []  # day, hours of each attack with a length
    migraine: NDArray[np.int8] | None = None  # days the patient calls migraine; None where no cell says which headache
    scores: dict[str, list[tuple[int, float]]] = {}  # hit6, midas: day, score
    format: str = "table"
    mapping: Mapping = Mapping()  # how the file was read, whole: what --check prints and --save-map writes

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which days say whether there was headache."""
        return self.headache >= 0

    def day(self, when: date) -> int:
        """Return the place of a date."""
        return (when - self.first).days

    def name(self, day: int) -> str:
        """Return what the file calls a day: its date, or its number."""
        when = self.first + timedelta(day)
        return f"day {(when - dates.ARBITRARY_START).days}" if self.numbered else str(when)

    def notes_json(self) -> list[dict[str, Any]]:
        """Return ``notes`` of ``--json``."""
        named = [None if note.date is None else self.name(self.day(note.date)) for note in self.notes]
        return [
            {"date": day, "text": note.text, "words": list(note.words)}
            for day, note in zip(named, self.notes, strict=True)
        ]
