"""Negative-binomial regression by maximum likelihood, one small trial after another.

y ~ NB2: E y = m = exp(offset + x b), Var y = m + a m^2 (Lawless 1987, Can J Stat 15:209). With integer y the
gamma functions reduce to a finite sum, so a -> 0 (Poisson) needs no limit:
l = sum_i [ sum_{j < y} ln(1 + a j) + y ln m - (y + 1/a) ln(1 + a m) ] + constant.
Newton's method on (b, ln a) with step halving; standard errors from the observed information. A trial's numbers lie
column after column, and each loop over its patients does one thing, so that all become vector instructions.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch
from leao.trial.kernels.matrices import dense, invert

OK, POISSON, FAILED = 0, 1, 2

_ITERATIONS = 100
_HALVINGS = 30
_TOLERANCE = 1e-11
_ROUGH = 1e-3  # largest step of the Poisson regression that Newton's method may start from
_NEAR = 0.05  # largest step in ln(rate) and ln(a) that is taken without a look at the likelihood
_RIDGE = 1e-3
_LONGEST = 3.0  # longest step in ln(rate) or ln(a)
_SMALLEST = 1e-7  # dispersion below which the data are Poisson
_SERIES = 0.05  # below, ln(1 + t) - t / (1 + t) loses its digits to cancellation
_TERMS = 12
_FARTHEST = 30.0  # ln(rate) beyond which an arm has no attacks at all
# No entrance from Python but for the last: to unpack a trial is most of what there is to compile.
_LOOP: dict[str, Any] = {
    "cache": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}  # fmt: skip
_SUM = {**_LOOP, "fastmath": {"contract", "nsz", "reassoc"}}  # in any order: only so is a sum a vector instruction


class Trial(NamedTuple):
    """A trial and the room to fit it."""

    y: NDArray[np.float64]  # (patient,)
    x: NDArray[np.float64]  # (regressor, patient)
    offset: NDArray[np.float64]
    eta: NDArray[np.float64]
    mean: NDArray[np.float64]
    parts: NDArray[np.float64]  # (5, patient)
    tail: NDArray[np.float64]  # patients with more than j events


@nb.njit(**_SUM)
def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total


@nb.njit(**_SUM)
def _dot3(weight: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.size):
        total += weight[i] * a[i] * b[i]
    return total


@nb.njit(**_SUM)
def _total(a: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.size):
        total += a[i]
    return total


@nb.njit(**_LOOP)
def _times(matrix: NDArray[np.float64], vector: NDArray[np.float64], product: NDArray[np.float64]) -> float:
    """Write ``matrix @ vector``; return its largest element in size."""
    largest = 0.0
    for i in range(vector.size):
        product[i] = 0.0
        for j in range(vector.size):
            product[i] += matrix[i, j] * vector[j]
        largest = max(largest, abs(product[i]))
    return largest


@nb.njit(**_LOOP)
def _means(trial: Trial, at: NDArray[np.float64]) -> None:
    """Write eta and exp(eta) at ``at``, whose first elements are b."""
    eta, mean, offset = trial.eta, trial.mean, trial.offset
    for i in range(eta.size):
        eta[i] = offset[i]
    for k in range(trial.x.shape[0]):
        column, b = trial.x[k], at[k]
        for i in range(eta.size):
            eta[i] += column[i] * b
    for i in range(eta.size):
        mean[i] = batch.exp(min(eta[i], _FARTHEST))


@nb.njit(**_LOOP)
def _curvatures(a: float, mean: NDArray[np.float64], g: NDArray[np.float64], slope: NDArray[np.float64]) -> None:
    """Write G(t) = (ln(1 + t) - t / (1 + t)) / t^2 and its derivative at t = a m."""
    for i in range(mean.size):
        t = a * mean[i]
        curve = (batch.ln(1.0 + t) - t / (1.0 + t)) / (t * t)
        g[i] = curve
        slope[i] = 1.0 / (t * (1.0 + t) * (1.0 + t)) - 2.0 * curve / t
    for i in range(mean.size):
        t = a * mean[i]
        if t > _SERIES:
            continue
        value, steep, power, sign = 0.5, 0.0, 1.0, 1.0
        for k in range(1, _TERMS):
            sign = -sign
            term = (k + 1.0) / (k + 2.0) * sign
            steep += k * term * power
            power *= t
            value += term * power
        g[i], slope[i] = value, steep


@nb.njit(**_LOOP)
def _log_likelihood(trial: Trial, at: NDArray[np.float64]) -> float:
    """Return the log likelihood at ``at`` = (b, ln a), up to the constant ln y!."""
    a, share, tail = math.exp(at[at.size - 1]), trial.parts[0], trial.tail
    _means(trial, at)
    for i in range(share.size):
        share[i] = trial.y[i] * trial.eta[i] - (trial.y[i] + 1.0 / a) * math.log1p(a * trial.mean[i])
    total = _total(share)
    for j in range(tail.size):
        total += tail[j] * math.log1p(a * j)
    return total


@nb.njit(**_LOOP)
def _slopes(trial: Trial, at: NDArray, gradient: NDArray, information: NDArray) -> None:
    """Write gradient and observed information of the log likelihood in (b, ln a)."""
    x, y, mean, parts, p = trial.x, trial.y, trial.mean, trial.parts, trial.x.shape[0]
    a = math.exp(at[p])
    _means(trial, at)
    _curvatures(a, mean, parts[0], parts[1])
    g, slope, score, weight, cross = parts[0], parts[1], parts[2], parts[3], parts[4]
    for i in range(y.size):
        m, q = mean[i], 1.0 / (1.0 + a * mean[i])
        g[i] = m * m * g[i] - y[i] * m * q
        slope[i] = m * m * m * slope[i] + y[i] * m * m * q * q
    for i in range(y.size):
        m, q = mean[i], 1.0 / (1.0 + a * mean[i])
        score[i] = (y[i] - m) * q
        weight[i] = m * (1.0 + a * y[i]) * q * q
        cross[i] = a * m * (y[i] - m) * q * q
    first, second = _total(g), _total(slope)  # derivatives in a
    for j in range(trial.tail.size):
        share = j / (1.0 + a * j)
        first += trial.tail[j] * share
        second -= trial.tail[j] * share * share
    for k in range(p):
        gradient[k] = _dot(score, x[k])
        information[k, p] = information[p, k] = _dot(cross, x[k])
        for j in range(k + 1):
            information[k, j] = information[j, k] = _dot3(weight, x[k], x[j])
    gradient[p] = a * first
    information[p, p] = -(a * a * second + a * first)


@nb.njit(**_LOOP)
def _poisson(trial: Trial, b: NDArray, covariance: NDArray, tolerance: float) -> bool:
    """Climb from ``b`` to the Poisson estimate, write it and its covariance; return whether it converged."""
    p, error = trial.x.shape[0], trial.parts[0]
    information, gradient, step = np.zeros((p, p)), np.zeros(p), np.zeros(p)
    for _ in range(_ITERATIONS):
        _means(trial, b)
        for i in range(error.size):
            error[i] = trial.y[i] - trial.mean[i]
        for k in range(p):
            gradient[k] = _dot(error, trial.x[k])
            for j in range(k + 1):
                information[k, j] = information[j, k] = _dot3(trial.mean, trial.x[k], trial.x[j])
        if not invert(information, covariance, 0.0):
            return False
        largest = _times(covariance, gradient, step)
        for k in range(p):
            b[k] += step[k]
            if abs(b[k]) > _FARTHEST:
                return False
        if largest < tolerance:
            return True
    return False


@nb.njit(**_LOOP)
def _overdispersion(trial: Trial, b: NDArray) -> float:
    """Return the moment estimate of a, at most 0 where the score at the Poisson boundary points outwards."""
    _means(trial, b)
    above, scale = 0.0, 0.0
    for i in range(trial.y.size):
        above += (trial.y[i] - trial.mean[i]) ** 2 - trial.y[i]
        scale += trial.mean[i] * trial.mean[i]
    return above / scale


@nb.njit(**_LOOP)
def _newton(trial: Trial, at: NDArray, covariance: NDArray) -> bool:
    """Climb from ``at`` = (b, ln a) to the maximum; write the covariance there; return whether it converged."""
    size = at.size
    gradient, information = np.zeros(size), np.zeros((size, size))
    step, further = np.zeros(size), np.zeros(size)
    for _ in range(_ITERATIONS):
        _slopes(trial, at, gradient, information)
        ridge = 0.0
        while not invert(information, covariance, 0.0):
            ridge = max(2.0 * ridge, _RIDGE * abs(information[0, 0]))
            for k in range(size):
                information[k, k] += ridge
        largest = _times(covariance, gradient, step)
        if ridge == 0.0 and largest < _TOLERANCE:
            return True
        length = min(1.0, _LONGEST / largest)
        if ridge > 0.0 or largest > _NEAR:
            height = _log_likelihood(trial, at)
            for _half in range(_HALVINGS):
                for k in range(size):
                    further[k] = at[k] + length * step[k]
                if _log_likelihood(trial, further) >= height - _TOLERANCE * abs(height):
                    break
                length *= 0.5
        for k in range(size):
            at[k] += length * step[k]
        if at[size - 1] < math.log(_SMALLEST) or abs(at[1]) > _FARTHEST:
            return False
    return False


@nb.njit(**_LOOP)
def _packed(y: NDArray, x: NDArray, offset: NDArray, use: NDArray) -> Trial:
    """Return a trial's analysed patients, column after column."""
    n, p, most = np.int64(0), x.shape[1], 1.0
    for i in range(use.size):
        n += use[i]
        if use[i]:
            most = max(most, y[i])
    trial = Trial(
        np.empty(n), np.empty((p, n)), np.empty(n), np.empty(n), np.empty(n), np.empty((5, n)), np.zeros(int(most))
    )
    at = 0
    for i in range(use.size):
        if not use[i]:
            continue
        trial.y[at], trial.offset[at] = y[i], offset[i]
        for k in range(p):
            trial.x[k, at] = x[i, k]
        for j in range(int(y[i])):
            trial.tail[j] += 1.0
        at += 1
    return trial


@nb.njit(**_LOOP)
def _fit(trial: Trial, at: NDArray, covariance: NDArray) -> int:
    """Fit one trial: write (b, a) and the covariance, whose last row and column belong to ln a; return a status."""
    p, n = trial.x.shape
    b, spread = np.zeros(p), np.zeros((p, p))
    total, exposure = _total(trial.y), 0.0
    for i in range(n):
        exposure += math.exp(trial.offset[i])
    if n <= p or total == 0.0:
        return FAILED
    b[0] = math.log(total / exposure)
    if not _poisson(trial, b, spread, _ROUGH):
        return FAILED
    above = _overdispersion(trial, b)
    if above > 0.0:
        for k in range(p):  # not a slice: numba compiles the text of an error of shapes with it, for six seconds
            at[k] = b[k]
        at[p] = math.log(max(above, _SMALLEST * 10.0))
        if _newton(trial, at, covariance):
            at[p] = math.exp(at[p])
            return OK
        if at[p] >= math.log(_SMALLEST):
            return FAILED
    if not _poisson(trial, b, spread, _TOLERANCE):
        return FAILED
    at[p] = 0.0
    for k in range(p):
        at[k] = b[k]
        for j in range(p):
            covariance[k, j] = spread[k, j]
    return POISSON


@nb.njit(cache=True, nogil=True)
def _fit_all(
    y: NDArray, x: NDArray, offset: NDArray, use: NDArray, estimate: NDArray, covariance: NDArray, status: NDArray
) -> None:
    """Fit every trial."""
    for t in range(y.shape[0]):
        status[t] = _fit(_packed(y[t], x[t], offset[t], use[t]), estimate[t], covariance[t])


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
    y, x, offset, use = dense(y, x, offset, use)
    trials, _, p = x.shape
    estimate, covariance = np.zeros((trials, p + 1)), np.zeros((trials, p + 1, p + 1))
    status = np.zeros(trials, np.int64)
    _fit_all(y, x, offset, use, estimate, covariance, status)
    failed = status == FAILED
    estimate[failed], covariance[failed] = np.nan, np.nan
    return estimate, covariance, status
