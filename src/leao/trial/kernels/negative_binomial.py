"""Negative-binomial regression by maximum likelihood, one small trial after another.

y ~ NB2: E y = m = exp(offset + x b), Var y = m + a m^2 (Lawless 1987, Can J Stat 15:209). With integer y the
gamma functions reduce to a finite sum, so a -> 0 (Poisson) needs no limit:
l = sum_i [ sum_{j < y} ln(1 + a j) + y ln m - (y + 1/a) ln(1 + a m) ] + constant.
Newton's method on (b, ln a) with step halving; standard errors from the observed information.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.matrices import dense, invert

OK, POISSON, FAILED = 0, 1, 2

_ITERATIONS = 100
_HALVINGS = 30
_TOLERANCE = 1e-11
_RIDGE = 1e-3
_LONGEST = 3.0  # longest step in ln(rate) or ln(a)
_SMALLEST = 1e-7  # dispersion below which the data are Poisson
_SERIES = 0.05  # below, ln(1 + t) - t / (1 + t) loses its digits to cancellation
_FARTHEST = 30.0  # ln(rate) beyond which an arm has no attacks at all


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _times(matrix: NDArray[np.float64], vector: NDArray[np.float64], product: NDArray[np.float64]) -> float:
    """Write ``matrix @ vector``; return its largest element in size."""
    largest = 0.0
    for i in range(vector.size):
        product[i] = 0.0
        for j in range(vector.size):
            product[i] += matrix[i, j] * vector[j]
        largest = max(largest, abs(product[i]))
    return largest


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _curvature(t: float) -> tuple:
    """Return G(t) = (ln(1 + t) - t / (1 + t)) / t^2 and its derivative."""
    if t > _SERIES:
        log, share = math.log1p(t), t / (1.0 + t)
        g = (log - share) / (t * t)
        return g, 1.0 / (t * (1.0 + t) * (1.0 + t)) - 2.0 * g / t
    g, slope, power = 0.5, 0.0, 1.0
    for k in range(1, 12):
        term = (k + 1.0) / (k + 2.0) * (-1.0) ** k
        slope += k * term * power
        power *= t
        g += term * power
    return g, slope


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _log_likelihood(y: NDArray, x: NDArray, offset: NDArray, tail: NDArray, at: NDArray) -> float:
    """Return the log likelihood at ``at`` = (b, ln a), up to the constant ln y!."""
    p = x.shape[1]
    a = math.exp(at[p])
    total = 0.0
    for j in range(tail.size):
        total += tail[j] * math.log1p(a * j)
    for i in range(y.size):
        eta = offset[i]
        for k in range(p):
            eta += x[i, k] * at[k]
        total += y[i] * eta - (y[i] + 1.0 / a) * math.log1p(a * math.exp(eta))
    return total


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _slopes(
    y: NDArray, x: NDArray, offset: NDArray, tail: NDArray, at: NDArray, gradient: NDArray, information: NDArray
) -> None:
    """Write gradient and observed information of the log likelihood in (b, ln a)."""
    p = x.shape[1]
    a = math.exp(at[p])
    gradient[:] = 0.0
    information[:] = 0.0
    first, second = 0.0, 0.0  # derivatives in a
    for j in range(tail.size):
        share = j / (1.0 + a * j)
        first += tail[j] * share
        second -= tail[j] * share * share
    for i in range(y.size):
        eta = offset[i]
        for k in range(p):
            eta += x[i, k] * at[k]
        m = math.exp(eta)
        q = 1.0 / (1.0 + a * m)
        g, slope = _curvature(a * m)
        first += m * m * g - y[i] * m * q
        second += m * m * m * slope + y[i] * m * m * q * q
        residual = y[i] - m
        weight = m * (1.0 + a * y[i]) * q * q
        for k in range(p):
            gradient[k] += residual * q * x[i, k]
            information[k, p] += a * m * residual * q * q * x[i, k]
            for j in range(k + 1):
                information[k, j] += weight * x[i, k] * x[i, j]
    gradient[p] = a * first
    information[p, p] = -(a * a * second + a * first)
    for k in range(p + 1):
        for j in range(k):
            if k < p:
                information[j, k] = information[k, j]
            else:
                information[p, j] = information[j, p]


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _poisson(y: NDArray, x: NDArray, offset: NDArray, b: NDArray, covariance: NDArray) -> bool:
    """Write the Poisson estimate and its covariance; return whether Newton's method converged."""
    n, p = x.shape
    information = np.zeros((p, p))
    gradient = np.zeros(p)
    total, exposure = 0.0, 0.0
    for i in range(n):
        total += y[i]
        exposure += math.exp(offset[i])
    b[:] = 0.0
    b[0] = math.log(total / exposure)
    step = np.zeros(p)
    for _ in range(_ITERATIONS):
        information[:] = 0.0
        gradient[:] = 0.0
        for i in range(n):
            eta = offset[i]
            for k in range(p):
                eta += x[i, k] * b[k]
            m = math.exp(min(eta, _FARTHEST))
            for k in range(p):
                gradient[k] += (y[i] - m) * x[i, k]
                for j in range(p):
                    information[k, j] += m * x[i, k] * x[i, j]
        if not invert(information, covariance, 0.0):
            return False
        largest = _times(covariance, gradient, step)
        for k in range(p):
            b[k] += step[k]
            if abs(b[k]) > _FARTHEST:
                return False
        if largest < _TOLERANCE:
            return True
    return False


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _overdispersion(y: NDArray, x: NDArray, offset: NDArray, b: NDArray) -> float:
    """Return the moment estimate of a, at most 0 where the score at the Poisson boundary points outwards."""
    above, scale = 0.0, 0.0
    for i in range(y.size):
        eta = offset[i]
        for k in range(x.shape[1]):
            eta += x[i, k] * b[k]
        m = math.exp(eta)
        above += (y[i] - m) ** 2 - y[i]
        scale += m * m
    return above / scale


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _newton(y: NDArray, x: NDArray, offset: NDArray, at: NDArray, covariance: NDArray) -> bool:
    """Climb from ``at`` = (b, ln a) to the maximum; write the covariance there; return whether it converged."""
    size = at.size
    most = 1.0
    for i in range(y.size):
        most = max(most, y[i])
    tail = np.zeros(int(most))
    for i in range(y.size):
        for j in range(int(y[i])):
            tail[j] += 1.0
    gradient, information = np.zeros(size), np.zeros((size, size))
    step, trial = np.zeros(size), np.zeros(size)
    height = _log_likelihood(y, x, offset, tail, at)
    for _ in range(_ITERATIONS):
        _slopes(y, x, offset, tail, at, gradient, information)
        ridge = 0.0
        while not invert(information, covariance, 0.0):
            ridge = max(2.0 * ridge, _RIDGE * abs(information[0, 0]))
            for k in range(size):
                information[k, k] += ridge
        largest = _times(covariance, gradient, step)
        if ridge == 0.0 and largest < _TOLERANCE:
            return True
        length, higher = min(1.0, _LONGEST / largest), height
        for _half in range(_HALVINGS):
            for k in range(size):
                trial[k] = at[k] + length * step[k]
            higher = _log_likelihood(y, x, offset, tail, trial)
            if higher >= height - _TOLERANCE * abs(height):
                break
            length *= 0.5
        height = higher
        for k in range(size):
            at[k] = trial[k]
        if at[size - 1] < math.log(_SMALLEST) or abs(at[1]) > _FARTHEST:
            return False
    return False


def _fit(y: NDArray, x: NDArray, offset: NDArray, at: NDArray, covariance: NDArray) -> int:
    """Fit one trial: write (b, a) and the covariance, whose last row and column belong to ln a; return a status."""
    p = x.shape[1]
    b, spread = np.zeros(p), np.zeros((p, p))
    if y.size <= p or not y.any() or not _poisson(y, x, offset, b, spread):
        return FAILED
    above = _overdispersion(y, x, offset, b)
    at[:p], at[p] = b, math.log(max(above, _SMALLEST * 10.0))
    if above > 0.0 and _newton(y, x, offset, at, covariance):
        at[p] = math.exp(at[p])
        return OK
    if above > 0.0 and at[p] >= math.log(_SMALLEST):
        return FAILED
    at[:p], at[p], covariance[:p, :p] = b, 0.0, spread
    return POISSON


def negative_binomial(
    y: NDArray[np.float64], x: NDArray[np.float64], offset: NDArray[np.float64], use: NDArray[np.bool_]
) -> tuple:
    """Return (estimate (trial, p + 1), covariance (trial, p + 1, p + 1), status (trial,)); NaN where it failed.

    The last estimate is the dispersion a; the last row and column of the covariance belong to ln a.

    Args:
        y: whole-numbered counts, (trial, subject).
        x: regressors, the first all ones, (trial, subject, p).
        offset: ln(exposure), (trial, subject).
        use: who is analysed, (trial, subject).
    """
    y, x, offset = dense(y, x, offset)
    trials, _, p = x.shape
    estimate, covariance = np.zeros((trials, p + 1)), np.zeros((trials, p + 1, p + 1))
    status = np.zeros(trials, np.int64)
    for t in range(trials):  # not compiled: a trial costs ten times more than this line, compiling seconds
        kept = use[t]
        status[t] = _fit(y[t][kept], x[t][kept], offset[t][kept], estimate[t], covariance[t])
    failed = status == FAILED
    estimate[failed], covariance[failed] = np.nan, np.nan
    return estimate, covariance, status
