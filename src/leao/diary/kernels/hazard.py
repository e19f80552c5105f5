"""Headache episodes in continuous time, a block of people after another, every draw from a counter.

Candidate attacks are a Poisson process of rate exp(log_rate + drift + shift), constant over a day but for the clock,
which maps equal shares of the day's risk onto its hours: a Poisson number comes on each day (kernels/lanes.py), each at
an hour of its own. A candidate (a trigger of random strength) starts an attack while pain-free if its strength <
ratio * (1 - r exp(-t / t_r)), t since the last episode's end: if t has reached what its strength needs, which is worked
out for all candidates before the walk. Counter = (patient, day and place on the day, generation, block), so a ratio
below 1 thins the same candidates and nothing else moves: arms share their luck, and a ratio of 1 is the placebo diary
bit for bit. A candidate has 20 bits for its strength and its severity, 16 for its kind and whether it recurs, 12 for
hour and length, 24 for the delay. From episodes to days: kernels/episodes.py.
Candidates stand day by day, all people of the block: the walk then goes from person to person, and what one waits for
does not keep the next. What is so for one in a few candidates is worked out for all: no branch that goes wrong.
Source: a repeated-event model fitted to published cohorts; its numbers and misses stand in ledger ``diary``.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary, episodes, lanes, narrow
from leao.diary.kernels.diary import Calendar, Candidates, Days, Dials, Episodes, Marks, Patients, Process, Wanted
from leao.diary.kernels.lanes import Lanes, Span
from leao.diary.kernels.random import uniforms4

OK, TOO_MANY_CANDIDATES, LOG_FULL = 0, 1, 2

_MOST = 10_000  # candidates in one day: beyond this the rate is no rate of headaches
_CANDIDATE, _EPISODE = np.uint64(0), np.uint64(1)  # blocks of the counter
_NONE, _NEXT = np.uint64(0), np.uint64(1)
_TABLE, _LOW_HALF, _PLACE = np.uint32(0xFFF), np.uint32(0xFFFF), np.uint32((1 << diary.A_DAY) - 1)
_LANE, _A_DAY, _A_LANE = np.uint32(diary.LANES - 1), np.uint32(diary.A_DAY), np.uint32(4)
_8, _12, _16 = np.uint32(8), np.uint32(12), np.uint32(16)
_NIL, _ONE, _LEAST = np.float32(0.0), np.float32(1.0), np.float32(1e-30)
_NEVER, _LONG_AGO = np.float32(1e30), -1e20  # h; no rest since the one is as long as the other
_TO_20, _HALF_20, _HALF_24 = np.float32(2.0**-20), np.float32(2.0**-21), np.float32(2.0**-25)
_SPARE = 1024  # room for candidates beyond ``lanes.FEW`` a day, and for recurrences, at first


@nb.njit(inline="always")
def _lane(code: np.uint32) -> np.uint32:
    return (code >> _A_DAY) & _LANE


@nb.njit(inline="always")
def _day(code: np.uint32) -> np.uint32:
    """Return the day of a candidate, from the first worked out."""
    return code >> (_A_DAY + _A_LANE)


@nb.njit(inline="always")
def _number(code: np.uint32, even: np.uint32) -> np.uint32:
    """Return what a candidate's draws are keyed by: the day lived and the place on it."""
    return ((_day(code) + even) << _A_DAY) | (code & _PLACE)


@nb.njit(**batch.INNER)
def _list(span: Span, people: Lanes, drawn: Candidates) -> tuple:
    """List the candidates of a block; return how many, how many are later on their day, whether there was room.

    One is written in any case: what is not there, the next overwrites, which costs less than to ask.
    """
    code, later = drawn.code, drawn.later
    first, last = (span.start - span.even) * diary.LANES, (span.stop - span.even) * diary.LANES
    n, n_later, spare = np.uint64(0), np.uint64(0), code.size - lanes.FEW * (last - first + 1)
    count = people.come[first:last]
    for k in range(count.size):
        at, come = np.uint32(first + k) << _A_DAY, np.int64(count[k])
        code[n] = at
        n += np.uint64(min(come, 1))
        if come > 1:
            if come >= lanes.FEW:
                come = lanes.many(first + k, people)
                spare -= come - lanes.FEW
                if spare < 0:
                    return np.int64(n), np.int64(n_later), False
            for place in range(1, come):
                code[n], later[n_later] = at + np.uint32(place), n
                n += _NEXT
                n_later += _NEXT
    return np.int64(n), np.int64(n_later), True


@nb.njit(**batch.INNER)
def _shares(n: int, ratio: NDArray, course: NDArray, begins: int, drawn: Candidates) -> None:
    """Look up the drug's factor on the day of each of ``n`` candidates; 1 before day ``begins``, the diary's first."""
    code, share = drawn.code, drawn.share
    for k in range(n):
        day = np.int64(_day(code[k])) - begins
        share[k] = np.float32(ratio[course[_lane(code[k])], day]) if day >= 0 else _ONE


@nb.njit(**batch.INNER)
def _draw(n: int, keys: tuple, span: Span, dials: Dials, people: Lanes, drawn: Candidates) -> None:
    """Draw ``n`` candidates and look up what hangs on them; look-ups stand apart, since they go one by one."""
    words, code, row, who = drawn.words, drawn.code, drawn.code.size, drawn.who
    second, third, fourth, even = words[row:], words[2 * row :], words[3 * row :], np.uint32(span.even)
    of_lane = people.who
    for k in range(n):
        who[k] = of_lane[_lane(code[k])]
    for k in range(n):
        number = np.uint64(_number(code[k], even))
        w0, w1, w2, w3 = narrow.philox(keys[0], keys[1], np.uint64(who[k]), number, _NONE, _CANDIDATE)
        words[k], second[k], third[k], fourth[k] = w0, w1, w2, w3
    hour, length, need, migraine, mild, severe = (
        drawn.hour, drawn.length, drawn.need, drawn.migraine, drawn.mild, drawn.severe
    )  # fmt: skip
    for k in range(n):
        lane = _lane(code[k])
        hour[k], length[k] = dials.clock[words[k] & _TABLE], dials.length[third[k] & _TABLE] * people.length[lane]
        need[k], migraine[k] = people.deepest[lane], people.migraine_share[lane]
        mild[k], severe[k] = people.mild_below[lane], people.severe_above[lane]


@nb.njit(**batch.INNER)
def _describe(n: int, process: Process, drawn: Candidates) -> None:
    """Work out of ``n`` candidates: rest needed, kind, length, when it recurs."""
    words, row = drawn.words, drawn.code.size
    second, third, fourth = words[row:], words[2 * row :], words[3 * row :]
    need, share, fade = drawn.need, drawn.share, np.float32(process.refractory_time)
    for k in range(n):
        spare = _ONE - (np.float32(np.int32(words[k] >> _12)) * _TO_20 + _HALF_20) / share[k]
        rest = max(need[k] - fade * narrow.ln(max(spare, _LEAST)), _NIL)
        need[k] = rest if spare > _NIL else _NEVER
    kind, migraine, mild, severe = drawn.kind, drawn.migraine, drawn.mild, drawn.severe
    for k in range(n):
        latent = np.float32(np.int32(third[k] >> _12)) * _TO_20
        chance = np.float32(np.int32(second[k] & _LOW_HALF)) * narrow.TO_16
        is_migraine = np.int32(diary.IS_MIGRAINE) if chance < migraine[k] else np.int32(0)
        kind[k] = np.int32(1) + np.int32(latent >= mild[k]) + np.int32(latent > severe[k]) + is_migraine
    low, high, length = np.float32(process.duration_low), np.float32(process.duration_high), drawn.length
    of_mild, of_severe = np.float32(process.duration_mild), np.float32(process.duration_severe)
    for k in range(n):
        grade = kind[k] & np.int32(3)
        factor = of_mild if grade == 1 else (of_severe if grade == 3 else _ONE)
        length[k] = min(max(length[k] * factor, low), high)
    wait, chance_again = drawn.wait, np.float32(process.recurrence_probability)
    delay = np.float32(process.recurrence_delay)
    for k in range(n):
        waits = -delay * narrow.ln(np.float32(np.int32(fourth[k] >> _8)) * narrow.TO_24 + _HALF_24)
        wait[k] = waits if np.float32(np.int32(second[k] >> _16)) * narrow.TO_16 < chance_again else _NEVER


@nb.njit(**batch.INNER)
def _order(n: int, n_later: int, even: int, drawn: Candidates) -> None:
    """Put the hours of each person's day in order. What else is drawn does not hang on the hour, and stays."""
    hour, code, when = drawn.hour, drawn.code, drawn.when
    for k in range(n_later):
        at = np.int64(drawn.later[k])
        value, before = hour[at], hour[at - 1]
        if (code[at] & _PLACE) == 1:  # mostly
            hour[at - 1], hour[at] = min(before, value), max(before, value)
            continue
        while (code[at] & _PLACE) > 0 and hour[at - 1] > value:
            hour[at] = hour[at - 1]
            at -= 1
        hour[at] = value
    for k in range(n):
        when[k] = diary.DAY * np.float64(np.int32(_day(code[k])) + np.int32(even)) + np.float64(hour[k])


@nb.njit(**batch.INNER)
def _again(lane: np.uint32, last: np.uint32, n: np.uint64, keys: tuple, process: Process, dials: Dials, people: Lanes,
           out: Episodes) -> None:  # fmt: skip
    """Write in place ``n`` the episode with which the ``last`` of a person recurs."""
    number, generation = out.number[last], out.generation[last] + np.int32(1)
    w0, w1, w2, w3 = narrow.philox(
        keys[0], keys[1], people.who[lane], np.uint64(number), np.uint64(generation), _EPISODE
    )
    latent = np.float32(batch.unit(np.uint32(w3)))
    grade = 1 + int(latent >= people.mild_below[lane]) + int(latent > people.severe_above[lane])
    factor = process.duration_mild if grade == 1 else (process.duration_severe if grade == 3 else 1.0)
    length = dials.length[np.uint32(w0) & _TABLE] * people.length[lane] * factor
    end = out.due[last] + min(max(length, process.duration_low), process.duration_high)
    recurs = batch.unit(np.uint32(w1)) < process.recurrence_probability
    out.start[n], out.end[n], out.lane[n] = out.due[last], end, lane
    out.due[n] = end - process.recurrence_delay * batch.ln(batch.unit(np.uint32(w2))) if recurs else np.inf
    out.number[n], out.generation[n] = number, generation
    out.kind[n] = grade + (out.kind[last] & np.int32(diary.IS_MIGRAINE))


@nb.njit(**batch.INNER)
def _walk(n_drawn: int, here: int, keys: tuple, span: Span, process: Process, dials: Dials, people: Lanes,
          drawn: Candidates, out: Episodes, last: NDArray[np.uint32]) -> int:  # fmt: skip
    """Walk from candidate to candidate, writing the episodes; return how many there are then.

    The first ``LANES`` are each person's last before; ``last``: place of each person's last so far. Where there is no
    room for a recurrence, more than there is room for is returned.
    """
    code, when, need, length, wait, kind = drawn.code, drawn.when, drawn.need, drawn.length, drawn.wait, drawn.kind
    start, end, due, room = out.start, out.end, out.due, np.uint64(out.start.size - drawn.code.size - diary.LANES - 1)
    n, even, again = np.uint64(diary.LANES), np.uint32(span.even), np.uint64(0)
    for k in range(n_drawn):
        lane, begins = _lane(code[k]), when[k]
        e = last[lane]
        while due[e] < begins and again < room:
            _again(np.uint32(lane), e, n, keys, process, dials, people, out)
            e = np.uint32(n)
            n += _NEXT
            again += _NEXT
        starts = begins - end[e] >= need[k]
        stops = begins + length[k]
        start[n], end[n], due[n] = begins, stops, stops + wait[k]
        out.lane[n], out.number[n], out.generation[n], out.kind[n] = lane, _number(code[k], even), 0, kind[k]
        last[lane] = np.uint32(n) if starts else e
        n += np.uint64(starts)
    for lane in range(here):
        while due[last[lane]] < diary.DAY * span.stop and again < room:
            _again(np.uint32(lane), last[lane], n, keys, process, dials, people, out)
            last[lane] = n
            n += _NEXT
            again += _NEXT
    return int(n) if again < room else out.start.size + 1


@nb.njit(cache=True)
def _candidates(size: int) -> Candidates:
    return Candidates(
        np.zeros(size, np.uint32), np.ones(size, np.float32), np.zeros(4 * size, np.uint32), np.zeros(size, np.float32),
        np.zeros(size), np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32),
        np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.uint32), np.zeros(size, np.float32),
        np.zeros(size, np.float32), np.zeros(size, np.float32),
    )  # fmt: skip


@nb.njit(cache=True)
def _episodes(size: int) -> Episodes:
    return Episodes(
        np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size, np.int32), np.zeros(size, np.int32),
        np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32), np.zeros(size, np.int32),
        np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size), np.zeros(size),
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
def _acts(ratio: NDArray, begin: int) -> bool:
    """Return whether the drug does anything from day ``begin`` on; the first day on which it does tells."""
    for row in range(ratio.shape[0]):
        for day in range(begin, ratio.shape[1]):
            if ratio[row, day] != 1.0:
                return True
    return False


@nb.njit(**batch.INNER)
def _begin(first: int, here: int, span: Span, history: NDArray, people: Lanes, marks: Marks, out: Episodes,
           last: NDArray[np.uint32]) -> None:  # fmt: skip
    """Set the block to what its first day begins with, or to what was kept of its people."""
    state = marks.state
    for lane in range(here):
        last[lane] = lane
        out.end[lane], out.due[lane] = _LONG_AGO, np.inf
        state[diary.LAST_END, lane], state[diary.LAST_PERIOD, lane] = -np.inf, -np.inf
        if history.shape[0] > 0:
            past = history[first + lane]
            out.end[lane], out.due[lane] = past[diary.PAIN_END], past[diary.DUE]
            out.number[lane], out.generation[lane] = int(past[diary.LAST_NUMBER]), int(past[diary.LAST_GENERATION])
            out.kind[lane] = int(past[diary.LAST_KIND])
            state[diary.LAST_END, lane], state[diary.LAST_PERIOD, lane] = past[diary.LAST_END], past[diary.LAST_PERIOD]
            people.drift[lane] = past[diary.DRIFT]
            people.missing[(span.start - span.even) * diary.LANES + lane] = np.uint8(past[diary.LEFT_OUT])


@nb.njit(**batch.INNER)
def _keep(first: int, here: int, span: Span, people: Lanes, marks: Marks, out: Episodes, last: NDArray[np.uint32],
          kept: NDArray) -> None:  # fmt: skip
    """Keep of a block what a longer diary goes on from."""
    again = (span.stop // 2 * 2 - span.even) * diary.LANES  # the even day that it begins to work out
    for lane in range(here):
        e, line = last[lane], kept[first + lane]
        line[diary.PAIN_END], line[diary.DUE], line[diary.LAST_NUMBER] = out.end[e], out.due[e], out.number[e]
        line[diary.LAST_GENERATION], line[diary.LAST_KIND] = out.generation[e], out.kind[e]
        line[diary.LAST_END] = marks.state[diary.LAST_END, lane]
        line[diary.LAST_PERIOD] = marks.state[diary.LAST_PERIOD, lane]
        line[diary.DRIFT] = people.drift[again + lane]
        line[diary.LEFT_OUT] = people.missing[(span.stop - span.even) * diary.LANES + lane]


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def diaries(
    ratio: NDArray[np.float64],
    course: NDArray[np.int64],
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
        ratio: factor on the hazard of attack onsets, (course, day), 1 for placebo, never above 1.
        course: whose is which, (patient,).
        calendar: the course of the placebo response and the week.
        patients: what makes them differ.
        process: the numbers they share.
        dials: quantiles that are looked up.
        wanted: which of the days' columns to write.
        log: (line, LOG) receives the episodes, block after block; no lines, no log.
        begin: the first day to be lived, 0 for all: those before, and the warm-up, were, with a ratio of 1; their
            columns are not written.
        history: (patient, KEPT) what was kept at ``begin``; no rows where all days are lived.
        kept: (patient, KEPT) receives what the days after the last need; no rows, nothing is kept. It serves attacks,
            24-h periods and missing entries that do not depend on pain; other columns need all days.
    """
    n, n_day, warm_up = patients.log_rate.size, ratio.shape[1], process.warm_up
    start = warm_up + begin if begin > 0 else 0
    span, beyond = Span(start // 2 * 2, start, warm_up + n_day), int(process.duration_high / diary.DAY) + 2
    n_span = span.stop - span.even
    days, people = _columns(n, n_day, wanted), lanes.room(n_span, span.stop)
    marks, usual = episodes.room(n_span, beyond), lanes.FEW * (n_span * diary.LANES + 1) + _SPARE
    drawn, out = _candidates(usual), _episodes(usual + diary.LANES + 1 + _SPARE)
    last, needs = np.zeros(diary.LANES, np.uint32), episodes.needs(wanted, process, log.shape[0] > 0, begin)
    acts = _acts(ratio, begin)
    first, lines = int(np.int64(0)), int(np.int64(0))  # a bare 0 has a type of its own: all would be compiled twice
    while first < n:
        here = _block(first, patients)
        for i in range(first, first + here):
            if patients.log_rate[i] + max(patients.shift[i], 0.0) > math.log(_MOST):
                return days, lines, TOO_MANY_CANDIDATES, i
        keys = (np.uint64(patients.key[first, 0]), np.uint64(patients.key[first, 1]))
        lanes.load(first, here, span, patients, process, calendar, dials, people)
        _begin(first, here, span, history, people, marks, out, last)
        lanes.cycles(first, here, span, patients, process, dials, people, days.menses)
        lanes.candidates(here, keys, span, calendar.ramp, process, people)
        come, later, fits = _list(span, people, drawn)
        if not fits:
            drawn, out = _candidates(2 * drawn.code.size), _episodes(2 * out.start.size)
            continue
        if acts:
            _shares(come, ratio, course[first:], warm_up - span.even, drawn)
        _draw(come, keys, span, dials, people, drawn)
        _describe(come, process, drawn)
        _order(come, later, span.even, drawn)
        total = _walk(come, here, keys, span, process, dials, people, drawn, out, last)
        if total > out.start.size:
            out = _episodes(2 * out.start.size)
            continue
        lines = episodes.settle(first, here, total, lines, keys, span, process, needs, people, marks, out, log)
        episodes.write(first, here, keys, span, process, wanted, needs, days, people, marks)
        if kept.shape[0] > 0:
            _keep(first, here, span, people, marks, out, last, kept)
        first += here
    return days, lines, LOG_FULL if 0 < log.shape[0] < lines else OK, n


@nb.njit(cache=True)
def draws(key: NDArray, who: NDArray, first: NDArray, second: NDArray, block: NDArray) -> NDArray[np.float64]:
    """Return four U(0, 1) per line, (line, 4), each from its key (line, 2) and counter (who, first, second, block)."""
    out = np.empty((who.size, 4))
    for line in range(who.size):
        out[line, 0], out[line, 1], out[line, 2], out[line, 3] = uniforms4(
            key[line, 0], key[line, 1], int(who[line]), int(first[line]), int(second[line]), int(block[line])
        )
    return out
