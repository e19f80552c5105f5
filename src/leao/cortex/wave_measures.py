"""A wave along a line of cortex and its measures.

Reads: a slice of cortex under a drug level, a stimulus, a grid.
Writes: ``Wave``: speed, duration, peaks, DC shift, and the fields over time and place.
Rules: a neurone is depolarised above ``ignition_voltage``; arrival is the first such time, linear between
records; speed is the slope of place against arrival over the nodes between 0.3 and 0.6 of the line that the
wave reached; peaks and the duration of the first
depolarisation are read at 0.3 of the line; the DC potential is against the far end.
"""

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import solve, voltage_tables
from leao.cortex.kernels import line as kernel

_S_PER_MIN = 60.0
_MM = 1e3  # mM per mmol/cm3
_UM = 1e6  # uM per mmol/cm3
WATCHED = 0.3  # share of the line where traces are read
MEASURED_TO = 0.6
FEWEST_NODES = 5
LONGEST_PICTURE = 300  # times and places kept of the fields


class Wave(NamedTuple):
    """What a wave did; nan where there was none."""

    preset: str
    propagated: bool
    speed_mm_per_min: float
    k_peak_mM: float
    glutamate_peak_uM: float
    voltage_peak_mV: float
    dc_shift_mV: float
    dc_half_width_s: float
    duration_s: float
    ecs_min_fraction: float
    recovered: bool
    cpu_s: float
    time: NDArray[np.float64]  # s (time,)
    traces: dict[str, NDArray[np.float64]]  # (time,) at the watched node
    picture_time: NDArray[np.float64]  # s (picture_time,)
    picture_place: NDArray[np.float64]  # mm (picture_place,)
    picture_voltage: NDArray[np.float64]  # mV (picture_time, picture_place)
    picture_potassium: NDArray[np.float64]  # mM (picture_time, picture_place)


def wave(piece: solve.TissueSlice, stimulus: solve.Stimulus, grid: solve.Grid) -> Wave:
    """Return the wave that ``stimulus`` starts in ``piece``."""
    driven = solve.drive(piece.cortex, (stimulus,), grid)
    start = time.process_time()
    integrated = solve.integrate(piece, driven, grid)
    return measure(piece.cortex, integrated.seen, grid, time.process_time() - start)


def measure(cortex: solve.Cortex, seen: NDArray[np.float64], grid: solve.Grid, cpu: float) -> Wave:
    """Return the measures of recorded fields (field, time, node)."""
    times = np.arange(seen.shape[1], dtype=np.float64) * grid.record_every * grid.dt
    place = np.linspace(0.5 * grid.dx, grid.length - 0.5 * grid.dx, grid.nodes)
    per_mv = voltage_tables.thermal_voltage(cortex.params)
    voltage = seen[kernel.SEEN_V] * per_mv
    j = int(WATCHED * grid.nodes)
    traces = {
        "voltage": voltage[:, j],
        "potassium": seen[kernel.SEEN_K, :, j] * _MM,
        "glutamate": seen[kernel.SEEN_GLU, :, j] * _UM,
        "dc": seen[kernel.SEEN_PHI, :, j] * per_mv,
        "ecs": seen[kernel.SEEN_ECS, :, j].copy(),
    }
    arrival = arrivals(times, voltage, solve.stimuli().ignition_voltage)
    every_t, every_x = (max(1, -(-n // LONGEST_PICTURE)) for n in voltage.shape)
    interval = grid.record_every * grid.dt
    return Wave(
        preset=cortex.name,
        propagated=bool(np.isfinite(arrival[j])),
        speed_mm_per_min=speed(place, arrival, grid.length),
        k_peak_mM=float(traces["potassium"].max()),
        glutamate_peak_uM=float(traces["glutamate"].max()),
        voltage_peak_mV=float(traces["voltage"].max()),
        dc_shift_mV=float(traces["dc"].min()),
        dc_half_width_s=float((traces["dc"] < 0.5 * traces["dc"].min()).sum() * interval),
        duration_s=float(first_episode(traces["voltage"] > solve.stimuli().ignition_voltage) * interval),
        ecs_min_fraction=float(traces["ecs"].min()),
        recovered=bool(traces["voltage"][-1] < solve.stimuli().recovered_voltage),
        cpu_s=cpu,
        time=times,
        traces=traces,
        picture_time=times[::every_t],
        picture_place=place[::every_x],
        picture_voltage=voltage[::every_t, ::every_x],
        picture_potassium=seen[kernel.SEEN_K, ::every_t, ::every_x] * _MM,
    )


def arrivals(times: NDArray[np.float64], voltage: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return when each node (node,) first passes ``level``, linear between records; nan where never."""
    up = voltage > level
    first = np.argmax(up, axis=0)
    before = np.maximum(first - 1, 0)
    nodes = np.arange(voltage.shape[1])
    low, high = voltage[before, nodes], voltage[first, nodes]
    share = np.where(high > low, (level - low) / np.where(high > low, high - low, 1.0), 0.0)
    arrival = times[before] + share * (times[first] - times[before])
    return np.where(up.any(axis=0), arrival, np.nan)


def first_episode(up: NDArray[np.bool_]) -> int:
    """Return how many records the first depolarisation lasts; a second wave does not lengthen it."""
    if not up.any():
        return 0
    after = up[int(np.argmax(up)) :]
    return int(after.size if after.all() else np.argmin(after))


def speed(place: NDArray[np.float64], arrival: NDArray[np.float64], length: float) -> float:
    """Return the speed in mm/min over the middle of the line; nan when too few nodes were reached."""
    used = (place >= WATCHED * length) & (place <= MEASURED_TO * length) & np.isfinite(arrival)
    if used.sum() < FEWEST_NODES:
        return float("nan")
    return float(_S_PER_MIN / np.polyfit(place[used], arrival[used], 1)[0])


def spatial_error_percent(piece: solve.TissueSlice, stimulus: solve.Stimulus, grid: solve.Grid) -> float:
    """Return how much faster, in per cent, the wave is on nodes twice as long; nan without a wave.

    The speed falls about linearly with the node length, so this is also about its distance from the limit.
    """
    coarse = grid._replace(nodes=grid.nodes // 2)
    speeds = [wave(piece, stimulus, each).speed_mm_per_min for each in (grid, coarse)]
    return 100.0 * (speeds[1] / speeds[0] - 1.0)
