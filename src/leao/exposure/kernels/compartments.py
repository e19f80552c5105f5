"""Exact steps of linear compartments with first-order absorption: states gut G, central A, peripheral P, effect E.

    dG/dt = -ka G + r_1                          dP/dt = CL_d/V A - CL_d/V_p P + r_3
    dA/dt = ka G - (CL + CL_d)/V A + CL_d/V_p P + r_2      dE/dt = k_e0 (A/V - E)

that is dx/dt = M x + r, with amounts in G, A, P and a concentration in E. Two forms of exp(Mt):

Modes. M has the eigenvalues -ka, -l_1, -l_2 (-CL/V alone without P) and -k_e0. With x = sum_k z_k v_k each mode
falls by itself, z_k(t) = z_k(0) exp(-l_k t) + (L r)_k (1 - exp(-l_k t)) / l_k, so that a level at any time costs one
exponential per mode (Gibaldi & Perrier 1982, Pharmacokinetics, ch. 2 and app. B). Rounding grows as the product of
max(l_k, l_j) / |l_k - l_j|; beyond LARGEST_GROWTH the second form takes over.

Newton. exp(Mt) = sum_k f[x_0..x_k] prod_{j<k} (M - x_j I), f(x) = exp(xt), on the eigenvalues x_0 >= x_1 >= ..., and
its integral with f[0, x_0..x_k]. The divided differences of exp are computed by recursion where the nodes are apart
and by their Taylor series where they meet (McCurdy, Ng & Parlett 1984, Math. Comp. 43:501), so equal or nearly equal
rates (ka = CL/V) are exact, too.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

FLAGS = {"contract", "nsz"}

# columns of a parameter set: 1/h, L/h, L, L/h, L, 1/h, h, share
KA, CL, V, CL_D, V_P, KE0, LAG, F = range(8)
N_SET = 8
# columns of a table of modes
RATE, INTO, BACK = 0, 1, 5
LARGEST_GROWTH = 1e3  # of rounding: 2e-13 of the peak at most
APART = 0.05  # nodes closer than this meet in the Taylor series; the recursion loses eps / APART at most per level
TERMS = 8
OVER_FACTORIAL = 1.0 / np.cumprod(np.maximum(np.arange(TERMS + 4.0), 1.0))

LEAST = -708.0  # exp of less is below the smallest normal number
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # ln 2 in two parts (Cody & Waite 1980)
SHIFT = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to whole numbers and leaves them in the lowest bits
C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12 = (float(c) for c in 1.0 / np.cumprod(np.arange(1.0, 13.0))[1:])


def _bits(_: Any, x: Any) -> Any:
    """Return the 64 bits of a float as an integer: what numba asks of an intrinsic."""

    def build(context: Any, builder: Any, _: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(types.int64))

    return types.int64(types.float64), build


def _float(_: Any, x: Any) -> Any:
    """Return the float that has these 64 bits."""

    def build(context: Any, builder: Any, _: Any, values: Any) -> Any:
        return builder.bitcast(values[0], context.get_value_type(types.float64))

    return types.float64(types.int64), build


_as_bits: Any = intrinsic(_bits)
_as_float: Any = intrinsic(_float)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def decay(x: float) -> float:
    """Return exp(x) for x <= 0, to one and a half units in the last place; branch-free, so that loops vectorise.

    exp(x) = 2^n exp(r), n the whole number nearest x / ln 2, |r| <= ln 2 / 2: Taylor's polynomial of degree 12 leaves
    2e-16. Below LEAST it stays at exp(LEAST), which is nothing beside any level.
    """
    x = x if x > LEAST else LEAST
    shifted = x * LOG2_E + SHIFT
    n = shifted - SHIFT
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    high = C12 * r + C11
    for_r10 = high * r + C10
    p = ((((for_r10 * r + C9) * r + C8) * r + C7) * r + C6) * r + C5
    p = ((p * r + C4) * r + C3) * r + C2
    p = (p * r) * r + r + 1.0
    return p * _as_float((_as_bits(shifted) + 1023) << 52)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def modes(p: NDArray[np.float64], table: NDArray[np.float64]) -> tuple[int, bool]:
    """Fill the modes of one parameter set, z = into x and x = back z; return how many and whether they are apart.

    Args:
        p: (8,) parameter set.
        table: (4, 9 or more), a row per mode, columns RATE (l_k, 1/h), INTO (left eigenvector, 4 states) and BACK
            (right eigenvector, 4 states).
    """
    table[:] = 0.0
    k10, ka = p[CL] / p[V], p[KA]
    table[0, RATE], table[0, INTO], table[0, BACK] = ka, 1.0, 1.0
    if p[CL_D] > 0.0:
        k12, k21 = p[CL_D] / p[V], p[CL_D] / p[V_P]
        fast, slow = _dispositions(k10, k12, k21)
        above, below = k21 - slow, k21 - fast  # their product is -k12 k21; the smaller one follows from the larger
        if above > -below:
            below = -k12 * k21 / above
        else:
            above = -k12 * k21 / below
        n, gap = 3, fast - slow
        table[0, BACK + 1] = ka * (k21 - ka) / ((fast - ka) * (slow - ka))
        table[0, BACK + 2] = ka * k12 / ((fast - ka) * (slow - ka))
        table[1, RATE], table[1, INTO + 1], table[1, INTO + 2] = fast, -below / gap, -k21 / gap
        table[2, RATE], table[2, INTO + 1], table[2, INTO + 2] = slow, above / gap, k21 / gap
        table[1, BACK + 1], table[1, BACK + 2] = 1.0, k12 / below
        table[2, BACK + 1], table[2, BACK + 2] = 1.0, k12 / above
    else:
        n = 2
        table[0, BACK + 1] = ka / (k10 - ka)
        table[1, RATE], table[1, INTO + 1], table[1, BACK + 1] = k10, 1.0, 1.0
    for k in range(1, n):
        table[k, INTO] = -(table[k, INTO + 1] * table[0, BACK + 1] + table[k, INTO + 2] * table[0, BACK + 2])
    table[n, RATE], table[n, INTO + 3], table[n, BACK + 3] = p[KE0], 1.0, 1.0
    for k in range(n):
        table[k, BACK + 3] = p[KE0] / p[V] * table[k, BACK + 1] / (p[KE0] - table[k, RATE])
        for j in range(3):
            table[n, INTO + j] -= table[k, BACK + 3] * table[k, INTO + j]
    largest = 0.0
    for k in range(n + 1):
        growth = 1.0
        for j in range(n + 1):
            if j != k:
                growth *= max(table[k, RATE], table[j, RATE]) / abs(table[k, RATE] - table[j, RATE])
        largest = max(largest, growth)
    return n + 1, largest < LARGEST_GROWTH


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def prepare(p: NDArray[np.float64], table: NDArray[np.float64]) -> tuple[int, bool]:
    """Fill (9, 16) with the modes of a parameter set and, where they are not apart, with Newton's form from row 4 on.

    Returns how many modes there are, and whether they are apart.
    """
    n, apart = modes(p, table)
    if not apart:
        system(p, table[4:])
    return n, apart


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def _dispositions(k10: float, k12: float, k21: float) -> tuple[float, float]:
    """Return the fast and the slow rate of disposition of two compartments, 1/h."""
    fast = 0.5 * (k10 + k12 + k21 + np.sqrt((k10 + k12 - k21) ** 2 + 4.0 * k12 * k21))
    return fast, k10 * k21 / fast


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def divided_differences(y: NDArray[np.float64], n: int, d: NDArray[np.float64]) -> None:
    """Fill d[i, j] with exp[y_i .. y_j] for i <= j < n; the nodes descend."""
    for i in range(n):
        d[i, i] = np.exp(y[i])
    for level in range(1, n):
        for i in range(n - level):
            j = i + level
            spread = y[i] - y[j]
            if level == 1:
                if spread > APART:
                    d[i, j] = (d[i, i] - d[j, j]) / spread
                else:
                    d[i, j] = d[j, j] * np.expm1(spread) / spread if spread > 1e-300 else d[j, j]
            elif spread > APART:
                d[i, j] = (d[i, j - 1] - d[i + 1, j]) / spread
            else:
                d[i, j] = _meeting(y, i, j)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def _meeting(y: NDArray[np.float64], i: int, j: int) -> float:
    """Return exp[y_i .. y_j] = exp(m) sum_k h_k(y - m) / (k + level)!, h_k complete homogeneous polynomials."""
    middle = 0.5 * (y[i] + y[j])
    h0 = h1 = h2 = h3 = h4 = 1.0
    z0 = y[i] - middle
    z1 = y[i + 1] - middle
    z2 = y[i + 2] - middle
    z3 = y[i + 3] - middle if j >= i + 3 else 0.0
    z4 = y[i + 4] - middle if j >= i + 4 else 0.0
    total = OVER_FACTORIAL[j - i]
    for k in range(1, TERMS):
        h0 *= z0
        h1 = h0 + z1 * h1
        h2 = h1 + z2 * h2
        h3 = h2 + z3 * h3
        h4 = h3 + z4 * h4
        total += h4 * OVER_FACTORIAL[k + j - i]
    return np.exp(middle) * total


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def system(p: NDArray[np.float64], newton: NDArray[np.float64]) -> int:
    """Fill Newton's matrices and the eigenvalues (descending) of one parameter set; return how many there are.

    Args:
        p: (8,) parameter set.
        newton: (5, 16) filled with prod_{j<k} (M - x_j I), row after row, states in the order G, A, P, E; the last
            row holds the eigenvalues, 1/h.
    """
    nodes = newton[4]
    k10 = p[CL] / p[V]
    k12 = p[CL_D] / p[V]
    k21 = p[CL_D] / p[V_P] if p[CL_D] > 0.0 else 0.0
    m = np.zeros((4, 4))
    m[0, 0] = -p[KA]
    m[1, 0] = p[KA]
    m[1, 1] = -(k10 + k12)
    m[1, 2] = k21
    m[2, 1] = k12
    m[2, 2] = -k21
    m[3, 1] = p[KE0] / p[V]
    m[3, 3] = -p[KE0]
    n = 2
    nodes[0] = -p[KA]
    if p[CL_D] > 0.0:
        fast, slow = _dispositions(k10, k12, k21)
        nodes[1], nodes[2] = -fast, -slow
        n = 3
    else:
        nodes[1] = -k10
    nodes[n] = -p[KE0]
    n += 1
    for k in range(1, n):  # a sort by hand: Numba's takes longer to compile than all of this
        for i in range(k, 0, -1):
            if nodes[i] > nodes[i - 1]:
                nodes[i], nodes[i - 1] = nodes[i - 1], nodes[i]
    newton[:4] = 0.0
    for i in range(4):
        newton[0, 5 * i] = 1.0
    for k in range(1, n):
        for i in range(4):
            for j in range(4):
                total = -nodes[k - 1] * newton[k - 1, 4 * i + j]
                for q in range(4):
                    total += m[i, q] * newton[k - 1, 4 * q + j]
                newton[k, 4 * i + j] = total
    return n


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def transition(newton: NDArray[np.float64], n: int, t: float, with_input: bool) -> NDArray[np.float64]:
    """Return (2, 16): exp(Mt) and, if asked, its integral from 0 to t."""
    y, d, moves = np.empty(5), np.empty((5, 5)), np.zeros((2, 16))
    first = 1 if with_input else 0
    y[0] = 0.0
    for k in range(n):
        y[first + k] = newton[4, k] * t
    divided_differences(y, first + n, d)
    _combine(newton, n, t, 1.0, d[first, first:], moves[0])
    if with_input:
        _combine(newton, n, t, t, d[0, 1:], moves[1])
    return moves


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def move_by_newton(
    x: tuple[float, float, float, float],
    r: tuple[float, float, float, float],
    h: float,
    n: int,
    with_input: bool,
    newton: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    """Return the state after h hours under the inputs r, by Newton's form."""
    moves, y = transition(newton, n, h, with_input), np.zeros(4)
    for i in range(4):
        y[i] = moves[0, 4 * i] * x[0] + moves[0, 4 * i + 1] * x[1] + moves[0, 4 * i + 2] * x[2]
        y[i] += moves[0, 4 * i + 3] * x[3]
        y[i] += moves[1, 4 * i] * r[0] + moves[1, 4 * i + 1] * r[1] + moves[1, 4 * i + 2] * r[2]
    return y[0], y[1], y[2], y[3]


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def _combine(
    newton: NDArray[np.float64],
    n: int,
    t: float,
    power: float,
    d: NDArray[np.float64],
    move: NDArray[np.float64],
) -> None:
    """Add to ``move`` sum_k power t^k d[k] newton[k], newton[0] = I."""
    for k in range(n):
        for m in range(16):
            move[m] += power * d[k] * newton[k, m]
        power *= t


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def _solve(a: NDArray[np.float64], b: NDArray[np.float64], x: NDArray[np.float64]) -> bool:
    """Fill x with the solution of the 4 x 4 system a x = b (a and b are spent); False when singular."""
    for k in range(4):
        best = k
        for i in range(k + 1, 4):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        if abs(a[best, k]) < 1e-14:
            return False
        for j in range(4):
            a[k, j], a[best, j] = a[best, j], a[k, j]
        b[k], b[best] = b[best], b[k]
        for i in range(k + 1, 4):
            ratio = a[i, k] / a[k, k]
            for j in range(k, 4):
                a[i, j] -= ratio * a[k, j]
            b[i] -= ratio * b[k]
    for i in range(3, -1, -1):
        total = b[i]
        for j in range(i + 1, 4):
            total -= a[i, j] * x[j]
        x[i] = total / a[i, i]
    return True


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def steady_state(
    newton: NDArray[np.float64],
    p: NDArray[np.float64],
    dose: tuple[int, float, float, float, float],
) -> tuple[bool, NDArray[np.float64]]:
    """Return whether there is a steady state at the time of a record that carries SS, and the state (4,).

    ``dose`` is the compartment (0, 1, 2), the amount that arrives, rate, interval II and lag; the state stands one lag
    before the next dose arrives. Amount 0 with a rate and II 0 is a constant infusion. An infusion of n intervals and
    a rest is n constant infusions and one that lasts the rest, since the system is linear.
    """
    cmt, amount, rate, interval, lag = dose
    n, x = system(p, newton), np.zeros(4)
    if interval <= 0.0:
        if amount > 0.0 or rate <= 0.0:
            return False, x
        return constant(newton, p, cmt, rate)
    length = amount / rate if rate > 0.0 else 0.0
    whole = np.floor(length / interval) if length > interval else 0.0
    rest = length - whole * interval
    if rest + lag > interval or amount <= 0.0:
        return False, x
    if whole > 0.0:
        fine, x = constant(newton, p, cmt, whole * rate)
        if not fine or rest <= 0.0:
            return fine, x
        amount = rest * rate
    fine, more = periodic(newton, p, n, (cmt, amount, rate, interval, lag))
    for i in range(4):
        x[i] += more[i]
    return fine, x


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def constant(
    newton: NDArray[np.float64], p: NDArray[np.float64], cmt: int, rate: float
) -> tuple[bool, NDArray[np.float64]]:
    """Return whether an infusion without end has a steady state, and the state: M x = -r."""
    left, right = np.zeros((4, 4)), np.zeros(4)
    for i in range(4):
        for j in range(4):
            left[i, j] = newton[1, 4 * i + j] + (newton[4, 0] if i == j else 0.0)
    right[cmt] = -rate
    return solve_active(p, left, right)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def periodic(
    newton: NDArray[np.float64], p: NDArray[np.float64], n: int, dose: tuple[int, float, float, float, float]
) -> tuple[bool, NDArray[np.float64]]:
    """Return whether doses that end within their interval have a steady state, and the state: (I - e^(M II)) x = d."""
    cmt, amount, rate, interval, lag = dose
    length = amount / rate if rate > 0.0 else 0.0
    left, right = np.zeros((4, 4)), np.zeros(4)
    plain, flowing = cmt < 0, cmt >= 0  # not the literals False and True: Numba would compile a variant for each
    moves = transition(newton, n, interval, plain)
    for i in range(4):
        for j in range(4):
            left[i, j] = (1.0 if i == j else 0.0) - moves[0, 4 * i + j]
    start = np.zeros(4)
    start[cmt] = amount
    if rate > 0.0:
        moves = transition(newton, n, length, flowing)
        for i in range(4):
            start[i] = moves[1, 4 * i + cmt] * rate
    moves = transition(newton, n, interval - lag - length, plain)
    for i in range(4):
        for j in range(4):
            right[i] += moves[0, 4 * i + j] * start[j]
    return solve_active(p, left, right)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def solve_active(
    p: NDArray[np.float64], left: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[bool, NDArray[np.float64]]:
    """Return whether left x = right has a solution, and x; states that the set does not have are 0."""
    x = np.zeros(4)
    active = (True, True, p[CL_D] > 0.0, p[KE0] > 0.0)
    for i in range(4):
        if not active[i]:
            for j in range(4):
                left[i, j] = 0.0
                left[j, i] = 0.0
            left[i, i] = 1.0
            right[i] = 0.0
    return _solve(left, right, x), x


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def possible(p: NDArray[np.float64]) -> bool:
    """Return whether a parameter set can be computed with; NaN cannot."""
    whole = p[KA] > 0.0 and p[CL] > 0.0 and p[V] > 0.0 and p[CL_D] >= 0.0 and p[KE0] >= 0.0 and p[LAG] >= 0.0
    return whole and (p[CL_D] == 0.0 or p[V_P] > 0.0)
