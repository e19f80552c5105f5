"""Small dense matrices of the estimators."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def invert(matrix: NDArray[np.float64], inverse: NDArray[np.float64], least: float = 0.0) -> bool:
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
