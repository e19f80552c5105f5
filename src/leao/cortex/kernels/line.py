"""Spreading depression along a line of cortex: transport between nodes, and the march over many steps.

Order of one step, everything explicit except what is stiff:
    1. `node.sense`       every node by itself
    2. `solve_glia`       glial voltage along the line, implicit: one tridiagonal solve
    3. `transport`        electrodiffusion along the line, extracellular field eliminated
    4. `node.advance`     every node by itself

Steps 1 and 4 know one node only (kernels/node.py); 2 and 3 hold all of the geometry. Amounts are conserved:
whatever leaves a compartment enters another. In one dimension with closed ends the total current through every
interface is zero, which gives the extracellular field
    d(phi_e) = -(A_e + A_g + s_g d(v_g)) / (s_e + s_g),
    A_k = sum_i z_i D_ik d(c_ik),  s_k = sum_i z_i^2 D_ik c_ik.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda, node
from leao.cortex.kernels.node import (
    ALPHA_G,
    ALPHA_N,
    CL_E,
    CL_G,
    G_K,
    GLU_E,
    GLU_G,
    K_E,
    K_G,
    NA_E,
    NA_G,
    Q_CL,
    Q_K,
    Q_NA,
    V_G,
    V_N,
)  # fmt: skip
from leao.cortex.kernels.tissue import Drive, March, Snap, Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# Fields recorded over time.
SEEN_V, SEEN_K, SEEN_GLU, SEEN_PHI, SEEN_ECS = range(5)
N_SEEN = 5


@njit(cache=True, fastmath=FAST)
def interface(state: Array, c: Array, t: Tissue, j: int, out: Array) -> None:
    """Fills A_e, s_e, A_g, s_g of the interface between nodes j and j + 1."""
    alpha = 1.0 - 0.5 * (state[j, ALPHA_N] + state[j, ALPHA_G] + state[j + 1, ALPHA_N] + state[j + 1, ALPHA_G])
    d_na, d_k, d_cl = t.diffusion_sodium, t.diffusion_potassium, t.diffusion_chloride
    k = j + 1
    out[j, 0] = alpha * (
        d_na * (c[k, NA_E] - c[j, NA_E]) + d_k * (c[k, K_E] - c[j, K_E]) - d_cl * (c[k, CL_E] - c[j, CL_E])
    )
    out[j, 1] = (0.5 * alpha) * (
        d_na * (c[k, NA_E] + c[j, NA_E]) + d_k * (c[k, K_E] + c[j, K_E]) + d_cl * (c[k, CL_E] + c[j, CL_E])
    )
    out[j, 2] = t.glia_share * (
        d_na * (c[k, NA_G] - c[j, NA_G]) + d_k * (c[k, K_G] - c[j, K_G]) - d_cl * (c[k, CL_G] - c[j, CL_G])
    )
    out[j, 3] = (0.5 * t.glia_share) * (
        d_na * (c[k, NA_G] + c[j, NA_G]) + d_k * (c[k, K_G] + c[j, K_G]) + d_cl * (c[k, CL_G] + c[j, CL_G])
    )


@njit(cache=True, fastmath=FAST)
def solve_glia(state: Array, work: Array, edge: Array, t: Tissue, plan: March, sweep: Array) -> None:
    """Moves the glial voltage one step: C dv/dt = -I(v) - div i_g, backward Euler, Thomas.

    `edge` (node, 4) holds A_e, s_e, A_g, s_g; `sweep` (node, 2) is scratch.
    """
    n = state.shape[0]
    area = 1.0 / (plan.dx * plan.dx)
    c_dt = t.capacitance / plan.dt
    pull_left = 0.0
    cond_left = 0.0
    for j in range(n):
        pull = 0.0
        cond = 0.0
        if j < n - 1:
            total = edge[j, 1] + edge[j, 3]
            pull = area * (edge[j, 2] * edge[j, 1] - edge[j, 3] * edge[j, 0]) / total
            cond = area * edge[j, 3] * edge[j, 1] / total
        g = t.glia_sodium + work[j, G_K] + t.glia_chloride
        q = work[j, Q_NA] + work[j, Q_K] - work[j, Q_CL]
        rhs = c_dt * state[j, V_G] - q + pull - pull_left
        diagonal = c_dt + g + cond + cond_left
        if j > 0:
            diagonal -= cond_left * sweep[j - 1, 0]
            rhs += cond_left * sweep[j - 1, 1]
        sweep[j, 0] = cond / diagonal
        sweep[j, 1] = rhs / diagonal
        pull_left = pull
        cond_left = cond
    state[n - 1, V_G] = sweep[n - 1, 1]
    for j in range(n - 2, -1, -1):
        state[j, V_G] = sweep[j, 1] + sweep[j, 0] * state[j + 1, V_G]


@njit(cache=True, fastmath=FAST)
def move(state: Array, c: Array, j: int, ion: int, valence: float, flow: float, field: float) -> None:
    """Carries one ion across the interface j, j + 1: D (dc + z c d(phi)), times dt/dx2."""
    k = j + 1
    amount = flow * (c[k, ion] - c[j, ion] + valence * 0.5 * (c[k, ion] + c[j, ion]) * field)
    state[j, ion] += amount
    state[k, ion] -= amount


@njit(cache=True, fastmath=FAST)
def transport(state: Array, c: Array, edge: Array, t: Tissue, plan: March) -> None:
    """Moves all ions along the line by the gradients at the old concentrations."""
    n = state.shape[0]
    scale = plan.dt / (plan.dx * plan.dx)
    for j in range(n - 1):
        k = j + 1
        alpha = 1.0 - 0.5 * (state[j, ALPHA_N] + state[j, ALPHA_G] + state[k, ALPHA_N] + state[k, ALPHA_G])
        field = outside_field(state, edge, j)
        field_g = field + state[k, V_G] - state[j, V_G]
        e = scale * alpha
        g = scale * t.glia_share
        move(state, c, j, NA_E, 1.0, e * t.diffusion_sodium, field)
        move(state, c, j, K_E, 1.0, e * t.diffusion_potassium, field)
        move(state, c, j, CL_E, -1.0, e * t.diffusion_chloride, field)
        move(state, c, j, GLU_E, 0.0, e * t.diffusion_glutamate, field)
        move(state, c, j, NA_G, 1.0, g * t.diffusion_sodium, field_g)
        move(state, c, j, K_G, 1.0, g * t.diffusion_potassium, field_g)
        move(state, c, j, CL_G, -1.0, g * t.diffusion_chloride, field_g)
        move(state, c, j, GLU_G, 0.0, g * t.diffusion_glutamate, field_g)


@njit(cache=True, fastmath=FAST)
def outside_field(state: Array, edge: Array, j: int) -> float:
    """Step of the extracellular potential from node j to j + 1, RT/F."""
    dv = state[j + 1, V_G] - state[j, V_G]
    return -(edge[j, 0] + edge[j, 2] + edge[j, 3] * dv) / (edge[j, 1] + edge[j, 3])


@njit(cache=True, fastmath=FAST)
def drive_at(events: Array, time: float, out: Array) -> None:
    """Fills `out` (kind,) with what the events do at `time`; `events` (event, 4): kind, start, duration, amplitude.

    A pulse opens and closes as sin^2; the others are steps.
    """
    out[:] = 0.0
    for event in range(events.shape[0]):
        since = time - events[event, 1]
        if 0.0 <= since < events[event, 2]:
            kind = int(events[event, 0])
            shape = np.sin(np.pi * since / events[event, 2]) ** 2 if kind == node.PULSE else 1.0
            out[kind] += events[event, 3] * shape


@njit(cache=True, fastmath=FAST)
def record(state: Array, edge: Array, seen: Array, row: int) -> None:
    """Writes voltage, K+, glutamate, potential (right end zero) and ECS share of one time."""
    n = state.shape[0]
    phi = 0.0
    for j in range(n - 1, -1, -1):
        alpha = 1.0 - state[j, ALPHA_N] - state[j, ALPHA_G]
        if j < n - 1:
            phi -= outside_field(state, edge, j)
        seen[SEEN_V, row, j] = state[j, V_N]
        seen[SEEN_K, row, j] = state[j, K_E] / alpha
        seen[SEEN_GLU, row, j] = state[j, GLU_E] / alpha
        seen[SEEN_PHI, row, j] = phi
        seen[SEEN_ECS, row, j] = alpha


@njit(cache=True, fastmath=FAST, nogil=True)
def march(
    state: Array, gate: Array, table: Array, r: Array, t: Tissue, drive: Drive, plan: March, seen: Array, snap: Snap
) -> tuple[int, int, int]:
    """Marches `state` and `gate` in place; returns (status, step, node), of a failure or of the stop.

    `seen` (field, time, node) and `snap` (time, node, ...) are filled every so many steps while they have rows.
    Stops early once the probe node passes the probe voltage.
    """
    n = state.shape[0]
    c = np.zeros((n, 12))
    work = np.zeros((n, node.N_WORK))
    edge = np.empty((n, 4))
    sweep = np.empty((n, 2))
    logs = np.empty((6, n))
    flat = logs.ravel()
    bits = flat.view(np.int64)
    around = np.empty((4, n))
    opened = np.empty((n, r.shape[0]))
    events, zone, excitability = drive
    snap_state, snap_gate = snap
    now = np.zeros(node.N_KIND)
    k = nmda.per_step(r, plan.dt)
    fastest = max(t.diffusion_chloride, t.diffusion_potassium)
    if fastest * plan.dt > 0.2 * plan.dx * plan.dx:
        return node.TOO_COARSE, 0, 0
    for j in range(n):
        node.sense(state, c, work, logs, j)
        work[j, node.V_BEFORE] = state[j, V_N]
    for step in range(plan.steps):
        for j in range(n):
            status = node.sense(state, c, work, logs, j)
            if status != node.OK:
                return status, step, j
        node.logarithms(flat, bits)
        for j in range(n):
            status = node.drive_glia(state, c, work, logs, table, t, j)
            if status != node.OK:
                return status, step, j
        for j in range(n - 1):
            interface(state, c, t, j, edge)
        solve_glia(state, work, edge, t, plan, sweep)
        if step % plan.record_every == 0 and step // plan.record_every < seen.shape[1]:
            record(state, edge, seen, step // plan.record_every)
        if step % plan.snap_every == 0 and step // plan.snap_every < snap_state.shape[0]:
            snap_state[step // plan.snap_every] = state
            snap_gate[step // plan.snap_every] = gate
        node.open_receptors(state, c, work, gate, table, r, k, t, plan.dt, around, opened)
        transport(state, c, edge, t, plan)
        drive_at(events, (step + 0.5) * plan.dt, now)
        status, j = node.advance(state, c, work, logs, table, t, plan.dt, now, zone, opened, excitability)
        if status != node.OK:
            return status, step, j
        if plan.probe >= 0 and state[plan.probe, V_N] > plan.probe_voltage:
            return node.OK, step + 1, plan.probe
    return node.OK, plan.steps, -1
