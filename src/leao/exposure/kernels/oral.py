"""One compartment with first-order absorption, solved exactly from dose to dose.

gut:      dG/dt = -ka G
central:  dA/dt = ka G - ke A

Over a step of length h (Bateman 1910; Gibaldi & Perrier 1982, Pharmacokinetics, ch. 1):
G(h) = G exp(-ka h);  A(h) = A exp(-ke h) + ka G E,  E = (exp(-ke h) - exp(-ka h)) / (ka - ke).
E is written as exp(-ke h) h (1 - exp(-x)) / x with x = (ka - ke) h, which is exact for ka near ke as well.
The mean over the step follows from mass balance: ke * integral(A) = A + G - A(h) - G(h).
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

FLAGS = {"contract", "nsz"}


@nb.njit(cache=True, fastmath=FLAGS)
def transfer(ka: float, ke: float, h: float) -> float:
    """Return E, the share of the gut amount per unit ka that stands in the central compartment after h."""
    x = (ka - ke) * h
    ratio = -np.expm1(-x) / x if abs(x) > 1e-300 else 1.0
    return np.exp(-ke * h) * h * ratio


@nb.njit(cache=True, fastmath=FLAGS)
def one_compartment(
    dose: NDArray[np.float64], ka: NDArray[np.float64], ke: NDArray[np.float64], h: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the central amount at the end of each step and its mean over the step.

    Args:
        dose: (subject, step), amount absorbed from the gut, given at the start of the step.
        ka: (subject,), absorption rate, 1/h.
        ke: (subject,), elimination rate, 1/h.
        h: length of a step, h.

    Returns:
        Two arrays (subject, step) in the unit of ``dose``: amount at the end, mean amount.
    """
    n_subject, n_step = dose.shape
    end = np.empty((n_subject, n_step))
    mean = np.empty((n_subject, n_step))
    for i in range(n_subject):
        gut = 0.0
        central = 0.0
        keep_gut = np.exp(-ka[i] * h)
        keep = np.exp(-ke[i] * h)
        cross = ka[i] * transfer(ka[i], ke[i], h)
        per_mean = 1.0 / (ke[i] * h)
        for j in range(n_step):
            gut += dose[i, j]
            before = gut + central
            central = central * keep + gut * cross
            gut *= keep_gut
            end[i, j] = central
            mean[i, j] = (before - central - gut) * per_mean
    return end, mean
