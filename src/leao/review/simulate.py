"""Diaries drawn from the daily model: for calibration, for posterior predictive checks, for what more weeks would show.

Equation: model.py; a day's state follows the day before with P(H | free) and P(H | headache).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.review import daily_model


def states(q: daily_model.Parameters, eta: NDArray[np.float64], uniforms: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return headache days (draw, day) from ln(rate) and U(0, 1), both (draw, day)."""
    after_free, after_headache, at = map(_by_day, (*daily_model.chain(q, eta), uniforms))
    headache = np.zeros(at.shape, dtype=bool)
    before = np.zeros(eta.shape[0], dtype=bool)
    for day in range(len(headache)):
        before = headache[day] = at[day] < np.where(before, after_headache[day], after_free[day])
    return np.ascontiguousarray(headache.T)


def left_out(
    q: daily_model.Parameters, headache: NDArray[np.bool_], uniforms: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return the days left out (draw, day): more or less likely with headache, and after a day left out."""
    state = np.array([0.0, 1.0])
    after_written, after_blank = (daily_model.left_out(q, blank, state) for blank in state)  # (draw, free or headache)
    ache, at = _by_day(headache), _by_day(uniforms)
    blank = np.zeros(at.shape, dtype=bool)
    before = np.zeros(headache.shape[0], dtype=bool)
    for day in range(len(blank)):
        free, aching = (np.where(before, after_blank[:, k], after_written[:, k]) for k in (0, 1))
        before = blank[day] = at[day] < np.where(ache[day], aching, free)
    return np.ascontiguousarray(blank.T)


def _by_day(values: NDArray[Any]) -> NDArray[Any]:
    """Return (day, draw) of (draw, day), so that a day lies together in memory: its loop takes half the time."""
    return np.ascontiguousarray(values.T)


def replicate(q: daily_model.Parameters, data: daily_model.Data, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return one replicated diary per draw (draw, day), all days, whatever was left out."""
    eta = daily_model.log_rate(q, data)
    return states(q, eta, rng.random(eta.shape))


def runs(headache: NDArray[np.bool_], seen: NDArray[np.bool_]) -> dict[str, float]:
    """Return transitions and run lengths of one diary, each NaN where the diary has none.

    Transitions are counted over consecutive days that were both filled in; runs are complete ones, bounded by
    days that were filled in.
    """
    both = seen[1:] & seen[:-1]
    before, now = headache[:-1][both], headache[1:][both]
    statistics: dict[str, float] = {
        "after_free": float(now[~before].mean()) if (~before).any() else np.nan,
        "after_headache": float(now[before].mean()) if before.any() else np.nan,
    }
    code = np.where(seen, headache.astype(int), 2)
    edges = np.flatnonzero(np.diff(code)) + 1
    starts, ends = np.concatenate([[0], edges]), np.concatenate([edges, [code.size]])
    inner = slice(1, -1)
    kinds, lengths = code[starts][inner], (ends - starts)[inner]
    bounded = (code[starts - 1][inner] != 2) & (code[np.minimum(ends, code.size - 1)][inner] != 2)
    for name, kind in (("headache_run", 1), ("free_run", 0)):
        chosen = lengths[(kinds == kind) & bounded]
        statistics[name] = float(chosen.mean()) if chosen.size else np.nan
    return statistics


def predictive_check(
    q: daily_model.Parameters, data: daily_model.Data, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """Return for each statistic of ``runs`` the observed value and its place among replicated diaries.

    ``p`` is the mid-rank of the observed among replicates that have the statistic; None where either lacks it.
    """
    observed = runs(data.headache, data.seen)
    simulated = [runs(headache, data.seen) for headache in replicate(q, data, rng)]
    checks: dict[str, dict[str, Any]] = {}
    for name, value in observed.items():
        others = np.array([row[name] for row in simulated])
        others = others[~np.isnan(others)]
        known = others.size > 0 and not np.isnan(value)
        rank = float(np.mean(others < value) + 0.5 * np.mean(others == value)) if known else None
        checks[name] = {"observed": value if known else None, "p": rank}
    return checks
