"""How long tissue refuses a second wave: two equal stimuli, ever closer together.

Rule: an interval counts as answered where, after the second stimulus and within the ignition time of it, the place
``ignition_distance`` from the left end is depolarised again, having recovered since the first wave. The refractory
time is the shortest interval that is answered: intervals are tried in steps from the shortest on, then the step
before the first answer is halved down to the tolerance. Two strong stimuli give the absolute refractory time, two
weak ones, a little above the threshold of rested tissue, the relative one. Tissue need not answer all longer
intervals too; those of the search that it refuses are listed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import kcl_waves, request, solve, voltage_tables
from leao.cortex.spontaneous import threshold

Array = NDArray[np.float64]

GRID = solve.Grid(length=3.0, nodes=75, dt=0.025, record=0.5)


class Refractory(NamedTuple):
    """The refractory time and what the search saw; seconds."""

    interval_s: float  # shortest interval answered, middle of the last bracket; inf where none is, nan without a wave
    tolerance_s: float
    strength: float  # of both stimuli, in the stimulus's unit
    refused_later_s: tuple[float, ...]  # longer intervals of the search that were refused


def strong(piece: solve.TissueSlice, kind: str, pool: Executor, grid: solve.Grid = GRID) -> Refractory:
    """Return the absolute refractory time: two strong stimuli."""
    return _refractory(piece, solve.strong(kind), pool, grid)


def weak(piece: solve.TissueSlice, kind: str, pool: Executor, grid: solve.Grid = GRID) -> Refractory:
    """Return the relative refractory time: two stimuli a little above the threshold of rested tissue."""
    strength = request.numbers().near_threshold * threshold(piece, kind)
    return _refractory(piece, solve.Stimulus(kind, strength, solve.stimuli().threshold_zone), pool, grid)


def answered(voltage: Array, times: Array, start: float) -> bool:
    """Return whether a second stimulus at ``start`` (s) was answered by the voltage (mV, (time,)) of one place."""
    begins = times[kcl_waves.beginnings(voltage)]
    in_time = (begins > start) & (begins <= start + solve.stimuli().ignition_time)
    return bool(begins.size > 1 and in_time[1:].any())


def shortest(answers: Callable[[float], bool], tried: list[tuple[float, bool]], tolerance: float) -> float:
    """Return the shortest answered interval, by halving the step before the first answer; inf where there is none.

    Args:
        answers: whether an interval is answered.
        tried: intervals in rising order and whether they were.
        tolerance: width of the last bracket, s.
    """
    first = next((k for k, (_, ok) in enumerate(tried) if ok), None)
    if first is None:
        return float("inf")
    low, high = (tried[first - 1][0] if first else 0.0), tried[first][0]
    while high - low > tolerance:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if answers(middle) else (middle, high)
    return 0.5 * (low + high)


def _refractory(piece: solve.TissueSlice, stimulus: solve.Stimulus, pool: Executor, grid: solve.Grid) -> Refractory:
    n = request.numbers()
    place = int(solve.stimuli().ignition_distance / grid.dx)
    mv = voltage_tables.thermal_voltage(piece.cortex.params)

    def watch(applied: tuple[solve.Stimulus, ...], until: float) -> tuple[Array, Array]:
        timed = grid._replace(duration=until)
        seen = solve.integrate(piece, solve.drive(piece.cortex, applied, timed), timed).seen
        return seen[0, :, place] * mv, np.arange(seen.shape[1], dtype=np.float64) * timed.record_every * timed.dt

    def answers(interval: float) -> bool:
        until = interval + solve.stimuli().ignition_time
        return answered(*watch((stimulus, stimulus._replace(start=interval)), until), interval)

    if not (
        np.isfinite(stimulus.strength)
        and kcl_waves.beginnings(watch((stimulus,), solve.stimuli().ignition_time)[0]).size
    ):
        return Refractory(float("nan"), n.interval_tolerance, stimulus.strength, ())
    intervals = np.arange(n.interval_step, n.longest_interval + n.interval_step / 2.0, n.interval_step).tolist()
    tried = list(zip(intervals, pool.map(answers, intervals), strict=True))
    shortest_result = shortest(answers, tried, n.interval_tolerance)
    refused = tuple(interval for interval, ok in tried if not ok and interval > shortest_result)
    return Refractory(shortest_result, n.interval_tolerance, stimulus.strength, refused)
