"""Spreading depression along a line of cortex: transport between nodes, and the march over many steps.

Nodes stand in tiles (kernels/membrane.py). An interface stands at the lane of its left node; halo lanes carry what the
neighbouring tile holds. Lanes past the last node are a tissue at rest of their own. Amounts are conserved: whatever
leaves a compartment enters another. In one dimension with closed ends the total current through every interface is
zero, which gives the extracellular field
    d(phi_e) = -(A_e + A_g + s_g d(v_g)) / (s_e + s_g),
    A_k = sum_i z_i D_ik d(c_ik),  s_k = sum_i z_i^2 D_ik c_ik.

Order of one step, everything explicit except what is stiff:
    1. concentrations, pumps and glial currents of every node
    2. the glial voltage along the line, implicit: one tridiagonal solve
    3. receptors, electrodiffusion along the line, the neuronal voltage, amounts, glutamate, water, slow gates, reserve
Part 1 of the next step follows part 3 tile by tile, while the tile is at hand.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import glutamate, nmda, node, subtypes
from leao.cortex.kernels import membrane as m
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.node import INNER
from leao.cortex.kernels.tissue import Drive, March, Snap, Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# Fields recorded over time; the reserve where there is room for it.
SEEN_V, SEEN_K, SEEN_GLU, SEEN_PHI, SEEN_ECS, SEEN_ENERGY = range(6)
LAST = m.LANES - 1
HALO_LEFT, HALO_RIGHT = -1, m.LANES


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def drive_at(events: Array, time: float, out: Array) -> None:
    """Fills `out` (kind,) with what the events do at `time`; `events` (event, 4): kind, start, duration, amplitude.

    A pulse opens and closes as sin^2; the others are steps.
    """
    for kind in range(node.N_KIND):
        out[kind] = 0.0
    for event in range(events.shape[0]):
        since = time - events[event, 1]
        if 0.0 <= since < events[event, 2]:
            which = int(events[event, 0])
            shape = np.sin(np.pi * since / events[event, 2]) ** 2 if which == node.PULSE else 1.0
            out[which] += events[event, 3] * shape


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def neighbour(t: Array, right: Array) -> None:
    """Copies what the interfaces of a tile need of the first lane of the tile to its right."""
    for i in range(3):
        t[m.C_NA_G + i * m.ROW + HALO_RIGHT] = right[m.C_NA_G + i * m.ROW]
    for i in range(4):
        t[m.C_NA_E + i * m.ROW + HALO_RIGHT] = right[m.C_NA_E + i * m.ROW]
    t[m.C_GLU_G + HALO_RIGHT] = right[m.C_GLU_G]
    t[m.ALPHA_E + HALO_RIGHT] = right[m.ALPHA_E]


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def interfaces(t: Array, c: Tissue) -> None:
    """Fills A_e, s_e, A_g, s_g and the mean extracellular share of the interfaces of a tile."""
    d_na, d_k, d_cl = c.diffusion_sodium, c.diffusion_potassium, c.diffusion_chloride
    for j in range(m.LANES):
        alpha = 0.5 * (t[m.ALPHA_E + j] + t[m.ALPHA_E + j + 1])
        na, na_1 = d_na * t[m.C_NA_E + j], d_na * t[m.C_NA_E + j + 1]
        k, k_1 = d_k * t[m.C_K_E + j], d_k * t[m.C_K_E + j + 1]
        cl, cl_1 = d_cl * t[m.C_CL_E + j], d_cl * t[m.C_CL_E + j + 1]
        t[m.MIDDLE + j] = alpha
        t[m.A_E + j] = alpha * ((na_1 - na) + (k_1 - k) - (cl_1 - cl))
        t[m.S_E + j] = (0.5 * alpha) * ((na_1 + na) + (k_1 + k) + (cl_1 + cl))
        na, na_1 = d_na * t[m.C_NA_G + j], d_na * t[m.C_NA_G + j + 1]
        k, k_1 = d_k * t[m.C_K_G + j], d_k * t[m.C_K_G + j + 1]
        cl, cl_1 = d_cl * t[m.C_CL_G + j], d_cl * t[m.C_CL_G + j + 1]
        t[m.A_G + j] = c.glia_share * ((na_1 - na) + (k_1 - k) - (cl_1 - cl))
        t[m.S_G + j] = (0.5 * c.glia_share) * ((na_1 + na) + (k_1 + k) + (cl_1 + cl))


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def balance_glia(tiles: Array, c: Tissue, plan: March) -> None:
    """Fills diagonal, conductances and right side of C dv/dt = -I(v) - div i_g, the glial voltage, backward Euler."""
    area = 1.0 / (plan.dx * plan.dx)
    c_dt = c.capacitance / plan.dt
    membrane = c_dt + c.glia_sodium + c.glia_chloride
    pull_left, cond_left = 0.0, 0.0
    for tile in range(tiles.shape[0]):
        t = tiles[tile]
        for j in range(m.LANES):
            resist = 1.0 / (t[m.S_E + j] + t[m.S_G + j])
            weight = area * t[m.OPEN_EDGE + j] * resist
            t[m.RESIST + j] = resist
            t[m.FIELD + j] = weight * (t[m.A_G + j] * t[m.S_E + j] - t[m.S_G + j] * t[m.A_E + j])
            t[m.FIELD_G + j] = weight * t[m.S_G + j] * t[m.S_E + j]
        t[m.FIELD + HALO_LEFT], t[m.FIELD_G + HALO_LEFT] = pull_left, cond_left
        pull_left, cond_left = t[m.FIELD + LAST], t[m.FIELD_G + LAST]
        for j in range(m.LANES):
            t[m.DIAGONAL + j] = membrane + t[m.G_K + j] + t[m.FIELD_G + j] + t[m.FIELD_G + j - 1]
            current = t[m.Q_NA + j] + t[m.Q_K + j] - t[m.Q_CL + j]
            t[m.MOVE + j] = c_dt * t[m.V_G + j] - current + t[m.FIELD + j] - t[m.FIELD + j - 1]


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def sweep_left(t: Array, j: int, share: float, value: float) -> tuple[float, float]:
    """Eliminates the node left of lane j, whose voltage is value + share v; the same for lane j."""
    cond = t[m.FIELD_G + j - 1]
    inverse = 1.0 / (t[m.DIAGONAL + j] - cond * share)
    share, value = t[m.FIELD_G + j] * inverse, (t[m.MOVE + j] + cond * value) * inverse
    t[m.SWEEP_SHARE + j], t[m.SWEEP_VALUE + j] = share, value
    return share, value


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def sweep_right(t: Array, j: int, share: float, value: float) -> tuple[float, float]:
    """Eliminates the node right of lane j, as ``sweep_left``."""
    cond = t[m.FIELD_G + j]
    inverse = 1.0 / (t[m.DIAGONAL + j] - cond * share)
    share, value = t[m.FIELD_G + j - 1] * inverse, (t[m.MOVE + j] + cond * value) * inverse
    t[m.SWEEP_SHARE + j], t[m.SWEEP_VALUE + j] = share, value
    return share, value


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def solve_glia(tiles: Array) -> None:
    """Moves the glial voltage one step by elimination from both ends at once, which meet in the middle.

    Each node waits for its neighbour's division: two chains wait half as long as one.
    """
    count = tiles.shape[0]
    half = count // 2
    share, value, share_r, value_r = 0.0, 0.0, 0.0, 0.0
    for k in range(half):
        t, right = tiles[k], tiles[count - 1 - k]
        for j in range(m.LANES):
            share, value = sweep_left(t, j, share, value)
            share_r, value_r = sweep_right(right, LAST - j, share_r, value_r)
    for k in range(half, count - half):
        t = tiles[k]
        for j in range(m.LANES):
            share, value = sweep_left(t, j, share, value)
    v_r = value_r + share_r * ((value + share * value_r) / (1.0 - share * share_r))
    v = value + share * v_r
    right_of_left, left_of_right = v_r, v
    for k in range(count - half - 1, -1, -1):
        t, v = tiles[k], right_of_left
        t[m.V_G + HALO_RIGHT] = v
        for j in range(LAST, -1, -1):
            v = t[m.SWEEP_VALUE + j] + t[m.SWEEP_SHARE + j] * v
            t[m.V_G + j] = v
        right_of_left = v
    for k in range(count - half, count):
        t, v = tiles[k], left_of_right
        for j in range(m.LANES):
            v = t[m.SWEEP_VALUE + j] + t[m.SWEEP_SHARE + j] * v
            t[m.V_G + j] = v
        left_of_right = v
    for k in range(count - half, count - 1):
        tiles[k, m.V_G + HALO_RIGHT] = tiles[k + 1, m.V_G]


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def fields(t: Array) -> None:
    """Fills the steps of the potential outside and in glia across the interfaces of a tile, RT/F."""
    for j in range(m.LANES):
        dv = t[m.V_G + j + 1] - t[m.V_G + j]
        field = -(t[m.A_E + j] + t[m.A_G + j] + t[m.S_G + j] * dv) * t[m.RESIST + j]
        t[m.FIELD + j] = field
        t[m.FIELD_G + j] = field + dv


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def transport(t: Array, left: Array, c: Tissue, plan: March) -> None:
    """Moves all ions of a tile by the gradients at the old concentrations: D (dc + z c d(phi)) dt/dx2.

    ``left`` (8,): what crosses into the tile from its left, of Na, K, Cl and glutamate outside, then in glia; what
    leaves it to the right on return.
    """
    s = plan.dt / (plan.dx * plan.dx)
    na, k, cl, glu = (
        s * c.diffusion_sodium, s * c.diffusion_potassium, s * c.diffusion_chloride, s * c.diffusion_glutamate
    )  # fmt: skip
    for j in range(m.LANES):
        wide, glia = t[m.OPEN_EDGE + j] * t[m.MIDDLE + j], t[m.OPEN_EDGE + j] * c.glia_share
        half, half_g = 0.5 * t[m.FIELD + j], 0.5 * t[m.FIELD_G + j]
        up, down, up_g, down_g = 1.0 + half, 1.0 - half, 1.0 + half_g, 1.0 - half_g
        t[m.FLOWS + j] = wide * na * (t[m.C_NA_E + j + 1] * up - t[m.C_NA_E + j] * down)
        t[m.FLOWS + m.ROW + j] = wide * k * (t[m.C_K_E + j + 1] * up - t[m.C_K_E + j] * down)
        t[m.FLOWS + 2 * m.ROW + j] = wide * cl * (t[m.C_CL_E + j + 1] * down - t[m.C_CL_E + j] * up)
        t[m.FLOWS + 3 * m.ROW + j] = wide * glu * (t[m.C_GLU_E + j + 1] - t[m.C_GLU_E + j])
        t[m.FLOWS + 4 * m.ROW + j] = glia * na * (t[m.C_NA_G + j + 1] * up_g - t[m.C_NA_G + j] * down_g)
        t[m.FLOWS + 5 * m.ROW + j] = glia * k * (t[m.C_K_G + j + 1] * up_g - t[m.C_K_G + j] * down_g)
        t[m.FLOWS + 6 * m.ROW + j] = glia * cl * (t[m.C_CL_G + j + 1] * down_g - t[m.C_CL_G + j] * up_g)
        t[m.FLOWS + 7 * m.ROW + j] = glia * glu * (t[m.C_GLU_G + j + 1] - t[m.C_GLU_G + j])
    for i in range(8):
        t[m.FLOWS + i * m.ROW + HALO_LEFT] = left[i]
        left[i] = t[m.FLOWS + i * m.ROW + LAST]
    for j in range(m.LANES):
        for i in range(4):
            e, g = m.FLOWS + i * m.ROW + j, m.FLOWS + (4 + i) * m.ROW + j
            t[m.NA_E + i * m.ROW + j] += t[e] - t[e - 1]
            t[m.NA_G + i * m.ROW + j] += t[g] - t[g - 1]


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def record(tiles: Array, nodes: int, seen: Array, row: int) -> None:
    """Writes voltage, K+, glutamate, potential (right end zero), ECS share and reserve of one time."""
    phi = 0.0
    for tile in range(tiles.shape[0] - 1, -1, -1):
        t, first = tiles[tile], tile * m.LANES
        for j in range(min(m.LANES, nodes - first) - 1, -1, -1):
            n = first + j
            if n < nodes - 1:
                dv = t[m.V_G + j + 1] - t[m.V_G + j]
                phi += (t[m.A_E + j] + t[m.A_G + j] + t[m.S_G + j] * dv) * t[m.RESIST + j]
            seen[SEEN_V, row, n] = t[m.V_N + j]
            seen[SEEN_K, row, n] = t[m.C_K_E + j]
            seen[SEEN_GLU, row, n] = t[m.C_GLU_E + j]
            seen[SEEN_PHI, row, n] = phi
            seen[SEEN_ECS, row, n] = t[m.ALPHA_E + j]
            if seen.shape[0] > SEEN_ENERGY:
                seen[SEEN_ENERGY, row, n] = t[m.ENERGY + j]


@njit(cache=True, fastmath=FAST, error_model="numpy", **INNER)
def pack(state: Array, gate: Array, tiles: Array, zone: Array, excitability: Array) -> None:
    """Fills the tiles from whole states (node, column) and gates (subtype, 8, node); the rest repeats the last node.

    A state of the first model has no column for the reserve, which then stands at 1.
    """
    nodes = state.shape[0]
    for tile in range(tiles.shape[0]):
        t = tiles[tile]
        for j in range(m.LANES):
            n = min(tile * m.LANES + j, nodes - 1)
            real = tile * m.LANES + j < nodes
            t[m.ENERGY + j] = 1.0
            for k in range(state.shape[1]):
                t[m.NA_N + k * m.ROW + j] = state[n, k]
            for s in range(gate.shape[0]):
                for k in range(nmda.N_GATE):
                    t[m.GATE + s * m.BLOCK + k * m.ROW + j] = gate[s, k, n]
            t[m.ZONE + j] = zone[n] if real else 0.0
            t[m.EXCITABILITY + j] = excitability[n] if real else 0.0
            t[m.OPEN_EDGE + j] = 1.0 if tile * m.LANES + j < nodes - 1 else 0.0
            t[m.V_BEFORE + j] = state[n, node.V_N]


@njit(cache=True, fastmath=FAST, error_model="numpy", **INNER)
def unpack(tiles: Array, state: Array, gate: Array) -> None:
    """Writes the tiles back into whole states and gates."""
    for n in range(state.shape[0]):
        t, j = tiles[n // m.LANES], n % m.LANES
        for k in range(state.shape[1]):
            state[n, k] = t[m.NA_N + k * m.ROW + j]
        for s in range(gate.shape[0]):
            for k in range(nmda.N_GATE):
                gate[s, k, n] = t[m.GATE + s * m.BLOCK + k * m.ROW + j]


@njit(cache=True, fastmath=FAST, error_model="numpy", **INNER)
def begin(t: Array, table: Array, r: Array, constants: tuple[Tissue, Homeostat], dt: float, up: Array) -> int:
    """Prepares a tile for its first step: exact logarithms, the table at its voltages, transport as at rest; status."""
    c, h = constants
    m.concentrations(t)
    m.ratios(t)
    m.exact_logarithms(t)
    for j in range(m.LANES):
        t[m.UP_N + j], t[m.UP_G + j] = up[0], up[1]
    if not m.inside_table(t, m.V_N):
        return node.RUNAWAY
    m.look_up_slow(t, table, r, c, dt)
    if not m.sense(t):
        return node.NEGATIVE
    return node.OK if m.drive_glia(t, table, c, h) else node.RUNAWAY


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def join(tiles: Array, c: Tissue, plan: March) -> None:
    """Part 2 of a step: what neighbours hold, the interfaces, the glial voltage."""
    for tile in range(tiles.shape[0]):
        neighbour(tiles[tile], tiles[min(tile + 1, tiles.shape[0] - 1)])
        interfaces(tiles[tile], c)
    balance_glia(tiles, c, plan)
    solve_glia(tiles)


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def move(
    tiles: Array, table: Array, r: Array, k: Array, constants: tuple[Tissue, Homeostat], plan: March, now: Array,
    left: Array,
) -> tuple[int, int]:  # fmt: skip
    """Part 3 of a step and part 1 of the next, tile by tile; (status, tile). ``left`` (8,) is scratch."""
    c, h = constants
    for i in range(8):
        left[i] = 0.0
    for tile in range(tiles.shape[0]):
        t = tiles[tile]
        subtypes.open_receptors(t, r, k)
        fields(t)
        transport(t, left, c, plan)
        status, _ = m.solve_neuron(t, table, c, h, plan.dt, now[node.PULSE], now[node.CHARGE])
        if status != node.OK:
            return status, tile
        m.exchange(t, c, plan.dt, now[node.KCL], now[node.BATH])
        m.look_up_slow(t, table, r, c, plan.dt)
        glutamate.cycle(t, c, h, plan.dt, now[node.GLUTAMATE])
        m.swell(t, c, h, plan.dt)
        m.relax(t, c, h, plan.dt)
        if not m.sense(t):
            return node.NEGATIVE, tile
        if not m.drive_glia(t, table, c, h):
            return node.RUNAWAY, tile
    return node.OK, 0


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def march(
    state: Array, gate: Array, table: Array, r: Array, constants: tuple[Tissue, Homeostat], up: Array, drive: Drive,
    plan: March, seen: Array, snap: Snap,
) -> tuple[int, int, int]:  # fmt: skip
    """Marches ``state`` and ``gate`` in place; returns (status, step, node), of a failure or of the stop.

    ``seen`` (field, time, node) and ``snap`` (time, node, ...) are filled every so many steps while they have rows.
    ``up`` (2,): transport of glutamate into neurone and glia before the first step, mmol/cm3/s. Stops early once the
    probe node passes the probe voltage.
    """
    nodes = state.shape[0]
    c = constants[0]
    tiles = np.zeros(((nodes + LAST) // m.LANES, m.TILE))
    events, zone, excitability = drive
    pack(state, gate, tiles, zone, excitability)
    now, left = np.zeros(node.N_KIND), np.zeros(8)
    k = nmda.per_step(r, plan.dt)
    flat = table.ravel()
    fastest = max(c.diffusion_chloride, c.diffusion_potassium)
    if fastest * plan.dt > 0.2 * plan.dx * plan.dx:
        return node.TOO_COARSE, 0, 0
    for tile in range(tiles.shape[0]):
        status = begin(tiles[tile], flat, r, constants, plan.dt, up)
        if status != node.OK:
            return status, 0, tile * m.LANES
    for step in range(plan.steps):
        join(tiles, c, plan)
        if step % plan.record_every == 0 and step // plan.record_every < seen.shape[1]:
            record(tiles, nodes, seen, step // plan.record_every)
        if step % plan.snap_every == 0 and step // plan.snap_every < snap.state.shape[0]:
            unpack(tiles, snap.state[step // plan.snap_every], snap.gate[step // plan.snap_every])
        drive_at(events, (step + 0.5) * plan.dt, now)
        status, tile = move(tiles, flat, r, k, constants, plan, now, left)
        if status != node.OK:
            return status, step, min(tile * m.LANES, nodes - 1)
        if plan.probe >= 0 and tiles[plan.probe // m.LANES, m.V_N + plan.probe % m.LANES] > plan.probe_voltage:
            unpack(tiles, state, gate)
            return node.OK, step + 1, plan.probe
    unpack(tiles, state, gate)
    return node.OK, plan.steps, -1
