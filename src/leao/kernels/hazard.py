"""Headache episodes in continuous time, one patient after another, every draw from a counter.

Candidate attacks of a day are a Poisson process of rate exp(log_rate + drift + shift) in the day's
operational time; the clock maps that onto the hours. A candidate (a trigger of random strength) starts an
attack while pain-free if its strength < ratio * (1 - r exp(-t / t_r)), t since the last episode's end.
Counter = (patient, day, candidate, block), so a ratio below 1 thins the same candidates and nothing else
moves: arms share their luck, and a ratio of 1 is the placebo diary bit for bit.
Source: a repeated-event model fitted by hand to published cohorts; its numbers and misses stand in ledger ``diary``.
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
_SPACING, _EPISODE, _DRIFT, _MISSING, _RESCUE = 0, 1, 1001, 1002, 1003  # blocks; episodes take 1, 2, 3 ...
_X, _PAIN_END, _DUE, _MIGRAINE_END, _PERIOD, _LOGGED = 0, 1, 2, 3, 4, 5  # places in the state
_HEADACHE_WINDOW, _MIGRAINE_WINDOW, _MIGRAINE_HOURS, _SEVERITY, _ATTACKS, _PERIODS, _EPISODES = range(7)
_ROWS = 7


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
    missing: NDArray[np.float64]  # probability that a day is not filled in


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


class Days(NamedTuple):
    """The diaries, each (patient, day)."""

    headache: NDArray[np.uint8]
    migraine: NDArray[np.uint8]
    severity: NDArray[np.uint8]  # worst of the day: 1 mild, 2 moderate, 3 severe
    attacks: NDArray[np.uint8]  # begun this day, after a free gap
    periods: NDArray[np.uint8]  # 24-h migraine periods begun this day
    episodes: NDArray[np.uint8]  # migraine episodes begun this day
    rescue: NDArray[np.uint8]
    missing: NDArray[np.uint8]
    migraine_hours: NDArray[np.float32]


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _person(i: int, p: Patients) -> Person:
    """Return the ``i``-th patient."""
    return Person(
        i, p.key[i, 0], p.key[i, 1], int(p.identity[i]), p.log_rate[i], p.shift[i], p.drift_sd[i], p.refractoriness[i],
        p.migraine_share[i], p.log_duration[i], p.severity[i], p.missing[i],
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
def _spread_over_days(start: float, end: float, migraine: bool, severity: int, process: Process, rows: NDArray) -> None:
    """Add the episode's hours and severity to each day it touches; row 0 is the first warm-up day."""
    for day in range(int(start // _DAY), int(end // _DAY) + 1):
        midnight = day * _DAY
        window = min(end, midnight + process.window_end) - max(start, midnight + process.window_start)
        rows[_HEADACHE_WINDOW, day] += max(window, 0.0)
        rows[_SEVERITY, day] = max(rows[_SEVERITY, day], severity)
        if migraine:
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
    _spread_over_days(start, end, origin[3] == 1, severity, process, rows)
    if origin[3] == 1:
        _count(start, end, process, state, rows)
    if log.shape[0] > 0:
        _note(person.row, start - process.warm_up * _DAY, length, origin[3], severity, state, log)
    state[_PAIN_END] = end
    origin[2] += 1
    again = recurs < process.recurrence_probability
    state[_DUE] = end - process.recurrence_delay * math.log(delay) if again else np.inf


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _note(i: int, start: float, length: float, migraine: int, severity: int, state: NDArray, log: NDArray) -> None:
    """Write one line (patient, start, end, is migraine, severity) into the log, if it still has room."""
    line = int(state[_LOGGED])
    state[_LOGGED] += 1.0
    if line < log.shape[0]:
        log[line, 0], log[line, 1], log[line, 2] = i, start, start + length
        log[line, 3], log[line, 4] = migraine, severity


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _candidates(
    day: int, rate: float, ratio: float, person: Person, process: Process, clock: NDArray, state: NDArray,
    origin: NDArray, rows: NDArray, log: NDArray,
) -> int:  # fmt: skip
    """Walk through one day's candidates and recurrences in order of time; return a status."""
    spent = 0.0
    for candidate in range(_MOST):
        gap, strength, kind, _ = uniforms4(person.k0, person.k1, person.who, day, candidate, _SPACING)
        spent -= math.log(gap)
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
def _live(
    ratio: NDArray, treatment_day: int, person: Person, process: Process, clock: NDArray, state: NDArray,
    rows: NDArray, log: NDArray,
) -> int:  # fmt: skip
    """Live through one patient's warm-up and diary days, filling ``rows``; return a status."""
    state[:_LOGGED] = -np.inf
    state[_DUE] = np.inf
    u, v, _, _ = uniforms4(person.k0, person.k1, person.who, 0, 1, _DRIFT)
    state[_X], _ = normal_pair(u, v)
    # uniform kicks of unit variance: over the weeks of the drift's memory their sum is normal, at a tenth of the cost
    kick = math.sqrt(12.0 * (1.0 - process.drift_memory**2))
    origin = np.zeros(4, dtype=np.int64)
    kicks = np.zeros(4)
    for day in range(process.warm_up + ratio.shape[1]):
        if day % 4 == 0:
            kicks[0], kicks[1], kicks[2], kicks[3] = uniforms4(person.k0, person.k1, person.who, day, 0, _DRIFT)
        state[_X] = process.drift_memory * state[_X] + kick * (kicks[day % 4] - 0.5)
        dated = day - process.warm_up
        shift = person.shift if dated >= treatment_day else 0.0
        rate = math.exp(person.log_rate + person.drift_sd * state[_X] + shift)
        # most days have no candidate: leave before arrays are handed down, which costs more than the day
        gap, _, _, _ = uniforms4(person.k0, person.k1, person.who, day, 0, _SPACING)
        if 1.0 - gap >= rate and state[_DUE] >= _DAY * (day + 1.0):  # -ln(u) >= 1 - u
            continue
        share = ratio[person.row, dated] if dated >= 0 else 1.0
        status = _candidates(day, rate, share, person, process, clock, state, origin, rows, log)
        if status != OK:
            return status
    return OK


@nb.njit(cache=True, fastmath={"contract", "nsz"})
def _write(rows: NDArray, person: Person, process: Process, days: Days) -> None:
    """Turn one patient's hours into the diary's days."""
    i = person.row
    unwritten = np.zeros(4)
    for day in range(days.headache.shape[1]):
        if day % 4 == 0:
            unwritten[0], unwritten[1], unwritten[2], unwritten[3] = uniforms4(
                person.k0, person.k1, person.who, day, 0, _MISSING
            )
        row = day + process.warm_up
        migraine = rows[_MIGRAINE_WINDOW, row] >= process.shortest
        days.headache[i, day] = rows[_HEADACHE_WINDOW, row] >= process.shortest
        days.migraine[i, day] = migraine
        days.severity[i, day] = rows[_SEVERITY, row]
        days.attacks[i, day] = rows[_ATTACKS, row]
        days.periods[i, day] = rows[_PERIODS, row]
        days.episodes[i, day] = rows[_EPISODES, row]
        days.migraine_hours[i, day] = rows[_MIGRAINE_HOURS, row]
        days.missing[i, day] = unwritten[day % 4] < person.missing
        if migraine:
            taken, _, _, _ = uniforms4(person.k0, person.k1, person.who, day, 0, _RESCUE)
            days.rescue[i, day] = taken < process.rescue


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def diaries(
    ratio: NDArray[np.float64],
    treatment_day: int,
    patients: Patients,
    process: Process,
    clock: NDArray[np.float64],
    log: NDArray[np.float64],
) -> tuple:
    """Return (days, lines written to the log, status, patient at which it stopped).

    Args:
        ratio: factor on the hazard of attack onsets, (patient, day), 1 for placebo, never above 1.
        treatment_day: first day on which ``patients.shift`` holds.
        patients: what makes them differ.
        process: the numbers they share.
        clock: fraction of the day at which equal steps of the day's risk are spent, from 0 to 1.
        log: (line, 5) receives (patient, start h, end h, is migraine, severity); no lines, no log.
    """
    n, n_day = ratio.shape
    days = Days(
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.uint8), np.zeros((n, n_day), np.float32),
    )  # fmt: skip
    # ghost days at the end hold what lasts beyond the diary
    rows = np.zeros((_ROWS, process.warm_up + n_day + int(process.duration_high / _DAY) + 2))
    state = np.zeros(6)
    for i in range(n):
        rows[:] = 0.0
        person = _person(i, patients)
        status = _live(ratio, treatment_day, person, process, clock, state, rows, log)
        if status != OK:
            return days, int(state[_LOGGED]), status, i
        _write(rows, person, process, days)
    full = log.shape[0] > 0 and state[_LOGGED] > log.shape[0]
    return days, int(state[_LOGGED]), LOG_FULL if full else OK, n
