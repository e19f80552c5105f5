"""The rows of a diary as its patient would write them: one line per day, empty where nothing was written."""

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.diary.process import EPISODE
from leao.diary.symptoms import CLASSES, Symptoms

_MINUTES = 60
_YES, _NO = "yes", "no"
_MISSED = 3  # disability: work or school missed
FIRST_DAY = date(2001, 1, 1)  # a Monday; simulated diaries have no date of their own
COLUMNS = (
    "day", "date", "missing", "headache", "migraine", "severity", "start", "end", "aura", "nausea", "photophobia",
    "phonophobia", "acute_medication", "acute_time", "disability", "missed_work", "dose_taken", "side_effects",
    "menses", "note",
)  # fmt: skip
REVIEW = (
    "date", "headache", "severity", "start", "end", "aura", "nausea", "photophobia", "phonophobia",
    "acute_medication", "disability", "dose_taken", "side_effects", "menses", "note",
)  # fmt: skip


class Around(NamedTuple):
    """What a patient writes around the headache itself."""

    symptoms: Symptoms  # of the patient's episodes
    disability: NDArray[np.int8]  # (day,)


def written(
    days: Mapping[str, NDArray],
    episodes: NDArray[np.float64],
    dose_taken: NDArray[np.float64],
    around: Around | None = None,
    first: date = FIRST_DAY,
) -> dict[str, list[Any]]:
    """Return the columns of one patient's diary, ready for a table; None where nothing was written.

    ``severity`` is 0 none, 1 mild, 2 moderate, 3 severe. ``start`` and ``end`` are hours of the day of the first
    headache that begins that day; ``end`` beyond 24 is the next day or later. ``aura`` and the symptoms are None where
    ``around`` is not given; ``acute_medication`` then says yes instead of the class. ``disability`` is 0 none, 1 some,
    2 at half or less, 3 work or school missed. ``side_effects`` and ``note`` are empty.

    Args:
        days: the patient's daily arrays, each (day,).
        episodes: lines of ``process.episodes`` of this patient.
        dose_taken: mg of salt, (day,).
        around: symptoms and disability.
        first: date of day 0.
    """
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    begins = (episodes[:, EPISODE.START] // HOURS_PER_DAY).astype(int)
    ends = (episodes[:, EPISODE.END] // HOURS_PER_DAY).astype(int)
    for day in range(days["headache"].size):
        line: dict[str, Any] = dict.fromkeys(COLUMNS) | {
            "day": day,
            "date": (first + timedelta(days=day)).isoformat(),
            "missing": bool(days["missing"][day]),
        }
        if not line["missing"]:
            line |= _pain(days, day, float(dose_taken[day]))
            if line["headache"]:
                line |= _clock(episodes[begins == day], day)
            line |= _around(line, around, day, (begins, ends, episodes))
        for name in COLUMNS:
            columns[name].append(line[name])
    return columns


def diary_csv(columns: Mapping[str, list[Any]]) -> str:
    """Return the diary of one patient as a file that ``leao review`` reads; days left out are not there.

    ``start`` and ``end`` are clock times, an end on a later day the hours since the day's midnight (beyond 24).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REVIEW)
    for row, missing in enumerate(columns["missing"]):
        if missing:
            continue
        line = {name: columns[name][row] for name in REVIEW}
        line |= {name: _clock_time(line[name]) for name in ("start", "end")}
        writer.writerow([_text(value) for value in line.values()])
    return out.getvalue()


def _pain(days: Mapping[str, NDArray], day: int, dose: float) -> dict[str, Any]:
    headache = bool(days["headache"][day])
    return {
        "headache": headache,
        "migraine": bool(days["migraine"][day]),
        "severity": int(days["severity"][day]) if headache else 0,
        "acute_medication": _YES if days["rescue"][day] else _NO,
        "dose_taken": dose,
        "side_effects": "",
        "menses": bool(days["menses"][day]) if "menses" in days else None,
        "note": "",
    }


def _clock(begun: NDArray[np.float64], day: int) -> dict[str, Any]:
    if not begun.size:
        return {}
    entry = begun[np.argmin(begun[:, EPISODE.START])]
    start, end = float(entry[EPISODE.START]), float(entry[EPISODE.END])
    return {"start": _on_the_day(start - day * HOURS_PER_DAY), "end": round(end - day * HOURS_PER_DAY, 2)}


def _around(
    line: Mapping[str, Any], around: Around | None, day: int, of: tuple[NDArray, NDArray, NDArray]
) -> dict[str, Any]:
    if around is None:
        return {}
    begins, ends, episodes = of
    here = (begins <= day) & (ends >= day) & line["headache"]
    symptoms = around.symptoms
    entries: dict[str, Any] = {
        "aura": bool((symptoms.aura_minutes[here & (begins == day)] > 0).any()),
        "nausea": bool(symptoms.nausea[here].any()),
        "photophobia": bool(symptoms.photophobia[here].any()),
        "phonophobia": bool(symptoms.phonophobia[here].any()),
        "disability": int(around.disability[day]),
        "missed_work": bool(around.disability[day] == _MISSED),
    }
    taken = np.flatnonzero(here & (episodes[:, EPISODE.MIGRAINE] == 1))
    if line["acute_medication"] == _YES and taken.size:
        place = taken[0]
        hour = max(float(symptoms.drug_hour[place]) - day * HOURS_PER_DAY, 0.0)
        entries["acute_medication"] = CLASSES[symptoms.drug[place]]
        entries["acute_time"] = _on_the_day(hour) if hour < HOURS_PER_DAY else None
    return entries


def _on_the_day(hour: float) -> float:
    """Return an hour of a day in hundredths; the last seconds before midnight are not those of the next day."""
    return min(round(hour, 2), HOURS_PER_DAY - 0.01)


def _clock_time(hours: float | None) -> str | None:
    if hours is None:
        return None
    minutes = int(hours * _MINUTES)
    whole, rest = divmod(minutes, _MINUTES)
    return f"{whole:02d}:{rest:02d}" if hours < HOURS_PER_DAY else f"{hours:.2f}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    return f"{value:g}" if isinstance(value, float) else str(value)
