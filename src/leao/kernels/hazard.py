"""Headache episodes in continuous time, one patient after another, every draw from a counter.

Candidate attacks of a day are a Poisson process of rate exp(log_rate + drift + shift) in the day's
operational time; the clock maps that onto the hours. A candidate (a trigger of random strength) starts an
attack while pain-free if its strength < ratio * (1 - r exp(-t / t_r)), t since the last episode's end.
Counter = (patient, day, candidate, block), so a ratio below 1 thins the same candidates and nothing else
moves: arms share their luck, and a ratio of 1 is the placebo diary bit for bit.
Pain within an episode is a repeated time-to-categorical event (form of Perez-Pitarch 2020): it rises from mild by
way of moderate to its peak, stays, and falls the same way; dwell times are exponential, cut to the episode.
Missing entries follow a two-state chain whose odds depend on the day's headache, its pain and the weekday.
Source: a repeated-event model fitted to published cohorts; its numbers and misses stand in ledger ``diary``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.kernels.random import uniforms4

OK, TOO_MANY_CANDIDATES, LOG_FULL = 0, 1, 2

_DAY = 24.0
_MOMENT = 1e-3  # h; an attack of just three periods must not begin a fourth by rounding
_MOST = 10_000  # candidates in one day: beyond this the rate is no rate of headaches
_CEILING = 100.0  # candidates a day that drift leads to: pain is back in a quarter of an hour, and more is alike
_SPACING, _EPISODE, _DRIFT, _MISSING, _RESCUE = 0, 1, 1001, 1002, 1003  # blocks; episodes take 1, 2, 3 ...
_CYCLE, _WEEK, _FIRST_GAP, _COURSE = 1004, 1005, 1006, 2001  # courses of pain take 2001, 2002 ...
_NEVER = 1 << 30  # day of a menstruation that does not come
_SHORTEST_CYCLE = 10  # days
_X, _PAIN_END, _DUE, _MIGRAINE_END, _PERIOD, _LOGGED = 0, 1, 2, 3, 4, 5  # places in the state
_HEADACHE_WINDOW, _MIGRAINE_WINDOW, _MIGRAINE_HOURS, _SEVERITY, _ATTACKS, _PERIODS, _EPISODES, _BLEEDING = range(8)
_ROWS = 8
LOG = 10  # columns of a line of the log: patient, start, end, is migraine, severity, peak from and to, three counters


class Patients(NamedTuple):
    """What makes the patients differ; each of shape (patient,) unless said."""

    key: NDArray[np.uint32]  # (patient, 2)
    identity: NDArray[np.uint32]
    log_rate: NDArray[np.float64]  # ln(attacks/day) while at risk
    shift: NDArray[np.float64]  # added to log_rate from the day of randomisation
    drift_sd: NDArray[np.float64]
    refractoriness: NDArray[np.float64]
    migraine_share: NDArray[np.float64]
    log_duration: NDArray[np.float64]  # added to ln(episode length)
    severity: NDArray[np.float64]  # standard normal
    missing: NDArray[np.float64]  # probability that a headache-free weekday is not filled in
    cycle: NDArray[np.float64]  # mean length of the menstrual cycle in days, 0 without one
    phase: NDArray[np.float64]  # share of a cycle from the first day lived to the first menstruation


class Person(NamedTuple):
    """One of ``Patients``: scalars, because arrays handed down cost a reference count at every call."""

    row: int
    k0: np.uint32
    k1: np.uint32
    who: int
    log_rate: float
    shift: float
    drift_sd: float
    refractoriness: float
    migraine_share: float
    log_duration: float
    severity: float
    missing: float
    cycle: float
    phase: float


class Process(NamedTuple):
    """The numbers all patients share; times in hours unless said."""

    warm_up: int  # days
    drift_memory: float  # from one day to the next
    refractory_time: float
    recurrence_probability: float
    recurrence_delay: float
    duration_median: float
    duration_sd: float
    duration_low: float
    duration_high: float
    duration_mild: float
    duration_severe: float
    severity_weight: float  # of the patient in the latent severity
    severity_low: float  # below: mild
    severity_high: float  # above: severe
    window_start: float
    window_end: float
    shortest: float  # of headache within the window, to count the day
    attack_gap: float
    period: float
    rescue: float
    pain_rise: float  # mean time to the peak
    pain_peak: float  # mean time at the peak
    cycle_sd: float  # days, from one cycle of a woman to the next
    cycle_before: float  # ln(factor) on the days before menstruation
    cycle_during: float
    cycle_else: float
    days_before: int
    days_during: int
    bleeding: int  # days
    week_sd: float  # of ln(factor) of a weekday, from person to person
    streak: float  # correlation of missing entries from one day to the next
    odds_headache: float  # factor on the odds of a missing entry on a headache day
    odds_severe: float  # further factor when pain is severe


class Calendar(NamedTuple):
    """What all patients share from day to day."""

    ramp: NDArray[np.float64]  # (day,), share of ``shift`` reached, 0 before randomisation
    week: NDArray[np.float64]  # (7,), ln(factor) on the rate, by day of the week; day 0 of the diary is the first
    odds: NDArray[np.float64]  # (7,), factor on the odds of a missing entry


class Days(NamedTuple):
    """The diaries, each (patient, day)."""

    headache: NDArray[np.uint8]
    migraine: NDArray[np.uint8]
    severity: NDArray[np.uint8]  # worst pain of the day itself: 1 mild, 2 moderate, 3 severe
    attacks: NDArray[np.uint8]  # begun this day, after a free gap
    periods: NDArray[np.uint8]  # 24-h migraine periods begun this day
    episodes: NDArray[np.uint8]  # migraine episodes begun this day
    rescue: NDArray[np.uint8]
    missing: NDArray[np.uint8]
    menses: NDArray[np.uint8]
    migraine_hours: NDArray[np.float32]


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _person(i: int, p: Patients) -> Person:
    """Return the ``i``-th patient."""
    return Person(
        i, p.key[i, 0], p.key[i, 1], int(p.identity[i]), p.log_rate[i], p.shift[i], p.drift_sd[i], p.refractoriness[i],
        p.migraine_share[i], p.log_duration[i], p.severity[i], p.missing[i], p.cycle[i], p.phase[i],
    )  # fmt: skip


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def normal_pair(u: float, v: float) -> tuple:
    """Return two independent N(0, 1) from two U(0, 1) (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(u))
    angle = 2.0 * math.pi * v
    return radius * math.cos(angle), radius * math.sin(angle)


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _time_of_day(clock: NDArray[np.float64], fraction: float) -> float:
    """Return the fraction of the day at which ``fraction`` of its risk is spent."""
    place = fraction * (clock.size - 1)
    j = int(place)
    if j >= clock.size - 1:
        return clock[-1]
    return clock[j] + (place - j) * (clock[j + 1] - clock[j])


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _severity_and_length(z_severity: float, z_length: float, person: Person, process: Process) -> tuple:
    """Return an episode's severity (1, 2, 3) and length (h)."""
    w = process.severity_weight
    latent = w * person.severity + math.sqrt(1.0 - w * w) * z_severity
    severity, factor = 2, 1.0
    if latent < process.severity_low:
        severity, factor = 1, process.duration_mild
    elif latent > process.severity_high:
        severity, factor = 3, process.duration_severe
    length = process.duration_median * factor * math.exp(process.duration_sd * z_length + person.log_duration)
    return severity, min(max(length, process.duration_low), process.duration_high)


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _cut_exponential(u: float, mean: float, most: float) -> float:
    """Return an exponential time with this mean, cut to ``most``."""
    return -mean * math.log(1.0 - u * (1.0 - math.exp(-most / mean)))


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _course(severity: int, length: float, origin: NDArray, person: Person, process: Process) -> tuple:
    """Return when the peak of the pain begins and ends, in hours after the episode's start."""
    if severity == 1:
        return 0.0, length
    u, v, _, _ = uniforms4(person.k0, person.k1, person.who, origin[0], origin[1], _COURSE + origin[2])
    rise = _cut_exponential(u, process.pain_rise, 0.5 * length)
    return rise, rise + _cut_exponential(v, process.pain_peak, length - rise)


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def worst_between(low: float, high: float, severity: int, length: float, rise: float, fall: float) -> int:
    """Return the worst pain between ``low`` and ``high`` hours of an episode whose peak lasts from rise to fall.

    Pain passes through every milder category for an equal time on its way up and down.
    """
    if high > rise and low < fall:
        return severity
    if severity < 3:
        return 1
    if low >= fall:
        return 2 if low < 0.5 * (fall + length) else 1
    return 2 if high > 0.5 * rise else 1


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _spread_over_days(
    start: float, end: float, origin: NDArray, severity: int, person: Person, process: Process, rows: NDArray
) -> None:
    """Add the episode's hours and pain to each day it touches; row 0 is the first warm-up day."""
    first, last = int(start // _DAY), int(end // _DAY)
    rise, fall = 0.0, end - start
    if last > first:
        rise, fall = _course(severity, end - start, origin, person, process)
    for day in range(first, last + 1):
        midnight = day * _DAY
        window = min(end, midnight + process.window_end) - max(start, midnight + process.window_start)
        rows[_HEADACHE_WINDOW, day] += max(window, 0.0)
        low, high = max(midnight - start, 0.0), min(midnight + _DAY, end) - start
        worst = worst_between(low, high, severity, end - start, rise, fall)
        rows[_SEVERITY, day] = max(rows[_SEVERITY, day], worst)
        if origin[3] == 1:
            rows[_MIGRAINE_WINDOW, day] += max(window, 0.0)
            rows[_MIGRAINE_HOURS, day] += min(end, midnight + _DAY) - max(start, midnight)


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _count(start: float, end: float, process: Process, state: NDArray, rows: NDArray) -> None:
    """Count a migraine episode as attack (after a free gap) and as 24-h periods."""
    day = int(start // _DAY)
    rows[_EPISODES, day] += 1.0
    if start - state[_MIGRAINE_END] >= process.attack_gap:
        rows[_ATTACKS, day] += 1.0
    state[_MIGRAINE_END] = end
    if start >= state[_PERIOD] + process.period:
        state[_PERIOD] = start
        rows[_PERIODS, day] += 1.0
    while end > state[_PERIOD] + process.period + _MOMENT:
        state[_PERIOD] += process.period
        rows[_PERIODS, int(state[_PERIOD] // _DAY)] += 1.0


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _begin(
    start: float, origin: NDArray, person: Person, process: Process, state: NDArray, rows: NDArray, log: NDArray
) -> None:
    """Begin the episode of ``origin`` = (day, candidate, generation, is migraine) at ``start`` (h)."""
    u, v, recurs, delay = uniforms4(person.k0, person.k1, person.who, origin[0], origin[1], _EPISODE + origin[2])
    z_severity, z_length = normal_pair(u, v)
    severity, length = _severity_and_length(z_severity, z_length, person, process)
    end = start + length
    _spread_over_days(start, end, origin, severity, person, process, rows)
    if origin[3] == 1:
        _count(start, end, process, state, rows)
    if log.shape[0] > 0:
        _note(start - process.warm_up * _DAY, length, severity, origin, person, process, state, log)
    state[_PAIN_END] = end
    origin[2] += 1
    again = recurs < process.recurrence_probability
    state[_DUE] = end - process.recurrence_delay * math.log(delay) if again else np.inf


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _note(
    start: float, length: float, severity: int, origin: NDArray, person: Person, process: Process, state: NDArray,
    log: NDArray,
) -> None:  # fmt: skip
    """Write one line of ``LOG`` columns into the log, if it still has room."""
    line = int(state[_LOGGED])
    state[_LOGGED] += 1.0
    if line < log.shape[0]:
        rise, fall = _course(severity, length, origin, person, process)
        log[line, 0], log[line, 1], log[line, 2] = person.row, start, start + length
        log[line, 3], log[line, 4], log[line, 5], log[line, 6] = origin[3], severity, start + rise, start + fall
        log[line, 7], log[line, 8], log[line, 9] = origin[0], origin[1], origin[2]


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _candidates(
    day: int, first_gap: float, rate: float, ratio: float, person: Person, process: Process, clock: NDArray,
    state: NDArray, origin: NDArray, rows: NDArray, log: NDArray,
) -> int:  # fmt: skip
    """Walk through one day's candidates and recurrences in order of time; return a status."""
    spent = 0.0
    for candidate in range(_MOST):
        gap, strength, kind, _ = uniforms4(person.k0, person.k1, person.who, day, candidate, _SPACING)
        spent -= math.log(first_gap if candidate == 0 else gap)
        last = spent >= rate
        when = _DAY * (day + 1.0) if last else _DAY * (day + _time_of_day(clock, spent / rate))
        while state[_DUE] < when:
            _begin(state[_DUE], origin, person, process, state, rows, log)
        if last:
            return OK
        rested = when - state[_PAIN_END]
        if rested >= 0.0:
            risk = 1.0 - person.refractoriness * math.exp(-rested / process.refractory_time)
            if strength < ratio * risk:
                origin[0], origin[1], origin[2] = day, candidate, 0
                origin[3] = 1 if kind < person.migraine_share else 0
                _begin(when, origin, person, process, state, rows, log)
    return TOO_MANY_CANDIDATES


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _bleed(person: Person, process: Process, days: int, rows: NDArray) -> None:
    """Mark the days of bleeding as 1 to 5 and the days before a menstruation as -2 and -1, over all days lived."""
    first = int(person.phase * person.cycle)
    cycle = 0
    while first - process.days_before < days:
        for day in range(max(first - process.days_before, 0), min(first + process.bleeding, days)):
            rows[_BLEEDING, day] = day - first if day < first else day - first + 1.0
        u, v, _, _ = uniforms4(person.k0, person.k1, person.who, cycle, 0, _CYCLE)
        z, _ = normal_pair(u, v)
        first += max(int(person.cycle + process.cycle_sd * z + 0.5), _SHORTEST_CYCLE)
        cycle += 1


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _of_cycle(place: float, process: Process) -> float:
    """Return ln(factor) on the rate on a day of the cycle: negative before a menstruation, 1 its first day."""
    if place < 0.0:
        return process.cycle_before
    if 0.0 < place <= process.days_during:
        return process.cycle_during
    return process.cycle_else


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _week(person: Person, process: Process, calendar: Calendar) -> NDArray[np.float64]:
    """Return this person's ln(factor) on the rate by day of the week, (7,)."""
    week = calendar.week.copy()
    if process.week_sd > 0.0:
        shrink = 0.5 * process.week_sd**2  # so that the mean factor stays what the calendar says
        for place in range(0, 7, 2):
            u, v, _, _ = uniforms4(person.k0, person.k1, person.who, place, 0, _WEEK)
            one, other = normal_pair(u, v)
            week[place] += process.week_sd * one - shrink
            if place < 6:
                week[place + 1] += process.week_sd * other - shrink
    return week


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _live(
    ratio: NDArray, calendar: Calendar, person: Person, process: Process, clock: NDArray, state: NDArray,
    rows: NDArray, log: NDArray,
) -> int:  # fmt: skip
    """Live through one patient's warm-up and diary days, filling ``rows``; return a status."""
    state[:_LOGGED] = -np.inf
    state[_DUE] = np.inf
    if person.log_rate + max(person.shift, 0.0) > math.log(_MOST):
        return TOO_MANY_CANDIDATES
    u, v, _, _ = uniforms4(person.k0, person.k1, person.who, 0, 1, _DRIFT)
    state[_X], _ = normal_pair(u, v)
    # uniform kicks of unit variance: over the weeks of the drift's memory their sum is normal, at a tenth of the cost
    kick = math.sqrt(12.0 * (1.0 - process.drift_memory**2))
    origin = np.zeros(4, dtype=np.int64)
    kicks, gaps = np.zeros(4), np.zeros(4)
    lived = process.warm_up + ratio.shape[1]
    cycles = person.cycle > 0.0
    if cycles:
        _bleed(person, process, lived, rows)
    week = _week(person, process, calendar)
    weekday = (7 - process.warm_up % 7) % 7
    for day in range(lived):
        if day % 4 == 0:
            kicks[0], kicks[1], kicks[2], kicks[3] = uniforms4(person.k0, person.k1, person.who, day, 0, _DRIFT)
            gaps[0], gaps[1], gaps[2], gaps[3] = uniforms4(person.k0, person.k1, person.who, day, 0, _FIRST_GAP)
        state[_X] = process.drift_memory * state[_X] + kick * (kicks[day % 4] - 0.5)
        dated = day - process.warm_up
        log_rate = person.log_rate + person.drift_sd * state[_X] + week[weekday]
        weekday = weekday + 1 if weekday < 6 else 0
        if dated >= 0:
            log_rate += person.shift * calendar.ramp[dated]
        if cycles:
            log_rate += _of_cycle(rows[_BLEEDING, day], process)
        rate = min(math.exp(log_rate), _CEILING)
        # most days have no candidate: leave before arrays are handed down, which costs more than the day
        gap = gaps[day % 4]
        if 1.0 - gap >= rate and state[_DUE] >= _DAY * (day + 1.0):  # -ln(u) >= 1 - u
            continue
        share = ratio[person.row, dated] if dated >= 0 else 1.0
        status = _candidates(day, gap, rate, share, person, process, clock, state, origin, rows, log)
        if status != OK:
            return status
    return OK


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _leave_out(person: Person, process: Process, calendar: Calendar, days: Days) -> None:
    """Leave out one patient's entries: odds by headache, pain and weekday; yesterday's fate persists."""
    i = person.row
    odds = person.missing / (1.0 - person.missing)
    unwritten = np.zeros(4)
    before = -1.0
    for day in range(days.headache.shape[1]):
        if day % 4 == 0:
            unwritten[0], unwritten[1], unwritten[2], unwritten[3] = uniforms4(
                person.k0, person.k1, person.who, day, 0, _MISSING
            )
        today = odds * calendar.odds[day % 7]
        if days.headache[i, day]:
            today *= process.odds_headache
            if days.severity[i, day] == 3:
                today *= process.odds_severe
        chance = today / (1.0 + today)
        if before >= 0.0:
            chance += process.streak * (before - chance)
        before = 1.0 if unwritten[day % 4] < chance else 0.0
        days.missing[i, day] = before


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _write(rows: NDArray, person: Person, process: Process, calendar: Calendar, days: Days) -> None:
    """Turn one patient's hours into the diary's days."""
    i = person.row
    for day in range(days.headache.shape[1]):
        row = day + process.warm_up
        migraine = rows[_MIGRAINE_WINDOW, row] >= process.shortest
        days.headache[i, day] = rows[_HEADACHE_WINDOW, row] >= process.shortest
        days.migraine[i, day] = migraine
        days.severity[i, day] = rows[_SEVERITY, row]
        days.attacks[i, day] = rows[_ATTACKS, row]
        days.periods[i, day] = rows[_PERIODS, row]
        days.episodes[i, day] = rows[_EPISODES, row]
        days.migraine_hours[i, day] = rows[_MIGRAINE_HOURS, row]
        days.menses[i, day] = max(rows[_BLEEDING, row], 0.0)
        if migraine:
            taken, _, _, _ = uniforms4(person.k0, person.k1, person.who, day, 0, _RESCUE)
            days.rescue[i, day] = taken < process.rescue
    if person.missing > 0.0:
        _leave_out(person, process, calendar, days)


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def diaries(
    ratio: NDArray[np.float64],
    calendar: Calendar,
    patients: Patients,
    process: Process,
    clock: NDArray[np.float64],
    log: NDArray[np.float64],
) -> tuple:
    """Return (days, lines written to the log, status, patient at which it stopped).

    Args:
        ratio: factor on the hazard of attack onsets, (patient, day), 1 for placebo, never above 1.
        calendar: the course of the placebo response and the week.
        patients: what makes them differ.
        process: the numbers they share.
        clock: fraction of the day at which equal steps of the day's risk are spent, from 0 to 1.
        log: (line, LOG) receives the episodes; no lines, no log.
    """
    n, n_day = ratio.shape
    days = Days(
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day), np.float32),
    )  # fmt: skip
    # ghost days at the end hold what lasts beyond the diary
    rows = np.zeros((_ROWS, process.warm_up + n_day + int(process.duration_high / _DAY) + 2))
    state = np.zeros(6)
    for i in range(n):
        rows[:] = 0.0
        person = _person(i, patients)
        status = _live(ratio, calendar, person, process, clock, state, rows, log)
        if status != OK:
            return days, int(state[_LOGGED]), status, i
        _write(rows, person, process, calendar, days)
    full = log.shape[0] > 0 and state[_LOGGED] > log.shape[0]
    return days, int(state[_LOGGED]), LOG_FULL if full else OK, n


@nb.njit(cache=True)
def draws(key: NDArray, who: NDArray, first: NDArray, second: NDArray, block: NDArray) -> NDArray[np.float64]:
    """Return four U(0, 1) per line, (line, 4), each from its key (line, 2) and counter (who, first, second, block)."""
    out = np.empty((who.size, 4))
    for line in range(who.size):
        out[line, 0], out[line, 1], out[line, 2], out[line, 3] = uniforms4(
            key[line, 0], key[line, 1], int(who[line]), int(first[line]), int(second[line]), int(block[line])
        )
    return out
