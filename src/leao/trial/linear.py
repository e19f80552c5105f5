"""Least squares with its covariance: for interactions, and for what covariates gain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

Array = NDArray[np.float64]


class LeastSquares(NamedTuple):
    """A fit y = X b + e, e independent with one variance."""

    coefficients: Array
    covariance: Array
    freedom: float


def least_squares(y: Array, x: Array) -> LeastSquares | None:
    """Return the fit; None where the columns cannot be told apart or nothing is left to judge the error by."""
    freedom = len(y) - x.shape[1]
    if freedom < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ (x.T @ y)
    residual = y - x @ b
    return LeastSquares(b, inverse * float(residual @ residual) / freedom, float(freedom))


def contrast(fit: LeastSquares, weights: Array, confidence: float) -> dict[str, float | None]:
    """Return a weighted sum of coefficients with interval, error, p-value and degrees of freedom."""
    value, se = float(weights @ fit.coefficients), float(np.sqrt(weights @ fit.covariance @ weights))
    if not se > 0.0:
        return dict.fromkeys(("estimate", "low", "high", "se", "p", "degrees_of_freedom"))
    reach = float(stdtrit(fit.freedom, 0.5 + 0.5 * confidence)) * se
    p = 2.0 * float(stdtr(fit.freedom, -abs(value) / se))
    interval: dict[str, float | None] = {"estimate": value, "low": value - reach, "high": value + reach}
    return interval | {"se": se, "p": p, "degrees_of_freedom": fit.freedom}


def wald(fit: LeastSquares, places: list[int]) -> tuple[float, float] | None:
    """Return F and p of some coefficients being 0 together; None where they have no spread."""
    b, v = fit.coefficients[places], fit.covariance[np.ix_(places, places)]
    if not places or not np.all(np.diag(v) > 0.0):
        return None
    f = float(b @ np.linalg.solve(v, b)) / len(places)
    return f, float(fdtrc(float(len(places)), fit.freedom, f))
