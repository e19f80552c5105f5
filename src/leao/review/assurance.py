"""What would settle the answer: the coming year is simulated under each course of doses, and the effect updated on it.

Assurance (Bayesian predictive power): each posterior draw lives through the year and fills in its days as readily as
before. What those days would teach is approximated by regression over these pairs of effect and future: the effect
given the counts is Gaussian, with the mean and residual variance of its regression, to second order, on ln(rate) as
counted on the days of higher and of lower drug level; ln(rate), because that is where the effect acts (model.py).
P(better) after those days follows, and the share of futures in which it is clear. Checked against refits of diary and
future: docs/validation/review.md.

Arithmetic of what further days would tell; whether to stop, go on or alternate is no matter of arithmetic.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.special import ndtr
from leao.core.units import DAYS_PER_WEEK
from leao.diary.reading.doses import Treatment
from leao.review import daily_model, drug_level, simulate
from leao.review.priors import DailyModelPriors

WEEKS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 26, 39, 52)
YEAR = DAYS_PER_WEEK * WEEKS[-1]
TURN = 28  # days without, then as many with
AS_NOW, WITHOUT, AGAIN, BY_TURNS = "as now", "without the drug", "with the last dose again", "by turns"
SEVERAL = 28  # days from which those of higher and of lower level are counted apart
_LEAST, _MOST = 1e-4, 0.98  # share of headache days between which ln(rate) is read
Array = NDArray[np.float64]
Days = NDArray[np.bool_]


class Futures(NamedTuple):
    """A year of futures, one for each draw, under one course of doses."""

    headache: Days  # (draw, day)
    seen: Days  # (draw, day), filled in
    order: NDArray[np.intp]  # (day,), the days from the highest predicted level to the lowest


class Assurance(NamedTuple):
    """What a course would do."""

    weeks: int | None  # from which on the answer is clear with ``clear_power``; 0 if it is, None if not in a year
    clear_in_a_year: float  # share of futures


def weigh(
    posterior: tuple[daily_model.Parameters, float],
    data: daily_model.Data,
    taken: Treatment,
    creatinine_clearance: float | None,
    p: DailyModelPriors,
) -> list[dict[str, Any]]:
    """Return each course with the weeks until it is clear and the chance that it is within a year; as now first.

    Args:
        posterior: equally weighted draws, and P(better) as the answer gives it.
        data: the diary.
        taken: the doses so far.
        creatinine_clearance: mL/min; None where it was not answered.
        p: priors, with the rule of what is clear.
    """
    q, better = posterior
    weighed = []
    for name, doses in courses(taken.now, taken.last_dose).items():
        if is_clear(better, p):
            expected = Assurance(0, 1.0)
        else:
            all_doses = np.concatenate([taken.doses, doses])
            level = drug_level.relative(all_doses, taken.reference, creatinine_clearance)[:, -YEAR:]
            expected = of_course(q, data, level, p)
        weighed.append({
            "course": name,
            "weeks_to_80_percent_clear": expected.weeks,
            "clear_within_a_year": expected.clear_in_a_year,
        })  # fmt: skip
    return weighed


def courses(now: Array, last_dose: Array) -> dict[str, Array]:
    """Return the doses of the coming year (day, intake) by course, from today's and the last that was not none."""
    days = np.arange(YEAR)[:, None]
    dosed = bool(now.any())
    now = np.broadcast_to(now, (YEAR, now.size))
    other = np.zeros_like(now) if dosed else np.broadcast_to(last_dose, now.shape)
    turns = np.where((days // TURN) % 2 == 0, other, now)
    return {AS_NOW: now, WITHOUT if dosed else AGAIN: other, BY_TURNS: turns}


def of_course(q: daily_model.Parameters, data: daily_model.Data, level: Array, p: DailyModelPriors) -> Assurance:
    """Return what a year under a course of doses would do.

    Args:
        q: equally weighted draws.
        data: the diary.
        level: (speed, day), predicted level of the coming ``YEAR`` over that of full exposure.
        p: priors, with the rule of what is clear.
    """
    coming = futures(q, data, level)
    shares = [share_clear(afterwards(q.effect, coming, DAYS_PER_WEEK * n), p) for n in WEEKS]
    return Assurance(lasting(shares, p.clear_power), shares[-1])


def lasting(shares: list[float], power: float) -> int | None:
    """Return the first of ``WEEKS`` from which on every share is at least ``power``; None if there is none.

    A week's few days can lift a P(better) of 0.945 over the rule in most futures, and later weeks take it back.
    """
    holds = np.minimum.accumulate(shares[::-1])[::-1] >= power
    return next((n for n, held in zip(WEEKS, holds, strict=True) if held), None)


def futures(q: daily_model.Parameters, data: daily_model.Data, level: Array) -> Futures:
    """Return the coming year under a course of doses, its predicted level (speed, day), one future per draw."""
    rng = np.random.default_rng(0)
    n_draw, n_day = q.level.shape[0], level.shape[1]
    now, memory = q.drift[:, -1], np.exp(-1.0 / q.drift_time)
    moving, kick = np.empty((n_day, n_draw)), np.sqrt(1.0 - memory**2)
    for day in range(n_day):
        now = moving[day] = memory * now + kick * rng.standard_normal(n_draw)
    year = daily_model.Data(
        headache=np.zeros(n_day, dtype=bool),
        seen=np.zeros(n_day, dtype=bool),
        weekday=(data.weekday[-1] + 1 + np.arange(n_day)) % DAYS_PER_WEEK,
        window=np.zeros(n_day),
        exposure=level,
    )
    eta = daily_model.undrifted(q, year) + q.drift_sd[:, None] * moving.T
    headache = simulate.states(q, eta, rng.random(eta.shape))
    seen = ~simulate.left_out(q, headache, rng.random(eta.shape))
    return Futures(headache, seen, np.argsort(-level[len(level) // 2], kind="stable"))


def afterwards(effect: Array, coming: Futures, days: int) -> Array:
    """Return P(better) after ``days`` of each future (draw,), by regression."""
    order = coming.order[coming.order < days]
    parts = np.array_split(order, 2) if days >= SEVERAL else [order]
    rates = [_log_rate(coming.headache[:, part] & coming.seen[:, part], coming.seen[:, part]) for part in parts]
    squares = [rate * other for k, rate in enumerate(rates) for other in rates[k:]]
    features: Any = np.stack([np.ones(len(effect)), *rates, *squares], axis=1)
    weights, *_ = np.linalg.lstsq(features, effect, rcond=None)
    expected = features @ weights
    left = float(np.std(effect - expected, ddof=features.shape[1]))
    return np.asarray(ndtr(-expected / max(left, 1e-9)))


def is_clear(better: float, p: DailyModelPriors) -> bool:
    """Return whether a P(better) is clear."""
    return not 1.0 - p.clear_above <= better <= p.clear_above


def share_clear(better: Array, p: DailyModelPriors) -> float:
    """Return the share of futures with a clear P(better)."""
    return float(np.mean((better > p.clear_above) | (better < 1.0 - p.clear_above)))


def _log_rate(headache: Days, seen: Days) -> Array:
    """Return ln(-ln(1 - share of headache among days filled in)) (draw,), drawn by one day to what is usual."""
    usual = float(headache.sum() / max(int(seen.sum()), 1))
    share = np.clip((headache.sum(axis=1) + usual) / (seen.sum(axis=1) + 1.0), _LEAST, _MOST)
    return np.log(-np.log1p(-share))
