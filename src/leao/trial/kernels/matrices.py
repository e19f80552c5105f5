"""Small dense matrices of the estimators.

Loops, not ``@`` and slices: a product of two matrices of three rows costs more in BLAS than here, and each array
expression takes Numba half a second to compile, again in every kernel that calls the one it stands in.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray


def dense(*arrays: NDArray) -> tuple[NDArray, ...]:
    """Return the arrays row after row and writable: Numba would compile a kernel anew for every other layout."""
    return tuple(np.require(array, requirements=("C", "W")) for array in arrays)


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def invert(matrix: NDArray[np.float64], inverse: NDArray[np.float64], least: float) -> bool:
    """Write the inverse of a symmetric positive definite matrix; return whether it is one (Gauss-Jordan).

    Args:
        matrix: (n, n).
        inverse: (n, n), written.
        least: share of its diagonal element that a pivot must exceed.
    """
    n = matrix.shape[0]
    work = matrix.copy()
    for k in range(n):
        for j in range(n):
            inverse[k, j] = 1.0 if j == k else 0.0
    for k in range(n):
        pivot = work[k, k]
        if not pivot > least * matrix[k, k]:
            return False
        for j in range(n):
            work[k, j] /= pivot
            inverse[k, j] /= pivot
        for i in range(n):
            if i != k:
                factor = work[i, k]
                for j in range(n):
                    work[i, j] -= factor * work[k, j]
                    inverse[i, j] -= factor * inverse[k, j]
    return True


@nb.njit(cache=True)
def apply(matrix: NDArray, vector: NDArray, product: NDArray) -> float:
    """Write ``matrix @ vector``, as long as ``product``; return its largest element in size."""
    largest = 0.0
    for i in range(product.size):
        value = 0.0
        for j in range(product.size):
            value += matrix[i, j] * vector[j]
        product[i] = value
        largest = max(largest, abs(value))
    return largest


@nb.njit(cache=True)
def sandwich(outer: NDArray, inner: NDArray, work: NDArray, product: NDArray) -> None:
    """Write ``outer @ inner @ outer``, all (n, n); ``work`` is overwritten."""
    n = outer.shape[0]
    for i in range(n):
        for j in range(n):
            value = 0.0
            for k in range(n):
                value += outer[i, k] * inner[k, j]
            work[i, j] = value
    for i in range(n):
        for j in range(n):
            value = 0.0
            for k in range(n):
                value += work[i, k] * outer[k, j]
            product[i, j] = value


@nb.njit(cache=True)
def cholesky(matrix: NDArray, inverse: NDArray) -> float:
    """Write the inverse of a symmetric positive definite matrix; return ln(det), NaN where it is not one.

    The matrix is the upper left block of ``matrix`` as large as ``inverse``: no caller has to cut it out. Both may be
    the same array; the factor stands in the lower half of ``inverse`` until its rows are done with.
    """
    n, factor = inverse.shape[0], inverse
    log = 0.0
    for j in range(n):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= factor[j, k] * factor[j, k]
        if not pivot > 1e-13 * abs(matrix[j, j]):
            return np.nan
        factor[j, j] = math.sqrt(pivot)
        log += math.log(pivot)
        for i in range(j + 1, n):
            value = matrix[i, j]
            for k in range(j):
                value -= factor[i, k] * factor[j, k]
            factor[i, j] = value / factor[j, j]
    for j in range(n):  # inverse of the factor, in place of its lower triangle
        factor[j, j] = 1.0 / factor[j, j]
        for i in range(j + 1, n):
            value = 0.0
            for k in range(j, i):
                value -= factor[i, k] * factor[k, j]
            factor[i, j] = value / factor[i, i]
    for i in range(n):
        for j in range(i + 1):
            value = 0.0
            for k in range(i, n):
                value += factor[k, i] * factor[k, j]
            inverse[i, j] = value
    for i in range(n):
        for j in range(i):
            inverse[j, i] = inverse[i, j]
    return log
