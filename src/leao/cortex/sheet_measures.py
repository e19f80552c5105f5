"""What can be said of a march over a sheet.

Rules: a node is depolarised above the ignition voltage; the wave has propagated where a node farther outside the
stimulated disk than a stimulus alone reaches was; invaded is the area depolarised at any time, the disk included;
duration is the median of the first depolarisation over invaded nodes where it had ended; speed and curvature are read
on rings around the middle of the disk, between a distance clear of it and the nearest edge: radius against the mean
time of arrival on it, c = c0 - D / r fitted over the rings; DC is read half-way between the stimulus and the farthest
corner, its lowest value, and what it is at the end of the first depolarisation's recovery. Where the sheet or the run
is too small for rings, the mean speed from the edge of the disk to the farthest node reached is still known. The wave
comes back (re-entry) where nodes outside the disk are depolarised again after they had repolarised, by the pictures.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import request, sheet_march, sheet_request, solve, voltage_tables
from leao.cortex.experiments import or_none
from leao.cortex.kernels import sheet as kernel

Array = NDArray[np.float64]

FEWEST_RINGS = 5
_S_PER_MIN = 60.0
_MM = 1e3
_UM = 1e6


class Rings(NamedTuple):
    """A circular front: radius (mm), mean arrival (s) and speed (mm/min) of each ring, and the fit c0 - D / r."""

    radius: Array
    arrival: Array
    speed: Array
    speed_flat: float  # mm/min, c0
    curvature: float  # mm2/min, D


def distance(grid: sheet_march.SheetGrid, at: tuple[float, float]) -> Array:
    """Return the distance of each node (y, x) from ``at`` (x, y), mm."""
    x = (np.arange(grid.nx) + 0.5) * grid.node - at[0]
    y = (np.arange(grid.ny) + 0.5) * grid.node - at[1]
    return np.hypot(x[None, :], y[:, None])


def rings(marched: sheet_march.Marched, asked: sheet_request.SheetRequest) -> Rings | None:
    """Return the front on rings around the stimulus; None where too few were wholly reached."""
    n, grid = sheet_request.numbers(), asked.grid
    away = distance(grid, asked.at)
    x, y = asked.at
    last = min(max(x, grid.width - x), max(y, grid.height - y)) - n.clear_of_edge
    # A ring that leaves the sheet is read where it lies on it: a closed edge is a mirror to a front that meets it
    # at a right angle, as one whose middle is near does.
    edges = np.arange(asked.stimulus.zone + n.clear_of_disk, last, 2.0 * grid.node)
    if edges.size <= FEWEST_RINGS:
        return None
    index = np.digitize(away, edges) - 1
    radii, arrivals = [], []
    for ring in range(edges.size - 1):
        inside = index == ring
        inside &= _clear(grid, n.clear_of_edge)
        if not inside.any() or not np.isfinite(marched.arrival[inside]).all():
            break
        radii.append(away[inside].mean())
        arrivals.append(marched.arrival[inside].mean())
    if len(radii) < FEWEST_RINGS:
        return None
    radius, arrival = np.array(radii), np.array(arrivals)
    speed = _S_PER_MIN * np.gradient(radius, arrival)
    fit = np.polyfit(1.0 / radius[1:-1], speed[1:-1], 1)
    return Rings(radius, arrival, speed, float(fit[1]), float(-fit[0]))


def measures(
    piece: solve.TissueSlice, marched: sheet_march.Marched, asked: sheet_request.SheetRequest
) -> dict[str, Any]:
    """Return the measures of one march under the contract's names; None where there was no wave."""
    grid, n = asked.grid, sheet_request.numbers()
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    away = distance(grid, asked.at)
    reached = np.isfinite(marched.arrival)
    outside = reached & (away > asked.stimulus.zone + request.numbers().clear_of_stimulus)
    propagated = bool(outside.any())
    area = float(reached.sum()) * grid.node**2
    front = rings(marched, asked) if propagated else None
    lasted = (marched.ended - marched.arrival)[outside & np.isfinite(marched.ended)]
    again = depolarised_again(marched.seen[kernel.SEEN_V], solve.stimuli().ignition_voltage / mv)
    y, x = watched(grid, asked.at)
    dc = marched.seen[kernel.SEEN_PHI, :, y, x].astype(np.float64) * mv
    after = np.arange(grid.pictures) * grid.record_every * grid.dt > marched.ended[y, x]
    last = float(np.nanmax(marched.arrival)) if reached.any() else 0.0
    potassium = marched.seen[kernel.SEEN_K, :, outside].max() * _MM if propagated else None
    glutamate = marched.seen[kernel.SEEN_GLU, :, outside].max() * _UM if propagated else None
    return {
        "propagated": propagated,
        "invaded_mm2": area,
        "area_mm2": area,
        "reentry": bool((again & outside).any()),
        "reentry_mm2": float((again & outside).sum()) * grid.node**2,
        "invaded_percent": 100.0 * area / (grid.width * grid.height),
        "reached_mm": float(away[outside].max()) if propagated else 0.0,
        "still_moving": propagated and last > n.latest_start * grid.duration,
        "speed_mm_per_min": None if front is None else _speed(front),
        "mean_speed_mm_per_min": _mean_speed(marched.arrival, away, asked.stimulus.zone) if propagated else None,
        "speed_flat_mm_per_min": None if front is None else front.speed_flat,
        "curvature_mm2_per_min": None if front is None else front.curvature,
        "duration_s": or_none(float(np.median(lasted))) if lasted.size else None,
        "k_peak_mM": None if potassium is None else float(potassium),
        "glutamate_peak_uM": None if glutamate is None else float(glutamate),
        "dc_shift_mV": float(dc.min()) if reached[y, x] else None,
        "dc_after_mV": float(dc[after].max()) if after.any() else None,
    }


def depolarised_again(voltage: NDArray[np.float32], level: float) -> NDArray[np.bool_]:
    """Return which nodes (y, x) of pictures (time, y, x) rose above ``level`` more than once."""
    above = voltage > level
    rises = (above[1:] & ~above[:-1]).sum(axis=0) + above[0]
    return np.asarray(rises > 1)


def _mean_speed(arrival: Array, away: Array, radius: float) -> float | None:
    """Return the speed (mm/min) from the edge of the disk to the farthest node reached; None where both are one."""
    reached = np.isfinite(arrival)
    far = np.unravel_index(np.argmax(np.where(reached, away, -1.0)), away.shape)
    edge = np.unravel_index(np.argmin(np.where(reached, np.abs(away - radius), np.inf)), away.shape)
    taken, distance = float(arrival[far] - arrival[edge]), float(away[far] - away[edge])
    return _S_PER_MIN * distance / taken if taken > 0.0 and distance > 0.0 else None


def watched(grid: sheet_march.SheetGrid, at: tuple[float, float]) -> tuple[int, int]:
    """Return the node (y, x) half-way between the stimulus and the corner farthest from it."""
    corner = 0.0 if at[0] > 0.5 * grid.width else grid.width, 0.0 if at[1] > 0.5 * grid.height else grid.height
    x, y = 0.5 * (at[0] + corner[0]), 0.5 * (at[1] + corner[1])
    return min(int(y / grid.node), grid.ny - 1), min(int(x / grid.node), grid.nx - 1)


def _speed(front: Rings) -> float:
    """Return the speed over the outer half of the rings, mm/min."""
    half = front.radius.size // 2
    return float(_S_PER_MIN / np.polyfit(front.radius[half:], front.arrival[half:], 1)[0])


def _clear(grid: sheet_march.SheetGrid, margin: float) -> NDArray[np.bool_]:
    x, y = (np.arange(grid.nx) + 0.5) * grid.node, (np.arange(grid.ny) + 0.5) * grid.node
    inside_x = (x > min(margin, 0.25 * grid.width)) & (x < grid.width - min(margin, 0.25 * grid.width))
    inside_y = (y > min(margin, 0.25 * grid.height)) & (y < grid.height - min(margin, 0.25 * grid.height))
    return inside_y[:, None] & inside_x[None, :]
