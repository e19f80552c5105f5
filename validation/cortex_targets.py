"""The targets of the second model of the cortex, and what a set of numbers gives for each of them.

Windows, errors and sources stand in ``docs/validation/cortex_targets.toml``, which was committed before the first
search. Members are judged by these figures; the search asks coarser ones first (``validation/cortex_stages.py``).
Everything is computed on 80 um nodes with steps of 40 ms.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import kcl_waves, preset_table, solve, voltage_tables
from leao.cortex.drugged_receptors import Drug
from leao.cortex.kernels import line, node
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers
from leao.cortex.spontaneous import threshold
from leao.cortex.wave_measures import arrivals, first_episode, speed

DOCS = Path(__file__).resolve().parents[1] / "docs" / "validation"
DT = 0.04
LINE = solve.Grid(length=4.8, nodes=60, dt=DT, duration=270.0, record=0.2)
SHORT = solve.Grid(length=3.04, nodes=38, dt=DT, duration=100.0, record=0.2)
TWICE = solve.Grid(length=2.4, nodes=30, dt=DT, record=0.4)
TRAIN = solve.Grid(length=2.0, nodes=25, dt=DT, record=0.4)
POINT = solve.Grid(length=0.24, nodes=3, dt=DT, duration=400.0, record=0.2)
STRENGTHS = (0.7, 1.0, 1.4, 2.0)
WATCHED = 0.4  # share of the line where peaks are read
AFTER = (60.0, 120.0)  # s after the wave has left the line
TOLERANCE = 5e-3
FAR = 6.0  # a figure where there is none, for times and ratios that never come


class Target(NamedTuple):
    """A window and the errors on it."""

    low: float
    high: float
    sd: float


class Tissues(NamedTuple):
    """A set ready to run: neocortex, and CA1 with its persistent Na+."""

    cortex: solve.Cortex
    ca1: solve.Cortex


@cache
def rule() -> dict[str, float]:
    """Return the numbers of the rule that stand beside the targets."""
    return tomllib.loads((DOCS / "cortex_targets.toml").read_text(encoding="utf-8"))["rule"]


def implausible_above() -> float:
    """Return the miss above which a set is ruled out."""
    return rule()["implausible_above"]


@cache
def table() -> dict[str, Any]:
    """Return the targets as they are written."""
    return tomllib.loads((DOCS / "cortex_targets.toml").read_text(encoding="utf-8"))["target"]


@cache
def targets() -> dict[str, Target]:
    """Return the targets by name."""
    return {name: _target(row) for name, row in table().items()}


def _target(row: dict[str, Any]) -> Target:
    sd = float(np.sqrt(sum(row[key] ** 2 for key in ("observation", "prediction", "discrepancy"))))
    return Target(row["low"], row["high"], sd)


def misses(figures: dict[str, float]) -> dict[str, float]:
    """Return the distance of each figure from its window, in standard deviations."""
    wanted = targets()
    return {
        name: max(wanted[name].low - value, value - wanted[name].high, 0.0) / wanted[name].sd
        for name, value in figures.items()
    }


def loss(figures: dict[str, float]) -> float:
    """Return the sum of squared misses of the figures there are."""
    return float(sum(miss**2 for miss in misses(figures).values()))


def tissues(params: TissueNumbers, second: Homeostasis, ca1_nap: float) -> Tissues:
    """Return the tissues of a set."""
    cortex = preset_table.prepare("candidate", params, second)
    return Tissues(cortex, preset_table.prepare("candidate CA1", params._replace(nap=ca1_nap * params.nap), second))


def figures(set_of: Tissues) -> dict[str, float]:
    """Return all figures of a set, as members are judged by."""
    known: dict[str, float] = {}
    for stage in (wave_figures, _ignition_figures, _block_figures, _train_figures):
        known |= stage(set_of, known)
    return known


def wave_figures(set_of: Tissues, _: dict[str, float]) -> dict[str, float]:
    """Return speed, peaks, DC and what the wave leaves behind."""
    return wave_of(preset_table.under(set_of.cortex))


def energy_of(piece: solve.TissueSlice) -> np.ndarray:
    """Return the pumps' reserve (time,) at the watched place during a strong wave, 1 at rest."""
    seen = solve.integrate(piece, solve.drive(piece.cortex, (solve.strong("kcl"),), LINE), LINE).seen
    return np.asarray(seen[line.SEEN_ENERGY, :, int(WATCHED * LINE.nodes)])


def wave_of(piece: solve.TissueSlice) -> dict[str, float]:
    """Return the figures of a strong wave in a slice."""
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    seen = solve.integrate(piece, solve.drive(piece.cortex, (solve.strong("kcl"),), LINE), LINE).seen
    voltage, potassium, glutamate = seen[0] * mv, seen[1] * 1e3, seen[2] * 1e6
    times = np.arange(voltage.shape[0]) * LINE.record_every * LINE.dt
    place = (np.arange(LINE.nodes, dtype=np.float64) + 0.5) * LINE.dx
    level = solve.stimuli().ignition_voltage
    arrived = arrivals(times, voltage, level)
    j, dc = int(WATCHED * LINE.nodes), seen[3] * mv
    low = float(dc[:, j].min())
    up = np.flatnonzero((voltage > level).any(axis=1))
    left = float(times[up[-1]]) if up.size else 0.0
    late = (times > left + AFTER[0]) & (times <= left + AFTER[1])
    after = float(dc[late, j].mean() / max(-low, 1.0)) if late.any() else 1.0
    return {
        "speed_mm_per_min": float(np.nan_to_num(speed(place, arrived, LINE.length))),
        "k_peak_mM": float(potassium[:, j].max()),
        "log_glutamate_uM": float(np.log(glutamate[:, j].max())),
        "dc_shift_mV": low,
        "dc_half_width_s": float((dc[:, j] < 0.5 * low).sum() * LINE.record_every * LINE.dt),
        "ecs_min_fraction": float(seen[4][:, j].min()),
        "dc_after": after,
        "k_after_mM": float(potassium[int(np.argmax(potassium[:, j])) :, j].min()),
        "voltage_after_mV": float(voltage[-1, j]),
    }


def _ignition_figures(set_of: Tissues, _: dict[str, float]) -> dict[str, float]:
    """Return the thresholds for K+ and glutamate, the delay at 1.1 x, and how fast glutamate is cleared."""
    piece = preset_table.under(set_of.cortex)
    kcl = threshold(piece, "kcl", near=12.0, tolerance=TOLERANCE, grid=SHORT)
    glutamate = threshold(piece, "glutamate", near=12.0, tolerance=4 * TOLERANCE, grid=SHORT)
    return {
        "kcl_threshold_mM": min(kcl, 100.0),
        "delay_s": delay(piece, 1.1 * kcl) if np.isfinite(kcl) else 40.0,
        "glutamate_threshold_uM": min(glutamate, 1e4),
        "clearance_s": clearance(piece),
    }


def _block_figures(set_of: Tissues, known: dict[str, float]) -> dict[str, float]:
    """Return what NMDA block does in neocortex, in CA1, and to the depolarisation of anoxia."""
    none, half = (preset_table.under(set_of.cortex, None, share) for share in (0.0, 0.5))
    free_speed, free_duration = single(preset_table.under(set_of.cortex))
    half_speed, half_duration = single(half)
    base = known["kcl_threshold_mM"]
    raised = threshold(half, "kcl", near=1.2 * base, tolerance=TOLERANCE, grid=SHORT)
    slices = [preset_table.under(set_of.ca1, Drug("memantine", level)) for level in (10.0, 300.0)]
    anoxic = anoxia(set_of.cortex, 1.0)
    blocked = anoxia(set_of.cortex, 0.0)
    return {
        "full_block_reach_mm": reach(none),
        "mk801_reach_mm": reach(preset_table.under(set_of.cortex, Drug("mk801", 0.2))),
        "half_speed": half_speed / max(free_speed, 0.1),
        "half_duration": half_duration / max(free_duration, 1.0),
        "half_threshold": min(raised / base, FAR),
        "ca1_memantine_10_speed": single(slices[0])[0],
        "ca1_memantine_300_speed": single(slices[1])[0],
        "anoxia_free_s": anoxic,
        "anoxia_block_ratio": min(blocked / anoxic, FAR),
    }


def _train_figures(set_of: Tissues, known: dict[str, float]) -> dict[str, float]:
    """Return refractoriness and the waves under continuous KCl."""
    free, half = preset_table.under(set_of.cortex), preset_table.under(set_of.cortex, None, 0.5)
    strong = solve.strong("kcl")
    weak = solve.Stimulus("kcl", 1.2 * known["kcl_threshold_mM"], solve.stimuli().threshold_zone)
    count = float(np.mean([_waves(free, strength) for strength in STRENGTHS]))
    return {
        "strong_early_mV": second(free, strong, 60.0),
        "strong_late_mV": second(free, strong, 180.0),
        "weak_early_mV": second(free, weak, 180.0),
        "weak_late_mV": second(free, weak, 900.0),
        "count_per_h": count,
        "half_count": float(np.mean([_waves(half, strength) for strength in STRENGTHS])) / max(count, 1.0),
    }


def _volts(piece: solve.TissueSlice, applied: tuple[solve.Stimulus, ...], grid: solve.Grid) -> np.ndarray:
    driven = solve.drive(piece.cortex, applied, grid)
    return solve.integrate(piece, driven, grid).seen[0] * voltage_tables.thermal_voltage(piece.cortex.params)


def single(piece: solve.TissueSlice) -> tuple[float, float]:
    """Return speed (mm/min) and duration (s) of a strong wave on the short line; zeros without one."""
    voltage = _volts(piece, (solve.strong("kcl"),), SHORT)
    level = solve.stimuli().ignition_voltage
    arrived = arrivals(np.arange(voltage.shape[0]) * SHORT.record_every * SHORT.dt, voltage, level)
    near, far = int(1.4 / SHORT.dx), int(2.4 / SHORT.dx)
    lasted = first_episode(voltage[:, near] > level) * SHORT.record_every * SHORT.dt
    if not (np.isfinite(arrived[near]) and arrived[far] > arrived[near]):
        return 0.0, float(lasted)
    return float(60.0 * (far - near) * SHORT.dx / (arrived[far] - arrived[near])), float(lasted)


def reach(piece: solve.TissueSlice) -> float:
    """Return how far from the end neurones depolarise under a strong stimulus, mm."""
    voltage = _volts(piece, (solve.strong("kcl"),), SHORT)
    return float((voltage.max(axis=0) > solve.stimuli().ignition_voltage).sum() * SHORT.dx)


def delay(piece: solve.TissueSlice, strength: float) -> float:
    """Return when the middle of the stimulated zone first depolarises, s; 40 where it never does."""
    zone = solve.stimuli().threshold_zone
    grid = SHORT._replace(duration=60.0)
    voltage = _volts(piece, (solve.Stimulus("kcl", strength, zone),), grid)[:, int(0.5 * zone / grid.dx)]
    up = np.flatnonzero(voltage > solve.stimuli().ignition_voltage)
    return float(up[0] * grid.record_every * grid.dt) if up.size else 40.0


def clearance(piece: solve.TissueSlice, start: float = 5e-6, end: float = 0.5e-6) -> float:
    """Return how long ``start`` (mmol/cm3) outside takes to fall to ``end`` in a tissue at rest, s; 20 at most."""
    grid = POINT._replace(dt=0.002, duration=20.0, record=0.002)
    state = np.tile(piece.cortex.rest, (grid.nodes, 1))
    state[:, node.GLU_E] = start * piece.cortex.tissue.ecs_rest
    gate = np.repeat(piece.gate[:, :, None], grid.nodes, axis=2)
    still = solve.drive(piece.cortex, (solve.Stimulus("kcl", 0.0, 0.1),), grid)
    level = solve.integrate(piece, still, grid, start=(state, gate)).seen[2, :, 0]
    below = np.flatnonzero(level < end)
    return float(below[0] * grid.dt) if below.size else grid.duration


def anoxia(cortex: solve.Cortex, open_share: float) -> float:
    """Return when a point depolarises after its supply of oxygen ends, s; 400 where it never does."""
    if cortex.second is None:
        raise SolverError("anoxia: the first model has no supply; take a preset of the second")
    cut = cortex._replace(second=cortex.second._replace(homeostat=cortex.second.homeostat._replace(oxygen=0.0)))
    piece = preset_table.under(cut, None, open_share)
    still = solve.drive(cut, (solve.Stimulus("kcl", 0.0, 0.1),), POINT)
    return solve.integrate(piece, still, POINT, probe=0).stop


def second(piece: solve.TissueSlice, stimulus: solve.Stimulus, after: float) -> float:
    """Return the largest voltage at 1.8 mm that a second stimulus evokes once the first wave is over, mV."""
    grid = TWICE._replace(duration=after + 90.0)
    voltage = _volts(piece, (stimulus, stimulus._replace(start=after)), grid)[:, int(1.8 / grid.dx)]
    at = int(after / (grid.record_every * grid.dt))
    recovered = solve.stimuli().recovered_voltage
    if voltage[at] > recovered:
        falling = np.flatnonzero(voltage[at:] < recovered)
        return float(voltage[at + falling[0] :].max()) if falling.size else float(recovered)
    return float(voltage[at:].max())


def _waves(piece: solve.TissueSlice, strength: float) -> float:
    return float(kcl_waves.train(piece, 60.0, strength, TRAIN).times.size)
