"""Many counter-based draws at once: loops that compilers turn into vector instructions.

A block of Philox4x32 costs some 20 ns alone and 2 ns among others, because ten rounds wait for each other and
neighbours do not. Everything within a loop is written out and inlined: one call left standing and the compiler takes
the loop one by one. Errors are below 1e-12 (exp, ln) and, within 5 standard deviations, 1e-5 (normal).
Source: Salmon, Moraes, Dror, Shaw 2011, doi 10.1145/2063384.2063405 (Philox); Giles 2010, "Approximating the erfinv
function", GPU Computing Gems, doi 10.1016/B978-0-12-385963-1.00010-1 (normal quantile).
"""

from __future__ import annotations

import math
from typing import Any, cast

import numba as nb
import numpy as np
from numpy.typing import NDArray

_SERIES = cast("int", np.int64(32))  # blocks of a series drawn at once; a literal would be compiled apart
LANES, WIDE = 8, 32  # round a number up to these (heavy loops, light ones): what is left over goes one by one
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_SCALE = 2.0**-32
_HALF = 2.0**-33
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.44269504088896338700
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number, which then stands in the low bits
_BIAS, _MANTISSA = 1023, 52
_LOW_BITS = np.int64((1 << 52) - 1)
_ONE_BITS = np.int64(1023 << 52)
_LEAST, _MOST = -700.0, 700.0
_TAIL = 5.0  # -ln(4 u (1 - u)) from which on the quantile has other coefficients
# How a kernel is compiled that no Python code calls: without an entrance for it, and within its caller, since a desk
# and the shared numbers are more than a hundred words to hand over. Without reference counts, so nothing is allocated
# in it: counting every array of the desk up and down at every call took a third of a patient's time.
INNER: dict[str, Any] = {
    "cache": True,
    "no_cpython_wrapper": True,
    "_nrt": False,
    "forceinline": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz"},
}
CALLED = {name: value for name, value in INNER.items() if name != "no_cpython_wrapper"}  # from Python, too


@nb.njit(inline="always")
def philox(k0: np.uint64, k1: np.uint64, x0: np.uint64, x1: np.uint64, x2: np.uint64, x3: np.uint64) -> tuple:
    """Return the four words of Philox4x32 with ten rounds, all in the low half of 64 bits.

    The same numbers as ``leao.diary.kernels.random.philox``.
    """
    for _ in range(10):
        p0 = _M0 * x0
        p1 = _M1 * x2
        x0 = (p1 >> _SHIFT) ^ x1 ^ k0
        x1 = p1 & _LOW
        x2 = (p0 >> _SHIFT) ^ x3 ^ k1
        x3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return x0, x1, x2, x3


@nb.njit(inline="always")
def wide(word: Any) -> np.uint64:
    """Return the low 32 bits of a whole number."""
    return np.uint64(word) & _LOW


@nb.njit(**CALLED)
def blocks(k0: np.uint32, k1: np.uint32, who: int, first: int, block: int, n: int, out: NDArray[np.uint32]) -> None:
    """Fill ``out`` (>= 4 n,) with the words of counters (who, first + i, 0, block), i < n.

    Args:
        k0: first word of the key.
        k1: second word of the key.
        who: first number of the counter.
        first: second number of the first counter.
        block: last number of the counter.
        n: how many blocks.
        out: word w of block i at w n + i.
    """
    a, b, c, d, e = wide(k0), wide(k1), wide(who), wide(0), wide(block)
    for i in range(n):
        w0, w1, w2, w3 = philox(a, b, c, wide(first + i), d, e)
        out[i] = w0
        out[n + i] = w1
        out[2 * n + i] = w2
        out[3 * n + i] = w3


@nb.njit(**CALLED)
def series(k0: np.uint32, k1: np.uint32, who: int, block: int, n: int, out: NDArray[np.uint32]) -> None:
    """Fill ``out`` with at least ``n`` words, the same whatever n: word i does not depend on how many are wanted.

    ``out`` needs room for ``room(n)`` words.
    """
    for first in range(0, n, 4 * _SERIES):
        blocks(k0, k1, who, first // 4, block, _SERIES, out[first : first + 4 * _SERIES])


@nb.njit(cache=True)
def room(n: int) -> int:
    """Return the words that ``series`` writes for ``n``."""
    return up(n, 4 * _SERIES)


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


@nb.njit(inline="always", error_model="numpy", fastmath={"contract", "nsz"})
def _middle(c: float) -> float:
    p = 2.81022636e-08
    p = p * c + 3.43273939e-07
    p = p * c - 3.5233877e-06
    p = p * c - 4.39150654e-06
    p = p * c + 0.00021858087
    p = p * c - 0.00125372503
    p = p * c - 0.00417768164
    p = p * c + 0.246640727
    return p * c + 1.50140941


@nb.njit(inline="always", error_model="numpy", fastmath={"contract", "nsz"})
def normal(u: float) -> float:
    """Return the standard normal quantile of u in (0, 1) (Giles 2010, single precision coefficients)."""
    x = 2.0 * u - 1.0
    w = -ln((1.0 - x) * (1.0 + x))
    d = math.sqrt(max(w, 0.0)) - 3.0
    t = -0.000200214257
    t = t * d + 0.000100950558
    t = t * d + 0.00134934322
    t = t * d - 0.00367342844
    t = t * d + 0.00573950773
    t = t * d - 0.0076224613
    t = t * d + 0.00943887047
    t = t * d + 1.00167406
    t = t * d + 2.83297682
    return 1.4142135623730951 * x * (_middle(w - 2.5) if w < _TAIL else t)


@nb.njit(**INNER)
def normals(words: NDArray[np.uint32], n: int, out: NDArray[np.float64], depth: NDArray[np.float64]) -> None:
    """Fill ``out`` with ``normal`` of the first ``n`` words: all as if in the middle, then the one in 300 that is not.

    ``depth`` is room for ``n`` numbers.
    """
    for k in range(n):
        x = 2.0 * unit(words[k]) - 1.0
        w = -ln((1.0 - x) * (1.0 + x))
        depth[k] = w
        out[k] = 1.4142135623730951 * x * _middle(w - 2.5)
    for k in range(n):
        if depth[k] >= _TAIL:
            out[k] = normal(unit(words[k]))
