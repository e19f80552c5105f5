"""The aura of a wave over V1: what of the visual field is blind at a time, and how its edge marches.

A node is blind while it is depolarised: that is what the model computes. Silence after a wave lasts for minutes in
animals; its end is not modelled, so a node that has repolarised is told apart, not called seeing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.cortex import retinotopy, sheet_march

Array = NDArray[np.float64]
Labels = NDArray[np.uint8]

UNTOUCHED, EDGE, BLIND, PASSED, NOT_ON_SHEET = range(5)
ROWS_EVERY = 0.5  # minutes between rows of the table
_S_PER_MIN = 60.0


def states(marched: sheet_march.Marched, time: float) -> Labels:
    """Return what each node (y, x) is at ``time`` (s): untouched, edge, blind or passed."""
    since, bright = time - marched.arrival, retinotopy.constants().edge_lasts
    state = np.full(since.shape, UNTOUCHED, dtype=np.uint8)
    state[since >= 0.0] = BLIND
    state[(since >= 0.0) & (since < bright)] = EDGE
    state[time >= marched.ended] = PASSED
    return state


def scotoma(
    marched: sheet_march.Marched, grid: sheet_march.SheetGrid, field: retinotopy.FieldOfSheet
) -> list[dict[str, Any]]:
    """Return the blind part of the field every half minute: edges in degrees of eccentricity, areas in square degrees.

    The area of a node in the field is that on the cortex over the magnification squared.
    """
    area = grid.node**2 / _magnification(field) ** 2
    rows = []
    for minute in np.arange(ROWS_EVERY, grid.duration / _S_PER_MIN + 1e-9, ROWS_EVERY):
        time = _S_PER_MIN * minute
        reached = field.seen & (marched.arrival <= time)
        blind = reached & ~(marched.ended <= time)
        rows.append(
            {
                "minute": float(minute),
                "outer_deg": float(field.eccentricity[blind].max()) if blind.any() else None,
                "inner_deg": float(field.eccentricity[blind].min()) if blind.any() else None,
                "blind_deg2": float(area[blind].sum()),
                "touched_deg2": float(area[reached].sum()),
                "touched_mm2": float(reached.sum()) * grid.node**2,
            }
        )
    return rows


def lashley(rows: list[dict[str, Any]], start: float) -> list[float]:
    """Return where the outer edge would be at each row's time, marching at the drawing rate from ``start`` (deg)."""
    rate = retinotopy.constants().drawing_rate
    return [float(retinotopy.along(start, rate * row["minute"])) for row in rows]


def _magnification(field: retinotopy.FieldOfSheet) -> Array:
    """Return the magnification (mm/deg) of each node: k / |z + a|, the same in all directions."""
    c = retinotopy.constants()
    return c.scale / np.abs(np.abs(field.across) + 1j * field.up + c.offset)
