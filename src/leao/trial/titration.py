"""Doses that follow the patient: a trial lived under a policy, a shipped one (``Rules``) or any callable.

A shipped policy (trial/policies.py) looks at adverse events and, where it wants to, at the diary, tablets without drug
included, so that the blind holds; who does not tolerate a dose that can be lowered no further leaves the drug. A
callable sees what ``EpochView`` holds and gives the dose of the next 28 days. Either way the past stays as it was: its
draws depend on day and person alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import SolverError
from leao.core.random import Streams
from leao.dosing.policies import Rules
from leao.trial import as_tolerated as rule
from leao.trial.designs import Design
from leao.trial.effect import Effect
from leao.trial.enrolment import EnrolledPatients
from leao.trial.ensemble import diaries

Array = NDArray[np.float64]
EPOCH = 28  # days after which a policy may change the dose


class EpochView(NamedTuple):
    """What a dosing policy may look at, at the end of an epoch of 28 days of treatment."""

    epoch: int  # 1 at the end of the first
    day: int  # of the diary: the first day of the next epoch
    start: int  # day on which treatment began
    dose: Array  # mg/day so far, (trial, subject, day)
    diary: Mapping[str, NDArray]  # days so far, each (trial, subject, day)
    enrolled: EnrolledPatients
    streams: Streams


Policy = Callable[[EpochView], Array]  # the dose of the next epoch, mg/day, (trial, subject); 0 stops


class TitrationRequest(NamedTuple):
    """Who is treated in which trial, and what the drug does to them."""

    design: Design
    enrolled: EnrolledPatients
    effect: Effect
    streams: Streams


class Dosed(NamedTuple):
    """What was taken and what it did; arrays (trial, subject, day)."""

    enrolled: EnrolledPatients  # ``last_day`` brought forward where a patient left for intolerance
    dose: Array  # mg/day of the drug
    prescribed: Array  # mg/day, tablets without drug included; none once the patient has left
    ratio: Array  # on the hazard of attacks
    columns: dict[str, NDArray]  # of the patients' table, flat: adverse events, who left for one


def by_rules(request: TitrationRequest, rules: Rules) -> Dosed:
    """Return the trials lived under a shipped policy."""

    def chain(enrolled: EnrolledPatients, dose: Array) -> Array:
        taken = _while_there(enrolled, dose)
        return checked(request.effect.ratio(enrolled, taken), taken)

    followed = rule.follow(request.design, request.enrolled, chain, rules, request.streams)
    dose, prescribed = (_while_there(followed.enrolled, amount) for amount in (followed.dose, followed.nominal))
    columns = {
        name: value
        for name, value in rule.rows(followed, request.design).items()
        if name.startswith("adverse_") or name == "left_intolerant"
    }
    return Dosed(followed.enrolled, dose, prescribed, followed.ratio, columns)


def without_effect(request: TitrationRequest, rules: Rules) -> EnrolledPatients:
    """Return who leaves when where the drug does nothing to attacks and is tolerated as it is."""
    nothing: rule.Chain = lambda enrolled, dose: np.ones(dose.shape)  # noqa: E731
    return rule.follow(request.design, request.enrolled, nothing, rules, request.streams).enrolled


def by_callable(request: TitrationRequest, policy: Policy, first: Array) -> tuple[Dosed, dict[str, NDArray]]:
    """Return the trials lived under a callable, and their diaries.

    Args:
        request: whom and what.
        policy: gives the dose of each next epoch.
        first: mg/day as planned, (trial, subject, day).
    """
    design, enrolled = request.design, request.enrolled
    dose = first.copy()
    ratio = checked(request.effect.ratio(enrolled, dose), dose)
    days = diaries(design, enrolled, ratio)
    treated = (np.arange(len(design.arms)) > 0)[enrolled.arm]
    for epoch, day in enumerate(range(design.start + EPOCH, design.days, EPOCH), start=1):
        past = {name: value[..., :day] for name, value in days.items()}
        chosen_dose = policy(EpochView(epoch, day, design.start, dose[..., :day], past, enrolled, request.streams))
        stays = np.arange(day, design.days) < enrolled.last_day[..., None]
        dose[..., day:] = np.where(stays & treated[..., None], np.asarray(chosen_dose)[..., None], 0.0)
        ratio = checked(request.effect.ratio(enrolled, dose), dose)
        days = diaries(design, enrolled, ratio)
    return Dosed(enrolled, dose, dose, ratio, {}), days


def month_ends(dosed: Dosed, design: Design) -> dict[str, NDArray]:
    """Return ``dose_month_1`` ...: mg/day prescribed on the last day of each month, (trial, subject); 0: left."""
    last = range(design.start + design.month, design.days + 1, design.month)
    return {f"dose_month_{number}": dosed.prescribed[..., day - 1] for number, day in enumerate(last, start=1)}


def checked(ratio: Array, dose: Array) -> Array:
    """Return the factor on the hazard of attacks.

    Raises:
        SolverError: it is no factor in (0, 1], or works without a dose.
    """
    bad = ~((ratio > 0.0) & (ratio <= 1.0)) | ((ratio < 1.0) & (np.cumsum(dose, axis=-1) == 0.0))
    if ratio.shape != dose.shape or bad.any():
        raise SolverError(
            f"trial, effect: found {ratio.shape} factors from {np.nanmin(ratio):g} to {np.nanmax(ratio):g}, wanted "
            f"{dose.shape} above 0 and at most 1, and 1 before the first dose; check the effect asked for"
        )
    return ratio


def _while_there(enrolled: EnrolledPatients, dose: Array) -> Array:
    return np.where(np.arange(dose.shape[-1]) < enrolled.last_day[..., None], dose, 0.0)
