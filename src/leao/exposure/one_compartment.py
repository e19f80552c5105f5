"""Levels of one compartment with first-order absorption, in NumPy, so that one person needs no compiler.

gut:      dG/dt = -ka G
central:  dA/dt = ka G - ke A

Amounts are in the unit of the dose that is absorbed; a level is an amount over the volume. Every form holds at
ka = ke as well: what stands over (ka - ke) is written with expm1. The kernel's equation is the same; a test holds
the two equal.
Source: Bateman 1910; Gibaldi & Perrier 1982, Pharmacokinetics, ch. 1 and 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
APART = 1e-6  # relative; nearer rates are moved so far apart where a time of the peak divides by their difference


def transfer(ka: ArrayLike, ke: ArrayLike, hours: ArrayLike) -> Array:
    """Return the central amount per unit of gut amount and of ka, ``hours`` after: (e^-ke t - e^-ka t) / (ka - ke)."""
    ka, ke, hours = (np.asarray(values, dtype=float) for values in (ka, ke, hours))
    x = (ka - ke) * hours
    ratio = np.divide(-np.expm1(-x), x, out=np.ones_like(x), where=np.abs(x) > 0.0)
    return np.asarray(np.exp(-ke * hours) * hours * ratio)


def mean_amount(dose: Array, ka: Array, ke: Array, hours: float) -> Array:
    """Return the mean central amount over each step, (draw, step).

    Args:
        dose: (draw, step) or (step,), amount given to the gut at the start of the step.
        ka: (draw,), absorption rate, 1/h.
        ke: (draw,), elimination rate, 1/h.
        hours: length of a step, h.
    """
    dose = np.broadcast_to(dose, (ke.size, np.shape(dose)[-1]))
    keep_gut, keep = np.exp(-ka * hours), np.exp(-ke * hours)
    cross = ka * transfer(ka, ke, hours)
    mean = np.empty(dose.shape[::-1])  # a step lies together in memory
    gut, central = np.zeros(len(dose)), np.zeros(len(dose))
    for step in range(dose.shape[1]):
        gut = gut + dose[:, step]
        before = gut + central
        central = central * keep + gut * cross
        gut = gut * keep_gut
        mean[step] = before - central - gut  # what was eliminated in the step: ke times the integral
    return np.ascontiguousarray(mean.T) / (ke * hours)[:, None]


def peak_time(ka: ArrayLike, ke: ArrayLike) -> Array:
    """Return the time of the peak after one dose, h."""
    ka, ke = _apart(ka, ke)
    return np.asarray(np.log(ka / ke) / (ka - ke))


def peak(ka: ArrayLike, ke: ArrayLike) -> Array:
    """Return the peak central amount after a dose of 1."""
    return np.asarray(np.asarray(ka) * transfer(ka, ke, peak_time(ka, ke)))


def steady_peak_time(ka: ArrayLike, ke: ArrayLike, every: ArrayLike) -> Array:
    """Return the time from a dose to the peak at steady state, h, doses ``every`` so many hours."""
    (ka, ke), every = _apart(ka, ke), np.asarray(every)
    repeated = np.expm1(-ke * every) / np.expm1(-ka * every)
    return np.asarray(np.log(ka * repeated / ke) / (ka - ke))


def steady_peak(ka: ArrayLike, ke: ArrayLike, every: ArrayLike) -> Array:
    """Return the peak central amount at steady state under doses of 1."""
    (ka, ke), every = _apart(ka, ke), np.asarray(every)
    gut = -1.0 / np.expm1(-ka * every)
    trough = -gut * ka * transfer(ka, ke, every) / np.expm1(-ke * every)
    at = steady_peak_time(ka, ke, every)
    return np.asarray(trough * np.exp(-ke * at) + gut * ka * transfer(ka, ke, at))


def eliminated(ka: ArrayLike, ke: ArrayLike, hours: ArrayLike) -> Array:
    """Return the share of one dose eliminated by ``hours`` after it."""
    ka, hours = np.asarray(ka), np.asarray(hours)
    return np.asarray(1.0 - np.exp(-ka * hours) - ka * transfer(ka, ke, hours))


def _apart(ka: ArrayLike, ke: ArrayLike) -> tuple[Array, Array]:
    ka, ke = np.asarray(ka, dtype=float), np.asarray(ke, dtype=float)
    near = np.abs(ka - ke) < APART * ke
    return np.where(near, ke * (1.0 + APART), ka), ke
