"""Waves under continuous KCl: high K+ at one end, and how often the tissue answers.

A wave is counted where the neurones at ``COUNTED`` mm from the left end pass the ignition voltage, having been below
the recovered voltage since the last one. Amplitude, duration and speed are means over waves. Counts are erratic near
the border between silent and firing tissue (one skipped beat shifts all that follow), so they are read over several
strengths of the bath and given as a mean with its standard error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import solve, voltage_tables
from leao.cortex.wave_measures import first_episode

Array = NDArray[np.float64]

STRENGTHS = (0.5, 0.7, 1.0, 1.4, 2.0)  # factors on the bath's rate
GRID = solve.Grid(length=2.0, nodes=50, dt=0.025, record=0.5)
COUNTED = 1.2  # mm
NEAR = 0.8  # mm, the second place, for the speed
BASELINE = 10.0  # s before the arrival of a wave, where the DC potential it shifts is read
_S_PER_MIN = 60.0


class Train(NamedTuple):
    """What continuous KCl of one strength did."""

    strength: float
    times: Array  # s, (wave,)
    amplitudes: Array  # mV, largest negative DC shift of each wave from its own baseline
    durations: Array  # s; nan where the run ended first
    speeds: Array  # mm/min; nan where a wave came from elsewhere
    time: Array  # s, (record,)
    dc: Array  # mV, (record,) extracellular potential where waves are counted


def train(
    piece: solve.TissueSlice,
    minutes: float,
    strength: float = 1.0,
    grid: solve.Grid = GRID,
    excitability: Array | None = None,
) -> Train:
    """Return the waves of one slice under continuous KCl; ``excitability`` (node,) is a factor on release."""
    grid = grid._replace(duration=minutes * _S_PER_MIN)
    driven = solve.drive(piece.cortex, (solve.Stimulus("bath", strength, solve.bath().zone),), grid, excitability)
    seen = solve.integrate(piece, driven, grid).seen
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    interval = grid.record_every * grid.dt
    far, near = (int(place / grid.dx) for place in (COUNTED, NEAR))
    starts = beginnings(seen[0, :, far] * mv)
    before = _sharp(seen[0, :, near] * mv, beginnings(seen[0, :, near] * mv)) * interval
    ends = np.append(starts[1:], seen.shape[1])[: starts.size]
    phi = seen[3, :, far] * mv
    up = seen[0, :, far] * mv > solve.stimuli().ignition_voltage
    arrived = _sharp(seen[0, :, far] * mv, starts) * interval
    lags = np.array([_lag(arrived[k], arrived[k - 1] if k else -np.inf, before) for k in range(starts.size)])
    return Train(
        strength,
        np.asarray(starts * interval, dtype=np.float64),
        np.array([_amplitude(phi, a, b, round(BASELINE / interval)) for a, b in zip(starts, ends, strict=True)]),
        np.array([_lasted(up[a:b]) * interval for a, b in zip(starts, ends, strict=True)]),
        np.where(lags > 0.0, (far - near) * grid.dx * _S_PER_MIN / np.where(lags > 0.0, lags, 1.0), np.nan),
        np.arange(seen.shape[1], dtype=np.float64) * interval,
        phi.copy(),
    )


def counts(piece: solve.TissueSlice, minutes: float, strengths: tuple[float, ...] = STRENGTHS) -> list[Train]:
    """Return the trains of all strengths."""
    return [train(piece, minutes, strength) for strength in strengths]


def after_onset(trains: list[Train]) -> dict[str, float | None]:
    """Return the onset waves apart from those that follow: waves after the first, mean and standard error.

    The first wave answers the arrival of the KCl, as a puff would; only those after it are rhythm.
    """
    later = np.array([max(each.times.size - 1, 0) for each in trains], dtype=np.float64)
    starts = [float(each.times[0]) for each in trains if each.times.size]
    return {
        "mean": float(later.mean()),
        "se": float(later.std(ddof=1) / np.sqrt(later.size)) if later.size > 1 else None,
        "onset_s": float(np.mean(starts)) if starts else None,
        "with_onset": float(len(starts) / len(trains)),
    }


def beginnings(voltage: Array) -> NDArray[np.intp]:
    """Return the records at which a wave arrives, voltage (time,) in mV."""
    s = solve.stimuli()
    values, armed = [], True
    for at, v in enumerate(voltage):
        if armed and v > s.ignition_voltage:
            values.append(at)
            armed = False
        elif v < s.recovered_voltage:
            armed = True
    return np.array(values, dtype=np.intp)


def _amplitude(phi: Array, start: int, end: int, lead: int) -> float:
    """Return how far the DC potential (mV, (time,)) falls below that ``lead`` records before a wave."""
    last = max(end - lead, start + 1) if end < phi.size else end
    return float(phi[max(start - lead, 0)] - phi[start:last].min())


def _lasted(up: NDArray[np.bool_]) -> float:
    """Return how many records a wave holds neurones depolarised; nan where the run ended first."""
    return float("nan") if up.all() else float(first_episode(up))


def _sharp(voltage: Array, starts: NDArray[np.intp]) -> Array:
    """Return the starts in records and parts of one, linear between the records around the ignition voltage."""
    before = np.maximum(starts - 1, 0)
    rise = voltage[starts] - voltage[before]
    share = (voltage[starts] - solve.stimuli().ignition_voltage) / np.where(rise > 0.0, rise, 1.0)
    return np.asarray(starts - np.where(rise > 0.0, share, 0.0), dtype=np.float64)


def _lag(arrival: float, last: float, before: Array) -> float:
    """Return the time since the wave passed the near place; 0 where none did since the ``last`` wave arrived."""
    earlier = before[(before < arrival) & (before > last)]
    return float(arrival - earlier[-1]) if earlier.size else 0.0
