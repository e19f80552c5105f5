"""Sums over the filled-in days of a window, patient after patient."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.matrices import dense


@nb.njit(cache=True, nogil=True)
def _sums(daily: NDArray, missing: NDArray, start: int, stop: int) -> tuple:
    """Do what ``sums`` says, for one line a patient."""
    n = daily.shape[0]
    total, filled = np.zeros(n), np.zeros(n)
    for i in range(n):
        events, days = np.int32(0), np.int32(0)  # twice as many at once as of 64 bits
        entry, gap = daily[i, start:stop], missing[i, start:stop]  # days that cannot be negative need no question
        for day in range(entry.size):
            seen = np.int32(gap[day] == 0)
            events += np.int32(entry[day]) * seen
            days += seen
        total[i], filled[i] = events, days
    return total, filled


def sums(
    daily: NDArray[np.integer], missing: NDArray, span: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the events on filled-in days of ``span``, and those days, both (trial, subject).

    Args:
        daily: whole numbers of events, (trial, subject, day).
        missing: days not filled in, (trial, subject, day).
        span: the first day, and the first day after the window.
    """
    shape, days = daily.shape[:-1], daily.shape[-1]
    start, stop, _ = slice(*span).indices(days)
    flags = missing.view(np.uint8) if missing.dtype == np.bool_ else missing  # so that one kernel serves both
    if flags.shape != daily.shape:  # what is spread out is not writable, and would be copied
        flags = np.broadcast_to(flags, daily.shape)
    events, empty = dense(daily.reshape(-1, days), flags.reshape(-1, days))
    total, filled = _sums(events, empty, start, stop)
    return total.reshape(shape), filled.reshape(shape)
