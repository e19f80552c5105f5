"""NMDA receptors of a tile of nodes: one implicit step of the eight slow states of kernels/nmda.py.

Each subtype has a block of rows of its own: its states, then what a step needs beside them, so that all distances in a
step are constant. FREE and LEFT, the open channels free of Mg2+ and of the superficial drug and the rate out of the
deep site times the step, are looked up at the end of the step before (kernels/membrane.py).

The links of the states form a tree, so (I - dt Q^T) p' = p is solved by eliminating its leaves. With x = k_on G / k_off
binding and unbinding are cl / S and fl / S, S = 1 + 3x + cl; everything is taken times S, so that a step divides once.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import nmda
from leao.cortex.kernels.membrane import (
    AHEAD,
    BLOCK,
    BOUND,
    FREE,
    GATE,
    LANES,
    LEFT,
    OPENED,
    PAD,
    ROW,
)
from leao.cortex.kernels.node import INNER

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False, **INNER)
def open_receptors(t: Array, r: Array, k: Array) -> None:
    """Moves the receptors one implicit step and fills their open shares.

    Glutamate is copied into the block of each subtype, so that all distances in a step are constant.
    """
    for s in range(r.shape[0]):
        block = t[GATE - PAD + s * BLOCK : GATE - PAD + (s + 1) * BLOCK]
        for j in range(LANES):
            block[BOUND + PAD + j] = t[AHEAD + j]
        if r[s, nmda.INSTANT] != 0.0:
            instant_step(block, k[s], r, s)
        elif r[s, nmda.ON] != 0.0:
            drugged_step(block, k[s], r[s, nmda.WEIGHT])
        else:
            free_step(block, k[s], r[s, nmda.WEIGHT])


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def free_step(b: Array, k: Array, weight: float) -> None:
    """Moves one subtype without drug; ``b`` is its block."""
    pull, climb_k, fall_k, sink, kept, rise = (
        k[nmda.PULL], k[nmda.CLIMB], k[nmda.FALL], k[nmda.SINK], k[nmda.KEPT], k[nmda.RISE]
    )  # fmt: skip
    e, stay, back = k[nmda.IN_D], k[nmda.STAY], k[nmda.BACK]
    away = 1.0 + e * (1.0 - back)
    for i in range(PAD, PAD + LANES):
        x = pull * b[BOUND + i]
        climb = climb_k * b[BOUND + i] * x
        scale, fall = 1.0 + 3.0 * x + climb, fall_k * (1.0 + 2.0 * x)
        p_r, p_l, p_d, p_x = b[i], b[ROW + i], b[2 * ROW + i], b[3 * ROW + i]
        b_d = p_d + rise * p_x
        base = scale * away + fall
        inverse = 1.0 / (scale * base)
        new = (scale * (p_l + back * b_d) + climb * p_r) * (scale * inverse)
        d = (b_d + e * new) * stay
        b[i] = p_r + (fall * new - climb * p_r) * (base * inverse)
        b[ROW + i] = new
        b[2 * ROW + i] = d
        b[3 * ROW + i] = (p_x + sink * d) * kept
        b[OPENED + i] = weight * new


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def drugged_step(b: Array, k: Array, weight: float) -> None:
    """Moves one subtype with drug in its pore; ``b`` is its block."""
    pull, climb_k, fall_k, fall_t, sink, kept, rise = (
        k[nmda.PULL], k[nmda.CLIMB], k[nmda.FALL], k[nmda.FALL_T], k[nmda.SINK], k[nmda.KEPT], k[nmda.RISE]
    )  # fmt: skip
    e, e_t, stay, stay_t, back, back_t, entry = (
        k[nmda.IN_D], k[nmda.IN_D_T], k[nmda.STAY], k[nmda.STAY_T], k[nmda.BACK], k[nmda.BACK_T], k[nmda.ENTRY]
    )  # fmt: skip
    away, away_t = 1.0 + e * (1.0 - back), 1.0 + e_t * (1.0 - back_t)
    for i in range(PAD, PAD + LANES):
        x = pull * b[BOUND + i]
        climb = climb_k * b[BOUND + i] * x
        scale, fall = 1.0 + 3.0 * x + climb, 1.0 + 2.0 * x
        on, off = entry * b[FREE + i] * scale, b[LEFT + i] * scale
        p_r, p_l, p_d, p_x = b[i], b[ROW + i], b[2 * ROW + i], b[3 * ROW + i]
        q_r, q_l, q_d, q_x = b[4 * ROW + i], b[5 * ROW + i], b[6 * ROW + i], b[7 * ROW + i]
        b_d, b_t = p_d + rise * p_x, q_d + rise * q_x
        base, base_t = scale * away + fall_k * fall, scale * away_t + fall_t * fall
        right, right_t = scale * (p_l + back * b_d) + climb * p_r, scale * (q_l + back_t * b_t) + climb * q_r
        held = base_t + off
        det = base * held + on * base_t
        inverse = 1.0 / (scale * det)
        in_det, in_scale = scale * inverse, det * inverse
        new = (held * right + off * right_t) * in_det
        new_t = ((base + on) * right_t + on * right) * in_det
        d, d_t = (b_d + e * new) * stay, (b_t + e_t * new_t) * stay_t
        b[i] = p_r + (fall_k * fall * new - climb * p_r) * in_scale
        b[ROW + i] = new
        b[2 * ROW + i] = d
        b[3 * ROW + i] = (p_x + sink * d) * kept
        b[4 * ROW + i] = q_r + (fall_t * fall * new_t - climb * q_r) * in_scale
        b[5 * ROW + i] = new_t
        b[6 * ROW + i] = d_t
        b[7 * ROW + i] = (q_x + sink * d_t) * kept
        b[OPENED + i] = weight * new


@njit(cache=True, fastmath=FAST, error_model="numpy", _nrt=False)
def instant_step(b: Array, k: Array, r: Array, s: int) -> None:
    """Moves one subtype that opens at once with glutamate, with or without drug; ``b`` is its block.

    R and its trapped twin stay empty; the share of L that glutamate opens stands before every rate out of it.
    """
    sink, kept, rise, stay, stay_t, back, back_t = (
        k[nmda.SINK], k[nmda.KEPT], k[nmda.RISE], k[nmda.STAY], k[nmda.STAY_T], k[nmda.BACK], k[nmda.BACK_T]
    )  # fmt: skip
    drugged = r[s, nmda.ON] != 0.0
    for i in range(PAD, PAD + LANES):
        bound = nmda.share_bound(r, s, b[BOUND + i])
        e, e_t = k[nmda.IN_D] * bound, k[nmda.IN_D_T] * bound
        b_d, b_t = b[2 * ROW + i] + rise * b[3 * ROW + i], 0.0
        base, base_t = 1.0 + e * (1.0 - back), 1.0 + e_t * (1.0 - back_t)
        right, right_t, on, off = b[ROW + i] + back * b_d, 0.0, 0.0, 0.0
        if drugged:
            b_t = b[6 * ROW + i] + rise * b[7 * ROW + i]
            right_t = b[5 * ROW + i] + back_t * b_t
            on, off = k[nmda.ENTRY] * b[FREE + i] * bound, b[LEFT + i] * bound
        inverse = 1.0 / (base * (base_t + off) + on * base_t)
        new = ((base_t + off) * right + off * right_t) * inverse
        d = (b_d + e * new) * stay
        b[3 * ROW + i] = (b[3 * ROW + i] + sink * d) * kept
        b[ROW + i], b[2 * ROW + i] = new, d
        b[OPENED + i] = r[s, nmda.WEIGHT] * bound * new
        if drugged:
            new_t = ((base + on) * right_t + on * right) * inverse
            d_t = (b_t + e_t * new_t) * stay_t
            b[7 * ROW + i] = (b[7 * ROW + i] + sink * d_t) * kept
            b[5 * ROW + i], b[6 * ROW + i] = new_t, d_t
