"""People side by side: what happens on every day of a diary, worked out for ``LANES`` of them at once.

The susceptibility of each day, how many candidate attacks come on it, and which days are left out of the diary hang on
nothing but the person and the day. Each person has a lane of each array, (day, lane) in one line, so that a loop over
all days and lanes becomes vector instructions; what hangs on yesterday stands ``LANES`` places before. Nothing passes
from lane to lane. Days are lived ones, from an even one on (``Span``): a block of the counter serves two days.
Each day has 24 bits for the count of candidates (Poisson by inversion), 16 for the kick of the drift, 24 for the entry.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, narrow
from leao.diary.kernels.diary import LANES, SEVERE, WEEKDAYS, Calendar, Dials, Marks, Patients, Process

_DAY, _CYCLE, _WEEK = np.uint64(1001), np.uint64(1004), np.uint64(1006)  # blocks of the counter
_NONE = np.uint64(0)
A_WEEK = WEEKDAYS * LANES
FEW = 4  # candidates a day that are counted side by side; more, one by one
_CEILING = np.float32(math.log(100.0))  # candidates a day that drift leads to: pain is back in a quarter of an hour
_NIL, _ONE, _HALF, _THIRD = np.float32(0.0), np.float32(1.0), np.float32(0.5), np.float32(1.0 / 3.0)
_LOW_BYTE, _LOW_HALF = np.uint32(0xFF), np.uint32(0xFFFF)
_8, _16, _20 = np.uint32(8), np.uint32(16), np.uint32(20)
_TABLE = np.uint32(0xFFF)  # of numbers that are looked up
_SHORTEST_CYCLE = 10  # days
_A_BLOCK = 8  # numbers of 16 bits


class Span(NamedTuple):
    """Days that a block of people lives, counted from the first of the warm-up."""

    even: int  # the first that is worked out
    start: int  # the first that is lived
    stop: int  # the first after the last

    # all arrays (day, lane) begin with the even one


class Lanes(NamedTuple):
    """The people of a block and their days."""

    who: NDArray[np.uint64]  # (lane,)
    shift: NDArray[np.float32]  # (lane,), as the next five of ``Patients``
    deepest: NDArray[np.float32]
    migraine_share: NDArray[np.float32]
    length: NDArray[np.float32]
    mild_below: NDArray[np.float32]
    severe_above: NDArray[np.float32]
    week: NDArray[np.float32]  # (weekday, lane), ln(candidates/day) without drift, cycle and placebo
    spread: NDArray[np.float32]  # (weekday, lane), of the drift
    odds: NDArray[np.float32]  # (weekday, lane), of a missing entry on a headache-free day
    words: NDArray[np.uint32]  # (2, day, lane)
    drift: NDArray[np.float32]  # (1 + day, lane), standardised; first that of the day before
    cycles: NDArray[np.float32]  # (day, lane), ln(factor) of the menstrual cycle, over that of its usual days
    rate: NDArray[np.float32]  # (day, lane), candidates a day, at last the odds of a missing entry
    come: NDArray[np.uint8]  # (day, lane), up to ``FEW``: that many or more
    lengths: NDArray[np.uint32]  # (cycle, lane), what the lengths of cycles are drawn by
    out_after_in: NDArray[np.uint8]  # (day, lane); out: no entry
    out_after_out: NDArray[np.uint8]
    missing: NDArray[np.uint8]  # (1 + day, lane); first that of the day before


@nb.njit(cache=True)
def room(days: int, stop: int) -> Lanes:
    """Return the room for ``days`` worked out of the first ``stop`` lived."""
    size = LANES * batch.up(days + 1, 2 * WEEKDAYS)
    cycles = LANES * _A_BLOCK * ((stop // _SHORTEST_CYCLE + 2) // _A_BLOCK + 1)
    return Lanes(
        np.zeros(LANES, np.uint64), np.zeros(LANES, np.float32), np.zeros(LANES, np.float32),
        np.zeros(LANES, np.float32), np.zeros(LANES, np.float32), np.zeros(LANES, np.float32),
        np.zeros(LANES, np.float32), np.zeros(A_WEEK, np.float32),
        np.zeros(A_WEEK, np.float32), np.zeros(A_WEEK, np.float32), np.zeros(2 * size, np.uint32),
        np.zeros(LANES + size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32),
        np.zeros(size, np.uint8), np.zeros(cycles, np.uint32), np.zeros(size, np.uint8), np.zeros(size, np.uint8),
        np.zeros(LANES + size, np.uint8),
    )  # fmt: skip


@nb.njit(inline="always")
def _to_whole(days: int) -> int:
    """Return the places of whole weeks that hold so many days."""
    return (days + WEEKDAYS - 1) // WEEKDAYS * A_WEEK


@nb.njit(**batch.INNER)
def _four(k0: np.uint64, k1: np.uint64, number: np.uint64, block: np.uint64, who: NDArray, out: tuple) -> None:
    """Fill four rows of lanes with the words of counters (who, number, 0, block)."""
    a, b, c, d = out
    for lane in range(LANES):
        w0, w1, w2, w3 = narrow.philox(k0, k1, who[lane], number, _NONE, block)
        a[lane], b[lane], c[lane], d[lane] = w0, w1, w2, w3


@nb.njit(**batch.INNER)
def load(first: int, here: int, span: Span, p: Patients, process: Process, calendar: Calendar, dials: Dials,
         lanes: Lanes) -> None:  # fmt: skip
    """Take ``here`` people from ``first`` on into the lanes, the last again where there are no more."""
    k0, k1 = np.uint64(p.key[first, 0]), np.uint64(p.key[first, 1])
    who, words, normal, week = lanes.who, lanes.words, dials.normal, lanes.week
    level, drift_sd, missing = lanes.rate, lanes.rate[LANES:], lanes.rate[2 * LANES :]  # free until the rates come
    for lane in range(LANES):
        i = first + min(lane, here - 1)
        who[lane] = np.uint64(p.identity[i])
        lanes.shift[lane], lanes.deepest[lane], lanes.length[lane] = p.shift[i], p.deepest[i], p.length[i]
        lanes.migraine_share[lane] = p.migraine_share[i]
        lanes.mild_below[lane], lanes.severe_above[lane] = p.mild_below[i], p.severe_above[i]
        usual = process.cycle_else if p.cycle[i] > 0.0 else 0.0
        level[lane], drift_sd[lane], missing[lane] = p.log_rate[i] + usual, p.drift_sd[i], p.missing_odds[i]
    _four(k0, k1, _NONE, _WEEK, who, (words, words[LANES:], words[2 * LANES :], words[3 * LANES :]))
    rotation = (span.even + WEEKDAYS - process.warm_up % WEEKDAYS) % WEEKDAYS  # day 0 of the diary begins a week
    shrink = 0.5 * process.week_sd**2  # so that a weekday's mean factor stays what the calendar says
    sd = np.float32(process.week_sd)
    for row in range(WEEKDAYS):
        weekday = (row + rotation) % WEEKDAYS
        of_day, today = np.float32(calendar.week[weekday] - shrink), np.float32(calendar.odds[weekday])
        drawn, bits = words[LANES * (weekday // 2) :], _16 * np.uint32(weekday % 2)
        of_row, spread, odds = week[row * LANES :], lanes.spread[row * LANES :], lanes.odds[row * LANES :]
        for lane in range(LANES):
            of_row[lane] = level[lane] + (of_day + sd * normal[(drawn[lane] >> bits) & _TABLE])
        for lane in range(LANES):
            spread[lane] = drift_sd[lane]
            odds[lane] = today * missing[lane]
    drawn = words[3 * LANES :]
    for lane in range(LANES):  # the drift before the first day
        lanes.drift[lane] = normal[(drawn[lane] >> _16) & _TABLE]
        lanes.missing[lane] = 0


@nb.njit(**batch.INNER)
def cycles(first: int, here: int, span: Span, p: Patients, process: Process, dials: Dials, lanes: Lanes,
           menses: NDArray[np.uint8]) -> None:  # fmt: skip
    """Fill in ln(factor) of the menstrual cycle on every day, and the days of bleeding where there is room for them.

    The factor is that over its usual days.
    """
    k0, k1, drawn = np.uint64(p.key[first, 0]), np.uint64(p.key[first, 1]), lanes.lengths
    for block in range(drawn.size // (_A_BLOCK * LANES)):
        at = drawn[block * _A_BLOCK * LANES :]
        _four(k0, k1, np.uint64(block), _CYCLE, lanes.who, (at, at[LANES:], at[2 * LANES :], at[3 * LANES :]))
        high = at[4 * LANES :]
        for k in range(4 * LANES):
            high[k] = at[k] >> _16
    factor, usual = lanes.cycles, process.cycle_else
    before, during = np.float32(process.cycle_before - usual), np.float32(process.cycle_during - usual)
    factor[: LANES * (span.stop - span.even)] = _NIL
    for lane in range(here):
        i = first + lane
        cycle = p.cycle[i]
        if cycle <= 0.0:
            continue
        begins, k = int(p.phase[i] * cycle), 0
        while begins - process.days_before < span.stop:
            for day in range(max(begins - process.days_before, span.even), min(begins, span.stop)):
                factor[(day - span.even) * LANES + lane] = before
            for day in range(max(begins, span.even), min(begins + process.days_during, span.stop)):
                factor[(day - span.even) * LANES + lane] = during
            if menses.shape[0] > 0:
                for day in range(max(begins, process.warm_up), min(begins + process.bleeding, span.stop)):
                    menses[i, day - process.warm_up] = day - begins + 1
            z = dials.normal[drawn[k * LANES + lane] & _TABLE]
            begins += max(int(cycle + process.cycle_sd * z + 0.5), _SHORTEST_CYCLE)
            k += 1


@nb.njit(**batch.INNER)
def _draw(k0: np.uint64, k1: np.uint64, span: Span, lanes: Lanes) -> int:
    """Fill in the words of all days; return where the second of each day begins."""
    who, words, second = lanes.who, lanes.words, lanes.words.size // 2
    for pair in range((span.stop - span.even + 1) // 2):
        number, at = np.uint64(span.even // 2 + pair), pair * 2 * LANES
        today, later = words[at:], words[second + at :]
        _four(k0, k1, number, _DAY, who, (today, later, today[LANES:], later[LANES:]))
    return second


@nb.njit(**batch.INNER)
def candidates(here: int, keys: tuple, span: Span, ramp: NDArray, process: Process, lanes: Lanes) -> None:
    """Fill in rate and count of candidates on all days: drift, week, cycle, the placebo's course.

    Kicks of the drift are uniform, of unit variance: over the weeks of its memory their sum is normal.
    """
    second, days = _draw(keys[0], keys[1], span, lanes), span.stop - span.even
    words, drift, rate, count = lanes.words, lanes.drift, lanes.rate, lanes.come
    memory = np.float32(process.drift_memory)
    kick = np.float32(math.sqrt(12.0 * (1.0 - process.drift_memory**2)))
    of_bits, middle = kick * narrow.TO_16, kick * (_HALF * narrow.TO_16 - _HALF)
    later, after = words[second:], drift[LANES:]
    for k in range(days * LANES):
        after[k] = np.float32(np.int32(later[k] >> _16)) * of_bits + middle
    for day in range(days):  # cut out with their ends, or the compiler takes these few one by one
        today, yesterday = after[day * LANES : (day + 1) * LANES], drift[day * LANES : (day + 1) * LANES]
        for lane in range(today.size):
            today[lane] += memory * yesterday[lane]
    week, spread = lanes.week, lanes.spread
    for at in range(0, _to_whole(days), A_WEEK):
        of_week, moved_by, cycle = rate[at:], after[at:], lanes.cycles[at:]
        for k in range(A_WEEK):
            of_week[k] = (week[k] + spread[k] * moved_by[k]) + cycle[k]
    for day in range(max(process.warm_up, span.even), span.stop):
        reached, at = np.float32(ramp[day - process.warm_up]), (day - span.even) * LANES
        if reached > _NIL:
            today = rate[at:]
            for lane in range(LANES):
                today[lane] += lanes.shift[lane] * reached
    for k in range(days * LANES):
        mean = narrow.exp(min(rate[k], _CEILING))
        none = narrow.exp(-mean)
        u = np.float32(np.int32(words[k] >> _8)) * narrow.TO_24
        at_most_one = none + none * mean
        two = _HALF * (none * mean) * mean
        at_most_two = at_most_one + two
        at_most_three = at_most_two + _THIRD * two * mean
        rate[k] = mean
        count[k] = np.uint8(
            np.uint8(u >= none) + np.uint8(u >= at_most_one) + np.uint8(u >= at_most_two) + np.uint8(u >= at_most_three)
        )
    for k in range(days * LANES if here < LANES else 0):  # a lane without a person
        if k % LANES >= here:
            count[k] = 0


@nb.njit(**batch.INNER)
def many(at: int, lanes: Lanes) -> int:
    """Return the Poisson quantile of a day's number where it is ``FEW`` or more."""
    mean, u = float(lanes.rate[at]), float(np.int32(lanes.words[at] >> _8)) * narrow.TO_24
    term = math.exp(-mean)
    below, k = term, 0
    most = int(mean + 10.0 * math.sqrt(mean + 1.0)) + FEW
    while (u >= below and k < most) or k < FEW:
        k += 1
        term *= mean / k
        below += term
    return k


@nb.njit(**batch.INNER)
def leave_out(span: Span, process: Process, lanes: Lanes, marks: Marks) -> None:
    """Leave out entries: odds by headache, pain and weekday; yesterday's persist.

    An entry is left out where U < p, after one left out where U < p + streak (1 - p); p = odds / (1 + odds).
    """
    words, second, days = lanes.words, lanes.words.size // 2, span.stop - span.even
    later, window, severity, odds = words[second:], marks.window, marks.severity, lanes.odds
    more, worse = np.float32(process.odds_headache - 1.0), np.float32(process.odds_severe - 1.0)
    streak, shortest = np.float32(process.streak), np.float32(process.shortest)
    after_in, after_out, missing = lanes.out_after_in, lanes.out_after_out, lanes.missing
    for at in range(0, _to_whole(days), A_WEEK):
        hours, worst, today = window[at:], severity[at:], lanes.rate[at:]
        for k in range(A_WEEK):
            headache = _ONE if hours[k] >= shortest else _NIL
            severe = headache if worst[k] == SEVERE else _NIL
            today[k] = odds[k] * (_ONE + more * headache) * (_ONE + worse * severe)
    today = lanes.rate
    for k in range(days * LANES):
        bits = ((later[k] & _LOW_HALF) << _8) | (words[k] & _LOW_BYTE)
        level = (np.float32(np.int32(bits)) * narrow.TO_24) * (_ONE + today[k])
        after_in[k] = level < today[k] - today[k] * streak
        after_out[k] = level < today[k] + streak
    if span.even < process.warm_up:  # nothing is written before the first day, which has no yesterday
        first = (process.warm_up - span.even) * LANES
        after_in[:first] = 0
        after_out[:first] = 0
        for lane in range(LANES):
            k = first + lane
            bits = ((later[k] & _LOW_HALF) << _8) | (words[k] & _LOW_BYTE)
            after_in[k] = (np.float32(np.int32(bits)) * narrow.TO_24) * (_ONE + today[k]) < today[k]
    for day in range(span.start - span.even, days):
        fresh, again, yesterday = after_in[day * LANES :], after_out[day * LANES :], missing[day * LANES :]
        here = missing[(day + 1) * LANES :]
        for lane in range(LANES):
            here[lane] = fresh[lane] | (again[lane] & yesterday[lane])
