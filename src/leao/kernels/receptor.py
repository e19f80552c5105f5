"""How a pore blocker that competes with Mg2+ depends on voltage: pure arithmetic."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, fastmath={"contract", "nsz"})
def magnesium_factor(v: Array, magnesium: float, k0: float, v_slope: float) -> Array:
    """1 + [Mg] / K_Mg(V), K_Mg = k0 exp(v_slope V): what Mg2+ makes of an IC50 (Jahr & Stevens 1990).

    Units: v mV, magnesium and k0 mM, v_slope 1/mV.
    """
    return 1.0 + magnesium / (k0 * np.exp(v_slope * v))


@njit(cache=True, fastmath={"contract", "nsz"})
def ic50(
    v: Array,
    magnesium: float,
    ic50_ref: float,
    v_ref: float,
    delta: float,
    rt_f: float,
    k0: float,
    v_slope: float,
    f_mg: float,
) -> Array:
    """IC50 at v: IC50_ref exp(delta (v - v_ref) / (RT/F)) (1 + [Mg] / (f_mg K_Mg(v))) (Woodhull 1973).

    Units: v, v_ref and rt_f mV, magnesium and k0 mM, v_slope 1/mV; the result is in the unit of ic50_ref.
    """
    woodhull = np.exp(delta * (v - v_ref) / rt_f)
    return ic50_ref * woodhull * magnesium_factor(v, magnesium, f_mg * k0, v_slope)
