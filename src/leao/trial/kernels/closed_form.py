"""Repeated measures of visits that nobody skips: regressions of each visit on the regressors and the visits before.

The equations stand in ``kernels/mmrm.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels.matrices import cholesky

INNER: dict[str, Any] = {"cache": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # called by kernels


@nb.njit(**INNER)
def _until(seen: NDArray, t: int) -> bool:
    """Return whether visit ``t`` and all before it are seen."""
    there = True
    for s in range(t + 1):
        there = there and seen[s]
    return there


@nb.njit(cache=True)
def sequential(
    seen: NDArray, size: NDArray, cross: NDArray, p: int, effect: NDArray, at: NDArray, spread: NDArray,
    within: NDArray, patients: NDArray,
) -> bool:  # fmt: skip
    """Write the restricted estimates of monotone data; return whether every visit could be fitted.

    Of other data: of what everybody shows before his first gap.

    ``effect`` (visit, p) is B; ``at`` holds (b_ts, ln v_t); ``spread[t]`` is (X_t' X_t)^-1, ``within[t]`` the inverse
    information of b_t over v_t.
    """
    m = seen.shape[1]
    for t in range(m):
        q = p + t
        total = np.zeros((q + 1, q + 1))
        n = 0.0
        for g in range(seen.shape[0]):
            if _until(seen[g], t):
                n += size[g]
                for k in range(q + 1):
                    for j in range(q + 1):
                        total[k, j] += cross[g, k, j]
        inverse = np.zeros((q, q))
        if n <= q or math.isnan(cholesky(total, inverse)):
            return False
        rss = total[q, q]
        slope = np.zeros(q)
        for k in range(q):
            for j in range(q):
                slope[k] += inverse[k, j] * total[j, q]
            rss -= slope[k] * total[k, q]
        patients[t] = n
        if not rss > 1e-12 * total[q, q]:
            return False
        at[m * (m - 1) // 2 + t] = math.log(rss / (n - p))
        if math.isnan(cholesky(total, spread[t])):
            return False
        for k in range(p):
            effect[t, k] = slope[k]
        for s in range(t):
            at[t * (t - 1) // 2 + s] = slope[p + s]
            for k in range(p):
                effect[t, k] += slope[p + s] * effect[s, k]
            for r in range(t):
                within[t, s, r] = inverse[p + s, p + r]
    return True


@nb.njit(**INNER)
def monotone_contrast(
    weight: NDArray, contrast: NDArray, at: NDArray, spread: NDArray, within: NDArray, patients: NDArray
) -> tuple:
    """Return variance and Satterthwaite degrees of freedom of ``weight' B contrast`` for monotone data."""
    m, p = weight.size, contrast.size
    _, lower, v = covariance(at, m)
    w, part = np.zeros(m), np.zeros(m)
    variance, doubt = 0.0, 0.0
    for t in range(m):
        for u in range(m):
            w[t] += weight[u] * lower[u, t]
        q = 0.0
        for k in range(p):
            for j in range(p):
                q += contrast[k] * spread[t, k, j] * contrast[j]
        part[t] = v[t] * q
        variance += w[t] * w[t] * part[t]
        doubt += (w[t] * w[t] * part[t]) ** 2 * 2.0 / (patients[t] - p)
    slope = np.zeros(m)
    for t in range(m):
        for s in range(t):
            slope[s] = 0.0
            for r in range(s + 1):
                slope[s] += 2.0 * w[r] * w[t] * lower[s, r] * part[r]
        for s in range(t):
            for r in range(t):
                doubt += v[t] * slope[s] * within[t, s, r] * slope[r]
    return variance, 2.0 * variance * variance / doubt


@nb.njit(cache=True)
def covariance(at: NDArray, m: int) -> tuple:
    """Return (S, L, v) at the parameters (b_ts row by row, ln v_t); L = (I - b)^-1."""
    v, lower, sigma = np.zeros(m), np.zeros((m, m)), np.zeros((m, m))
    for t in range(m):
        v[t], lower[t, t] = math.exp(at[m * (m - 1) // 2 + t]), 1.0
        for s in range(t):
            for r in range(s + 1):
                lower[t, r] += at[t * (t - 1) // 2 + s] * lower[s, r]
    for i in range(m):
        for j in range(i + 1):
            for t in range(j + 1):
                sigma[i, j] += lower[i, t] * v[t] * lower[j, t]
            sigma[j, i] = sigma[i, j]
    return sigma, lower, v
