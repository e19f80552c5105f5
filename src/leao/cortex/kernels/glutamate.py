"""Glutamate of a tile of nodes: release, transport, leak and shuttle (equations in kernels/membrane.py)."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels.homeostat import Homeostat
from leao.cortex.kernels.membrane import (
    C_GLU_E,
    C_GLU_G,
    C_GLU_N,
    CAPACITY_G,
    CAPACITY_N,
    EXCITABILITY,
    GLU_E,
    GLU_G,
    GLU_N,
    IN_E,
    IN_G,
    IN_N,
    L_K_G,
    L_K_N,
    L_NA_G,
    L_NA_N,
    LANES,
    POOL,
    RELEASE,
    REVERSE_G,
    REVERSE_N,
    UP_G,
    UP_N,
    V_G,
    V_N,
    ZONE,
)
from leao.cortex.kernels.node import INNER
from leao.cortex.kernels.tissue import Tissue

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}


@njit(cache=True, fastmath=FAST, error_model="numpy", inline="always")
def exponential(x: float) -> float:
    """e^x by its series at x / 64 and six squarings: to 1e-13 for |x| <= 20, without a library call."""
    y = x * (1.0 / 64.0)
    z = y * y
    low = (1.0 + y) + z * (0.5 + y * (1.0 / 6.0))  # in pairs, so that no term waits for all before it
    high = (1.0 / 24.0 + y * (1.0 / 120.0)) + z * (1.0 / 720.0 + y * (1.0 / 5040.0))
    end = (1.0 / 3628800.0 + y * (1.0 / 39916800.0)) + z * (1.0 / 479001600.0)
    last = (1.0 / 40320.0 + y * (1.0 / 362880.0)) + z * end
    w = z * z
    p = low + w * (high + w * last)
    p *= p
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def saturate(t: Array, h: Homeostat) -> None:
    """Fills q and the capacity of the transport of glutamate into both cells, by a loop of its own."""
    protons = np.log(h.proton_ratio)
    for j in range(LANES):
        v_n, v_g = t[V_N + j], t[V_G + j]
        t[REVERSE_N + j] = exponential(protons + 3.0 * t[L_NA_N + j] - t[L_K_N + j] + 2.0 * v_n)
        t[REVERSE_G + j] = exponential(protons + 3.0 * t[L_NA_G + j] - t[L_K_G + j] + 2.0 * v_g)
        t[CAPACITY_N + j] = h.capacity_neuron * exponential(h.sensitivity * (h.voltage_neuron - v_n))
        t[CAPACITY_G + j] = h.capacity_glia * exponential(h.sensitivity * (h.voltage_glia - v_g))


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def cycle(t: Array, c: Tissue, h: Homeostat, dt: float, source: float) -> None:
    """Release, transport, leak and shuttle of glutamate, implicit and conservative.

    Every path is first order with a frozen coefficient, so the 3 x 3 system is an M-matrix: amounts stay positive at
    any step, and their sum is kept.
    """
    if h.saturable != 0.0:
        saturate(t, h)
    rate, shuttle_g, shuttle_n = 1.0 / dt, dt * c.shuttle, dt * c.shuttle * c.ratio_glia
    for j in range(LANES):
        in_n, in_g, in_e = t[IN_N + j], t[IN_G + j], t[IN_E + j]
        c_n, c_g, c_e = t[C_GLU_N + j], t[C_GLU_G + j], t[C_GLU_E + j]
        if h.saturable != 0.0:
            q_n, q_g = t[REVERSE_N + j], t[REVERSE_G + j]
            full_n, full_g = h.half + c_e + q_n * c_n, h.half + c_e + q_g * c_g
            inverse = 1.0 / (full_n * full_g)
            w_n, w_g = t[CAPACITY_N + j] * (full_g * inverse), t[CAPACITY_G + j] * (full_n * inverse)
        else:
            q_n, q_g = c.ratio_outside * c.ratio_glia, c.ratio_outside
            w_n, w_g = c.uptake_neuron, c.uptake_glia
        activation = t[EXCITABILITY + j] * t[RELEASE + j]
        filled = c_n + c.release_half
        inverse = 1.0 / (c_n * filled)
        left = c.release * t[POOL + j] * activation * (c_n * inverse) + h.tonic * (filled * inverse)
        n_u, g_u = dt * w_n * q_n * in_n, dt * w_g * q_g * in_g
        n_e = dt * left * in_n + n_u
        n_g, g_n = shuttle_n * in_n, shuttle_g * in_g
        e_n, e_g = dt * w_n * in_e, dt * w_g * in_e
        n, g, e = t[GLU_N + j], t[GLU_G + j], t[GLU_E + j] + dt * source * t[ZONE + j]
        # Eliminate n, then g, from (d_n, -g_n, -e_n), (-n_g, d_g, -e_g), e = total - n - g.
        total = n + g + e
        a11, a12, b1 = 1.0 + n_e + n_g + e_n, e_n - g_n, n + e_n * total
        a21, a22, b2 = e_g - n_g, 1.0 + g_n + g_u + e_g, g + e_g * total
        det, gone = a11 * a22 - a12 * a21, 1.0 + e_n + e_g
        inverse = 1.0 / (det * gone)
        in_det = gone * inverse
        new_n, new_g = (b1 * a22 - a12 * b2) * in_det, (a11 * b2 - a21 * b1) * in_det
        new_e = (e + n_e * new_n + g_u * new_g) * (det * inverse)
        t[GLU_N + j], t[GLU_G + j], t[GLU_E + j] = new_n, new_g, new_e
        t[UP_N + j] = (e_n * new_e - n_u * new_n) * rate
        t[UP_G + j] = (e_g * new_e - g_u * new_g) * rate
