"""As tolerated: the dose of every patient over the trial, decided visit by visit from what has happened until then.

A visit closes each epoch of 28 days. The prescriber sees the patient's events and diary, never the arm: on placebo the
same rules move tablets without drug. What happens after a visit cannot reach back: diaries and events are drawn by
counter, so living them again up to the next visit leaves the days before as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import adverse, labels, process
from leao.dosing.policies import RAMP_DAYS, Rules, names, read
from leao.trial import endpoints
from leao.trial.designs import Design
from leao.trial.enrolment import EnrolledPatients, enrol
from leao.trial.ensemble import analyse

Array = NDArray[np.float64]
Chain = Callable[
    [EnrolledPatients, Array], Array
]  # enrolled, dose (trial, subject, day) -> factor on the hazard of attacks
GONE, FELT, INTOLERABLE = 0, 1, 2
PERCENT = 100.0


class FollowedTrials(NamedTuple):
    """What became of the enrolled: doses, events, and who left."""

    enrolled: EnrolledPatients  # ``last_day`` brought forward where a patient left for intolerance
    nominal: Array  # (trial, subject, day), mg/day as prescribed, tablets without drug included
    dose: Array  # (trial, subject, day), mg/day of the drug
    ratio: Array  # (trial, subject, day), factor on the hazard of attacks
    events: adverse.Events
    left: NDArray[np.bool_]  # (trial, subject), left for intolerance


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


def planned(rules: Rules, design: Design) -> Array:
    """Return the first prescription, (day,), mg/day: nothing in the baseline, then the ramp up to the start."""
    day = np.arange(design.days) - design.start
    weeks = 1 + day // RAMP_DAYS
    amount = np.minimum(weeks * rules.ramp, rules.start) if rules.ramp else np.full(day.shape, rules.start)
    return np.where(day >= 0, amount, 0.0)


def follow(design: Design, enrolled: EnrolledPatients, chain: Chain, rules: Rules, streams: Streams) -> FollowedTrials:
    """Return the trial lived under a policy.

    Args:
        design: the trial.
        enrolled: its patients.
        chain: from doses to the factor on the hazard of attacks.
        rules: the policy.
        streams: the run's random streams.
    """
    nominal = np.broadcast_to(planned(rules, design), (*enrolled.arm.shape, design.days)).copy()
    left = np.zeros(enrolled.arm.shape, dtype=bool)
    last = enrolled.last_day
    for visit in range(design.start + design.month, design.days, design.month):
        events = side_effects(design, enrolled, _given(enrolled, nominal), streams)
        response = (
            _response(design, enrolled, chain, nominal[..., :visit]) if rules.looks_at_response else _unknown(left)
        )
        before = nominal[..., visit - 1]
        after = decide(before, tolerability(events, visit - design.month, visit), response, rules)
        here = last > visit
        stops = here & (before > 0.0) & (after == 0.0)
        moves = here & (after != before)
        nominal[..., visit:] = np.where(moves[..., None], after[..., None], nominal[..., visit:])
        left |= stops
        last = np.where(stops, np.minimum(last, visit), last)
    return observe(design, enrolled._replace(last_day=last), chain, nominal, streams)._replace(left=left)


def observe(
    design: Design, enrolled: EnrolledPatients, chain: Chain, nominal: Array, streams: Streams
) -> FollowedTrials:
    """Return the trial lived under doses that nobody changes (trial, subject, day)."""
    dose = _given(enrolled, nominal)
    events = side_effects(design, enrolled, dose, streams)
    nobody = np.zeros(enrolled.arm.shape, dtype=bool)
    return FollowedTrials(enrolled, nominal, dose, chain(enrolled, dose), events, nobody)


def side_effects(design: Design, enrolled: EnrolledPatients, dose: Array, streams: Streams) -> adverse.Events:
    """Return the events of the enrolled under ``dose``; the same people have the same luck under any dose."""
    numbers = ledger.read("tolerability")
    params = ledger.draw(
        numbers, adverse.Params, lambda key: streams.per_trial(f"world.tolerability.{key}", enrolled.trials)
    )
    table = labels.simulated()
    identity = enrolled.people.identity.astype(np.intp)
    n = len(table.events) * adverse.LUCK
    uniforms = streams.uniforms("person.adverse", enrolled.trials, range(int(identity.max()) + 1), n)
    own = np.take_along_axis(uniforms, identity[..., None], axis=1).reshape(*identity.shape, -1, adverse.LUCK)
    return adverse.run(params, table, dose, design.start, own)


def tolerability(events: adverse.Events, first: int, visit: int) -> NDArray[np.intp]:
    """Return what a visit finds: an event not put up with (begun since ``first`` or felt), one felt, nothing."""
    felt = events.active(visit - 1, visit)
    new = (events.onset >= first) & (events.onset < visit)
    bad = ((new | felt) & events.intolerable).any(axis=(-2, -1))
    return np.where(bad, INTOLERABLE, np.where(felt.any(axis=(-2, -1)), FELT, GONE))


def rows(followed: FollowedTrials, design: Design) -> dict[str, NDArray]:
    """Return columns of the patients' table: each event had on treatment, the doses, who left for intolerance."""
    until = np.minimum(followed.enrolled.last_day, design.days)[..., None, None]
    had = np.asarray((followed.events.onset < until).any(axis=-1))
    columns: dict[str, NDArray] = {
        f"adverse_{event.replace(' ', '_')}": had[..., place] for place, event in enumerate(labels.simulated().events)
    }
    columns["adverse_any"], columns["left_intolerant"] = np.asarray(had.any(axis=-1)), followed.left
    months = range(design.start, design.days, design.month)
    for number, day in enumerate(months, start=1):
        columns[f"dose_month_{number}"] = followed.nominal[..., day]
    columns["dose_end"] = followed.nominal[..., -1]
    return {name: np.ascontiguousarray(value).reshape(-1) for name, value in columns.items()}


def felt(followed: FollowedTrials, design: Design) -> list[str]:
    """Return the adverse events felt on each day of the first trial's patients, in the order of the example diary."""
    kinds, text = labels.simulated().events, []
    for subject in range(followed.enrolled.arm.shape[1]):
        onset, end = followed.events.onset[0, subject], followed.events.end[0, subject]
        for day in range(int(min(followed.enrolled.last_day[0, subject], design.days))):
            now = ((onset < day + 1) & (end > day)).any(axis=-1)
            text.append(", ".join(kind for kind, is_felt in zip(kinds, now, strict=True) if is_felt))
    return text


def compare(
    design: Design, calibration: Any, chain: Chain, streams: Streams, trials: range, policies: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Return one line per policy and arm, the same patients with the same luck under each.

    Args:
        design: the trial; under every policy both arms lose as many patients otherwise as its control.
        calibration: from ``calibrate(design)``.
        chain: from doses to the factor on the hazard of attacks.
        streams: the run's random streams.
        trials: which trials of the ensemble.
        policies: names; all that ship, by default.
    """
    same = without_published_dropout(design)
    enrolled = enrol(same, calibration, streams, trials)
    table = []
    for name in policies or names():
        followed = follow(same, enrolled, chain, read(name), streams)
        analysed = analyse(same, followed.enrolled, followed.ratio)
        columns = {**analysed.rows, **rows(followed, same)}
        table += [_line(name, arm, place, columns, analysed.trials) for place, arm in enumerate(same.arms)]
    return table


def without_published_dropout(design: Design) -> Design:
    """Return the design with the control's dropout in every arm: what intolerance adds is simulated, not given."""
    return design._replace(dropout=(design.dropout[0],) * len(design.arms))


def _line(
    policy: str, arm: str, place: int, columns: Mapping[str, NDArray], trials: Mapping[str, NDArray]
) -> dict[str, Any]:
    own = columns["arm"] == place

    def percent(name: str) -> float:
        return float(PERCENT * columns[name][own].mean())

    doses, counts = np.unique(columns["dose_end"][own], return_counts=True)
    return {
        "policy": policy,
        "arm": arm,
        "dose_end_percent": {
            f"{dose:g} mg": float(PERCENT * n / counts.sum()) for dose, n in zip(doses, counts, strict=True)
        },
        "any_adverse_event_percent": percent("adverse_any"),
        "left_intolerant_percent": percent("left_intolerant"),
        "completed_percent": percent("completed"),
        "attacks_per_28d": float(np.nanmean(trials["end_attacks"][:, place])),
        "change_attacks_per_28d": float(np.nanmean(trials["change_attacks"][:, place])),
        "responders_50_percent": float(PERCENT * np.nanmean(trials["responders"][:, place])),
    }


def _given(enrolled: EnrolledPatients, nominal: Array) -> Array:
    """Return the drug in the prescribed tablets: none in the control arm."""
    return np.where((enrolled.arm > 0)[..., None], nominal, 0.0)


def _unknown(like: NDArray[np.bool_]) -> Array:
    return np.full(like.shape, np.nan)


def _response(design: Design, enrolled: EnrolledPatients, chain: Chain, nominal: Array) -> Array:
    """Return the fall of attacks from baseline to the epoch that ends with ``nominal``, as a share."""
    ratio = chain(enrolled, _given(enrolled, nominal))
    upstream = process.DiaryInput(ratio, enrolled.people, enrolled.shift, design.shift_day)
    days = process.run(design.diary, upstream, design.counting)
    before = endpoints.baseline(days, design)["attacks"]
    now = endpoints.window(days, nominal.shape[-1] - design.month, nominal.shape[-1], design.rules.month)["attacks"]
    return np.divide(before - now, before, out=np.full(before.shape, np.nan), where=before > 0.0)
