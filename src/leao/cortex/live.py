"""A wave as it is solved: the times that a march has recorded already, handed on while it goes on.

The march runs in a thread of its own, without the interpreter's lock, and fills its fields row by row; this thread
looks at them now and then. Nothing of the march is cut, copied or done again, so its answer is the same to the bit,
watched or not. A row counts as recorded when the row after it has begun.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import solve, voltage_tables
from leao.cortex.kernels import line as kernel

Array = NDArray[np.float64]

LOOK = 0.1  # s between two looks
_MM, _UM = 1e3, 1e6  # per mmol/cm3


class Stretch(NamedTuple):
    """What a wave did between two looks, in the units of the finished dataset."""

    time_s: Array  # (time,); begins at 0 again where a longer run was needed
    x_mm: Array  # (x,)
    fields: dict[str, Array]  # (time, x) by the names of the finished dataset
    run_s: float  # how long the run is


Watch = Callable[[Stretch], None]


def watched(
    piece: solve.TissueSlice, driven: solve.Drive, room: solve.Room, watch: Watch
) -> tuple[solve.Integrated, float]:
    """Return what becomes of a driven slice and the seconds its solver took; ``watch`` hears of it meanwhile.

    Raises:
        SolverError: the kernel failed.
    """
    room.seen.fill(np.nan)

    def work() -> tuple[solve.Integrated, float]:
        start = time.thread_time()
        return solve.march(piece, driven, room), time.thread_time() - start

    with ThreadPoolExecutor(1, "wave") as thread:
        job = thread.submit(work)
        shown, over = 0, False
        while not over:
            wait([job], LOOK)
            over = job.done()
            ready = _recorded(room.seen, shown, job)
            if ready > shown:
                watch(_stretch(piece, room, shown, ready))
                shown = ready
        return job.result()


def _recorded(seen: Array, first: int, job: Future[tuple[solve.Integrated, float]]) -> int:
    """Return how many rows are recorded: all once the march is done, else those before the last that has begun."""
    if job.done():
        return seen.shape[1]
    begun = first
    while begun < seen.shape[1] and not np.isnan(seen[:, begun]).any():
        begun += 1
    return max(first, begun - 1)


def _stretch(piece: solve.TissueSlice, room: solve.Room, first: int, last: int) -> Stretch:
    grid, mv = room.grid, voltage_tables.thermal_voltage(piece.cortex.params)
    rows = room.seen[:, first:last]
    fields = {
        "voltage": rows[kernel.SEEN_V] * mv,
        "potassium_outside": rows[kernel.SEEN_K] * _MM,
        "glutamate_outside": rows[kernel.SEEN_GLU] * _UM,
        "dc": rows[kernel.SEEN_PHI] * mv,
        "volume_outside": rows[kernel.SEEN_ECS].copy(),
    }
    times = np.arange(first, last, dtype=np.float64) * grid.record_every * grid.dt
    return Stretch(times, (np.arange(grid.nodes, dtype=np.float64) + 0.5) * grid.dx, fields, grid.duration)
