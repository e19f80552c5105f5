"""Imputation of a missing last visit by its conditional mean under a strategy, analysis by least squares, jackknife.

Means mu and covariance S: the restricted likelihood of kernels/mmrm.py. A patient without the last visit has the visits
O; with a profile of means of the strategy, its last value is  mu_last + S_last,O S_O,O^-1 (y_O - mu_O).
L is the patient's last visit; x of the control, everything else the patient's own, gives the reference's mean. Profiles
(Carpenter, Roger, Kenward 2013, J Biopharm Stat 23:1352):

MAR   own mean throughout
J2R   jump to reference: own mean until L, the reference's after it
CR    copy reference: the reference's mean throughout
CIR   copy increments in reference: own until L, then own mean at L plus the reference's steps since L
LMCF  last mean carried forward: own until L, then own mean at L, in every arm

Without any visit CIR takes the reference's mean and LMCF the own one. Gaps before L are not imputed: only the last
visit is analysed. Then least squares on the completed last visit; standard error by the jackknife over patients, which
repeats estimation and imputation (Wolbers et al. 2022, Pharm Stat 21:1246: conditional-mean imputation needs no random
numbers). ``shift``: what each unit added to the imputed values of an arm moves, for delta adjustment.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.closed_form import covariance, sequential
from leao.trial.kernels.matrices import cholesky, dense
from leao.trial.kernels.mmrm import climb
from leao.trial.kernels.patterns import is_monotone, patterns

MAR, J2R, CR, CIR, LMCF = 0, 1, 2, 3, 4


@nb.njit(cache=True)
def _weights(sigma: NDArray, seen: NDArray) -> NDArray[np.float64]:
    """Return S_last,O S_O,O^-1 for each pattern, (pattern, visit), zero where not seen."""
    m = sigma.shape[0]
    weights, places = np.zeros(seen.shape), np.zeros(m, np.int64)
    for g in range(seen.shape[0]):
        k = 0
        for t in range(m):
            if seen[g, t]:
                places[k] = t
                k += 1
        if k == 0 or seen[g, m - 1]:
            continue
        part, inverse = np.zeros((k, k)), np.zeros((k, k))
        for i in range(k):
            for j in range(k):
                part[i, j] = sigma[places[i], places[j]]
        if math.isnan(cholesky(part, inverse)):
            continue
        for i in range(k):
            for j in range(k):
                weights[g, places[i]] += inverse[i, j] * sigma[places[j], m - 1]
    return weights


@nb.njit(cache=True)
def _profile(arm_mean: NDArray, other: NDArray, last: int, strategy: int, mean: NDArray) -> None:
    """Write the means of a strategy; ``last`` is the last visit seen, -1 for none."""
    m = arm_mean.size
    for t in range(m):
        if strategy == CR:
            mean[t] = other[t]
        elif t <= last or strategy == MAR:
            mean[t] = arm_mean[t]
        elif strategy == J2R:
            mean[t] = other[t]
        elif strategy == CIR:
            mean[t] = other[t] if last < 0 else arm_mean[last] + other[t] - other[last]
        else:
            mean[t] = arm_mean[t] if last < 0 else arm_mean[last]


@nb.njit(cache=True)
def complete(
    y: NDArray, last: NDArray, x: NDArray, reference: NDArray, which: NDArray, seen: NDArray, effect: NDArray,
    sigma: NDArray, strategy: int, out: NDArray,
) -> None:  # fmt: skip
    """Write the last visit of every patient, imputed where it is missing.

    Args:
        y: visits that count as seen, NaN where not, (patient, visit).
        last: the last visit as observed, NaN where missing, (patient,).
        x: regressors, (patient, p).
        reference: the same with the arm of the control.
        which: pattern of each patient, -1 for none.
        seen: visits of each pattern, (pattern, visit).
        effect: B, (visit, p).
        sigma: S, (visit, visit).
        strategy: one of the codes above.
        out: (patient,), written.
    """
    n, m = y.shape
    weights = _weights(sigma, seen)
    arm_mean, other, mean = np.zeros(m), np.zeros(m), np.zeros(m)
    for i in range(n):
        out[i] = last[i]
        if math.isfinite(last[i]):
            continue
        until = m - 1
        while until >= 0 and not math.isfinite(y[i, until]):
            until -= 1
        for t in range(m):
            arm_mean[t], other[t] = 0.0, 0.0
            for k in range(x.shape[1]):
                arm_mean[t] += effect[t, k] * x[i, k]
                other[t] += effect[t, k] * reference[i, k]
        _profile(arm_mean, other, until, strategy, mean)
        value = mean[m - 1]
        if which[i] >= 0:
            for t in range(m):
                if math.isfinite(y[i, t]):
                    value += weights[which[i], t] * (y[i, t] - mean[t])
        out[i] = value


@nb.njit(cache=True)
def _least_squares(x: NDArray, values: NDArray, left_out: int, out: NDArray) -> None:
    """Write the effects of regressors 1 .. c on each row of ``values``, (row, c), without one patient."""
    n, p = x.shape
    q, c = out.shape
    cross, right, inverse = np.zeros((p, p)), np.zeros((p, q)), np.zeros((p, p))
    for i in range(n):
        if i == left_out:
            continue
        for k in range(p):
            for j in range(q):
                right[k, j] += x[i, k] * values[j, i]
            for j in range(k + 1):
                cross[k, j] += x[i, k] * x[i, j]
                cross[j, k] = cross[k, j]
    fails = math.isnan(cholesky(cross, inverse))
    for j in range(q):
        for k in range(c):
            out[j, k] = np.nan if fails else 0.0
            for r in range(p):
                out[j, k] += inverse[k + 1, r] * right[r, j]


@nb.njit(cache=True)
def _which(y: NDArray, seen: NDArray) -> NDArray[np.int64]:
    """Return each patient's pattern, -1 without a visit."""
    out = np.full(y.shape[0], -1, np.int64)
    for i in range(y.shape[0]):
        for g in range(seen.shape[0]):
            alike = True
            for u in range(y.shape[1]):
                alike = alike and seen[g, u] == math.isfinite(y[i, u])
            if alike:
                out[i] = g
    return out


@nb.njit(cache=True)
def _move(row: NDArray, sign: float, size: NDArray, cross: NDArray, g: int) -> None:
    """Put a patient's row [x, y] into the cross-products of a pattern, or with ``sign`` -1 take it out."""
    for k in range(row.size):
        for j in range(row.size):
            cross[g, k, j] += sign * row[k] * row[j]
    size[g] += sign


@nb.njit(cache=True)
def _effects(
    y: NDArray, last: NDArray, x: NDArray, reference: NDArray, which: NDArray, seen: NDArray, effect: NDArray,
    sigma: NDArray, strategies: NDArray, values: NDArray, left: int, out: NDArray,
) -> None:  # fmt: skip
    """Impute under each strategy into its row of ``values`` and write the effects without the patient ``left``."""
    for s in range(strategies.size):
        complete(y, last, x, reference, which, seen, effect, sigma, strategies[s], values[s])
    _least_squares(x, values, left, out)


@nb.njit(cache=True, nogil=True)
def _closed(
    y: NDArray, last: NDArray, x: NDArray, reference: NDArray, which: NDArray, seen: NDArray, size: NDArray,
    cross: NDArray, strategies: NDArray, values: NDArray, rows: NDArray, out: NDArray,
) -> None:  # fmt: skip
    """Write ``replicates`` of visits without gaps: each estimate has a closed form."""
    n, m = y.shape
    p = x.shape[1]
    effect, at, patients = np.zeros((m, p)), np.zeros(m * (m + 1) // 2), np.zeros(m)
    spread, within = np.zeros((m, p, p)), np.zeros((m, m, m))
    for left in range(-1, n):
        g = which[left] if left >= 0 else -1
        if g >= 0:
            _move(rows[left], -1.0, size, cross, g)
        if sequential(seen, size, cross, p, effect, at, spread, within, patients):
            sigma = covariance(at, m)[0]
            _effects(y, last, x, reference, which, seen, effect, sigma, strategies, values, left, out[left + 1])
        if g >= 0:
            _move(rows[left], 1.0, size, cross, g)


def _until_gap(y: NDArray) -> NDArray[np.float64]:
    """Return the visits without those after a gap: the estimates have a closed form then."""
    return np.where(np.logical_and.accumulate(np.isfinite(y), axis=1), y, np.nan)


def replicates(
    y: NDArray[np.float64], x: NDArray[np.float64], groups: int, strategies: NDArray[np.int64], keep_gaps: bool
) -> NDArray[np.float64]:
    """Return estimates of one trial: with everybody, then without each patient, (1 + patient, column, group - 1).

    Columns: one for each strategy, then one for each group: what a unit added to its imputed values moves. NaN where
    nothing can be estimated.

    Args:
        y: the visits, NaN where missing, (patient, visit).
        x: regressors [1, group 1, group 2, ..., others], (patient, p).
        groups: how many, the control among them.
        strategies: codes.
        keep_gaps: use visits after a gap, by Newton's method; else the estimates have a closed form.
    """
    n, m = y.shape
    p, q = x.shape[1], strategies.size
    visits, last, x, strategies = dense(y if keep_gaps else _until_gap(y), y[:, -1], x, strategies)
    reference = x.copy()
    reference[:, 1:groups] = 0.0
    seen, size, cross = patterns(visits, x, np.ones(n, np.bool_))
    which, rows = _which(visits, seen), np.concatenate([x, np.where(np.isfinite(visits), visits, 0.0)], axis=1)
    out, values = np.full((n + 1, q + groups, groups - 1), np.nan), np.zeros((q + groups, n))
    lost = ~np.isfinite(last)
    for arm in range(groups):  # what an imputed value adds to its arm; those of no other arm are the control's
        member = x[:, arm] == 1.0 if arm else ~(x[:, 1:groups] == 1.0).any(axis=1)
        values[q + arm, lost & member] = 1.0
    if is_monotone(seen):
        _closed(visits, last, x, reference, which, seen, size, cross, strategies, values, rows, out)
        return out
    effect, sigma, at = np.zeros((m, p)), np.zeros((m, m)), np.zeros(m * (m + 1) // 2)
    for left in range(-1, n):  # not compiled: around a kernel as large as ``climb`` it would cost seconds to compile
        g = which[left] if left >= 0 else -1
        if g >= 0:
            _move(rows[left], -1.0, size, cross, g)
        if climb(seen, size, cross, p, at, np.zeros((at.size, at.size)), effect, sigma):
            _effects(visits, last, x, reference, which, seen, effect, sigma, strategies, values, left, out[left + 1])
        if g >= 0:
            _move(rows[left], 1.0, size, cross, g)
    return out


def jackknifed(
    y: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], groups: int, strategy: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return (estimate, standard error), each (trial, group - 1), and the patients analysed (trial,); NaN if none.

    Visits after a gap are left out of the estimation.

    Args:
        y: the visits, NaN where missing, (trial, subject, visit).
        x: regressors [1, group 1, group 2, ..., others], (trial, subject, p).
        use: who is analysed, (trial, subject).
        groups: how many, the control among them.
        strategy: a code.
    """
    trials, c = y.shape[0], groups - 1
    estimate, se = np.full((trials, c), np.nan), np.full((trials, c), np.nan)
    people = np.zeros(trials, np.int64)
    for t in range(trials):
        n = int(use[t].sum())
        if n < 2:
            continue
        parts = replicates(y[t][use[t]], x[t][use[t]], groups, np.array([strategy]), False)[:, 0]
        if np.isfinite(parts[0, 0]):
            people[t], estimate[t] = n, parts[0]
            se[t] = np.sqrt((n - 1.0) / n * ((parts[1:] - parts[1:].mean(axis=0)) ** 2).sum(axis=0))
    return estimate, se, people
