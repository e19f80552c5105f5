"""The daily model of one diary: headache, what was left out, and the drug, as one log posterior density.

    P(H_t) = pi_t = 1 - exp(-exp(level + drift_t + weekday_t + cycle window_t + effect x_t))
    odds ratio of (H_{t-1}, H_t) = exp(persistence), with margins pi_{t-1} and pi_t (Plackett 1965)
    drift: Ornstein-Uhlenbeck of SD s and memory tau, constant within blocks of days
    logit P(t left out) = missing + streak [t-1 left out] + with_headache [H_t]
    x_t: predicted drug level over that of the highest dose at steady state, for the patient's own speed of elimination

A first-order Markov chain whose margins are given (Heagerty 2002), so that ``effect`` reads as a log rate ratio of
headache and expected headache days are sums of pi_t. Days left out are summed over exactly: the likelihood is a
product of 2 x 2 matrices (``steps``). Every parameter is a standard normal ``z`` stretched by ledger ``review``.
The arithmetic serves numpy and jax alike: ``xp`` is either module.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from leao.review.priors import Params

WEEK = 7
SPEEDS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # standard deviations of ln(elimination rate) at which x is tabulated
LENGTHS = ((128, 7), (256, 7), (512, 14), (1024, 14), (2048, 28))  # days padded to, days of a drift block
NAMES = (
    "level", "persistence", "log_drift_sd", "log_drift_time", "cycle", "missing", "streak", "with_headache", "effect",
    "speed",
)  # fmt: skip
LONGEST = LENGTHS[-1][0]  # 5.6 years; 4,096 days took 40 CPU-s and did not converge at the first attempt
HEAD = len(NAMES) + WEEK
_FAR = 15.0  # log odds: beyond, 32 bits know no chance but 0 and 1, and a product of days becomes none
_LEAST, _MOST = -9.0, 2.3  # ln(rate): beyond, a day is free or not for certain as far as 32 bits can tell


class Data(NamedTuple):
    """One diary, padded: each (day,) unless said."""

    headache: Any  # 1 where headache was recorded
    seen: Any  # 1 where the day was filled in
    inside: Any  # 1 within the diary, 0 in the padding
    weekday: Any  # (7, day), 1 on that day of the week
    window: Any  # 1 in the menstrual window
    exposure: Any  # (speed, day)


class Parameters(NamedTuple):
    """The parameters of one draw, or of many with a leading axis."""

    level: Any
    persistence: Any
    drift_sd: Any
    drift_time: Any
    weekday: Any  # (..., 7)
    cycle: Any
    missing: Any
    streak: Any
    with_headache: Any
    effect: Any
    speed: Any
    innovations: Any  # (..., block), standard normal


def size(days: int) -> tuple[int, int]:
    """Return the padded length and the days of a drift block for a diary of ``days``, at most ``LONGEST``."""
    return next((length, block) for length, block in LENGTHS if days <= length)


def width(length: int) -> int:
    """Return how many parameters a diary padded to ``length`` has."""
    return HEAD + -(-length // dict(LENGTHS)[length])


def parameters(z: Any, p: Params, xp: Any = np) -> Parameters:
    """Return the parameters of standard normals ``z`` (..., width)."""
    head = {name: z[..., k] for k, name in enumerate(NAMES)}
    return Parameters(
        level=p.level_mean + p.level_sd * head["level"],
        persistence=p.persistence_mean + p.persistence_sd * head["persistence"],
        drift_sd=p.drift_sd * xp.exp(p.drift_sd_spread * head["log_drift_sd"]),
        drift_time=p.drift_time * xp.exp(p.drift_time_spread * head["log_drift_time"]),
        weekday=p.weekday_sd * z[..., len(NAMES) : HEAD],
        cycle=p.cycle_mean + p.cycle_sd * head["cycle"],
        missing=p.missing_mean + p.missing_sd * head["missing"],
        streak=p.missing_streak_mean + p.missing_streak_sd * head["streak"],
        with_headache=p.missing_headache_sd * head["with_headache"],
        effect=p.effect_sd * head["effect"],
        speed=head["speed"],
        innovations=z[..., HEAD:],
    )


def drift(q: Parameters, block: int, xp: Any = np) -> Any:
    """Return the drift of each block (..., block) from its innovations: stationary, exact at the blocks' distance."""
    n = q.innovations.shape[-1]
    apart = np.arange(n)[:, None] - np.arange(n)
    rate = (block / q.drift_time)[..., None]
    kick = xp.where(np.arange(n) > 0, xp.sqrt(-xp.expm1(-2.0 * rate)), 1.0)
    weight = xp.exp(-rate[..., None] * np.maximum(apart, 0)) * (apart >= 0)
    return q.drift_sd[..., None] * xp.einsum("...kj,...j->...k", weight, kick * q.innovations)


def exposure(q: Parameters, data: Data, xp: Any = np) -> Any:
    """Return x_t (..., day), interpolated between the tabulated speeds of elimination."""
    place = xp.clip(q.speed, SPEEDS[0], SPEEDS[-1])[..., None]
    weights = xp.clip(1.0 - xp.abs(place - np.asarray(SPEEDS)), 0.0, 1.0)
    return xp.einsum("...s,st->...t", weights, data.exposure)


def log_rate(q: Parameters, data: Data, block: int, xp: Any = np, drug: float = 1.0) -> Any:
    """Return ln of the headache rate of each day (..., day); ``drug`` = 0 takes the drug away."""
    moving = drift(q, block, xp)
    daily = xp.broadcast_to(moving[..., None], (*moving.shape, block)).reshape((*moving.shape[:-1], -1))
    week = xp.einsum("...w,wt->...t", q.weekday, data.weekday)
    eta = q.level[..., None] + daily[..., : data.headache.shape[-1]] + week + q.cycle[..., None] * data.window
    return eta + drug * q.effect[..., None] * exposure(q, data, xp)


def chance(eta: Any, xp: Any = np) -> Any:
    """Return the probability of headache on a day from ln(rate)."""
    return -xp.expm1(-xp.exp(xp.clip(eta, _LEAST, _MOST)))


def after(pi_before: Any, pi: Any, log_odds_ratio: Any, xp: Any = np) -> Any:
    """Return P(headache | headache the day before) from two margins and their odds ratio (Plackett 1965).

    With the margin of the day before replaced by its complement and the odds ratio inverted it is the probability
    after a free day.
    """
    ratio = xp.exp(log_odds_ratio)
    s = 1.0 + (pi_before + pi) * (ratio - 1.0)
    root = xp.sqrt(xp.maximum(s * s - 4.0 * ratio * (ratio - 1.0) * pi_before * pi, 0.0))
    return xp.clip(2.0 * ratio * pi / (s + root), 1e-6, 1.0 - 1e-6)


def transitions(q: Parameters, eta: Any, xp: Any = np) -> tuple[Any, Any, Any]:
    """Return pi (..., day), P(H | free before) and P(H | headache before); on day 0 both are pi."""
    pi = chance(eta, xp)
    before = xp.concatenate([pi[..., :1], pi[..., :-1]], axis=-1)
    first = np.arange(pi.shape[-1]) == 0
    ratio = q.persistence[..., None]
    return (
        pi,
        xp.where(first, pi, after(1.0 - before, pi, -ratio, xp)),
        xp.where(first, pi, after(before, pi, ratio, xp)),
    )


def steps(q: Parameters, data: Data, block: int, xp: Any = np) -> tuple[Any, Any, Any, Any]:
    """Return the four entries, each (day,), of the matrix P(state today, what was written | state yesterday).

    Rows: free, headache yesterday; columns: free, headache today. A day of the padding is the unit matrix.
    """
    _, free_to, headache_to = transitions(q, log_rate(q, data, block, xp), xp)
    blank = data.inside - data.seen
    logit = q.missing + q.streak * xp.concatenate([np.zeros(1), blank[:-1]])
    free, ache = _left_out(logit, blank, data, xp), _left_out(logit + q.with_headache, blank, data, xp)
    free = free * (1.0 - data.seen * data.headache)  # a recorded headache rules the free state out, and the reverse
    ache = ache * (1.0 - data.seen * (1.0 - data.headache))
    pad = 1.0 - data.inside
    return (
        pad + data.inside * (1.0 - free_to) * free,
        data.inside * free_to * ache,
        data.inside * (1.0 - headache_to) * free,
        pad + data.inside * headache_to * ache,
    )


def _left_out(logit: Any, blank: Any, data: Data, xp: Any) -> Any:
    chance_blank = 1.0 / (1.0 + xp.exp(-xp.clip(logit, -_FAR, _FAR)))
    return xp.where(data.inside > 0, xp.where(blank > 0, chance_blank, 1.0 - chance_blank), 1.0)
