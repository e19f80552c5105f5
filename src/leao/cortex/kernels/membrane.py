"""The second model of a node, many nodes at once: neurone (n), glia (g), extracellular space (e), a reserve of energy.

Sixteen neighbouring nodes make a tile: one flat array in which every quantity is a row of 16 lanes with a halo lane on
either side, so that a loop over lanes has only constant distances and the compiler does several lanes at once. What a
voltage alone decides is looked up by a loop of its own, since a look-up inside would forbid that.

Beyond the first model (kernels/node.py, whose order of a step is kept):
    transport of glutamate into cell k     J_k = V_k exp(-s (v_k - v_k,rest)) (G_e - q_k G_k) / (Km + G_e + q_k G_k)
        q_k = r (K_e / K_k) (Na_k / Na_e)^3 exp(2 v_k): 3 Na+ and 1 H+ in, 1 K+ out, zero flux at thermodynamic balance.
        With H+ glutamate moves as a neutral pair, so that 3 Na+ and 1 K+ carry the two charges.
        J of a step is charged to the membranes in the next: amounts and charge stay exact.
    tonic leak of glutamate from the neurone, which holds the resting level
    reserve E of a node: pump_k = left_k I_k f_k p(E), p = (1 + h) E / (E + h), E = 1 at rest,
        dE/dt = (S (1 + c - E) - c T) / (c t_store),  T = both pumps over both at rest; sustained T <= 1 + 1/c
    water of neurone and glia apart; no exchange with vessels.
`saturable` 0 gives first-order uptake without charge, `reserve` 0 pumps that are never short: the first model.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda, node
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.tissue import Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

LANES = 16
ROW = LANES + 2  # a halo lane on either side


def _rows(first: int, count: int) -> tuple[int, ...]:
    return tuple((first + k) * ROW + 1 for k in range(count))


# Offsets of lane 0 of each row in a tile. The first 19 are the state, in the order of kernels/node.py with E last.
N_STATE = node.N_STATE + 1
NA_N, K_N, CL_N, GLU_N, NA_G, K_G, CL_G, GLU_G, NA_E, K_E, CL_E, GLU_E = _rows(0, 12)
ALPHA_N, ALPHA_G, V_N, V_G, H_NAP, POOL, ENERGY = _rows(12, 7)
C = _rows(19, 1)[0]  # twelve concentrations, in the state's order
C_NA_N, C_K_N, C_CL_N, C_GLU_N, C_NA_G, C_K_G, C_CL_G, C_GLU_G, C_NA_E, C_K_E, C_CL_E, C_GLU_E = _rows(19, 12)
RATIO = _rows(31, 1)[0]  # inside over outside: Na, K, Cl of the neurone, then of glia
R_NA_N, R_K_N, R_CL_N, R_NA_G, R_K_G, R_CL_G = _rows(31, 6)
LOG = _rows(37, 1)[0]  # their logarithms, and the ratios they belong to
L_NA_N, L_K_N, L_CL_N, L_NA_G, L_K_G, L_CL_G = _rows(37, 6)
OLD = _rows(43, 1)[0]
ALPHA_E, LEAST, MOST = _rows(49, 3)
G_K, Q_NA, Q_K, Q_CL = _rows(52, 4)
GLU_BEFORE, V_BEFORE, PUMP_N, PUMP_G, UP_N, UP_G = _rows(56, 6)
A_E, S_E, A_G, S_G, MIDDLE, OPEN_EDGE, DIAGONAL, FIELD, FIELD_G = _rows(62, 9)
SWEEP_SHARE, SWEEP_VALUE = _rows(71, 2)
ZONE, EXCITABILITY, TRY, F_NA, F_K, F_CL, D_NA, D_K, D_CL, MOVE, AHEAD = _rows(73, 11)
X_KIR, X_DRIVE, BY_V, BY_DRIVE, SHIFT = _rows(84, 5)
FLOWS = _rows(89, 1)[0]  # across the interfaces, eight substances
B, NAP, POTASSIUM, UNBLOCKED, B_STEP, NAP_STEP, POTASSIUM_STEP, UNBLOCKED_STEP = _rows(97, 8)
RELEASE, NAP_OPEN, NAP_CLOSE = _rows(105, 3)
GATE = _rows(108, 1)[0]  # blocks of the subtypes: eight states, then what a step needs beside them
BOUND, FREE, LEFT, OPENED = (k * ROW for k in range(nmda.N_GATE, nmda.N_GATE + 4))  # rows within a block
BLOCK = (nmda.N_GATE + 4) * ROW
TILE = GATE - 1 + BLOCK * node.MOST_SUBTYPES

SMALL_MOVE = 3e-4  # RT/F: a second Newton step below this is exact enough once the fluxes are carried along it
LARGE_MOVE = 0.2  # RT/F of the first step, above which a lane goes the safe way
LEAST_ENERGY = 1e-30  # an empty reserve: what is left of it is divided by
LARGEST_RATIO_STEP = 0.05  # of (r - r_old) / (r + r_old), for the series of its logarithm


@njit(cache=True, fastmath=FAST, error_model="numpy")
def sense(t: Array) -> bool:
    """Fills concentrations, ratios and logarithms; False where an amount or the extracellular space fell to zero.

    ln(r) = ln(r_old) + 2 artanh(s), s = (r - r_old) / (r + r_old): ratios move little in a step.
    """
    for j in range(LANES):
        alpha_e = 1.0 - t[ALPHA_N + j] - t[ALPHA_G + j]
        t[ALPHA_E + j] = alpha_e
        t[GLU_BEFORE + j] = t[C_GLU_E + j]
        in_n, in_g, in_e = 1.0 / t[ALPHA_N + j], 1.0 / t[ALPHA_G + j], 1.0 / alpha_e
        least = alpha_e
        for i in range(4):
            n, g, e = t[NA_N + i * ROW + j] * in_n, t[NA_G + i * ROW + j] * in_g, t[NA_E + i * ROW + j] * in_e
            t[C_NA_N + i * ROW + j], t[C_NA_G + i * ROW + j], t[C_NA_E + i * ROW + j] = n, g, e
            least = min(least, min(n, min(g, e)))
        t[LEAST + j] = least
    for j in range(LANES):
        most = 0.0
        for i in range(3):
            outside = 1.0 / t[C_NA_E + i * ROW + j]
            for k in range(2):
                r = t[C + (4 * k + i) * ROW + j] * outside
                row = 3 * k + i
                old = t[OLD + row * ROW + j]
                s = (r - old) / (r + old)
                z = s * s
                p = 1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z / 11.0)))
                t[LOG + row * ROW + j] += 2.0 * (s + s * (z * p))
                t[RATIO + row * ROW + j] = r
                t[OLD + row * ROW + j] = r
                most = max(most, z)
        t[MOST + j] = most
    far = False
    for j in range(LANES):
        if not t[LEAST + j] > 0.0:
            return False
        far |= not t[MOST + j] < LARGEST_RATIO_STEP * LARGEST_RATIO_STEP
    if far:
        exact_logarithms(t)
    return True


@njit(cache=True, fastmath=FAST, error_model="numpy")
def exact_logarithms(t: Array) -> None:
    """Takes the logarithms anew from the ratios: at the start, and after a leap."""
    for row in range(6):
        for j in range(LANES):
            t[LOG + row * ROW + j] = np.log(t[RATIO + row * ROW + j])


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def exponential(x: float) -> float:
    """e^x by its series at x / 64 and six squarings: to 1e-13 for |x| <= 20, without a library call."""
    y = x * (1.0 / 64.0)
    p = 1.0 + y * (1.0 / 10.0)
    p = 1.0 + y * (1.0 / 9.0) * p
    p = 1.0 + y * (1.0 / 8.0) * p
    p = 1.0 + y * (1.0 / 7.0) * p
    p = 1.0 + y * (1.0 / 6.0) * p
    p = 1.0 + y * (1.0 / 5.0) * p
    p = 1.0 + y * (1.0 / 4.0) * p
    p = 1.0 + y * (1.0 / 3.0) * p
    p = 1.0 + y * 0.5 * p
    p = 1.0 + y * p
    p *= p
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@njit(cache=True, fastmath=FAST, error_model="numpy")
def look_up_channels(t: Array, table: Array, c: Tissue, subtypes: int) -> None:
    """Fills what the neuronal current takes from the voltages in the row TRY, with the steps to the next table row."""
    for j in range(LANES):
        x = t[TRY + j] * c.index_per_volt + c.index_of_zero
        i = int(x)
        w = x - i
        at = i * node.N_TABLE
        up = at + node.N_TABLE
        b, nap, potassium = table[at + node.GHK], table[at + node.NAP], table[at + node.POTASSIUM]
        b_step, nap_step = table[up + node.GHK] - b, table[up + node.NAP] - nap
        potassium_step = table[up + node.POTASSIUM] - potassium
        unblocked, unblocked_step = 0.0, 0.0
        for s in range(subtypes):
            opened, share = t[GATE + s * BLOCK + OPENED + j], table[at + node.OPEN + s]
            unblocked += opened * share
            unblocked_step += opened * (table[up + node.OPEN + s] - share)
        t[B + j], t[B_STEP + j] = b + w * b_step, b_step
        t[NAP + j], t[NAP_STEP + j] = nap + w * nap_step, nap_step
        t[POTASSIUM + j], t[POTASSIUM_STEP + j] = potassium + w * potassium_step, potassium_step
        t[UNBLOCKED + j], t[UNBLOCKED_STEP + j] = unblocked + w * unblocked_step, unblocked_step


@njit(cache=True, fastmath=FAST, error_model="numpy")
def look_up_slow(t: Array, table: Array, r: Array, c: Tissue, dt: float) -> None:
    """Fills what the slow gates take from the neuronal voltage: release, hNaP, the sites of a drug."""
    for j in range(LANES):
        x = t[V_N + j] * c.index_per_volt + c.index_of_zero
        i = int(x)
        w = x - i
        at = i * node.N_TABLE
        up = at + node.N_TABLE
        release, opens, closes = table[at + node.RELEASE], table[at + node.NAP_OPEN], table[at + node.NAP_CLOSE]
        t[RELEASE + j] = release + w * (table[up + node.RELEASE] - release)
        t[NAP_OPEN + j] = opens + w * (table[up + node.NAP_OPEN] - opens)
        t[NAP_CLOSE + j] = closes + w * (table[up + node.NAP_CLOSE] - closes)
        for s in range(r.shape[0]):
            if r[s, nmda.ON] != 0.0:
                share, leave = table[at + node.OPEN + s], table[at + node.LEAVE + s]
                t[GATE + s * BLOCK + FREE + j] = share + w * (table[up + node.OPEN + s] - share)
                t[GATE + s * BLOCK + LEFT + j] = dt * (leave + w * (table[up + node.LEAVE + s] - leave))


@njit(cache=True, fastmath=FAST, error_model="numpy")
def inside_table(t: Array, row: int) -> bool:
    """Return whether all lanes of a row of voltages lie inside the voltage table."""
    fine = True
    for j in range(LANES):
        fine &= abs(t[row + j]) < node.VOLTAGE_LIMIT
    return fine


@njit(cache=True, fastmath=FAST, error_model="numpy")
def drive_glia(t: Array, table: Array, c: Tissue, h: Homeostat) -> bool:
    """Fills both pumps and the glial currents q + g v; False where a potential left the table."""
    for j in range(LANES):
        v = t[V_G + j]
        t[X_KIR + j] = v
        t[X_DRIVE + j] = v + t[L_K_G + j]
    if not (inside_table(t, X_KIR) and inside_table(t, X_DRIVE)):
        return False
    for j in range(LANES):
        x = t[X_KIR + j] * c.index_per_volt + c.index_of_zero
        i = int(x)
        at = i * node.N_TABLE + node.KIR
        t[BY_V + j] = table[at] + (x - i) * (table[at + node.N_TABLE] - table[at])
        x = t[X_DRIVE + j] * c.index_per_volt + c.index_of_zero
        i = int(x)
        at = i * node.N_TABLE + node.KIR_DRIVE
        t[BY_DRIVE + j] = table[at] + (x - i) * (table[at + node.N_TABLE] - table[at])
    for j in range(LANES):
        energy = t[ENERGY + j]
        fed = (1.0 + h.energy_half) * energy / (energy + h.energy_half) if h.reserve != 0.0 else 1.0
        a = 1.0 + c.pump_potassium / t[C_K_E + j]
        b_n, b_g = 1.0 + c.pump_sodium_neuron / t[C_NA_N + j], 1.0 + c.pump_sodium_glia / t[C_NA_G + j]
        fed /= a * a
        pump = h.left_glia * c.pump_glia * fed / (b_g * b_g * b_g)
        t[PUMP_N + j] = h.left_neuron * c.pump_neuron * fed / (b_n * b_n * b_n)
        t[PUMP_G + j] = pump
        log_na, log_k, log_cl = t[L_NA_G + j], t[L_K_G + j], t[L_CL_G + j]
        g_k = c.kir * np.sqrt(t[C_K_E + j] / c.kir_potassium) * t[BY_V + j] * t[BY_DRIVE + j]
        both = c.cotransport * (log_na + log_k + 2.0 * log_cl)
        carried = t[UP_G + j] * h.saturable
        t[G_K + j] = g_k
        t[Q_NA + j] = c.glia_sodium * log_na + both + 3.0 * pump - 3.0 * carried
        t[Q_K + j] = g_k * log_k + both - 2.0 * pump + carried
        t[Q_CL + j] = c.glia_chloride * log_cl + 2.0 * both
    return True


@njit(cache=True, fastmath=FAST, error_model="numpy")
def neuron_fluxes(t: Array, c: Tissue, h: Homeostat, pulse: float, charge: float) -> None:
    """Fills outward Na, K and Cl fluxes of the neurone and their slopes, from what was looked up at the row TRY."""
    for j in range(LANES):
        v = t[TRY + j]
        b, b_step = t[B + j], t[B_STEP + j] * c.index_per_volt
        gate = c.nap * t[H_NAP + j]
        unblocked, unblocked_step = t[UNBLOCKED + j], t[UNBLOCKED_STEP + j]
        p_na = gate * t[NAP + j] + c.nmda_sodium * unblocked
        p_k = t[POTASSIUM + j] + c.nmda_potassium * unblocked
        dp_na = (gate * t[NAP_STEP + j] + c.nmda_sodium * unblocked_step) * c.index_per_volt
        dp_k = (t[POTASSIUM_STEP + j] + c.nmda_potassium * unblocked_step) * c.index_per_volt
        extra = pulse * t[ZONE + j]
        g_na, g_k, g_cl = c.leak_sodium + extra, c.leak_potassium + extra, c.leak_chloride + extra
        na_n, na_e, k_n, k_e = t[C_NA_N + j], t[C_NA_E + j], t[C_K_N + j], t[C_K_E + j]
        drive_na, drive_k = na_n * (b + v) - na_e * b, k_n * (b + v) - k_e * b
        carried = t[UP_N + j] * h.saturable
        pump = t[PUMP_N + j]
        t[F_NA + j] = p_na * drive_na + g_na * (v + t[L_NA_N + j]) + 3.0 * pump - 3.0 * carried - charge * t[ZONE + j]
        t[F_K + j] = p_k * drive_k + g_k * (v + t[L_K_N + j]) - 2.0 * pump + carried
        t[F_CL + j] = g_cl * (t[L_CL_N + j] - v)
        t[D_NA + j] = dp_na * drive_na + p_na * (na_n * (b_step + 1.0) - na_e * b_step) + g_na
        t[D_K + j] = dp_k * drive_k + p_k * (k_n * (b_step + 1.0) - k_e * b_step) + g_k
        t[D_CL + j] = -g_cl


@njit(cache=True, fastmath=FAST, error_model="numpy")
def solve_neuron(
    t: Array, table: Array, c: Tissue, h: Homeostat, dt: float, pulse: float, charge: float, subtypes: int
) -> tuple[int, int]:
    """Moves the neuronal voltage, C (v - v0)/dt + I(v) = 0: two Newton turns for all lanes, a safe way for the few.

    The fluxes are carried along the last Newton step, so that charge and amounts agree whatever it was.
    """
    c_dt = c.capacitance / dt
    for j in range(LANES):
        v0 = t[V_N + j]
        move = v0 - t[V_BEFORE + j]
        t[TRY + j] = v0 + min(max(move, -node.LARGEST_MOVE), node.LARGEST_MOVE)
        t[SHIFT + j] = t[V_BEFORE + j]
        t[V_BEFORE + j] = v0
    safe = True
    for turn in range(2):
        if not inside_table(t, TRY):
            return node.RUNAWAY, 0
        look_up_channels(t, table, c, subtypes)
        neuron_fluxes(t, c, h, pulse, charge)
        limit = LARGE_MOVE if turn == 0 else SMALL_MOVE
        for j in range(LANES):
            residual = c_dt * (t[TRY + j] - t[V_N + j]) + t[F_NA + j] + t[F_K + j] - t[F_CL + j]
            slope = c_dt + t[D_NA + j] + t[D_K + j] - t[D_CL + j]
            t[MOVE + j] = -residual / slope
            t[LEAST + j] = slope - node.LEAST_SLOPE * c_dt
        for j in range(LANES):
            safe &= (abs(t[MOVE + j]) < limit) & (t[LEAST + j] > 0.0)
        if turn == 0:
            for j in range(LANES):
                t[TRY + j] += min(max(t[MOVE + j], -node.LARGEST_MOVE), node.LARGEST_MOVE)
    if not safe:
        status, j = safe_way(t, table, c, h, dt, pulse, charge, subtypes)
        if status != node.OK:
            return status, j
    for j in range(LANES):
        move = t[MOVE + j]
        t[F_NA + j] += t[D_NA + j] * move
        t[F_K + j] += t[D_K + j] * move
        t[F_CL + j] += t[D_CL + j] * move
        t[V_N + j] -= (t[F_NA + j] + t[F_K + j] - t[F_CL + j]) / c_dt
    return (node.OK, 0) if inside_table(t, V_N) else (node.RUNAWAY, 0)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def safe_way(
    t: Array, table: Array, c: Tissue, h: Homeostat, dt: float, pulse: float, charge: float, subtypes: int
) -> tuple[int, int]:
    """Brackets the root of every lane, each starting where its last voltage points to; (status, lane).

    Walks downhill by at most LARGEST_MOVE until the sign changes, so it finds the root next to it. A lane that has
    arrived stays where it is.
    """
    c_dt = c.capacitance / dt
    low, high = np.full(LANES, -node.VOLTAGE_LIMIT), np.full(LANES, node.VOLTAGE_LIMIT)
    for j in range(LANES):
        move = t[V_N + j] - t[SHIFT + j]
        t[TRY + j] = t[V_N + j] + min(max(move, -node.LARGEST_MOVE), node.LARGEST_MOVE)
    for turn in range(node.MOST_ITERATIONS):
        if not inside_table(t, TRY):
            return node.RUNAWAY, 0
        look_up_channels(t, table, c, subtypes)
        neuron_fluxes(t, c, h, pulse, charge)
        arrived = True
        for j in range(LANES):
            residual = c_dt * (t[TRY + j] - t[V_N + j]) + t[F_NA + j] + t[F_K + j] - t[F_CL + j]
            slope = t[D_NA + j] + t[D_K + j] - t[D_CL + j]
            low[j], high[j], move = node.next_step(t[TRY + j], residual, c_dt, slope, low[j], high[j], turn)
            t[MOVE + j] = 0.0
            if abs(move) >= node.ROOT_FOUND:
                arrived = False
                t[TRY + j] += move
        if arrived:
            return node.OK, 0
    return node.NO_ROOT, 0


@njit(cache=True, fastmath=FAST, error_model="numpy")
def exchange(t: Array, c: Tissue, dt: float, kcl: float, bath: float) -> None:
    """Carries Na, K and Cl between the compartments and a bath, which takes Na+ for the K+ it gives."""
    for j in range(LANES):
        v = t[V_G + j]
        f_na, f_k, f_cl = t[F_NA + j], t[F_K + j], t[F_CL + j]
        g_na, g_k = t[Q_NA + j] + c.glia_sodium * v, t[Q_K + j] + t[G_K + j] * v
        g_cl = t[Q_CL + j] - c.glia_chloride * v
        na_e = t[C_NA_E + j]
        given = bath * t[ZONE + j] * (c.bath_potassium - t[C_K_E + j]) * t[ALPHA_E + j] * na_e / (na_e + c.bath_sodium)
        poured = kcl * t[ZONE + j]
        t[NA_N + j] -= dt * f_na
        t[K_N + j] -= dt * f_k
        t[CL_N + j] -= dt * f_cl
        t[NA_G + j] -= dt * g_na
        t[K_G + j] -= dt * g_k
        t[CL_G + j] -= dt * g_cl
        t[NA_E + j] += dt * (f_na + g_na - given)
        t[K_E + j] += dt * (f_k + g_k + given + poured)
        t[CL_E + j] += dt * (f_cl + g_cl + poured)


@njit(cache=True, fastmath=FAST, error_model="numpy")
def cycle_glutamate(t: Array, c: Tissue, h: Homeostat, dt: float, source: float) -> None:
    """Release, transport, leak and shuttle of glutamate, implicit and conservative.

    Every path is first order with a frozen coefficient, so the 3 x 3 system is an M-matrix: amounts stay positive at
    any step, and their sum is kept.
    """
    for j in range(LANES):
        alpha_n, alpha_g, alpha_e = t[ALPHA_N + j], t[ALPHA_G + j], t[ALPHA_E + j]
        c_n, c_g, c_e = t[C_GLU_N + j], t[C_GLU_G + j], t[C_GLU_E + j]
        v_n, v_g = t[V_N + j], t[V_G + j]
        r_n, r_g = t[R_NA_N + j], t[R_NA_G + j]
        if h.saturable != 0.0:
            q_n = h.proton_ratio * r_n * r_n * r_n * exponential(2.0 * v_n) / t[R_K_N + j]
            q_g = h.proton_ratio * r_g * r_g * r_g * exponential(2.0 * v_g) / t[R_K_G + j]
            w_n = h.capacity_neuron * exponential(h.sensitivity * (h.voltage_neuron - v_n)) / (h.half + c_e + q_n * c_n)
            w_g = h.capacity_glia * exponential(h.sensitivity * (h.voltage_glia - v_g)) / (h.half + c_e + q_g * c_g)
        else:
            q_n, q_g = c.ratio_outside * c.ratio_glia, c.ratio_outside
            w_n, w_g = c.uptake_neuron, c.uptake_glia
        activation = t[EXCITABILITY + j] * t[RELEASE + j]
        spill = c.release * t[POOL + j] * activation / (c_n + c.release_half)
        n_u, g_u = dt * w_n * q_n / alpha_n, dt * w_g * q_g / alpha_g
        n_e = dt * (spill + h.tonic / c_n) / alpha_n + n_u
        n_g, g_n = dt * c.shuttle * c.ratio_glia / alpha_n, dt * c.shuttle / alpha_g
        e_n, e_g = dt * w_n / alpha_e, dt * w_g / alpha_e
        n, g, e = t[GLU_N + j], t[GLU_G + j], t[GLU_E + j] + dt * source * t[ZONE + j]
        # Eliminate n, then g, from (d_n, -g_n, -e_n), (-n_g, d_g, -e_g), e = total - n - g.
        total = n + g + e
        a11, a12, b1 = 1.0 + n_e + n_g + e_n, e_n - g_n, n + e_n * total
        a21, a22, b2 = e_g - n_g, 1.0 + g_n + g_u + e_g, g + e_g * total
        det = 1.0 / (a11 * a22 - a12 * a21)
        new_n, new_g = (b1 * a22 - a12 * b2) * det, (a11 * b2 - a21 * b1) * det
        new_e = (e + n_e * new_n + g_u * new_g) / (1.0 + e_n + e_g)
        t[GLU_N + j], t[GLU_G + j], t[GLU_E + j] = new_n, new_g, new_e
        t[UP_N + j] = (e_n * new_e - n_u * new_n) / dt
        t[UP_G + j] = (e_g * new_e - g_u * new_g) / dt


@njit(cache=True, fastmath=FAST, error_model="numpy")
def swell(t: Array, c: Tissue, h: Homeostat, dt: float) -> None:
    """Moves water by osmotic difference; extracellular matrix resists below its rest volume (kernels/node.py)."""
    for j in range(LANES):
        alpha_n, alpha_g, alpha_e = t[ALPHA_N + j], t[ALPHA_G + j], t[ALPHA_E + j]
        room = alpha_e - c.floor
        pi_n, pi_g = c.immobile_neuron / alpha_n, c.immobile_glia / alpha_g
        pi_e = c.immobile_outside / alpha_e + c.stiffness * (1.0 / room - 1.0 / (c.ecs_rest - c.floor))
        for i in range(4):
            pi_n += t[C_NA_N + i * ROW + j]
            pi_g += t[C_NA_G + i * ROW + j]
            pi_e += t[C_NA_E + i * ROW + j]
        d_n, d_g = dt * c.water * (pi_n - pi_e), dt * h.water_glia * (pi_g - pi_e)
        limit = 1.0 / max(1.0, (d_n + d_g) / (node.LARGEST_SHRINKAGE * room))
        t[ALPHA_N + j] = alpha_n + d_n * limit
        t[ALPHA_G + j] = alpha_g + d_g * limit


@njit(cache=True, fastmath=FAST, error_model="numpy")
def relax(t: Array, c: Tissue, h: Homeostat, dt: float) -> None:
    """Moves hNaP, the vesicle pool and the reserve one backward-Euler step."""
    rate = dt / (h.depth * h.store)
    for j in range(LANES):
        a, b = dt * t[NAP_OPEN + j], dt * t[NAP_CLOSE + j]
        t[H_NAP + j] = (t[H_NAP + j] + a) / (1.0 + a + b)
        used = c.deplete * t[EXCITABILITY + j] * t[RELEASE + j]
        t[POOL + j] = (t[POOL + j] + dt * c.refill) / (1.0 + dt * (c.refill + used))
        energy = t[ENERGY + j]
        per_energy = h.depth * (t[PUMP_N + j] + t[PUMP_G + j]) / (h.turnover * energy)
        moved = (energy + rate * h.oxygen * (1.0 + h.depth)) / (1.0 + rate * (h.oxygen + per_energy))
        t[ENERGY + j] = max(moved, LEAST_ENERGY) if h.reserve != 0.0 else energy
