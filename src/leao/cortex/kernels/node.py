"""Columns and limits of a node of cortex: neuron (n), glia (g) and extracellular space (e).

The node itself is in kernels/membrane.py, its receptors in kernels/subtypes.py, its glutamate in kernels/glutamate.py.
"""

from typing import Any

import numpy as np
from numba import njit

FAST = {"contract", "nsz"}
# For functions that only kernels call: without a door to Python, which for a tuple of sixty constants costs as much to
# compile as the function. Called from Python such a function ends the process: a test calls it from its own kernel.
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# Columns of the state, (node, column).
NA_N, K_N, CL_N, GLU_N, NA_G, K_G, CL_G, GLU_G, NA_E, K_E, CL_E, GLU_E = range(12)
ALPHA_N, ALPHA_G, V_N, V_G, H_NAP, POOL = range(12, 18)
N_STATE = 18

# Columns of the voltage table, (voltage, column): what a Newton iteration reads fills one cache line.
GHK, NAP, POTASSIUM, RELEASE, OPEN = range(5)
NAP_OPEN, NAP_CLOSE, KIR, KIR_DRIVE, LEAVE = range(8, 13)
MOST_SUBTYPES = 4
N_TABLE = 16

# Columns of what a stimulus does to a node.
KCL, PULSE, GLUTAMATE, CHARGE, BATH = range(5)
N_KIND = 5

OK, NO_ROOT, NEGATIVE, RUNAWAY, TOO_COARSE = range(5)

LARGEST_MOVE = 0.4  # of the neuronal voltage within one Newton iteration, RT/F
ROOT_FOUND = 1e-7  # RT/F
LEAST_SLOPE = 0.1  # of the Newton line, as a share of C/dt
PATIENCE = 15  # iterations
MOST_ITERATIONS = 100
VOLTAGE_LIMIT = 7.0  # RT/F; inside the voltage table
LARGEST_SHRINKAGE = 0.5  # share of the room above the floor that one step may take


@njit(cache=True, fastmath=FAST)
def pump_factor(k_out: float, na_in: float, k_half: float, na_half: float) -> float:
    """Saturation of the Na/K pump: (1 + k_half/K_e)^-2 (1 + na_half/Na_i)^-3."""
    a = 1.0 + k_half / k_out
    b = 1.0 + na_half / na_in
    return 1.0 / (a * a * b * b * b)


@njit(cache=True, fastmath=FAST, inline="always")
def next_step(
    v: float, residual: float, c_dt: float, slope: float, low: float, high: float, turn: int
) -> tuple[float, float, float]:
    """Newton step kept inside the bracket (low, high), else half of it; the new bracket first."""
    if residual > 0.0:
        high = v
    else:
        low = v
    step = -residual / max(c_dt + slope, LEAST_SLOPE * c_dt)
    if low > -VOLTAGE_LIMIT and high < VOLTAGE_LIMIT:
        if abs(step) >= ROOT_FOUND and not low < v + step < high:
            step = 0.5 * (low + high) - v
        return low, high, step
    # Near a fold the steps shrink without end: past PATIENCE they grow, to find the bracket.
    if turn > PATIENCE and abs(step) >= ROOT_FOUND:
        step += np.sign(step) * 1e-4 * 2.0 ** (turn - PATIENCE)
    return low, high, min(max(step, -LARGEST_MOVE), LARGEST_MOVE)
