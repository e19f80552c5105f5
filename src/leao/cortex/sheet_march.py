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

from leao.core.errors import ScenarioError
from leao.cortex import solve
from leao.cortex.kernels import elliptic, membrane, nmda, transport
from leao.cortex.kernels import sheet as kernel
from leao.cortex.sheet_state import (
    CM_PER_MM,
    COARSEN_EVERY,
    Run,
    SheetDrive,
    SheetGrid,
    SheetOptions,
    SheetState,
    stays_at_rest,
)

Array = NDArray[np.float64]
Seen = NDArray[np.float32]

_BYTES = 8
_SEEN_BYTES = 4
FASTEST = 0.2  # share of dx2 / D that a step may last, as on the line


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
        kernel.rows_kept(subtypes, drugged) + 2 * transport.N_FIELD + 4 + 4 * elliptic.N_ROW / 3 + 3 * 2 + 2 + 2 + 4
    )
    return cells * _BYTES * of_a_cell + kernel.N_SEEN * grid.pictures * grid.nx * grid.ny * _SEEN_BYTES


def march(piece: solve.TissueSlice, driven: SheetDrive, grid: SheetGrid, options: SheetOptions) -> Marched:
    """Return what becomes of a sheet that is driven.

    Raises:
        ScenarioError: receptors without kinetics of their own, a step too long for the node.
        SolverError: a node or the potentials failed; names time, place and remedy.
    """
    tissue, dx = piece.cortex.tissue, grid.node * CM_PER_MM
    if (piece.receptors.constants[:, nmda.INSTANT] != 0.0).any():
        raise ScenarioError(
            f"preset: {piece.cortex.name} has receptors that open at once with glutamate, and the sheet's nodes have"
            " receptors with kinetics of their own; write --preset leao or --preset eaat"
        )
    longest = FASTEST * dx * dx / (2.0 * max(tissue.diffusion_chloride, tissue.diffusion_potassium))
    if grid.dt > longest:
        raise ScenarioError(f"dt: found {grid.dt:g} s, wanted at most {longest:.2g} s with nodes of {grid.node:g} mm")
    sheet = SheetState(piece, driven, grid, options)
    sheet.begin()
    if options.start is None:
        sheet.wake(resting=options.rests and stays_at_rest(piece, grid))
    blocks = sheet.blocks()
    with ThreadPoolExecutor(len(blocks)) as pool:

        def run(work: Callable[..., Any]) -> list[Any]:
            return [work(blocks[0])] if len(blocks) == 1 else list(pool.map(work, blocks))

        _march(sheet, run)
    nodes = sheet.packed[:, :, : membrane.N_STATE].swapaxes(2, 3).reshape(grid.ny, -1, membrane.N_STATE)
    arrival, ended = (sheet.places[row, :, : grid.nx] for row in (kernel.ARRIVED, kernel.ENDED))
    return Marched(sheet.seen, arrival, ended, nodes[:, : grid.nx], sheet.cycles / max(1, grid.steps), sheet.cpu)


def _march(sheet: SheetState, run: Run) -> None:
    grid, options = sheet.grid, sheet.options
    kept, cpu = time.monotonic(), time.process_time() - sheet.cpu
    while sheet.step < grid.steps:
        field = sheet.field[sheet.step % 2]
        sheet.potentials(run)
        if sheet.step % grid.record_every == 0:
            picture = sheet.seen[:, sheet.step // grid.record_every]
            frame = np.empty(picture.shape, dtype=np.float32)
            kernel.see(sheet.packed, field, sheet.guess, (grid.ny, grid.nx), sheet.reference, frame)
            picture[...] = frame
            options.progress("sheet", sheet.step, grid.steps)
        sheet.move(run)
        sheet.cpu = time.process_time() - cpu
        # The coarse grids are not kept: a run goes on where they are made anew anyway, with the same bits.
        due = sheet.step % COARSEN_EVERY == 0 and time.monotonic() - kept > options.keep_every
        if options.keep is not None and due:
            options.keep(sheet.snapshot())
            kept = time.monotonic()
    options.progress("sheet", grid.steps, grid.steps)
