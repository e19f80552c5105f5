"""Philox as a pure function: four uniforms from a key and a counter, no state.

Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11, doi 10.1145/2063384.2063405.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba.extending import intrinsic
from numpy.typing import NDArray

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint32(0x9E3779B9)
_W1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_SCALE = 2.0**-32
_HALF = 2.0**-33
_LONG_M0, _LONG_M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)  # of Philox4x64, as its next two
_LONG_W0, _LONG_W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _11 = np.uint64(0), np.uint64(11)
_TO_53, _TINY = 2.0**-53, float(np.finfo(np.float64).tiny)


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


def _upper_half(context: Any, a: Any, b: Any) -> tuple:
    """Return the upper half of the product of two words of 64 bits, which no operator gives."""

    def code(_context: Any, builder: Any, _signature: Any, words: tuple) -> Any:
        twice = type(words[0].type)(128)
        product = builder.mul(*(builder.zext(word, twice) for word in words))
        return builder.trunc(builder.lshr(product, twice(64)), words[0].type)

    return nb.types.uint64(nb.types.uint64, nb.types.uint64), code


_high: Any = intrinsic(_upper_half)


@nb.njit(cache=True, nogil=True)
def people_of_trials(keys: NDArray[np.uint64], first: int, out: NDArray[np.float64]) -> None:
    """Fill ``out`` (number, trial, person) with U(0, 1), never 0: those of ``core.random.Streams.uniforms``.

    Numpy's Philox4x64-10, which counts on before it gives four numbers, of 53 bits each.

    Args:
        keys: of the trials, (trial, 2).
        first: index of the first person.
        out: receives the numbers.
    """
    n, people = out.shape[0], out.shape[2]
    for trial in range(keys.shape[0]):
        for block in range(0, n, 4):
            for person in range(people):
                x0, x1, x2, x3 = np.uint64(first + person + 1), np.uint64(block), _ZERO, _ZERO
                k0, k1 = keys[trial, 0], keys[trial, 1]
                for _ in range(10):
                    p0, p1 = _LONG_M0 * x0, _LONG_M1 * x2
                    x0, x2 = _high(_LONG_M1, x2) ^ x1 ^ k0, _high(_LONG_M0, x0) ^ x3 ^ k1
                    x1, x3 = p1, p0
                    k0 += _LONG_W0
                    k1 += _LONG_W1
                out[block, trial, person] = max(np.float64(x0 >> _11) * _TO_53, _TINY)
                if block + 1 < n:
                    out[block + 1, trial, person] = max(np.float64(x1 >> _11) * _TO_53, _TINY)
                if block + 2 < n:
                    out[block + 2, trial, person] = max(np.float64(x2 >> _11) * _TO_53, _TINY)
                if block + 3 < n:
                    out[block + 3, trial, person] = max(np.float64(x3 >> _11) * _TO_53, _TINY)
