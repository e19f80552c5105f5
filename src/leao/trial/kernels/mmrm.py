"""Repeated measures with an unstructured covariance (MMRM) by restricted maximum likelihood, trial after trial.

y_i ~ N(B' x_i, S): visits in columns, every regressor x (intercept, arm, baseline ...) has its own effect at every
visit; a patient shows some of the visits. Everything follows from the cross-products of each pattern of visits.

Monotone patterns (who has left does not return): the likelihood splits into regressions of visit t on x and the
visits before it, y_t = a_t' x + sum_s b_ts y_s + e_t, var v_t (Anderson 1957, J Am Stat Assoc 52:200). Given b and v
the map from B to a has determinant one, so the restricted likelihood splits, too: b_t by least squares,
v_t = RSS_t / (n_t - p), p regressors. Closed form, and its information is block-diagonal in b_t and v_t.

Any other pattern: Newton's method on (b_ts, ln v_t), S = L D L', L = (I - b)^-1, from the closed form, and the
information, of what everybody shows before his first gap; where that fails, after steps of the EM algorithm
(restricted: S <- S - S G S / n, score of S = -G / 2). The Hessian is the differentiated score.

Variance of a contrast: generalised least squares at the estimated S. Degrees of freedom: Satterthwaite's
2 V^2 / (g' A g), g the gradient of V, A the inverse observed information.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.closed_form import INNER, covariance, monotone_contrast, sequential
from leao.trial.kernels.matrices import apply, cholesky, dense, sandwich
from leao.trial.kernels.patterns import leaves_for_good, of_trials, patterns

OK, NOT_MONOTONE, FAILED = 0, 1, 2

_EM, _NEWTON, _HALVINGS = 8, 90, 20
_TOLERANCE = 1e-9  # of the Newton decrement
_ENOUGH = 3.0  # patients a regressor, with whom the closed form is a beginning
_SLOW = 0.1  # share of the decrement that a step may leave before the information is worked out anew
_DIFFERENCE = 1e-5  # step of the differentiated score, in ln(variance) and scaled regression coefficients


@nb.njit(**INNER)
def _parameters(sigma: NDArray, at: NDArray) -> None:
    """Write (b_ts, ln v_t) of a covariance."""
    m = sigma.shape[0]
    k = 0
    for t in range(m):
        inverse = np.zeros((t, t))
        left = sigma[t, t]
        if t > 0 and math.isnan(cholesky(sigma, inverse)):
            inverse[:] = 0.0  # of no use: as if visits were independent
        for s in range(t):
            slope = 0.0
            for r in range(t):
                slope += inverse[s, r] * sigma[r, t]
            at[k] = slope
            left -= slope * sigma[s, t]
            k += 1
        at[m * (m - 1) // 2 + t] = math.log(max(left, 1e-10))


@nb.njit(**INNER)
def _precision(sigma: NDArray, seen: NDArray, full: NDArray) -> float:
    """Write the inverse of the visits seen into their places of ``full``; return ln(det)."""
    m = seen.size
    for i in range(m):
        for j in range(i + 1):  # visits that are not seen: variance 1, on their own
            full[i, j] = sigma[i, j] if seen[i] and seen[j] else (1.0 if i == j else 0.0)
    log = cholesky(full, full)
    for i in range(m):
        if not seen[i]:
            full[i, i] = 0.0
    return log


@nb.njit(**INNER)
def _restricted(
    sigma: NDArray, seen: NDArray, size: NDArray, cross: NDArray, p: int, effect: NDArray, phi: NDArray, g: NDArray
) -> float:
    """Return the restricted log likelihood at S; write B, its covariance (mp, mp) and G (score of S = -G / 2)."""
    m, values = seen.shape[1], seen.shape[0]
    information, right = np.zeros((m * p, m * p)), np.zeros(m * p)
    inverses = np.zeros((values, m, m))
    height = 0.0
    for a in range(values):
        log = _precision(sigma, seen[a], inverses[a])
        if math.isnan(log):
            return np.nan
        height -= 0.5 * size[a] * log
        for u in range(m):
            for w in range(m):
                value = inverses[a, u, w]
                if value != 0.0:
                    for k in range(p):
                        right[u * p + k] += value * cross[a, k, p + w]
                        for j in range(p if w <= u else 0):  # the lower half is all that ``cholesky`` reads
                            information[u * p + k, w * p + j] += value * cross[a, k, j]
    log = cholesky(information, phi)
    if math.isnan(log):
        return np.nan
    height -= 0.5 * log
    for i in range(m * p):
        value = 0.0
        for j in range(m * p):
            value += phi[i, j] * right[j]
        effect[i // p, i % p] = value
    g[:] = 0.0
    about, work, both = np.zeros((m, m)), np.zeros((m, m)), np.zeros((m, m))
    for a in range(values):
        inverse = inverses[a]
        for u in range(m):
            for w in range(u + 1):
                about[u, w], about[w, u] = 0.0, 0.0
                if not (seen[a, u] and seen[a, w]):
                    continue
                residual = cross[a, p + u, p + w]
                trace = 0.0
                for k in range(p):
                    residual -= effect[u, k] * cross[a, k, p + w] + effect[w, k] * cross[a, k, p + u]
                    for j in range(p):
                        residual += effect[u, k] * cross[a, k, j] * effect[w, j]
                        trace += phi[u * p + k, w * p + j] * cross[a, j, k]
                height -= (0.5 if u == w else 1.0) * inverse[u, w] * residual
                about[u, w], about[w, u] = residual + trace, residual + trace
        sandwich(inverse, about, work, both)
        for u in range(m):
            for w in range(m):
                g[u, w] += size[a] * inverse[u, w] - both[u, w]
    return height


@nb.njit(**INNER)
def _chain(matrix: NDArray, sigma: NDArray, lower: NDArray, v: NDArray, out: NDArray) -> None:
    """Write tr(matrix dS) for each parameter (b_ts, ln v_t)."""
    m = sigma.shape[0]
    turned = np.zeros((m, m))  # L' M
    for t in range(m):
        for s in range(m):
            for r in range(m):
                turned[t, s] += lower[r, t] * matrix[r, s]
    k = 0
    for t in range(m):
        for s in range(t):
            value = 0.0
            for r in range(m):
                value += turned[t, r] * sigma[r, s]
            out[k] = 2.0 * value
            k += 1
    for t in range(m):
        value = 0.0
        for r in range(m):
            value += turned[t, r] * lower[r, t]
        out[k + t] = v[t] * value


@nb.njit(**INNER)
def _score(at: NDArray, seen: NDArray, size: NDArray, cross: NDArray, p: int, out: NDArray) -> float:
    """Write the score at the parameters; return the restricted log likelihood."""
    m = seen.shape[1]
    sigma, lower, v = covariance(at, m)
    effect, phi, g = np.zeros((m, p)), np.zeros((m * p, m * p)), np.zeros((m, m))
    height = _restricted(sigma, seen, size, cross, p, effect, phi, g)
    _chain(g, sigma, lower, v, out)
    for k in range(out.size):
        out[k] *= -0.5
    return height


@nb.njit(**INNER)
def _observed(at: NDArray, seen: NDArray, size: NDArray, cross: NDArray, p: int, values: NDArray) -> None:
    """Write the observed information: minus the differentiated score, made symmetric."""
    n = at.size
    up, down, moved = np.zeros(n), np.zeros(n), at.copy()
    for k in range(n):
        step = _DIFFERENCE * max(1.0, abs(at[k]))
        moved[k] = at[k] + step
        _score(moved, seen, size, cross, p, up)
        moved[k] = at[k] - step
        _score(moved, seen, size, cross, p, down)
        moved[k] = at[k]
        for j in range(n):
            values[k, j] = -(up[j] - down[j]) / (2.0 * step)
    for k in range(n):
        for j in range(k):
            values[k, j] = 0.5 * (values[k, j] + values[j, k])
            values[j, k] = values[k, j]


@nb.njit(**INNER)
def _em_steps(sigma: NDArray, seen: NDArray, size: NDArray, cross: NDArray, p: int) -> bool:
    """Move S by steps of the restricted EM algorithm; return whether it could be done."""
    m = seen.shape[1]
    effect, phi, g = np.zeros((m, p)), np.zeros((m * p, m * p)), np.zeros((m, m))
    work, moved, patients = np.zeros((m, m)), np.zeros((m, m)), 0.0
    for a in range(size.size):
        patients += size[a]
    for _ in range(_EM):
        if math.isnan(_restricted(sigma, seen, size, cross, p, effect, phi, g)):
            return False
        sandwich(sigma, g, work, moved)
        for t in range(m):
            for s in range(m):
                sigma[t, s] -= moved[t, s] / patients
    return True


@nb.njit(**INNER)
def _copy(values: NDArray, out: NDArray) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = values[i, j]


@nb.njit(**INNER)
def _weighted(weight: NDArray, effect: NDArray, contrast: NDArray) -> float:
    """Return ``weight' B contrast``."""
    total = 0.0
    for k in range(contrast.size):
        value = 0.0
        for t in range(weight.size):
            value += weight[t] * effect[t, k]
        total += value * contrast[k]
    return total


@nb.njit(**INNER)
def _from_closed_form(
    seen: NDArray, size: NDArray, cross: NDArray, p: int, effect: NDArray, at: NDArray, inverse: NDArray
) -> bool:
    """Write what ``sequential`` gives, and its inverse information; return whether it is one to begin with.

    Of hardly more patients than regressors it is nearly singular, and the likelihood has a lower hill there.
    """
    m, n = seen.shape[1], at.size
    spread, within, patients = np.zeros((m, p, p)), np.zeros((m, m, m)), np.zeros(m)
    if not sequential(seen, size, cross, p, effect, at, spread, within, patients):
        return False
    for t in range(m):
        if patients[t] < _ENOUGH * (p + t):
            return False
    for k in range(n):
        for j in range(n):
            inverse[k, j] = 0.0
    for t in range(m):
        row, last = t * (t - 1) // 2, m * (m - 1) // 2 + t
        inverse[last, last] = 2.0 / (patients[t] - p)
        for s in range(t):
            for r in range(t):
                inverse[row + s, row + r] = math.exp(at[last]) * within[t, s, r]
    return True


@nb.njit(cache=True, nogil=True)
def climb(
    seen: NDArray, size: NDArray, cross: NDArray, p: int, at: NDArray, inverse: NDArray, effect: NDArray, sigma: NDArray
) -> bool:
    """Write the restricted estimates and the inverse observed information; return whether they were reached.

    ``at`` holds (b_ts, ln v_t), ``inverse`` their covariance; ``effect`` (visit, p) is B, ``sigma`` (visit, visit) S.
    """
    m, n = seen.shape[1], at.size
    for t in range(m):
        total, count = 0.0, 0.0
        for g in range(seen.shape[0]):
            if seen[g, t]:
                total += cross[g, p + t, p + t]
                count += size[g]
        if count <= p or total <= 0.0:
            return False
        for s in range(m):
            sigma[t, s] = 0.0
        sigma[t, t] = total / count
    observed, slope, step = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    trial, higher_slope, height, higher, before = np.zeros(n), np.zeros(n), 0.0, 0.0, np.inf
    again = True  # steps of the EM algorithm: where Newton's step goes nowhere, and to begin with where nothing else is
    fresh, concave = False, False  # whether ``inverse`` is that of ``at``: twelve scores, so it serves several steps
    if _from_closed_form(seen, size, cross, p, effect, at, inverse):
        height = _score(at, seen, size, cross, p, slope)
        again, concave = math.isnan(height), True
    for _ in range(_NEWTON):
        if again:
            if not _em_steps(sigma, seen, size, cross, p):
                return False
            _parameters(sigma, at)
            height = _score(at, seen, size, cross, p, slope)
            fresh, concave, before = False, False, np.inf
        if math.isnan(height):
            return False
        if not concave and not fresh:
            _observed(at, seen, size, cross, p, observed)
            concave, fresh = not math.isnan(cholesky(observed, inverse)), True
        apply(inverse, slope, step)
        largest, decrement = 0.0, 0.0
        for k in range(n):
            largest = max(largest, abs(step[k]))
            decrement += slope[k] * step[k]
        if concave and decrement < _TOLERANCE**2 and fresh:
            _copy(covariance(at, m)[0], sigma)
            phi, g = np.zeros((m * p, m * p)), np.zeros((m, m))
            return not math.isnan(_restricted(sigma, seen, size, cross, p, effect, phi, g))
        if concave and not fresh and not _TOLERANCE**2 <= decrement < _SLOW * before:
            concave = False  # at the end, or hardly nearer to it than a step before
            continue
        length, again, before = min(1.0, 2.0 / max(1e-12, largest)), True, decrement
        for _half in range(_HALVINGS if concave else 0):
            for k in range(n):
                trial[k] = at[k] + length * step[k]
            higher = _score(trial, seen, size, cross, p, higher_slope)
            if higher >= height - 1e-10 * abs(height):
                again = False
                break
            length *= 0.5
        if again:
            _copy(covariance(at, m)[0], sigma)
            continue
        height, fresh = higher, False
        for k in range(n):
            at[k], slope[k] = trial[k], higher_slope[k]
    return False


@nb.njit(cache=True)
def contrast_at(
    at: NDArray, inverse: NDArray, seen: NDArray, size: NDArray, cross: NDArray, weight: NDArray, contrast: NDArray
) -> tuple:
    """Return variance and Satterthwaite degrees of freedom of ``weight' B contrast`` at any estimate of S."""
    m, p = seen.shape[1], contrast.size
    sigma, lower, v = covariance(at, m)
    effect, phi, g = np.zeros((m, p)), np.zeros((m * p, m * p)), np.zeros((m, m))
    _restricted(sigma, seen, size, cross, p, effect, phi, g)
    whole = np.zeros(m * p)
    for t in range(m):
        for k in range(p):
            whole[t * p + k] = weight[t] * contrast[k]
    lean, variance = np.zeros(m * p), 0.0
    apply(phi, whole, lean)
    for k in range(m * p):
        variance += whole[k] * lean[k]
    gradient, inner, full = np.zeros((m, m)), np.zeros((m, m)), np.zeros((m, m))
    work, both, slope, leaning = np.zeros((m, m)), np.zeros((m, m)), np.zeros(at.size), np.zeros(at.size)
    for a in range(seen.shape[0]):
        _precision(sigma, seen[a], full)
        for u in range(m):
            for w in range(m):
                inner[u, w] = 0.0
                for k in range(p):
                    for j in range(p):
                        inner[u, w] += lean[u * p + k] * cross[a, k, j] * lean[w * p + j]
        sandwich(full, inner, work, both)
        for u in range(m):
            for w in range(m):
                gradient[u, w] += both[u, w]
    _chain(gradient, sigma, lower, v, slope)
    apply(inverse, slope, leaning)
    doubt = 0.0
    for k in range(at.size):
        doubt += slope[k] * leaning[k]
    return variance, 2.0 * variance * variance / doubt


@nb.njit(cache=True, nogil=True)
def _closed(
    y: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], weight: NDArray[np.float64],
    contrasts: NDArray[np.float64],
) -> tuple:  # fmt: skip
    """Do what ``closed`` says."""
    trials, _, m = y.shape
    p, c = x.shape[2], contrasts.shape[0]
    numbers = np.full((3, trials, c), np.nan)
    effects, sigmas, status = np.full((trials, m, p), np.nan), np.full((trials, m, m), np.nan), np.full(trials, FAILED)
    for t in range(trials):
        if not leaves_for_good(y[t], use[t]):
            status[t] = NOT_MONOTONE
            continue
        seen, size, cross = patterns(y[t], x[t], use[t])
        effect, at, patients = np.zeros((m, p)), np.zeros(m * (m + 1) // 2), np.zeros(m)
        spread, within = np.zeros((m, p, p)), np.zeros((m, m, m))
        if sequential(seen, size, cross, p, effect, at, spread, within, patients):
            status[t] = OK
            _copy(effect, effects[t])
            _copy(covariance(at, m)[0], sigmas[t])
            for k in range(c):
                variance, freedom = monotone_contrast(weight, contrasts[k], at, spread, within, patients)
                numbers[0, t, k] = _weighted(weight, effect, contrasts[k])
                numbers[1, t, k], numbers[2, t, k] = math.sqrt(variance), freedom
    return numbers[0], numbers[1], numbers[2], effects, sigmas, status


def closed(
    y: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], weight: NDArray[np.float64],
    contrasts: NDArray[np.float64],
) -> tuple:  # fmt: skip
    """Return (estimate, standard error, degrees of freedom), each (trial, contrast), effect, S and status.

    ``effect`` (trial, visit, p) is B, ``S`` (trial, visit, visit); NaN where nothing could be fitted, and
    ``NOT_MONOTONE`` where ``climbing`` must do the work.

    Args:
        y: the visits, NaN where missing, (trial, subject, visit).
        x: regressors, (trial, subject, p).
        use: who is analysed, (trial, subject).
        weight: of the visits in the estimate, (visit,): the last alone, or all alike.
        contrasts: of the regressors, (contrast, p).
    """
    return _closed(*dense(y, x, use, weight, contrasts))


def climbing(
    y: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], weight: NDArray[np.float64],
    contrasts: NDArray[np.float64],
) -> tuple:  # fmt: skip
    """Return what ``closed`` returns, for visits missing in any pattern."""
    y, x, use, weight, contrasts = dense(y, x, use, weight, contrasts)
    trials, _, m = y.shape
    p, c, n = x.shape[2], contrasts.shape[0], m * (m + 1) // 2
    numbers = np.full((3, trials, c), np.nan)
    effects, sigmas, status = np.full((trials, m, p), np.nan), np.full((trials, m, m), np.nan), np.full(trials, FAILED)
    if trials == 1:  # a table of many patients and visits needs room for the patterns it has alone
        all_seen, sizes, crosses = (part[None] for part in patterns(y[0], x[0], use[0]))
        many = np.array([sizes.shape[1]])
    else:
        all_seen, sizes, crosses, many = of_trials(y, x, use)
    for t, count in enumerate(many):  # not compiled: around a kernel this large the loop would cost seconds to compile
        seen, size, cross = all_seen[t, :count], sizes[t, :count], crosses[t, :count]
        at, inverse, effect, sigma = np.zeros(n), np.zeros((n, n)), np.zeros((m, p)), np.zeros((m, m))
        if not len(seen) or not climb(seen, size, cross, p, at, inverse, effect, sigma):
            continue
        status[t], effects[t], sigmas[t] = OK, effect, sigma
        for k in range(c):
            variance, freedom = contrast_at(at, inverse, seen, size, cross, weight, contrasts[k])
            numbers[0, t, k] = weight @ effect @ contrasts[k]
            numbers[1, t, k], numbers[2, t, k] = np.sqrt(variance), freedom
    return numbers[0], numbers[1], numbers[2], effects, sigmas, status
