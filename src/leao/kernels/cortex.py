"""Spreading depression along a line of cortex: one time step, and the march over many.

Neuron (n), glia (g) and extracellular space (e) share each node; Na+, K+, Cl- and
glutamate move between them and, outside neurons, along the line.

Order of one step, everything explicit except what is stiff:
    1. `sense`        concentrations, and the glial currents as a line in the glial voltage
    2. `solve_glia`   glial voltage along the line, implicit: one tridiagonal solve
    3. `transport`    electrodiffusion along the line, extracellular field eliminated
    4. `solve_neuron` neuronal voltage at each node, implicit, fast gates and block inside
    5. `exchange`, `cycle_glutamate`, `swell`, `relax_gates`   amounts, volumes, slow gates

Steps 1, 4 and 5 know one node only; 2 and 3 hold all of the geometry. Amounts are
conserved: whatever leaves a compartment enters another. In one dimension with closed ends
the total current through every interface is zero, which gives the extracellular field
    d(phi_e) = -(A_e + A_g + s_g d(v_g)) / (s_e + s_g),
    A_k = sum_i z_i D_ik d(c_ik),  s_k = sum_i z_i^2 D_ik c_ik.

Potentials are in RT/F, amounts in mmol per cm3 of tissue, concentrations in mmol/cm3.
Model: Tuttle et al. 2019 (10.1371/journal.pcbi.1007455).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.kernels.tissue import Drive, March, Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# Columns of the state, (node, column).
NA_N, K_N, CL_N, GLU_N, NA_G, K_G, CL_G, GLU_G, NA_E, K_E, CL_E, GLU_E = range(12)
ALPHA_N, ALPHA_G, V_N, V_G, H_NAP, D1, D2, POOL = range(12, 20)
N_STATE = 20

# Columns of the voltage table, (voltage, column).
GHK, NAP, POTASSIUM, NMDA, RELEASE, NAP_OPEN, NAP_CLOSE, KIR, KIR_DRIVE = range(9)
N_TABLE = 9

# Columns of the work array: glial K+ conductance, constants of the glial currents,
# receptor binding F(G_e) now and one step before.
G_K, Q_NA, Q_K, Q_CL, BOUND, BOUND_BEFORE = range(6)
N_WORK = 6

# Fields recorded over time.
SEEN_V, SEEN_K, SEEN_GLU, SEEN_PHI, SEEN_ECS = range(5)
N_SEEN = 5

OK, NO_ROOT, NEGATIVE, RUNAWAY, TOO_COARSE = range(5)

LARGEST_MOVE = 0.4  # of the neuronal voltage within one Newton iteration, RT/F
ROOT_FOUND = 1e-9  # RT/F
LEAST_SLOPE = 0.1  # of the Newton line, as a share of C/dt
PATIENCE = 15  # iterations
MOST_ITERATIONS = 100
VOLTAGE_LIMIT = 7.0  # RT/F; inside the voltage table
LARGEST_SHRINKAGE = 0.5  # share of the room above the floor that one step may take


@njit(cache=True, fastmath=FAST)
def look(table: Array, x: float, column: int) -> float:
    """Table value at the fractional row `x`, linear between rows."""
    i = int(x)
    return table[i, column] + (x - i) * (table[i + 1, column] - table[i, column])


@njit(cache=True, fastmath=FAST)
def glial_potassium(v: float, log_k: float, k_out: float, table: Array, t: Tissue) -> float:
    """Inward-rectifier conductance, mmol/cm3/s, and its driving offset (Steinberg 2005)."""
    by_voltage = look(table, v * t.index_per_volt + t.index_of_zero, KIR)
    by_drive = look(table, (v + log_k) * t.index_per_volt + t.index_of_zero, KIR_DRIVE)
    return t.kir * np.sqrt(k_out / t.kir_potassium) * by_voltage * by_drive


@njit(cache=True, fastmath=FAST)
def pump_factor(k_out: float, na_in: float, k_half: float, na_half: float) -> float:
    """Saturation of the Na/K pump: (1 + k_half/K_e)^-2 (1 + na_half/Na_i)^-3."""
    a = 1.0 + k_half / k_out
    b = 1.0 + na_half / na_in
    return 1.0 / (a * a * b * b * b)


@njit(cache=True, fastmath=FAST)
def sense(state: Array, c: Array, glia: Array, table: Array, t: Tissue, j: int) -> int:
    """Fills concentrations `c`, glial currents q + g v and receptor binding at node j; status.

    Binding: share of NMDA receptors that glutamate opens, G^h / (G^h + K^h).
    """
    alpha_n = state[j, ALPHA_N]
    alpha_g = state[j, ALPHA_G]
    alpha_e = 1.0 - alpha_n - alpha_g
    for i in range(4):
        c[j, i] = state[j, i] / alpha_n
        c[j, 4 + i] = state[j, 4 + i] / alpha_g
        c[j, 8 + i] = state[j, 8 + i] / alpha_e
    smallest = state[j, 0]
    for i in range(1, 12):
        smallest = min(smallest, state[j, i])
    v = state[j, V_G]
    if not (smallest > 0.0 and alpha_e > 0.0):
        return NEGATIVE
    log_na = np.log(c[j, NA_G] / c[j, NA_E])
    log_k = np.log(c[j, K_G] / c[j, K_E])
    log_cl = np.log(c[j, CL_G] / c[j, CL_E])
    if not (abs(v) < VOLTAGE_LIMIT and abs(v + log_k) < VOLTAGE_LIMIT):
        return RUNAWAY
    g_k = glial_potassium(v, log_k, c[j, K_E], table, t)
    both = t.cotransport * (log_na + log_k + 2.0 * log_cl)
    pump = t.pump_glia * pump_factor(c[j, K_E], c[j, NA_G], t.pump_potassium, t.pump_sodium_glia)
    glia[j, G_K] = g_k
    glia[j, Q_NA] = t.glia_sodium * log_na + both + 3.0 * pump
    glia[j, Q_K] = g_k * log_k + both - 2.0 * pump
    glia[j, Q_CL] = t.glia_chloride * log_cl + 2.0 * both
    glia[j, BOUND_BEFORE] = glia[j, BOUND]
    glia[j, BOUND] = 1.0 / (1.0 + (t.glutamate_half / c[j, GLU_E]) ** t.glutamate_hill)
    return OK


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
def solve_glia(state: Array, glia: Array, edge: Array, t: Tissue, plan: March, sweep: Array) -> None:
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
        g = t.glia_sodium + glia[j, G_K] + t.glia_chloride
        q = glia[j, Q_NA] + glia[j, Q_K] - glia[j, Q_CL]
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
def neuron_current(
    v: float,
    c: Array,
    j: int,
    table: Array,
    t: Tissue,
    fixed: tuple[float, float, float, float],
    h: float,
    opened: float,
) -> tuple[float, float, float, float]:
    """Na and K fluxes and the membrane current with its slope, at voltage v.

    `fixed` = (sodium offset, potassium offset, chloride offset, extra conductance).
    Goldman fluxes use b(u) = u/(e^u - 1): P (c_i (b + u) - c_e b).
    """
    x = v * t.index_per_volt + t.index_of_zero
    i = int(x)
    w = x - i
    b_slope = table[i + 1, GHK] - table[i, GHK]
    m_slope = table[i + 1, NAP] - table[i, NAP]
    k_slope = table[i + 1, POTASSIUM] - table[i, POTASSIUM]
    o_slope = table[i + 1, NMDA] - table[i, NMDA]
    b = table[i, GHK] + w * b_slope
    unblocked = opened * (table[i, NMDA] + w * o_slope)
    p_na = t.nap * h * (table[i, NAP] + w * m_slope) + t.nmda_sodium * unblocked
    p_k = table[i, POTASSIUM] + w * k_slope + t.nmda_potassium * unblocked
    b_slope *= t.index_per_volt
    dp_na = (t.nap * h * m_slope + t.nmda_sodium * opened * o_slope) * t.index_per_volt
    dp_k = (k_slope + t.nmda_potassium * opened * o_slope) * t.index_per_volt
    drive_na = c[j, NA_N] * (b + v) - c[j, NA_E] * b
    drive_k = c[j, K_N] * (b + v) - c[j, K_E] * b
    g_na = t.leak_sodium + fixed[3]
    g_k = t.leak_potassium + fixed[3]
    g_cl = t.leak_chloride + fixed[3]
    f_na = p_na * drive_na + g_na * v + fixed[0]
    f_k = p_k * drive_k + g_k * v + fixed[1]
    f_cl = fixed[2] - g_cl * v
    slope = dp_na * drive_na + p_na * (c[j, NA_N] * (b_slope + 1.0) - c[j, NA_E] * b_slope)
    slope += dp_k * drive_k + p_k * (c[j, K_N] * (b_slope + 1.0) - c[j, K_E] * b_slope)
    return f_na, f_k, f_cl, slope + g_na + g_k + g_cl


@njit(cache=True, fastmath=FAST)
def solve_neuron(
    state: Array, c: Array, bound: float, j: int, table: Array, t: Tissue, dt: float, extra: float
) -> tuple[int, float, float, float, float]:
    """Neuronal fluxes at the new voltage, by bracketed Newton on C (v - v0)/dt + I(v) = 0.

    Returns (status, voltage, Na, K, Cl flux outward). It walks downhill from the old voltage
    by at most LARGEST_MOVE until the sign changes, so it finds the root next to it.
    """
    log_na = np.log(c[j, NA_N] / c[j, NA_E])
    log_k = np.log(c[j, K_N] / c[j, K_E])
    log_cl = np.log(c[j, CL_N] / c[j, CL_E])
    pump = t.pump_neuron * pump_factor(c[j, K_E], c[j, NA_N], t.pump_potassium, t.pump_sodium_neuron)
    fixed = (
        (t.leak_sodium + extra) * log_na + 3.0 * pump,
        (t.leak_potassium + extra) * log_k - 2.0 * pump,
        (t.leak_chloride + extra) * log_cl,
        extra,
    )
    opened = (1.0 - state[j, D1] - state[j, D2]) * bound
    v0 = state[j, V_N]
    v = v0
    low, high = -VOLTAGE_LIMIT, VOLTAGE_LIMIT
    c_dt = t.capacitance / dt
    for turn in range(MOST_ITERATIONS):
        if not abs(v) < VOLTAGE_LIMIT:
            return RUNAWAY, v, 0.0, 0.0, 0.0
        f_na, f_k, f_cl, slope = neuron_current(v, c, j, table, t, fixed, state[j, H_NAP], opened)
        current = f_na + f_k - f_cl
        residual = c_dt * (v - v0) + current
        low, high, step = next_step(v, residual, c_dt, slope, low, high, turn)
        if abs(step) < ROOT_FOUND:
            return OK, v0 - current / c_dt, f_na, f_k, f_cl
        v += step
    return NO_ROOT, v, 0.0, 0.0, 0.0


@njit(cache=True, fastmath=FAST)
def next_step(
    v: float, residual: float, c_dt: float, slope: float, low: float, high: float, turn: int
) -> tuple[float, float, float]:
    """Newton step kept inside the bracket (low, high), else half of it; the new bracket first."""
    if residual > 0.0:
        high = v
    else:
        low = v
    step = -residual / max(c_dt + slope, LEAST_SLOPE * c_dt)
    if low > -VOLTAGE_LIMIT and high < VOLTAGE_LIMIT:
        if abs(step) >= ROOT_FOUND and not low < v + step < high:
            step = 0.5 * (low + high) - v
        return low, high, step
    # Near a fold the steps shrink without end: past PATIENCE they grow, to find the bracket.
    if turn > PATIENCE and abs(step) >= ROOT_FOUND:
        step += np.sign(step) * 1e-4 * 2.0 ** (turn - PATIENCE)
    return low, high, min(max(step, -LARGEST_MOVE), LARGEST_MOVE)


@njit(cache=True, fastmath=FAST)
def exchange(
    state: Array, c: Array, glia: Array, j: int, t: Tissue, dt: float, flux: tuple[float, float, float], kcl: float
) -> None:
    """Carries Na, K, Cl between the three compartments and the vessels of node j."""
    v_g = state[j, V_G]
    g_na = glia[j, Q_NA] + t.glia_sodium * v_g
    g_k = glia[j, Q_K] + glia[j, G_K] * v_g
    g_cl = glia[j, Q_CL] - t.glia_chloride * v_g
    alpha_e = 1.0 - state[j, ALPHA_N] - state[j, ALPHA_G]
    washed = t.vascular * (c[j, K_E] - t.vascular_potassium) * alpha_e
    state[j, NA_N] -= dt * flux[0]
    state[j, K_N] -= dt * flux[1]
    state[j, CL_N] -= dt * flux[2]
    state[j, NA_G] -= dt * g_na
    state[j, K_G] -= dt * g_k
    state[j, CL_G] -= dt * g_cl
    state[j, NA_E] += dt * (flux[0] + g_na + washed)
    state[j, K_E] += dt * (flux[1] + g_k - washed + kcl)
    state[j, CL_E] += dt * (flux[2] + g_cl + kcl)


@njit(cache=True, fastmath=FAST)
def cycle_glutamate(state: Array, c: Array, j: int, t: Tissue, dt: float, activation: float) -> None:
    """Release, uptake and shuttle of glutamate at node j, implicit and conservative.

    Every path is first order with a frozen coefficient, so the 3 x 3 system is an
    M-matrix: amounts stay positive at any step, and their sum is kept.
    """
    alpha_n = state[j, ALPHA_N]
    alpha_g = state[j, ALPHA_G]
    alpha_e = 1.0 - alpha_n - alpha_g
    spill = t.release * state[j, POOL] * activation / (c[j, GLU_N] + t.release_half)
    n_e = dt * (spill + t.uptake_neuron * t.ratio_outside * t.ratio_glia) / alpha_n
    n_g = dt * t.shuttle * t.ratio_glia / alpha_n
    g_n = dt * t.shuttle / alpha_g
    g_e = dt * t.uptake_glia * t.ratio_outside / alpha_g
    e_n = dt * t.uptake_neuron / alpha_e
    e_g = dt * t.uptake_glia / alpha_e
    n, g, e = state[j, GLU_N], state[j, GLU_G], state[j, GLU_E]
    d_n = 1.0 + n_e + n_g
    d_g = 1.0 + g_n + g_e
    # Eliminate n, then g, from (d_n, -g_n, -e_n), (-n_g, d_g, -e_g), e = total - n - g.
    total = n + g + e
    a11, a12, b1 = d_n + e_n, e_n - g_n, n + e_n * total
    a21, a22, b2 = e_g - n_g, d_g + e_g, g + e_g * total
    det = a11 * a22 - a12 * a21
    new_n = (b1 * a22 - a12 * b2) / det
    new_g = (a11 * b2 - a21 * b1) / det
    new_e = (e + n_e * new_n + g_e * new_g) / (1.0 + e_n + e_g)
    state[j, GLU_N] = new_n
    state[j, GLU_G] = new_g
    state[j, GLU_E] = new_e


@njit(cache=True, fastmath=FAST)
def swell(state: Array, c: Array, j: int, t: Tissue, dt: float) -> None:
    """Moves water by osmotic difference; extracellular matrix resists below its rest volume.

    d(alpha_k)/dt = -water (pi_e - pi_k), pi_e with S (1/(a_e - floor) - 1/(a_rest - floor)).
    """
    alpha_n, alpha_g = state[j, ALPHA_N], state[j, ALPHA_G]
    alpha_e = 1.0 - alpha_n - alpha_g
    room = alpha_e - t.floor
    pi_n = t.immobile_neuron / alpha_n
    pi_g = t.immobile_glia / alpha_g
    pi_e = t.immobile_outside / alpha_e
    pi_e += t.stiffness * (1.0 / room - 1.0 / (t.ecs_rest - t.floor))
    for i in range(4):
        pi_n += c[j, i]
        pi_g += c[j, 4 + i]
        pi_e += c[j, 8 + i]
    d_n = -dt * t.water * (pi_e - pi_n)
    d_g = -dt * t.water * (pi_e - pi_g)
    taken = (d_n + d_g) / (LARGEST_SHRINKAGE * room)
    if taken > 1.0:
        d_n /= taken
        d_g /= taken
    state[j, ALPHA_N] = alpha_n + d_n
    state[j, ALPHA_G] = alpha_g + d_g


@njit(cache=True, fastmath=FAST)
def relax_gates(state: Array, bound: float, j: int, table: Array, t: Tissue, dt: float, activation: float) -> None:
    """Moves slow gates one backward-Euler step: hNaP, NMDA desensitisation, vesicle pool."""
    x = state[j, V_N] * t.index_per_volt + t.index_of_zero
    a = dt * look(table, x, NAP_OPEN)
    b = dt * look(table, x, NAP_CLOSE)
    state[j, H_NAP] = (state[j, H_NAP] + a) / (1.0 + a + b)
    k1 = dt * t.desensitise * bound
    k2, k3, k4 = dt * t.resensitise, dt * t.desensitise_deep, dt * t.resensitise_deep
    a11, a12, b1 = 1.0 + k1 + k2 + k3, k1 - k4, state[j, D1] + k1
    a22 = 1.0 + k4
    det = a11 * a22 + k3 * a12
    d1 = (b1 * a22 - a12 * state[j, D2]) / det
    state[j, D1] = d1
    state[j, D2] = (state[j, D2] + k3 * d1) / a22
    state[j, POOL] = (state[j, POOL] + dt * t.refill) / (1.0 + dt * (t.refill + t.deplete * activation))


@njit(cache=True, fastmath=FAST)
def advance_node(
    state: Array, c: Array, glia: Array, j: int, table: Array, t: Tissue, dt: float, drive: tuple[float, float]
) -> int:
    """Moves one node one step, geometry done before; `drive` = (KCl rate, conductance)."""
    # Binding at mid-step: read at its start, the wave would be 3 % slow at 25 ms.
    ahead = 1.5 * glia[j, BOUND] - 0.5 * glia[j, BOUND_BEFORE]
    bound = min(max(ahead, 0.0), 1.0)
    status, v, f_na, f_k, f_cl = solve_neuron(state, c, bound, j, table, t, dt, drive[1])
    if status != OK:
        return status
    state[j, V_N] = v
    if not abs(v) < VOLTAGE_LIMIT:
        return RUNAWAY
    exchange(state, c, glia, j, t, dt, (f_na, f_k, f_cl), drive[0])
    activation = look(table, v * t.index_per_volt + t.index_of_zero, RELEASE)
    cycle_glutamate(state, c, j, t, dt, activation)
    swell(state, c, j, t, dt)
    relax_gates(state, glia[j, BOUND], j, table, t, dt, activation)
    return OK


@njit(cache=True, fastmath=FAST)
def drive_at(drive: Drive, time: float) -> tuple[float, float]:
    """KCl rate and pulse conductance at `time`, mmol/cm3/s each."""
    kcl = drive.kcl_rate if time < drive.kcl_duration else 0.0
    pulse = 0.0
    if time < drive.pulse_duration:
        pulse = drive.pulse_peak * np.sin(np.pi * time / drive.pulse_duration) ** 2
    return kcl, pulse


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
    state: Array, table: Array, t: Tissue, drive: Drive, zone: Array, plan: March, seen: Array
) -> tuple[int, int, int]:
    """Marches `state` in place; returns (status, step, node), of a failure or of the stop.

    `zone` (node,) is the share of each node under the stimulus; `seen` (field, time, node).
    Stops early once the probe node passes the probe voltage.
    """
    n = state.shape[0]
    c = np.empty((n, 12))
    glia = np.empty((n, N_WORK))
    edge = np.empty((n, 4))
    sweep = np.empty((n, 2))
    fastest = max(t.diffusion_chloride, t.diffusion_potassium)
    if fastest * plan.dt > 0.2 * plan.dx * plan.dx:
        return TOO_COARSE, 0, 0
    for j in range(n):
        sense(state, c, glia, table, t, j)
    for step in range(plan.steps):
        for j in range(n):
            status = sense(state, c, glia, table, t, j)
            if status != OK:
                return status, step, j
        for j in range(n - 1):
            interface(state, c, t, j, edge)
        solve_glia(state, glia, edge, t, plan, sweep)
        if step % plan.record_every == 0 and step // plan.record_every < seen.shape[1]:
            record(state, edge, seen, step // plan.record_every)
        transport(state, c, edge, t, plan)
        kcl, pulse = drive_at(drive, (step + 0.5) * plan.dt)
        for j in range(n):
            here = (kcl * zone[j], pulse * zone[j])
            status = advance_node(state, c, glia, j, table, t, plan.dt, here)
            if status != OK:
                return status, step, j
        if plan.probe >= 0 and state[plan.probe, V_N] > plan.probe_voltage:
            return OK, step + 1, plan.probe
    return OK, plan.steps, -1
