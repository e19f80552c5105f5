"""NMDA receptors of a tile of nodes: the eight slow states of kernels/nmda.py, sixteen nodes at once.

Each subtype has a block of rows of its own: its states, then what a step needs beside them, so that all distances in a
step are constant. FREE and LEFT, the open channels free of Mg2+ and of the superficial drug and the rate out of the
deep site times the step, are looked up at the end of the step before (kernels/membrane.py).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda
from leao.cortex.kernels.membrane import (
    AHEAD,
    BLOCK,
    BOUND,
    C_GLU_E,
    FREE,
    GATE,
    GLU_BEFORE,
    LANES,
    LEFT,
    OPENED,
    ROW,
)

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}


@njit(cache=True, fastmath=FAST, error_model="numpy")
def open_receptors(t: Array, r: Array, k: Array) -> None:
    """Moves the receptors one implicit step (kernels/nmda.py) and fills their open shares.

    Glutamate is taken ahead, at the end of the step, and copied into the block of each subtype, so that all distances
    in a step are constant.
    """
    for j in range(LANES):
        now = t[C_GLU_E + j]
        t[AHEAD + j] = max(2.0 * now - t[GLU_BEFORE + j], 0.5 * now)
    for s in range(r.shape[0]):
        block = t[GATE - 1 + s * BLOCK : GATE - 1 + (s + 1) * BLOCK]
        for j in range(LANES):
            block[BOUND + 1 + j] = t[AHEAD + j]
        if r[s, nmda.ON] != 0.0:
            drugged_step(block, k[s], r[s, nmda.WEIGHT])
        else:
            free_step(block, k[s], r[s, nmda.WEIGHT])


@njit(cache=True, fastmath=FAST, error_model="numpy")
def free_step(b: Array, k: Array, weight: float) -> None:
    """Moves one subtype without drug; ``b`` is its block."""
    pull, climb_k, fall_k, sink, kept, rise = (
        k[nmda.PULL], k[nmda.CLIMB], k[nmda.FALL], k[nmda.SINK], k[nmda.KEPT], k[nmda.RISE]
    )  # fmt: skip
    in_d, stay, back = k[nmda.IN_D], k[nmda.STAY], k[nmda.BACK]
    for i in range(1, LANES + 1):
        g = b[BOUND + i]
        x = pull * g
        climb = climb_k * g * x
        shrink = 1.0 / (1.0 + 3.0 * x + climb)
        climb *= shrink
        fall = fall_k * ((1.0 + 2.0 * x) * shrink)
        p_r, p_l, p_d, p_x = b[i], b[ROW + i], b[2 * ROW + i], b[3 * ROW + i]
        b_d = p_d + rise * p_x
        new = (p_l + climb * p_r + back * b_d) / (1.0 + fall + in_d * (1.0 - back))
        d = (b_d + in_d * new) * stay
        b[i] = p_r + fall * new - climb * p_r
        b[ROW + i] = new
        b[2 * ROW + i] = d
        b[3 * ROW + i] = (p_x + sink * d) * kept
        b[OPENED + i] = weight * new


@njit(cache=True, fastmath=FAST, error_model="numpy")
def drugged_step(b: Array, k: Array, weight: float) -> None:
    """Moves one subtype with drug in its pore; ``b`` is its block."""
    pull, climb_k, fall_k, fall_t, sink, kept, rise = (
        k[nmda.PULL], k[nmda.CLIMB], k[nmda.FALL], k[nmda.FALL_T], k[nmda.SINK], k[nmda.KEPT], k[nmda.RISE]
    )  # fmt: skip
    e, e_t, stay, stay_t, back, back_t, entry = (
        k[nmda.IN_D], k[nmda.IN_D_T], k[nmda.STAY], k[nmda.STAY_T], k[nmda.BACK], k[nmda.BACK_T], k[nmda.ENTRY]
    )  # fmt: skip
    for i in range(1, LANES + 1):
        g = b[BOUND + i]
        x = pull * g
        climb = climb_k * g * x
        shrink = 1.0 / (1.0 + 3.0 * x + climb)
        climb *= shrink
        fall = (1.0 + 2.0 * x) * shrink
        on, off = entry * b[FREE + i], b[LEFT + i]
        p_r, p_l, p_d, p_x = b[i], b[ROW + i], b[2 * ROW + i], b[3 * ROW + i]
        q_r, q_l, q_d, q_x = b[4 * ROW + i], b[5 * ROW + i], b[6 * ROW + i], b[7 * ROW + i]
        b_d, b_t = p_d + rise * p_x, q_d + rise * q_x
        base = 1.0 + fall_k * fall + e * (1.0 - back)
        base_t = 1.0 + fall_t * fall + e_t * (1.0 - back_t)
        right, right_t = p_l + climb * p_r + back * b_d, q_l + climb * q_r + back_t * b_t
        inverse = 1.0 / (base * (base_t + off) + on * base_t)
        new = ((base_t + off) * right + off * right_t) * inverse
        new_t = ((base + on) * right_t + on * right) * inverse
        d, d_t = (b_d + e * new) * stay, (b_t + e_t * new_t) * stay_t
        b[i] = p_r + fall_k * fall * new - climb * p_r
        b[ROW + i] = new
        b[2 * ROW + i] = d
        b[3 * ROW + i] = (p_x + sink * d) * kept
        b[4 * ROW + i] = q_r + fall_t * fall * new_t - climb * q_r
        b[5 * ROW + i] = new_t
        b[6 * ROW + i] = d_t
        b[7 * ROW + i] = (q_x + sink * d_t) * kept
        b[OPENED + i] = weight * new
