"""An NMDA receptor as a Markov chain: three drug layers times five gates, solved exactly between changes.

Gates:  R0 <-> R1 <-> R2 <-> O and R2 <-> D (glutamate binds twice, then opening or desensitisation).
Layers: N free of drug; S drug at a superficial site, reached from every gate; T drug at the deep site, reached
only through the open gate and therefore trapped when the gate closes. State = 5 layer + gate, both as numbered here.

Mg2+ exchanges in far less than a millisecond, so O_N holds the open and the Mg2+-blocked channel together; the
share m(V) free of Mg2+ multiplies the current and the entry of the drug. Every cycle obeys detailed balance.

exp(Q h) is summed as exp(-q h) sum((Q + q I)^k h^k / k!) with q the fastest exit (Jensen 1953), halved and squared
(Higham 2008, ch. 10): no term is negative, so occupancies stay positive and nothing cancels. A symmetrised
eigenproblem fails where drug or glutamate is exactly absent, since equilibrium weights vanish there.

Loops, not array expressions: each of those takes Numba up to half a second to compile, in every caller once more.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FLAGS = {"contract", "nsz"}

N_GATE = 5
N_LAYER = 3
N_STATE = 15
R0, R1, R2, OPEN, DESENSITISED = 0, 1, 2, 3, 4
FREE, SURFACE, TRAPPED = 0, 5, 10
N_REDUCED = 6
N_TERM = 24
N_BLOCK = 64


@nb.njit(cache=True, fastmath=FLAGS)
def gate_rates(gates: Array, coupling: Array, condition: Array, layer: int) -> tuple[Array, Array]:
    """Return the forward and backward rates (4,) of one layer, 1/s: two bindings, opening, desensitisation.

    Args:
        gates: (6,) binding 1/(uM s), unbinding, opening, closing, entry to and recovery from D, 1/s.
        coupling: (6,) factors on closing, unbinding, entry and recovery in T; affinity of S for the closed and,
            beyond that, for the desensitised gate, against the open one.
        condition: (7,) glutamate uM; entry and exit of the deep site; of the superficial site, 1/s; factor on
            entry to D in all layers; factor on recovery from D in T.
        layer: FREE, SURFACE or TRAPPED.
    """
    bind, unbind, opening, closing, entry, recovery = gates
    glutamate = condition[0]
    forward = np.array([2.0 * bind * glutamate, bind * glutamate, opening, entry * condition[5]])
    backward = np.array([unbind, 2.0 * unbind, closing, recovery])
    if layer == TRAPPED:
        backward[0] *= coupling[1]
        backward[1] *= coupling[1]
        backward[2] *= coupling[0]
        forward[3] *= coupling[2]
        backward[3] *= coupling[3] * condition[6]
    elif layer == SURFACE:
        backward[2] /= coupling[4]
        backward[3] *= coupling[5]
    return forward, backward


@nb.njit(cache=True, fastmath=FLAGS)
def generator(gates: Array, coupling: Array, condition: Array) -> Array:
    """Return Q (15, 15), 1/s: Q[i, j] leads from state i to j, rows sum to zero. Arguments as ``gate_rates``."""
    q = np.zeros((N_STATE, N_STATE))
    for layer in (FREE, SURFACE, TRAPPED):
        forward, backward = gate_rates(gates, coupling, condition, layer)
        for step in range(3):
            q[layer + step, layer + step + 1] = forward[step]
            q[layer + step + 1, layer + step] = backward[step]
        q[layer + R2, layer + DESENSITISED] = forward[3]
        q[layer + DESENSITISED, layer + R2] = backward[3]
    q[FREE + OPEN, TRAPPED + OPEN] = condition[1]
    q[TRAPPED + OPEN, FREE + OPEN] = condition[2]
    for gate in range(N_GATE):
        q[FREE + gate, SURFACE + gate] = condition[3] * surface_affinity(coupling, gate)
        q[SURFACE + gate, FREE + gate] = condition[4]
    for i in range(N_STATE):
        q[i, i] = -total(q[i], q.shape[0])
    return q


@nb.njit(cache=True, fastmath=FLAGS)
def total(values: Array, n: int) -> float:
    """Return the sum of the first ``n``."""
    whole = 0.0
    for i in range(n):
        whole += values[i]
    return whole


@nb.njit(cache=True, fastmath=FLAGS)
def divide(values: Array, by: float) -> None:
    """Divide all values in place."""
    for i in range(values.size):
        values[i] /= by


@nb.njit(cache=True, fastmath=FLAGS)
def unit(like: Array) -> Array:
    """Return the unit matrix with as many rows as ``like`` has values."""
    out = np.zeros((like.size, like.size))
    for i in range(like.size):
        out[i, i] = 1.0
    return out


@nb.njit(cache=True, fastmath=FLAGS)
def surface_affinity(coupling: Array, gate: int) -> float:
    """Return the superficial site's affinity in one gate against that in the open one; detailed balance asks it."""
    if gate == OPEN:
        return 1.0
    if gate == DESENSITISED:
        return 1.0 / (coupling[4] * coupling[5])
    return 1.0 / coupling[4]


@nb.njit(cache=True, fastmath=FLAGS)
def weights(gates: Array, coupling: Array, condition: Array) -> Array:
    """Return the equilibrium weights (15,), not normalised; finite without glutamate and without drug."""
    bind, unbind, opening, closing, entry, recovery = gates
    x = bind * condition[0] / unbind
    gate = np.empty(N_GATE)
    gate[R0] = 1.0
    gate[R1] = 2.0 * x
    gate[R2] = x * x
    gate[OPEN] = gate[R2] * opening / closing
    gate[DESENSITISED] = gate[R2] * entry * condition[5] / recovery
    deep = condition[1] / condition[2] if condition[2] > 0.0 else 0.0
    surface = condition[3] / condition[4] if condition[4] > 0.0 else 0.0
    closed = deep * coupling[0]
    w = np.empty(N_STATE)
    for i in range(N_GATE):
        w[FREE + i] = gate[i]
        w[SURFACE + i] = gate[i] * surface * surface_affinity(coupling, i)
    w[TRAPPED + OPEN] = gate[OPEN] * deep
    w[TRAPPED + R2] = gate[R2] * closed
    w[TRAPPED + R1] = gate[R1] * closed * coupling[1]
    w[TRAPPED + R0] = gate[R0] * closed * coupling[1] * coupling[1]
    w[TRAPPED + DESENSITISED] = gate[DESENSITISED] * closed * coupling[2] / (coupling[3] * condition[6])
    return w


@nb.njit(cache=True, fastmath=FLAGS)
def equilibrium(gates: Array, coupling: Array, condition: Array) -> Array:
    """Return the occupancies (15,) at equilibrium, in closed form from detailed balance."""
    w = weights(gates, coupling, condition)
    divide(w, total(w, w.size))
    return w


@nb.njit(cache=True, fastmath=FLAGS)
def product(a: Array, b: Array) -> Array:
    """Return a b for small square matrices, without a call into a library."""
    n = a.shape[0]
    out = np.zeros((n, n))
    for i in range(n):
        for k in range(n):
            aik = a[i, k]
            if aik != 0.0:
                for j in range(n):
                    out[i, j] += aik * b[k, j]
    return out


@nb.njit(cache=True, fastmath=FLAGS)
def push(p: Array, e: Array) -> Array:
    """Return the row vector p e."""
    n = p.size
    out = np.zeros(n)
    for i in range(n):
        for j in range(n):
            out[j] += p[i] * e[i, j]
    return out


@nb.njit(cache=True, fastmath=FLAGS)
def exponential(q: Array, h: float) -> tuple[Array, Array]:
    """Return exp(Q h) and its integral over [0, h], applied to the open undrugged state (15,), s.

    Rows are brought back to a sum of one at each squaring, so probability does not drift.
    """
    n = q.shape[0]
    fastest = 0.0
    for i in range(n):
        fastest = max(fastest, -q[i, i])
    halvings = 0
    step = h
    while fastest * step > 1.0:
        step *= 0.5
        halvings += 1
    scaled = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            scaled[i, j] = q[i, j] * step
        scaled[i, i] += fastest * step
    term = unit(q[0])
    e = unit(q[0])
    for k in range(1, N_TERM):
        term = product(term, scaled)
        for i in range(n):
            divide(term[i], float(k))
            for j in range(n):
                e[i, j] += term[i, j]
    left = np.exp(-fastest * step)
    for i in range(n):
        for j in range(n):
            e[i, j] *= left
    time = np.zeros(n)
    moment, add = np.zeros(n), np.zeros(n)
    moment[FREE + OPEN] = step
    for k in range(1, N_TERM):
        for i in range(n):
            time[i] += moment[i]
            add[i] = 0.0
            for j in range(n):
                add[i] += q[i, j] * moment[j]
        for i in range(n):
            moment[i] = add[i] * (step / (k + 1))
    for _ in range(halvings):
        for i in range(n):
            add[i] = 0.0
            for j in range(n):
                add[i] += e[i, j] * time[j]
        for i in range(n):
            time[i] += add[i]
        e = product(e, e)
        for i in range(n):
            divide(e[i], total(e[i], n))
    return e, time


@nb.njit(cache=True, fastmath=FLAGS)
def _sample(p: Array, q: Array, h: float, out: Array) -> Array:
    """Fill ``out`` with the open undrugged share at 0, h, 2 h, ... and return the occupancies at the last of them."""
    e, _ = exponential(q, h)
    rows = np.zeros((N_BLOCK, N_STATE))  # rows[j] reads the open share j steps ahead
    rows[0, FREE + OPEN] = 1.0
    for j in range(1, N_BLOCK):
        for i in range(N_STATE):
            for k in range(N_STATE):
                rows[j, i] += e[i, k] * rows[j - 1, k]
    leap, _ = exponential(q, h * N_BLOCK)
    n = out.size
    done = 0
    while n - done > N_BLOCK:
        for j in range(N_BLOCK):
            total = 0.0
            for i in range(N_STATE):
                total += rows[j, i] * p[i]
            out[done + j] = total
        p = push(p, leap)
        done += N_BLOCK
    for j in range(n - done):
        out[done + j] = p[FREE + OPEN]
        if done + j < n - 1:
            p = push(p, e)
    return p


@nb.njit(cache=True, fastmath=FLAGS)
def trace(
    p0: Array, gates: Array, coupling: Array, durations: Array, conditions: Array, h: float
) -> tuple[Array, Array]:
    """Return the open undrugged share at 0, h, 2 h, ... and the occupancies at the end.

    Exact for conditions constant within a piece; pieces need not end on a sample.

    Args:
        p0: (15,) occupancies at the start.
        gates: (6,), see ``gate_rates``.
        coupling: (6,), see ``gate_rates``.
        durations: (piece,) s.
        conditions: (piece, 7), see ``gate_rates``.
        h: time between samples, s.
    """
    count = int(np.floor(total(durations, durations.size) / h * (1.0 + 1e-12))) + 1
    out = np.empty(count)
    p = p0.copy()
    begin = 0.0
    done = 0
    for piece in range(durations.size):
        q = generator(gates, coupling, conditions[piece])
        end = begin + durations[piece]
        last = count if piece == durations.size - 1 else int(np.ceil(end / h * (1.0 - 1e-12)))
        if last > done:
            p = _advance(p, q, done * h - begin)
            p = _sample(p, q, h, out[done:last])
            p = _advance(p, q, end - (last - 1) * h)
            done = last
        else:
            p = _advance(p, q, durations[piece])
        begin = end
    return out, p


@nb.njit(cache=True, fastmath=FLAGS)
def _advance(p: Array, q: Array, t: float) -> Array:
    if t <= 0.0:
        return p
    e, _ = exponential(q, t)
    return push(p, e)


@nb.njit(cache=True, fastmath=FLAGS)
def open_time(p0: Array, gates: Array, coupling: Array, durations: Array, conditions: Array) -> tuple[Array, Array]:
    """Return the time spent open and undrugged in each piece (piece,), s, and the occupancies (piece + 1, 15)."""
    n = durations.size
    time = np.empty(n)
    states = np.empty((n + 1, N_STATE))
    now, share = p0.copy(), np.zeros(N_STATE)
    newest, opened = unit(p0), np.zeros(N_STATE)  # of the last two pieces: a train repeats them
    older, opened_before = newest, opened
    for piece in range(n):
        newest, older, opened, opened_before = older, newest, opened_before, opened
        is_new = piece < 2 or durations[piece] != durations[piece - 2]
        for k in range(conditions.shape[1]):
            is_new = is_new or conditions[piece, k] != conditions[piece - 2, k]
        if is_new:
            newest, opened = exponential(generator(gates, coupling, conditions[piece]), durations[piece])
        for i in range(N_STATE):
            states[piece, i] = now[i]
            share[i] = now[i] * opened[i]
        time[piece] = total(share, share.size)
        now = push(now, newest)
    for i in range(N_STATE):
        states[n, i] = now[i]
    return time, states


@nb.njit(cache=True, fastmath=FLAGS)
def cycle_equilibrium(gates: Array, coupling: Array, durations: Array, conditions: Array) -> Array:
    """Return the occupancies (15,) at the start of a cycle of pieces that has been repeated for ever."""
    e = unit(np.zeros(N_STATE))
    for piece in range(durations.size):
        step, _ = exponential(generator(gates, coupling, conditions[piece]), durations[piece])
        e = product(e, step)
    return stationary(e)


@nb.njit(cache=True, fastmath=FLAGS)
def stationary(e: Array) -> Array:
    """Return the fixed row vector of a stochastic matrix by elimination without subtraction (Grassmann 1985)."""
    n = e.shape[0]
    a = e.copy()
    for k in range(n - 1, 0, -1):
        leave = total(a[k], k)
        for i in range(k):
            a[i, k] = a[i, k] / leave if leave > 0.0 else 0.0
            for j in range(k):
                a[i, j] += a[i, k] * a[k, j]
    p = np.zeros(n)
    p[0] = 1.0
    for k in range(1, n):
        for i in range(k):
            p[k] += p[i] * a[i, k]
    divide(p, total(p, n))
    return p


@nb.njit(cache=True, fastmath=FLAGS)
def reduced_generator(gates: Array, coupling: Array, condition: Array) -> tuple[Array, float]:
    """Return Q (6, 6) of the slow states and the open undrugged share of L_n.

    States {R = R0 + R1, L = R2 + O, D} free, then trapped; the superficial site is an equilibrium. Holds for
    couplings through closing, entry and recovery; not for glutamate leaving a blocked receptor more slowly or a
    superficial site that prefers a gate.
    """
    bind, unbind, opening, closing, entry, recovery = gates
    x = bind * condition[0] / unbind
    lag = (1.0 + 2.0 * x) / (1.0 + 3.0 * x)  # mean time to bind twice from R0, against R0 and R1 in balance
    climb = lag * bind * condition[0] * 2.0 * x / (1.0 + 2.0 * x)
    ratio = opening / closing
    open_free = ratio / (1.0 + ratio)
    ratio_trapped = ratio / coupling[0]
    open_trapped = ratio_trapped / (1.0 + ratio_trapped)
    bare = 1.0 / (1.0 + (condition[3] / condition[4] if condition[4] > 0.0 else 0.0))
    q = np.zeros((N_REDUCED, N_REDUCED))
    for layer, p_open in ((0, open_free), (3, open_trapped)):
        q[layer, layer + 1] = climb
        q[layer + 1, layer] = 2.0 * lag * unbind * (1.0 - p_open)
        q[layer + 1, layer + 2] = entry * condition[5] * (1.0 - p_open) * (coupling[2] if layer else 1.0)
        q[layer + 2, layer + 1] = recovery * (coupling[3] * condition[6] if layer else 1.0)
    q[1, 4] = condition[1] * open_free * bare
    q[4, 1] = condition[2] * open_trapped
    for i in range(N_REDUCED):
        q[i, i] = -total(q[i], q.shape[0])
    return q, open_free * bare


@nb.njit(cache=True, fastmath=FLAGS)
def backward_step(p: Array, q: Array, dt: float) -> Array:
    """Return (I - dt Q^T)^-1 p: positive and of the same sum for any dt; needs no pivot."""
    n = p.size
    a = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            a[i, j] = -dt * q[j, i]
        a[i, i] += 1.0
    b = p.copy()
    for k in range(n):
        inverse = 1.0 / a[k, k]
        for i in range(k + 1, n):
            factor = a[i, k] * inverse
            if factor != 0.0:
                for j in range(k + 1, n):
                    a[i, j] -= factor * a[k, j]
                b[i] -= factor * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return b


@nb.njit(cache=True, fastmath=FLAGS)
def reduce(p: Array) -> Array:
    """Return the six slow occupancies of the fifteen: superficially blocked counts as free of trapped drug."""
    out = np.zeros(N_REDUCED)
    for layer in range(N_LAYER):
        at = 3 if layer == 2 else 0
        out[at] += p[5 * layer + R0] + p[5 * layer + R1]
        out[at + 1] += p[5 * layer + R2] + p[5 * layer + OPEN]
        out[at + 2] += p[5 * layer + DESENSITISED]
    return out


@nb.njit(cache=True, fastmath=FLAGS)
def reduced_trace(p0: Array, gates: Array, coupling: Array, conditions: Array, dt: float) -> Array:
    """Return the open undrugged share after each step of ``dt``, conditions (step, 7) taken at its end."""
    p = p0.copy()
    out = np.empty(conditions.shape[0])
    for step in range(conditions.shape[0]):
        q, read = reduced_generator(gates, coupling, conditions[step])
        p = backward_step(p, q, dt)
        out[step] = p[1] * read
    return out
