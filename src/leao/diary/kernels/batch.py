"""Elementary functions for loops that compilers turn into vector instructions, and how such kernels are compiled.

Everything within a loop is written out and inlined: one call left standing and the compiler takes the loop one by one.
Errors are below 1e-12. Single precision and random words: kernels/narrow.py.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

_SCALE = 2.0**-32
_HALF = 2.0**-33
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.44269504088896338700
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number, which then stands in the low bits
_BIAS, _MANTISSA = 1023, 52
_LOW_BITS = np.int64((1 << 52) - 1)
_ONE_BITS = np.int64(1023 << 52)
_LEAST, _MOST = -700.0, 700.0
# How a kernel is compiled that no Python code calls: without an entrance for it, and within its caller, since people,
# marks and the shared numbers are more than a hundred words to hand over. Without reference counts, so nothing is
# allocated in it: to count every array up and down at every call took a third of a patient's time.
INNER: dict[str, Any] = {
    "cache": True,
    "no_cpython_wrapper": True,
    "_nrt": False,
    "forceinline": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}


@nb.njit(inline="always")
def up(n: int, to: int) -> int:
    """Return ``n`` rounded up to whole ``to``."""
    return (n + to - 1) // to * to


@nb.njit(inline="always")
def unit(word: np.uint32) -> float:
    """Return a U(0, 1), never 0 or 1, from 32 bits."""
    return word * _SCALE + _HALF


@nb.njit(inline="always", error_model="numpy", fastmath={"contract", "nsz"})
def exp(x: float) -> float:
    """Return e^x for x within +-700: 2^k times a Taylor series on +-ln(2)/2, summed in pairs (Estrin)."""
    x = min(max(x, _LEAST), _MOST)
    shifted = x * _PER_LN2 + _ROUND
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    q = r * r
    low = (1.0 + r) + q * (0.5 + r * (1.0 / 6.0))
    middle = (1.0 / 24.0 + r * (1.0 / 120.0)) + q * (1.0 / 720.0 + r * (1.0 / 5040.0))
    high = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + q * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    p = low + q * q * (middle + q * q * high)
    bits = (np.float64(shifted).view(np.int64) + np.int64(_BIAS)) << np.int64(_MANTISSA)
    return p * np.int64(bits).view(np.float64)


@nb.njit(inline="always", error_model="numpy", fastmath={"contract", "nsz"})
def ln(x: float) -> float:
    """Return the natural logarithm of a normal number above 0, as 2 artanh((m - 1) / (m + 1)) of its mantissa."""
    bits = np.float64(x).view(np.int64)
    k = (bits >> np.int64(_MANTISSA)) - np.int64(_BIAS)
    m = np.int64((bits & _LOW_BITS) | _ONE_BITS).view(np.float64)
    high = m > 1.4142135623730951
    m = 0.5 * m if high else m
    e = np.float64(k) + (1.0 if high else 0.0)
    s = (m - 1.0) / (m + 1.0)
    q = s * s
    t = q * q
    low = (1.0 + q * (1.0 / 3.0)) + t * (1.0 / 5.0 + q * (1.0 / 7.0))
    high = (1.0 / 9.0 + q * (1.0 / 11.0)) + t * (1.0 / 13.0 + q * (1.0 / 15.0 + q * (1.0 / 17.0)))
    p = low + t * t * high
    return e * _LN2_HIGH + (e * _LN2_LOW + 2.0 * s * p)
