"""One march of the cortex kernel: preset, block, stimulus and grid in; recorded fields out."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.errors import ScenarioError, SolverError
from leao.kernels import cortex as kernel
from leao.kernels.tissue import Drive, March, Tissue
from leao.stages.cortex import tables, tissue
from leao.stages.cortex.params import Gates, Params, Stimuli

_CM_PER_MM = 0.1
_MMOL_PER_CM3 = 1e-3  # per mM

REASONS = {
    kernel.NO_ROOT: "the membrane equation has no solution",
    kernel.NEGATIVE: "an amount fell below zero",
    kernel.RUNAWAY: "a potential left -187 to 187 mV",
    kernel.TOO_COARSE: "the time step is too long for the node length",
}


class Cortex(NamedTuple):
    """A preset ready to run."""

    name: str
    params: Params
    gates: Gates
    tissue: Tissue
    rest: NDArray[np.float64]  # (column,)


class Stimulus(NamedTuple):
    """Where and how strongly the left end is disturbed: ``kcl`` in mM or ``pulse`` in mS/cm2."""

    kind: str
    strength: float
    zone: float  # mm


class Grid(NamedTuple):
    """The line and the march along it."""

    length: float = 10.0  # mm
    nodes: int = 250
    dt: float = 0.025  # s
    duration: float = 120.0  # s
    record: float = 0.1  # s between recorded times

    @property
    def dx(self) -> float:
        """Return the node length in mm."""
        return self.length / self.nodes

    @property
    def steps(self) -> int:
        """Return the number of time steps."""
        return round(self.duration / self.dt)

    @property
    def record_every(self) -> int:
        """Return the number of time steps between recorded times."""
        return max(1, round(self.record / self.dt))


@cache
def stimuli() -> Stimuli:
    """Return how a wave is started and what counts as one."""
    return ledger.params(ledger.read("cortex/stimuli"), Stimuli)


@cache
def gates() -> Gates:
    """Return the channel rates all presets share."""
    return ledger.params(ledger.read("cortex/gates"), Gates)


@cache
def load(preset: str) -> Cortex:
    """Return the preset ``cortex/<preset>`` of the ledgers, balanced at rest."""
    return prepare(preset, ledger.params(ledger.read(f"cortex/{preset}"), Params))


def prepare(name: str, params: Params) -> Cortex:
    """Return a set of parameters ready to run, balanced at rest."""
    constants, rest = tissue.build(params, gates())
    return Cortex(name, params, gates(), constants, rest)


def strong(kind: str) -> Stimulus:
    """Return the stimulus of ``kind`` that starts a wave well above threshold."""
    s = stimuli()
    return Stimulus(kind, s.kcl_strength if kind == "kcl" else s.pulse_strength, s.strong_zone)


def voltage_table(cortex: Cortex, odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the kernel's voltage table under block ``odds`` over ``tables.VOLTAGES``.

    Raises:
        ScenarioError: odds of another shape, or below zero.
    """
    if odds.shape != tables.VOLTAGES.shape:
        raise ScenarioError(
            f"cortex, odds: found shape {odds.shape}, wanted {tables.VOLTAGES.shape}; give B/(1-B) over VOLTAGES"
        )
    if not np.all(odds >= 0.0):
        raise ScenarioError(
            "cortex, odds: found a value below zero or nan, wanted B/(1-B) >= 0; check the concentration"
        )
    return tables.build(cortex.params, cortex.gates, odds)


def zone_share(grid: Grid, zone: float) -> NDArray[np.float64]:
    """Return the share of each node (node,) that lies within ``zone`` mm of the left end."""
    return np.clip(zone / grid.dx - np.arange(grid.nodes, dtype=np.float64), 0.0, 1.0)


def drive(cortex: Cortex, stimulus: Stimulus) -> Drive:
    """Return the stimulus in the kernel's units.

    Raises:
        ScenarioError: a strength below zero.
    """
    if not stimulus.strength >= 0.0:
        raise ScenarioError(f"cortex, stimulus: found strength {stimulus.strength}, wanted 0 or more; raise it")
    s = stimuli()
    kcl = stimulus.strength * _MMOL_PER_CM3 * cortex.tissue.ecs_rest / s.kcl_duration
    pulse = tissue.conductance(cortex.params, stimulus.strength)
    is_kcl = stimulus.kind == "kcl"
    return Drive(kcl if is_kcl else 0.0, s.kcl_duration, 0.0 if is_kcl else pulse, s.pulse_duration)


def march(
    cortex: Cortex,
    table: NDArray[np.float64],
    stimulus: Stimulus,
    grid: Grid,
    probe: int = -1,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the final state (node, column), the recorded fields (field, time, node) and the stop time.

    Args:
        cortex: the preset.
        table: its voltage table.
        stimulus: the disturbance of the left end.
        grid: the line and the march.
        probe: node whose depolarisation ends the march early and leaves the fields empty; negative for none.

    Raises:
        SolverError: the kernel failed; names time, node and remedy.
    """
    plan = March(
        grid.dt,
        grid.dx * _CM_PER_MM,
        grid.steps,
        grid.record_every,
        probe,
        stimuli().ignition_voltage / tables.thermal_voltage(cortex.params),
    )
    times = 0 if probe >= 0 else -(-grid.steps // grid.record_every)
    seen = np.empty((kernel.N_SEEN, times, grid.nodes))
    state = np.tile(cortex.rest, (grid.nodes, 1))
    zone = zone_share(grid, stimulus.zone)
    status, step, node = kernel.march(state, table, cortex.tissue, drive(cortex, stimulus), zone, plan, seen)
    if status != kernel.OK:
        raise SolverError(
            f"cortex {cortex.name}: {REASONS[status]} at {step * grid.dt:.4g} s, node {node} ({node * grid.dx:.3g} mm);"
            f" found dt {grid.dt:g} s with nodes of {grid.dx:.3g} mm, try half the dt"
        )
    return state, seen, step * grid.dt
