"""One oral dose a day, one compartment, solved exactly on a regular grid: the fast path for populations.

At s steps of h after the dose of a day, with gut amount G and central amount A just after it,

    A(s h) = A exp(-ke s h) + G ka E(s h),  E as in kernels/oral.py (exact for ka near ke),

so the two factors are tabulated once per subject and a day is one pass of multiplications over the table.
The daily mean follows from mass balance. Source: Bateman 1910; Gibaldi & Perrier 1982, Pharmacokinetics, ch. 1.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.exposure.kernels.oral import transfer

FLAGS = {"contract", "nsz"}
HOURS = 24.0


@nb.njit(cache=True, fastmath=FLAGS)
def day(ka: float, ke: float) -> tuple[float, float, float]:
    """Return what a day leaves of the gut and of the central amount, and what of the gut it brings to the centre."""
    return np.exp(-ka * HOURS), np.exp(-ke * HOURS), ka * transfer(ka, ke, HOURS)


@nb.njit(cache=True, fastmath=FLAGS)
def grid(
    dose: NDArray[np.float32],
    ka: NDArray[np.float64],
    ke: NDArray[np.float64],
    scale: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Fill ``out`` (subject, day, step) with the level at the end of each step.

    Args:
        dose: (subject, day), amount given at the start of the day.
        ka: (subject,), absorption rate, 1/h.
        ke: (subject,), elimination rate, 1/h.
        scale: (subject,), level per amount, for example 1000 / V for ng/mL from mg.
        out: (subject, day, step); the steps divide the day evenly, float32.
    """
    n_subject, n_day, n_step = out.shape
    fall, rise = np.empty(n_step, np.float32), np.empty(n_step, np.float32)
    h = HOURS / n_step
    for i in range(n_subject):
        for s in range(n_step):
            t = (s + 1) * h
            fall[s] = scale[i] * np.exp(-ke[i] * t)
            rise[s] = scale[i] * ka[i] * transfer(ka[i], ke[i], t)
        keep_gut, keep, cross = day(ka[i], ke[i])
        gut, central = 0.0, 0.0
        for j in range(n_day):
            gut += dose[i, j]
            a, g = np.float32(central), np.float32(gut)
            for s in range(n_step):
                out[i, j, s] = a * fall[s] + g * rise[s]
            gut, central = gut * keep_gut, central * keep + gut * cross


@nb.njit(cache=True, fastmath=FLAGS)
def daily(
    dose: NDArray[np.float32],
    ka: NDArray[np.float64],
    ke: NDArray[np.float64],
    scale: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Fill ``out`` (subject, day, 2) with the mean level of each day and that at its end; arguments as ``grid``."""
    for i in range(out.shape[0]):
        keep_gut, keep, cross = day(ka[i], ke[i])
        per_mean = scale[i] / (ke[i] * HOURS)
        gut, central = 0.0, 0.0
        for j in range(out.shape[1]):
            before = gut + dose[i, j] + central
            gut, central = (gut + dose[i, j]) * keep_gut, central * keep + (gut + dose[i, j]) * cross
            out[i, j, 0] = (before - central - gut) * per_mean
            out[i, j, 1] = central * scale[i]
