"""Taking: which planned doses are really taken, with streaks of missed days and doubled doses.

Equation: two states, taking and missing. A missed day is followed by a taken one with r = 1 / L, a taken day by a
missed one with q = r (1 - a) / a: the long-run share of taken days is a, the mean streak of missed days is L.
Source: ledgers ``regimen`` (adherence) and ``schedules``.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray


class AdherenceNumbers(NamedTuple):
    """Numbers of the ledger ``schedules``; each may differ between people."""

    missed_streak: Annotated[float, "day"]
    doubled_after_missed: Annotated[float, "dimensionless"]


def run(
    params: AdherenceNumbers,
    adherence: NDArray[np.float64],
    planned: NDArray[np.float64],
    uniforms: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the doses taken (..., day, intake), mg of salt.

    Args:
        params: streaks and doubling; scalar or of the people's shape.
        adherence: (...), long-run share of days on which the doses are taken.
        planned: (day, intake) or (..., day, intake), mg of salt.
        uniforms: (..., day, 2), U(0, 1): whether the day is taken, whether a missed one is made up for.
    """
    taken = days_taken(params, adherence, uniforms[..., 0])
    missed_before = np.zeros_like(taken)
    missed_before[..., 1:] = ~taken[..., :-1] & (planned[..., :-1, :].sum(axis=-1) > 0)
    doubled = taken & missed_before & (uniforms[..., 1] < np.asarray(params.doubled_after_missed)[..., None])
    return planned * (taken.astype(float) + doubled)[..., None]


def days_taken(
    params: AdherenceNumbers, adherence: NDArray[np.float64], uniforms: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which days are taken (..., day), in the long-run balance from the first day."""
    share = np.clip(adherence, 0.0, 1.0)
    back, lose = _chances(params, share)
    taken = np.empty(uniforms.shape, dtype=bool)
    taken[..., 0] = uniforms[..., 0] < share
    for day in range(1, uniforms.shape[-1]):
        chance = np.where(taken[..., day - 1], 1.0 - lose, np.where(share > 0.0, back, 0.0))
        taken[..., day] = uniforms[..., day] < chance
    return taken


def mean_share(params: AdherenceNumbers, adherence: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the long-run mean of doses taken over doses planned: taken days, and missed ones made up for."""
    share = np.clip(adherence, 0.0, 1.0)
    back, _ = _chances(params, share)
    return share + np.where(share > 0.0, (1.0 - share) * back * params.doubled_after_missed, 0.0)


def _chances(params: AdherenceNumbers, share: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chance that a missed day is followed by a taken one, and a taken day by a missed one."""
    # a streak shorter than (1 - a) / a cannot give the share a: the taken days would run out
    odds = (1.0 - share) / np.maximum(share, np.finfo(float).tiny)
    back = 1.0 / np.maximum(np.maximum(params.missed_streak, 1.0), odds)
    return back, np.clip(back * odds, 0.0, 1.0)
