"""The rows of a diary as its patient would write them: one line per day, empty where nothing was written."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HOURS = 24.0


def written(
    days: Mapping[str, NDArray], episodes: NDArray[np.float64], dose_taken: NDArray[np.float64]
) -> dict[str, list[Any]]:
    """Return the columns of one patient's diary, ready for a table; None where nothing was written.

    ``severity`` is 0 none, 1 mild, 2 moderate, 3 severe. ``start`` and ``end`` are hours of the day of the first
    headache that begins that day; ``end`` beyond 24 is the next day or later. ``aura`` is None throughout: migraine
    without aura, no data.

    Args:
        days: the patient's daily arrays, each (day,).
        episodes: lines (person, start h, end h, is migraine, severity) of this patient.
        dose_taken: mg of salt, (day,).
    """
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for day in range(days["headache"].size):
        begun = episodes[(episodes[:, 1] // _HOURS).astype(int) == day]
        line = _line(days, day, begun, float(dose_taken[day]))
        for name in COLUMNS:
            columns[name].append(line[name])
    return columns


COLUMNS = (
    "day", "missing", "headache", "migraine", "severity", "start", "end", "aura", "acute_medication", "dose_taken",
)  # fmt: skip


def _line(days: Mapping[str, NDArray], day: int, begun: NDArray[np.float64], dose: float) -> dict[str, Any]:
    line: dict[str, Any] = dict.fromkeys(COLUMNS) | {"day": day, "missing": bool(days["missing"][day])}
    if line["missing"]:
        return line
    line |= {
        "headache": bool(days["headache"][day]),
        "migraine": bool(days["migraine"][day]),
        "severity": int(days["severity"][day]) if days["headache"][day] else 0,
        "acute_medication": bool(days["rescue"][day]),
        "dose_taken": dose,
    }
    if begun.size and line["headache"]:
        first = begun[np.argmin(begun[:, 1])]
        line |= {"start": round(float(first[1]) - day * _HOURS, 2), "end": round(float(first[2]) - day * _HOURS, 2)}
    return line
