"""A node of cortex, many at once: neurone (n), glia (g), extracellular space (e), a reserve of energy.

Sixteen neighbouring nodes make a tile: one flat array in which every quantity is a row of 16 lanes, so that a loop over
lanes has only constant distances and the compiler does several lanes at once. A row begins on a line of the cache; the
halo lanes, what the neighbouring tiles hold, lie in the room before it and before the next. What a voltage alone
decides is looked up by a loop of its own, since a look-up inside would forbid that. A division costs as much as eight
products: what a node divides by in one place is inverted as one product and taken apart again.

Potentials are in RT/F, amounts in mmol per cm3 of tissue, concentrations in mmol/cm3. The first model is that of Tuttle
et al. 2019 (10.1371/journal.pcbi.1007455) and what ledgers/cortex/leao.toml adds; the second has beyond it:
    transport of glutamate into cell k     J_k = V_k exp(-s (v_k - v_k,rest)) (G_e - q_k G_k) / (Km + G_e + q_k G_k)
        q_k = r (K_e / K_k) (Na_k / Na_e)^3 exp(2 v_k): 3 Na+ and 1 H+ in, 1 K+ out, zero flux at thermodynamic balance.
        With H+ glutamate moves as a neutral pair, so that 3 Na+ and 1 K+ carry the two charges.
        J of a step is charged to the membranes in the next: amounts and charge stay exact.
    tonic leak of glutamate from the neurone, which holds the resting level
    reserve E of a node: pump_k = left_k I_k f_k p(E), p = (1 + h) E / (E + h), E = 1 at rest,
        dE/dt = (S (1 + c - E) - c T) / (c t_store),  T = both pumps over both at rest; sustained T <= 1 + 1/c
    water of neurone and glia apart; no exchange with vessels (``vascular`` 0).
In all kernels of a node: ``t`` a tile, ``j`` a lane, ``c`` and ``h`` the constants of both models (Tissue, Homeostat),
``r`` the receptors' constants, ``k`` what a step makes of them.
`saturable` 0 gives first-order uptake without charge, `reserve` 0 pumps that are never short: the first model.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda, node
from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.node import INNER
from leao.cortex.kernels.tissue import Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}
# `_nrt=False`: these functions allocate nothing, so that arrays need not be counted as they are handed on; the atomic
# counting took a tenth of a step.

LANES = 16
PAD = 8  # numbers before the first lane of a row: a line of the cache, in which the halo lanes lie
ROW = LANES + PAD


def _rows(first: int, count: int) -> tuple[int, ...]:
    return tuple((first + k) * ROW + PAD for k in range(count))


# Offsets of lane 0 of each row in a tile. The first 19 are the state, in the order of kernels/node.py with E last.
N_STATE = node.N_STATE + 1
NA_N, K_N, CL_N, GLU_N, NA_G, K_G, CL_G, GLU_G, NA_E, K_E, CL_E, GLU_E = _rows(0, 12)
ALPHA_N, ALPHA_G, V_N, V_G, H_NAP, POOL, ENERGY = _rows(12, 7)
C = _rows(19, 1)[0]  # twelve concentrations, in the state's order
C_NA_N, C_K_N, C_CL_N, C_GLU_N, C_NA_G, C_K_G, C_CL_G, C_GLU_G, C_NA_E, C_K_E, C_CL_E, C_GLU_E = _rows(19, 12)
RATIO = _rows(31, 1)[0]  # inside over outside: Na, K, Cl of the neurone, then of glia
LOG = _rows(37, 1)[0]  # their logarithms
L_NA_N, L_K_N, L_CL_N, L_NA_G, L_K_G, L_CL_G = _rows(37, 6)
ALPHA_E, IN_N, IN_G, IN_E, LEAST, MOST = _rows(43, 6)  # share outside, then 1 / shares
G_K, Q_NA, Q_K, Q_CL = _rows(49, 4)
AHEAD, V_BEFORE, PUMP_N, PUMP_G, UP_N, UP_G = _rows(53, 6)  # first: glutamate outside at the end of a step
A_E, S_E, A_G, S_G, MIDDLE, OPEN_EDGE, RESIST, DIAGONAL, FIELD, FIELD_G = _rows(59, 10)
SWEEP_SHARE, SWEEP_VALUE = _rows(69, 2)
ZONE, EXCITABILITY, TRY, F_NA, F_K, F_CL, D_NA, D_K, D_CL, MOVE = _rows(71, 10)
X_KIR, X_DRIVE, RECTIFIED, SHIFT = _rows(81, 4)
FLOWS = _rows(85, 1)[0]  # across the interfaces, eight substances
B, NAP, POTASSIUM, UNBLOCKED, B_STEP, NAP_STEP, POTASSIUM_STEP, UNBLOCKED_STEP = _rows(93, 8)
RELEASE, NAP_OPEN, NAP_CLOSE = _rows(101, 3)
REVERSE_N, REVERSE_G, CAPACITY_N, CAPACITY_G = _rows(104, 4)
GATE = _rows(108, 1)[0]  # blocks of the subtypes: eight states, then what a step needs beside them
BOUND, FREE, LEFT, OPENED = (k * ROW for k in range(nmda.N_GATE, nmda.N_GATE + 4))  # rows within a block
BLOCK = (nmda.N_GATE + 4) * ROW
TILE = GATE + BLOCK * node.MOST_SUBTYPES

SMALL_MOVE = 3e-4  # RT/F: a last Newton step below this is exact enough once the fluxes are carried along it
LARGE_MOVE = 0.2  # RT/F of the first step, above which a lane goes the safe way
LEAST_ENERGY = 1e-30  # an empty reserve: what is left of it is divided by
LARGEST_RATIO_STEP = 0.05  # of (r - r_old) / (r + r_old), for the series of its logarithm


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def concentrations(t: Array) -> None:
    """Fills the share outside, 1 / shares and concentrations from the amounts."""
    for j in range(LANES):  # in one loop: the compiler unrolls a short one before it thinks of several lanes at once
        n, g = t[ALPHA_N + j], t[ALPHA_G + j]
        e = 1.0 - n - g
        inverse = 1.0 / (n * g * e)
        in_n, in_g, in_e = g * e * inverse, n * e * inverse, n * g * inverse
        t[ALPHA_E + j] = e
        t[IN_N + j], t[IN_G + j], t[IN_E + j] = in_n, in_g, in_e
        for i in range(4):
            t[C_NA_N + i * ROW + j] = t[NA_N + i * ROW + j] * in_n
            t[C_NA_G + i * ROW + j] = t[NA_G + i * ROW + j] * in_g
            t[C_NA_E + i * ROW + j] = t[NA_E + i * ROW + j] * in_e


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def ratios(t: Array) -> None:
    """Fills the ratios inside over outside from the concentrations."""
    for j in range(LANES):
        na, k, cl = t[C_NA_E + j], t[C_K_E + j], t[C_CL_E + j]
        inverse = 1.0 / (na * k * cl)
        na, k, cl = k * cl * inverse, na * cl * inverse, na * k * inverse
        t[RATIO + j], t[RATIO + ROW + j] = t[C_NA_N + j] * na, t[C_K_N + j] * k
        t[RATIO + 2 * ROW + j], t[RATIO + 3 * ROW + j] = t[C_CL_N + j] * cl, t[C_NA_G + j] * na
        t[RATIO + 4 * ROW + j], t[RATIO + 5 * ROW + j] = t[C_K_G + j] * k, t[C_CL_G + j] * cl


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def twice_artanh(s: float) -> float:
    """2 artanh(s) for |s| < 0.05, to 1e-16."""
    z = s * s
    p = 1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0))))
    return 2.0 * (s + s * (z * p))


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def shift_ratio(t: Array, ion: int, j: int, outside: float) -> float:
    """Moves the ratios of one ion in both cells and their logarithms, over 1 / c outside; the larger s^2."""
    old_n, old_g = t[RATIO + ion * ROW + j], t[RATIO + (3 + ion) * ROW + j]
    n, g = t[C_NA_N + ion * ROW + j] * outside, t[C_NA_G + ion * ROW + j] * outside
    sum_n, sum_g = n + old_n, g + old_g
    inverse = 1.0 / (sum_n * sum_g)
    s_n, s_g = (n - old_n) * (sum_g * inverse), (g - old_g) * (sum_n * inverse)
    t[LOG + ion * ROW + j] += twice_artanh(s_n)
    t[LOG + (3 + ion) * ROW + j] += twice_artanh(s_g)
    t[RATIO + ion * ROW + j], t[RATIO + (3 + ion) * ROW + j] = n, g
    return max(s_n * s_n, s_g * s_g)


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def sense(t: Array) -> bool:
    """Fills concentrations, ratios and logarithms; False where an amount or the extracellular space fell to zero.

    ln(r) = ln(r_old) + 2 artanh(s), s = (r - r_old) / (r + r_old): ratios move little in a step. Each ratio of the
    neurone shares its division with that of glia. AHEAD gets the glutamate that receptors see, taken ahead to the
    end of the coming step: read at its start, the wave would be slow at 25 ms.
    """
    for j in range(LANES):
        t[AHEAD + j] = t[C_GLU_E + j]
    concentrations(t)
    for j in range(LANES):
        least = min(t[ALPHA_E + j], t[C_NA_N + j])
        for i in range(1, 4):
            least = min(least, t[C_NA_N + i * ROW + j])
        others = t[C_NA_G + j]
        for i in range(5, 12):
            others = min(others, t[C + i * ROW + j])
        t[LEAST + j] = min(least, others)
    for j in range(LANES):
        na, k, cl = t[C_NA_E + j], t[C_K_E + j], t[C_CL_E + j]
        inverse = 1.0 / (na * k * cl)
        now = t[C_GLU_E + j]
        t[AHEAD + j] = max(2.0 * now - t[AHEAD + j], 0.5 * now)
        most = shift_ratio(t, 0, j, k * cl * inverse)
        most = max(most, shift_ratio(t, 1, j, na * cl * inverse))
        t[MOST + j] = max(most, shift_ratio(t, 2, j, na * k * inverse))
    bad, far = 0, 0
    for j in range(LANES):
        bad += 0 if t[LEAST + j] > 0.0 else 1
        far += 0 if t[MOST + j] < LARGEST_RATIO_STEP * LARGEST_RATIO_STEP else 1
    if bad > 0:
        return False
    if far > 0:
        exact_logarithms(t)
    return True


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def exact_logarithms(t: Array) -> None:
    """Takes the logarithms anew from the ratios: at the start, and after a leap."""
    for row in range(6):
        for j in range(LANES):
            t[LOG + row * ROW + j] = np.log(t[RATIO + row * ROW + j])


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def look_up_channels(t: Array, table: Array, c: Tissue) -> None:
    """Fills what the neuronal current takes from the voltages in the row TRY, with the steps to the next table row.

    Receptors that a tissue lacks have zero open shares and zero columns: the count is constant.
    """
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
        for s in range(node.MOST_SUBTYPES):
            opened, share = t[GATE + s * BLOCK + OPENED + j], table[at + node.OPEN + s]
            unblocked += opened * share
            unblocked_step += opened * (table[up + node.OPEN + s] - share)
        t[B + j], t[B_STEP + j] = b + w * b_step, b_step
        t[NAP + j], t[NAP_STEP + j] = nap + w * nap_step, nap_step
        t[POTASSIUM + j], t[POTASSIUM_STEP + j] = potassium + w * potassium_step, potassium_step
        t[UNBLOCKED + j], t[UNBLOCKED_STEP + j] = unblocked + w * unblocked_step, unblocked_step


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
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
    drugged = False
    for s in range(r.shape[0]):
        drugged |= r[s, nmda.ON] != 0.0
    if not drugged:
        return
    for j in range(LANES):
        x = t[V_N + j] * c.index_per_volt + c.index_of_zero
        i = int(x)
        w = x - i
        at = i * node.N_TABLE
        up = at + node.N_TABLE
        for s in range(node.MOST_SUBTYPES):
            share, leave = table[at + node.OPEN + s], table[at + node.LEAVE + s]
            t[GATE + s * BLOCK + FREE + j] = share + w * (table[up + node.OPEN + s] - share)
            t[GATE + s * BLOCK + LEFT + j] = dt * (leave + w * (table[up + node.LEAVE + s] - leave))


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def inside_table(t: Array, row: int) -> bool:
    """Return whether all lanes of a row of voltages lie inside the voltage table."""
    lanes, outside = t[row : row + LANES], 0
    for j in range(LANES):
        outside += 0 if abs(lanes[j]) < node.VOLTAGE_LIMIT else 1
    return outside == 0


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def drive_glia(t: Array, table: Array, c: Tissue, h: Homeostat) -> bool:
    """Fills both pumps and the glial currents q + g v; False where a potential left the table."""
    for j in range(LANES):
        v = t[V_G + j]
        t[X_KIR + j] = v
        t[X_DRIVE + j] = v + t[L_K_G + j]
    if not (inside_table(t, X_KIR) and inside_table(t, X_DRIVE)):
        return False
    rectify(t, table, c)
    charge_glia(t, c, h)
    return True


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def rectify(t: Array, table: Array, c: Tissue) -> None:
    """Looks up the inward rectifier of glia (Steinberg 2005) at the rows X_KIR and X_DRIVE."""
    for j in range(LANES):
        x, y = t[X_KIR + j] * c.index_per_volt + c.index_of_zero, t[X_DRIVE + j] * c.index_per_volt + c.index_of_zero
        i, k = int(x), int(y)
        at, then = i * node.N_TABLE + node.KIR, k * node.N_TABLE + node.KIR_DRIVE
        by_v = table[at] + (x - i) * (table[at + node.N_TABLE] - table[at])
        t[RECTIFIED + j] = by_v * (table[then] + (y - k) * (table[then + node.N_TABLE] - table[then]))


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def charge_glia(t: Array, c: Tissue, h: Homeostat) -> None:
    """Fills both pumps, (K_e / (K_e + k))^2 (Na_i / (Na_i + n))^3 of their strength, and the glial currents."""
    kir = c.kir / np.sqrt(c.kir_potassium)
    half, most = (h.energy_half, 1.0 + h.energy_half) if h.reserve != 0.0 else (0.0, 1.0)
    pump_n, pump_g = h.left_neuron * c.pump_neuron * most, h.left_glia * c.pump_glia * most
    for j in range(LANES):
        k_e, na_n, na_g, energy = t[C_K_E + j], t[C_NA_N + j], t[C_NA_G + j], t[ENERGY + j]
        a, b_n, b_g, b_e = k_e + c.pump_potassium, na_n + c.pump_sodium_neuron, na_g + c.pump_sodium_glia, energy + half
        cells, others = b_n * b_g, a * b_e
        inverse = 1.0 / (cells * others)
        in_cells, in_others = others * inverse, cells * inverse
        share = k_e * (b_e * in_others)
        y_n, y_g = na_n * (b_g * in_cells), na_g * (b_n * in_cells)
        fed = share * share * (energy * (a * in_others))
        pump = pump_g * fed * (y_g * y_g * y_g)
        t[PUMP_N + j] = pump_n * fed * (y_n * y_n * y_n)
        t[PUMP_G + j] = pump
        log_na, log_k, log_cl = t[L_NA_G + j], t[L_K_G + j], t[L_CL_G + j]
        g_k = kir * np.sqrt(k_e) * t[RECTIFIED + j]
        both = c.cotransport * (log_na + log_k + 2.0 * log_cl)
        carried = t[UP_G + j] * h.saturable
        t[G_K + j] = g_k
        t[Q_NA + j] = c.glia_sodium * log_na + both + 3.0 * pump - 3.0 * carried
        t[Q_K + j] = g_k * log_k + both - 2.0 * pump + carried
        t[Q_CL + j] = c.glia_chloride * log_cl + 2.0 * both


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def neuron_fluxes(t: Array, c: Tissue, h: Homeostat, dt: float, pulse: float, charge: float) -> tuple[int, int]:
    """Fills outward Na, K and Cl fluxes of the neurone and their slopes, from what was looked up at the row TRY.

    Goldman fluxes use b(u) = u / (e^u - 1): P (c_i (b + u) - c_e b). MOVE gets the Newton step of the membrane equation
    C (v - v0) / dt + I(v) = 0. Returns how many lanes move too far or stand where it is too flat, and how many move.
    """
    c_dt = c.capacitance / dt
    least, large, far = node.LEAST_SLOPE * c_dt, 0, 0
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
        f_na = p_na * drive_na + g_na * (v + t[L_NA_N + j]) + 3.0 * pump - 3.0 * carried - charge * t[ZONE + j]
        f_k = p_k * drive_k + g_k * (v + t[L_K_N + j]) - 2.0 * pump + carried
        f_cl = g_cl * (t[L_CL_N + j] - v)
        d_na = dp_na * drive_na + p_na * (na_n * (b_step + 1.0) - na_e * b_step) + g_na
        d_k = dp_k * drive_k + p_k * (k_n * (b_step + 1.0) - k_e * b_step) + g_k
        slope = c_dt + d_na + d_k + g_cl
        t[F_NA + j], t[F_K + j], t[F_CL + j] = f_na, f_k, f_cl
        t[D_NA + j], t[D_K + j], t[D_CL + j] = d_na, d_k, -g_cl
        move = (c_dt * (t[V_N + j] - v) - f_na - f_k + f_cl) / slope
        t[MOVE + j] = move
        large += 0 if (abs(move) < LARGE_MOVE) & (slope > least) else 1
        far += 0 if abs(move) < SMALL_MOVE else 1
    return large, far


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def solve_neuron(
    t: Array, table: Array, c: Tissue, h: Homeostat, dt: float, pulse: float, charge: float
) -> tuple[int, int]:
    """Moves the neuronal voltage, C (v - v0)/dt + I(v) = 0: at most two Newton turns for all lanes, a safe way for few.

    The second turn is for tiles in which a lane moved at all. The fluxes are carried along the last Newton step, so
    that charge and amounts agree whatever it was.
    """
    for j in range(LANES):
        v0 = t[V_N + j]
        move = v0 - t[V_BEFORE + j]
        t[TRY + j] = v0 + min(max(move, -node.LARGEST_MOVE), node.LARGEST_MOVE)
        t[SHIFT + j] = t[V_BEFORE + j]
        t[V_BEFORE + j] = v0
    large = far = 0
    for turn in range(2):
        if not inside_table(t, TRY):
            return node.RUNAWAY, 0
        look_up_channels(t, table, c)
        large, far = neuron_fluxes(t, c, h, dt, pulse, charge)
        if far == 0 or large > 0 or turn == 1:
            break
        for j in range(LANES):
            t[TRY + j] += t[MOVE + j]
    if far > 0 or large > 0:
        status, j = safe_way(t, table, c, h, dt, pulse, charge)
        if status != node.OK:
            return status, j
    per_current, outside = dt / c.capacitance, 0
    for j in range(LANES):
        move = t[MOVE + j]
        f_na, f_k = t[F_NA + j] + t[D_NA + j] * move, t[F_K + j] + t[D_K + j] * move
        f_cl = t[F_CL + j] + t[D_CL + j] * move
        t[F_NA + j], t[F_K + j], t[F_CL + j] = f_na, f_k, f_cl
        v = t[V_N + j] - (f_na + f_k - f_cl) * per_current
        t[V_N + j] = v
        outside += 0 if abs(v) < node.VOLTAGE_LIMIT else 1
    return (node.OK, 0) if outside == 0 else (node.RUNAWAY, 0)


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def safe_way(
    t: Array, table: Array, c: Tissue, h: Homeostat, dt: float, pulse: float, charge: float
) -> tuple[int, int]:
    """Brackets the root of every lane, each starting where its last voltage points to; (status, lane).

    Walks downhill by at most LARGEST_MOVE until the sign changes, so it finds the root next to it. A lane that has
    arrived stays where it is.
    """
    c_dt = c.capacitance / dt
    low, high = t[FLOWS : FLOWS + LANES], t[FLOWS + ROW : FLOWS + ROW + LANES]  # what has flowed is carried already
    for j in range(LANES):
        low[j], high[j] = -node.VOLTAGE_LIMIT, node.VOLTAGE_LIMIT
        move = t[V_N + j] - t[SHIFT + j]
        t[TRY + j] = t[V_N + j] + min(max(move, -node.LARGEST_MOVE), node.LARGEST_MOVE)
    for turn in range(node.MOST_ITERATIONS):
        if not inside_table(t, TRY):
            return node.RUNAWAY, 0
        look_up_channels(t, table, c)
        neuron_fluxes(t, c, h, dt, pulse, charge)
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


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def exchange(t: Array, c: Tissue, dt: float, kcl: float, bath: float) -> None:
    """Carries Na, K and Cl between the compartments, the vessels and a bath.

    Vessels and a bath of high K+ take Na+ for the K+ they give, so that neither charge nor osmolarity is added.
    """
    if bath != 0.0:
        for j in range(LANES):
            na_e, k_e = t[C_NA_E + j], t[C_K_E + j]
            given = bath * t[ZONE + j] * (c.bath_potassium - k_e) * t[ALPHA_E + j] * na_e / (na_e + c.bath_sodium)
            t[NA_E + j] -= dt * given
            t[K_E + j] += dt * given
    for j in range(LANES):
        v = t[V_G + j]
        f_na, f_k, f_cl = t[F_NA + j], t[F_K + j], t[F_CL + j]
        g_na, g_k = t[Q_NA + j] + c.glia_sodium * v, t[Q_K + j] + t[G_K + j] * v
        g_cl = t[Q_CL + j] - c.glia_chloride * v
        washed = c.vascular * (t[C_K_E + j] - c.vascular_potassium) * t[ALPHA_E + j]
        poured = kcl * t[ZONE + j]
        t[NA_N + j] -= dt * f_na
        t[K_N + j] -= dt * f_k
        t[CL_N + j] -= dt * f_cl
        t[NA_G + j] -= dt * g_na
        t[K_G + j] -= dt * g_k
        t[CL_G + j] -= dt * g_cl
        t[NA_E + j] += dt * (f_na + g_na + washed)
        t[K_E + j] += dt * (f_k + g_k - washed + poured)
        t[CL_E + j] += dt * (f_cl + g_cl + poured)


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def swell(t: Array, c: Tissue, h: Homeostat, dt: float) -> None:
    """Moves water by osmotic difference; extracellular matrix resists below its rest volume.

    d(alpha_k)/dt = -water_k (pi_e - pi_k), pi_e with S (1/(a_e - floor) - 1/(a_rest - floor)).
    """
    at_rest = 1.0 / (c.ecs_rest - c.floor)
    for j in range(LANES):
        room = t[ALPHA_E + j] - c.floor
        pi_n, pi_g = c.immobile_neuron * t[IN_N + j], c.immobile_glia * t[IN_G + j]
        pi_e = c.immobile_outside * t[IN_E + j] + c.stiffness * (1.0 / room - at_rest)
        for i in range(4):
            pi_n += t[C_NA_N + i * ROW + j]
            pi_g += t[C_NA_G + i * ROW + j]
            pi_e += t[C_NA_E + i * ROW + j]
        d_n, d_g = dt * c.water * (pi_n - pi_e), dt * h.water_glia * (pi_g - pi_e)
        largest = node.LARGEST_SHRINKAGE * room
        limit = largest / max(largest, d_n + d_g)
        t[ALPHA_N + j] += d_n * limit
        t[ALPHA_G + j] += d_g * limit


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def relax(t: Array, c: Tissue, h: Homeostat, dt: float) -> None:
    """Moves hNaP, the vesicle pool and the reserve one backward-Euler step."""
    rate = dt / (h.depth * h.store)
    fed, kept, spent = rate * h.oxygen * (1.0 + h.depth), 1.0 + rate * h.oxygen, rate * h.depth / h.turnover
    for j in range(LANES):
        a, b = dt * t[NAP_OPEN + j], dt * t[NAP_CLOSE + j]
        used = c.deplete * t[EXCITABILITY + j] * t[RELEASE + j]
        gate, pool = 1.0 + a + b, 1.0 + dt * (c.refill + used)
        inverse = 1.0 / (gate * pool)
        t[H_NAP + j] = (t[H_NAP + j] + a) * (pool * inverse)
        t[POOL + j] = (t[POOL + j] + dt * c.refill) * (gate * inverse)
        energy = t[ENERGY + j]  # what is spent is proportional to what is left
        moved = energy * (energy + fed) / (energy * kept + spent * (t[PUMP_N + j] + t[PUMP_G + j]))
        t[ENERGY + j] = max(moved, LEAST_ENERGY) if h.reserve != 0.0 else energy
