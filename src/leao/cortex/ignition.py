"""The weakest stimulus that starts a wave: ignition threshold by bisection.

A stimulus ignites when the point ``ignition_distance`` from the left end is depolarised within
``ignition_time``. Thresholds are in the stimulus's unit (``UNITS``), infinite above the ledger's limit.
"""

from collections.abc import Callable

import numpy as np

from leao.cortex import solve

GRID = solve.Grid(length=3.0, nodes=75, dt=0.025)
TOLERANCE = 1e-3  # relative
FIRST_GUESS = 0.02  # share of the limit
FIRST_BRACKET = 1.05  # factor around a guess
UNITS = {"kcl": "mM", "glutamate": "uM", "pulse": "mS/cm2", "charge": "uC/cm2"}
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

    Args:
        piece: the slice of cortex under its drug level.
        kind: one of ``UNITS``.
        near: a guess; a good one saves runs and does not move the answer beyond the tolerance.
        tolerance: relative width of the last bracket.
        grid: the line; its duration is replaced by ``ignition_time``.
    """
    limit = _limit(kind)

    def ignites(strength: float) -> bool:
        return does_ignite(piece, solve.Stimulus(kind, strength, solve.stimuli().threshold_zone), grid)

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


def _bracket(ignites: Callable[[float], bool], guess: float, limit: float) -> tuple[float, float]:
    factor = FIRST_BRACKET
    if ignites(guess):
        low, high = guess / factor, guess
        while ignites(low):
            factor = min(factor**2, WIDEST)
            low, high = low / factor, low
        return low, high
    low, high = guess, guess * factor
    while high < limit and not ignites(high):
        factor = min(factor**2, WIDEST)
        low, high = high, high * factor
    if high < limit:
        return low, high
    return (low, limit) if ignites(limit) else (limit, float("inf"))
