"""Who enters a trial and who leaves it: a baseline diary, the first eligible randomised in permuted blocks, dropout.

Blocks may be kept apart for high and low baselines. Regression to the mean needs no rule of its own: who is enrolled
after a bad month was, on average, having one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.trial import endpoints
from leao.trial.designs import Design
from leao.trial.placebo_response import Calibration

_MARGIN = 1.0  # standard deviations of the number of candidates that a trial needs: five trials in six have enough
_FURTHER = 2.0  # the same of those who come after, in trials that have too few
_MOST_SCREENED = 1000  # candidates per patient wanted
_ARM, _DROPS, _WHEN, _LUCK = 0, 1, 2, 3


class Screened(NamedTuple):
    """Some candidates, (trial, candidate) unless said."""

    eligible: NDArray[np.bool_]
    attacks: NDArray[np.float64]  # counted in the baseline
    people: patient_traits.Population
    history: process.History


class _First(NamedTuple):
    """The first eligible of some trials, (trial, subject) unless said."""

    last: NDArray[np.intp]  # (trial,), place of the last among the candidates
    attacks: NDArray[np.float64]
    people: patient_traits.Population
    history: process.History


class EnrolledPatients(NamedTuple):
    """The randomised patients of some trials, (trial, subject) unless said."""

    trials: range
    people: patient_traits.Population
    arm: NDArray[np.int8]  # place in ``design.arms``; 0 is the control
    shift: NDArray[np.float64]  # change of ln(attack rate) from randomisation that no drug causes
    placebo_change: NDArray[np.float64]  # (trial, 1), the published change this trial drew
    last_day: NDArray[np.float64]  # day of dropout, infinite for completers
    screened: NDArray[np.int64]  # (trial,), candidates seen until the last was enrolled
    history: process.History | None = None  # what they have written before treatment, where a diary may go on from it


def candidates(
    design: Design, calibration: Calibration, streams: Streams, trials: Sequence[int], which: range
) -> patient_traits.Population:
    """Return some candidates of each trial; others change nobody among them."""
    uniforms = patient_traits.uniforms_of(streams, "diary.people", trials, which)
    key = np.stack([streams.key("diary.days", trial) for trial in trials])
    return patient_traits.draw(design.diary, calibration.log_rate, uniforms, key, which.start)


def enrol(design: Design, calibration: Calibration, streams: Streams, trials: range) -> EnrolledPatients:
    """Return the patients of ``trials``, enrolled in the order in which they came.

    Raises:
        ScenarioError: hardly anybody is eligible.
    """
    share, shift = calibration.eligible, _mean_shift(design, calibration, streams, trials)
    n = math.ceil((design.n + _MARGIN * math.sqrt(design.n * (1.0 - share))) / share) + len(design.arms)
    screen = partial(_screen, design, calibration, streams)
    seen, rows = screen(trials, range(n), shift[0]), np.arange(len(trials))
    first = _first(seen, design.n)
    while (short := seen.eligible.sum(axis=1) < design.n).any():
        if 2 * n > _MOST_SCREENED * design.n:
            raise ScenarioError(
                f"trial: fewer than {design.n} of {n} candidates were eligible, wanted {design.n}; widen "
                "min_attacks_per_28d to max_attacks_per_28d"
            )
        missing = design.n - int(seen.eligible.sum(axis=1).min())
        more = min(math.ceil((missing + _FURTHER * math.sqrt(missing)) / share), n)
        rows = rows[short]
        added = screen([trials[row] for row in rows], range(n, n + more), shift[0][rows])
        seen = _beside(seen, short, added)
        n += more
        _put(first, rows, _first(seen, design.n))
    uniforms = streams.uniforms("trial.patients", trials, range(design.n), _LUCK)
    high = (first.attacks >= design.baseline_attacks) & design.stratify
    arm = randomise(uniforms[..., _ARM], len(design.arms), block_size(design), high)
    mean, change = shift
    return EnrolledPatients(
        trials=trials,
        people=first.people,
        arm=arm,
        shift=patient_traits.placebo_shift(design.diary, first.people, mean),
        placebo_change=change,
        last_day=_last_day(design, arm, uniforms[..., _DROPS], uniforms[..., _WHEN]),
        screened=first.last + 1,
        history=first.history if process.goes_on(design.counting) else None,
    )


def alone(enrolled: EnrolledPatients, chosen: NDArray[np.bool_]) -> EnrolledPatients:
    """Return some of the patients, (trial, subject), each as a trial of its own: what they live does not change."""
    people = enrolled.people
    key = np.broadcast_to(people.key[:, None, :], (*chosen.shape, people.key.shape[-1]))[chosen]
    traits = {name: value[chosen][:, None] for name, value in people._asdict().items() if name != "key"}
    return enrolled._replace(
        people=patient_traits.Population(key=key, **traits),
        arm=enrolled.arm[chosen][:, None],
        shift=enrolled.shift[chosen][:, None],
        last_day=enrolled.last_day[chosen][:, None],
        history=None if enrolled.history is None else enrolled.history.alone(chosen),
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
        for row, (places, cut) in enumerate(zip(order, first, strict=True)):
            for part in (places[:cut], places[cut:]):
                arm[row, part] = randomise(uniforms[row : row + 1, part], arms, block)
        return arm
    trials, n = uniforms.shape
    padded = np.full((trials, -(-n // block) * block), 2.0)  # beyond any uniform: places nobody takes come last
    padded[:, :n] = uniforms
    rank = np.argsort(np.argsort(padded.reshape(trials, -1, block), axis=-1), axis=-1)
    return (rank.reshape(trials, -1)[:, :n] % arms).astype(np.int8)


def _screen(
    design: Design,
    calibration: Calibration,
    streams: Streams,
    trials: Sequence[int],
    which: range,
    mean_shift: NDArray[np.float64],
) -> Screened:
    """Return who of some candidates of each trial is eligible, attacks counted in the baseline, and the people."""
    people = candidates(design, calibration, streams, trials, which)
    untreated = np.ones((1, 1, design.start))
    shift = np.zeros(people.log_rate.shape)
    if design.placebo_run_in:
        shift = patient_traits.placebo_shift(design.diary, people, mean_shift)
    upstream = process.DiaryInput(untreated, people, shift, design.shift_day)
    history = process.begin(design.diary, upstream, design.counting, endpoints.COUNTED)
    attacks, filled = endpoints.counted(history.columns, (design.run_in_days, design.start), design.rules.month)
    eligible = endpoints.is_eligible(attacks, design) & (filled >= design.min_filled * design.baseline_days)
    return Screened(eligible, attacks, people, history)


def _first(seen: Screened, n: int) -> _First:
    """Return the first ``n`` eligible of each trial; where there are fewer, the rest is nobody's in particular."""
    chosen = np.argsort(~seen.eligible, axis=1, kind="stable")[:, :n]
    attacks = np.take_along_axis(seen.attacks, chosen, axis=1)
    return _First(chosen[:, -1], attacks, patient_traits.select(seen.people, chosen), seen.history.of(chosen))


def _arrays(part: Screened | _First) -> list[NDArray]:
    """Return all arrays with a row for each trial."""
    plain, history = [value for value in part if isinstance(value, np.ndarray)], part.history
    return [*plain, *part.people, *(history.columns[name] for name in sorted(history.columns)), history.kept]


def _put(first: _First, rows: NDArray[np.intp], others: _First) -> None:
    """Put the patients of some trials in place of those that stand there."""
    for values, further in zip(_arrays(first), _arrays(others), strict=True):
        values[rows] = further


def _beside(seen: Screened, rows: NDArray[np.bool_], added: Screened) -> Screened:
    """Return the candidates of the trials ``rows`` with further ones of theirs."""

    def joined(values: NDArray, further: NDArray) -> NDArray:
        return np.concatenate([values[rows], further], axis=1)

    people, others, days = seen.people._asdict(), added.people._asdict(), seen.history.columns
    traits = {name: joined(value, others[name]) for name, value in people.items() if name != "key"}
    return Screened(
        joined(seen.eligible, added.eligible),
        joined(seen.attacks, added.attacks),
        patient_traits.Population(key=others["key"], **traits),
        process.History(
            seen.history.days,
            {name: joined(days[name], added.history.columns[name]) for name in days},
            joined(seen.history.kept, added.history.kept),
        ),
    )


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
