"""Forecast: plasma and free brain level under a regimen, with the 90 % band of people and of what is not known.

The patient is one draw of person.py in ``DRAWS`` worlds: what was answered is kept, what was not is drawn. An
unanswered creatinine clearance is that of anybody, not of the healthy adults whom a run enrols; ``as_in_a_run`` says
what that and missed doses make of the level.
Source: ledgers ``plan``, ``exposure`` and ``renal``; closed_forms.py, exact from intake to intake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.core.units import DAYS_PER_WEEK, HOURS_PER_DAY
from leao.dosing import adherence, regimen
from leao.dosing.schedule import Schedule, Step, planned
from leao.exposure import clearance, person
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.one_compartment import mean_amount
from leao.exposure.patient import Patient
from leao.exposure.patient_params import PatientNumbers as PlanParams
from leao.exposure.plasma_and_brain import ExposureNumbers

DRAWS = 1000
BAND = (5.0, 50.0, 95.0)
REACHED = 0.1  # within a tenth of steady state: 90 % of it on the way up
SETTLE = 180  # days simulated after the last change
WEEKS_AFTER = 8  # shown after the last change
NG_PER_ML = 1e3  # mg/L in ng/mL


def forecast(schedule: Schedule, patient: Patient, ph_shift: float = 0.0) -> dict[str, Any]:
    """Return the forecast as the contract words it, with the level of each day and at the end of each week beside it.

    Args:
        schedule: steps of the regimen; levels at steady state are those of its last dose.
        patient: the answers; what is unknown is drawn and widens the band.
        ph_shift: how far a companion is supposed to raise the urine pH.
    """
    people = draw(patient, ph_shift)
    doses = lasting(schedule)
    plasma = steady(people, doses[-1])
    rate = exposure.elimination_rate(people)
    n_day = schedule[-1].from_day + SETTLE
    left = ledger.params(ledger.read("plan"), PlanParams).washout_share
    return {
        "plasma_ng_per_mL": spread(plasma),
        "free_brain_uM": spread(exposure.free_brain(people, plasma[:, None])[:, 0]),
        "days_to_90_percent": spread(_settled(_over_days(daily(people, doses, n_day), doses[-1].every), plasma)),
        "washout_days": spread(-np.log(left) / rate / HOURS_PER_DAY),
        "as_in_a_run": as_in_a_run(schedule, patient),
        **_course(people, schedule),
    }


def draw(patient: Patient, ph_shift: float = 0.0, *, enrolled: bool = False) -> ExposureNumbers:
    """Return the draws (draw,) of the patient's numbers, clearance with kidneys and urine pH.

    Args:
        patient: the answers.
        ph_shift: how far a companion is supposed to raise the urine pH.
        enrolled: an unanswered creatinine clearance is a healthy adult's, as in a run, not anybody's.
    """
    numbers, renal = person.uncertain(_uniforms("known"))
    kidneys: Any = patient.clearance()
    if kidneys is None and not enrolled:
        plan = ledger.read("plan")
        anybody = ledger.individuals(plan, ledger.params(plan, PlanParams), _uniforms("person"))
        kidneys = anybody.unknown_creatinine_clearance
    known = person.Known(patient.weight, kidneys, patient.urine_ph, ph_shift)
    return person.draw(numbers, renal, _uniforms("person"), known).levels


def steady(people: ExposureNumbers, step: Step) -> NDArray[np.float64]:
    """Return the mean plasma level at steady state (draw,), ng/mL of base."""
    return exposure.steady_mean(people, step.mean_per_day)


def as_in_a_run(schedule: Schedule, patient: Patient) -> dict[str, Any]:
    """Return the level that a run would give, and each thing that a run takes otherwise with the level it alone gives.

    A run draws healthy adults of every weight and urine pH and takes some of the tablets only; a plan asks what every
    tablet of one patient gives.
    """
    last = lasting(schedule)[-1]
    steady_own, taken = draw(patient), _share_taken()
    number = ledger.read("regimen").numbers["adherence"]
    words = f"{100 * number.value:.0f} % of the doses taken, as in a run (here every dose)"
    differs = [(words, steady(steady_own, last) * taken)]
    if patient.clearance() is None:
        healthy = clearance.central().reference_creatinine_clearance
        words = (
            f"a healthy adult's creatinine clearance, {healthy:g} mL/min, as in a run (not answered: here anybody's)"
        )
        differs.append((words, steady(draw(patient, enrolled=True), last)))
    answered = [name for name in ("weight", "creatinine_clearance", "urine_ph") if getattr(patient, name) is not None]
    if patient.creatinine_clearance is None and patient.clearance() is not None:
        answered.append("serum_creatinine")
    anybody = patient.model_copy(update=dict.fromkeys(answered))
    if answered:
        words = f"{', '.join(answered).replace('_', ' ')} drawn among patients, as in a run (here as answered)"
        differs.append((words, steady(draw(anybody, enrolled=True), last)))
    return {
        "plasma_ng_per_mL": spread(steady(draw(anybody, enrolled=True), last) * taken),
        "differs": [{"what": words, "plasma_ng_per_mL": spread(level)} for words, level in differs],
    }


def _share_taken() -> NDArray[np.float64]:
    """Return the share of doses that patients of a run take in the long run, (draw,)."""
    uniforms = _uniforms("taken")
    numbers = ledger.draw(ledger.read("regimen"), regimen.RegimenNumbers, uniforms)
    patients = ledger.individuals(ledger.read("regimen"), numbers, _uniforms("taken by"))
    habits = ledger.draw(ledger.read("schedules"), adherence.AdherenceNumbers, uniforms)
    return adherence.mean_share(habits, regimen.share_taken(patients))


def lasting(schedule: Schedule) -> Schedule:
    """Return the schedule up to its last dose, without a stop at its end."""
    return schedule[:-1] if not schedule[-1].per_day else schedule


def daily(people: ExposureNumbers, schedule: Schedule, n_day: int) -> NDArray[np.float64]:
    """Return the daily mean plasma level (draw, day), ng/mL of base, when every dose is taken."""
    doses = planned(schedule, n_day)
    return _levels(people, np.broadcast_to(doses, (DRAWS, *doses.shape)))


def with_adherence(schedule: Schedule, patient: Patient, share: float) -> dict[str, Any]:
    """Return the plasma level once settled, over people and days, when only a share of the days is taken.

    Args:
        schedule: steps of the regimen; its last dose is taken to last.
        patient: the answers.
        share: long-run share of days on which the doses are taken; missed days come in streaks.
    """
    doses = lasting(schedule)
    n_day = doses[-1].from_day + SETTLE
    numbers = ledger.draw(ledger.read("schedules"), adherence.AdherenceNumbers, _uniforms("known"))
    uniforms = Streams(0, "plan").uniforms("taking", range(1), range(DRAWS), n_day * 2)[0].reshape(DRAWS, n_day, 2)
    taken = adherence.run(numbers, np.full(DRAWS, share), planned(doses, n_day), uniforms)
    settled = _levels(draw(patient), taken)[:, -SETTLE // 3 :]
    return {"share": share, "plasma_ng_per_mL": spread(settled)}


def _levels(people: ExposureNumbers, doses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the daily mean level (draw, day), ng/mL of base, under doses (draw, day, intake) in mg of salt."""
    ka, ke, volume, share = (
        np.broadcast_to(np.asarray(values, dtype=float), DRAWS)
        for values in (
            people.absorption_rate,
            exposure.elimination_rate(people),
            exposure.volume(people),
            exposure.absorbed_share(people),
        )
    )
    amount = mean_amount(doses.reshape(DRAWS, -1), ka, ke, HOURS_PER_DAY / doses.shape[-1])
    return (amount * (NG_PER_ML * share / volume)[:, None]).reshape(doses.shape).mean(axis=-1)


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Return median and 90 % band."""
    low, middle, high = (float(x) for x in np.percentile(values, BAND))
    return {"median": middle, "p05": low, "p95": high}


def _over_days(levels: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """Return each level as the mean of the ``days`` days up to it, so that an intake every other day can settle."""
    if days == 1:
        return levels
    whole = np.concatenate([np.zeros((len(levels), days)), levels], axis=1).cumsum(axis=1)
    return (whole[:, days:] - whole[:, :-days]) / days


def _settled(levels: NDArray[np.float64], steady_level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the day from which each level stays within a tenth of its steady state."""
    outside = np.abs(levels - steady_level[:, None]) > REACHED * steady_level[:, None]
    n_day = levels.shape[1]
    last = n_day - np.argmax(outside[:, ::-1], axis=1)
    return np.where(outside.any(axis=1), last, 0).astype(float)


def _course(people: ExposureNumbers, schedule: Schedule) -> dict[str, Any]:
    """Return ``days`` and ``weeks``: daily mean levels until eight weeks after the last change.

    Days are three lists (median, p05, p95) over days; weeks hold the dose and the level of their last day.
    """
    n_day = (schedule[-1].from_day // DAYS_PER_WEEK + WEEKS_AFTER) * DAYS_PER_WEEK
    levels, doses = daily(people, schedule, n_day), planned(schedule, n_day)
    low, middle, high = np.percentile(levels, BAND, axis=0).tolist()
    weeks = [
        {
            "week": day // DAYS_PER_WEEK + 1,
            "mg_per_day": float(doses[day].sum()),
            "intakes_mg": [float(amount) for amount in doses[day] if amount > 0],
            "plasma_ng_per_mL": {"median": middle[day], "p05": low[day], "p95": high[day]},
        }
        for day in range(DAYS_PER_WEEK - 1, n_day, DAYS_PER_WEEK)
    ]
    return {"weeks": weeks, "days": {"plasma_ng_per_mL": {"median": middle, "p05": low, "p95": high}}}


def _uniforms(purpose: str) -> Callable[[str], NDArray[np.float64]]:
    streams = Streams(0, "plan")
    return lambda name: streams.uniforms(f"{purpose}/{name}", range(1), range(DRAWS), 1)[0, :, 0]
