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
from leao.diary.kernels.diary import Days, Desk, Person, Process, Wanted

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
def _courses(n: int, person: Person, process: Process, desk: Desk) -> None:
    """Work out, for ``n`` episodes, when their peak begins and ends and what falls on their first and second day.

    ``n`` in whole lanes.
    """
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
    for e in range(n):
        start, end = pain[diary.START, e], pain[diary.END, e]
        day = int(start / diary.DAY)
        midnight = diary.DAY * (day + 1.0)
        opens, closes = process.window_start, process.window_end
        facts[diary.DAY_OF, e] = day
        pain[diary.WINDOW, e] = max(
            min(end, midnight - diary.DAY + closes) - max(start, midnight - diary.DAY + opens), 0.0
        )
        pain[diary.WINDOW_NEXT, e] = max(min(end, midnight + closes) - (midnight + opens), 0.0)
        pain[diary.HOURS, e] = min(end, midnight) - start
        pain[diary.HOURS_NEXT, e] = min(max(end - midnight, 0.0), diary.DAY)


@nb.njit(**batch.INNER)
def _count(start: float, end: float, day: int, process: Process, marks: NDArray, last: NDArray) -> None:
    """Count a migraine episode as attack (after a free gap) and as 24-h periods."""
    marks[diary.EPISODES, day] += 1
    marks[diary.ATTACKS, day] += start - last[0] >= process.attack_gap
    last[0] = end
    period = last[1]
    if start >= period + process.period:
        period = start
        marks[diary.PERIODS, day] += 1
    while end > period + process.period + _MOMENT:
        period += process.period
        marks[diary.PERIODS, int(period / diary.DAY)] += 1
    last[1] = period


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
def settle(n: int, lines: int, person: Person, process: Process, desk: Desk, log: NDArray) -> int:
    """Add ``n`` episodes to the days they touch, and to the log; return the lines of the log.

    The first two days are worked out for all, later ones one by one.
    """
    pain, facts, hours, marks = desk.pain, desk.facts, desk.hours, desk.marks
    padded = batch.up(n, batch.LANES)
    for e in range(n, padded):
        pain[diary.START, e], pain[diary.END, e] = 0.0, 1.0
        facts[diary.GRADE, e], facts[diary.CANDIDATE, e], facts[diary.GENERATION, e] = 1, 0, 0
    _courses(padded, person, process, desk)
    for e in range(n):
        start, end, rise, fall = pain[diary.START, e], pain[diary.END, e], pain[diary.RISE, e], pain[diary.FALL, e]
        day, severity, length = facts[diary.DAY_OF, e], facts[diary.GRADE, e], end - start
        hours[diary.HEADACHE_WINDOW, day] += pain[diary.WINDOW, e]
        worst, reached = severity, pain[diary.HOURS, e]
        if reached < length:
            worst = worst_between(0.0, reached, severity, length, rise, fall)
            until = min(reached + diary.DAY, length)
            after = worst_between(reached, until, severity, length, rise, fall)
            hours[diary.HEADACHE_WINDOW, day + 1] += pain[diary.WINDOW_NEXT, e]
            marks[diary.SEVERITY, day + 1] = max(marks[diary.SEVERITY, day + 1], after)
        marks[diary.SEVERITY, day] = max(marks[diary.SEVERITY, day], worst)
        if facts[diary.MIGRAINE, e]:
            hours[diary.MIGRAINE_WINDOW, day] += pain[diary.WINDOW, e]
            hours[diary.MIGRAINE_HOURS, day] += reached
            hours[diary.MIGRAINE_WINDOW, day + 1] += pain[diary.WINDOW_NEXT, e]
            hours[diary.MIGRAINE_HOURS, day + 1] += pain[diary.HOURS_NEXT, e]
            _count(start, end, day, process, marks, desk.last)
        reached += diary.DAY
        while reached < length:
            day += 1
            midnight = diary.DAY * (day + 1.0)
            window = max(min(end, midnight + process.window_end) - (midnight + process.window_start), 0.0)
            until = min(reached + diary.DAY, length)
            worst = worst_between(reached, until, severity, length, rise, fall)
            hours[diary.HEADACHE_WINDOW, day + 1] += window
            marks[diary.SEVERITY, day + 1] = max(marks[diary.SEVERITY, day + 1], worst)
            if facts[diary.MIGRAINE, e]:
                hours[diary.MIGRAINE_WINDOW, day + 1] += window
                hours[diary.MIGRAINE_HOURS, day + 1] += until - reached
            reached += diary.DAY
    if log.shape[0] > 0:
        _note(n, lines, person, process, desk, log)
    return lines + n


@nb.njit(**batch.INNER)
def _leave_out(person: Person, process: Process, desk: Desk, missing: NDArray) -> None:
    """Leave out one patient's entries: odds by headache, pain and weekday; yesterday's fate persists."""
    words, headache = desk.words, desk.flags[diary.HEADACHE_DAY]
    severity = desk.marks[diary.SEVERITY, process.warm_up :]
    after_in, after_out = desk.flags[diary.OUT_AFTER_IN], desk.flags[diary.OUT_AFTER_OUT]
    odds = person.missing / (1.0 - person.missing)
    batch.series(person.k0, person.k1, person.who, _MISSING, missing.size, words)
    for day in range(after_in.size):
        today = odds * desk.odds[day] * (process.odds_headache if headache[day] else 1.0)
        today *= process.odds_severe if (severity[day] == 3) & (headache[day] > 0) else 1.0
        chance, u = today / (1.0 + today), batch.unit(words[day])
        streak = process.streak if day > 0 else 0.0  # the first day has no yesterday
        after_in[day] = u < chance * (1.0 - streak)
        after_out[day] = u < chance + streak * (1.0 - chance)
    left_out = after_in[0]
    for day in range(missing.size):
        left_out = after_out[day] if left_out else after_in[day]
        missing[day] = left_out


@nb.njit(**batch.INNER)
def _at_least(values: NDArray, least: float, out: NDArray) -> None:
    for place in range(out.size):
        out[place] = values[place] >= least


@nb.njit(**batch.INNER)
def _positive(values: NDArray, out: NDArray) -> None:
    for place in range(out.size):
        out[place] = max(values[place], 0)


@nb.njit(**batch.INNER)
def write(person: Person, process: Process, wanted: Wanted, days: Days, desk: Desk) -> None:
    """Turn one patient's hours and marks into those of the diary's days that are wanted."""
    i, first, hours, marks = person.row, process.warm_up, desk.hours, desk.marks
    headache, migraine = desk.flags[diary.HEADACHE_DAY], desk.flags[diary.MIGRAINE_DAY]
    _at_least(hours[diary.HEADACHE_WINDOW, first:], process.shortest, headache)
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
            _leave_out(person, process, desk, days.missing[i])
        else:
            days.missing[i, :] = 0
