"""An empty diary with one filled row, and what each column means."""

from __future__ import annotations

import csv
import io

from leao.diary.reading.mapping import COLUMNS, REQUIRED

MEANING = {
    "date": "the day, year-month-day; one row per day, or one row per attack",
    "headache": "yes or no; leave it empty if you do not know (a missing day is not a free one)",
    "severity": "0 none, 1 mild, 2 moderate, 3 severe; or 0 to 10; or the words",
    "start": "when the headache began, such as 14:30",
    "end": "when it ended; a time before the start is the next day's",
    "duration": "how long it lasted, such as 4h, 6h 30m or 0:45; where start and end are there, they count",
    "aura": "yes or no",
    "nausea": "nausea or vomiting, yes or no",
    "photophobia": "light made it worse or was hard to bear, yes or no",
    "phonophobia": "noise made it worse or was hard to bear, yes or no",
    "acute_medication": "what was taken for it, names parted by ; such as sumatriptan; ibuprofen, or no",
    "disability": "0 none, 1 slowed, 2 half the day lost, 3 in bed; or 0 to 10",
    "dose_taken": "was the preventive taken: yes, no, or the mg, such as 10 mg",
    "side_effects": "in words, or none",
    "menses": "bleeding, yes or no",
    "note": "anything; it stands on the page word for word and is never interpreted",
}
EXAMPLE = {
    "date": "2026-03-02", "headache": "yes", "severity": "2", "start": "14:30", "end": "21:00", "duration": "6h 30m",
    "aura": "no", "nausea": "yes", "photophobia": "yes", "phonophobia": "yes", "acute_medication": "sumatriptan",
    "disability": "1", "dose_taken": "yes", "side_effects": "none", "menses": "no", "note": "example row: delete it",
}  # fmt: skip


def text() -> str:
    """Return the template as CSV: the header and one filled row."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow([EXAMPLE[name] for name in COLUMNS])
    return stream.getvalue()


def meanings() -> list[tuple[str, str]]:
    """Return each column with its meaning; the required ones say so."""
    return [(name, ("required; " if name in REQUIRED else "") + MEANING[name]) for name in COLUMNS]
