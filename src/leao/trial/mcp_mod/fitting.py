"""Fits of the shapes to the dose means by generalised least squares, their weights, and the dose for a target effect.

Given the shape's own parameters, e0 and e1 follow in closed form; the parameters are searched on a grid, then by
Nelder and Mead. gAIC = (m - f)' S^-1 (m - f) + 2 parameters; weights exp(-gAIC / 2) (Pinheiro et al. 2014).
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from leao.trial.mcp_mod.contrasts import Means
from leao.trial.mcp_mod.shapes import SHAPES

Array = NDArray[np.float64]
_GRID = 15


class Fitted(NamedTuple):
    """One shape at its best."""

    name: str
    e0: float
    e1: float
    parameters: tuple[float, ...]
    gaic: float

    def at(self, doses: Array) -> Array:
        """Return the mean at each dose."""
        return self.e0 + self.e1 * SHAPES[self.name].curve(doses, self.parameters)


def fit(means: Means, name: str) -> Fitted | None:
    """Return the fit of a shape; None where it has as many parameters as there are doses, or more."""
    shape, largest = SHAPES[name], float(means.doses.max())
    count = 2 + len(shape.parameters)
    if count >= len(means.doses) + (name == "linear"):
        return None
    inverse: Array = np.asarray(np.linalg.inv(means.covariance), np.float64)
    if name == "quadratic":
        return _quadratic(means, inverse)
    units = [largest if scaled else 1.0 for scaled in shape.scaled]
    bounds = [(low * unit, high * unit) for (low, high), unit in zip(shape.bounds, units, strict=True)]

    def least_squares(at: Array | tuple[float, ...]) -> tuple[float, Array]:
        x = np.column_stack([np.ones_like(means.doses), shape.curve(means.doses, tuple(map(float, at)))])
        b = _best(x, means, inverse)
        left = means.value - x @ b
        return float(left @ inverse @ left), b

    def height(at: Array | tuple[float, ...]) -> float:
        low, _ = least_squares(at)
        return low

    best: tuple[float, ...] = ()
    if bounds:
        starts = product(*(np.geomspace(low, high, _GRID) for low, high in bounds))
        start = min(starts, key=height)
        precise = {"xatol": 1e-8, "fatol": 1e-10}
        minimum = minimize(height, start, method="Nelder-Mead", bounds=bounds, options=precise)
        best = tuple(float(value) for value in minimum.x)
    low, b = least_squares(best)
    return Fitted(name, float(b[0]), float(b[1]), best, low + 2.0 * count)


def _best(x: Array, means: Means, inverse: Array) -> Array:
    """Return the coefficients of generalised least squares."""
    root = np.linalg.cholesky(inverse).T
    return np.asarray(np.linalg.lstsq(root @ x, root @ means.value, rcond=None)[0], np.float64)


def _quadratic(means: Means, inverse: Array) -> Fitted:
    x = np.vander(means.doses, 3, increasing=True)
    b = _best(x, means, inverse)
    left = means.value - x @ b
    slope = b[1] if abs(b[1]) > 1e-12 else 1e-12
    return Fitted("quadratic", float(b[0]), float(slope), (float(b[2] / slope),), float(left @ inverse @ left) + 6.0)


def weights(fits: list[Fitted]) -> Array:
    """Return the share of each fit in the average."""
    gaic = np.array([part.gaic for part in fits])
    share = np.exp(-0.5 * (gaic - gaic.min()))
    return share / share.sum()


def target_dose(curve: Array, doses: Array, effect: float) -> float | None:
    """Return the smallest dose whose mean lies ``effect`` above that of dose 0; None within the doses.

    Args:
        curve: means over ``doses``, which rise from 0.
        doses: finely spaced.
        effect: above 0.
    """
    gain = curve - curve[0]
    over = np.flatnonzero(gain >= effect)
    if not over.size:
        return None
    k = int(over[0])
    share = (effect - gain[k - 1]) / (gain[k] - gain[k - 1])
    return float(doses[k - 1] + share * (doses[k] - doses[k - 1]))
