"""The arrays of a march over a sheet, and how they are moved one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import SolverError
from leao.cortex import solve, voltage_tables
from leao.cortex.kernels import charge, elliptic, membrane, nmda, node, transport
from leao.cortex.kernels import sheet as kernel

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
Run = Callable[[Callable[[tuple[int, int]], Any]], list[Any]]  # calls work for every block of rows

CM_PER_MM = 0.1
_VALENCE = np.array([1.0, 1.0, -1.0, 0.0])  # Na, K, Cl, glutamate
TOLERANCE = 1e-6  # of the potentials' spread, to which they are solved at every step
FLAT = 1e-4  # RT/F (2.5 uV): a spread below which that much counts, so that a sheet at rest is not polished for ever
COARSEN_EVERY = 4  # steps between two makings of the coarse grids, which only precondition
STILL = 1e-5, 1e-3  # below this a tile rests: change of its neighbours' concentrations (share), of potentials (RT/F)
LOOK_EVERY = 50  # steps between two looks at whether tissue by itself stays at rest
SNAPSHOT = ("packed", "field", "past", "places", "awake", "seen")


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
    receptors: Array | None = None  # (subtype, y, x): factors on open receptors; None for 1 everywhere


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
    rests: bool = True  # what a wave has not reached is not computed


class SheetState:
    """The arrays of a march."""

    def __init__(self, piece: solve.TissueSlice, driven: SheetDrive, grid: SheetGrid, options: SheetOptions) -> None:
        cortex = piece.cortex
        self.piece, self.grid, self.options = piece, grid, options
        homeostat, self.up = solve.homeostat(cortex)
        self.rest = cortex.rest if cortex.second is not None else np.append(cortex.rest, 1.0)
        self.constants = cortex.tissue, homeostat
        self.r = piece.receptors.constants
        self.table = piece.table.ravel()
        length = options.return_length
        leak = 0.0 if length is None else 1.0 / (length * CM_PER_MM) ** 2
        self.sizes = grid.dt, grid.node * CM_PER_MM, leak
        tiles = -(-grid.nx // membrane.LANES)
        wide = tiles * membrane.LANES + elliptic.GHOST
        drugged = bool((self.r[:, nmda.ON] != 0.0).any())
        self.packed = np.zeros((grid.ny, tiles, kernel.rows_kept(self.r.shape[0], drugged), membrane.LANES))
        self.field = np.ones((2, transport.N_FIELD, grid.ny + elliptic.GHOST, wide))
        self.levels = elliptic.levels(grid.ny, grid.nx)
        self.buffer = np.zeros(int(self.levels[-1, 2]))
        self.finest = elliptic.grid_at(self.buffer, self.levels, 0)
        shape = (2, grid.ny + elliptic.GHOST, wide)
        self.right, self.guess, self.work = np.zeros(shape), np.zeros(shape), np.zeros((4, *shape[1:]))
        self.past = np.zeros((3, *shape))
        self.past[:, 1] = self.rest[node.V_G]
        self.places = _places(driven, (grid.ny, grid.nx), tiles)
        self.awake = np.zeros((2, grid.ny, tiles))
        self.events = driven.events
        self.seen = np.zeros((kernel.N_SEEN, grid.pictures, grid.ny, grid.nx), dtype=np.float32)
        self.level = solve.stimuli().ignition_voltage / voltage_tables.thermal_voltage(cortex.params)
        self.per_step = nmda.per_step(self.r, grid.dt)
        self.now = np.zeros(node.N_KIND)
        self.step, self.cycles, self.cpu = 0, 0, 0.0
        self.reference = (-1, -1) if leak else options.reference or _farthest(driven.zone)
        ions = self.rest[:12].reshape(3, 4) @ _VALENCE
        self.at_rest = float(ions[1]), float(ions.sum()), float(self.rest[node.V_G])
        self._edges = np.linspace(0, grid.ny, min(options.threads, grid.ny) + 1).astype(int)

    def begin(self) -> None:
        """Fill all nodes with rest, or with a snapshot."""
        self._fill()
        self.at_ease = np.append(self.field[0, : transport.N_CARRIED, 1, 1], (0.0, self.rest[node.V_G]))
        if self.options.start is not None:
            for name in SNAPSHOT:
                getattr(self, name)[...] = self.options.start[name]
            self.step, self.cycles, self.cpu = (self.options.start[name] for name in ("step", "cycles", "cpu"))

    def _fill(self) -> None:
        self.packed[:, :, : self.rest.size] = self.rest[None, None, :, None]
        per_receptor = (self.packed.shape[2] - kernel.GATES) // self.r.shape[0]
        gates = np.zeros((self.r.shape[0], per_receptor))
        count = min(per_receptor, nmda.N_GATE)
        gates[:, :count] = self.piece.gate[:, :count]
        self.packed[:, :, kernel.GATES :] = gates.reshape(-1)[None, None, :, None]
        status = kernel.begin_rows(
            self.packed, self.field[0], self.table, self.r, self.constants, self.up, self.grid.dt
        )
        if status != node.OK:
            raise SolverError(f"sheet {self.piece.cortex.name}: {solve.REASONS[status]} at the start")
        self.field[1] = self.field[0]  # a tile that rests is not written again

    def wake(self, resting: bool) -> None:
        """Say which tiles are computed from the start: those that are stimulated or not like the rest, or all."""
        factors = np.delete(self.places, [kernel.ZONE, kernel.ARRIVED, kernel.ENDED], axis=0)
        disturbed = (self.places[kernel.ZONE] != 0.0) | (factors != 1.0).any(axis=0)
        disturbed[:, self.grid.nx :] = False  # lanes past the edge
        disturbed |= not resting
        self.awake[0] = disturbed.reshape(self.grid.ny, -1, membrane.LANES).any(axis=2)

    def snapshot(self) -> dict[str, Any]:
        """Return what a run needs to go on."""
        arrays = {name: getattr(self, name) for name in SNAPSHOT}
        return arrays | {"step": self.step, "cycles": self.cycles, "cpu": self.cpu}

    def blocks(self) -> list[tuple[int, int]]:
        """Return first and past-the-last row of every thread's block, counted from 1."""
        return [(int(a) + 1, int(b) + 1) for a, b in zip(self._edges[:-1], self._edges[1:], strict=True)]

    def potentials(self, run: Run) -> None:
        """Solve the extracellular potential and the glial voltage of this step."""
        field = self.field[self.step % 2]
        tissue, dt, nx = self.constants[0], self.grid.dt, self.grid.nx
        c_dt = tissue.capacitance / dt

        def assemble(block: tuple[int, int]) -> None:
            kernel.assemble_rows(field, self.finest, self.right, tissue, self.sizes, *block)
            charge.balance_rows(self.packed, self.right, self.awake[0], self.at_rest, (c_dt, dt), (*block, nx))

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

    def move(self, run: Run) -> None:
        """Move all nodes one step."""
        step, dt = self.step, self.grid.dt
        old, new = self.field[step % 2], self.field[(step + 1) % 2]
        kernel.drive_now(self.events, (step + 0.5) * dt, self.now)
        watch = step * dt, self.level
        nodes = self.packed, old, new, self.guess, self.table, self.r, self.per_step, self.constants
        rest = self.sizes, self.places, self.awake[0], self.now, watch
        cells = self.grid.ny, self.grid.nx
        run(lambda block: transport.stir_rows(old, self.guess, self.at_ease, self.awake, cells, STILL, block))
        self.awake[0] = self.awake[1]
        for status, y, x in run(lambda b: kernel.move_rows(*nodes, *rest, (*b, self.grid.nx))):
            if status != node.OK:
                raise SolverError(
                    f"sheet {self.piece.cortex.name}: {solve.REASONS[status]} at {step * dt:.4g} s near"
                    f" {x * self.grid.node:.3g},{y * self.grid.node:.3g} mm; found dt {dt:g} s with nodes of"
                    f" {self.grid.node:.3g} mm, try half the dt"
                )
        self.step += 1


def stays_at_rest(piece: solve.TissueSlice, grid: SheetGrid) -> bool:
    """Return whether tissue that nothing disturbs stays as it begins for as long as ``grid`` lasts.

    Then what a wave has not reached need not be computed. One tile by itself: phi 0, the glial voltage its own.
    """
    side = membrane.LANES * grid.node
    alone = grid._replace(width=side, height=grid.node)
    none = np.zeros((1, membrane.LANES))
    state = SheetState(piece, SheetDrive(np.zeros((0, 4)), none, none + 1.0), alone, SheetOptions())
    state.begin()
    state.wake(resting=False)
    change, level = STILL
    cells = slice(1, membrane.LANES + 1)
    while state.step < grid.steps:
        field = state.field[state.step % 2]
        state.guess[1, 1, cells] = field[kernel.CURRENT, 1, cells] / field[kernel.MEMBRANE, 1, cells]
        state.move(lambda work: [work((1, 2))])
        if state.step % LOOK_EVERY == 0 or state.step == grid.steps:
            now = state.field[state.step % 2][: transport.N_CARRIED, 1, 1]
            moved = np.abs(now / state.at_ease[: transport.N_CARRIED] - 1.0).max()
            if not (moved < change and abs(state.guess[1, 1, 1] - state.rest[node.V_G]) < level):
                return False
    return True


def _places(driven: SheetDrive, sides: tuple[int, int], tiles: int) -> Array:
    """Return what is given and noted of every node's place, as the kernel has it."""
    ny, nx = sides
    receptors = 0 if driven.receptors is None else driven.receptors.shape[0]
    places = np.zeros((kernel.RECEPTORS + receptors, ny, tiles * membrane.LANES))
    places[kernel.ZONE, :, :nx] = driven.zone
    places[kernel.EXCITABILITY, :, :nx] = driven.excitability
    places[[kernel.ARRIVED, kernel.ENDED]] = np.nan
    if driven.receptors is not None:
        places[kernel.RECEPTORS :, :, :nx] = driven.receptors
    return places


def _farthest(zone: Array) -> tuple[int, int]:
    """Return the corner (y, x) farthest from the middle of the stimulated zone."""
    if not zone.any():
        return 0, 0
    far = [
        0 if 2.0 * float(index.mean()) > side - 1 else side - 1
        for index, side in zip(np.nonzero(zone), zone.shape, strict=True)
    ]
    return far[0], far[1]
