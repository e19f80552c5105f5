"""Single precision and short words: twice as many numbers in a vector instruction, where 24 bits are enough.

Errors of exp and ln are below 3e-7 of the value, near 0 of 1; tested. Philox has seven rounds here, the fewest that
pass all of BigCrush (Salmon, Moraes, Dror, Shaw 2011, doi 10.1145/2063384.2063405, table 2).
"""

from __future__ import annotations

import math
from typing import Any

import numba as nb
import numpy as np

_ROUNDS = 7
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_PER_LN2, _ROUND = np.float32(1.0 / math.log(2.0)), np.float32(1.5 * 2.0**23)  # adding it rounds to a whole number
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)  # Cody and Waite: the first has few bits
_BIAS, _MANTISSA = np.int32(127), np.int32(23)
_LOW_BITS, _ONE_BITS = np.int32((1 << 23) - 1), np.int32(127 << 23)
_LEAST, _MOST = np.float32(-86.0), np.float32(86.0)
_1, _2, _3, _4, _5, _6 = (np.float32(1.0 / math.factorial(k)) for k in range(1, 7))
_L3, _L5, _L7, _L9 = (np.float32(2.0 / k) for k in (3, 5, 7, 9))
_HALF, _TWO, _ROOT = np.float32(0.5), np.float32(2.0), np.float32(math.sqrt(2.0))
LOOSE: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}
TO_24 = np.float32(2.0**-24)
TO_16 = np.float32(2.0**-16)


@nb.njit(inline="always")
def philox(k0: np.uint64, k1: np.uint64, x0: np.uint64, x1: np.uint64, x2: np.uint64, x3: np.uint64) -> tuple:
    """Return the four words of Philox4x32 with seven rounds, with garbage above the low 32 bits.

    Only what is multiplied is cut to 32 bits, which costs nothing: the instruction looks at no more.
    """
    for _ in range(_ROUNDS):
        p0 = _M0 * (x0 & _LOW)
        p1 = _M1 * (x2 & _LOW)
        x0 = (p1 >> _SHIFT) ^ x1 ^ k0
        x1 = p1
        x2 = (p0 >> _SHIFT) ^ x3 ^ k1
        x3 = p0
        k0 = k0 + _W0
        k1 = k1 + _W1
    return x0, x1, x2, x3


@nb.njit(inline="always", **LOOSE)
def exp(x: np.float32) -> np.float32:
    """Return e^x for x within +-86: 2^k times a Taylor series on +-ln(2)/2."""
    x = min(max(x, _LEAST), _MOST)
    shifted = x * _PER_LN2 + _ROUND
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    q = r * r
    p = (_1 + r) + q * ((_2 + r * _3) + q * ((_4 + r * _5) + q * _6))
    bits = np.int32((np.float32(shifted).view(np.int32) + _BIAS) << _MANTISSA)
    return p * bits.view(np.float32)


@nb.njit(inline="always", **LOOSE)
def ln(x: np.float32) -> np.float32:
    """Return the natural logarithm of a normal number above 0, as 2 artanh((m - 1) / (m + 1)) of its mantissa."""
    bits = np.float32(x).view(np.int32)
    k = np.int32((bits >> _MANTISSA) - _BIAS)
    m = np.int32((bits & _LOW_BITS) | _ONE_BITS).view(np.float32)
    high = m > _ROOT
    m = _HALF * m if high else m
    e = np.float32(k) + (_1 if high else np.float32(0.0))
    s = (m - _1) / (m + _1)
    q = s * s
    p = q * (_L3 + q * (_L5 + q * (_L7 + q * _L9)))
    return e * _LN2_HIGH + (e * _LN2_LOW + (_TWO * s + s * p))
