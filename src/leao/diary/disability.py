"""What headache days cost: work missed, MIDAS over three months, HIT-6 over one.

Equations: MIDAS ~ Poisson(c_i (D / D0)^(p - 1) sum over headache days of points(worst pain)), c_i log-normal with mean
1, zero for some people (zero-inflated); HIT-6 = base + across D_0 + within (D - D_0) + person + noise, D headache days
per 28 days and D_0 those of the baseline, rounded, within 36 to 78.
Source: ledger ``symptoms``. MIDAS' power p and its points by pain are assumed, their mean is bigal2003's.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, pdtrik

from leao.core.units import DAYS_PER_MONTH
from leao.diary.kernels import hazard
from leao.diary.symptoms import Keys, SymptomNumbers, traits

Array = NDArray[np.float64]
_MIDAS, _HIT, _WORK = 1012, 1013, 1014  # blocks of counters
GRADES = (5, 10, 20)  # MIDAS grade I to 5, II to 10, III to 20, IV above


def midas(params: SymptomNumbers, who: Keys, headache: NDArray, severity: NDArray, window: int) -> NDArray[np.int64]:
    """Return MIDAS (person,) of three months' days.

    Args:
        params: from ``symptoms.numbers()``.
        who: the people's keys.
        headache: headache days (person, day); scaled to ``midas_days`` if the diary is shorter or longer.
        severity: worst pain of each day, 0 to 3.
        window: which of a person's questionnaires this is; another one is another draw.
    """
    draws = traits(who, more=True)
    scale = params.midas_days / headache.shape[1]
    points = np.array([0.0, params.points_mild, params.points_moderate, params.points_severe])
    sum_of_points = scale * (points[np.clip(severity, 1, 3)] * headache).sum(axis=1)
    days = scale * headache.sum(axis=1)
    crowding = np.maximum(days, 1.0) / params.midas_reference
    spread = params.midas_spread
    person = np.exp(spread * ndtri(draws[:, 1]) - 0.5 * spread**2)
    mean = np.where(
        draws[:, 2] < params.midas_zero, 0.0, person * sum_of_points * crowding ** (params.midas_power - 1.0)
    )
    return _poisson(mean, _luck(who, _MIDAS, window))


def hit6(params: SymptomNumbers, who: Keys, days: Array, baseline: Array, window: int) -> NDArray[np.int64]:
    """Return HIT-6 (person,) for ``days`` of headache per 28 days of people who had ``baseline`` of them."""
    person = params.hit6_between * ndtri(traits(who, more=True)[:, 3])
    noise = params.hit6_noise * ndtri(_luck(who, _HIT, window))
    mean = params.hit6_base + params.hit6_across * baseline + params.hit6_within * (days - baseline)
    return np.clip(np.rint(mean + person + noise), params.hit6_low, params.hit6_high).astype(np.int64)


def disability(params: SymptomNumbers, who: Keys, headache: NDArray, severity: NDArray) -> NDArray[np.int8]:
    """Return each day's disability (person, day): 0 none, 1 some, 2 at half or less, 3 work or school missed."""
    people, days = headache.shape
    row, day = (place.ravel() for place in np.indices((people, days)))
    zero = np.zeros(row.size, dtype=np.int64)
    uniforms = hazard.draws(who.key[row], who.identity[row], day, zero, zero + _WORK)[:, 0].reshape(people, days)
    unable = np.array([0.0, params.unable_mild, params.unable_moderate, params.unable_severe])
    half = params.half_moderate * np.array([0.0, 0.5, 1.0, 1.5])
    worst = np.clip(severity, 1, 3)
    level = np.where(uniforms < unable[worst], 3, np.where(uniforms < (unable + half)[worst], 2, 1))
    return np.where(headache > 0, level, 0).astype(np.int8)


def grade(score: NDArray) -> NDArray[np.intp]:
    """Return MIDAS grades 1 to 4."""
    return 1 + np.searchsorted(GRADES, score, side="left")


def month_days(headache: NDArray, month: int) -> Array:
    """Return headache days (person,) of the ``month``-th 28 days."""
    return headache[:, month * DAYS_PER_MONTH : (month + 1) * DAYS_PER_MONTH].sum(axis=1, dtype=np.float64)


def _luck(who: Keys, block: int, window: int) -> Array:
    zero = np.zeros(who.identity.size, dtype=np.int64)
    return hazard.draws(who.key, who.identity, zero + window, zero, zero + block)[:, 0]


def _poisson(mean: Array, uniforms: Array) -> NDArray[np.int64]:
    """Return Poisson quantiles at ``uniforms``."""
    inside = mean > 0.0
    values = np.zeros(mean.shape)
    values[inside] = np.ceil(np.maximum(pdtrik(uniforms[inside], mean[inside]), 0.0))
    return values.astype(np.int64)
