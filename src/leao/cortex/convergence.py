"""The speed of a wave on nodes without length: runs at 20 and 10 um and, of order two, Richardson's extrapolation.

    speed(h) = speed(0) + a h^2,    speed(0) = (4 speed(h/2) - speed(h)) / 3
Both runs take steps a quarter of the usual, so that what the extrapolation sees is space alone. Shifts of an ignition
threshold are converged on the usual grid; the speed is not: the first model's 40 um run is some 12 per cent fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.cortex import solve
from leao.cortex.wave_measures import Wave, wave

FINE = (0.020, 0.010)  # mm
STEP = 0.25  # of the usual time step
ORDER = 2


def converged_speed(piece: solve.TissueSlice, stimulus: solve.Stimulus, grid: solve.Grid, coarse: Wave) -> Any:
    """Return the extrapolated speed, those it rests on and the error of ``coarse``; None without a wave.

    Args:
        piece: the slice.
        stimulus: what starts the wave.
        grid: the line whose run ``coarse`` is.
        coarse: the wave on that line.
    """
    if not np.isfinite(coarse.speed_mm_per_min):
        return None
    speeds = []
    for node in FINE:
        fine = grid._replace(nodes=round(grid.length / node), dt=STEP * grid.dt)
        speeds.append(wave(piece, stimulus, fine).speed_mm_per_min)
    factor = 2.0**ORDER
    limit = (factor * speeds[1] - speeds[0]) / (factor - 1.0)
    return {
        "speed_mm_per_min": float(limit),
        "at_mm": list(FINE),
        "speeds_mm_per_min": [float(each) for each in speeds],
        "order": ORDER,
        "usual_error_percent": float(100.0 * (coarse.speed_mm_per_min / limit - 1.0)),
    }
