"""Charge of a sheet's nodes, kept by what the amounts say: the potentials are only solved to a tolerance.

What the solver leaves would add up over thousands of steps. So every step starts from the glial voltage that the
amounts in glia give, and asks that whatever a place holds too much of leaves it:
    b_2 += C/dt (v(amounts) - v),   b_1 += (charge of the place - that of rest) / dt
An error of one step is undone in the next.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from leao.cortex.kernels import membrane as m
from leao.cortex.kernels import node

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}


@njit(cache=True, fastmath=FAST, error_model="numpy", nogil=True)
def balance_rows(
    packed: Array, right: Array, awake: Array, rest: tuple[float, float, float], sizes: tuple[float, float],
    block: tuple[int, int, int],
) -> None:  # fmt: skip
    """Adds to the right-hand sides (2, y, x) what the tiles of a block that are ``awake`` (y, tile) hold too much of.

    ``sizes``: capacitance over the step, the step (s). ``rest``: charge of glia and of the whole node at rest
    (mmol/cm3), and the glial voltage
    there (RT/F). ``block``:
    first row, the row past the last, and the cells of a row.
    """
    glia_rest, all_rest, voltage_rest = rest
    c_dt, dt = sizes
    apart = 1.0 / (c_dt * dt)
    for y in range(block[0], block[1]):
        for tile in range(packed.shape[1]):
            if awake[y - 1, tile] == 0.0:
                continue
            kept = packed[y - 1, tile]
            first = tile * m.LANES
            for j in range(min(m.LANES, block[2] - first)):
                neuron = kept[node.NA_N, j] + kept[node.K_N, j] - kept[node.CL_N, j]
                glia = kept[node.NA_G, j] + kept[node.K_G, j] - kept[node.CL_G, j]
                outside = kept[node.NA_E, j] + kept[node.K_E, j] - kept[node.CL_E, j]
                voltage = voltage_rest + (glia - glia_rest) * apart
                right[0, y, first + j + 1] += ((neuron + glia + outside) - all_rest) / dt
                right[1, y, first + j + 1] += c_dt * (voltage - kept[node.V_G, j])
