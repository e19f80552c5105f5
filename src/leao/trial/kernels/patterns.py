"""Which visits each patient shows, and the cross-products of those who show the same."""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray


@nb.njit(cache=True)
def patterns(y: NDArray, x: NDArray, use: NDArray) -> tuple:
    """Return (visits seen (pattern, visit), patients of each pattern, cross-products of [x, y] of each)."""
    n, m = y.shape
    p = x.shape[1]
    which, values = np.full(n, -1, np.int64), 0
    first = np.zeros(n, np.int64)  # the patient who first shows each pattern: few visits or many, no table of 2^m
    for i in range(n):
        there = 0
        for t in range(m):
            there += math.isfinite(y[i, t])
        if not use[i] or there == 0:
            continue
        for g in range(values):
            alike = True
            for t in range(m):
                alike = alike and math.isfinite(y[first[g], t]) == math.isfinite(y[i, t])
            if alike:
                which[i] = g
                break
        if which[i] < 0:
            first[values], which[i] = i, values
            values += 1
    seen, size = np.zeros((values, m), np.bool_), np.zeros(values)
    cross = np.zeros((values, p + m, p + m))
    row = np.zeros(p + m)
    for i in range(n):
        g = which[i]
        if g < 0:
            continue
        size[g] += 1.0
        for k in range(p):
            row[k] = x[i, k]
        for t in range(m):
            seen[g, t] = math.isfinite(y[i, t])
            row[p + t] = y[i, t] if seen[g, t] else 0.0
        for k in range(p + m):
            for j in range(k + 1):
                cross[g, k, j] += row[k] * row[j]
    for g in range(values):
        for k in range(p + m):
            for j in range(k):
                cross[g, j, k] = cross[g, k, j]
    return seen, size, cross


@nb.njit(cache=True)
def of_trials(y: NDArray, x: NDArray, use: NDArray) -> tuple:
    """Return what ``patterns`` does of many trials, a trial after another with room for the same, and how many each.

    One call for all, since to hand three arrays of each trial to Python takes longer than to make them.
    """
    trials, n, m = y.shape
    most = n if m > 30 else min(n, 2**m)
    seen, size = np.zeros((trials, most, m), np.bool_), np.zeros((trials, most))
    cross, many = np.zeros((trials, most, x.shape[2] + m, x.shape[2] + m)), np.zeros(trials, np.int64)
    for t in range(trials):
        of_trial, patients, products = patterns(y[t], x[t], use[t])
        k = patients.size
        seen[t, :k], size[t, :k], cross[t, :k], many[t] = of_trial, patients, products, k
    return seen, size, cross, many


@nb.njit(cache=True)
def leaves_for_good(y: NDArray, use: NDArray) -> bool:
    """Return whether nobody of a trial who has left comes back."""
    for i in range(use.size):
        for t in range(1, y.shape[1] if use[i] else 0):
            if math.isfinite(y[i, t]) and not math.isfinite(y[i, t - 1]):
                return False
    return True


@nb.njit(cache=True)
def is_monotone(seen: NDArray) -> bool:
    """Return whether nobody who has left comes back."""
    for g in range(seen.shape[0]):
        for t in range(1, seen.shape[1]):
            if seen[g, t] and not seen[g, t - 1]:
                return False
    return True
