"""One march of a sheet of cortex: a slice, stimuli at places, a grid in; what was seen out.

Threads take blocks of rows of the nodes' work; the potentials are solved by one of them. Bits are the same for any
number of threads, and for a run that was killed and goes on from its last snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError, SolverError
from leao.cortex import solve, tables
from leao.cortex.kernels import charge, elliptic, line, membrane, nmda, node
from leao.cortex.kernels import sheet as kernel
from leao.cortex.kernels.homeostat import Homeostat

Array = NDArray[np.float64]
Seen = NDArray[np.float32]
Progress = Callable[[str, int, int], None]

_CM_PER_MM = 0.1
_VALENCE = np.array([1.0, 1.0, -1.0, 0.0])  # Na, K, Cl, glutamate
_BYTES = 8
_SEEN_BYTES = 4
TOLERANCE = 1e-6  # of the potentials' spread, to which they are solved at every step
FLAT = 1e-4  # RT/F (2.5 uV): a spread below which that much counts, so that a sheet at rest is not polished for ever
FASTEST = 0.2  # share of dx2 / D that a step may last, as on the line
COARSEN_EVERY = 4  # steps between two makings of the coarse grids, which only precondition


class SheetGrid(NamedTuple):
    """The sheet and the march over it."""

    width: float = 20.0  # mm, along x
    height: float = 20.0  # mm, along y
    node: float = 0.08  # mm
    dt: float = 0.04  # s
    duration: float = 240.0  # s
    record: float = 2.0  # s between pictures

    @property
    def nx(self) -> int:
        """Return the nodes along x."""
        return max(1, round(self.width / self.node))

    @property
    def ny(self) -> int:
        """Return the nodes along y."""
        return max(1, round(self.height / self.node))

    @property
    def steps(self) -> int:
        """Return the number of time steps."""
        return round(self.duration / self.dt)

    @property
    def record_every(self) -> int:
        """Return the number of time steps between pictures."""
        return max(1, round(self.record / self.dt))

    @property
    def pictures(self) -> int:
        """Return the number of pictures."""
        return -(-self.steps // self.record_every)


class SheetDrive(NamedTuple):
    """What disturbs the sheet: events as the kernel has them, shares and factors of the nodes (y, x)."""

    events: Array
    zone: Array
    excitability: Array


class SheetOptions(NamedTuple):
    """How to march: threads, the return path, the tolerance of the potentials, where to keep and to tell."""

    threads: int = 1
    return_length: float | None = None  # mm from the sheet to a well-conducting layer; None where there is none
    tolerance: float = TOLERANCE
    reference: tuple[int, int] | None = None  # node (y, x) of zero potential; None: the corner farthest from the zone
    progress: Progress = lambda *_: None
    keep: Callable[[dict[str, Any]], None] | None = None  # takes a snapshot
    keep_every: float = 60.0  # s of wall time between snapshots
    start: dict[str, Any] | None = None  # a snapshot to go on from


class Marched(NamedTuple):
    """What a march leaves."""

    seen: Seen  # (field, time, y, x)
    arrival: Array  # s (y, x), nan where never depolarised
    ended: Array  # s (y, x), nan where the first depolarisation never came or had not ended
    state: Array  # (y, x, column)
    cycles: float  # V-cycles a step, mean
    cpu_s: float


def bytes_needed(grid: SheetGrid, subtypes: int, drugged: bool) -> float:
    """Return the memory that a march takes, in bytes."""
    wide = -(-grid.nx // membrane.LANES) * membrane.LANES + elliptic.GHOST
    cells = (grid.ny + elliptic.GHOST) * wide
    of_a_cell = (
        kernel.rows_kept(subtypes, drugged) + 2 * kernel.N_FIELD + 4 + 4 * elliptic.N_ROW / 3 + 3 * 2 + 2 + 2 + 4
    )
    return cells * _BYTES * of_a_cell + kernel.N_SEEN * grid.pictures * grid.nx * grid.ny * _SEEN_BYTES


def homeostat(cortex: solve.Cortex) -> tuple[Homeostat, Array, Array]:
    """Return the second model's constants, resting state (19,) and resting transport; a first model's switched off."""
    if cortex.second is not None:
        return cortex.second.homeostat, cortex.rest, cortex.second.transport
    off = dict.fromkeys(Homeostat._fields, 0.0)
    ones = dict.fromkeys(("depth", "store", "turnover", "energy_half", "half", "left_neuron", "left_glia"), 1.0)
    return Homeostat(**off | ones | {"water_glia": cortex.tissue.water}), np.append(cortex.rest, 1.0), np.zeros(2)


class _Sheet:
    """The arrays of a march."""

    def __init__(self, piece: solve.TissueSlice, driven: SheetDrive, grid: SheetGrid, options: SheetOptions) -> None:
        cortex = piece.cortex
        self.piece, self.grid, self.options = piece, grid, options
        own, self.rest, self.up = homeostat(cortex)
        self.constants = cortex.tissue, own
        self.r = piece.receptors.constants
        self.table = piece.table.ravel()
        length = options.return_length
        leak = 0.0 if length is None else 1.0 / (length * _CM_PER_MM) ** 2
        self.sizes = grid.dt, grid.node * _CM_PER_MM, leak
        tiles = -(-grid.nx // membrane.LANES)
        wide = tiles * membrane.LANES + elliptic.GHOST
        drugged = bool((self.r[:, nmda.ON] != 0.0).any())
        self.packed = np.zeros((grid.ny, tiles, kernel.rows_kept(self.r.shape[0], drugged), membrane.LANES))
        self.field = np.ones((2, kernel.N_FIELD, grid.ny + elliptic.GHOST, wide))
        self.levels = elliptic.levels(grid.ny, grid.nx)
        self.buffer = np.zeros(int(self.levels[-1, 2]))
        self.finest = elliptic.grid_at(self.buffer, self.levels, 0)
        shape = (2, grid.ny + elliptic.GHOST, wide)
        self.right, self.guess, self.work = np.zeros(shape), np.zeros(shape), np.zeros((4, *shape[1:]))
        self.past = np.zeros((3, *shape))
        self.past[:, 1] = self.rest[node.V_G]
        self.places = np.zeros((4, grid.ny, tiles * membrane.LANES))
        self.places[kernel.ZONE, :, : grid.nx] = driven.zone
        self.places[kernel.EXCITABILITY, :, : grid.nx] = driven.excitability
        self.places[[kernel.ARRIVED, kernel.ENDED]] = np.nan
        self.events = driven.events
        self.seen = np.zeros((kernel.N_SEEN, grid.pictures, grid.ny, grid.nx), dtype=np.float32)
        self.level = solve.stimuli().ignition_voltage / tables.thermal_voltage(cortex.params)
        self.per_step = nmda.per_step(self.r, grid.dt)
        self.now = np.zeros(node.N_KIND)
        self.step, self.cycles, self.cpu = 0, 0, 0.0
        self.reference = (-1, -1) if leak else options.reference or _farthest(driven.zone)
        ions = self.rest[:12].reshape(3, 4) @ _VALENCE
        self.at_rest = float(ions[1]), float(ions.sum()), float(self.rest[node.V_G])
        self._edges = np.linspace(0, grid.ny, min(options.threads, grid.ny) + 1).astype(int)

    def begin(self) -> None:
        """Fill all nodes with rest, or with a snapshot."""
        if self.options.start is not None:
            for name in SNAPSHOT:
                getattr(self, name)[...] = self.options.start[name]
            self.step, self.cycles, self.cpu = (self.options.start[name] for name in ("step", "cycles", "cpu"))
            return
        self.packed[:, :, : self.rest.size] = self.rest[None, None, :, None]
        own = (self.packed.shape[2] - kernel.GATES) // self.r.shape[0]
        gates = np.zeros((self.r.shape[0], own))
        count = min(own, nmda.N_GATE)
        gates[:, :count] = self.piece.gate[:, :count]
        self.packed[:, :, kernel.GATES :] = gates.reshape(-1)[None, None, :, None]
        status = kernel.begin_rows(
            self.packed, self.field[0], self.table, self.r, self.constants, self.up, self.grid.dt
        )
        if status != node.OK:
            raise SolverError(f"sheet {self.piece.cortex.name}: {solve.REASONS[status]} at the start")

    def snapshot(self) -> dict[str, Any]:
        """Return what a run needs to go on."""
        arrays = {name: getattr(self, name) for name in SNAPSHOT}
        return arrays | {"step": self.step, "cycles": self.cycles, "cpu": self.cpu}

    def blocks(self) -> list[tuple[int, int]]:
        """Return first and past-the-last row of every thread's block, counted from 1."""
        return [(int(a) + 1, int(b) + 1) for a, b in zip(self._edges[:-1], self._edges[1:], strict=True)]

    def potentials(self, run: Callable[..., list[Any]]) -> None:
        """Solve the extracellular potential and the glial voltage of this step."""
        field = self.field[self.step % 2]
        tissue, dt, nx = self.constants[0], self.grid.dt, self.grid.nx
        c_dt = tissue.capacitance / dt

        def assemble(block: tuple[int, int]) -> None:
            kernel.assemble_rows(field, self.finest, self.right, tissue, self.sizes, *block)
            charge.balance_rows(self.packed, self.right, self.at_rest, c_dt, dt, (*block, nx))

        run(assemble)
        if self.step % COARSEN_EVERY == 0:
            elliptic.coarsen(self.buffer, self.levels)
        kernel.ahead(self.past, self.guess)
        small = FLAT * np.sqrt(self.grid.ny * self.grid.nx)
        status, cycles = elliptic.solve(
            self.buffer, self.levels, self.guess, self.right, self.work, small, self.options.tolerance
        )
        if status != elliptic.OK:
            raise SolverError(
                f"sheet {self.piece.cortex.name}: the potentials were not solved to {self.options.tolerance:g} at"
                f" {self.step * self.grid.dt:.4g} s in {cycles} cycles; try half the dt"
            )
        self.cycles += cycles
        self.past[2], self.past[1] = self.past[1], self.past[0]
        self.past[0] = self.guess

    def move(self, run: Callable[..., list[Any]]) -> None:
        """Move all nodes one step."""
        step, dt = self.step, self.grid.dt
        old, new = self.field[step % 2], self.field[(step + 1) % 2]
        line.drive_at(self.events, (step + 0.5) * dt, self.now)
        watch = step * dt, self.level
        nodes = self.packed, old, new, self.guess, self.table, self.r, self.per_step, self.constants
        rest = self.sizes, self.places, self.now, watch
        for status, y, x in run(lambda b: kernel.move_rows(*nodes, *rest, (*b, self.grid.nx))):
            if status != node.OK:
                raise SolverError(
                    f"sheet {self.piece.cortex.name}: {solve.REASONS[status]} at {step * dt:.4g} s near"
                    f" {x * self.grid.node:.3g},{y * self.grid.node:.3g} mm; found dt {dt:g} s with nodes of"
                    f" {self.grid.node:.3g} mm, try half the dt"
                )
        self.step += 1


SNAPSHOT = ("packed", "field", "past", "places", "seen")


def march(piece: solve.TissueSlice, driven: SheetDrive, grid: SheetGrid, options: SheetOptions) -> Marched:
    """Return what becomes of a sheet that is driven.

    Raises:
        ScenarioError: receptors without kinetics of their own, a step too long for the node.
        SolverError: a node or the potentials failed; names time, place and remedy.
    """
    tissue, dx = piece.cortex.tissue, grid.node * _CM_PER_MM
    if (piece.receptors.constants[:, nmda.INSTANT] != 0.0).any():
        raise ScenarioError(
            f"preset: {piece.cortex.name} has receptors that open at once with glutamate, and the sheet's nodes have"
            " receptors with kinetics of their own; write --preset leao or --preset eaat"
        )
    longest = FASTEST * dx * dx / (2.0 * max(tissue.diffusion_chloride, tissue.diffusion_potassium))
    if grid.dt > longest:
        raise ScenarioError(f"dt: found {grid.dt:g} s, wanted at most {longest:.2g} s with nodes of {grid.node:g} mm")
    sheet = _Sheet(piece, driven, grid, options)
    sheet.begin()
    blocks = sheet.blocks()
    with ThreadPoolExecutor(len(blocks)) as pool:

        def run(work: Callable[..., Any]) -> list[Any]:
            return [work(blocks[0])] if len(blocks) == 1 else list(pool.map(work, blocks))

        _march(sheet, run)
    nodes = sheet.packed[:, :, : membrane.N_STATE].swapaxes(2, 3).reshape(grid.ny, -1, membrane.N_STATE)
    arrival, ended = (sheet.places[row, :, : grid.nx] for row in (kernel.ARRIVED, kernel.ENDED))
    return Marched(sheet.seen, arrival, ended, nodes[:, : grid.nx], sheet.cycles / max(1, grid.steps), sheet.cpu)


def _march(sheet: _Sheet, run: Callable[..., list[Any]]) -> None:
    grid, options = sheet.grid, sheet.options
    kept, cpu = time.monotonic(), time.process_time() - sheet.cpu
    while sheet.step < grid.steps:
        field = sheet.field[sheet.step % 2]
        sheet.potentials(run)
        if sheet.step % grid.record_every == 0:
            picture = sheet.seen[:, sheet.step // grid.record_every]
            one = np.empty(picture.shape, dtype=np.float32)
            kernel.see(sheet.packed, field, sheet.guess, (grid.ny, grid.nx), sheet.reference, one)
            picture[...] = one
            options.progress("sheet", sheet.step, grid.steps)
        sheet.move(run)
        sheet.cpu = time.process_time() - cpu
        # The coarse grids are not kept: a run goes on where they are made anew anyway, with the same bits.
        due = sheet.step % COARSEN_EVERY == 0 and time.monotonic() - kept > options.keep_every
        if options.keep is not None and due:
            options.keep(sheet.snapshot())
            kept = time.monotonic()
    options.progress("sheet", grid.steps, grid.steps)


def _farthest(zone: Array) -> tuple[int, int]:
    """Return the corner (y, x) farthest from the middle of the stimulated zone."""
    if not zone.any():
        return 0, 0
    far = [
        0 if 2.0 * float(index.mean()) > side - 1 else side - 1
        for index, side in zip(np.nonzero(zone), zone.shape, strict=True)
    ]
    return far[0], far[1]
