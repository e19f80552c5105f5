"""Days out of days and responders: beta-binomial and binomial regression by maximum likelihood, trial after trial.

y of n days, mean share m = 1 / (1 + exp(-x b)), people scattered by a beta distribution of precision 1 / a
(Crowder 1978, J R Stat Soc C 27:34; Griffiths 1973, Biometrics 29:637):
l = sum_{j < y} ln(m + j a) + sum_{j < n - y} ln(1 - m + j a) - sum_{j < n} ln(1 + j a) + constant.
The sums are finite, so a -> 0 (binomial) needs no limit; with n = 1 it is logistic regression. Newton's method on
(b, ln a) with step halving; standard errors from the observed information.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.matrices import apply, dense, invert

OK, BINOMIAL, FAILED = 0, 1, 2

_ITERATIONS, _HALVINGS = 100, 30
_TOLERANCE = 1e-10
_PIVOT = 1e-12  # share of its diagonal element below which a matrix counts as singular
_LONGEST = 3.0  # longest step in log odds or ln(a)
_SMALLEST = 1e-7  # a below which people do not scatter
_FARTHEST = 15.0  # log odds beyond which the arms are separated and no maximum exists


@nb.njit(cache=True)
def _share(x: NDArray, at: NDArray) -> float:
    eta = 0.0
    for k in range(x.size):
        eta += x[k] * at[k]
    return 1.0 / (1.0 + math.exp(-min(max(eta, -30.0), 30.0)))


@nb.njit(cache=True)
def _height(y: NDArray, n: NDArray, x: NDArray, at: NDArray, a: float) -> float:
    """Return the log likelihood up to its constant."""
    total = 0.0
    for i in range(y.size):
        m = _share(x[i], at)
        if a == 0.0:
            total += y[i] * math.log(m) + (n[i] - y[i]) * math.log1p(-m)
            continue
        product = 1.0  # logarithms of products: a third of the time
        for j in range(int(y[i])):
            product *= m + j * a
            if product < 1e-200:
                total += math.log(product)
                product = 1.0
        total += math.log(product)
        product = 1.0
        for j in range(int(n[i] - y[i])):
            product *= 1.0 - m + j * a
            if product < 1e-200:
                total += math.log(product)
                product = 1.0
        total += math.log(product)
        product = 1.0
        for j in range(int(n[i])):
            product *= 1.0 + j * a
            if product > 1e200:
                total -= math.log(product)
                product = 1.0
        total -= math.log(product)
    return total


@nb.njit(cache=True)
def _slopes(y: NDArray, n: NDArray, x: NDArray, at: NDArray, a: float, gradient: NDArray, information: NDArray) -> None:
    """Write gradient and observed information in (b, ln a), or in b alone where a = 0."""
    p = x.shape[1]
    gradient[:] = 0.0
    information[:] = 0.0
    first, second = 0.0, 0.0
    for i in range(y.size):
        m = _share(x[i], at)
        up, upper, cross = 0.0, 0.0, 0.0
        if a == 0.0:
            up = y[i] / m - (n[i] - y[i]) / (1.0 - m)
            upper = -y[i] / (m * m) - (n[i] - y[i]) / ((1.0 - m) * (1.0 - m))
        else:
            for j in range(int(y[i])):
                share = 1.0 / (m + j * a)
                up += share
                upper -= share * share
                first += j * share
                second -= j * j * share * share
                cross -= j * share * share
            for j in range(int(n[i] - y[i])):
                share = 1.0 / (1.0 - m + j * a)
                up -= share
                upper -= share * share
                first += j * share
                second -= j * j * share * share
                cross += j * share * share
            for j in range(int(n[i])):
                share = j / (1.0 + j * a)
                first -= share
                second += share * share
        v = m * (1.0 - m)
        bend = upper * v * v + up * v * (1.0 - 2.0 * m)
        for k in range(p):
            gradient[k] += up * v * x[i, k]
            if a > 0.0:
                information[k, p] -= a * cross * v * x[i, k]
            for j in range(k + 1):
                information[k, j] -= bend * x[i, k] * x[i, j]
    for k in range(p):
        for j in range(k):
            information[j, k] = information[k, j]
        if a > 0.0:
            information[p, k] = information[k, p]
    if a > 0.0:
        gradient[p] = a * first
        information[p, p] = -(a * a * second + a * first)


@nb.njit(cache=True, nogil=True)
def _climb(y: NDArray, n: NDArray, x: NDArray, at: NDArray, covariance: NDArray, scatters: bool) -> bool:
    """Climb to the maximum in b, and in ln a (last of ``at``) where people scatter; return whether it was found."""
    size = at.size if scatters else at.size - 1
    p = at.size - 1
    gradient, information = np.zeros(size), np.zeros((size, size))
    inverse, trial, step = np.zeros((size, size)), at.copy(), np.zeros(size)
    a = math.exp(at[p]) if scatters else 0.0
    height = _height(y, n, x, at, a)
    for _ in range(_ITERATIONS):
        _slopes(y, n, x, at, a, gradient, information)
        ridge = 0.0
        while not invert(information, inverse, _PIVOT):
            ridge = max(2.0 * ridge, 1e-3 * (abs(information[0, 0]) + 1e-6))
            if ridge > 1e12:
                return False
            for k in range(size):
                information[k, k] += ridge
        largest = apply(inverse, gradient, step)
        if largest < _TOLERANCE:
            for k in range(size):
                for j in range(size):
                    covariance[k, j] = inverse[k, j]
            return ridge == 0.0  # a flat top is no maximum
        length = min(1.0, _LONGEST / largest)
        for _half in range(_HALVINGS):
            for k in range(size):
                trial[k] = at[k] + length * step[k]
            higher = _height(y, n, x, trial, math.exp(trial[p]) if scatters else 0.0)
            if higher >= height - 1e-12 * abs(height):
                height = higher
                break
            length *= 0.5
        farthest = 0.0
        for k in range(p + 1):
            at[k] = trial[k]
            farthest = max(farthest, abs(at[k]) if k < p else 0.0)
        a = math.exp(at[p]) if scatters else 0.0
        if (scatters and a < _SMALLEST) or farthest > _FARTHEST:
            return False
    return False


@nb.njit(cache=True)
def _scatter(y: NDArray, n: NDArray, x: NDArray, at: NDArray) -> float:
    """Return the moment estimate of the correlation of the days of a person at the binomial fit; 0 without any."""
    above, scale = 0.0, 0.0
    for i in range(y.size):
        m = _share(x[i], at)
        above += (y[i] - n[i] * m) * (y[i] - n[i] * m) - n[i] * m * (1.0 - m)
        scale += n[i] * (n[i] - 1.0) * m * (1.0 - m)
    return above / scale if scale > 0.0 else 0.0


def _fit(y: NDArray, n: NDArray, x: NDArray, at: NDArray, covariance: NDArray, scatters: bool) -> int:
    """Fit one trial: write (b, a) and the covariance, whose last row and column belong to ln a; return a status."""
    p = x.shape[1]
    total, days = y.sum(), n.sum()
    if y.size <= p or total == 0.0 or total == days:
        return FAILED
    at[:] = 0.0
    at[0] = math.log(total / (days - total))
    if not _climb(y, n, x, at, covariance, False):
        return FAILED
    plain = at.copy()
    share = float(_scatter(y, n, x, at)) if scatters else 0.0
    if share > 0.0:
        at[p] = math.log(max(share / max(1e-3, 1.0 - share), 10.0 * _SMALLEST))
        if _climb(y, n, x, at, covariance, True):
            at[p] = math.exp(at[p])
            return OK
        if math.exp(at[p]) >= _SMALLEST:
            return FAILED
        for k in range(at.size):
            at[k] = plain[k]
        _climb(y, n, x, at, covariance, False)
    at[p] = 0.0
    return BINOMIAL


def beta_binomial(
    y: NDArray[np.float64], n: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], scatters: bool
) -> tuple:
    """Return (estimate (trial, p + 1), covariance (trial, p + 1, p + 1), status (trial,)); NaN where it failed.

    The last estimate is a, 0 for the binomial; the last row and column of the covariance belong to ln a.

    Args:
        y: days that count, (trial, subject).
        n: days in all, (trial, subject).
        x: regressors, the first all ones, (trial, subject, p).
        use: who is analysed, (trial, subject).
        scatters: whether people differ by more than x says; False is binomial (with n = 1: logistic) regression.
    """
    y, n, x = dense(y, n, x)
    trials, _, p = x.shape
    estimate, covariance = np.zeros((trials, p + 1)), np.zeros((trials, p + 1, p + 1))
    status = np.zeros(trials, np.int64)
    for t in range(trials):  # not compiled: a trial costs a hundred times more than this line, compiling seconds
        kept = use[t] & (n[t] > 0.0)
        status[t] = _fit(y[t][kept], n[t][kept], x[t][kept], estimate[t], covariance[t], scatters)
    failed = status == FAILED
    estimate[failed], covariance[failed] = np.nan, np.nan
    return estimate, covariance, status
