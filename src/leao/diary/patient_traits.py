"""Who the patients are: the traits that stay with a person through the whole diary.

Equation: log_rate ~ N(median, spread^2); w = 1 / (1 + exp((log_rate - midpoint) / width)) is how regular a person is;
refractoriness r = r_max w; drift SD = regular w + clustered (1 - w). From the day of randomisation the log rate
moves by shift + spread N(0, 1), or far down in the few who remit.
Source: ledger ``diary``; low-rate people are regular, high-rate people drift and cluster. Some have headache every
day (registries), some menstruate.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from leao.core.random import Streams
from leao.diary.kernels import random, tabulated
from leao.diary.params import DiaryNumbers

Traits = NDArray[np.float64]
LUCK = 11  # uniforms a person needs; a later trait takes the next place
_RATE, _KIND, _LENGTH, _SEVERITY, _REMITS, _PLACEBO, _MISSING, _EVERY_DAY, _CYCLES, _CYCLE, _PHASE = range(LUCK)
_REACH, _STEP = 6.5, 1.0 / 256.0  # of the table of a beta quantile, in standard normal deviates
_SHORTEST, _LONGEST = 21.0, 40.0  # days of a cycle that a woman may have on average


class Population(NamedTuple):
    """People of shape (trial, subject), with what tells their streams apart."""

    key: NDArray[np.uint32]  # (trial, 2)
    identity: NDArray[np.uint32]
    log_rate: Traits
    placebo: Traits  # personal part of the change of the log rate from randomisation
    remits: NDArray[np.bool_]
    migraine_share: Traits
    log_duration: Traits
    severity: Traits
    missing: Traits
    cycle: Traits  # mean length of the menstrual cycle in days, 0 without one
    phase: Traits  # share of a cycle until the first menstruation


def uniforms_of(streams: Streams, purpose: str, trials: Sequence[int], people: range) -> Traits:
    """Return the uniforms (trial, subject, LUCK) that ``streams.uniforms`` gives, in a quarter of the time."""
    out = np.empty((LUCK, len(trials), len(people)))
    random.people_of_trials(streams.keys(purpose, trials), people.start, out)
    return np.moveaxis(out, 0, -1)


def draw(
    params: DiaryNumbers, log_rate: float, uniforms: Traits, key: NDArray[np.uint32], first: int = 0
) -> Population:
    """Return the people whose ``uniforms`` (trial, subject, LUCK) is given.

    Args:
        params: the diary's numbers.
        log_rate: median ln(attacks/day while at risk) of those who might be recruited.
        uniforms: U(0, 1).
        key: the key of each trial's diary stream, (trial, 2).
        first: index of the first person.
    """
    people = np.arange(first, first + uniforms.shape[1], dtype=np.uint32)
    rate = log_rate + params.log_rate_spread * ndtri(uniforms[..., _RATE])
    return Population(
        key=key,
        identity=np.broadcast_to(people, uniforms.shape[:2]),
        log_rate=np.where(uniforms[..., _EVERY_DAY] < params.every_day_share, params.every_day_rate, rate),
        placebo=params.placebo_spread * ndtri(uniforms[..., _PLACEBO]),
        remits=uniforms[..., _REMITS] < params.remitter_share,
        migraine_share=_beta(params.migraine_share, params.migraine_share_precision, uniforms[..., _KIND]),
        log_duration=params.duration_between * ndtri(uniforms[..., _LENGTH]),
        severity=ndtri(uniforms[..., _SEVERITY]),
        missing=_beta(params.missing_mean, params.missing_precision, uniforms[..., _MISSING]),
        cycle=np.where(uniforms[..., _CYCLES] < params.menstruating_share, _cycle(params, uniforms[..., _CYCLE]), 0.0),
        phase=uniforms[..., _PHASE],
    )


def select(people: Population, chosen: NDArray[np.intp]) -> Population:
    """Return the people at the places ``chosen`` (trial, place) of each trial, in that order."""
    row = np.arange(len(chosen))[:, None]
    return Population(key=people.key, **{n: v[row, chosen] for n, v in people._asdict().items() if n != "key"})


def placebo_shift(params: DiaryNumbers, people: Population, mean: float | Traits) -> Traits:
    """Return each person's change of ln(rate) from randomisation.

    ``mean`` (float or (trial, 1)) is that of those who do not remit; remitters fall by their own shift.
    """
    return np.where(people.remits, params.remitter_shift, mean + people.placebo)


def regularity(params: DiaryNumbers, log_rate: Traits) -> Traits:
    """Return how regular people are: near 1 at a low rate, near 0 at a high one."""
    return 1.0 / (1.0 + np.exp((log_rate - params.regular_midpoint) / params.regular_width))


def _cycle(params: DiaryNumbers, u: Traits) -> Traits:
    return np.clip(params.cycle_length + params.cycle_between * ndtri(u), _SHORTEST, _LONGEST)


def _beta(mean: float, precision: float, u: Traits) -> Traits:
    """Return the beta quantile of ``u``, straight between tabulated points: below 1e-5 off, a hundredth of the cost."""
    return tabulated.straight(u.ravel(), *_beta_table(mean, precision)).reshape(u.shape)


@lru_cache(maxsize=64)
def _beta_table(mean: float, precision: float) -> tuple[Traits, Traits, NDArray[np.int64]]:
    at = ndtr(np.arange(-_REACH, _REACH + _STEP, _STEP))
    return at, betaincinv(mean * precision, (1.0 - mean) * precision, at), tabulated.guide(at)
