"""Rules of counting, one named function each, with the place it comes from.

The kernel applies the same rules while it writes; these stand for real diaries and as the kernel's oracle.
"""

import numpy as np
from numpy.typing import NDArray

_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding


def is_headache_day(hours: NDArray[np.float64], shortest: float) -> NDArray[np.bool_]:
    """Return whether a day counts: at least ``shortest`` hours of headache while awake (30 min: Leiden 2023)."""
    return hours >= shortest


def attack_begins(start: NDArray[np.float64], end: NDArray[np.float64], gap: float) -> NDArray[np.bool_]:
    """Return which episodes (in order of time, hours) begin an attack: free for ``gap`` hours before.

    Leiden 2023 merges what lies less than 24 h apart; the International Headache Society asks for one whole
    headache-free day.
    """
    last_end = np.concatenate([[-np.inf], np.maximum.accumulate(end)[:-1]])
    return start - last_end >= gap


def period_starts(start: NDArray[np.float64], end: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """Return the starts (h) of 24-h migraine periods: an attack that outlasts one begins the next.

    Topiramate trials (Silberstein 2004): pain that recurs within the period belongs to it.
    """
    starts: list[float] = []
    for begin, finish in zip(start, end, strict=True):
        if not starts or begin >= starts[-1] + period:
            starts.append(float(begin))
        while finish > starts[-1] + period + _MOMENT:
            starts.append(starts[-1] + period)
    return np.array(starts)


def prorated(count: NDArray, missing: NDArray[np.bool_], month: float) -> NDArray[np.float64]:
    """Return the count per ``month`` filled-in days (IHS 2020); NaN where no day was filled in.

    Args:
        count: per day, (..., day).
        missing: days not filled in, (..., day).
        month: days of a month.
    """
    filled = ~missing
    days = filled.sum(axis=-1)
    total = (count * filled).sum(axis=-1, dtype=np.float64)
    return np.divide(total * month, days, out=np.full(days.shape, np.nan), where=days > 0)


def is_responder(baseline: NDArray[np.float64], end: NDArray[np.float64], fall: float) -> NDArray[np.bool_]:
    """Return who has fallen by at least ``fall`` of the baseline (IHS 2020: a half)."""
    return end <= (1.0 - fall) * baseline
