"""One line of cortex, disturbed once or twice, and what can be said of it.

Rules beside those of ``leao.cortex.wave_measures``: the front has reached the farthest node outside the stimulated zone
that was ever depolarised; a second stimulus has started a wave of its own where the watched place, having recovered,
is depolarised again after it; a run that ends while the front still moves is not an answer and says so.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import kcl_waves, live, solve, voltage_tables
from leao.cortex.wave_measures import MEASURED_TO, WATCHED, Wave, arrivals, measure

Array = NDArray[np.float64]

MOVING = 0.1  # last share of a run: a front that still advances in it is under way


class Run(NamedTuple):
    """A march, its measures, how far the front came, and whether a second stimulus started a wave."""

    marched: solve.Integrated
    wave: Wave
    reached_mm: float  # 0 where nothing outside the zone was depolarised
    second_wave: bool | None  # None where there was no second stimulus
    cut_short: bool  # the first depolarisation of the watched place had not ended when the run did
    at_far_end: bool  # the front reached the end against which the DC potential is read
    problem: str | None


def place(grid: solve.Grid) -> Array:
    """Return the middle of each node, mm (node,)."""
    return (np.arange(grid.nodes, dtype=np.float64) + 0.5) * grid.dx


def ready(piece: solve.TissueSlice, stimulus: solve.Stimulus) -> None:
    """Compile or load the kernel, so that a measured time is the solver's alone."""
    tiny = solve.Grid(length=1.0, nodes=5, dt=1e-3, duration=1e-3, record=1e-3)
    solve.integrate(piece, solve.drive(piece.cortex, (stimulus,), tiny), tiny)


def run(
    piece: solve.TissueSlice,
    applied: tuple[solve.Stimulus, ...],
    grid: solve.Grid,
    excitability: Array | None = None,
    snap_every: float = 0.0,
    watch: live.Watch | None = None,
) -> Run:
    """Return what one or two stimuli do to a slice.

    Args:
        piece: the slice.
        applied: the stimuli, of one zone.
        grid: the line and the march.
        excitability: factor on glutamate release at each node (node,); None for 1 everywhere.
        snap_every: seconds between whole states; 0 for none.
        watch: hears what is recorded while the march goes on.
    """
    driven = solve.drive(piece.cortex, applied, grid, excitability)
    if watch is None:
        start = time.thread_time()
        marched = solve.integrate(piece, driven, grid, snap_every=snap_every)
        seconds = time.thread_time() - start
    else:
        marched, seconds = live.watched(piece, driven, solve.room(piece, grid, snap_every=snap_every), watch)
    measure_result = measure(piece.cortex, marched.seen, grid, seconds)
    voltage = marched.seen[0] * voltage_tables.thermal_voltage(piece.cortex.params)
    arrival = arrivals(measure_result.time, voltage, solve.stimuli().ignition_voltage)
    reached = _reached(arrival, grid, applied[0].zone)
    second = (
        second_wave(measure_result.traces["voltage"], measure_result.time, applied[1].start)
        if len(applied) > 1
        else None
    )
    up = measure_result.traces["voltage"] > solve.stimuli().ignition_voltage
    at_far_end = reached > grid.length - grid.dx
    cut_short = bool(up.any() and up[int(np.argmax(up)) :].all())
    return Run(
        marched,
        measure_result,
        reached,
        second,
        cut_short,
        at_far_end,
        _problem(measure_result, arrival, reached, grid),
    )


def second_wave(voltage: Array, times: Array, start: float) -> bool:
    """Return whether the watched place (mV, (time,)) is depolarised a second time, after ``start`` and recovery."""
    begins = times[kcl_waves.beginnings(voltage)]
    return bool(begins.size > 1 and np.any(begins[1:] > start))


def _reached(arrival: Array, grid: solve.Grid, zone: float) -> float:
    outside = np.isfinite(arrival) & (place(grid) > zone)
    return float(place(grid)[outside].max()) if outside.any() else 0.0


def _problem(wave: Wave, arrival: Array, reached: float, grid: solve.Grid) -> str | None:
    if wave.propagated and np.isfinite(wave.speed_mm_per_min) and reached >= MEASURED_TO * grid.length - grid.dx:
        return None
    if reached == 0.0 or np.nanmax(arrival) < (1.0 - MOVING) * grid.duration:
        return None
    return (
        f"the run ended at {grid.duration:g} s with the front at {reached:.2g} mm and still moving, before"
        f" {MEASURED_TO * grid.length:.2g} mm, to where the speed is measured; give a longer --duration"
    )


def watched(grid: solve.Grid) -> float:
    """Return the place where traces are read, mm."""
    return float(place(grid)[int(WATCHED * grid.nodes)])
