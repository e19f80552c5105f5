"""The node without space: where it rests, how far it is from the fold, what pushes it over, whether it cycles.

Two views of the same node: voltage alone with ions frozen (``fold``), and every state of one closed node, from which
nothing diffuses away. The weakest sudden addition of KCl or glutamate that depolarises the closed node is its
threshold. Under steady KCl the same node may fire again and again. Many nodes are marched at once, uncoupled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import kcl_waves, solve, voltage_tables
from leao.cortex.fold import (
    HIGHEST_GLUTAMATE,
    HIGHEST_K,
    MM,
    UM,
    RestingPoint,
    balanced,
    branch,
    current,
    fold,
    receptors_open,
    resting_levels,
    zeros,
)
from leao.cortex.kernels import node

Array = NDArray[np.float64]

DECOUPLED = 1e-30  # factor on diffusion: nodes side by side that do not see each other
SIDE_BY_SIDE = 16
TURNS = 40
BRACKET = 1e-3  # relative, of a threshold
STRENGTHS = tuple(float(x) for x in np.geomspace(0.25, 8.0, SIDE_BY_SIDE))  # of the bath
CYCLING = 3600.0  # s
STEADY = 0.05  # relative spread of the last intervals of a limit cycle
FEWEST = 4  # depolarisations of a cycle


class Cycle(NamedTuple):
    """What one strength of steady KCl does to the node."""

    strength: float
    depolarisations: int
    period_s: float  # nan without a steady one
    steady: bool


class Trajectory(NamedTuple):
    """One node over time."""

    label: str
    time: Array  # s
    voltage: Array  # mV
    potassium: Array  # mM


class Portrait(NamedTuple):
    """All of it, plain numbers."""

    resting: list[RestingPoint]
    fold_potassium: float  # mM; nan without a fold
    fold_glutamate: float  # uM
    rest_potassium: float
    rest_glutamate: float
    threshold_potassium: float  # mM added; inf where none depolarises, 0 where it starts by itself
    threshold_glutamate: float  # uM added
    cycles: list[Cycle]
    branch: tuple[Array, Array, NDArray[np.bool_]]  # K+ (mM), voltage (mV) of every zero, stable
    trajectories: list[Trajectory]


def portrait(piece: solve.TissueSlice) -> Portrait:
    """Return what can be said of the node of a slice."""
    potassium, glutamate = resting_levels(piece.cortex)
    added = {kind: _threshold(piece, kind) for kind in ("potassium", "glutamate")}
    cycles, traces = _cycles(piece)
    if 0.0 < added["potassium"] < np.inf:
        levels = np.array([0.97, 1.03]) * added["potassium"]
        pair = _march(piece, "potassium", levels)
        names = ("just below the threshold", "just above it")
        traces = [_trajectory(piece, pair, j, name) for j, name in enumerate(names)] + traces
    return Portrait(
        zeros(current(piece, potassium, receptors_open(piece.receptors, balanced(piece)))),
        fold(piece, "potassium"),
        fold(piece, "glutamate"),
        potassium,
        glutamate,
        added["potassium"],
        added["glutamate"],
        cycles,
        branch(piece),
        traces,
    )


def _alone(cortex: solve.Cortex) -> solve.Cortex:
    """Return ``cortex`` whose neighbouring nodes do not see each other."""
    c = cortex.tissue
    return cortex._replace(
        tissue=c._replace(
            diffusion_sodium=c.diffusion_sodium * DECOUPLED,
            diffusion_potassium=c.diffusion_potassium * DECOUPLED,
            diffusion_chloride=c.diffusion_chloride * DECOUPLED,
            diffusion_glutamate=c.diffusion_glutamate * DECOUPLED,
        )
    )


def _march(piece: solve.TissueSlice, what: str, levels: Array) -> Array:
    """Return the fields (field, time, level) of nodes that begin with ``levels`` of K+ (mM) or glutamate (uM) more."""
    alone = piece._replace(cortex=_alone(piece.cortex))
    grid = solve.Grid(0.1 * levels.size, levels.size, 0.025, solve.stimuli().ignition_time, 0.1)
    state = np.tile(piece.cortex.rest, (levels.size, 1))
    outside = 1.0 - state[:, node.ALPHA_N] - state[:, node.ALPHA_G]
    if what == "potassium":
        state[:, node.K_E] += levels / MM * outside
        state[:, node.CL_E] += levels / MM * outside
    else:
        state[:, node.GLU_E] += levels / UM * outside
    gate = np.repeat(piece.gate[:, :, None], levels.size, axis=2)
    still = solve.drive(alone.cortex, (solve.Stimulus("kcl", 0.0, 0.1),), grid)
    return solve.integrate(alone, still, grid, start=(state, gate)).seen


def _threshold(piece: solve.TissueSlice, what: str) -> float:
    """Return the weakest addition that depolarises a closed node, by several at once, ever closer."""
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    level = solve.stimuli().ignition_voltage
    low, high = (0.05, HIGHEST_K) if what == "potassium" else (0.005, HIGHEST_GLUTAMATE)
    first = np.append(0.0, np.geomspace(low, high, SIDE_BY_SIDE - 1))
    for _ in range(TURNS):
        fires = (_march(piece, what, first)[0] * mv).max(axis=0) > level
        if fires[0]:
            return 0.0 if first[0] == 0.0 else float(first[0])
        if not fires.any():
            return float("inf")
        at = int(np.argmax(fires))
        low, high = float(first[at - 1]), float(first[at])
        if high <= low * (1.0 + BRACKET):
            return float(np.sqrt(low * high))
        first = np.linspace(low, high, SIDE_BY_SIDE)
    return float(0.5 * (low + high))


def _cycles(piece: solve.TissueSlice) -> tuple[list[Cycle], list[Trajectory]]:
    """Return what steady KCl of each strength does, and the first steady cycle as a trajectory."""
    alone = piece._replace(cortex=_alone(piece.cortex))
    grid = solve.Grid(0.1 * SIDE_BY_SIDE, SIDE_BY_SIDE, 0.025, CYCLING, 0.5)
    bath = solve.drive(alone.cortex, (solve.Stimulus("bath", 1.0, 0.1),), grid)
    seen = solve.integrate(alone, bath._replace(zone=np.array(STRENGTHS)), grid).seen
    voltage = seen[0] * voltage_tables.thermal_voltage(piece.cortex.params)
    cycles = [_cycle(strength, voltage[:, j], grid) for j, strength in enumerate(STRENGTHS)]
    steady = [j for j, each in enumerate(cycles) if each.steady]
    return cycles, [_trajectory(piece, seen, steady[0], "a limit cycle", grid.record)] if steady else []


def _cycle(strength: float, voltage: Array, grid: solve.Grid) -> Cycle:
    begins = kcl_waves.beginnings(voltage) * grid.record
    gaps = np.diff(begins)[-(FEWEST - 1) :]
    steady = begins.size >= FEWEST and float(np.ptp(gaps)) <= STEADY * float(gaps.mean())
    fires_late = begins.size > 0 and begins[-1] > grid.duration - 2.0 * float(gaps.mean() if gaps.size else 0.0)
    steady = bool(steady and fires_late)
    return Cycle(strength, int(begins.size), float(gaps.mean()) if steady else float("nan"), steady)


def _trajectory(piece: solve.TissueSlice, seen: Array, j: int, label: str, interval: float = 0.1) -> Trajectory:
    mv = voltage_tables.thermal_voltage(piece.cortex.params)
    return Trajectory(label, np.arange(seen.shape[1]) * interval, seen[0, :, j] * mv, seen[1, :, j] * MM)
