"""How a pore blocker that competes with Mg2+ depends on voltage: pure arithmetic that broadcasts."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def magnesium_factor(v: ArrayLike, magnesium: ArrayLike, k0: ArrayLike, v_slope: ArrayLike) -> Array:
    """Return 1 + [Mg] / K_Mg(V), K_Mg = k0 exp(v_slope V): what Mg2+ makes of an IC50 (Jahr & Stevens 1990).

    Units: v mV, magnesium and k0 mM, v_slope 1/mV.
    """
    return 1.0 + np.asarray(magnesium) / (np.asarray(k0) * np.exp(np.multiply(v_slope, v)))


def woodhull(v: ArrayLike, v_ref: ArrayLike, delta: ArrayLike, rt_f: ArrayLike) -> Array:
    """Return exp(delta (v - v_ref) / (RT/F)): a charged blocker's IC50 against that at v_ref (Woodhull 1973).

    Units: v, v_ref and rt_f mV.
    """
    return np.exp(np.asarray(delta) * np.subtract(v, v_ref) / np.asarray(rt_f))
