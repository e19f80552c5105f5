"""A sheet of cortex: the nodes of kernels/membrane.py in two dimensions, transport through the faces between them.

A step is that of the line (kernels/line.py), in the same order:
    1. concentrations, pumps and glial currents of every node      `sense_rows`
    2. extracellular potential and glial voltage of the whole sheet, implicit      `assemble_rows`, kernels/elliptic.py
    3. receptors, electrodiffusion through the faces, the neuronal voltage, amounts, glutamate, water, slow gates,
       reserve; then 1 of the next step, while the node is at hand      `move_rows`
On the line no current can return, so the extracellular field has a closed form at every interface; on a sheet it
needs an equation: div(i_e + i_g) = -s_e phi / l2 where current leaves to a well-conducting layer at the distance l,
and 0 where there is none. What returns is carried by Cl-; the layer floats, so that as much comes back elsewhere.

Between steps a node keeps only what it needs, packed; a tile is scratch, one for each block of rows.
Blocks read the fields of the last step and write those of the next: the same bits for any number of threads.
A tile that nothing has reached yet is not computed: it rests, and its faces are shut, until `stir_rows` wakes it.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import elliptic, glutamate, line, nmda, node, subtypes
from leao.cortex.kernels import membrane as m
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.tissue import Tissue
from leao.cortex.kernels.transport import (
    ALPHA_E,
    CL_E,
    CL_G,
    CURRENT,
    GLU_E,
    HERE_ROW,
    K_E,
    K_G,
    MEMBRANE,
    N_SCRATCH,
    NA_E,
    NA_G,
    OPEN,
    THERE_ROW,
    carry,
    gather,
    rise,
    through,
)

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# What is written down of a node over time.
SEEN_V, SEEN_K, SEEN_GLU, SEEN_PHI, SEEN_ECS, SEEN_ENERGY = range(6)
N_SEEN = 6
# What is given and noted of a node's place.
ZONE, EXCITABILITY, ARRIVED, ENDED = range(4)
RECEPTORS = 4  # from here on, if there are any, factors on the open receptors of each subtype


def rows_kept(subtypes_of_tissue: int, drugged: bool) -> int:
    """Return how many rows of lanes a tile of nodes keeps from step to step."""
    return GATES + subtypes_of_tissue * (DRUGGED if drugged else FREE)


# Rows that are kept, in this order: the state, logarithms, what the end of a step leaves to the next, then of every
# subtype its states, and where there is a drug what was looked up for it. Bounds are constants, so that copies are
# vectors.
LOGS = m.N_STATE
REST = LOGS + 6
LEFT_OVER = 10  # G_K, Q_NA, Q_K, Q_CL, AHEAD, V_BEFORE, PUMP_N, PUMP_G, UP_N, UP_G, neighbours in a tile
GATES = REST + LEFT_OVER
FREE, DRUGGED = nmda.N_GATE // 2, nmda.N_GATE + 3  # the third row past the states is that of LEFT


@njit(cache=True, fastmath=FAST, error_model="numpy")
def drive_now(events: Array, time: float, out: Array) -> None:
    """Fills `out` (kind,) with what the events do at `time`: the door to Python of ``line.drive_at``."""
    line.drive_at(events, time, out)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def load(t: Array, packed: Array, subtypes_of_tissue: int) -> None:
    """Copies what a tile of nodes kept into the scratch tile."""
    for k in range(m.N_STATE):
        for j in range(m.LANES):
            t[m.NA_N + k * m.ROW + j] = packed[k, j]
    for k in range(6):
        for j in range(m.LANES):
            t[m.LOG + k * m.ROW + j] = packed[LOGS + k, j]
    for k in range(LEFT_OVER):
        for j in range(m.LANES):
            t[m.G_K + k * m.ROW + j] = packed[REST + k, j]
    drugged = packed.shape[0] > GATES + subtypes_of_tissue * FREE
    for s in range(subtypes_of_tissue):
        block = t[m.GATE + s * m.BLOCK : m.GATE + s * m.BLOCK + m.BLOCK - 1]
        if drugged:
            kept = packed[GATES + s * DRUGGED : GATES + (s + 1) * DRUGGED]
            for k in range(DRUGGED):
                for j in range(m.LANES):
                    block[k * m.ROW + j] = kept[k, j]
        else:
            kept = packed[GATES + s * FREE : GATES + (s + 1) * FREE]
            for k in range(FREE):
                for j in range(m.LANES):
                    block[k * m.ROW + j] = kept[k, j]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def keep(t: Array, packed: Array, subtypes_of_tissue: int) -> None:
    """Copies what a tile of nodes keeps out of the scratch tile."""
    for k in range(m.N_STATE):
        for j in range(m.LANES):
            packed[k, j] = t[m.NA_N + k * m.ROW + j]
    for k in range(6):
        for j in range(m.LANES):
            packed[LOGS + k, j] = t[m.LOG + k * m.ROW + j]
    for k in range(LEFT_OVER):
        for j in range(m.LANES):
            packed[REST + k, j] = t[m.G_K + k * m.ROW + j]
    drugged = packed.shape[0] > GATES + subtypes_of_tissue * FREE
    for s in range(subtypes_of_tissue):
        block = t[m.GATE + s * m.BLOCK : m.GATE + s * m.BLOCK + m.BLOCK - 1]
        if drugged:
            kept = packed[GATES + s * DRUGGED : GATES + (s + 1) * DRUGGED]
            for k in range(DRUGGED):
                for j in range(m.LANES):
                    kept[k, j] = block[k * m.ROW + j]
        else:
            kept = packed[GATES + s * FREE : GATES + (s + 1) * FREE]
            for k in range(FREE):
                for j in range(m.LANES):
                    kept[k, j] = block[k * m.ROW + j]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def sense(t: Array, table: Array, constants: tuple[Tissue, Homeostat], dt: float, field: Array, y: int, x: int) -> int:
    """Part 1 of a step for a scratch tile whose first node is the cell (y, x); fills ``field`` there."""
    c, h = constants
    if not m.sense(t):
        return node.NEGATIVE
    if not m.drive_glia(t, table, c, h):
        return node.RUNAWAY
    c_dt = c.capacitance / dt
    for i in range(4):
        outside, glia = field[NA_E + i, y, x : x + m.LANES], field[NA_G + i, y, x : x + m.LANES]
        for j in range(m.LANES):
            outside[j] = t[m.C_NA_E + i * m.ROW + j]
            glia[j] = t[m.C_NA_G + i * m.ROW + j]
    share, membrane, current = (
        field[ALPHA_E, y, x : x + m.LANES], field[MEMBRANE, y, x : x + m.LANES], field[CURRENT, y, x : x + m.LANES]
    )  # fmt: skip
    for j in range(m.LANES):
        share[j] = t[m.ALPHA_E + j]
        membrane[j] = c_dt + c.glia_sodium + t[m.G_K + j] + c.glia_chloride
        current[j] = c_dt * t[m.V_G + j] - (t[m.Q_NA + j] + t[m.Q_K + j] - t[m.Q_CL + j])
    return node.OK


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def begin_rows(
    packed: Array, field: Array, table: Array, r: Array, constants: tuple[Tissue, Homeostat], up: Array, dt: float
) -> int:  # fmt: skip
    """Prepares all tiles, which hold states and gates, for their first step: as ``line.begin``, then part 1."""
    t = np.zeros(m.TILE)
    c = constants[0]
    for y in range(packed.shape[0]):
        for tile in range(packed.shape[1]):
            load(t, packed[y, tile], r.shape[0])
            m.concentrations(t)
            m.ratios(t)
            m.exact_logarithms(t)
            for j in range(m.LANES):
                t[m.V_BEFORE + j] = t[m.V_N + j]
                t[m.UP_N + j], t[m.UP_G + j] = up[0], up[1]
            if not m.inside_table(t, m.V_N):
                return node.RUNAWAY
            m.look_up_slow(t, table, r, c, dt)
            status = sense(t, table, constants, dt, field, y + 1, tile * m.LANES + 1)
            if status != node.OK:
                return status
            keep(t, packed[y, tile], r.shape[0])
    return node.OK


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def assemble_rows(
    field: Array, grid: Array, right: Array, c: Tissue, sizes: tuple[float, float, float], first: int, past: int
) -> None:
    """Fills conductances and right-hand sides of the potentials for the rows ``first`` to ``past``.

    ``sizes``: dt (s), node (cm), 1 / l2 of the return path (1/cm2), 0 for none. The faces below a block are computed
    twice.
    """
    ny, nx = grid.shape[1] - elliptic.GHOST, grid.shape[2] - elliptic.GHOST
    dx, leak = sizes[1], sizes[2]
    area = 1.0 / (dx * dx)
    pull = np.zeros((3, 2, nx + elliptic.GHOST))  # below, above, to the right; all, of glia
    flow = np.zeros((4, nx + elliptic.GHOST))
    if first > 1:
        faces(field, c, area, first - 1, 1, nx, pull[0], flow[:2])
    for y in range(first, past):
        pull[1] = 0.0
        if y < ny:
            faces(field, c, area, y, 1, nx, pull[1], flow[2:])
            grid[elliptic.TY, y, 1 : nx + 1] = flow[2, 1 : nx + 1]
            grid[elliptic.GY, y, 1 : nx + 1] = flow[3, 1 : nx + 1]
        faces(field, c, area, y, 0, nx - 1, pull[2], flow[:2])
        grid[elliptic.TX, y, 1:nx] = flow[0, 1:nx]
        grid[elliptic.GX, y, 1:nx] = flow[1, 1:nx]
        for x in range(1, nx + 1):
            # What leaves to the right less what came from the left; the same along y.
            right[0, y, x] = (pull[2, 0, x] - pull[2, 0, x - 1]) + (pull[1, 0, x] - pull[0, 0, x])
            right[1, y, x] = (
                (pull[2, 1, x] - pull[2, 1, x - 1]) + (pull[1, 1, x] - pull[0, 1, x]) + field[CURRENT, y, x]
            )
            grid[elliptic.D, y, x] = field[MEMBRANE, y, x]
            grid[elliptic.R, y, x] = leak * outside(field, c, y, x)
        pull[0] = pull[1]


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def outside(field: Array, c: Tissue, y: int, x: int) -> float:
    """Conductance of the extracellular space of a cell: sum of z2 D c over its share."""
    return field[ALPHA_E, y, x] * (
        c.diffusion_sodium * field[NA_E, y, x]
        + c.diffusion_potassium * field[K_E, y, x]
        + c.diffusion_chloride * field[CL_E, y, x]
    )


@njit(cache=True, fastmath=FAST, error_model="numpy")
def faces(field: Array, c: Tissue, area: float, y: int, up: int, last: int, pull: Array, flow: Array) -> None:
    """Fills pulls A and conductances s of faces, above (``up`` 1) or to the right (0) of cells 1 to ``last`` of a row.

    ``pull`` (2, x): A_e + A_g, A_g; ``flow`` (2, x): s_e + s_g, s_g; both over dx2, as kernels/line.py has them.
    """
    d_na, d_k, d_cl = c.diffusion_sodium, c.diffusion_potassium, c.diffusion_chloride
    glia, side, z = area * c.glia_share, 1 - up, y + up
    alpha_0, alpha_1 = field[ALPHA_E, y], field[ALPHA_E, z, side:]
    na_0, na_1, k_0, k_1, cl_0, cl_1 = (
        field[NA_E, y], field[NA_E, z, side:], field[K_E, y], field[K_E, z, side:],
        field[CL_E, y], field[CL_E, z, side:],
    )  # fmt: skip
    na_g0, na_g1, k_g0, k_g1, cl_g0, cl_g1 = (
        field[NA_G, y], field[NA_G, z, side:], field[K_G, y], field[K_G, z, side:],
        field[CL_G, y], field[CL_G, z, side:],
    )  # fmt: skip
    pull_all, pull_glia, flow_all, flow_glia = pull[0], pull[1], flow[0], flow[1]
    for x in range(1, last + 1):
        alpha = (0.5 * area) * (alpha_0[x] + alpha_1[x])
        na, na_b = d_na * na_0[x], d_na * na_1[x]
        k, k_b = d_k * k_0[x], d_k * k_1[x]
        cl, cl_b = d_cl * cl_0[x], d_cl * cl_1[x]
        pull_e = alpha * ((na_b - na) + (k_b - k) - (cl_b - cl))
        flow_e = (0.5 * alpha) * ((na_b + na) + (k_b + k) + (cl_b + cl))
        na, na_b = d_na * na_g0[x], d_na * na_g1[x]
        k, k_b = d_k * k_g0[x], d_k * k_g1[x]
        cl, cl_b = d_cl * cl_g0[x], d_cl * cl_g1[x]
        pull_g = glia * ((na_b - na) + (k_b - k) - (cl_b - cl))
        flow_g = (0.5 * glia) * ((na_b + na) + (k_b + k) + (cl_b + cl))
        pull_all[x], pull_glia[x] = pull_e + pull_g, pull_g
        flow_all[x], flow_glia[x] = flow_e + flow_g, flow_g


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def move_rows(
    packed: Array, old: Array, new: Array, potential: Array, table: Array, r: Array, k: Array,
    constants: tuple[Tissue, Homeostat], sizes: tuple[float, float, float], places: Array, awake: Array, now: Array,
    watch: tuple[float, float], block: tuple[int, int, int],
) -> tuple[int, int, int]:  # fmt: skip
    """Part 3 of a step and part 1 of the next for the tiles of some rows that are awake; (status, y, x).

    ``block``: first row, the row past the last, and the cells of a row.
    ``sizes``: dt (s), node (cm), 1 / l2 of the return path (1/cm2). ``places`` (4 and more, y, x): shares of the nodes
    under the stimulus, factors on their release of glutamate, and, filled here, when (s) they were first depolarised
    and when that ended; then, where given, factors on the open receptors of each subtype. ``awake`` (y, tile).
    ``watch``: time at the start of the step (s), voltage above which a node is depolarised.
    """
    c, h = constants
    dt, dx, leak = sizes
    t, w = np.zeros(m.TILE), np.zeros(N_SCRATCH)
    tiles, scale = packed.shape[1], dt / (dx * dx)
    first, past, nx = block
    left, above, below = np.zeros(8), np.zeros((8, m.LANES)), np.zeros((8, tiles * m.LANES + 1))
    for y in range(max(first - 1, 1), past):
        left[:] = 0.0
        for tile in range(tiles):
            x = tile * m.LANES + 1
            if awake[y - 1, tile] == 0.0:
                left[:] = 0.0
                below[:, x : x + m.LANES] = 0.0
                continue
            gather(w, old, potential, (y, x), HERE_ROW)
            above[:] = 0.0
            if y < packed.shape[0] and awake[y, tile] != 0.0:
                gather(w, old, potential, (y + 1, x), THERE_ROW)
                for j in range(m.LANES):
                    w[OPEN + j] = scale if x + j <= nx else 0.0
                through(w, c)
                rise(w, above)
            if y < first:  # the row under the block: only what it lets through above
                below[:, x : x + m.LANES] = above
                continue
            gather(w, old, potential, (y, x + 1), THERE_ROW)
            for j in range(m.LANES):
                w[OPEN + j] = scale if x + j < nx else 0.0
            if tile < tiles - 1 and awake[y - 1, tile + 1] == 0.0:
                w[OPEN + m.LANES - 1] = 0.0
            through(w, c)
            load(t, packed[y - 1, tile], r.shape[0])
            m.concentrations(t)
            m.ratios(t)
            for j in range(m.LANES):
                t[m.ZONE + j] = places[ZONE, y - 1, x + j - 1]
                t[m.EXCITABILITY + j] = places[EXCITABILITY, y - 1, x + j - 1]
                if x + j <= nx:
                    t[m.V_G + j] = potential[1, y, x + j]
            subtypes.open_receptors(t, r, k)
            if places.shape[0] > RECEPTORS:
                reweigh(t, places, y - 1, x - 1)
            carry(t, w, (left, above, below), x)
            if leak != 0.0:
                for j in range(min(m.LANES, nx + 1 - x)):
                    t[m.CL_E + j] += dt * leak * outside(old, c, y, x + j) * potential[0, y, x + j]
            status, _ = m.solve_neuron(t, table, c, h, dt, now[node.PULSE], now[node.CHARGE])
            if status != node.OK:
                return status, y - 1, x - 1
            m.exchange(t, c, dt, now[node.KCL], now[node.BATH])
            m.look_up_slow(t, table, r, c, dt)
            glutamate.cycle(t, c, h, dt, now[node.GLUTAMATE])
            m.swell(t, c, h, dt)
            m.relax(t, c, h, dt)
            note(t, places, watch, dt, y - 1, x - 1)
            status = sense(t, table, constants, dt, new, y, x)
            if status != node.OK:
                return status, y - 1, x - 1
            keep(t, packed[y - 1, tile], r.shape[0])
    return node.OK, 0, 0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def reweigh(t: Array, places: Array, y: int, x: int) -> None:
    """Takes the open receptors of a tile times the factors of its places, subtype by subtype."""
    for s in range(places.shape[0] - RECEPTORS):
        opened, factor = m.GATE + s * m.BLOCK + m.OPENED, places[RECEPTORS + s, y, x : x + m.LANES]
        lanes = t[opened : opened + m.LANES]
        for j in range(m.LANES):
            lanes[j] *= factor[j]


@njit(cache=True, fastmath=FAST, error_model="numpy")
def note(t: Array, places: Array, watch: tuple[float, float], dt: float, y: int, x: int) -> None:
    """Notes when nodes of a tile pass the watched voltage for the first time, and fall below it again; linear."""
    time, level = watch
    for j in range(m.LANES):
        before, after = t[m.V_BEFORE + j], t[m.V_N + j]
        if (before > level) != (after > level):
            at = time + dt * (level - before) / (after - before)
            if after > level and np.isnan(places[ARRIVED, y, x + j]):
                places[ARRIVED, y, x + j] = at
            elif after <= level and np.isnan(places[ENDED, y, x + j]) and not np.isnan(places[ARRIVED, y, x + j]):
                places[ENDED, y, x + j] = at


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def see(packed: Array, field: Array, potential: Array, sizes: tuple[int, int], reference: tuple[int, int],
        seen: NDArray[np.float32]) -> None:  # fmt: skip
    """Writes what is shown of all nodes at one time into ``seen`` (field, y, x); phi against the ``reference`` cell."""
    ny, nx = sizes
    zero = potential[0, reference[0] + 1, reference[1] + 1] if reference[0] >= 0 else 0.0
    v, energy = node.V_N, m.N_STATE - 1
    for y in range(ny):
        for x in range(nx):
            tile, j = x // m.LANES, x % m.LANES
            seen[SEEN_V, y, x] = packed[y, tile, v, j]
            seen[SEEN_K, y, x] = field[K_E, y + 1, x + 1]
            seen[SEEN_GLU, y, x] = field[GLU_E, y + 1, x + 1]
            seen[SEEN_PHI, y, x] = potential[0, y + 1, x + 1] - zero
            seen[SEEN_ECS, y, x] = field[ALPHA_E, y + 1, x + 1]
            seen[SEEN_ENERGY, y, x] = packed[y, tile, energy, j]


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def ahead(past: Array, guess: Array) -> None:
    """Fills ``guess`` from the last three potentials ``past`` (3, 2, y, x), newest first, by a parabola in time."""
    for field in range(2):
        for y in range(guess.shape[1]):
            for x in range(guess.shape[2]):
                a, b, c = past[0, field, y, x], past[1, field, y, x], past[2, field, y, x]
                guess[field, y, x] = 3.0 * (a - b) + c
