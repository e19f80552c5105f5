"""Levels over arbitrary NONMEM dose records, exact: EVID 0 to 4, ADDL, II, SS, RATE, lag, covariates that change.

The state moves from event to event (a dose, the start or end of an infusion, a reset, a change of parameters) by the
exact step of kernels/compartments.py. The levels between two events are computed from the event itself, one
exponential per mode and record, in one loop without branches: they lean on no other record, so that irregular times
cost no more than regular ones and rounding does not add up from record to record.

A dose that ADDL or a lag brings to the time of a record comes before that record; records of one time keep their
order. The parameters of a record hold over the interval that ends there.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.exposure.kernels.compartments import (
    BACK,
    CL,
    CL_D,
    FLAGS,
    INTO,
    KA,
    LAG,
    N_SET,
    RATE,
    V_P,
    F,
    V,
    decay,
    move_by_newton,
    possible,
    prepare,
    steady_state,
)

OK, TIME_ORDER, BAD_EVID, BAD_SET, BAD_STEADY, BAD_CMT, NOT_FINITE = range(7)

Four = tuple[float, float, float, float]  # G, A, P, E; arrays would cost two atomic counts at every call
# columns of a queue: next time, first time, how many are done and how many follow the first, hours between, record of
# the dose, place, amount and change of inflow that each brings
NEXT, BASE, DONE, FOLLOW, EVERY, RECORD, PLACE, AMOUNT, INFLOW = range(9)
BLOCK = 8  # records that vector units take at once


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def move(x: Four, r: Four, h: float, how: tuple[int, bool, bool], m: NDArray[np.float64]) -> Four:
    """Return the state after h hours under the inputs r; the same state where there are no hours.

    Args:
        x: state G, A, P, E.
        r: inputs, amount/h.
        h: hours.
        how: number of modes, whether they are apart, whether any input flows.
        m: (9, 16) what ``prepare`` filled.
    """
    n, apart, flowing = how
    g = a = q = e = 0.0
    if h <= 0.0:
        return x
    if not apart:
        return move_by_newton(x, r, h, n, flowing, m[4:])
    for k in range(n):
        z = m[k, INTO] * x[0] + m[k, INTO + 1] * x[1] + m[k, INTO + 2] * x[2] + m[k, INTO + 3] * x[3]
        z *= decay(-m[k, RATE] * h)
        if flowing:
            lasting = -np.expm1(-m[k, RATE] * h) / m[k, RATE] if m[k, RATE] > 0.0 else h
            z += (m[k, INTO] * r[0] + m[k, INTO + 1] * r[1] + m[k, INTO + 2] * r[2]) * lasting
        g += m[k, BACK] * z
        a += m[k, BACK + 1] * z
        q += m[k, BACK + 2] * z
        e += m[k, BACK + 3] * z
    return g, a, q, e


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def between(
    x: Four,
    since: float,
    n: int,
    m: NDArray[np.float64],
    time: NDArray[np.float64],
    place: tuple[int, int, int],
    per_volume: float,
    central: NDArray[np.float64],
    site: NDArray[np.float64],
) -> None:
    """Fill the levels in the centre and at the effect site, without input since x stood at ``since``.

    ``place``: first record, last and one, and how much further on they stand in ``central`` and ``site``.
    Whole blocks first, then the last block once more where records are left over: hardly a record is done alone.
    """
    a0, e0 = weights(m[0], x, per_volume)  # a row, not its number: Numba would compile a variant for each number
    a1, e1 = weights(m[1], x, per_volume)
    a2, e2 = weights(m[2], x, per_volume)
    a3, e3 = weights(m[3], x, per_volume)
    centre, effect, rates = (a0, a1, a2, a3), (e0, e1, e2, e3), (m[0, RATE], m[1, RATE], m[2, RATE], m[3, RATE])
    first, end, on = place
    whole = end - (end - first) % BLOCK
    if whole > first:
        there, here = central[first + on : whole + on], site[first + on : whole + on]
        fill(n, since, time[first:whole], centre, effect, rates, there, here)
    if whole < end:
        first = max(end - BLOCK, first)
        there, here = central[first + on : end + on], site[first + on : end + on]
        fill(n, since, time[first:end], centre, effect, rates, there, here)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def weights(mode: NDArray[np.float64], x: Four, per_volume: float) -> tuple[float, float]:
    """Return what a mode adds to the level in the centre and at the effect site, at the time of x."""
    z = mode[INTO] * x[0] + mode[INTO + 1] * x[1] + mode[INTO + 2] * x[2] + mode[INTO + 3] * x[3]
    return mode[BACK + 1] * z * per_volume, mode[BACK + 3] * z


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def fill(
    n: int,
    since: float,
    time: NDArray[np.float64],
    a: Four,
    e: Four,
    rates: Four,
    central: NDArray[np.float64],
    site: NDArray[np.float64],
) -> None:
    """Fill ``central`` with sum a_k exp(-l_k h), ``site`` with e_k for a_k; these loops vectorise: keep them plain."""
    if n == 3:
        for j in range(time.shape[0]):
            h = since - time[j]
            left0, left1, left2 = decay(rates[0] * h), decay(rates[1] * h), decay(rates[2] * h)
            central[j] = a[0] * left0 + a[1] * left1 + a[2] * left2
            site[j] = e[0] * left0 + e[1] * left1 + e[2] * left2
    else:
        for j in range(time.shape[0]):
            h = since - time[j]
            left0, left1 = decay(rates[0] * h), decay(rates[1] * h)
            left2, left3 = decay(rates[2] * h), decay(rates[3] * h)
            central[j] = a[0] * left0 + a[1] * left1 + a[2] * left2 + a[3] * left3
            site[j] = e[0] * left0 + e[1] * left1 + e[2] * left2 + e[3] * left3


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def queued(
    queue: NDArray[np.float64],
    n: int,
    first: float,
    follow: float,
    every: float,
    whose: tuple[int, int],
    what: tuple[float, float],
) -> NDArray[np.float64]:
    """Return the queue, grown if need be, with one more row: what arrives at ``first``, then ``follow`` times more.

    ``whose``: record and place of the dose; ``what``: amount and change of inflow.
    """
    if n == queue.shape[0]:
        longer = np.empty((2 * n + 2, 9))
        for i in range(n):
            for j in range(9):
                longer[i, j] = queue[i, j]
        queue = longer
    queue[n, NEXT] = queue[n, BASE] = first
    queue[n, DONE], queue[n, FOLLOW], queue[n, EVERY] = 0.0, follow, every
    queue[n, RECORD], queue[n, PLACE] = whose
    queue[n, AMOUNT], queue[n, INFLOW] = what
    return queue


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def soonest(queue: NDArray[np.float64], n: int) -> int:
    """Return the row whose next arrival comes first; of one time, that of the earlier record."""
    best = 0
    for i in range(1, n):
        if queue[i, NEXT] < queue[best, NEXT] or (
            queue[i, NEXT] == queue[best, NEXT] and queue[i, RECORD] < queue[best, RECORD]
        ):
            best = i
    return best


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def deliver(
    x: Four,
    r: Four,
    clock: tuple[int, float, int],
    due: tuple[float, int],
    queue: NDArray[np.float64],
    how: tuple[int, bool],
    m: NDArray[np.float64],
) -> tuple[Four, Four, tuple[int, float, int]]:
    """Return state, inputs and clock after the arrivals that are due.

    Args:
        x: state G, A, P, E.
        r: inputs, amount/h.
        clock: rows in the queue, time at which x stands, number of infusions that flow.
        due: arrivals up to this time, at that time only those of records up to this one.
        queue: (row, 9), changed in place.
        how: number of modes, whether they are apart.
        m: (9, 16) what ``prepare`` filled.
    """
    n, since, flowing = clock
    while n > 0:
        i = soonest(queue, n)
        when, inflow = queue[i, NEXT], queue[i, INFLOW]
        if when > due[0] or (when == due[0] and queue[i, RECORD] > due[1]):
            break
        x = put(move(x, r, when - since, (how[0], how[1], flowing > 0), m), queue[i, PLACE], queue[i, AMOUNT])
        since = when
        if inflow != 0.0:
            flowing += 1 if inflow > 0.0 else -1
            r = put(r, queue[i, PLACE], inflow) if flowing > 0 else (0.0, 0.0, 0.0, 0.0)
        queue[i, DONE] += 1.0
        if queue[i, DONE] > queue[i, FOLLOW]:
            n -= 1
            for j in range(9):
                queue[i, j] = queue[n, j]
        else:
            queue[i, NEXT] = queue[i, BASE] + queue[i, DONE] * queue[i, EVERY]
    return x, r, (n, since, flowing)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def next_due(queue: NDArray[np.float64], n: int, nobody: int) -> tuple[float, int]:
    """Return time and record of the next arrival."""
    if n == 0:
        return np.inf, nobody
    i = soonest(queue, n)
    return queue[i, NEXT], int(queue[i, RECORD])


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def put(x: Four, place: float, amount: float) -> Four:
    """Return x with an amount added to the compartment of that place."""
    return (
        x[0] + (amount if place == 0 else 0.0),
        x[1] + (amount if place == 1 else 0.0),
        x[2] + (amount if place == 2 else 0.0),
        x[3],
    )


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
    """Fill out[0, at:] with central and out[1, at:] with effect-site concentration; return status and its record."""
    time, amt, rate, ii = records
    central, site = out[0], out[1]
    m, queue, nothing = np.empty((9, 16)), np.empty((2, 9)), (0.0, 0.0, 0.0, 0.0)
    nil = lo - lo  # not the literal 0, nor True below: Numba compiles what it calls anew for each literal
    x, r, how, per_volume = nothing, nothing, (nil, nil == 0), 0.0
    held, k, now, clock, further, due = -1, lo, time[lo], (nil, time[lo], nil), at - lo, (np.inf, hi)
    while k < hi:
        if which[k] != held:
            if held >= 0:
                x = move(x, r, now - clock[1], (how[0], how[1], clock[2] > 0), m)
            clock, held = (clock[0], now, clock[2]), which[k]
            if not possible(sets[held]):
                return BAD_SET, k
            how, per_volume = prepare(sets[held], m), 1.0 / sets[held, V]
        if not time[k] >= now:
            return TIME_ORDER, k
        if evid[k] < 0 or evid[k] > 4:
            return BAD_EVID, k
        if clock[0] > 0 and not due[0] > time[k]:
            x, r, clock = deliver(x, r, clock, (time[k], k - 1), queue, how, m)
            due = next_due(queue, clock[0], hi)
        end, plain = k + 1, evid[k] == 0 or evid[k] == 2
        now = time[k]
        if plain:  # as many records as come before the next arrival
            while end < hi and (evid[end] == 0 or evid[end] == 2) and which[end] == held and time[end] >= now:
                if time[end] > due[0] or (time[end] == due[0] and due[1] < end):
                    break
                now = time[end]
                end += 1
        else:
            if evid[k] != 3 and (cmt[k] < 1 or cmt[k] > (3 if sets[held, CL_D] > 0.0 else 2)):
                return BAD_CMT, k
            x = move(x, r, now - clock[1], (how[0], how[1], clock[2] > 0), m)
            clock = (clock[0], now, clock[2])
            if evid[k] >= 3 or ss[k] == 1:
                x, r, clock, due = nothing, nothing, (nil, now, nil), (np.inf, hi)
            if evid[k] != 3:
                gut = cmt[k] == 1  # lag and bioavailability belong to the gut
                dose, lag = amt[k] * (sets[held, F] if gut else 1.0), sets[held, LAG] if gut else 0.0
                if ss[k] > 0:
                    fine, more = steady_state(m[4:], sets[held], (cmt[k] - 1, dose, rate[k], ii[k], lag))
                    if not fine:
                        return BAD_STEADY, k
                    x = (x[0] + more[0], x[1] + more[1], x[2] + more[2], x[3] + more[3])
                    still = now + lag + dose / rate[k] - ii[k] if rate[k] > 0.0 and dose > 0.0 else now
                    while still > now:  # an infusion longer than II: those that began before flow on
                        queue = queued(queue, clock[0], still, 0.0, 0.0, (k, cmt[k] - 1), (0.0, -rate[k]))
                        r, clock = put(r, float(cmt[k] - 1), rate[k]), (clock[0] + 1, now, clock[2] + 1)
                        still -= ii[k]
                if rate[k] > 0.0 or lag > 0.0 or addl[k] > 0:
                    inflow = rate[k] if dose > 0.0 else 0.0
                    what = (0.0, inflow) if rate[k] > 0.0 else (dose, 0.0)
                    queue = queued(queue, clock[0], now + lag, float(addl[k]), ii[k], (k, cmt[k] - 1), what)
                    clock = (clock[0] + 1, now, clock[2])
                    if inflow > 0.0:
                        stop = now + lag + dose / inflow
                        queue = queued(queue, clock[0], stop, float(addl[k]), ii[k], (k, cmt[k] - 1), (0.0, -inflow))
                        clock = (clock[0] + 1, now, clock[2])
                    x, r, clock = deliver(x, r, clock, (now, k), queue, how, m)
                    due = next_due(queue, clock[0], hi)
                else:
                    x = put(x, float(cmt[k] - 1), dose)
        if plain and how[1] and clock[2] == 0:
            between(x, clock[1], how[0], m, time, (k, end, further), per_volume, central, site)
        else:
            for j in range(k, end):
                y = move(x, r, time[j] - clock[1], (how[0], how[1], clock[2] > 0), m)
                central[j + further], site[j + further] = y[1] * per_volume, y[3]
        k = end
    return (OK, hi) if np.isfinite(x[0] + x[1] + x[2] + x[3]) else (NOT_FINITE, hi - 1)


@nb.njit(cache=True, fastmath=FLAGS, error_model="numpy")
def spans_into(
    spans: NDArray[np.int64],
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    ss: NDArray[np.int8],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
    out: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Fill out (2, ...) span by span; return (span, 2) status. The one way into ``subject``: it is compiled once.

    ``spans``: (span, 4) first record, last and one, row of ``sets`` that its ``which`` counts from, place in ``out``.
    """
    status = np.zeros((spans.shape[0], 2), np.int64)
    for i in range(spans.shape[0]):
        lo, hi, first, at = spans[i, 0], spans[i, 1], spans[i, 2], spans[i, 3]
        if hi > lo:
            code, row = subject(lo, hi, records, evid, cmt, addl, ss, which, sets[first:], out, at)
            status[i, 0] = code
            status[i, 1] = row
    return status


def population_into(
    starts: NDArray[np.int64],
    records: tuple[NDArray[np.float64], ...],
    evid: NDArray[np.int8],
    cmt: NDArray[np.int8],
    addl: NDArray[np.int32],
    ss: NDArray[np.int8],
    which: NDArray[np.int32],
    sets: NDArray[np.float64],
    out: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Fill out (2, record) as ``population``, so that memory can be used again; return (subject, 2) status."""
    spans = np.stack([starts[:-1], starts[1:], np.zeros_like(starts[1:]), starts[:-1]], axis=1)
    return spans_into(spans, records, evid, cmt, addl, ss, which, sets, out)


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
    out = np.zeros((2, starts[-1]))
    status = population_into(starts, records, evid, cmt, addl, ss, which, sets, out)
    return out.T, status


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
    """Return (draw, record, 2) concentrations of one subject, its parameters multiplied by ``factors`` (draw, 3 or 5).

    The columns of ``factors`` belong to CL, V, ka and, where there are five, Q and V2. A draw that cannot be computed
    is NaN.
    """
    n, count = evid.shape[0], factors.shape[0]
    drawn = np.repeat(sets[None], count, axis=0)
    for column, parameter in enumerate((CL, V, KA, CL_D, V_P)[: factors.shape[1]]):
        drawn[:, :, parameter] *= factors[:, column, None]
    place = np.arange(count, dtype=np.int64)
    spans = np.stack([0 * place, 0 * place + n, sets.shape[0] * place, n * place], axis=1)
    out = np.empty((2, count * n))
    status = spans_into(spans, records, evid, cmt, addl, ss, which, drawn.reshape(-1, N_SET), out)
    levels = out.reshape(2, count, n)
    levels[:, status[:, 0] != OK] = np.nan
    return levels.transpose((1, 2, 0))
