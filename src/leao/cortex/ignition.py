"""The weakest stimulus that starts a wave: ignition threshold by bisection.

A stimulus ignites when the point ``ignition_distance`` from the left end is depolarised within
``ignition_time``. Thresholds are in the stimulus's unit (``UNITS``), infinite above the ledger's limit.
"""

from collections.abc import Callable

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import solve

GRID = solve.Grid(length=3.0, nodes=75, dt=0.025)
TOLERANCE = 1e-3  # relative
FIRST_GUESS = 0.02  # share of the limit
FIRST_BRACKET = 1.05  # factor around a guess
UNITS = {"kcl": "mM", "glutamate": "uM", "pulse": "mS/cm2", "charge": "uC/cm2"}
LEAST = 1e-9  # share of the limit below which a failing march is the tissue's
WIDEST = 64.0  # factor a bracket may grow by at once


def threshold(
    piece: solve.TissueSlice,
    kind: str,
    *,
    near: float | None = None,
    tolerance: float = TOLERANCE,
    grid: solve.Grid = GRID,
) -> float:
    """Return the ignition threshold of a slice, within ``tolerance`` (relative); inf where none ignites.

    A stimulus so strong that the grid cannot carry it starts no wave that could be judged: where none below it ignites,
    none does.

    Args:
        piece: the slice of cortex under its drug level.
        kind: one of ``UNITS``.
        near: a guess; a good one saves runs and does not move the answer beyond the tolerance.
        tolerance: relative width of the last bracket.
        grid: the line; its duration is replaced by ``ignition_time``.
    """
    limit = _limit(kind)

    def ignites(strength: float) -> bool | None:
        try:
            return does_ignite(piece, solve.Stimulus(kind, strength, solve.stimuli().threshold_zone), grid)
        except SolverError:
            if strength < LEAST * limit:  # not the stimulus's doing
                raise
            return None

    guess = near if near and near < limit else FIRST_GUESS * limit
    low, high = _bracket(ignites, guess, limit)
    if not np.isfinite(high):
        return float("inf")
    while high > low * (1.0 + tolerance):
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if ignites(middle) else (middle, high)
    return float(np.sqrt(low * high))


def does_ignite(piece: solve.TissueSlice, stimulus: solve.Stimulus, grid: solve.Grid = GRID) -> bool:
    """Return whether ``stimulus`` starts a wave in ``piece``."""
    s = solve.stimuli()
    timed = grid._replace(duration=s.ignition_time)
    driven = solve.drive(piece.cortex, (stimulus,), timed)
    return solve.integrate(piece, driven, timed, probe=int(s.ignition_distance / grid.dx)).stop < s.ignition_time


def _limit(kind: str) -> float:
    return getattr(solve.stimuli(), f"{kind}_limit")


def _bracket(ignites: Callable[[float], bool | None], guess: float, limit: float) -> tuple[float, float]:
    """Return a strength that does not ignite and one that does; infinite where none does that the grid carries.

    ``ignites`` answers None where the grid does not carry a strength: it stands above all that it carries.
    """
    factor = FIRST_BRACKET
    seen = ignites(guess)
    if seen is not False:
        low, high = guess / factor, guess
        while (below := ignites(low)) is not False:
            factor = min(factor**2, WIDEST)
            low, high, seen = low / factor, low, below
        return (low, high) if seen else _carried(ignites, low, high)
    low, high = guess, guess * factor
    while high < limit and (seen := ignites(high)) is False:
        factor = min(factor**2, WIDEST)
        low, high = high, high * factor
    if high >= limit:
        high, seen = limit, ignites(limit)
    if seen is None:
        return _carried(ignites, low, high)
    return (low, high) if seen else (limit, float("inf"))


def _carried(ignites: Callable[[float], bool | None], low: float, high: float) -> tuple[float, float]:
    """Return the bracket between what does not ignite and what the grid does not carry, if there is one."""
    while high > low * FIRST_BRACKET:
        middle = float(np.sqrt(low * high))
        seen = ignites(middle)
        if seen:
            return low, middle
        low, high = (low, middle) if seen is None else (middle, high)
    return low, float("inf")
