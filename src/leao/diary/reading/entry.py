"""What one row of a diary says."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from leao.diary.reading.cells import Ache

FLAGS = ("aura", "nausea", "photophobia", "phonophobia", "menses")
SCORES = ("hit6", "midas")
MEANINGS = {
    "headache": '"{word}=headache" or "{word}=free"',
    "migraine": '"{word}=yes" or "{word}=no"',
    "severity": '"{word}=mild", "=moderate", "=severe", "=none" or a number',
    "start": '"start:{word}=14:30" or "start:{word}=missing"',
    "end": '"end:{word}=21:00" or "end:{word}=missing"',
    "duration": '"{word}=4h" or "{word}=missing"',
    "dose_taken": '"{word}=yes", "{word}=no" or "{word}=10 mg"',
    "acute_medication": '"acute_medication:{word}=none" or the name of a medicine',
    **{name: f'"{name}:{{word}}=yes" or "{name}:{{word}}=no"' for name in FLAGS},
}


class Entry(NamedTuple):
    """One row: its number, its day, the cells that were read, and the attack in hours after the day's midnight."""

    row: int
    day: date
    read: dict[str, Any]
    ache: Ache | None
    start: float | None
    end: float | None
    length: float | None
    medicines: list[str]  # classes
    given: frozenset[str]  # our columns whose cell says something
    side_effects: str
    days_on: int = 0  # days after the first until the date of the end, where no time of day says more
    ending: tuple[str, str, str] = ("end", "end", "")  # our column, the file's, and the cell that says when it ended
