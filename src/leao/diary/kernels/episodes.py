"""Episodes of headache on the days of a diary: courses of pain, counting rules, what the patient writes down.

Pain within an episode is a repeated time-to-categorical event (form of Perez-Pitarch 2020): it rises from mild by
way of moderate to its peak, stays, and falls the same way; dwell times are exponential, cut to the episode.
Missing entries (kernels/lanes.py) follow a two-state chain whose odds depend on headache, pain and weekday.
Source: ledger ``diary``. What is worked out for all episodes of a block is a loop of its own, which vectorises.
"""

from __future__ import annotations

from typing import cast

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary, lanes, narrow
from leao.diary.kernels.diary import Days, Desk, Needs, Patients, Process, Wanted
from leao.diary.kernels.lanes import Lanes, Span

_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding
_RESCUE, _COURSE = cast("int", np.uint32(1003)), cast("int", np.uint64(2001))  # of the counter
_NIL = np.float32(0.0)


@nb.njit(inline="always", error_model="numpy", fastmath={"contract", "nsz"})
def _cut_exponential(u: float, mean: float, most: float) -> float:
    """Return an exponential time with this mean, cut to ``most``."""
    return -mean * batch.ln(1.0 - u * (1.0 - batch.exp(-most / mean)))


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def worst_between(low: float, high: float, severity: int, length: float, rise: float, fall: float) -> int:
    """Return the worst pain between ``low`` and ``high`` hours of an episode whose peak lasts from rise to fall.

    Pain passes through every milder category for an equal time on its way up and down.
    """
    if high > rise and low < fall:
        return severity
    if severity < 3:
        return 1
    on_the_way = low < 0.5 * (fall + length) if low >= fall else high > 0.5 * rise
    return 2 if on_the_way else 1


@nb.njit(**batch.INNER)
def needs(wanted: Wanted, process: Process, logged: bool, begin: int) -> Needs:
    """Return what must be worked out for the ``wanted`` columns, and for a log of the episodes if they are logged."""
    graded = wanted.missing and process.odds_severe != 1.0  # whether severe pain keeps anybody from writing
    return Needs(
        courses=logged or wanted.severity or graded,
        attacks=wanted.attacks,
        periods=wanted.periods,
        episodes=wanted.episodes,
        migraine_days=wanted.migraine or wanted.rescue,
        migraine_hours=wanted.migraine_hours,
        headache_days=wanted.headache or wanted.missing,
        graded=graded,
        begin=begin,
    )


@nb.njit(**batch.INNER)
def _parts(n: int, process: Process, desk: Desk) -> None:
    """Work out how much of the first ``n`` episodes falls into the window of their first and second day."""
    start, end, window, after = (
        desk.pain[diary.START], desk.pain[diary.END], desk.pain[diary.WINDOW], desk.pain[diary.WINDOW_NEXT]
    )  # fmt: skip
    day_of, opens, closes = desk.facts[diary.DAY_OF], process.window_start, process.window_end
    for e in range(n):
        day = np.int32(start[e] * (1.0 / diary.DAY))
        today = diary.DAY * np.float64(day)
        day_of[e] = day
        window[e] = max(min(end[e], today + closes) - max(start[e], today + opens), 0.0)
        tomorrow = today + diary.DAY
        after[e] = max(min(end[e], tomorrow + closes) - (tomorrow + opens), 0.0)


@nb.njit(inline="always")
def _on_day(end: float, day: int, process: Process) -> float:
    """Return the hours within the window of a day that pain reaches which began before it."""
    midnight = diary.DAY * day
    return max(min(end, midnight + process.window_end) - (midnight + process.window_start), 0.0)


@nb.njit(**batch.INNER)
def _headache(lane: int, which: tuple, span: Span, process: Process, people: Lanes, desk: Desk) -> None:
    """Add a person's episodes to the hours of headache within the window of each day."""
    window, pain, day_of = people.window, desk.pain, desk.facts[diary.DAY_OF]
    for e in range(which[0], which[1]):
        day = int(day_of[e])
        at = (day - span.even) * diary.LANES + lane
        window[at] += np.float32(pain[diary.WINDOW, e])
        window[at + diary.LANES] += np.float32(pain[diary.WINDOW_NEXT, e])
        end = pain[diary.END, e]
        day += 2
        while diary.DAY * day < end:
            window[(day - span.even) * diary.LANES + lane] += np.float32(_on_day(end, day, process))
            day += 1


@nb.njit(**batch.INNER)
def _migraine(which: tuple, process: Process, desk: Desk) -> None:
    """Add a person's episodes of migraine to the hours of each day, within the window and in all."""
    pain, facts, hours = desk.pain, desk.facts, desk.hours
    for e in range(which[0], which[1]):
        if facts[diary.KIND, e] < diary.IS_MIGRAINE:
            continue
        start, end, day = pain[diary.START, e], pain[diary.END, e], int(facts[diary.DAY_OF, e])
        hours[diary.MIGRAINE_WINDOW, day] += pain[diary.WINDOW, e]
        hours[diary.MIGRAINE_HOURS, day] += min(end, diary.DAY * (day + 1)) - start
        day += 1
        while diary.DAY * day < end:
            hours[diary.MIGRAINE_WINDOW, day] += _on_day(end, day, process)
            hours[diary.MIGRAINE_HOURS, day] += min(end - diary.DAY * day, diary.DAY)
            day += 1


@nb.njit(**batch.INNER)
def _count(which: tuple, state: NDArray, process: Process, needs: Needs, desk: Desk) -> None:
    """Count a person's episodes of migraine: as such, as attacks after a free gap, as 24-h periods."""
    pain, facts, marks = desk.pain, desk.facts, desk.marks
    last_end, period = state[diary.LAST_END], state[diary.LAST_PERIOD]
    for e in range(which[0], which[1]):
        if facts[diary.KIND, e] < diary.IS_MIGRAINE:
            continue
        start, end, day = pain[diary.START, e], pain[diary.END, e], facts[diary.DAY_OF, e]
        if needs.episodes:
            marks[diary.EPISODES, day] += 1
        if needs.attacks:
            marks[diary.ATTACKS, day] += np.uint8(start - last_end >= process.attack_gap)
            last_end = end
        if needs.periods:
            if start >= period + process.period:
                period = start
                marks[diary.PERIODS, day] += 1
            while end > period + process.period + _MOMENT:
                period += process.period
                marks[diary.PERIODS, int(period / diary.DAY)] += 1
    state[diary.LAST_END], state[diary.LAST_PERIOD] = last_end, period


@nb.njit(**batch.INNER)
def _courses(i: int, which: tuple, p: Patients, process: Process, desk: Desk) -> None:
    """Work out when the peak of a person's episodes begins and ends."""
    pain, facts = desk.pain, desk.facts
    k0, k1, who = np.uint64(p.key[i, 0]), np.uint64(p.key[i, 1]), np.uint64(p.identity[i])
    for e in range(which[0], which[1]):
        w0, w1, _, _ = narrow.philox(
            k0, k1, who, np.uint64(facts[diary.NUMBER, e]), np.uint64(facts[diary.GENERATION, e]), _COURSE
        )
        length, mild = pain[diary.END, e] - pain[diary.START, e], facts[diary.KIND, e] % diary.IS_MIGRAINE == 1
        rise = _cut_exponential(batch.unit(np.uint32(w0)), process.pain_rise, 0.5 * length)
        fall = rise + _cut_exponential(batch.unit(np.uint32(w1)), process.pain_peak, length - rise)
        pain[diary.RISE, e] = 0.0 if mild else rise
        pain[diary.FALL, e] = length if mild else fall


@nb.njit(**batch.INNER)
def _grade(which: tuple, desk: Desk) -> None:
    """Mark the worst pain of a person's episodes on each day they touch."""
    pain, facts, worst = desk.pain, desk.facts, desk.marks[diary.SEVERITY]
    for e in range(which[0], which[1]):
        day, severity = facts[diary.DAY_OF, e], facts[diary.KIND, e] % diary.IS_MIGRAINE
        start, length = pain[diary.START, e], pain[diary.END, e] - pain[diary.START, e]
        low, high = 0.0, min(diary.DAY * (day + 1) - start, length)
        rise, fall = (0.0, length) if high >= length else (pain[diary.RISE, e], pain[diary.FALL, e])
        worst[day] = max(worst[day], worst_between(low, high, severity, length, rise, fall))
        while high < length:
            day += 1
            low, high = high, min(high + diary.DAY, length)
            worst[day] = max(worst[day], worst_between(low, high, severity, length, rise, fall))


@nb.njit(**batch.INNER)
def _note(i: int, which: tuple, lines: int, process: Process, desk: Desk, log: NDArray) -> int:
    """Write a person's episodes to the log, as far as it has room; return the lines there would be."""
    pain, facts, away = desk.pain, desk.facts, process.warm_up * diary.DAY
    for e in range(which[0], which[1]):
        if lines < log.shape[0]:
            start, kind = pain[diary.START, e] - away, facts[diary.KIND, e]
            log[lines, 0], log[lines, 1], log[lines, 2] = i, start, pain[diary.END, e] - away
            log[lines, 3], log[lines, 4] = kind >= diary.IS_MIGRAINE, kind % diary.IS_MIGRAINE
            log[lines, 5], log[lines, 6] = start + pain[diary.RISE, e], start + pain[diary.FALL, e]
            log[lines, 7], log[lines, 8] = facts[diary.DAY_OF, e], facts[diary.NUMBER, e]
            log[lines, 9] = facts[diary.GENERATION, e]
        lines += 1
    return lines


@nb.njit(**batch.INNER)
def _carry(lane: int, past: NDArray, span: Span, process: Process, people: Lanes, desk: Desk) -> None:
    """Put what was not over at the beginning of the first day on the days that it reaches: one episode at most."""
    day = span.start
    while diary.DAY * day < past[diary.PAIN_END]:
        part = np.float32(_on_day(past[diary.PAIN_END], day, process))
        people.window[(day - span.even) * diary.LANES + lane] += part
        day += 1
    period = past[diary.LAST_PERIOD]
    while period >= diary.DAY * span.start:
        desk.marks[diary.PERIODS, int(period / diary.DAY)] += 1
        period -= process.period


@nb.njit(**batch.INNER)
def _clear(span: Span, needs: Needs, desk: Desk) -> None:
    """Clear what is needed of the desk for a person."""
    if needs.courses:
        desk.marks[diary.SEVERITY, span.start :] = 0
    if needs.attacks:
        desk.marks[diary.ATTACKS, span.start :] = 0
    if needs.periods:
        desk.marks[diary.PERIODS, span.start :] = 0
    if needs.episodes:
        desk.marks[diary.EPISODES, span.start :] = 0
    if needs.migraine_days or needs.migraine_hours:
        desk.hours[:, span.start :] = 0.0


@nb.njit(**batch.INNER)
def _copy(values: NDArray, out: NDArray) -> None:
    for place in range(out.size):
        out[place] = values[place]


@nb.njit(**batch.INNER)
def _write(i: int, lane: int, span: Span, p: Patients, process: Process, wanted: Wanted, needs: Needs, days: Days,
           people: Lanes, desk: Desk) -> None:  # fmt: skip
    """Turn one patient's hours and marks into those of the diary's days that are wanted, from the first lived."""
    begin, first, last, marks = needs.begin, process.warm_up + needs.begin, span.lived, desk.marks
    if wanted.attacks:
        _copy(marks[diary.ATTACKS, first:last], days.attacks[i, begin:])
    if wanted.periods:
        _copy(marks[diary.PERIODS, first:last], days.periods[i, begin:])
    if wanted.episodes:
        _copy(marks[diary.EPISODES, first:last], days.episodes[i, begin:])
    if wanted.severity:
        _copy(marks[diary.SEVERITY, first:last], days.severity[i, begin:])
    if wanted.headache:
        shortest = np.float32(process.shortest)
        for day in range(first, last):
            hours = people.window[(day - span.even) * diary.LANES + lane]
            days.headache[i, day - process.warm_up] = np.uint8(hours >= shortest)
    if wanted.migraine:
        for day in range(first, last):
            hours = desk.hours[diary.MIGRAINE_WINDOW, day]
            days.migraine[i, day - process.warm_up] = np.uint8(hours >= process.shortest)
    if wanted.migraine_hours:
        for day in range(first, last):
            days.migraine_hours[i, day - process.warm_up] = desk.hours[diary.MIGRAINE_HOURS, day]
    if wanted.rescue:
        rescue, words = days.rescue[i], desk.words
        batch.series(p.key[i, 0], p.key[i, 1], int(p.identity[i]), _RESCUE, rescue.size, words)
        for day in range(begin, rescue.size):
            migraine = desk.hours[diary.MIGRAINE_WINDOW, process.warm_up + day] >= process.shortest
            rescue[day] = np.uint8((batch.unit(words[day]) < process.rescue) & migraine)
    if needs.graded:
        for day in range(first, last):
            severe = np.float32(marks[diary.SEVERITY, day] == 3)
            people.severe[(day - span.even) * diary.LANES + lane] = severe


@nb.njit(**batch.INNER)
def _entries(first: int, here: int, span: Span, process: Process, days: Days, people: Lanes, desk: Desk) -> None:
    """Write which days are left out, and keep the fate of the last."""
    lanes.leave_out(span, process, people)
    missing = people.missing
    for lane in range(here):
        row = days.missing[first + lane]
        for day in range(max(span.start, process.warm_up), span.lived):
            row[day - process.warm_up] = missing[(day - span.even + 1) * diary.LANES + lane]
        desk.state[lane, diary.LEFT_OUT] = missing[(span.lived - span.even) * diary.LANES + lane]


@nb.njit(**batch.INNER)
def settle(first: int, here: int, ends: NDArray, lines: int, span: Span, p: Patients, process: Process, wanted: Wanted,
           needs: Needs, days: Days, people: Lanes, desk: Desk, log: NDArray, history: NDArray) -> int:  # fmt: skip
    """Turn the episodes of ``here`` people from ``first`` on into days, and lines of the log; return how many lines.

    Those of the person in a lane stand from ``ends[lane]`` to ``ends[lane + 1]``.
    """
    _parts(ends[here], process, desk)
    people.window[:] = _NIL
    again = span.lived // 2 * 2 - span.even  # the even day that a longer diary begins to work out
    for lane in range(here):
        i, which, state = first + lane, (ends[lane], ends[lane + 1]), desk.state[lane]
        _clear(span, needs, desk)
        if needs.begin > 0:
            _carry(lane, history[i], span, process, people, desk)
        if needs.headache_days:
            _headache(lane, which, span, process, people, desk)
        if needs.attacks or needs.periods or needs.episodes:
            _count(which, state, process, needs, desk)
        if needs.migraine_days or needs.migraine_hours:
            _migraine(which, process, desk)
        if needs.courses:
            _courses(i, which, p, process, desk)
            _grade(which, desk)
        if log.shape[0] > 0:
            lines = _note(i, which, lines, process, desk, log)
        _write(i, lane, span, p, process, wanted, needs, days, people, desk)
        state[diary.DRIFT] = people.drift[again * diary.LANES + lane]
    if wanted.missing:
        _entries(first, here, span, process, days, people, desk)
    return lines
