"""Regimen: a planned schedule and how it is really taken.

Reads: nothing but what each person is to take.
Writes: ``intakes_taken`` (trial, subject, day, intake), mg of memantine hydrochloride in the morning and the
        evening; ``dose_taken`` (trial, subject, day), their sum.
Equation: taking.py: a day is taken or missed as a whole; the long-run share of taken days is the person's adherence.
Source: ledgers ``regimen`` (adherence, borrowed from other preventives) and ``schedules`` (streaks).
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.dosing import adherence as taking


class RegimenNumbers(NamedTuple):
    """Numbers of the regimen."""

    ceiling: Annotated[float, "mg/day"]
    adherence: Annotated[float, "dimensionless"]


class RegimenInput(NamedTuple):
    """What the regimen is told: who takes what, and everybody's uniform draws."""

    planned: NDArray[np.float64]  # (trial, subject, day, intake), mg of salt; nothing before treatment and on placebo
    uniform_draws: NDArray[np.float64]  # (trial, subject, day), U(0, 1): whether the day is taken
    again: NDArray[np.float64]  # (trial, subject, day), U(0, 1): whether a missed day is made up for


def share_taken(params: RegimenNumbers) -> NDArray[np.float64]:
    """Return the share of days on which each person takes the tablets, within 0 to 1."""
    return np.clip(params.adherence, 0.0, 1.0)


def run(
    params: RegimenNumbers, habits: taking.AdherenceNumbers, upstream: RegimenInput
) -> dict[str, NDArray[np.float64]]:
    """Return ``intakes_taken`` (trial, subject, day, intake) and ``dose_taken`` (trial, subject, day), mg of salt.

    Args:
        params: adherence, scalar or (trial, subject).
        habits: streaks and doubling, scalar, (trial, 1) or (trial, subject).
        upstream: planned intakes and uniform draws.
    """
    uniforms = np.stack([upstream.uniform_draws, upstream.again], axis=-1)
    taken = taking.run(habits, share_taken(params), upstream.planned, uniforms)
    return {"intakes_taken": taken, "dose_taken": taken.sum(axis=-1)}
