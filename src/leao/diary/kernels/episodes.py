"""Episodes of headache on the days of a diary: courses of pain, counting rules, what the patient writes down.

Pain within an episode is a repeated time-to-categorical event (form of Perez-Pitarch 2020): it rises from mild by
way of moderate to its peak, stays, and falls the same way; dwell times are exponential, cut to the episode.
Missing entries (kernels/lanes.py) follow a two-state chain whose odds depend on headache, pain and weekday.
Source: ledger ``diary``. What is worked out for all episodes of a block is a loop of its own, which vectorises; the
first ``LANES`` of them are those from before the first day.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary, lanes, narrow
from leao.diary.kernels.diary import Days, Episodes, Marks, Needs, Process, Wanted
from leao.diary.kernels.lanes import Lanes, Span

_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding
_RESCUE, _COURSE = np.uint64(1003), np.uint64(2001)  # blocks of the counter
_8 = np.uint32(8)
_GRADE = np.int32(3)
_PER_DAY = 1.0 / diary.DAY


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


@nb.njit(cache=True)
def room(days: int, beyond: int) -> Marks:
    """Return the room for ``days`` worked out and ``beyond`` that the last pain reaches."""
    size = diary.LANES * (batch.up(days + 1, 2 * diary.WEEKDAYS) + beyond)
    return Marks(
        np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.uint8),
        np.zeros(size, np.uint8), np.zeros(size, np.uint8), np.zeros(size, np.uint8), np.zeros(size, np.uint8),
        np.zeros((diary.KEPT, diary.LANES)),
    )  # fmt: skip


@nb.njit(**batch.INNER)
def _parts(n: int, span: Span, process: Process, out: Episodes) -> None:
    """Work out the day on which each episode begins, and how much of it is in the window of that day and the next."""
    opens, closes, even = process.window_start, process.window_end, np.int32(span.even)
    start, end, lane, day_of, place = (
        out.start[diary.LANES : n], out.end[diary.LANES : n], out.lane[diary.LANES : n], out.day[diary.LANES : n],
        out.place[diary.LANES : n],
    )  # fmt: skip
    for e in range(start.size):
        day = np.int32(start[e] * _PER_DAY)
        day_of[e] = day
        place[e] = (day - even) * np.int32(diary.LANES) + lane[e]
    window, after = out.window[diary.LANES : n], out.next_window[diary.LANES : n]
    for e in range(start.size):
        today = diary.DAY * np.float64(day_of[e])
        window[e] = max(min(end[e], today + closes) - max(start[e], today + opens), 0.0)
        after[e] = max(min(end[e], today + (diary.DAY + closes)) - (today + (diary.DAY + opens)), 0.0)


@nb.njit(inline="always")
def _on_day(end: float, day: int, process: Process) -> float:
    """Return the hours within the window of a day that pain reaches which began before it."""
    midnight = diary.DAY * day
    return max(min(end, midnight + process.window_end) - (midnight + process.window_start), 0.0)


@nb.njit(**batch.INNER)
def _headache(n: int, span: Span, process: Process, marks: Marks, out: Episodes) -> None:
    """Add the episodes to the hours of headache within the window of each day."""
    window, place, today, after = marks.window, out.place, out.window, out.next_window
    for e in range(diary.LANES, n):
        at = np.uint64(place[e])
        window[at] += today[e]
        window[at + np.uint64(diary.LANES)] += after[e]
        end, day = out.end[e], int(out.day[e]) + 2
        while diary.DAY * day < end:
            window[(day - span.even) * diary.LANES + out.lane[e]] += np.float32(_on_day(end, day, process))
            day += 1


@nb.njit(**batch.INNER)
def _migraine(n: int, span: Span, process: Process, marks: Marks, out: Episodes) -> None:
    """Add the episodes of migraine to the hours of each day, within the window and in all."""
    window, hours = marks.migraine_window, marks.migraine_hours
    for e in range(diary.LANES, n):
        if out.kind[e] < diary.IS_MIGRAINE:
            continue
        start, end, day, at = out.start[e], out.end[e], int(out.day[e]), int(out.place[e])
        window[at] += out.window[e]
        window[at + diary.LANES] += out.next_window[e]
        hours[at] += np.float32(min(end, diary.DAY * (day + 1)) - start)
        day += 1
        while diary.DAY * day < end:
            at += diary.LANES
            hours[at] += np.float32(min(end - diary.DAY * day, diary.DAY))
            if day > out.day[e] + 1:
                window[at] += np.float32(_on_day(end, day, process))
            day += 1


@nb.njit(**batch.INNER)
def _count(n: int, span: Span, process: Process, needs: Needs, marks: Marks, out: Episodes) -> None:
    """Count the episodes of migraine: as such, as attacks after a free gap, as 24-h periods."""
    last_end, last_period = marks.state[diary.LAST_END], marks.state[diary.LAST_PERIOD]
    for e in range(diary.LANES, n):
        if out.kind[e] < diary.IS_MIGRAINE:
            continue
        start, end, at, lane = out.start[e], out.end[e], np.uint64(out.place[e]), np.uint64(out.lane[e])
        if needs.episodes:
            marks.episodes[at] += np.uint8(1)
        if needs.attacks:
            marks.attacks[at] += np.uint8(start - last_end[lane] >= process.attack_gap)
            last_end[lane] = end
        if needs.periods:
            period = last_period[lane]
            begins = start >= period + process.period
            marks.periods[at] += np.uint8(begins)
            period = start if begins else period
            while end > period + process.period + _MOMENT:
                period += process.period
                marks.periods[(np.int64(period * _PER_DAY) - span.even) * diary.LANES + np.int64(lane)] += np.uint8(1)
            last_period[lane] = period


@nb.njit(**batch.INNER)
def _courses(n: int, keys: tuple, process: Process, people: Lanes, out: Episodes) -> None:
    """Work out when the peak of each episode begins and ends."""
    number, generation, lane, kind = (
        out.number[diary.LANES : n], out.generation[diary.LANES : n], out.lane[diary.LANES : n],
        out.kind[diary.LANES : n],
    )  # fmt: skip
    rise, fall, who = out.rise[diary.LANES : n], out.fall[diary.LANES : n], people.who
    for e in range(number.size):
        w0, w1, _, _ = narrow.philox(
            keys[0], keys[1], who[np.uint32(lane[e])], np.uint64(number[e]), np.uint64(generation[e]), _COURSE
        )
        rise[e], fall[e] = batch.unit(np.uint32(w0)), batch.unit(np.uint32(w1))
    start, end = out.start[diary.LANES : n], out.end[diary.LANES : n]
    mean_rise, mean_peak = process.pain_rise, process.pain_peak
    for e in range(number.size):
        length, mild = end[e] - start[e], (kind[e] & _GRADE) == 1
        begins = _cut_exponential(rise[e], mean_rise, 0.5 * length)
        ends = begins + _cut_exponential(fall[e], mean_peak, length - begins)
        rise[e] = 0.0 if mild else begins
        fall[e] = length if mild else ends


@nb.njit(**batch.INNER)
def _grade(n: int, marks: Marks, out: Episodes) -> None:
    """Mark the worst pain of the episodes on each day they touch."""
    worst = marks.severity
    for e in range(diary.LANES, n):
        at, severity = np.uint64(out.place[e]), out.kind[e] & _GRADE
        start, length = out.start[e], out.end[e] - out.start[e]
        low, high = 0.0, min(diary.DAY * (out.day[e] + 1) - start, length)
        rise, fall = (0.0, length) if high >= length else (out.rise[e], out.fall[e])
        worst[at] = max(worst[at], np.uint8(worst_between(low, high, severity, length, rise, fall)))
        while high < length:
            at += np.uint64(diary.LANES)
            low, high = high, min(high + diary.DAY, length)
            worst[at] = max(worst[at], np.uint8(worst_between(low, high, severity, length, rise, fall)))


@nb.njit(**batch.INNER)
def _note(first: int, n: int, lines: int, process: Process, out: Episodes, log: NDArray) -> int:
    """Write a block's episodes to the log, as far as it has room; return the lines there would be."""
    away = process.warm_up * diary.DAY
    for e in range(diary.LANES, n):
        if lines < log.shape[0]:
            start, line = out.start[e] - away, log[lines]
            line[0], line[1], line[2] = first + out.lane[e], start, out.end[e] - away
            line[3], line[4] = out.kind[e] >= diary.IS_MIGRAINE, out.kind[e] & _GRADE
            line[5], line[6] = start + out.rise[e], start + out.fall[e]
            line[7], line[8], line[9] = out.day[e], out.number[e], out.generation[e]
        lines += 1
    return lines


@nb.njit(**batch.INNER)
def _carry(here: int, span: Span, process: Process, marks: Marks, out: Episodes) -> None:
    """Put what was not over at the beginning of the first day on the days that it reaches: one episode at most."""
    for lane in range(here):
        day, end = span.start, out.end[lane]
        while diary.DAY * day < end:
            marks.window[(day - span.even) * diary.LANES + lane] += np.float32(_on_day(end, day, process))
            day += 1
        period = marks.state[diary.LAST_PERIOD, lane]
        while period >= diary.DAY * span.start:
            marks.periods[(int(period * _PER_DAY) - span.even) * diary.LANES + lane] += np.uint8(1)
            period -= process.period


@nb.njit(**batch.INNER)
def _clear(values: NDArray) -> None:
    for k in range(values.size):
        values[k] = 0


@nb.njit(**batch.INNER)
def settle(first: int, here: int, n: int, lines: int, keys: tuple, span: Span, process: Process, needs: Needs,
           people: Lanes, marks: Marks, out: Episodes, log: NDArray) -> int:  # fmt: skip
    """Turn the ``n`` episodes of ``here`` people from ``first`` on into marks and lines of the log; return those."""
    _parts(n, span, process, out)
    _clear(marks.window)
    _clear(marks.attacks)
    _clear(marks.periods)
    if needs.begin > 0:
        _carry(here, span, process, marks, out)
    if needs.headache_days:
        _headache(n, span, process, marks, out)
    if needs.attacks or needs.periods or needs.episodes:
        _clear(marks.episodes)
        _count(n, span, process, needs, marks, out)
    if needs.migraine_days or needs.migraine_hours:
        _clear(marks.migraine_window)
        _clear(marks.migraine_hours)
        _migraine(n, span, process, marks, out)
    if needs.courses:
        _clear(marks.severity)
        _courses(n, keys, process, people, out)
        _grade(n, marks, out)
    return _note(first, n, lines, process, out, log) if log.shape[0] > 0 else lines


@nb.njit(**batch.INNER)
def _transpose(values: NDArray, here: int, rows: NDArray) -> None:
    """Write days and lanes as rows of a person each."""
    for lane in range(here):
        row, of_lane = rows[lane], values[lane:]
        for day in range(row.size):
            row[day] = of_lane[day * diary.LANES]


@nb.njit(**batch.INNER)
def _reached(hours: NDArray[np.float32], shortest: float, flags: NDArray[np.uint8]) -> None:
    """Flag the days with so many hours."""
    least = np.float32(shortest)
    for k in range(flags.size):
        flags[k] = np.uint8(hours[k] >= least)


@nb.njit(**batch.INNER)
def _rescue(keys: tuple, at: int, begin: int, process: Process, people: Lanes, marks: Marks) -> None:
    """Flag the migraine days on which rescue medicine is taken; ``at``: place of the diary's day ``begin``, the first.

    A block of the counter serves four days, of which the day of the diary tells which word is whose.
    """
    _reached(marks.migraine_window, process.shortest, marks.flags)
    words, flags, taken = people.words, marks.flags[at:], np.float32(process.rescue)
    n = flags.size // diary.LANES
    for block in range(begin // 4, (begin + n + 3) // 4):
        for lane in range(diary.LANES):
            w0, w1, w2, w3 = narrow.philox(keys[0], keys[1], people.who[lane], np.uint64(block), np.uint64(0), _RESCUE)
            words[lane], words[diary.LANES + lane], words[2 * diary.LANES + lane] = w0, w1, w2
            words[3 * diary.LANES + lane] = w3
        for day in range(max(4 * block, begin), min(4 * block + 4, begin + n)):
            today, drawn = flags[(day - begin) * diary.LANES :], words[(day % 4) * diary.LANES :]
            for lane in range(diary.LANES):
                u = np.float32(np.int32(drawn[lane] >> _8)) * narrow.TO_24
                today[lane] = np.uint8(u < taken) & today[lane]


@nb.njit(**batch.INNER)
def write(first: int, here: int, keys: tuple, span: Span, process: Process, wanted: Wanted, needs: Needs, days: Days,
          people: Lanes, marks: Marks) -> None:  # fmt: skip
    """Write the diary's days that are wanted, from the first lived; the last thing, since it takes what others need."""
    begin, at = needs.begin, (process.warm_up + needs.begin - span.even) * diary.LANES
    last, flags = first + here, marks.flags
    if wanted.missing:
        lanes.leave_out(span, process, people, marks)
        _transpose(people.missing[at + diary.LANES :], here, days.missing[first:last, begin:])
    if wanted.attacks:
        _transpose(marks.attacks[at:], here, days.attacks[first:last, begin:])
    if wanted.periods:
        _transpose(marks.periods[at:], here, days.periods[first:last, begin:])
    if wanted.episodes:
        _transpose(marks.episodes[at:], here, days.episodes[first:last, begin:])
    if wanted.severity:
        _transpose(marks.severity[at:], here, days.severity[first:last, begin:])
    if wanted.headache:
        _reached(marks.window, process.shortest, flags)
        _transpose(flags[at:], here, days.headache[first:last, begin:])
    if wanted.migraine:
        _reached(marks.migraine_window, process.shortest, flags)
        _transpose(flags[at:], here, days.migraine[first:last, begin:])
    if wanted.rescue:
        _rescue(keys, at, begin, process, people, marks)
        _transpose(flags[at:], here, days.rescue[first:last, begin:])
    if wanted.migraine_hours:
        _transpose(marks.migraine_hours[at:], here, days.migraine_hours[first:last, begin:])
