"""Linear compartments with first-order absorption, solved exactly over arbitrary NONMEM dose records.

States: gut G, central A, peripheral P (amounts) and an effect compartment E (a concentration):

    dG/dt = -ka G + r_1                          dP/dt = CL_d/V A - CL_d/V_p P + r_3
    dA/dt = ka G - (CL + CL_d)/V A + CL_d/V_p P + r_2      dE/dt = k_e0 (A/V - E)

Over a piece of constant parameters and inputs x(t) = exp(Mt) x(0) + (integral of exp(Ms) ds) r. The exponential is
written in Newton's form on the eigenvalues x_0 >= x_1 >= ... of M,

    exp(Mt) = sum_k f[x_0..x_k] prod_{j<k} (M - x_j I),   f(x) = exp(xt),

and its integral takes the same matrices with f[0, x_0..x_k]. The divided differences of exp are computed by
recursion where the nodes are apart and by their Taylor series where they meet (McCurdy, Ng & Parlett 1984,
Math. Comp. 43:501), so equal or nearly equal rates (ka = ke) need no case of their own.

A dose that ADDL or a lag brings to the time of a record comes before that record; records of one time keep their
order. The parameters of a record hold over the interval that ends there.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

FLAGS = {"contract", "nsz"}

# columns of a parameter set: 1/h, L/h, L, L/h, L, 1/h, h, share
KA, CL, V, CL_D, V_P, KE0, LAG, F = range(8)
N_SET = 8
OK, TIME_ORDER, BAD_EVID, BAD_SET, BAD_STEADY, BAD_CMT, NOT_FINITE = range(7)
APART = 0.05  # nodes closer than this meet in the Taylor series; the recursion loses eps / APART at most per level
TERMS = 8
OVER_FACTORIAL = 1.0 / np.cumprod(np.maximum(np.arange(TERMS + 4.0), 1.0))


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
def system(p: NDArray[np.float64], nodes: NDArray[np.float64], newton: NDArray[np.float64]) -> int:
    """Fill the eigenvalues (descending) and Newton's matrices of one parameter set; return how many there are.

    Args:
        p: (8,) parameter set.
        nodes: (4,) filled with the eigenvalues, 1/h.
        newton: (4, 16) filled with prod_{j<k} (M - x_j I), row after row; states in the order G, A, P, E.
    """
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
        fast = 0.5 * (k10 + k12 + k21 + np.sqrt((k10 + k12 - k21) ** 2 + 4.0 * k12 * k21))
        nodes[1] = -fast
        nodes[2] = -k10 * k21 / fast
        n = 3
    else:
        nodes[1] = -k10
    if p[KE0] > 0.0:
        nodes[n] = -p[KE0]
        n += 1
    nodes[:n] = -np.sort(-nodes[:n])
    newton[:] = 0.0
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
def transition(
    nodes: NDArray[np.float64],
    newton: NDArray[np.float64],
    n: int,
    t: float,
    with_input: bool,
    work: tuple[NDArray[np.float64], NDArray[np.float64]],
    moves: NDArray[np.float64],
    slot: int,
) -> None:
    """Fill moves[slot] with exp(Mt) and, if asked, moves[slot + 2] with its integral from 0 to t."""
    y, d = work
    first = 1 if with_input else 0
    y[0] = 0.0
    for k in range(n):
        y[first + k] = nodes[k] * t
    divided_differences(y, first + n, d)
    _combine(newton, n, t, 1.0, d, first, first, moves, slot)
    if with_input:
        _combine(newton, n, t, t, d, 0, 1, moves, slot + 2)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def _combine(
    newton: NDArray[np.float64],
    n: int,
    t: float,
    power: float,
    d: NDArray[np.float64],
    row: int,
    first: int,
    moves: NDArray[np.float64],
    slot: int,
) -> None:
    """Fill moves[slot] with sum_k power t^k d[row, first + k] newton[k], newton[0] = I."""
    c0 = power * d[row, first]
    c1 = power * t * d[row, first + 1]
    c2 = power * t * t * d[row, first + 2] if n > 2 else 0.0
    c3 = power * t * t * t * d[row, first + 3] if n > 3 else 0.0
    for m in range(16):
        moves[slot, m] = c1 * newton[1, m] + c2 * newton[2, m] + c3 * newton[3, m]
    for m in range(0, 16, 5):
        moves[slot, m] += c0


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
    nodes: NDArray[np.float64],
    newton: NDArray[np.float64],
    n: int,
    p: NDArray[np.float64],
    dose: tuple[int, float, float, float, float],
    work: tuple[NDArray[np.float64], NDArray[np.float64]],
    x: NDArray[np.float64],
) -> bool:
    """Fill x with the steady state at the time of a record that carries SS; False when there is none.

    ``dose`` is the compartment (0, 1, 2), the amount that arrives, rate, interval II and lag; the state stands one lag
    before the next dose arrives. Amount 0 with a rate and II 0 is a constant infusion.
    """
    cmt, amount, rate, interval, lag = dose
    moves = np.zeros((4, 16))
    left, right = np.zeros((4, 4)), np.zeros(4)
    active = (True, True, p[CL_D] > 0.0, p[KE0] > 0.0)
    if interval <= 0.0:
        if amount > 0.0 or rate <= 0.0:
            return False
        for i in range(4):
            for j in range(4):
                left[i, j] = newton[1, 4 * i + j] + (nodes[0] if i == j else 0.0)
        right[cmt] = -rate
    else:
        length = amount / rate if rate > 0.0 else 0.0
        if length + lag > interval or amount <= 0.0:
            return False
        transition(nodes, newton, n, interval, False, work, moves, 0)
        for i in range(4):
            for j in range(4):
                left[i, j] = (1.0 if i == j else 0.0) - moves[0, 4 * i + j]
        start = np.zeros(4)
        start[cmt] = amount
        if rate > 0.0:
            transition(nodes, newton, n, length, True, work, moves, 0)
            for i in range(4):
                start[i] = moves[2, 4 * i + cmt] * rate
        transition(nodes, newton, n, interval - lag - length, False, work, moves, 0)
        for i in range(4):
            for j in range(4):
                right[i] += moves[0, 4 * i + j] * start[j]
    for i in range(4):
        if not active[i]:
            for j in range(4):
                left[i, j] = 0.0
                left[j, i] = 0.0
            left[i, i] = 1.0
            right[i] = 0.0
    return _solve(left, right, x)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def expand(
    lo: int,
    hi: int,
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return what the doses of one subject do, in order: (event, 3) time, amount, rate; (event, 2) record, place."""
    time, amt, rate, ii = records
    rows = np.empty(hi - lo + 1, np.int64)
    n_row = 0
    for k in range(lo, hi):
        rows[n_row] = k
        n_row += evid[k] == 1 or evid[k] == 4
    n = 0
    for row in rows[:n_row]:
        n += (max(addl[row], 0) + 1) * (2 if rate[row] > 0.0 else 1)
    what = np.empty((n, 3))
    whose = np.empty((n, 2), np.int64)
    at = 0
    ordered = True
    for k in rows[:n_row]:
        p = sets[which[k]]
        dose = amt[k] * p[F]
        for repeat in range(addl[k] + 1):
            start = time[k] + p[LAG] + repeat * ii[k]
            ordered = ordered and (at == 0 or what[at - 1, 0] <= start)
            whose[at, 0] = k
            whose[at, 1] = cmt[k] - 1
            what[at, 0] = start
            what[at, 1] = 0.0 if rate[k] > 0.0 else dose
            what[at, 2] = 0.0
            if rate[k] > 0.0:
                what[at, 2] = rate[k] if dose > 0.0 else 0.0
                at += 1
                whose[at] = whose[at - 1]
                what[at, 0] = start + dose / rate[k]
                what[at, 1] = 0.0
                what[at, 2] = -what[at - 1, 2]
            at += 1
    if ordered:
        return what, whose
    order = np.argsort(what[:, 0], kind="mergesort")
    return what[order], whose[order]


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def possible(p: NDArray[np.float64]) -> bool:
    """Return whether a parameter set can be computed with; NaN cannot."""
    whole = p[KA] > 0.0 and p[CL] > 0.0 and p[V] > 0.0 and p[CL_D] >= 0.0 and p[KE0] >= 0.0 and p[LAG] >= 0.0
    return whole and (p[CL_D] == 0.0 or p[V_P] > 0.0)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def subject(
    lo: int,
    hi: int,
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    ss: NDArray[np.int8],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
    out: NDArray[np.float64],
    at: int,
) -> tuple[int, int]:
    """Fill out[at:, 0] with central and out[at:, 1] with effect-site concentration; return status and its record."""
    time, amt, rate, ii = records
    what, whose = expand(lo, hi, records, evid, cmt, addl, which, sets)
    n_event = what.shape[0]
    nodes, newton = np.empty(4), np.empty((4, 16))
    moves, work = np.zeros((4, 16)), (np.empty(5), np.empty((5, 5)))
    kept = 0
    r, steady = np.zeros(4), np.zeros(4)
    g, a, q, e = 0.0, 0.0, 0.0, 0.0
    has_input = False
    for k in range(n_event):
        has_input = has_input or what[k, 2] != 0.0
    now, pointer, alive, held, n, span, odd = time[lo], 0, lo, -1, 0, -1.0, -1.0
    per_volume, last_cmt, plain = 0.0, 2, not has_input
    m00 = m10 = m11 = m12 = m20 = m21 = m22 = m30 = m31 = m32 = m33 = 0.0
    event_time = what[0, 0] if n_event else np.inf
    for k in range(lo, hi):
        if which[k] != held:
            held = which[k]
            if not possible(sets[held]):
                return BAD_SET, k
            last_cmt = 3 if sets[held, CL_D] > 0.0 else 2
            n = system(sets[held], nodes, newton)
            per_volume = 1.0 / sets[held, V]
            span, odd = -1.0, -1.0
        if not time[k] >= now:
            return TIME_ORDER, k
        if plain and event_time > time[k] and (evid[k] == 0 or evid[k] == 2) and time[k] - now == span:
            e = m30 * g + m31 * a + m32 * q + m33 * e
            b = m10 * g + m12 * q + m11 * a
            q = m20 * g + m21 * a + m22 * q
            g *= m00
            a = b
            now = time[k]
            out[at, 0] = a * per_volume
            out[at, 1] = e
            at += 1
            continue
        if evid[k] < 0 or evid[k] > 4:
            return BAD_EVID, k
        own = False
        while True:
            event = event_time < time[k]
            if event_time == time[k]:
                event = whose[pointer, 0] < k or (own and whose[pointer, 0] == k)
            until = event_time if event else time[k]
            if event and whose[pointer, 0] < alive:
                pointer += 1
                event_time = what[pointer, 0] if pointer < n_event else np.inf
                continue
            step = until - now
            if step > 0.0:
                if step == span:
                    slot = kept
                else:
                    slot = 1 - kept
                    if step == odd:  # a step met twice in a row is likely to come back
                        kept = slot
                        span, odd = odd, span
                        m00, m33 = moves[slot, 0], moves[slot, 15]
                        m10, m11, m12 = moves[slot, 4], moves[slot, 5], moves[slot, 6]
                        m20, m21, m22 = moves[slot, 8], moves[slot, 9], moves[slot, 10]
                        m30, m31, m32 = moves[slot, 12], moves[slot, 13], moves[slot, 14]
                    else:
                        transition(nodes, newton, n, step, has_input, work, moves, slot)
                        odd = step
                e = moves[slot, 12] * g + moves[slot, 13] * a + moves[slot, 14] * q + moves[slot, 15] * e
                b = moves[slot, 4] * g + moves[slot, 6] * q + moves[slot, 5] * a
                q = moves[slot, 8] * g + moves[slot, 9] * a + moves[slot, 10] * q
                g = moves[slot, 0] * g
                a = b
                if has_input:
                    g += moves[slot + 2, 0] * r[0]
                    a += moves[slot + 2, 4] * r[0] + moves[slot + 2, 5] * r[1] + moves[slot + 2, 6] * r[2]
                    q += moves[slot + 2, 8] * r[0] + moves[slot + 2, 9] * r[1] + moves[slot + 2, 10] * r[2]
                    e += moves[slot + 2, 12] * r[0] + moves[slot + 2, 13] * r[1] + moves[slot + 2, 14] * r[2]
                now = until
            if event:
                where = whose[pointer, 1]
                g += what[pointer, 1] if where == 0 else 0.0
                a += what[pointer, 1] if where == 1 else 0.0
                q += what[pointer, 1] if where == 2 else 0.0
                r[whose[pointer, 1]] += what[pointer, 2]
                pointer += 1
                event_time = what[pointer, 0] if pointer < n_event else np.inf
            elif own or evid[k] == 0 or evid[k] == 2:
                break
            else:
                own = True  # the record itself, then its own dose, which now stands next
                if evid[k] != 3 and (cmt[k] < 1 or cmt[k] > last_cmt):
                    return BAD_CMT, k
                if evid[k] >= 3 or ss[k] == 1:
                    g, a, q, e = 0.0, 0.0, 0.0, 0.0
                    r[:] = 0.0
                    alive = k
                if ss[k] > 0 and evid[k] != 3:
                    p = sets[held]
                    dose = (cmt[k] - 1, amt[k] * p[F], rate[k], ii[k], p[LAG])
                    if not steady_state(nodes, newton, n, p, dose, work, steady):
                        return BAD_STEADY, k
                    g += steady[0]
                    a += steady[1]
                    q += steady[2]
                    e += steady[3]
        out[at, 0] = a * per_volume
        out[at, 1] = e
        at += 1
    return (OK, hi) if np.isfinite(g + a + q + e) else (NOT_FINITE, hi - 1)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def population(
    starts: NDArray[np.int64],
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    ss: NDArray[np.int8],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return concentrations at every record of every subject, and (subject, 2) status with the record it names.

    Args:
        starts: (subject + 1,) first record of each subject.
        records: four arrays (record,): TIME h, AMT, RATE (amount/h, 0 for a bolus), II h.
        evid: (record,) 0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose.
        cmt: (record,) 1 gut, 2 central, 3 peripheral.
        addl: (record,) additional doses, II apart.
        ss: (record,) 1 steady state, 2 steady state added to what is there.
        which: (record,) row of ``sets`` that holds over the interval ending at the record.
        sets: (set, 8) ka, CL, V, CL_d, V_p, k_e0, lag, bioavailable share.

    Returns:
        (record, 2) central and effect-site concentration, amount per L; (subject, 2).
    """
    out = np.zeros((starts[-1], 2))
    status = np.zeros((starts.shape[0] - 1, 2), np.int64)
    for i in range(starts.shape[0] - 1):
        if starts[i + 1] > starts[i]:
            lo, hi = starts[i], starts[i + 1]
            code, row = subject(lo, hi, records, evid, cmt, addl, ss, which, sets, out, lo)
            status[i, 0] = code
            status[i, 1] = row
    return out, status


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def draws(
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    ss: NDArray[np.int8],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return (draw, record, 2) concentrations of one subject, CL, V and ka multiplied by ``factors`` (draw, 3).

    A draw that cannot be computed is NaN.
    """
    n = evid.shape[0]
    out = np.empty((factors.shape[0], n, 2))
    own = sets.copy()
    for i in range(factors.shape[0]):
        for j in range(sets.shape[0]):
            own[j, CL] = sets[j, CL] * factors[i, 0]
            own[j, V] = sets[j, V] * factors[i, 1]
            own[j, KA] = sets[j, KA] * factors[i, 2]
        code, _ = subject(0, n, records, evid, cmt, addl, ss, which, own, out[i], 0)
        if code != OK:
            out[i] = np.nan
    return out
