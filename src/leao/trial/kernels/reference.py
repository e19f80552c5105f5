"""Jump to reference: patients who left the drug's arm are taken to go on as the control does from then on.

Their missing last month is imputed by its conditional mean: the control's mean for their regressors, plus what the
visits they have say of them beyond their own arm's mean (Carpenter, Roger, Kenward 2013, J Biopharm Stat 23:1352).
Means and covariance: the restricted likelihood of kernels/mmrm.py. Then least squares on the completed last month;
standard error by the jackknife over patients, which repeats estimation and imputation (Wolbers et al. 2022, Pharm
Stat 21:1246: conditional-mean imputation needs no random numbers).
Visits after a gap are left out of the estimation; a last month that was observed is never imputed.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.mmrm import _invert, _patterns, _sequential


@nb.njit(cache=True)
def _complete(
    y: NDArray, last: NDArray, x: NDArray, reference: NDArray, effect: NDArray, at: NDArray, left_out: int, c: int
) -> NDArray[np.float64]:
    """Return the effects of the regressors ``1 .. c`` on the last month, completed, without patient ``left_out``."""
    n, m = y.shape
    p = x.shape[1]
    cross, right, inverse = np.zeros((p, p)), np.zeros(p), np.zeros((p, p))
    residual = np.zeros(m)
    for i in range(n):
        if i == left_out:
            continue
        value = last[i]
        if not math.isfinite(value):
            for t in range(m):
                here = math.isfinite(y[i, t])
                mean, rest = 0.0, 0.0
                for k in range(p):
                    mean += effect[t, k] * (x[i, k] if here else reference[i, k])
                if here:
                    residual[t] = y[i, t] - mean
                else:
                    for s in range(t):
                        rest += at[t * (t - 1) // 2 + s] * residual[s]
                    residual[t] = rest
                value = mean + rest
        for k in range(p):
            right[k] += x[i, k] * value
            for j in range(k + 1):
                cross[k, j] += x[i, k] * x[i, j]
                cross[j, k] = cross[k, j]
    if math.isnan(_invert(cross, inverse)):
        return np.full(c, np.nan)
    return (inverse @ right)[1 : c + 1]


@nb.njit(cache=True, nogil=True)
def jump_to_reference(
    y: NDArray[np.float64], x: NDArray[np.float64], use: NDArray[np.bool_], groups: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return (estimate, standard error), each (trial, group - 1), and the patients analysed (trial,); NaN if none.

    Args:
        y: the visits, NaN where missing, (trial, subject, visit).
        x: regressors [1, group 1, group 2, ..., others], (trial, subject, p).
        use: who is analysed, (trial, subject).
        groups: how many, the control among them.
    """
    trials, _, m = y.shape
    p, c = x.shape[2], groups - 1
    estimate, se = np.full((trials, c), np.nan), np.full((trials, c), np.nan)
    people = np.zeros(trials, np.int64)
    for t in range(trials):
        own = np.flatnonzero(use[t])
        n = own.size
        seen_until, columns, last = y[t][own].copy(), x[t][own].copy(), y[t][own][:, m - 1].copy()
        reference = columns.copy()
        reference[:, 1:groups] = 0.0
        for i in range(n):
            gone = False
            for u in range(m):
                gone = gone or not math.isfinite(seen_until[i, u])
                if gone:
                    seen_until[i, u] = np.nan
        everybody = np.ones(n, np.bool_)
        seen, size, cross = _patterns(seen_until, columns, everybody)
        spread, within, patients = np.zeros((m, p, p)), np.zeros((m, m, m)), np.zeros(m)
        effect, at = np.zeros((m, p)), np.zeros(m * (m + 1) // 2)
        if seen.shape[0] == 0 or not _sequential(seen, size, cross, p, effect, at, spread, within, patients):
            continue
        people[t] = n
        estimate[t] = _complete(seen_until, last, columns, reference, effect, at, -1, c)
        without = np.zeros((n, c))
        row = np.zeros(p + m)
        for i in range(n):
            which = -1
            for g in range(seen.shape[0]):
                alike = True
                for u in range(m):
                    alike = alike and seen[g, u] == math.isfinite(seen_until[i, u])
                if alike:
                    which = g
            row[:p] = columns[i]
            for u in range(m):
                row[p + u] = seen_until[i, u] if math.isfinite(seen_until[i, u]) else 0.0
            if which >= 0:
                for k in range(p + m):
                    for j in range(p + m):
                        cross[which, k, j] -= row[k] * row[j]
                size[which] -= 1.0
            fine = _sequential(seen, size, cross, p, effect, at, spread, within, patients)
            without[i] = np.nan
            if fine:
                without[i] = _complete(seen_until, last, columns, reference, effect, at, i, c)
            if which >= 0:
                for k in range(p + m):
                    for j in range(p + m):
                        cross[which, k, j] += row[k] * row[j]
                size[which] += 1.0
        for k in range(c):
            mean = without[:, k].mean()
            total = 0.0
            for i in range(n):
                total += (without[i, k] - mean) ** 2
            se[t, k] = math.sqrt((n - 1.0) / n * total)
    return estimate, se, people
