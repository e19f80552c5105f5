"""Recruiting: candidates keep a baseline diary, the first eligible are randomised in permuted blocks.

Blocks may be kept apart for high and low baselines. Regression to the mean needs no rule of its own: who is enrolled
after a bad month was, on average, having one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.diary import population, process
from leao.trial import endpoints
from leao.trial.calibrate import Calibration
from leao.trial.designs import Design

_MARGIN = 4.0  # standard deviations of the number of candidates that a trial needs
_MOST_SCREENED = 1000  # candidates per patient wanted
_ARM, _DROPS, _WHEN, _LUCK = 0, 1, 2, 3


class EnrolledPatients(NamedTuple):
    """The randomised patients of some trials, (trial, subject) unless said."""

    trials: range
    people: population.Population
    arm: NDArray[np.int8]  # place in ``design.arms``; 0 is the control
    shift: NDArray[np.float64]  # change of ln(attack rate) from randomisation that no drug causes
    placebo_change: NDArray[np.float64]  # (trial, 1), the published change this trial drew
    last_day: NDArray[np.float64]  # day of dropout, infinite for completers
    screened: NDArray[np.int64]  # (trial,), candidates seen until the last was enrolled


def candidates(
    design: Design, calibration: Calibration, streams: Streams, trials: range, n: int
) -> population.Population:
    """Return the first ``n`` candidates of each trial; one more changes nobody before."""
    uniforms = streams.uniforms("diary.people", trials, range(n), population.LUCK)
    key = np.stack([streams.key("diary.days", trial) for trial in trials])
    return population.draw(design.diary, calibration.log_rate, uniforms, key)


def enrol(design: Design, calibration: Calibration, streams: Streams, trials: range) -> EnrolledPatients:
    """Return the patients of ``trials``, enrolled in the order in which they came.

    Raises:
        ScenarioError: hardly anybody is eligible.
    """
    share = calibration.eligible
    n = math.ceil((design.n + _MARGIN * math.sqrt(design.n * (1.0 - share))) / share) + len(design.arms)
    eligible, counted, people = _screen(design, calibration, streams, trials, n)
    while eligible.sum(axis=1).min() < design.n:
        n *= 2
        if n > _MOST_SCREENED * design.n:
            raise ScenarioError(
                f"trial: fewer than {design.n} of {n // 2} candidates were eligible, wanted {design.n}; widen "
                "min_attacks_per_28d to max_attacks_per_28d"
            )
        eligible, counted, people = _screen(design, calibration, streams, trials, n)
    chosen = np.argsort(~eligible, axis=1, kind="stable")[:, : design.n]
    chosen_people = population.select(people, chosen)
    uniforms = streams.uniforms("trial.patients", trials, range(design.n), _LUCK)
    high = np.take_along_axis(counted >= design.baseline_attacks, chosen, axis=1) & design.stratify
    arm = randomise(uniforms[..., _ARM], len(design.arms), block_size(design), high)
    mean, change = _mean_shift(design, calibration, streams, trials)
    return EnrolledPatients(
        trials=trials,
        people=chosen_people,
        arm=arm,
        shift=population.placebo_shift(design.diary, chosen_people, mean),
        placebo_change=change,
        last_day=_last_day(design, arm, uniforms[..., _DROPS], uniforms[..., _WHEN]),
        screened=chosen[:, -1] + 1,
    )


def block_size(design: Design) -> int:
    """Return the size of a block: the ledger's, or the next multiple of the number of groups."""
    groups = len(design.arms)
    return math.ceil(design.rules.block_size / groups) * groups


def randomise(
    uniforms: NDArray[np.float64], arms: int, block: int, stratum: NDArray[np.bool_] | None = None
) -> NDArray[np.int8]:
    """Return each patient's arm by permuted blocks, from U(0, 1) of shape (trial, subject).

    Args:
        uniforms: (trial, subject), patients in order of arrival.
        arms: how many.
        block: patients in a block.
        stratum: blocks are kept apart for those marked, (trial, subject).

    Raises:
        ScenarioError: a block that does not hold every arm equally often.
    """
    if block % arms:
        raise ScenarioError(f"trial.block_size: found {block}, wanted a multiple of the {arms} arms")
    if stratum is not None and stratum.any():
        order = np.argsort(stratum, axis=1, kind="stable")  # each stratum in its order of arrival
        first = (~stratum).sum(axis=1)
        arm = np.empty(uniforms.shape, np.int8)
        for row, (own, cut) in enumerate(zip(order, first, strict=True)):
            for part in (own[:cut], own[cut:]):
                arm[row, part] = randomise(uniforms[row : row + 1, part], arms, block)
        return arm
    trials, n = uniforms.shape
    padded = np.full((trials, -(-n // block) * block), 2.0)  # beyond any uniform: places nobody takes come last
    padded[:, :n] = uniforms
    rank = np.argsort(np.argsort(padded.reshape(trials, -1, block), axis=-1), axis=-1)
    return (rank.reshape(trials, -1)[:, :n] % arms).astype(np.int8)


def _screen(
    design: Design, calibration: Calibration, streams: Streams, trials: range, n: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64], population.Population]:
    people = candidates(design, calibration, streams, trials, n)
    untreated = np.ones((1, 1, design.start))
    shift = np.zeros((len(trials), n))
    if design.placebo_run_in:
        shift = population.placebo_shift(design.diary, people, _mean_shift(design, calibration, streams, trials)[0])
    upstream = process.DiaryInput(untreated, people, shift, design.shift_day)
    days = process.run(design.diary, upstream, design.counting, endpoints.COUNTED)
    attacks, filled = endpoints.counted(days, (design.run_in_days, design.start), design.rules.month)
    eligible = endpoints.is_eligible(attacks, design) & (filled >= design.min_filled * design.baseline_days)
    return eligible, attacks, people


def _mean_shift(
    design: Design, calibration: Calibration, streams: Streams, trials: range
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each trial's mean placebo shift of ln(rate) and the change it was drawn for, (trial, 1)."""
    change = design.placebo_change + design.placebo_change_se * ndtri(streams.per_trial("trial.placebo", trials))
    return calibration.shift(change), change


def _last_day(
    design: Design, arm: NDArray[np.int8], drops: NDArray[np.float64], when: NDArray[np.float64]
) -> NDArray[np.float64]:
    share = np.asarray(design.dropout)[arm]
    return np.where(drops < share, design.start + when * design.treatment_days, np.inf)
