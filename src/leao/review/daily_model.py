"""The daily model of one diary: headache, what was left out, and the drug.

    P(H_t) = pi_t = 1 - exp(-exp(level + drift_t + weekday_t + cycle window_t + effect x_t))
    odds ratio of (H_{t-1}, H_t) = exp(persistence), with margins pi_{t-1} and pi_t (Plackett 1965)
    drift: Ornstein-Uhlenbeck of SD s and memory tau, constant within blocks of a week
    logit P(t left out) = missing + streak [t-1 left out] + with_headache [H_t]
    x_t: predicted drug level over that of the highest dose at steady state, for the patient's own speed of elimination

A first-order Markov chain whose margins are given (Heagerty 2002), so that ``effect`` reads as a log rate ratio of
headache and expected headache days are sums of pi_t. The likelihood sums over days left out and over the drift:
chain_likelihood.py. Every parameter is a standard normal ``z`` stretched by ledger ``review``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import DAYS_PER_WEEK
from leao.review.priors import DailyModelPriors

BLOCK = 7  # days of a drift block
SPEEDS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # standard deviations of ln(elimination rate) at which x is tabulated
NAMES = (
    "level", "persistence", "log_drift_sd", "log_drift_time", "cycle", "missing", "streak", "with_headache", "effect",
    "speed",
)  # fmt: skip
HEAD = len(NAMES) + DAYS_PER_WEEK  # parameters besides the drift
LEAST_RATE, MOST_RATE = float(np.exp(-9.0)), float(np.exp(2.3))  # per day: beyond, a day is free or not for certain
LEAST_CHANCE = 1e-6  # of a transition: rounding must not make a recorded day impossible
FAR = 30.0  # log odds of leaving a day out: beyond, it is certain
Array = NDArray[Any]  # of numbers: 64 bits, and 32 within the filter


class Data(NamedTuple):
    """One diary: each (day,) unless said."""

    headache: NDArray[np.bool_]  # headache was recorded
    seen: NDArray[np.bool_]  # the day was filled in
    weekday: NDArray[np.intp]  # 0 to 6
    window: Array  # 1 in the menstrual window
    exposure: Array  # (speed, day)


class Parameters(NamedTuple):
    """The parameters of one draw, or of many with a leading axis."""

    level: Array
    persistence: Array
    drift_sd: Array
    drift_time: Array
    weekday: Array  # (..., 7)
    cycle: Array
    missing: Array
    streak: Array
    with_headache: Array
    effect: Array
    speed: Array
    drift: Array  # (..., block), in units of drift_sd; none where it is summed over


def blocks(days: int) -> int:
    """Return the number of drift blocks of a diary; the last may be short."""
    return -(-days // BLOCK)


def parameters(z: Array, p: DailyModelPriors, drift: Array | None = None) -> Parameters:
    """Return the parameters of standard normals ``z`` (..., HEAD), with the drift of each block beside them."""
    head = {name: z[..., k] for k, name in enumerate(NAMES)}
    return Parameters(
        level=p.level_mean + p.level_sd * head["level"],
        persistence=p.persistence_mean + p.persistence_sd * head["persistence"],
        drift_sd=p.drift_sd * np.exp(p.drift_sd_spread * head["log_drift_sd"]),
        drift_time=p.drift_time * np.exp(p.drift_time_spread * head["log_drift_time"]),
        weekday=p.weekday_sd * z[..., len(NAMES) : HEAD],
        cycle=p.cycle_mean + p.cycle_sd * head["cycle"],
        missing=p.missing_mean + p.missing_sd * head["missing"],
        streak=p.missing_streak_mean + p.missing_streak_sd * head["streak"],
        with_headache=p.missing_headache_sd * head["with_headache"],
        effect=p.effect_sd * head["effect"],
        speed=head["speed"],
        drift=np.zeros((*z.shape[:-1], 0)) if drift is None else drift,
    )


def correlation(q: Parameters) -> tuple[Array, Array]:
    """Return the correlation of the drift of neighbouring blocks, and the SD of the next given the last."""
    return np.exp(-BLOCK / q.drift_time), np.sqrt(-np.expm1(-2.0 * BLOCK / q.drift_time))


def drift(q: Parameters, innovations: Array) -> Array:
    """Return the stationary drift (..., block) that independent standard normals make, in units of drift_sd."""
    rho, kick = correlation(q)
    moving = np.empty_like(innovations)
    for block in range(innovations.shape[-1]):
        fresh = innovations[..., block]
        moving[..., block] = rho * moving[..., block - 1] + kick * fresh if block else fresh
    return moving


def prior(rng: np.random.Generator, n: int, days: int, p: DailyModelPriors) -> Parameters:
    """Return ``n`` draws from the prior, with the drift of a diary of ``days``."""
    q = parameters(rng.standard_normal((n, HEAD)), p)
    return q._replace(drift=drift(q, rng.standard_normal((n, blocks(days)))))


def speed_weights(q: Parameters) -> Array:
    """Return the weights (..., speed) that interpolate x between the tabulated speeds of elimination."""
    place = np.clip(q.speed, SPEEDS[0], SPEEDS[-1])[..., None]
    return np.clip(1.0 - np.abs(place - np.asarray(SPEEDS)), 0.0, 1.0)


def undrifted(q: Parameters, data: Data, drug: float = 1.0) -> Array:
    """Return ln of the headache rate of each day (..., day) without its drift; ``drug`` = 0 takes the drug away."""
    eta = q.level[..., None] + q.weekday[..., data.weekday] + q.cycle[..., None] * data.window
    return eta + drug * q.effect[..., None] * (speed_weights(q) @ data.exposure)


def log_rate(q: Parameters, data: Data, drug: float = 1.0, days: slice = slice(None)) -> Array:
    """Return ln of the headache rate (..., day) of the ``days`` asked for, drift included."""
    block = np.arange(data.weekday.size)[days] // BLOCK
    part = Data(data.headache[days], data.seen[days], data.weekday[days], data.window[days], data.exposure[:, days])
    return undrifted(q, part, drug) + q.drift_sd[..., None] * q.drift[..., block]


def chance(eta: Array) -> Array:
    """Return the probability of headache on a day from ln(rate)."""
    return chance_at(np.exp(eta))


def chance_at(rate: Array) -> Array:
    """Return the probability of headache on a day from its rate."""
    pi = np.clip(rate, LEAST_RATE, MOST_RATE)
    np.negative(pi, out=pi)
    np.expm1(pi, out=pi)
    return np.negative(pi, out=pi)


def stay(before: Array, now: Array, ratio: Array) -> Array:
    """Return P(headache | headache the day before) from the two margins and their odds ratio (Plackett 1965).

    In place where it can be: this is most of the work of a long diary.
    """
    tilt = ratio - 1.0
    s = (1.0 + tilt * before) + tilt * now
    root = s * s
    root -= (4.0 * ratio * tilt * before) * now
    np.sqrt(root, out=root)
    root += s
    return np.divide(2.0 * ratio * now, root, out=root)


def transitions(before: Array, now: Array, ratio: Array) -> tuple[Array, Array]:
    """Return P(headache | free the day before) and P(headache | headache the day before)."""
    after_headache = stay(before, now, ratio)
    after_free = before * after_headache
    np.subtract(now, after_free, out=after_free)  # what is left of today's margin
    after_free /= 1.0 - before
    least, most = LEAST_CHANCE, 1.0 - LEAST_CHANCE
    return np.clip(after_free, least, most, out=after_free), np.clip(after_headache, least, most, out=after_headache)


def chain(q: Parameters, eta: Array) -> tuple[Array, Array]:
    """Return P(H | free before) and P(H | headache before) of each day (..., day); on the first both are its margin."""
    pi = chance(eta)
    after_free, after_headache = transitions(pi[..., :-1], pi[..., 1:], np.exp(q.persistence)[..., None])
    first = pi[..., :1]
    return np.concatenate([first, after_free], axis=-1), np.concatenate([first, after_headache], axis=-1)


def left_out(q: Parameters, blank_before: Array, headache: float | Array) -> Array:
    """Return the probability that a day is not filled in."""
    logit = q.missing[..., None] + q.streak[..., None] * blank_before + q.with_headache[..., None] * headache
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -FAR, FAR)))
