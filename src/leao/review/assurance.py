"""What would settle the answer: the coming weeks are simulated, and the effect updated approximately on each.

Each posterior draw lives through the coming year under one course of doses, filling in its days as readily as before.
What those days would teach is approximated by regression over these pairs of effect and future: the effect given the
counts is Gaussian, with the mean and residual variance of its regression, to second order, on ln(rate) as counted on
the days of higher and of lower drug level; ln(rate), because that is where the effect acts (model.py). P(better) after
those days follows, and the share of futures in which it is clear. Checked against refits of diary and future:
docs/validation/review.md.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from leao.review import model, simulate
from leao.review.priors import Params

WEEKS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 26, 39, 52)
YEAR = model.WEEK * WEEKS[-1]
SEVERAL = 28  # days from which those of higher and of lower level are counted apart
_LEAST, _MOST = 1e-4, 0.98  # share of headache days between which ln(rate) is read
Array = NDArray[np.float64]
Days = NDArray[np.bool_]


class Coming(NamedTuple):
    """A year of futures, one for each draw, under one course of doses."""

    ache: Days  # (draw, day)
    seen: Days  # (draw, day), filled in
    order: NDArray[np.intp]  # (day,), the days from the highest predicted level to the lowest


class Settles(NamedTuple):
    """What a course would do."""

    weeks: int | None  # from which on the answer is clear with ``clear_power``; 0 if it is, None if not in a year
    clear_in_a_year: float  # share of futures


def settles(q: model.Parameters, data: model.Data, block: int, level: Array, p: Params) -> Settles:
    """Return what a year under a course of doses would do.

    Args:
        q: draws.
        data: the padded diary.
        block: days of a drift block.
        level: (speed, day), predicted level of the coming ``YEAR`` over that of full exposure.
        p: priors, with the rule of what is clear.
    """
    better = float(np.mean(q.effect < 0.0))
    if not 1.0 - p.clear_above < better < p.clear_above:
        return Settles(0, 1.0)
    future = coming(q, data, block, level)
    shares = [clear(afterwards(q.effect, future, model.WEEK * n), p) for n in WEEKS]
    return Settles(lasting(shares, p.clear_power), shares[-1])


def lasting(shares: list[float], power: float) -> int | None:
    """Return the first of ``WEEKS`` from which on every share is at least ``power``; None if there is none.

    A week's few days can lift a P(better) of 0.945 over the rule in most futures, and later weeks take it back.
    """
    holds = np.minimum.accumulate(shares[::-1])[::-1] >= power
    return next((n for n, held in zip(WEEKS, holds, strict=True) if held), None)


def coming(q: model.Parameters, data: model.Data, block: int, level: Array) -> Coming:
    """Return the coming year under a course of doses, its predicted level (speed, day), one future per draw."""
    rng = np.random.default_rng(0)
    last = int(data.inside.sum()) - 1
    n_draw, n_day = q.level.shape[0], level.shape[1]
    now = model.drift(q, block)[:, last // block]
    moving = np.empty((n_draw, n_day))
    memory = np.exp(-1.0 / q.drift_time)
    for day in range(n_day):
        now = memory * now + q.drift_sd * np.sqrt(1.0 - memory**2) * rng.standard_normal(n_draw)
        moving[:, day] = now
    weekday = np.argmax(data.weekday[:, last])
    week = q.weekday[:, (weekday + 1 + np.arange(n_day)) % model.WEEK]
    drug = q.effect[:, None] * model.exposure(q, data._replace(exposure=level))
    eta = q.level[:, None] + moving + week + drug
    ache = simulate.states(q, eta, rng.random(eta.shape))
    seen = ~simulate.left_out(q, ache, rng.random(eta.shape))
    return Coming(ache, seen, np.argsort(-level[len(level) // 2], kind="stable"))


def afterwards(effect: Array, future: Coming, days: int) -> Array:
    """Return P(better) after ``days`` of each future (draw,), by regression."""
    order = future.order[future.order < days]
    parts = np.array_split(order, 2) if days >= SEVERAL else [order]
    rates = [_log_rate(future.ache[:, part] & future.seen[:, part], future.seen[:, part]) for part in parts]
    squares = [one * other for k, one in enumerate(rates) for other in rates[k:]]
    features: Any = np.stack([np.ones(len(effect)), *rates, *squares], axis=1)
    weights, *_ = np.linalg.lstsq(features, effect, rcond=None)
    expected = features @ weights
    left = float(np.std(effect - expected, ddof=features.shape[1]))
    return np.asarray(ndtr(-expected / max(left, 1e-9)))


def clear(better: Array, p: Params) -> float:
    """Return the share of futures with a clear P(better)."""
    return float(np.mean((better > p.clear_above) | (better < 1.0 - p.clear_above)))


def _log_rate(ache: Days, seen: Days) -> Array:
    """Return ln(-ln(1 - share of headache among days filled in)) (draw,), drawn by one day to what is usual."""
    usual = float(ache.sum() / max(int(seen.sum()), 1))
    share = np.clip((ache.sum(axis=1) + usual) / (seen.sum(axis=1) + 1.0), _LEAST, _MOST)
    return np.log(-np.log1p(-share))
