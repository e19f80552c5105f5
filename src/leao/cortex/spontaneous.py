"""A tissue that starts a wave by itself, with no stimulus at all: its threshold is 0, not the end of a search.

Beside ``ignition``, whose bisection looks for the border between strengths that fail and strengths that do not and
never ends where none fails.
"""

from __future__ import annotations

from leao.cortex import ignition, solve


def starts_by_itself(piece: solve.TissueSlice, grid: solve.Grid = ignition.GRID) -> bool:
    """Return whether a slice ignites within the usual time at strength zero."""
    return ignition.does_ignite(piece, solve.Stimulus("kcl", 0.0, solve.stimuli().threshold_zone), grid)


def threshold(
    piece: solve.TissueSlice,
    kind: str,
    *,
    near: float | None = None,
    tolerance: float = ignition.TOLERANCE,
    grid: solve.Grid = ignition.GRID,
) -> float:
    """Return the ignition threshold as ``ignition.threshold`` does; 0 where the tissue starts by itself."""
    if starts_by_itself(piece, grid):
        return 0.0
    return ignition.threshold(piece, kind, near=near, tolerance=tolerance, grid=grid)
