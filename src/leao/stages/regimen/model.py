"""Regimen: once-daily dosing with imperfect adherence.

Reads: nothing but the arm of each person.
Writes: ``dose_taken`` (trial, subject, day), mg of memantine hydrochloride.
Equation: dose taken on day d = dose * [U_d < a_i], a_i: the person's adherence.
Source: ledger ``regimen``; adherence is borrowed from other preventives.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Params(NamedTuple):
    """Numbers of the regimen."""

    ceiling: Annotated[float, "mg/day"]
    adherence: Annotated[float, "dimensionless"]


class Upstream(NamedTuple):
    """What the regimen is told: who takes what, from when, and everybody's luck."""

    dose: NDArray[np.float64]  # (trial, subject) or (trial, subject, day), mg of salt per day, 0 in the placebo arm
    luck: NDArray[np.float64]  # (trial, subject, day), U(0, 1)
    start: int  # first day of treatment


def share_taken(params: Params) -> NDArray[np.float64]:
    """Return the share of days on which each person takes the tablet, within 0 to 1."""
    return np.clip(params.adherence, 0.0, 1.0)


def run(params: Params, upstream: Upstream) -> dict[str, NDArray[np.float64]]:
    """Return ``dose_taken`` (trial, subject, day) in mg of salt; no tablet before ``start``."""
    taken = upstream.luck < share_taken(params)[..., None]
    taken[..., : upstream.start] = False
    dose = upstream.dose if upstream.dose.ndim == taken.ndim else upstream.dose[..., None]
    return {"dose_taken": np.where(taken, dose, 0.0)}
