"""Predicted drug level of one patient, day by day, and its ratio to that of the highest dose at steady state.

Equation: one compartment, first-order absorption: dG/dt = -ka G, dA/dt = ka G - k A, solved exactly from intake to
intake; the day's mean of A over the mean at steady state, dose / k. Linear kinetics: the ratio depends on k alone.
Source: ledgers ``exposure`` and ``plan`` through plan/forecast.py, which draws clearance, weight, urine pH and what
the kidneys leave of it; numpy alone, one patient needs no kernel.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.exposure.one_compartment import mean_amount
from leao.review.daily_model import SPEEDS

if TYPE_CHECKING:
    from leao.exposure.plasma_and_brain import ExposureNumbers

BAND = (5.0, 50.0, 95.0)
Array = NDArray[np.float64]


class Levels(NamedTuple):
    """What the doses are predicted to give."""

    plasma: Array  # (3, day): 5th, 50th and 95th percentile over people and what is not known, ng/mL
    relative: Array  # (speed, day): level over that of the highest dose at steady state
    half_life_days: Array  # (3,)


def predict(doses: Array, reference: float, creatinine_clearance: float | None) -> Levels:
    """Return the levels under the doses taken.

    Args:
        doses: mg of salt (day, intake), intakes evenly apart.
        reference: mg of salt per day whose steady state counts as full exposure.
        creatinine_clearance: mL/min; None where it was not answered.
    """
    from leao.exposure import plasma_and_brain as exposure

    people = _people(creatinine_clearance)
    k = exposure.elimination_rate(people)
    ng_per_ml = exposure.NG_PER_ML * exposure.absorbed_share(people) / exposure.volume(people)
    ka = np.broadcast_to(people.absorption_rate, k.shape)
    plasma = np.percentile(amount(doses, k, ka) * ng_per_ml[:, None], BAND, axis=0)
    half_life = np.percentile(np.log(2.0) / k / HOURS_PER_DAY, BAND)
    return Levels(plasma, relative(doses, reference, creatinine_clearance), half_life)


def relative(doses: Array, reference: float, creatinine_clearance: float | None) -> Array:
    """Return the level (speed, day) over that of the highest dose at steady state; arguments as in ``predict``."""
    from leao.exposure import plasma_and_brain as exposure

    people = _people(creatinine_clearance)
    spread = np.log(exposure.elimination_rate(people))
    at = np.exp(spread.mean() + spread.std() * np.asarray(SPEEDS))
    middle = np.full(len(SPEEDS), float(np.median(np.broadcast_to(people.absorption_rate, spread.shape))))
    full = reference / (at * HOURS_PER_DAY) if reference else np.ones(len(SPEEDS))
    return amount(doses, at, middle) / full[:, None]


@cache
def _people(creatinine_clearance: float | None) -> ExposureNumbers:
    """Return the draws of the patient's numbers: the same under every course of doses."""
    from leao.exposure.level_forecast import draw
    from leao.exposure.patient import Patient

    return draw(Patient(creatinine_clearance=creatinine_clearance))


def amount(doses: Array, k: Array, ka: Array) -> Array:
    """Return the mean amount in the body over each day (person, day), mg, from doses (day, intake) in mg."""
    by_intake = mean_amount(doses.ravel(), ka, k, HOURS_PER_DAY / doses.shape[1])
    return by_intake.reshape(k.size, *doses.shape).mean(axis=-1)
