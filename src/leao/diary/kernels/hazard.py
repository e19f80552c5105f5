"""Headache episodes in continuous time, a block of people after another, every draw from a counter.

Candidate attacks are a Poisson process of rate exp(log_rate + drift + shift), constant over a day but for the clock,
which maps equal shares of the day's risk onto its hours: a Poisson number comes on each day (kernels/lanes.py), each at
an hour of its own. A candidate (a trigger of random strength) starts an attack while pain-free if its strength <
ratio * (1 - r exp(-t / t_r)), t since the last episode's end: if t has reached what its strength needs, which is worked
out for all candidates before the walk. Counter = (patient, day and place on the day, generation, block), so a ratio
below 1 thins the same candidates and nothing else moves: arms share their luck, and a ratio of 1 is the placebo diary
bit for bit. A candidate has 20 bits for its strength and its severity, 16 for its kind and whether it recurs, 12 for
hour and length, 32 for the delay. From episodes to days: kernels/episodes.py.
Source: a repeated-event model fitted to published cohorts; its numbers and misses stand in ledger ``diary``.
"""

from __future__ import annotations

import math
from typing import cast

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary, episodes, lanes, narrow
from leao.diary.kernels.diary import Calendar, Candidates, Days, Desk, Dials, Needs, Patients, Process, Wanted
from leao.diary.kernels.lanes import Lanes, Span
from leao.diary.kernels.random import uniforms4

OK, TOO_MANY_CANDIDATES, LOG_FULL = 0, 1, 2

_MOST = 10_000  # candidates in one day: beyond this the rate is no rate of headaches
_CANDIDATE, _EPISODE = cast("int", np.uint64(0)), cast("int", np.uint32(1))  # blocks of the counter
_NONE = cast("int", np.uint64(0))
_TABLE, _LOW_HALF = np.uint32(0xFFF), np.uint32(0xFFFF)
_12, _16, _20 = np.uint32(12), np.uint32(16), np.uint32(20)
_NIL, _ONE, _NEVER, _LEAST = np.float32(0.0), np.float32(1.0), np.float32(1e30), np.float32(1e-30)
_TO_20, _HALF_20 = np.float32(2.0**-20), np.float32(2.0**-21)
_PER_HALF, _PER_20 = 2.0**-16, 2.0**-20
_LEVELS = 4096.0
_FIRST_ROOM = 1024  # candidates and episodes of a block at first


@nb.njit(**batch.INNER)
def _list(lane: int, n: int, who: np.uint32, ratio: NDArray, span: Span, warm_up: int, people: Lanes,
          drawn: Candidates, n_later: int) -> tuple:  # fmt: skip
    """Write a person's candidates behind ``n`` others; return how many there are then, and of them later on a day.

    They may be more than there is room for: those beyond are counted, not written.
    """
    count, number, later, first, room = people.count, drawn.number, drawn.later, n, drawn.number.size - 2
    for day in range(span.start, span.lived):
        at = (day - span.even) * diary.LANES + lane
        here, place = np.int64(count[at]), min(n, room)
        number[place] = day << diary.A_DAY  # two in any case: what is not there, the next overwrites
        number[place + 1] = (day << diary.A_DAY) + 1
        later[n_later] = place + 1
        n_later += here > 1
        if here >= 3:
            here = lanes.many(at, people)
            for k in range(2, min(here, room - place)):
                number[place + k] = (day << diary.A_DAY) + k
                later[n_later] = place + k
                n_later += 1
        n += here
        n_later = min(n_later, room)
    for k in range(first, min(n, room)):
        drawn.who[k] = who
    if ratio.size > 0:
        for k in range(first, min(n, room)):
            day = (number[k] >> diary.A_DAY) - warm_up
            drawn.share[k] = np.float32(ratio[day]) if day >= 0 else _ONE
    return n, n_later


@nb.njit(**batch.INNER)
def _draw(n: int, k0: np.uint64, k1: np.uint64, process: Process, dials: Dials, drawn: Candidates) -> None:
    """Draw ``n`` candidates: when on their day, how long they would last, how rested the patient must be for them."""
    words, number, share, need, who = drawn.words, drawn.number, drawn.share, drawn.need, drawn.who
    hour, length, row = drawn.hour, drawn.length, drawn.number.size
    second, third, fourth = words[row:], words[2 * row :], words[3 * row :]
    for k in range(n):
        w0, w1, w2, w3 = narrow.philox(k0, k1, np.uint64(who[k]), np.uint64(number[k]), _NONE, _CANDIDATE)
        words[k], second[k], third[k], fourth[k] = w0, w1, w2, w3
    fade = np.float32(process.refractory_time)
    for k in range(n):
        strength = np.float32(np.int32(words[k] >> _12)) * _TO_20 + _HALF_20
        spare = _ONE - strength / share[k]
        rest = -fade * narrow.ln(max(spare, _LEAST))
        need[k] = rest if spare > _NIL else _NEVER
    for k in range(n):
        hour[k] = dials.clock[words[k] & _TABLE]
        length[k] = dials.length[third[k] & _TABLE]


@nb.njit(**batch.INNER)
def _sort(n_later: int, drawn: Candidates) -> None:
    """Put the hours of one day in order. What else is drawn does not hang on the hour and need not be moved with it."""
    hour, number = drawn.hour, drawn.number
    for k in range(n_later):
        at = int(drawn.later[k])
        value = hour[at]
        while (number[at] & 0xFF) > 0 and hour[at - 1] > value:
            hour[at] = hour[at - 1]
            at -= 1
        hour[at] = value


@nb.njit(inline="always")
def _grade(latent: float, i: int, p: Patients) -> int:
    return 1 if latent < p.mild_below[i] else (3 if latent > p.severe_above[i] else 2)


@nb.njit(**batch.INNER)
def _episode(n: int, start: float, drawn: tuple, origin: tuple, process: Process, desk: Desk) -> tuple:
    """Write the ``n``-th episode, begun at ``start`` (h); return its end and when it is due again.

    ``drawn``: length before severity, whether and when it recurs (few do, and only theirs needs the logarithm of a
    delay), grade. ``origin``: number, generation, ``IS_MIGRAINE`` or 0.
    """
    length, recurs, delay, grade = drawn
    number, generation, migraine = origin
    length *= process.duration_mild if grade == 1 else (process.duration_severe if grade == 3 else 1.0)
    end = start + min(max(length, process.duration_low), process.duration_high)
    desk.pain[diary.START, n], desk.pain[diary.END, n] = start, end
    desk.facts[diary.NUMBER, n], desk.facts[diary.GENERATION, n] = number, generation
    desk.facts[diary.KIND, n] = grade + migraine
    due = np.inf
    if recurs < process.recurrence_probability:
        due = end - process.recurrence_delay * batch.ln(delay)
    return end, due


@nb.njit(**batch.INNER)
def _again(i: int, due: float, origin: tuple, n: int, p: Patients, process: Process, dials: Dials, desk: Desk) -> tuple:
    """Write the episode with which one recurs at ``due``; return its end and when it is due again."""
    number, generation, _ = origin
    u, recurs, delay, latent = uniforms4(p.key[i, 0], p.key[i, 1], int(p.identity[i]), number, generation, _EPISODE)
    length = dials.length[int(u * _LEVELS)] * p.length[i]
    return _episode(n, due, (length, recurs, delay, _grade(latent, i, p)), origin, process, desk)


@nb.njit(**batch.INNER)
def _walk(i: int, state: NDArray, come: tuple, n: int, span: Span, p: Patients, process: Process, dials: Dials,
          drawn: Candidates, desk: Desk) -> int:  # fmt: skip
    """Walk from candidate to candidate, writing episodes behind ``n`` others; return how many there are then.

    ``come``: the person's first candidate and the first after the last. Where room gets scarce, nothing is written any
    more, and the number returned says how much would be needed at least.
    """
    number, hour, need, words, row = drawn.number, drawn.hour, drawn.need, drawn.words, drawn.number.size
    first, last = come
    pain_end, due, room = state[diary.PAIN_END], state[diary.DUE], desk.pain.shape[1] - 1
    source, generation = int(state[diary.LAST_NUMBER]), int(state[diary.LAST_GENERATION])
    migraine = int(state[diary.LAST_KIND])
    deepest, share = p.deepest[i], p.migraine_share[i]
    for k in range(first, last + 1):
        when = diary.DAY * (number[k] >> diary.A_DAY) + hour[k] if k < last else diary.DAY * span.lived
        while due < when:
            generation += 1
            pain_end, due = _again(i, due, (source, generation, migraine), min(n, room), p, process, dials, desk)
            n += 1
        if k < last and when - pain_end >= max(need[k] + deepest, 0.0):
            w1, w2 = words[row + k], words[2 * row + k]
            source, generation = int(number[k]), 0
            migraine = diary.IS_MIGRAINE if (w1 & _LOW_HALF) * _PER_HALF < share else 0
            grade = _grade((w2 >> _12) * _PER_20, i, p)
            new = (drawn.length[k] * p.length[i], (w1 >> _16) * _PER_HALF, batch.unit(words[3 * row + k]), grade)
            pain_end, due = _episode(min(n, room), when, new, (source, generation, migraine), process, desk)
            n += 1
    state[diary.PAIN_END], state[diary.DUE] = pain_end, due
    state[diary.LAST_NUMBER], state[diary.LAST_GENERATION], state[diary.LAST_KIND] = source, generation, migraine
    return n


@nb.njit(**batch.INNER)
def _begin(first: int, here: int, span: Span, history: NDArray, people: Lanes, desk: Desk) -> None:
    """Set the states of ``here`` people to what their first day begins with, or to what was kept of them."""
    state = desk.state
    for lane in range(here):
        state[lane, :] = 0.0
        state[lane, diary.PAIN_END], state[lane, diary.LAST_END] = -np.inf, -np.inf
        state[lane, diary.LAST_PERIOD], state[lane, diary.DUE] = -np.inf, np.inf
        if history.shape[0] > 0:
            for k in range(diary.KEPT):
                state[lane, k] = history[first + lane, k]
            people.drift[lane] = state[lane, diary.DRIFT]
            people.missing[(span.start - span.even) * diary.LANES + lane] = np.uint8(state[lane, diary.LEFT_OUT])


@nb.njit(cache=True)
def _candidates(size: int) -> Candidates:
    return Candidates(
        np.zeros(size, np.int32), np.zeros(size, np.uint32), np.ones(size, np.float32), np.zeros(4 * size, np.uint32),
        np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.int32),
    )  # fmt: skip


@nb.njit(cache=True)
def _desk(days: int, size: int) -> Desk:
    return Desk(
        np.zeros((2, days)), np.zeros((4, days), np.uint8), np.zeros((6, size)), np.zeros((4, size), np.int32),
        np.zeros(batch.room(days), np.uint32), np.zeros((diary.LANES, diary.KEPT)),
    )  # fmt: skip


@nb.njit(cache=True)
def _columns(n: int, n_day: int, wanted: Wanted) -> Days:
    return Days(
        np.empty((n * wanted.headache, n_day), np.uint8), np.empty((n * wanted.migraine, n_day), np.uint8),
        np.empty((n * wanted.severity, n_day), np.uint8), np.empty((n * wanted.attacks, n_day), np.uint8),
        np.empty((n * wanted.periods, n_day), np.uint8), np.empty((n * wanted.episodes, n_day), np.uint8),
        np.empty((n * wanted.rescue, n_day), np.uint8), np.empty((n * wanted.missing, n_day), np.uint8),
        np.zeros((n * wanted.menses, n_day), np.uint8), np.empty((n * wanted.migraine_hours, n_day), np.float32),
    )  # fmt: skip


@nb.njit(**batch.INNER)
def _block(first: int, p: Patients) -> int:
    """Return how many people from ``first`` on have a block: those of one key."""
    here = 1
    while (
        here < diary.LANES
        and first + here < p.log_rate.size
        and p.key[first + here, 0] == p.key[first, 0]
        and p.key[first + here, 1] == p.key[first, 1]
    ):
        here += 1
    return here


@nb.njit(**batch.INNER)
def _come(first: int, here: int, span: Span, ratio: NDArray, acts: bool, warm_up: int, p: Patients, people: Lanes,
          drawn: Candidates, bounds: NDArray) -> tuple:  # fmt: skip
    """List the candidates of a block; return how many they are, and how many are later on their day."""
    n, n_later = 0, 0
    for lane in range(here):
        i = first + lane
        bounds[lane] = n
        of_person = ratio[i if ratio.shape[0] > 1 else 0] if acts else ratio[0, :0]
        n, n_later = _list(lane, n, p.identity[i], of_person, span, warm_up, people, drawn, n_later)
    bounds[here] = n
    return n, n_later


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def diaries(
    ratio: NDArray[np.float64],
    calendar: Calendar,
    patients: Patients,
    process: Process,
    dials: Dials,
    wanted: Wanted,
    log: NDArray[np.float64],
    begin: int,
    history: NDArray[np.float64],
    kept: NDArray[np.float64],
) -> tuple:
    """Return (days, lines written to the log, status, patient at which it stopped).

    Args:
        ratio: factor on the hazard of attack onsets, (patient, day) or (1, day) for all, 1 for placebo, never above 1.
        calendar: the course of the placebo response and the week.
        patients: what makes them differ.
        process: the numbers they share.
        dials: quantiles that are looked up.
        wanted: which of the days' columns to write.
        log: (line, LOG) receives the episodes; no lines, no log.
        begin: the first day to be lived, 0 for all: those before, and the warm-up, were, with a ratio of 1; their
            columns are not written.
        history: (patient, KEPT) what was kept at ``begin``; no rows where all days are lived.
        kept: (patient, KEPT) receives what the days after the last need; no rows, nothing is kept. It serves attacks,
            24-h periods and missing entries that do not depend on pain; other columns need all days.
    """
    n, n_day, warm_up = patients.log_rate.size, ratio.shape[1], process.warm_up
    start = warm_up + begin if begin > 0 else 0
    span, beyond, lines = Span(start // 2 * 2, start, warm_up + n_day), int(process.duration_high / diary.DAY) + 2, 0
    days, people = _columns(n, n_day, wanted), lanes.room(span.lived - span.even, beyond, span.lived)
    drawn, desk = _candidates(_FIRST_ROOM), _desk(span.lived + beyond, _FIRST_ROOM)
    bounds, ends = np.zeros(diary.LANES + 1, np.int64), np.zeros(diary.LANES + 1, np.int64)
    needs = episodes.needs(wanted, process, log.shape[0] > 0, begin)
    acts = (ratio[:, begin:] != 1.0).any()
    first = 0
    while first < n:
        here = _block(first, patients)
        for i in range(first, first + here):
            if patients.log_rate[i] + max(patients.shift[i], 0.0) > math.log(_MOST):
                return days, lines, TOO_MANY_CANDIDATES, i
        k0, k1 = np.uint64(patients.key[first, 0]), np.uint64(patients.key[first, 1])
        lanes.load(first, here, span, patients, process, calendar, dials, people)
        _begin(first, here, span, history, people, desk)
        lanes.cycles(first, here, span, patients, process, dials, people, days.menses)
        lanes.candidates(k0, k1, span, calendar.ramp, process, people)
        come, later = _come(first, here, span, ratio, acts, warm_up, patients, people, drawn, bounds)
        if come > drawn.number.size - 2:
            drawn = _candidates(2 * come)
            come, later = _come(first, here, span, ratio, acts, warm_up, patients, people, drawn, bounds)
        _draw(come, k0, k1, process, dials, drawn)
        _sort(later, drawn)
        total = 0
        for lane in range(here):
            ends[lane] = total
            total = _walk(first + lane, desk.state[lane], (bounds[lane], bounds[lane + 1]), total, span, patients,
                          process, dials, drawn, desk)  # fmt: skip
        ends[here] = total
        if total > desk.pain.shape[1] - 1:
            desk = _desk(span.lived + beyond, 2 * total)
            continue
        lines = episodes.settle(first, here, ends, lines, span, patients, process, wanted, needs, days, people, desk,
                                log, history)  # fmt: skip
        if kept.shape[0] > 0:
            for lane in range(here):
                for k in range(diary.KEPT):
                    kept[first + lane, k] = desk.state[lane, k]
        first += here
    full = log.shape[0] > 0 and lines > log.shape[0]
    return days, lines, LOG_FULL if full else OK, n


@nb.njit(cache=True)
def draws(key: NDArray, who: NDArray, first: NDArray, second: NDArray, block: NDArray) -> NDArray[np.float64]:
    """Return four U(0, 1) per line, (line, 4), each from its key (line, 2) and counter (who, first, second, block)."""
    out = np.empty((who.size, 4))
    for line in range(who.size):
        out[line, 0], out[line, 1], out[line, 2], out[line, 3] = uniforms4(
            key[line, 0], key[line, 1], int(who[line]), int(first[line]), int(second[line]), int(block[line])
        )
    return out
