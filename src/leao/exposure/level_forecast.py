"""Forecast: plasma and free brain level under a regimen, with the 90 % band of people and of what is not known.

Equation: CL = CL_i [CL_nr + CL_r(pH) CrCl / CrCl_ref] / [CL_nr + CL_r(pH_ref)],
          log10 CL_r(pH) = log10 CL_r(pH_acid) - slope (pH - pH_acid),
so that at the reference creatinine clearance and urine pH it is the clearance CL_i of ledger ``exposure``, drawn
with its spread between studies and between people; only the relative change comes from ledger ``plan``.
Source: ledgers ``plan`` and ``exposure``; levels by plan/levels.py, exact from intake to intake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.dosing import adherence
from leao.dosing.schedule import INTAKES, Schedule, Step, planned
from leao.exposure import clearance
from leao.exposure import model as exposure
from leao.exposure.patient import Patient
from leao.exposure.patient_params import Params
from leao.exposure.steady_state import mean_amount

DRAWS = 1000
BAND = (5.0, 50.0, 95.0)
REACHED = 0.1  # within a tenth of steady state: 90 % of it on the way up
SETTLE = 180  # days simulated after the last change
WEEK = 7
WEEKS_AFTER = 8  # shown after the last change
NG_PER_ML = 1e3  # mg/L in ng/mL
HOURS_PER_INTAKE = exposure.HOURS_PER_DAY / INTAKES


class People(NamedTuple):
    """Draws of what one patient's numbers may be: each field (draw,)."""

    levels: exposure.Params
    relative_clearance: NDArray[np.float64]


def forecast(schedule: Schedule, patient: Patient, ph_shift: float = 0.0) -> dict[str, Any]:
    """Return the forecast as the contract words it, with the level of each day and at the end of each week beside it.

    Args:
        schedule: steps of the regimen; levels at steady state are those of its last dose.
        patient: the answers; what is unknown is drawn and widens the band.
        ph_shift: how far a companion is supposed to raise the urine pH.
    """
    people = draw(patient, ph_shift)
    lasting = schedule[:-1] if not schedule[-1].per_day else schedule
    plasma = steady(people, lasting[-1])
    rate = exposure.elimination_rate(people.levels)
    n_day = schedule[-1].from_day + SETTLE
    left = ledger.params(ledger.read("plan"), Params).washout_share
    return {
        "plasma_ng_per_mL": spread(plasma),
        "free_brain_uM": spread(exposure.free_brain(people.levels, plasma[:, None])[:, 0]),
        "days_to_90_percent": spread(_settled(_over_days(daily(people, lasting, n_day), lasting[-1].every), plasma)),
        "washout_days": spread(-np.log(left) / rate / exposure.HOURS_PER_DAY),
        **_course(people, schedule),
    }


def draw(patient: Patient, ph_shift: float = 0.0) -> People:
    """Return the draws of the patient's numbers, clearance after kidneys and urine pH included."""
    numbers = ledger.draw(ledger.read("exposure"), exposure.Params, _luck("known"))
    numbers = ledger.individuals(ledger.read("exposure"), numbers, _luck("person"))
    if patient.weight is not None:
        numbers = numbers._replace(weight=np.full(DRAWS, patient.weight))
    relative = _relative_clearance(patient, ph_shift)
    return People(numbers._replace(clearance=numbers.clearance * relative), relative)


def relative_clearance(
    p: Params, creatinine_clearance: NDArray[np.float64] | float, urine_ph: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return clearance relative to that at the reference creatinine clearance and urine pH."""
    return clearance.relative(clearance.renal_of(p), creatinine_clearance, urine_ph)


def renal_clearance(p: Params, urine_ph: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return renal clearance in L/h at the reference creatinine clearance."""
    return clearance.renal_clearance(clearance.renal_of(p), urine_ph)


def steady(people: People, step: Step) -> NDArray[np.float64]:
    """Return the mean plasma level at steady state (draw,), ng/mL of base."""
    levels = people.levels
    base = step.mean_per_day * levels.bioavailability * levels.formula_weight_base / levels.formula_weight_salt
    clearance = exposure.elimination_rate(levels) * levels.volume_per_weight * levels.weight
    return NG_PER_ML * base / (clearance * exposure.HOURS_PER_DAY)


def daily(people: People, schedule: Schedule, n_day: int) -> NDArray[np.float64]:
    """Return the daily mean plasma level (draw, day), ng/mL of base, when every dose is taken."""
    return _levels(people, np.broadcast_to(planned(schedule, n_day), (DRAWS, n_day, INTAKES)))


def with_adherence(schedule: Schedule, patient: Patient, share: float) -> dict[str, Any]:
    """Return the plasma level once settled, over people and days, when only a share of the days is taken.

    Args:
        schedule: steps of the regimen; its last dose is taken to last.
        patient: the answers.
        share: long-run share of days on which the doses are taken; missed days come in streaks.
    """
    lasting = schedule[:-1] if not schedule[-1].per_day else schedule
    n_day = lasting[-1].from_day + SETTLE
    numbers = ledger.draw(ledger.read("schedules"), adherence.Params, _luck("known"))
    luck = Streams(0, "plan").uniforms("taking", range(1), range(DRAWS), n_day * 2)[0].reshape(DRAWS, n_day, 2)
    taken = adherence.run(numbers, np.full(DRAWS, share), planned(lasting, n_day), luck)
    settled = _levels(draw(patient), taken)[:, -SETTLE // 3 :]
    return {"share": share, "plasma_ng_per_mL": spread(settled)}


def _levels(people: People, doses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the daily mean level (draw, day), ng/mL of base, under doses (draw, day, intake) in mg of salt."""
    p = people.levels
    base = p.bioavailability * p.formula_weight_base / p.formula_weight_salt
    ka, ke, volume = (
        np.broadcast_to(np.asarray(values, dtype=float), DRAWS)
        for values in (p.absorption_rate, exposure.elimination_rate(p), p.volume_per_weight * p.weight)
    )
    amount = mean_amount(doses.reshape(DRAWS, -1), ka, ke, HOURS_PER_INTAKE)
    scale = NG_PER_ML * np.broadcast_to(base, DRAWS) / volume
    return (amount * scale[:, None]).reshape(doses.shape).mean(axis=-1)


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Return median and 90 % band."""
    low, middle, high = (float(x) for x in np.percentile(values, BAND))
    return {"median": middle, "p05": low, "p95": high}


def _relative_clearance(patient: Patient, ph_shift: float) -> NDArray[np.float64]:
    led = ledger.read("plan")
    central = ledger.params(led, Params)
    drawn = ledger.draw(led, Params, _luck("known"))
    person = ledger.individuals(led, central, _luck("person"))
    ph = np.asarray(person.reference_ph if patient.urine_ph is None else patient.urine_ph) + ph_shift
    found = patient.clearance()
    kidneys = person.unknown_creatinine_clearance if found is None else found
    return relative_clearance(drawn, kidneys, ph)


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


def _course(people: People, schedule: Schedule) -> dict[str, Any]:
    """Return ``days`` and ``weeks``: daily mean levels until eight weeks after the last change.

    Days are three lists (median, p05, p95) over days; weeks hold the dose and the level of their last day.
    """
    n_day = (schedule[-1].from_day // WEEK + WEEKS_AFTER) * WEEK
    levels, doses = daily(people, schedule, n_day), planned(schedule, n_day)
    low, middle, high = np.percentile(levels, BAND, axis=0).tolist()
    weeks = [
        {
            "week": day // WEEK + 1,
            "mg_per_day": float(doses[day].sum()),
            "intakes_mg": [float(amount) for amount in doses[day] if amount > 0],
            "plasma_ng_per_mL": {"median": middle[day], "p05": low[day], "p95": high[day]},
        }
        for day in range(WEEK - 1, n_day, WEEK)
    ]
    return {"weeks": weeks, "days": {"plasma_ng_per_mL": {"median": middle, "p05": low, "p95": high}}}


def _luck(purpose: str) -> Callable[[str], NDArray[np.float64]]:
    streams = Streams(0, "plan")
    return lambda name: streams.uniforms(f"{purpose}/{name}", range(1), range(DRAWS), 1)[0, :, 0]
