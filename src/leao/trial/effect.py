"""What a drug does to the hazard of attacks, day by day: three kinds of effect, one shape.

Most patients take one of a few courses of doses, so doses and factors are ``Courses``: what is the same for many is
worked out once.

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
from leao.diary.courses import Courses, ranked
from leao.exposure import plasma_and_brain as exposure
from leao.trial.designs import Design
from leao.trial.enrolment_dropout import EnrolledPatients

Array = NDArray[np.float64]
_STEADY = 400  # days, many half-lives


class Effect(Protocol):
    """What a drug does to the enrolled."""

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return the factor on the hazard of attacks for daily doses ``dose``, mg."""
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

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return exp(level share * log hazard ratio); at most 1."""
        log = self.link.log_hazard(np.minimum(self.draw(enrolled.trials), 0.0))
        level = level_share(dose.days, self.reference)
        if (log == log[0]).all():  # in every trial the same: once for each course
            return dose._replace(days=np.exp(level * log[0]))
        key, of = ranked(dose.of + len(level) * np.arange(len(log))[:, None], len(level) * len(log))
        return Courses(np.exp(level[key % len(level)] * log[key // len(level), None]), of)


class Constant(NamedTuple):
    """The same log ratio in every trial."""

    log: float

    def __call__(self, trials: range) -> Array:
        """Return it for each trial."""
        return np.full(len(trials), self.log)


class NoEffect(NamedTuple):
    """A drug that does nothing."""

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return 1 on every day."""
        return Courses(np.ones((1, dose.days.shape[1])), np.zeros_like(dose.of))


def level_share(dose: Array, reference: float) -> Array:
    """Return the typical person's daily level over the steady one of ``reference`` mg/day, both (course, day)."""
    params = ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)
    steady = exposure.daily(params, np.full((1, _STEADY, 1), reference))[0, -1]
    return exposure.daily(params, dose[..., None]) / steady


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


def doses(design: Design, enrolled: EnrolledPatients, planned: Array) -> Courses:
    """Return the daily dose of everybody, none from the day on which they have stopped; ``planned``: mg/day."""
    days = np.ceil(np.minimum(enrolled.last_day, design.days)).astype(np.intp)  # on which anything is taken
    most = design.days + 1
    key, of = ranked(days + most * enrolled.arm.astype(np.intp), len(design.arms) * most)
    group, taken = np.divmod(key, most)
    return Courses(by_group(design, planned)[group] * (np.arange(design.days) < taken[:, None]), of)


def while_there(enrolled: EnrolledPatients, dose: Array) -> Array:
    """Return ``dose`` (trial, subject, day) until the patient leaves, then none."""
    out = np.array(np.broadcast_to(dose, (*enrolled.last_day.shape, dose.shape[-1])), np.float64)
    leaves = np.isfinite(enrolled.last_day)
    out[leaves] *= np.arange(dose.shape[-1]) < enrolled.last_day[leaves][:, None]
    return out
