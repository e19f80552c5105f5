"""Doses that follow the patient: a trial lived under a policy, a shipped one (``Rules``) or any callable.

A visit closes each month of treatment. The prescriber sees the patient's events and, where the policy wants to, the
diary, never the arm: on placebo the same rules move tablets without drug, so that the blind holds; who does not
tolerate a dose that can be lowered no further leaves the drug. A callable sees what ``EpochView`` holds and gives the
dose of the next month. What happens after a visit cannot reach back: diaries and events are drawn by counter, so
living them again up to the next visit leaves the days before as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import SolverError
from leao.core.random import Streams
from leao.core.units import DAYS_PER_WEEK
from leao.diary import adverse_events, labels
from leao.diary.courses import Courses, told_apart
from leao.dosing.policies import Rules
from leao.trial import endpoints
from leao.trial.designs import Design
from leao.trial.diaries import diaries
from leao.trial.effect import Effect, while_there
from leao.trial.enrolment_dropout import EnrolledPatients

Array = NDArray[np.float64]
GONE, FELT, INTOLERABLE = 0, 1, 2
ADVERSE, LEFT, DOSE_MONTH = "adverse_", "left_intolerant", "dose_month_"  # columns of the patients' table


class EpochView(NamedTuple):
    """What a dosing policy may look at, at the end of a month of treatment."""

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

    def ratio(self, dose: Courses) -> Courses:
        """Return the checked factor on the hazard of attacks under ``dose``."""
        return checked(self.effect.ratio(self.enrolled, dose), dose)


class Dosed(NamedTuple):
    """What was taken and what it did."""

    enrolled: EnrolledPatients  # ``last_day`` brought forward where a patient left for intolerance
    dose: Courses  # mg/day of the drug; none once the patient has left
    prescribed: Courses  # mg/day, tablets without drug included; who left otherwise keeps the last prescription
    ratio: Courses  # on the hazard of attacks
    left: NDArray[np.bool_]  # for intolerance, (trial, subject)


def decide(dose: Array, tolerability: NDArray[np.intp], response: Array, rules: Rules) -> Array:
    """Return the next dose of each patient, mg/day; 0 is stopped, and stays so.

    Args:
        dose: until now.
        tolerability: GONE (nothing felt), FELT or INTOLERABLE.
        response: fall of attacks from baseline as a share; NaN where it is not known.
        rules: the policy.
    """
    raised = np.minimum(dose + rules.step_up, rules.ceiling)
    lowered = dose - rules.step_down
    lowered = np.where((rules.step_down > 0.0) & (lowered >= rules.floor), lowered, 0.0)
    needs = response < rules.enough  # false for NaN: without a diary the dose is held
    chosen = np.where((tolerability == GONE) & needs, raised, dose)
    chosen = np.where(tolerability == INTOLERABLE, lowered, chosen)
    return np.where(dose > 0.0, np.minimum(chosen, rules.ceiling), 0.0)


def first_doses(rules: Rules, days: int) -> Array:
    """Return the first prescription by day of treatment, (day,), mg/day: the ramp up to the start."""
    weeks = 1 + np.arange(days) // DAYS_PER_WEEK  # the labels raise the dose by the week
    return np.minimum(weeks * rules.ramp, rules.start) if rules.ramp else np.full(days, rules.start)


def by_rules(asked: TitrationRequest, rules: Rules) -> Dosed:
    """Return the trials lived under a shipped policy."""
    design, enrolled = asked.design, asked.enrolled
    prescribed = np.zeros((*enrolled.arm.shape, design.days))
    prescribed[..., design.start :] = first_doses(rules, design.days - design.start)
    left = np.zeros(enrolled.arm.shape, dtype=bool)
    last = enrolled.last_day
    for visit in range(design.start + design.month, design.days, design.month):
        # what has happened until now does not depend on who leaves later, so nobody has left yet here
        events = side_effects(design, enrolled, _drug_in(enrolled, prescribed), asked.streams)
        response = _response(asked, prescribed[..., :visit]) if rules.looks_at_response else np.full(left.shape, np.nan)
        before = prescribed[..., visit - 1]
        after = decide(before, tolerability(events, visit - design.month, visit), response, rules)
        here = last > visit
        stops = here & (before > 0.0) & (after == 0.0)
        moves = here & (after != before)
        prescribed[..., visit:] = np.where(moves[..., None], after[..., None], prescribed[..., visit:])
        left |= stops
        last = np.where(stops, np.minimum(last, visit), last)
    stayed = enrolled._replace(last_day=last)
    dose = told_apart(while_there(stayed, _drug_in(stayed, prescribed)))
    return Dosed(stayed, dose, Courses.each(prescribed), asked._replace(enrolled=stayed).ratio(dose), left)


def by_callable(asked: TitrationRequest, policy: Policy, first: Array) -> Dosed:
    """Return the trials lived under a callable.

    Args:
        asked: whom and what.
        policy: gives the dose of each next epoch.
        first: mg/day as planned, (trial, subject, day).
    """
    design, enrolled = asked.design, asked.enrolled
    dose = first.copy()
    treated = (enrolled.arm > 0)[..., None]
    for epoch, day in enumerate(range(design.start + design.month, design.days, design.month), start=1):
        days = diaries(design, enrolled, asked.ratio(told_apart(dose)))
        past = {name: value[..., :day] for name, value in days.items()}
        chosen = policy(EpochView(epoch, day, design.start, dose[..., :day], past, enrolled, asked.streams))
        dose[..., day:] = np.where(treated, np.asarray(chosen)[..., None], 0.0)
        dose = while_there(enrolled, dose)
    return fixed(asked, told_apart(dose))


def fixed(asked: TitrationRequest, dose: Courses) -> Dosed:
    """Return the trials lived under doses that nobody changes any more."""
    nobody = np.zeros(asked.enrolled.arm.shape, dtype=bool)
    return Dosed(asked.enrolled, dose, dose, asked.ratio(dose), nobody)


def side_effects(design: Design, enrolled: EnrolledPatients, dose: Array, streams: Streams) -> adverse_events.Events:
    """Return the events of the enrolled under ``dose``; the same people have the same uniforms under any dose."""
    numbers = ledger.read("tolerability")
    params = ledger.draw(
        numbers,
        adverse_events.AdverseEventNumbers,
        lambda key: streams.per_trial(f"world.tolerability.{key}", enrolled.trials),
    )
    table = labels.simulated()
    identity = enrolled.people.identity.astype(np.intp)
    n = len(table.events) * adverse_events.LUCK
    uniforms = streams.uniforms("person.adverse", enrolled.trials, range(int(identity.max()) + 1), n)
    mine = np.take_along_axis(uniforms, identity[..., None], axis=1).reshape(*identity.shape, -1, adverse_events.LUCK)
    return adverse_events.run(params, table, dose, design.start, mine)


def tolerability(events: adverse_events.Events, first: int, visit: int) -> NDArray[np.intp]:
    """Return what a visit finds: an event not put up with (begun since ``first`` or felt), one felt, nothing."""
    felt = events.active(visit - 1, visit)
    new = (events.onset >= first) & (events.onset < visit)
    bad = ((new | felt) & events.intolerable).any(axis=(-2, -1))
    return np.where(bad, INTOLERABLE, np.where(felt.any(axis=(-2, -1)), FELT, GONE))


def columns(dosed: Dosed, design: Design, streams: Streams) -> dict[str, NDArray]:
    """Return columns of the patients' table, (trial, subject): events had on treatment, who left for one, doses.

    ``dose_month_1`` ...: mg/day prescribed on the last day of each month; 0: left.
    """
    events = side_effects(design, dosed.enrolled, dosed.dose.dense(), streams)
    until = np.minimum(dosed.enrolled.last_day, design.days)[..., None, None]
    had = np.asarray((events.onset < until).any(axis=-1))
    table: dict[str, NDArray] = {
        f"{ADVERSE}{event.replace(' ', '_')}": had[..., place] for place, event in enumerate(labels.simulated().events)
    }
    table[f"{ADVERSE}any"], table[LEFT] = np.asarray(had.any(axis=-1)), dosed.left
    return table | month_ends(dosed, design)


def month_ends(dosed: Dosed, design: Design) -> dict[str, NDArray]:
    """Return ``dose_month_1`` ...: mg/day prescribed on the last day of each month, (trial, subject); 0: left."""
    prescribed = while_there(dosed.enrolled, dosed.prescribed.dense())
    last = range(design.start + design.month, design.days + 1, design.month)
    return {f"{DOSE_MONTH}{number}": prescribed[..., day - 1] for number, day in enumerate(last, start=1)}


def without_published_dropout(design: Design) -> Design:
    """Return the design with the control's dropout in every arm: what intolerance adds is simulated, not given."""
    return design._replace(dropout=(design.dropout[0],) * len(design.arms))


def checked(ratio: Courses | Any, dose: Courses) -> Courses:
    """Return the factor on the hazard of attacks.

    Raises:
        SolverError: it is no factor in (0, 1], or works without a dose.
    """
    if not isinstance(ratio, Courses):
        raise SolverError(
            f"trial, effect: found {type(ratio).__name__}, wanted leao.diary.courses.Courses; return "
            "Courses.each(array) of an array (trial, subject, day)"
        )
    days, taken = ratio.days, dose.days
    good = ratio.of.shape == dose.of.shape and days.shape[-1] == taken.shape[-1]
    good = good and bool(days.min() > 0.0 and days.max() <= 1.0)  # neither is so of no number
    if not good or (_first(days < 1.0)[ratio.of] < _first(taken != 0.0)[dose.of]).any():
        raise SolverError(
            f"trial, effect: found {(*ratio.of.shape, days.shape[-1])} factors from {np.nanmin(days):g} to "
            f"{np.nanmax(days):g}, wanted {(*dose.of.shape, taken.shape[-1])} above 0 and at most 1, and 1 before the "
            "first dose; check the effect asked for"
        )
    return ratio


def _first(days: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the first of the days that are marked, or their number where none is."""
    first = days.argmax(axis=-1)
    return np.where(np.take_along_axis(days, first[..., None], axis=-1)[..., 0], first, days.shape[-1])


def _drug_in(enrolled: EnrolledPatients, prescribed: Array) -> Array:
    """Return the drug in the prescribed tablets: none in the control arm."""
    return np.where((enrolled.arm > 0)[..., None], prescribed, 0.0)


def _response(asked: TitrationRequest, prescribed: Array) -> Array:
    """Return the fall of attacks from baseline to the month that ends with ``prescribed``, as a share."""
    design, enrolled, day = asked.design, asked.enrolled, prescribed.shape[-1]
    dose = while_there(enrolled, _drug_in(enrolled, prescribed))
    days = diaries(design, enrolled, asked.ratio(told_apart(dose)))
    before = endpoints.baseline(days, design)["attacks"]
    now = endpoints.window(days, day - design.month, day, design.rules.month)["attacks"]
    return np.divide(before - now, before, out=np.full(before.shape, np.nan), where=before > 0.0)
