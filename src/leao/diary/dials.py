"""Quantiles that the diary's kernel looks up: hour of onset, length of an episode, a standard normal."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.units import HOURS_PER_DAY
from leao.diary.kernels.diary import Dials

_CLOCK_CELLS, _LEVELS = 1024, 4096


def clock(peak_time: float, peak_to_trough: float) -> NDArray[np.float64]:
    """Return the fraction of the day at which equal steps of a day's risk are spent, from 0 to 1.

    Risk over the hours is von Mises: proportional to exp(k cos(2 pi (h - peak) / 24)), k = ln(peak/trough) / 2.
    """
    middle = (np.arange(_CLOCK_CELLS) + 0.5) / _CLOCK_CELLS
    risk = np.exp(0.5 * np.log(peak_to_trough) * np.cos(2.0 * np.pi * (middle - peak_time / HOURS_PER_DAY)))
    spent = np.concatenate([[0.0], np.cumsum(risk)]) / risk.sum()
    edges = np.linspace(0.0, 1.0, _CLOCK_CELLS + 1)
    return np.interp(edges, spent, edges)


@lru_cache(maxsize=16)
def looked_up(peak_time: float, peak_to_trough: float, median: float, spread: float) -> Dials:
    """Return hour of onset, length (h) and a standard normal of unit variance at the middles of equal shares."""
    middle = (np.arange(_LEVELS) + 0.5) / _LEVELS
    hours = np.interp(middle, np.linspace(0.0, 1.0, _CLOCK_CELLS + 1), clock(peak_time, peak_to_trough))
    normal = ndtri(middle)
    normal /= np.sqrt(np.mean(normal**2))
    lengths = median * np.exp(spread * normal)
    return Dials(*((table).astype(np.float32) for table in (HOURS_PER_DAY * hours, lengths, normal)))
