"""Philox4x32-10 as a pure function: four uniforms from a key and a counter, no state.

Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11, doi 10.1145/2063384.2063405.
"""

from __future__ import annotations

import numba as nb
import numpy as np

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint32(0x9E3779B9)
_W1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_SCALE = 2.0**-32
_HALF = 2.0**-33


@nb.njit(cache=True)
def philox(k0: np.uint32, k1: np.uint32, c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32) -> tuple:
    """Return the four 32-bit words of Philox4x32 with ten rounds."""
    k0 = np.uint32(k0)
    k1 = np.uint32(k1)
    x0 = np.uint32(c0)
    x1 = np.uint32(c1)
    x2 = np.uint32(c2)
    x3 = np.uint32(c3)
    for _ in range(10):
        p0 = _M0 * np.uint64(x0)
        p1 = _M1 * np.uint64(x2)
        x0, x1, x2, x3 = (
            np.uint32(np.uint32(p1 >> _SHIFT) ^ x1 ^ k0),
            np.uint32(p1 & _LOW),
            np.uint32(np.uint32(p0 >> _SHIFT) ^ x3 ^ k1),
            np.uint32(p0 & _LOW),
        )
        k0 = np.uint32((np.uint64(k0) + np.uint64(_W0)) & _LOW)
        k1 = np.uint32((np.uint64(k1) + np.uint64(_W1)) & _LOW)
    return x0, x1, x2, x3


@nb.njit(cache=True)
def uniforms4(k0: np.uint32, k1: np.uint32, c0: int, c1: int, c2: int, c3: int) -> tuple:
    """Return four U(0, 1), never 0 or 1, for a key and a counter such as (subject, day, candidate, block)."""
    x0, x1, x2, x3 = philox(k0, k1, np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3))
    return x0 * _SCALE + _HALF, x1 * _SCALE + _HALF, x2 * _SCALE + _HALF, x3 * _SCALE + _HALF
