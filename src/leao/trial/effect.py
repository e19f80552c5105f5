"""What a drug does to the hazard of attacks, day by day: three kinds of effect, one shape.

``Assumed``: a ratio of attack rates at the steady level of the reference dose, the same in every trial or drawn for
each; it follows the level of the drug, ln h(t) = level(t) / steady level * ln h, so it builds up, washes out and
carries over with the drug's half-life, and a smaller dose does proportionately less (linear in the level: assumed).
Any other object with ``ratio(enrolled, dose)`` will do: the mechanistic chain is one.

An observed ratio of attacks is wished for, but a hazard is what a drug acts on; ``Link`` goes from one to the other by
simulation (trial/saturation.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.exposure import plasma_and_brain as exposure
from leao.trial.designs import Design
from leao.trial.enrolment_dropout import EnrolledPatients

Array = NDArray[np.float64]
_STEADY = 400  # days, many half-lives


class Effect(Protocol):
    """What a drug does to the enrolled."""

    def ratio(self, enrolled: EnrolledPatients, dose: Array) -> Array:
        """Return the factor on the hazard of attacks for daily doses ``dose``, both (trial, subject, day)."""
        ...


class PainRoute(NamedTuple):
    """What a drug does to the pain of attacks that come while it is taken, (trial, subject); 0 does nothing."""

    severity: Array  # added to the latent severity of an episode, in its standard deviations
    log_length: Array  # added to ln(episode length)


class Link(NamedTuple):
    """Logarithms of hazard ratios and of the ratios of attacks they give, rising."""

    hazard: tuple[float, ...]
    observed: tuple[float, ...]

    def log_hazard(self, observed: Array | float) -> Array:
        """Return the log hazard ratio at which attacks fall by the log ratio ``observed``; straight beyond the ends."""
        observed = np.asarray(observed, dtype=np.float64)
        inside = np.interp(observed, self.observed, self.hazard)
        return np.where(observed < self.observed[0], observed * self.hazard[0] / self.observed[0], inside)


class Assumed(NamedTuple):
    """A ratio of attack rates that is given, not computed from the drug."""

    draw: Callable[[range], Array]  # log ratio of attacks at the steady level in each trial, (trial,)
    link: Link
    reference: float  # mg/day at which the ratio holds

    def ratio(self, enrolled: EnrolledPatients, dose: Array) -> Array:
        """Return exp(level share * log hazard ratio); at most 1."""
        log = self.link.log_hazard(np.minimum(self.draw(enrolled.trials), 0.0))
        level, place = _courses(dose, self.reference)
        if (log == log[0]).all():  # in every trial the same: once for each course
            return np.exp(level * log[0])[place].reshape(dose.shape)
        return np.exp(level[place].reshape(dose.shape) * log[:, None, None])


class Constant(NamedTuple):
    """The same log ratio in every trial."""

    log: float

    def __call__(self, trials: range) -> Array:
        """Return it for each trial."""
        return np.full(len(trials), self.log)


class NoEffect(NamedTuple):
    """A drug that does nothing."""

    def ratio(self, enrolled: EnrolledPatients, dose: Array) -> Array:
        """Return 1 on every day."""
        return np.ones(dose.shape)


def level_share(dose: Array, reference: float) -> Array:
    """Return the typical person's daily level over the steady one of ``reference`` mg/day, same shape as ``dose``."""
    level, place = _courses(dose, reference)
    return level[place].reshape(dose.shape)


def _courses(dose: Array, reference: float) -> tuple[Array, NDArray[np.intp]]:
    """Return ``level_share`` of each course of doses that somebody takes, (course, day), and everybody's course."""
    params = ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)
    rows = np.ascontiguousarray(dose, np.float64).reshape(-1, dose.shape[-1])
    chosen, place = different(rows)
    steady = exposure.daily(params, np.full((1, _STEADY, 1), reference))[0, -1]
    return exposure.daily(params, rows[chosen][..., None]) / steady, place


def different(rows: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return places of rows such that every row is one of them, and which one each is.

    Most patients take one of a few courses. Rows are told apart by a weighted sum, which is checked; to compare them
    all takes longer than what is computed of them.
    """
    key = rows @ np.random.default_rng(0).random(rows.shape[1])
    _, chosen, place = np.unique(key, return_index=True, return_inverse=True)
    if not np.array_equal(rows[chosen][place], rows):
        return np.arange(len(rows)), np.arange(len(rows))
    return chosen, place


def by_group(design: Design, planned: Array) -> Array:
    """Return what every group is planned to take on each day of the diary, (group, day, ...); nothing before treatment.

    Args:
        design: the trial.
        planned: of each treatment by day since that treatment began, (treatment, day, ...).
    """
    treatment = design.plan.treatment()
    since = np.zeros_like(treatment)
    for day in range(1, treatment.shape[1]):
        same = treatment[:, day] == treatment[:, day - 1]
        since[:, day] = np.where(same, since[:, day - 1] + 1, 0)
    groups = np.zeros((len(design.arms), design.days, *planned.shape[2:]))
    groups[:, design.start :] = planned[treatment, since]
    return groups


def doses(design: Design, enrolled: EnrolledPatients, planned: Array) -> Array:
    """Return the daily dose (trial, subject, day) of everybody, none once they have stopped; ``planned``: mg/day."""
    return _until_they_leave(enrolled, by_group(design, planned)[enrolled.arm])


def while_there(enrolled: EnrolledPatients, dose: Array) -> Array:
    """Return ``dose`` (trial, subject, day) until the patient leaves, then none."""
    out = np.array(np.broadcast_to(dose, (*enrolled.last_day.shape, dose.shape[-1])), np.float64)
    return _until_they_leave(enrolled, out)


def _until_they_leave(enrolled: EnrolledPatients, dose: Array) -> Array:
    """Set ``dose`` to none from the day on which each has left."""
    leaves = np.isfinite(enrolled.last_day)
    dose[leaves] *= np.arange(dose.shape[-1]) < enrolled.last_day[leaves][:, None]
    return dose
