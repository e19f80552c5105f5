"""Episodes of headache on the days of a diary: courses of pain, counting rules, what the patient writes down.

Pain within an episode is a repeated time-to-categorical event (form of Perez-Pitarch 2020): it rises from mild by
way of moderate to its peak, stays, and falls the same way; dwell times are exponential, cut to the episode.
Missing entries follow a two-state chain whose odds depend on the day's headache, its pain and the weekday.
Source: ledger ``diary``. Everything about a whole batch of episodes or days is a loop of its own, which vectorises.
"""

from __future__ import annotations

from typing import cast

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary
from leao.diary.kernels.diary import Days, Desk, Needs, Person, Process, Wanted

_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding
_MISSING, _RESCUE, _COURSE = (cast("int", np.uint32(block)) for block in (1002, 1003, 2001))  # of the counter


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
        periods=wanted.periods,
        migraine_days=wanted.migraine or wanted.rescue,
        migraine_hours=wanted.migraine_hours,
        headache_days=wanted.headache or wanted.missing,
        begin=begin,
    )


@nb.njit(**batch.INNER)
def _courses(n: int, person: Person, process: Process, desk: Desk) -> None:
    """Work out when the peak of ``n`` episodes, in whole lanes, begins and ends."""
    pain, facts, words = desk.pain, desk.facts, desk.words
    k0, k1, who, course = batch.wide(person.k0), batch.wide(person.k1), batch.wide(person.who), batch.wide(_COURSE)
    for e in range(n):
        w0, w1, _, _ = batch.philox(
            k0, k1, who, batch.wide(facts[diary.CANDIDATE, e]), batch.wide(facts[diary.GENERATION, e]), course
        )
        words[e] = w0
        words[n + e] = w1
    for e in range(n):
        length, mild = pain[diary.END, e] - pain[diary.START, e], facts[diary.GRADE, e] == 1
        rise = _cut_exponential(batch.unit(words[e]), process.pain_rise, 0.5 * length)
        fall = rise + _cut_exponential(batch.unit(words[n + e]), process.pain_peak, length - rise)
        pain[diary.RISE, e] = 0.0 if mild else rise
        pain[diary.FALL, e] = length if mild else fall


@nb.njit(**batch.INNER)
def _parts(n: int, process: Process, desk: Desk) -> None:
    """Work out what of ``n`` episodes, in whole lanes, falls on their first and second day."""
    pain, facts = desk.pain, desk.facts
    opens, closes = process.window_start, process.window_end
    for e in range(n):
        start, end = pain[diary.START, e], pain[diary.END, e]
        day = int(start / diary.DAY)
        midnight = diary.DAY * (day + 1.0)
        facts[diary.DAY_OF, e] = day
        pain[diary.WINDOW, e] = max(
            min(end, midnight - diary.DAY + closes) - max(start, midnight - diary.DAY + opens), 0.0
        )
        pain[diary.WINDOW_NEXT, e] = max(min(end, midnight + closes) - (midnight + opens), 0.0)
        pain[diary.HOURS, e] = min(end, midnight) - start
        pain[diary.HOURS_NEXT, e] = min(max(end - midnight, 0.0), diary.DAY)


@nb.njit(**batch.INNER)
def _count(start: float, end: float, day: int, process: Process, desk: Desk, periods: bool) -> None:
    """Count a migraine episode as attack (after a free gap) and, where wanted, as 24-h periods."""
    marks, last = desk.marks, desk.last
    marks[diary.EPISODES, day] += 1
    marks[diary.ATTACKS, day] += start - last[0] >= process.attack_gap
    last[0] = end
    if not periods:
        return
    period = last[1]
    if start >= period + process.period:
        period = start
        marks[diary.PERIODS, day] += 1
    while end > period + process.period + _MOMENT:
        period += process.period
        marks[diary.PERIODS, int(period / diary.DAY)] += 1
    last[1] = period


@nb.njit(**batch.INNER)
def _later_days(e: int, process: Process, desk: Desk) -> None:
    """Add what of an episode falls on its third day and later ones."""
    pain, facts, hours = desk.pain, desk.facts, desk.hours
    day, end, length = facts[diary.DAY_OF, e], pain[diary.END, e], pain[diary.END, e] - pain[diary.START, e]
    reached = pain[diary.HOURS, e] + diary.DAY
    while reached < length:
        day += 1
        midnight = diary.DAY * (day + 1.0)
        window = max(min(end, midnight + process.window_end) - (midnight + process.window_start), 0.0)
        hours[diary.HEADACHE_WINDOW, day + 1] += window
        if facts[diary.MIGRAINE, e]:
            hours[diary.MIGRAINE_WINDOW, day + 1] += window
            hours[diary.MIGRAINE_HOURS, day + 1] += min(reached + diary.DAY, length) - reached
        reached += diary.DAY


@nb.njit(**batch.INNER)
def _grade(e: int, desk: Desk) -> None:
    """Mark an episode's worst pain on each day it touches."""
    pain, facts, worst = desk.pain, desk.facts, desk.marks[diary.SEVERITY]
    day, severity, length = facts[diary.DAY_OF, e], facts[diary.GRADE, e], pain[diary.END, e] - pain[diary.START, e]
    low, high = 0.0, min(pain[diary.HOURS, e], length)
    rise, fall = (0.0, length) if high >= length else (pain[diary.RISE, e], pain[diary.FALL, e])
    worst[day] = max(worst[day], worst_between(low, high, severity, length, rise, fall))
    while high < length:
        day += 1
        low, high = high, min(high + diary.DAY, length)
        worst[day] = max(worst[day], worst_between(low, high, severity, length, rise, fall))


@nb.njit(**batch.INNER)
def _note(n: int, lines: int, person: Person, process: Process, desk: Desk, log: NDArray) -> None:
    """Write ``n`` episodes to the log, as far as it has room."""
    pain, facts, away = desk.pain, desk.facts, process.warm_up * diary.DAY
    for e in range(min(n, log.shape[0] - lines)):
        line, start = lines + e, pain[diary.START, e] - away
        log[line, 0], log[line, 1], log[line, 2] = person.row, start, pain[diary.END, e] - away
        log[line, 3], log[line, 4] = facts[diary.MIGRAINE, e], facts[diary.GRADE, e]
        log[line, 5], log[line, 6] = start + pain[diary.RISE, e], start + pain[diary.FALL, e]
        log[line, 7], log[line, 8], log[line, 9] = (
            facts[diary.DAY_OF, e],
            facts[diary.CANDIDATE, e],
            facts[diary.GENERATION, e],
        )


@nb.njit(**batch.INNER)
def settle(n: int, lines: int, person: Person, process: Process, desk: Desk, log: NDArray, needs: Needs) -> int:
    """Add ``n`` episodes to the days they touch, and to the log; return the lines of the log.

    The first two days are worked out for all, later ones one by one. What ends before midnight adds nothing to its
    second day: adding nothing is cheaper than asking.
    """
    pain, facts, hours = desk.pain, desk.facts, desk.hours
    padded = batch.up(n, batch.LANES)
    for e in range(n, padded):
        pain[diary.START, e], pain[diary.END, e] = 0.0, 1.0
        facts[diary.GRADE, e], facts[diary.CANDIDATE, e], facts[diary.GENERATION, e] = 1, 0, 0
    _parts(padded, process, desk)
    if needs.courses:
        _courses(padded, person, process, desk)
    for e in range(n):
        start, end, day = pain[diary.START, e], pain[diary.END, e], facts[diary.DAY_OF, e]
        hours[diary.HEADACHE_WINDOW, day] += pain[diary.WINDOW, e]
        hours[diary.HEADACHE_WINDOW, day + 1] += pain[diary.WINDOW_NEXT, e]
        if facts[diary.MIGRAINE, e]:
            if needs.migraine_days:
                hours[diary.MIGRAINE_WINDOW, day] += pain[diary.WINDOW, e]
                hours[diary.MIGRAINE_WINDOW, day + 1] += pain[diary.WINDOW_NEXT, e]
            if needs.migraine_hours:
                hours[diary.MIGRAINE_HOURS, day] += pain[diary.HOURS, e]
                hours[diary.MIGRAINE_HOURS, day + 1] += pain[diary.HOURS_NEXT, e]
            _count(start, end, day, process, desk, needs.periods)
        if pain[diary.HOURS, e] + diary.DAY < end - start:
            _later_days(e, process, desk)
        if needs.courses:
            _grade(e, desk)
    if log.shape[0] > 0:
        _note(n, lines, person, process, desk, log)
    return lines + n


@nb.njit(**batch.INNER)
def _leave_out(person: Person, process: Process, desk: Desk, missing: NDArray, begin: int) -> None:
    """Leave out one patient's entries: odds by headache, pain and weekday; yesterday's fate persists."""
    words, headache = desk.words, desk.flags[diary.HEADACHE_DAY]
    severity = desk.marks[diary.SEVERITY, process.warm_up :]
    after_in, after_out = desk.flags[diary.OUT_AFTER_IN], desk.flags[diary.OUT_AFTER_OUT]
    odds = person.missing / (1.0 - person.missing)
    batch.series(person.k0, person.k1, person.who, _MISSING, missing.size, words)
    for day in range(after_in.size):
        today = odds * desk.odds[day] * (process.odds_headache if headache[day] else 1.0)
        today *= process.odds_severe if (severity[day] == 3) & (headache[day] > 0) else 1.0
        # u < p and u < p + streak (1 - p), where p = today / (1 + today)
        level = batch.unit(words[day]) * (1.0 + today)
        streak = process.streak if day > 0 else 0.0  # the first day has no yesterday
        after_in[day] = level < today * (1.0 - streak)
        after_out[day] = level < today + streak
    left_out = np.uint8(desk.kept[diary.LEFT_OUT])
    for day in range(begin, missing.size):
        left_out = after_in[day] | (after_out[day] & left_out)
        missing[day] = left_out
    desk.kept[diary.LEFT_OUT] = left_out


@nb.njit(**batch.INNER)
def _at_least(values: NDArray, least: float, out: NDArray) -> None:
    for place in range(out.size):
        out[place] = values[place] >= least


@nb.njit(**batch.INNER)
def _positive(values: NDArray, out: NDArray) -> None:
    for place in range(out.size):
        out[place] = max(values[place], 0)


@nb.njit(**batch.INNER)
def write(person: Person, process: Process, wanted: Wanted, needs: Needs, days: Days, desk: Desk) -> None:
    """Turn one patient's hours and marks into those of the diary's days that are wanted."""
    i, first, hours, marks = person.row, process.warm_up, desk.hours, desk.marks
    headache, migraine = desk.flags[diary.HEADACHE_DAY], desk.flags[diary.MIGRAINE_DAY]
    if needs.headache_days:
        _at_least(hours[diary.HEADACHE_WINDOW, first:], process.shortest, headache)
    if needs.migraine_days:
        _at_least(hours[diary.MIGRAINE_WINDOW, first:], process.shortest, migraine)
    if wanted.headache:
        _positive(headache, days.headache[i])
    if wanted.migraine:
        _positive(migraine, days.migraine[i])
    if wanted.severity:
        _positive(marks[diary.SEVERITY, first:], days.severity[i])
    if wanted.attacks:
        _positive(marks[diary.ATTACKS, first:], days.attacks[i])
    if wanted.periods:
        _positive(marks[diary.PERIODS, first:], days.periods[i])
    if wanted.episodes:
        _positive(marks[diary.EPISODES, first:], days.episodes[i])
    if wanted.menses:
        _positive(marks[diary.BLEEDING, first:], days.menses[i])
    if wanted.migraine_hours:
        lasting, out = hours[diary.MIGRAINE_HOURS, first:], days.migraine_hours[i]
        for day in range(out.size):
            out[day] = lasting[day]
    if wanted.rescue:
        rescue, words = days.rescue[i], desk.words
        batch.series(person.k0, person.k1, person.who, _RESCUE, rescue.size, words)
        for day in range(rescue.size):
            rescue[day] = (batch.unit(words[day]) < process.rescue) & (migraine[day] > 0)
    if wanted.missing:
        if person.missing > 0.0:
            _leave_out(person, process, desk, days.missing[i], needs.begin)
        else:
            days.missing[i, :] = 0
