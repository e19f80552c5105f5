"""One march of the cortex kernel: a slice of cortex, stimuli and a grid in; recorded fields out."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError, SolverError
from leao.cortex import homeostasis, receptors, tissue, voltage_tables
from leao.cortex.kernels import line as kernel
from leao.cortex.kernels import nmda, node
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.tissue import Drive, March, Snap, Tissue
from leao.cortex.ledger_numbers import Bath, Gates, Homeostasis, Stimuli, TissueNumbers
from leao.cortex.receptors import Receptors

Array = NDArray[np.float64]

_CM_PER_MM = 0.1
_MMOL_PER_CM3 = 1e-3  # per mM
_UM = 1e-6  # mmol/cm3 per uM

REASONS = {
    node.NO_ROOT: "the membrane equation has no solution",
    node.NEGATIVE: "an amount fell below zero",
    node.RUNAWAY: "a potential left -187 to 187 mV",
    node.TOO_COARSE: "the time step is too long for the node length",
}


class SecondModel(NamedTuple):
    """The numbers, the kernel's constants and the resting transport of glutamate that the second model adds."""

    params: Homeostasis
    homeostat: Homeostat
    transport: Array  # (2,) mmol/cm3/s into neurone and glia


class Cortex(NamedTuple):
    """A preset ready to run, free of drug."""

    name: str
    params: TissueNumbers
    gates: Gates
    tissue: Tissue
    rest: Array  # (column,)
    receptors: Receptors
    second: SecondModel | None = None  # what a preset of the second model adds; None: the first model


class TissueSlice(NamedTuple):
    """A piece of a preset's cortex under one drug level, in balance with it."""

    cortex: Cortex
    receptors: Receptors
    table: Array  # (voltage, column)
    gate: Array  # (subtype, state), before any stimulus


class Stimulus(NamedTuple):
    """How strongly the left end is disturbed, from ``start`` (s) on, over ``zone`` mm.

    Kinds and strengths: ``kcl`` mM of KCl added outside, ``glutamate`` uM added outside, ``pulse`` mS/cm2 of Na+, K+
    and Cl- conductance, ``charge`` uC/cm2 of inward Na+ current, ``bath`` a factor on the exchange with 100 mM K+.
    """

    kind: str
    strength: float
    zone: float
    start: float = 0.0


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


class Integrated(NamedTuple):
    """What a march leaves: the last state, the recorded fields, whole states now and then, when it stopped."""

    state: Array  # (node, column)
    gate: Array  # (subtype, 8, node)
    seen: Array  # (field, time, node)
    snap: Snap
    stop: float  # s


@cache
def stimuli() -> Stimuli:
    """Return how a wave is started and what counts as one."""
    return ledger.params(ledger.read("cortex/stimuli"), Stimuli)


@cache
def bath() -> Bath:
    """Return the high-K+ bath of continuous stimulation."""
    return ledger.params(ledger.read("cortex/bath"), Bath)


@cache
def gates() -> Gates:
    """Return the channel rates all presets share."""
    return ledger.params(ledger.read("cortex/gates"), Gates)


def prepare(name: str, params: TissueNumbers, free: Receptors, second_params: Homeostasis | None = None) -> Cortex:
    """Return a set of parameters ready to run, balanced at rest with receptors ``free`` of drug.

    Args:
        name: what messages call it.
        params: the numbers both models share.
        free: its receptors without drug.
        second_params: the numbers of the second model; None for the first.
    """
    if second_params is None:
        constants, rest = tissue.build(params, gates(), free, bath())
        return Cortex(name, params, gates(), constants, rest, free)
    params = homeostasis.resting(params, second_params)
    built = homeostasis.build(params, second_params, gates(), free, bath())
    second = SecondModel(second_params, built.homeostat, built.transport)
    return Cortex(name, params, gates(), built.tissue, built.rest, free, second)


def homeostat(cortex: Cortex) -> tuple[Homeostat, Array]:
    """Return the second model's constants and resting transport (2,); a first model's are switched off."""
    if cortex.second is not None:
        return cortex.second.homeostat, cortex.second.transport
    return homeostasis.switched_off(cortex.tissue), np.zeros(2)


def cut(cortex: Cortex, under: Receptors | None = None) -> TissueSlice:
    """Return a slice of ``cortex`` under the receptors' drug level, by default none."""
    under = cortex.receptors if under is None else under
    p = cortex.params
    outside, voltage = p.glutamate_ratio_outside * p.glutamate_ratio_glia * p.glutamate_neuron, p.voltage_neuron
    if cortex.second is not None:  # a settled tissue rests elsewhere than its numbers say
        outside = float(cortex.rest[node.GLU_E] / (1.0 - cortex.rest[node.ALPHA_N] - cortex.rest[node.ALPHA_G]))
        voltage = float(cortex.rest[node.V_N] * voltage_tables.thermal_voltage(p))
    table = receptors.filled(voltage_tables.build(p, cortex.gates), under)
    return TissueSlice(cortex, under, table, receptors.at_rest(under, outside, voltage))


def strong(kind: str) -> Stimulus:
    """Return the stimulus of ``kind`` that starts a wave well above threshold."""
    s = stimuli()
    return Stimulus(kind, getattr(s, f"{kind}_strength"), s.strong_zone)


def zone_share(grid: Grid, zone: float) -> Array:
    """Return the share of each node (node,) that lies within ``zone`` mm of the left end."""
    return np.clip(zone / grid.dx - np.arange(grid.nodes, dtype=np.float64), 0.0, 1.0)


def drive(cortex: Cortex, applied: tuple[Stimulus, ...], grid: Grid, excitability: Array | None = None) -> Drive:
    """Return the stimuli in the kernel's units; all share the zone of the first.

    Raises:
        ScenarioError: no stimulus, a strength below zero, zones that differ, an excitability of another shape.
    """
    if len({each.zone for each in applied}) != 1:
        raise ScenarioError(f"cortex, stimuli: found {len(applied)} of different zones, wanted one zone for all")
    if any(not (np.isfinite(each.strength) and each.strength >= 0.0) for each in applied):
        raise ScenarioError("cortex, stimulus: found a strength below zero or nan, wanted 0 or more; raise it")
    excitability = np.ones(grid.nodes) if excitability is None else np.asarray(excitability, dtype=np.float64)
    if excitability.shape != (grid.nodes,) or not np.all(excitability >= 0.0):
        raise ScenarioError(
            f"cortex, excitability: found shape {excitability.shape}, wanted ({grid.nodes},) of factors >= 0"
        )
    events = np.array([_event(cortex, each, grid) for each in applied])
    return Drive(events, zone_share(grid, applied[0].zone), excitability)


def _event(cortex: Cortex, each: Stimulus, grid: Grid) -> tuple[float, float, float, float]:
    """Return (kind, start s, duration s, amplitude) of one stimulus; amounts are per volume of tissue."""
    s, outside = stimuli(), cortex.tissue.ecs_rest
    if each.kind == "kcl":
        rate = each.strength * _MMOL_PER_CM3 * outside / s.kcl_duration
        return node.KCL, each.start, s.kcl_duration, rate
    if each.kind == "glutamate":
        return node.GLUTAMATE, each.start, s.glutamate_duration, each.strength * _UM * outside / s.glutamate_duration
    if each.kind == "charge":
        flow = (
            each.strength
            / s.charge_duration
            / (voltage_tables.FARADAY * voltage_tables.separation(cortex.params))
            * 1e-3
        )
        return node.CHARGE, each.start, s.charge_duration, flow
    if each.kind == "bath":
        return node.BATH, each.start, grid.duration - each.start, each.strength * bath().rate
    return node.PULSE, each.start, s.pulse_duration, tissue.conductance(cortex.params, each.strength)


class Room(NamedTuple):
    """What a march begins from and fills: the last state, recorded fields, whole states; and how it steps."""

    state: Array  # (node, column)
    gate: Array  # (subtype, 8, node)
    seen: Array  # (field, time, node)
    snap: Snap
    plan: March
    grid: Grid


def room(
    piece: TissueSlice,
    grid: Grid,
    probe: int = -1,
    snap_every: float = 0.0,
    start: tuple[Array, Array] | None = None,
) -> Room:
    """Return the room of a march.

    Args:
        piece: the slice.
        grid: the line and the march.
        probe: node whose depolarisation ends the march early and leaves the fields empty; negative for none.
        snap_every: seconds between whole states; 0 for none.
        start: state (node, column) and receptors (subtype, 8, node) to begin from; None for rest.
    """
    cortex = piece.cortex
    every = max(1, round(snap_every / grid.dt))
    plan = March(
        grid.dt,
        grid.dx * _CM_PER_MM,
        grid.steps,
        grid.record_every,
        every,
        probe,
        stimuli().ignition_voltage / voltage_tables.thermal_voltage(cortex.params),
    )
    times = 0 if probe >= 0 else -(-grid.steps // grid.record_every)
    snaps = -(-grid.steps // every) if snap_every > 0.0 else 0
    subtypes = len(piece.receptors.names)
    fields = kernel.SEEN_ENERGY if cortex.second is None else kernel.SEEN_ENERGY + 1
    seen = np.empty((fields, times, grid.nodes))
    snap = Snap(np.empty((snaps, grid.nodes, cortex.rest.size)), np.empty((snaps, subtypes, nmda.N_GATE, grid.nodes)))
    state = np.tile(cortex.rest, (grid.nodes, 1)) if start is None else start[0].copy()
    gate = np.repeat(piece.gate[:, :, None], grid.nodes, axis=2) if start is None else start[1].copy()
    return Room(state, gate, seen, snap, plan, grid)


def march(piece: TissueSlice, driven: Drive, within: Room) -> Integrated:
    """Return what becomes of a slice that is driven, in the room made for it.

    Raises:
        SolverError: the kernel failed; names time, node and remedy.
    """
    cortex, kinetics = piece.cortex, piece.receptors.constants
    state, gate, seen, snap, plan, grid = within
    transport, up = homeostat(cortex)
    status, step, where = kernel.march(
        state, gate, piece.table, kinetics, (cortex.tissue, transport), up, driven, plan, seen, snap
    )
    if status != node.OK:
        raise SolverError(
            f"cortex {cortex.name}: {REASONS[status]} at {step * grid.dt:.4g} s, node {where}"
            f" ({where * grid.dx:.3g} mm); found dt {grid.dt:g} s with nodes of {grid.dx:.3g} mm, try half the dt"
        )
    return Integrated(state, gate, seen, snap, step * grid.dt)


def integrate(
    piece: TissueSlice,
    driven: Drive,
    grid: Grid,
    probe: int = -1,
    snap_every: float = 0.0,
    start: tuple[Array, Array] | None = None,
) -> Integrated:
    """Return what becomes of a slice that is driven; ``driven`` from ``drive``, the rest as in ``room``.

    Raises:
        SolverError: the kernel failed; names time, node and remedy.
    """
    return march(piece, driven, room(piece, grid, probe, snap_every, start))
