"""A function of U(0, 1) that is tabulated: straight between its points, which a guide finds without a search.

The guide says of equal cells of U where the points of each begin; of those most cells hold one or two.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

_CELLS = 4096


def guide(at: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the last of the rising points ``at`` that is not above the beginning of each cell, -1 where all are."""
    return np.searchsorted(at, np.arange(_CELLS + 1) / _CELLS, side="right") - 1


@nb.njit(cache=True, nogil=True)
def straight(
    u: NDArray[np.float64], at: NDArray[np.float64], values: NDArray[np.float64], begins: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what ``numpy.interp(u, at, values)`` does, bit for bit.

    Args:
        u: a line of numbers from 0 to 1.
        at: rising points.
        values: of the function there.
        begins: the ``guide``.
    """
    out, last = np.empty(u.size), at.size - 1
    for k in range(u.size):
        place = begins[int(u[k] * _CELLS)]
        while place < last and at[place + 1] <= u[k]:
            place += 1
        if place < 0 or place == last:
            out[k] = values[max(place, 0)]
        else:
            slope = (values[place + 1] - values[place]) / (at[place + 1] - at[place])
            out[k] = slope * (u[k] - at[place]) + values[place]
    return out
