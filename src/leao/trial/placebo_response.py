"""Calibration: the two numbers of the diary that the published trial fixes.

The median rate is solved so that the *eligible* have the published baseline, the placebo shift so that the
published change on placebo is met *after* the regression to the mean, which the simulation gives by itself and
which is returned apart. Both are inputs: nothing they match is a prediction. The same candidates serve every
evaluation, so both curves are smooth and the result is the same at every call.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError, SolverError
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.trial import endpoints
from leao.trial.designs import Design

_CANDIDATES = 8_000
_STREAMS = Streams(0, "calibration")  # the same for every seed: a scenario is calibrated once
_RATES = (-6.0, 3.0)  # ln(attacks/day), from one attack in a year to daily and more
_SHIFTS = (-2.4, -1.2, -0.6, -0.4, -0.2, 0.0, 0.8)  # ln(rate), the curve's supports
_TOLERANCE = 0.005
_FAR = 3.0  # standard errors of the placebo change that must be within reach


class Calibration(NamedTuple):
    """What the published baseline and placebo change imply."""

    log_rate: float  # median ln(attacks/day while at risk) of the candidates
    eligible: float  # share of candidates
    baseline_attacks: float  # mean of the eligible, per 28 days
    baseline_sd: float
    regression_to_the_mean: float  # change at the end with no placebo response at all, per 28 days
    change_sd: float  # of the change on placebo, between patients
    shifts: tuple[float, ...]
    changes: tuple[float, ...]

    def shift(self, change: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the mean placebo shift of ln(rate) at which placebo changes attacks by ``change`` per 28 days."""
        return np.asarray(np.interp(change, self.changes, self.shifts))


def calibrate(design: Design) -> Calibration:
    """Return the calibration of the trial; deterministic.

    Raises:
        ScenarioError: a baseline or a placebo change that these patients cannot have.
    """
    uniforms = patient_traits.uniforms_of(_STREAMS, "people", range(1), range(_CANDIDATES))
    standard = patient_traits.draw(design.diary, 0.0, uniforms, _STREAMS.key("days", 0)[None])
    log_rate = _solve_rate(design, standard)
    people = _at(standard, log_rate)
    attacks = _attacks(design, people, np.zeros(people.log_rate.shape), design.start)
    eligible = endpoints.is_eligible(attacks, design)
    patients = patient_traits.select(people, np.flatnonzero(eligible[0])[None])
    before = attacks[eligible]
    curve = [_change(design, patients, before, shift) for shift in _SHIFTS]
    changes = np.array([change.mean() for change in curve])
    if not changes[0] < design.placebo_change < changes[-1]:
        raise ScenarioError(
            f"trial.placebo_change: found {design.placebo_change:g}, wanted between {changes[0]:.1f} and "
            f"{changes[-1]:.1f} attacks per 28 days, which these patients can reach"
        )
    far = _FAR * design.placebo_change_se
    if not changes[0] < design.placebo_change - far < design.placebo_change + far < changes[-1]:
        raise ScenarioError(
            f"trial.placebo_change_se: found {design.placebo_change_se:g}, wanted at most "
            f"{min(design.placebo_change - changes[0], changes[-1] - design.placebo_change) / _FAR:.2f}, so that every "
            "drawn change can be reached by these patients"
        )
    nearest = int(np.argmin(np.abs(changes - design.placebo_change)))
    nobody = patients._replace(placebo=np.zeros_like(patients.placebo), remits=np.zeros_like(patients.remits))
    return Calibration(
        log_rate=log_rate,
        eligible=float(eligible.mean()),
        baseline_attacks=float(before.mean()),
        baseline_sd=float(before.std(ddof=1)),
        regression_to_the_mean=float(_change(design, nobody, before, 0.0).mean()),
        change_sd=float(curve[nearest].std(ddof=1)),
        shifts=_SHIFTS,
        changes=tuple(float(change) for change in changes),
    )


def _solve_rate(design: Design, standard: patient_traits.Population) -> float:
    def excess(log_rate: float) -> float:
        people = _at(standard, log_rate)
        attacks = _attacks(design, people, np.zeros(people.log_rate.shape), design.start)
        eligible = attacks[endpoints.is_eligible(attacks, design)]
        return float(eligible.mean() if eligible.size else design.min_attacks) - design.baseline_attacks

    from scipy.optimize import root_scalar  # a slow import, best made while the solvers run

    low, high = _RATES
    grid = np.linspace(low, high, 7)
    # counts of attacks with a free gap fall again where headache is daily: take the first crossing
    previous = low
    for rate in grid[1:]:
        try:
            beyond = excess(rate) > 0.0
        except SolverError:  # a rate that is none: these patients reach no more
            break
        if beyond:
            return float(root_scalar(excess, bracket=(previous, rate), xtol=_TOLERANCE).root)
        previous = rate
    other = "" if design.counting.attack_rule == "period_24h" else ", or for 'period_24h'"
    raise ScenarioError(
        f"trial.baseline_attacks_per_28d: found {design.baseline_attacks:g}, more than these patients reach under "
        f"diary.attack_rule = {design.counting.attack_rule!r}; ask for less{other}"
    )


def _at(standard: patient_traits.Population, log_rate: float) -> patient_traits.Population:
    return standard._replace(log_rate=standard.log_rate + log_rate)


def _change(
    design: Design, people: patient_traits.Population, before: NDArray[np.float64], shift: float
) -> NDArray[np.float64]:
    """Return each patient's change at the end of treatment without a drug, per 28 days."""
    moved = patient_traits.placebo_shift(design.diary, people, shift)
    upstream = _untreated(design, people, moved, design.days)
    days = process.run(design.diary, upstream, design.counting, endpoints.COUNTED)
    after, _ = endpoints.counted(days, (design.days - design.month, design.days), design.rules.month)
    change = after[0] - before
    return change[np.isfinite(change)]


def _attacks(
    design: Design, people: patient_traits.Population, shift: NDArray[np.float64], days: int
) -> NDArray[np.float64]:
    upstream = _untreated(design, people, shift, days)
    outcome = process.run(design.diary, upstream, design.counting, endpoints.COUNTED)
    attacks, _ = endpoints.counted(outcome, (design.run_in_days, design.start), design.rules.month)
    return attacks


def _untreated(
    design: Design, people: patient_traits.Population, shift: NDArray[np.float64], days: int
) -> process.DiaryInput:
    return process.DiaryInput(np.ones((1, 1, days)), people, shift, design.shift_day)
