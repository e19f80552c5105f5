"""What a sheet's nodes exchange with their neighbours, a tile of nodes at once, and which tiles rest.

Transport is that of kernels/line.py, through four faces instead of two.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import membrane as m
from leao.cortex.kernels.tissue import Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# What neighbours and the potentials need of a node; (field, y, x) with ghost lines.
NA_E, K_E, CL_E, GLU_E, NA_G, K_G, CL_G, GLU_G, ALPHA_E, MEMBRANE, CURRENT = range(11)
N_FIELD = 11
N_CARRIED = 9  # of these, up to the share outside, transport needs
# Rows of the scratch of transport: the fields of cells, phi and v; those of their neighbours; open faces; flows.
HERE_ROW, THERE_ROW = 0, N_CARRIED + 2
HERE, HERE_PHI, HERE_V = (row * m.ROW + m.PAD for row in (0, N_CARRIED, N_CARRIED + 1))
THERE, THERE_PHI, THERE_V = (
    row * m.ROW + m.PAD for row in (THERE_ROW, THERE_ROW + N_CARRIED, THERE_ROW + N_CARRIED + 1)
)
OPEN, OUT = 2 * THERE_ROW * m.ROW + m.PAD, (2 * THERE_ROW + 1) * m.ROW + m.PAD
N_SCRATCH = (2 * THERE_ROW + 9) * m.ROW


@njit(cache=True, fastmath=FAST, error_model="numpy")
def gather(w: Array, field: Array, potential: Array, at: tuple[int, int], row: int) -> None:
    """Copies what transport needs of the cells from ``at`` (y, x) on into the rows of ``w`` from ``row`` on."""
    y, x = at
    for q in range(N_CARRIED):
        cells, to = field[q, y, x : x + m.LANES], w[(row + q) * m.ROW + m.PAD : (row + q + 1) * m.ROW]
        for j in range(m.LANES):
            to[j] = cells[j]
    for q in range(2):
        cells = potential[q, y, x : x + m.LANES]
        to = w[(row + N_CARRIED + q) * m.ROW + m.PAD : (row + N_CARRIED + q + 1) * m.ROW]
        for j in range(m.LANES):
            to[j] = cells[j]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def through(w: Array, c: Tissue) -> None:
    """Fills the rows OUT of ``w`` with what enters nodes through one face each: D (dc + z c d(phi)) dt/dx2.

    All rows lie in one flat array at constant distances, so that the compiler does several lanes at once.
    """
    d_na, d_k, d_cl, d_glu = (
        c.diffusion_sodium, c.diffusion_potassium, c.diffusion_chloride, c.diffusion_glutamate
    )  # fmt: skip
    for j in range(m.LANES):
        phi, v = w[THERE_PHI + j] - w[HERE_PHI + j], w[THERE_V + j] - w[HERE_V + j]
        half, half_g = 0.5 * phi, 0.5 * (phi + v)
        up, down, up_g, down_g = 1.0 + half, 1.0 - half, 1.0 + half_g, 1.0 - half_g
        wide = w[OPEN + j] * (0.5 * (w[HERE + ALPHA_E * m.ROW + j] + w[THERE + ALPHA_E * m.ROW + j]))
        glia = w[OPEN + j] * c.glia_share
        w[OUT + j] = wide * d_na * (w[THERE + NA_E * m.ROW + j] * up - w[HERE + NA_E * m.ROW + j] * down)
        w[OUT + m.ROW + j] = wide * d_k * (w[THERE + K_E * m.ROW + j] * up - w[HERE + K_E * m.ROW + j] * down)
        w[OUT + 2 * m.ROW + j] = wide * d_cl * (w[THERE + CL_E * m.ROW + j] * down - w[HERE + CL_E * m.ROW + j] * up)
        w[OUT + 3 * m.ROW + j] = wide * d_glu * (w[THERE + GLU_E * m.ROW + j] - w[HERE + GLU_E * m.ROW + j])
        w[OUT + 4 * m.ROW + j] = (
            glia * d_na * (w[THERE + NA_G * m.ROW + j] * up_g - w[HERE + NA_G * m.ROW + j] * down_g)
        )
        w[OUT + 5 * m.ROW + j] = glia * d_k * (w[THERE + K_G * m.ROW + j] * up_g - w[HERE + K_G * m.ROW + j] * down_g)
        w[OUT + 6 * m.ROW + j] = (
            glia * d_cl * (w[THERE + CL_G * m.ROW + j] * down_g - w[HERE + CL_G * m.ROW + j] * up_g)
        )
        w[OUT + 7 * m.ROW + j] = glia * d_glu * (w[THERE + GLU_G * m.ROW + j] - w[HERE + GLU_G * m.ROW + j])


@njit(cache=True, fastmath=FAST, error_model="numpy")
def rise(w: Array, above: Array) -> None:
    """Keeps what enters a tile from above in ``above`` (8, lane)."""
    for i in range(8):
        row, to = w[OUT + i * m.ROW : OUT + i * m.ROW + m.LANES], above[i]
        for j in range(m.LANES):
            to[j] = row[j]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def carry(t: Array, w: Array, flows: tuple[Array, Array, Array], x: int) -> None:
    """Moves the ions of a scratch tile by what crosses its faces; what enters from the right is in the rows OUT.

    ``flows``: what enters the tile left of it from this one (8,), then what enters this one from its right end; above
    (8, lane); below (8, x), which then holds what is above.
    """
    left, above, below = flows
    for i in range(8):
        w[OUT + i * m.ROW - 1] = left[i]
        left[i] = w[OUT + i * m.ROW + m.LANES - 1]
    for i in range(8):
        to = m.NA_E + i * m.ROW if i < 4 else m.NA_G + (i - 4) * m.ROW
        amount, row = t[to : to + m.LANES], w[OUT + i * m.ROW - 1 : OUT + i * m.ROW + m.LANES]
        low, high = below[i, x : x + m.LANES], above[i]
        for j in range(m.LANES):
            amount[j] += (row[j + 1] - row[j]) + (high[j] - low[j])
        for j in range(m.LANES):
            low[j] = high[j]


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def stir_rows(
    field: Array, potential: Array, rest: Array, awake: Array, sizes: tuple[int, int], still: tuple[float, float],
    block: tuple[int, int],
) -> None:  # fmt: skip
    """Wakes tiles at rest that something reaches; ``awake`` (2, y, tile): before, and, filled here, after.

    A tile at rest stays as it is, and shut, while the potentials over it and next to it are level and the nodes that
    border on it are at rest, both to ``still``: relative change of a concentration, RT/F. It reads only what was
    before: the same for any number of threads. ``rest`` (11,): what the fields hold at rest, phi left out, v.
    """
    ny, nx = sizes
    change, level = still
    tiles = awake.shape[2]
    for y in range(block[0], block[1]):
        for tile in range(tiles):
            if awake[0, y - 1, tile] != 0.0:
                awake[1, y - 1, tile] = 1.0
                continue
            x, past = tile * m.LANES + 1, min(tile * m.LANES + 1 + m.LANES, nx + 1)
            moved = uneven(potential, rest[N_CARRIED + 1], level, (max(y - 1, 1), min(y + 1, ny)), (x, past, nx))
            if y > 1 and awake[0, y - 2, tile] != 0.0:
                moved |= changed(field, rest, change, (y - 1, x, past))
            if y < ny and awake[0, y, tile] != 0.0:
                moved |= changed(field, rest, change, (y + 1, x, past))
            if tile > 0 and awake[0, y - 1, tile - 1] != 0.0:
                moved |= changed(field, rest, change, (y, x - 1, x))
            if tile < tiles - 1 and awake[0, y - 1, tile + 1] != 0.0:
                moved |= changed(field, rest, change, (y, past, past + 1))
            awake[1, y - 1, tile] = 1.0 if moved else 0.0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def uneven(potential: Array, v_rest: float, level: float, rows: tuple[int, int], columns: tuple[int, int, int]) -> bool:
    """Return whether a potential over some cells or next to them is not level."""
    x, past, nx = columns
    phi = potential[0, rows[0], x]
    far = False
    for y in range(rows[0], rows[1] + 1):
        cells, glia = potential[0, y, max(x - 1, 1) : min(past, nx) + 1], potential[1, y, x:past]
        for j in range(cells.size):
            far |= abs(cells[j] - phi) > level
        for j in range(glia.size):
            far |= abs(glia[j] - v_rest) > level
    return far


@njit(cache=True, fastmath=FAST, error_model="numpy")
def changed(field: Array, rest: Array, change: float, cells: tuple[int, int, int]) -> bool:
    """Return whether some cells of a row (y, first, past the last) have left their rest."""
    y, x, past = cells
    far = False
    for q in range(N_CARRIED):
        row, low, high = field[q, y, x:past], rest[q] * (1.0 - change), rest[q] * (1.0 + change)
        for j in range(row.size):
            far |= not low <= row[j] <= high
    return far
