"""Levels: one compartment with first-order absorption in NumPy, so that one patient needs no compiler.

The equation is that of kernels/oral.py (Bateman 1910); a test holds the two equal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_amount(
    dose: NDArray[np.float64], ka: NDArray[np.float64], ke: NDArray[np.float64], h: float
) -> NDArray[np.float64]:
    """Return the mean central amount over each step (draw, step), in the unit of ``dose``.

    Args:
        dose: (draw, step), amount absorbed from the gut, given at the start of the step.
        ka: (draw,), absorption rate, 1/h.
        ke: (draw,), elimination rate, 1/h.
        h: length of a step, h.
    """
    x = (ka - ke) * h
    ratio = np.divide(-np.expm1(-x), x, out=np.ones_like(x), where=np.abs(x) > 0.0)
    keep_gut, keep = np.exp(-ka * h), np.exp(-ke * h)
    cross = ka * keep * h * ratio
    mean = np.empty(dose.shape)
    gut, central = np.zeros(len(dose)), np.zeros(len(dose))
    for step in range(dose.shape[1]):
        gut = gut + dose[:, step]
        before = gut + central
        central = central * keep + gut * cross
        gut = gut * keep_gut
        mean[:, step] = before - central - gut
    return mean / (ke * h)[:, None]
