"""One node of cortex: neuron (n), glia (g) and extracellular space (e) exchange ions, glutamate and water.

Nothing here knows of neighbours: the geometry is in kernels/line.py, the receptors' states in kernels/nmda.py.

Order within a step:
    1. `sense`, `logarithms`, `drive_glia`   concentrations, and the glial currents as a line in the glial voltage
    2. `open_receptors`   NMDA receptors move one implicit step at each node's glutamate and voltage
    3. `solve_neuron`     neuronal voltage, implicit: bracketed Newton with the fast gates, Mg2+ and drug inside
    4. `exchange`, `cycle_glutamate`, `swell`, `relax_gates`   amounts, volumes, slow gates

Potentials are in RT/F, amounts in mmol per cm3 of tissue, concentrations in mmol/cm3.
Model: Tuttle et al. 2019 (10.1371/journal.pcbi.1007455) and what ledgers/cortex/leao.toml adds.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda
from leao.cortex.kernels.tissue import Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

# Columns of the state, (node, column).
NA_N, K_N, CL_N, GLU_N, NA_G, K_G, CL_G, GLU_G, NA_E, K_E, CL_E, GLU_E = range(12)
ALPHA_N, ALPHA_G, V_N, V_G, H_NAP, POOL = range(12, 18)
N_STATE = 18

# Columns of the voltage table, (voltage, column): what a Newton iteration reads fills one cache line.
GHK, NAP, POTASSIUM, RELEASE, OPEN = range(5)
NAP_OPEN, NAP_CLOSE, KIR, KIR_DRIVE, LEAVE = range(8, 13)
MOST_SUBTYPES = 4
N_TABLE = 16

# Columns of the work array: glial K+ conductance, constants of the glial currents, glutamate and neuronal voltage
# one step before.
G_K, Q_NA, Q_K, Q_CL, GLU_BEFORE, V_BEFORE = range(6)
N_WORK = 6

# Columns of what a stimulus does to a node.
KCL, PULSE, GLUTAMATE, CHARGE, BATH = range(5)
N_KIND = 5

ROOT_HALF = 0x3FE6A09E667F3BCD  # bits of sqrt(1/2)
MANTISSA = 0x000FFFFFFFFFFFFF
LOG_2 = float(np.log(2.0))

OK, NO_ROOT, NEGATIVE, RUNAWAY, TOO_COARSE = range(5)

LARGEST_MOVE = 0.4  # of the neuronal voltage within one Newton iteration, RT/F
ROOT_FOUND = 1e-7  # RT/F
LEAST_SLOPE = 0.1  # of the Newton line, as a share of C/dt
PATIENCE = 15  # iterations
MOST_ITERATIONS = 100
VOLTAGE_LIMIT = 7.0  # RT/F; inside the voltage table
LARGEST_SHRINKAGE = 0.5  # share of the room above the floor that one step may take


@njit(cache=True, fastmath=FAST, inline="always")
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
def sense(state: Array, c: Array, work: Array, logs: Array, j: int) -> int:
    """Fills concentrations `c` of node j and in `logs` (row, node) the ratios inside over outside; status."""
    alpha_e = 1.0 - state[j, ALPHA_N] - state[j, ALPHA_G]
    work[j, GLU_BEFORE] = c[j, GLU_E]
    in_n, in_g, in_e = 1.0 / state[j, ALPHA_N], 1.0 / state[j, ALPHA_G], 1.0 / alpha_e
    smallest = alpha_e
    for i in range(4):
        c[j, i] = state[j, i] * in_n
        c[j, 4 + i] = state[j, 4 + i] * in_g
        c[j, 8 + i] = state[j, 8 + i] * in_e
        smallest = min(smallest, c[j, i], c[j, 4 + i], c[j, 8 + i])
    for i in range(3):
        outside = 1.0 / c[j, 8 + i]
        logs[i, j] = c[j, i] * outside
        logs[3 + i, j] = c[j, 4 + i] * outside
    return OK if smallest > 0.0 else NEGATIVE


@njit(cache=True, fastmath=FAST)
def logarithms(x: Array, bits: NDArray[np.int64]) -> None:
    """Replaces every x > 0 by its natural logarithm to 1e-15; `bits` is the same memory as integers.

    x = 2^e m, sqrt(1/2) <= m < sqrt(2); ln m = 2 artanh(s), s = (m - 1) / (m + 1). A plain loop, so that the
    compiler does several at once, which the library's logarithm does not allow.
    """
    for i in range(x.size):
        shifted = bits[i] - ROOT_HALF
        e = shifted >> 52
        bits[i] = (shifted & MANTISSA) + ROOT_HALF
        s = (x[i] - 1.0) / (x[i] + 1.0)
        z = s * s
        p = 1.0 / 19.0
        p = p * z + 1.0 / 17.0
        p = p * z + 1.0 / 15.0
        p = p * z + 1.0 / 13.0
        p = p * z + 1.0 / 11.0
        p = p * z + 1.0 / 9.0
        p = p * z + 1.0 / 7.0
        p = p * z + 1.0 / 5.0
        p = p * z + 1.0 / 3.0
        x[i] = e * LOG_2 + 2.0 * (s + s * (z * p))


@njit(cache=True, fastmath=FAST)
def drive_glia(state: Array, c: Array, work: Array, logs: Array, table: Array, t: Tissue, j: int) -> int:
    """Fills the glial currents q + g v of node j; status."""
    v = state[j, V_G]
    log_na, log_k, log_cl = logs[3, j], logs[4, j], logs[5, j]
    if not (abs(v) < VOLTAGE_LIMIT and abs(v + log_k) < VOLTAGE_LIMIT):
        return RUNAWAY
    g_k = glial_potassium(v, log_k, c[j, K_E], table, t)
    both = t.cotransport * (log_na + log_k + 2.0 * log_cl)
    pump = t.pump_glia * pump_factor(c[j, K_E], c[j, NA_G], t.pump_potassium, t.pump_sodium_glia)
    work[j, G_K] = g_k
    work[j, Q_NA] = t.glia_sodium * log_na + both + 3.0 * pump
    work[j, Q_K] = g_k * log_k + both - 2.0 * pump
    work[j, Q_CL] = t.glia_chloride * log_cl + 2.0 * both
    return OK


@njit(cache=True, fastmath=FAST, inline="always")
def neuron_current(
    v: float,
    c: Array,
    j: int,
    table: Array,
    t: Tissue,
    fixed: tuple[float, float, float, float],
    h: float,
    opened: Array,
) -> tuple[float, float, float, float]:
    """Na and K fluxes and the membrane current with its slope, at voltage v.

    `fixed` = (sodium offset, potassium offset, chloride offset, extra conductance); `opened` (node, subtype)
    the weighted open shares. Goldman fluxes use b(u) = u/(e^u - 1): P (c_i (b + u) - c_e b).
    """
    x = v * t.index_per_volt + t.index_of_zero
    i = int(x)
    w = x - i
    b_slope = table[i + 1, GHK] - table[i, GHK]
    m_slope = table[i + 1, NAP] - table[i, NAP]
    k_slope = table[i + 1, POTASSIUM] - table[i, POTASSIUM]
    b = table[i, GHK] + w * b_slope
    unblocked = 0.0
    o_slope = 0.0
    for s in range(opened.shape[1]):
        slope_s = table[i + 1, OPEN + s] - table[i, OPEN + s]
        unblocked += opened[j, s] * (table[i, OPEN + s] + w * slope_s)
        o_slope += opened[j, s] * slope_s
    p_na = t.nap * h * (table[i, NAP] + w * m_slope) + t.nmda_sodium * unblocked
    p_k = table[i, POTASSIUM] + w * k_slope + t.nmda_potassium * unblocked
    b_slope *= t.index_per_volt
    dp_na = (t.nap * h * m_slope + t.nmda_sodium * o_slope) * t.index_per_volt
    dp_k = (k_slope + t.nmda_potassium * o_slope) * t.index_per_volt
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


@njit(cache=True, fastmath=FAST, inline="always")
def solve_neuron(
    state: Array,
    c: Array,
    work: Array,
    logs: Array,
    j: int,
    table: Array,
    t: Tissue,
    dt: float,
    opened: Array,
    extra: float,
    charge: float,
) -> tuple[int, float, float, float, float]:
    """Neuronal fluxes at the new voltage, by bracketed Newton on C (v - v0)/dt + I(v) = 0.

    Returns (status, voltage, Na, K, Cl flux outward). It starts where the last step points to and walks downhill
    by at most LARGEST_MOVE until the sign changes, so it finds the root next to it.
    """
    log_na, log_k, log_cl = logs[0, j], logs[1, j], logs[2, j]
    pump = t.pump_neuron * pump_factor(c[j, K_E], c[j, NA_N], t.pump_potassium, t.pump_sodium_neuron)
    fixed = (
        (t.leak_sodium + extra) * log_na + 3.0 * pump - charge,
        (t.leak_potassium + extra) * log_k - 2.0 * pump,
        (t.leak_chloride + extra) * log_cl,
        extra,
    )
    v0 = state[j, V_N]
    v = v0 + min(max(v0 - work[j, V_BEFORE], -LARGEST_MOVE), LARGEST_MOVE)
    work[j, V_BEFORE] = v0
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


@njit(cache=True, fastmath=FAST, inline="always")
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


@njit(cache=True, fastmath=FAST, inline="always")
def exchange(
    state: Array, c: Array, work: Array, j: int, t: Tissue, dt: float, flux: tuple[float, float, float],
    kcl: float, bath: float,
) -> None:  # fmt: skip
    """Carries Na, K, Cl between the three compartments, the vessels and a bath at node j.

    A bath of high K+ takes Na+ for it, so that neither charge nor osmolarity is added.
    """
    v_g = state[j, V_G]
    g_na = work[j, Q_NA] + t.glia_sodium * v_g
    g_k = work[j, Q_K] + work[j, G_K] * v_g
    g_cl = work[j, Q_CL] - t.glia_chloride * v_g
    alpha_e = 1.0 - state[j, ALPHA_N] - state[j, ALPHA_G]
    washed = t.vascular * (c[j, K_E] - t.vascular_potassium) * alpha_e
    state[j, NA_N] -= dt * flux[0]
    state[j, K_N] -= dt * flux[1]
    state[j, CL_N] -= dt * flux[2]
    state[j, NA_G] -= dt * g_na
    state[j, K_G] -= dt * g_k
    state[j, CL_G] -= dt * g_cl
    if bath != 0.0:
        washed -= bath * (t.bath_potassium - c[j, K_E]) * alpha_e * c[j, NA_E] / (c[j, NA_E] + t.bath_sodium)
    state[j, NA_E] += dt * (flux[0] + g_na + washed)
    state[j, K_E] += dt * (flux[1] + g_k - washed + kcl)
    state[j, CL_E] += dt * (flux[2] + g_cl + kcl)


@njit(cache=True, fastmath=FAST, inline="always")
def cycle_glutamate(state: Array, c: Array, j: int, t: Tissue, dt: float, activation: float, source: float) -> None:
    """Release, uptake and shuttle of glutamate at node j, implicit and conservative; `source` is poured outside.

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
    n, g, e = state[j, GLU_N], state[j, GLU_G], state[j, GLU_E] + dt * source
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


@njit(cache=True, fastmath=FAST, inline="always")
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


@njit(cache=True, fastmath=FAST, inline="always")
def relax_gates(state: Array, j: int, table: Array, t: Tissue, dt: float, activation: float) -> None:
    """Moves slow gates one backward-Euler step: hNaP and the vesicle pool."""
    x = state[j, V_N] * t.index_per_volt + t.index_of_zero
    a = dt * look(table, x, NAP_OPEN)
    b = dt * look(table, x, NAP_CLOSE)
    state[j, H_NAP] = (state[j, H_NAP] + a) / (1.0 + a + b)
    state[j, POOL] = (state[j, POOL] + dt * t.refill) / (1.0 + dt * (t.refill + t.deplete * activation))


@njit(cache=True, fastmath=FAST)
def open_receptors(
    state: Array, c: Array, work: Array, gate: Array, table: Array, r: Array, k: Array, t: Tissue, dt: float,
    around: Array, opened: Array,
) -> None:  # fmt: skip
    """Moves the receptors of all nodes one step and fills `opened` (node, subtype) with their weighted open shares.

    Glutamate is taken ahead, at the end of the step: read at its start, the wave would be slow at 25 ms.
    `around` (4, node) is scratch.
    """
    n = state.shape[0]
    for s in range(r.shape[0]):
        instant = r[s, nmda.INSTANT] != 0.0
        for j in range(n):
            now = c[j, GLU_E]
            around[0, j] = max(2.0 * now - work[j, GLU_BEFORE], 0.5 * now)
            around[1, j] = nmda.share_bound(r, s, around[0, j]) if instant else 1.0
            x = state[j, V_N] * t.index_per_volt + t.index_of_zero
            i = int(x)
            w = x - i
            around[2, j] = table[i, OPEN + s] + w * (table[i + 1, OPEN + s] - table[i, OPEN + s])
            around[3, j] = dt * (table[i, LEAVE + s] + w * (table[i + 1, LEAVE + s] - table[i, LEAVE + s]))
        nmda.step(gate[s], k[s], around, r[s, nmda.ON] != 0.0)
        for j in range(n):
            opened[j, s] = r[s, nmda.WEIGHT] * around[1, j] * gate[s, nmda.L, j]


@njit(cache=True, fastmath=FAST)
def advance(
    state: Array,
    c: Array,
    work: Array,
    logs: Array,
    table: Array,
    t: Tissue,
    dt: float,
    drive: Array,
    zone: Array,
    opened: Array,
    excitability: Array,
) -> tuple[int, int]:
    """Moves all nodes one step, each by itself, geometry and receptors done before; (status, node).

    `drive` (kind,) is the stimulus per volume and second, `zone` (node,) the share of a node under it, `opened`
    (node, subtype) the weighted open shares of the receptors, `excitability` (node,) a factor on glutamate release.
    """
    for j in range(state.shape[0]):
        extra, charge = drive[PULSE] * zone[j], drive[CHARGE] * zone[j]
        status, v, f_na, f_k, f_cl = solve_neuron(state, c, work, logs, j, table, t, dt, opened, extra, charge)
        if status != OK:
            return status, j
        if not abs(v) < VOLTAGE_LIMIT:
            return RUNAWAY, j
        state[j, V_N] = v
        exchange(state, c, work, j, t, dt, (f_na, f_k, f_cl), drive[KCL] * zone[j], drive[BATH] * zone[j])
        activation = excitability[j] * look(table, v * t.index_per_volt + t.index_of_zero, RELEASE)
        cycle_glutamate(state, c, j, t, dt, activation, drive[GLUTAMATE] * zone[j])
        swell(state, c, j, t, dt)
        relax_gates(state, j, table, t, dt, activation)
    return OK, 0
