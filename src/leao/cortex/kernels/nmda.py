"""NMDA receptors of one tissue node: eight slow states per subtype. The step itself is in kernels/subtypes.py.

States, free of trapped drug and then holding it: R (R0 + R1), L (R2 + O), D desensitised, X deeply desensitised.
    R <-> L <-> D <-> X   in each layer,   L_free <-> L_trapped   through the open gate
The links form a tree, so (I - dt Q^T) p' = p is solved by eliminating its leaves: no matrix, positive for any dt,
and the sum is kept. The superficial site of the drug and Mg2+ exchange fast and stand as equilibria in the voltage
tables. Reduction of the fifteen-state scheme of kernels/gating.py; X is the slow desensitised state of the published
wave model (Tuttle et al. 2019, 10.1371/journal.pcbi.1007455).

An `INSTANT` receptor has no binding lag: L counts every receptor that is not desensitised, and glutamate opens the
share F = G^h / (G^h + K^h) of it (the scheme of that model).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

FAST = {"contract", "nsz"}

R, L, D, X, R_T, L_T, D_T, X_T = range(8)
N_GATE = 8

# Columns of the constants, (subtype, column); rates 1/s, glutamate in mmol/cm3.
WEIGHT, BIND, UNBIND, SHUT, ENTER, RECOVER, DEEPEN, LIFT = range(8)
SHUT_T, ENTER_T, RECOVER_T, ON, INSTANT, HALF, HILL = range(8, 15)
N_CONSTANT = 15

# Columns of what a step of given length needs, (subtype, column).
PULL, CLIMB, FALL, FALL_T, SINK, KEPT, RISE, IN_D, IN_D_T, STAY, STAY_T, BACK, BACK_T, ENTRY = range(14)
N_STEP = 14


@njit(cache=True, fastmath=FAST, _nrt=False)
def share_bound(r: Array, s: int, glutamate: float) -> float:
    """Return the share F of an instant receptor that glutamate opens; 1 where binding has its own state."""
    if r[s, INSTANT] == 0.0:
        return 1.0
    return 1.0 / (1.0 + (r[s, HALF] / glutamate) ** r[s, HILL])


@njit(cache=True, fastmath=FAST)
def bind(r: Array, s: int, glutamate: float) -> tuple[float, float]:
    """Return the rates R -> L and L -> R of the free layer but for its shut share, 1/s.

    With x = k_on G / k_off: 2 k_on G x / (1 + 3x) and 2 k_off (1 + 2x) / (1 + 3x): R0 and R1 in balance, slowed by
    the mean time that binding twice from R0 takes.
    """
    if r[s, INSTANT] != 0.0:
        return 0.0, 0.0
    on = r[s, BIND] * glutamate
    x = on / r[s, UNBIND]
    scale = 2.0 / (1.0 + 3.0 * x)
    return on * x * scale, r[s, UNBIND] * (1.0 + 2.0 * x) * scale


@njit(cache=True, fastmath=FAST)
def per_step(r: Array, dt: float) -> Array:
    """Return the constants (subtype, N_STEP) of steps of length `dt`: rates times dt, and what elimination shares."""
    k = np.zeros((r.shape[0], N_STEP))
    for s in range(r.shape[0]):
        k[s, PULL] = 0.0 if r[s, INSTANT] != 0.0 else r[s, BIND] / r[s, UNBIND]
        k[s, CLIMB] = 2.0 * dt * r[s, BIND]
        k[s, FALL] = 2.0 * dt * r[s, UNBIND] * r[s, SHUT]
        k[s, FALL_T] = 2.0 * dt * r[s, UNBIND] * r[s, SHUT_T]
        if r[s, INSTANT] != 0.0:
            k[s, CLIMB] = k[s, FALL] = k[s, FALL_T] = 0.0
        k[s, SINK], k[s, KEPT] = dt * r[s, DEEPEN], 1.0 / (1.0 + dt * r[s, LIFT])
        k[s, RISE] = dt * r[s, LIFT] * k[s, KEPT]
        k[s, IN_D], k[s, IN_D_T] = dt * r[s, ENTER], dt * r[s, ENTER_T]
        k[s, STAY] = 1.0 / (1.0 + dt * r[s, RECOVER] + k[s, SINK] * k[s, KEPT])
        k[s, STAY_T] = 1.0 / (1.0 + dt * r[s, RECOVER_T] + k[s, SINK] * k[s, KEPT])
        k[s, BACK], k[s, BACK_T] = dt * r[s, RECOVER] * k[s, STAY], dt * r[s, RECOVER_T] * k[s, STAY_T]
        k[s, ENTRY] = dt * r[s, ON]
    return k


@njit(cache=True, fastmath=FAST)
def equilibrium(r: Array, s: int, glutamate: float, opened: float, leave: float) -> Array:
    """Return the occupancies (8,) of subtype `s` in balance with one constant surround."""
    climb, fall = bind(r, s, glutamate)
    bound = share_bound(r, s, glutamate)
    deep = r[s, DEEPEN] / r[s, LIFT] if r[s, DEEPEN] > 0.0 else 0.0
    p = np.zeros(N_GATE)
    p[L] = 1.0
    p[R] = fall * r[s, SHUT] / climb if climb > 0.0 else 0.0
    p[D] = r[s, ENTER] * bound / r[s, RECOVER]
    p[X] = p[D] * deep
    if r[s, ON] > 0.0:
        p[L_T] = r[s, ON] * opened / leave
        p[R_T] = p[L_T] * (fall * r[s, SHUT_T] / climb if climb > 0.0 else 0.0)
        p[D_T] = p[L_T] * r[s, ENTER_T] * bound / r[s, RECOVER_T]
        p[X_T] = p[D_T] * deep
    return p / np.sum(p)
