"""Headache episodes in continuous time, one patient after another, every draw from a counter.

Candidate attacks are a Poisson process of rate exp(log_rate + drift + shift) from day to day: the k-th comes when the
cumulative hazard reaches the sum of k exponential gaps; the clock maps the day's share onto its hours. A candidate
(a trigger of random strength) starts an attack while pain-free if its strength < ratio * (1 - r exp(-t / t_r)), t
since the last episode's end. Counter = (patient, candidate or day, generation, block), so a ratio below 1 thins the
same candidates and nothing else moves: arms share their luck, and a ratio of 1 is the placebo diary bit for bit.
What a patient needs is drawn in batches before it is lived through (kernels/batch.py); only the walk from one
candidate to the next, and the drift from day to day, go one by one. From episodes to days: kernels/episodes.py.
Source: a repeated-event model fitted to published cohorts; its numbers and misses stand in ledger ``diary``.
"""

from __future__ import annotations

import math
from typing import cast

import numba as nb
import numpy as np
from numpy.typing import NDArray

from leao.diary.kernels import batch, diary, episodes
from leao.diary.kernels.diary import Calendar, Days, Desk, Needs, Patients, Person, Process, Wanted
from leao.diary.kernels.random import uniforms4

OK, TOO_MANY_CANDIDATES, LOG_FULL = 0, 1, 2

_MOST = 10_000  # candidates in one day: beyond this the rate is no rate of headaches
_CEILING = 100.0  # candidates a day that drift leads to: pain is back in a quarter of an hour, and more is alike
# blocks of the counter: numbers of a type, for literals are compiled apart
_SPACING, _EPISODE, _DRIFT, _CYCLE, _WEEK = (cast("int", np.uint32(block)) for block in (0, 1, 1001, 1004, 1006))
_ZERO = cast("int", np.int64(0))
_SHORTEST_CYCLE = 10  # days


@nb.njit(**batch.INNER)
def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z * math.sqrt(0.5))


@nb.njit(**batch.INNER)
def _person(i: int, p: Patients, process: Process) -> Person:
    """Return the ``i``-th patient."""
    w = process.severity_weight  # latent severity = w * patient's + sqrt(1 - w^2) * episode's
    rest = math.sqrt(1.0 - w * w)
    return Person(
        i, p.key[i, 0], p.key[i, 1], int(p.identity[i]), p.log_rate[i], p.shift[i], p.drift_sd[i], p.refractoriness[i],
        p.migraine_share[i], p.log_duration[i], _normal_cdf((process.severity_low - w * p.severity[i]) / rest),
        _normal_cdf((process.severity_high - w * p.severity[i]) / rest), p.missing[i], p.cycle[i], p.phase[i],
    )  # fmt: skip


@nb.njit(**batch.INNER)
def _draw_candidates(first: int, n: int, person: Person, desk: Desk) -> None:
    """Draw candidates ``first`` to ``first + n``: the hazard between them, their strength, which kind they would be."""
    words, draws = desk.words, desk.draws
    batch.blocks(person.k0, person.k1, person.who, first, _SPACING, n, words)
    for k in range(n):
        draws[diary.GAP, k] = -batch.ln(batch.unit(words[k]))
    for k in range(n):
        draws[diary.STRENGTH, k] = batch.unit(words[n + k])
        draws[diary.KIND, k] = batch.unit(words[2 * n + k])


@nb.njit(**batch.INNER)
def _draw_episodes(first: int, n: int, person: Person, process: Process, desk: Desk) -> None:
    """Draw the episodes that candidates ``first`` to ``first + n`` would start."""
    words, draws = desk.words, desk.draws
    batch.blocks(person.k0, person.k1, person.who, first, _EPISODE, n, words)
    typical = math.log(process.duration_median) + person.log_duration
    batch.normals(words, n, draws[diary.LENGTH], draws[diary.DELAY])
    for k in range(n):
        draws[diary.LENGTH, k] = batch.exp(typical + process.duration_sd * draws[diary.LENGTH, k])
    for k in range(n):
        draws[diary.RECURS, k] = batch.unit(words[n + k])
        draws[diary.DELAY, k] = batch.unit(words[2 * n + k])
        draws[diary.LATENT, k] = batch.unit(words[3 * n + k])


@nb.njit(**batch.INNER)
def _draw_again(candidate: int, generation: int, person: Person, process: Process) -> tuple:
    """Return (length, whether and when it recurs, severity) drawn for a recurrence of a candidate's episode."""
    u, recurs, delay, latent = uniforms4(person.k0, person.k1, person.who, candidate, generation, _EPISODE)
    length = process.duration_median * batch.exp(process.duration_sd * batch.normal(u) + person.log_duration)
    return length, recurs, delay, latent


@nb.njit(**batch.INNER)
def _episode(
    start: float, drawn: tuple, origin: tuple, place: int, person: Person, process: Process, pain: NDArray,
    facts: NDArray,
) -> tuple:  # fmt: skip
    """Write the episode that begins at ``start`` (h) to its place; return its end and when it is due again.

    ``drawn``: length before severity, whether and when it recurs (both U(0, 1): few do, and only theirs needs the
    logarithm of a delay), severity. ``origin``: candidate, generation, is migraine.
    """
    length, recurs, delay, latent = drawn
    mild, severe = latent < person.mild_below, latent > person.severe_above
    length *= process.duration_mild if mild else (process.duration_severe if severe else 1.0)
    length = min(max(length, process.duration_low), process.duration_high)
    end = start + length
    pain[diary.START, place], pain[diary.END, place] = start, end
    facts[diary.GRADE, place] = 1 if mild else (3 if severe else 2)
    facts[diary.CANDIDATE, place], facts[diary.GENERATION, place], facts[diary.MIGRAINE, place] = origin
    due = np.inf
    if recurs < process.recurrence_probability:
        due = end - process.recurrence_delay * batch.ln(delay)
    return end, due


@nb.njit(**batch.INNER)
def _day_of(n: int, reached: tuple, desk: Desk) -> tuple:
    """Return how many of ``n`` drawn candidates come before the last day is over, and where the next batch goes on.

    Where it goes on: (day, hazard spent before it, hazard reached by the last that came). Writes each one's day, and
    the hazard that is spent on that day before it comes.
    """
    rate, gap, rest, place, lived = desk.rate, desk.draws[diary.GAP], desk.draws[diary.WHEN], desk.place, desk.lived
    day, spent, target = reached
    for k in range(n):
        before = target
        target += gap[k]
        while day < lived and spent + rate[day] <= target:
            spent += rate[day]
            day += 1
        if day == lived:
            return k, (day, spent, before)
        place[k] = day
        rest[k] = target - spent
    return n, (day, spent, target)


@nb.njit(**batch.INNER)
def _hour_of(n: int, clock: NDArray, desk: Desk) -> None:
    """Turn what is spent of a day's hazard into hours since the first day lived, for ``n`` candidates."""
    rate, rest, place, cells = desk.rate, desk.draws[diary.WHEN], desk.place, clock.size - 1
    for k in range(n):
        fraction = rest[k] / rate[place[k]] * cells
        cell = min(int(min(fraction, float(cells))), cells - 1)
        within = min(fraction - cell, 1.0)
        rest[k] = diary.DAY * (place[k] + clock[cell] + within * (clock[cell + 1] - clock[cell]))


@nb.njit(**batch.INNER)
def _total(rate: NDArray, begin: int, end: int) -> float:
    """Return the sum from ``begin`` to ``end``; in four parts, none of which waits for the others."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    whole = begin + (end - begin) // 4 * 4
    for k in range(begin, whole, 4):
        a += rate[k]
        b += rate[k + 1]
        c += rate[k + 2]
        d += rate[k + 3]
    for k in range(whole, end):
        a += rate[k]
    return (a + b) + (c + d)


@nb.njit(**batch.INNER)
def _newly(desk: Desk) -> None:
    """Set what is kept to what a patient's first day begins with."""
    kept = desk.kept
    kept[:] = 0.0
    kept[diary.PAIN_END], kept[diary.LAST_END], kept[diary.LAST_PERIOD] = -np.inf, -np.inf, -np.inf
    kept[diary.DUE] = np.inf


@nb.njit(**batch.INNER)
def _carry(day: int, desk: Desk) -> None:
    """Put what is not over at the beginning of ``day``, counted from the first lived, on the days that it reaches."""
    kept, ghosts = desk.kept, (desk.kept.size - diary.CARRIED) // 2
    for ghost in range(min(ghosts, desk.hours.shape[1] - day)):
        desk.hours[diary.HEADACHE_WINDOW, day + ghost] = kept[diary.CARRIED + ghost]
        desk.marks[diary.PERIODS, day + ghost] = int(kept[diary.CARRIED + ghosts + ghost])


@nb.njit(**batch.INNER)
def _keep(desk: Desk) -> None:
    """Keep what reaches beyond the days lived."""
    kept, ghosts = desk.kept, (desk.kept.size - diary.CARRIED) // 2
    for ghost in range(ghosts):
        kept[diary.CARRIED + ghost] = desk.hours[diary.HEADACHE_WINDOW, desk.lived + ghost]
        kept[diary.CARRIED + ghosts + ghost] = desk.marks[diary.PERIODS, desk.lived + ghost]


@nb.njit(**batch.INNER)
def _walk(lines: int, person: Person, process: Process, clock: NDArray, desk: Desk, log: NDArray, needs: Needs) -> int:
    """Walk from candidate to candidate through all days, filling hours and marks; return the lines of the log."""
    share, draws, pain, facts, place = desk.share, desk.draws, desk.pain, desk.facts, desk.place
    kept, lived, fades, n = desk.kept, desk.lived, -1.0 / process.refractory_time, _ZERO
    begin = process.warm_up + needs.begin if needs.begin > 0 else _ZERO
    desk.last[0], desk.last[1] = kept[diary.LAST_END], kept[diary.LAST_PERIOD]
    pain_end, due, first = kept[diary.PAIN_END], kept[diary.DUE], int(kept[diary.NEXT])
    source, generation, migraine = (
        int(kept[diary.SOURCE]), int(kept[diary.RECURRENCES]), int(kept[diary.IS_MIGRAINE])
    )  # fmt: skip
    reached = (begin, kept[diary.SPENT], kept[diary.REACHED])
    total, over = kept[diary.SPENT] + _total(desk.rate, begin, lived), False
    while not over:
        left = total - reached[2]
        wanted = int(left + 1.5 * math.sqrt(max(left, 0.0))) + 1
        drawn = min(batch.up(wanted, batch.LANES), diary.BATCH)
        _draw_candidates(first, drawn, person, desk)
        come, reached = _day_of(drawn, reached, desk)
        over = come < drawn
        _draw_episodes(first, batch.up(come, batch.LANES), person, process, desk)
        _hour_of(come, clock, desk)
        for k in range(come + over):
            when = draws[diary.WHEN, k] if k < come else diary.DAY * lived
            while due < when or n >= diary.BATCH - 1:
                if n >= diary.BATCH - 1:
                    lines, n = episodes.settle(n, lines, person, process, desk, log, needs), _ZERO
                    continue
                generation += 1
                again = _draw_again(source, generation, person, process)
                pain_end, due = _episode(due, again, (source, generation, migraine), n, person, process, pain, facts)
                n += 1
            if k == come:
                break
            rested = when - pain_end
            if rested < 0.0:
                continue
            risk = 1.0 - person.refractoriness * batch.exp(fades * rested)
            if draws[diary.STRENGTH, k] < share[place[k]] * risk:
                source, generation = first + k, _ZERO
                migraine = np.int64(draws[diary.KIND, k] < person.migraine_share)
                length, recurs = draws[diary.LENGTH, k], draws[diary.RECURS, k]
                new = (length, recurs, draws[diary.DELAY, k], draws[diary.LATENT, k])
                pain_end, due = _episode(when, new, (source, _ZERO, migraine), n, person, process, pain, facts)
                n += 1
        first += come
    lines = episodes.settle(n, lines, person, process, desk, log, needs)
    kept[diary.NEXT], kept[diary.SPENT], kept[diary.REACHED] = first, reached[1], reached[2]
    kept[diary.PAIN_END], kept[diary.DUE] = pain_end, due
    kept[diary.SOURCE], kept[diary.RECURRENCES], kept[diary.IS_MIGRAINE] = source, generation, migraine
    kept[diary.LAST_END], kept[diary.LAST_PERIOD] = desk.last[0], desk.last[1]
    return lines


@nb.njit(**batch.INNER)
def _bleed(person: Person, process: Process, desk: Desk) -> None:
    """Mark the days of bleeding as 1 to 5 and the days before a menstruation as -2 and -1, over all days lived."""
    days, marks, words = desk.lived, desk.marks, desk.words
    first, cycle = int(person.phase * person.cycle), _ZERO
    while first - process.days_before < days:
        for day in range(max(first - process.days_before, 0), min(first + process.bleeding, days)):
            marks[diary.BLEEDING, day] = day - first if day < first else day - first + 1
        if cycle % batch.LANES == 0:
            batch.blocks(person.k0, person.k1, person.who, cycle, _CYCLE, batch.LANES, words)
        z = batch.normal(batch.unit(words[cycle % batch.LANES]))
        first += max(int(person.cycle + process.cycle_sd * z + 0.5), _SHORTEST_CYCLE)
        cycle += 1


@nb.njit(inline="always")
def _of_cycle(place: int, process: Process) -> float:
    """Return ln(factor) on the rate on a day of the cycle: negative before a menstruation, 1 its first day."""
    during = place <= process.days_during
    return process.cycle_before if place < 0 else (process.cycle_during if place > 0 and during else process.cycle_else)


@nb.njit(**batch.INNER)
def _rates(person: Person, process: Process, calendar: Calendar, desk: Desk, begin: int) -> None:
    """Fill in the rate of candidates of every day lived from ``begin``: drift, week, cycle and the placebo's course."""
    rate, words, z, lived = desk.rate, desk.words, desk.draws, desk.lived
    batch.blocks(person.k0, person.k1, person.who, _ZERO, _WEEK, batch.LANES, words)
    batch.normals(words, batch.LANES, z[0], z[2])
    x = z[0, diary.WEEKDAYS]
    shrink = 0.5 * process.week_sd**2  # so that a weekday's mean factor stays what the calendar says
    for place in range(diary.WEEKDAYS):
        z[1, place] = person.log_rate + calendar.week[place] + process.week_sd * z[0, place] - shrink
    batch.series(person.k0, person.k1, person.who, _DRIFT, lived, words)
    # uniform kicks of unit variance: over the weeks of the drift's memory their sum is normal, at a tenth of the cost
    memory = process.drift_memory
    kick = math.sqrt(12.0 * (1.0 - memory**2))
    for day in range(rate.size):
        rate[day] = kick * (batch.unit(words[day]) - 0.5)
    # from two days before, so that a day need not wait for the one before it
    weekday = (diary.WEEKDAYS - process.warm_up % diary.WEEKDAYS) % diary.WEEKDAYS
    ahead, before, earlier = memory * memory, x, rate[0]
    x = memory * x + earlier
    for day in range(lived):
        rate[day], now = z[1, weekday] + person.drift_sd * x, rate[min(day + 1, lived - 1)]
        before, x, earlier = x, ahead * before + (memory * earlier + now), now
        weekday = weekday + 1 if weekday < diary.WEEKDAYS - 1 else 0
    if person.cycle > 0.0:
        for day in range(begin, rate.size):
            rate[day] += _of_cycle(desk.marks[diary.BLEEDING, day], process)
    for day in range(begin, rate.size):
        rate[day] = min(batch.exp(rate[day] + person.shift * desk.ramp[day]), _CEILING)


@nb.njit(cache=True)
def _ghosts(duration_high: float) -> int:
    """Return the days beyond the last that hold what lasts beyond the diary."""
    return int(duration_high / diary.DAY) + 2


@nb.njit(cache=True)
def room_kept(duration_high: float) -> int:
    """Return the numbers that are kept of a patient."""
    return diary.CARRIED + 2 * _ghosts(duration_high)


@nb.njit(cache=True)
def _desk(calendar: Calendar, process: Process, n_day: int) -> Desk:
    """Return the room to work out one patient after another."""
    lived = process.warm_up + n_day
    beyond = _ghosts(process.duration_high)
    room = process.warm_up + batch.up(n_day + beyond, batch.WIDE)
    most, n_wide = diary.BATCH, batch.up(n_day, batch.WIDE)
    ramp, odds = np.zeros(batch.up(lived, batch.WIDE)), np.ones(n_wide)
    for day in range(n_day):
        ramp[process.warm_up + day], odds[day] = calendar.ramp[day], calendar.odds[day]
    return Desk(
        lived, np.zeros(ramp.size), ramp, np.ones(lived), odds, np.empty((3, room)), np.empty((5, room), np.int8),
        np.empty((8, most)), np.empty(most, np.int64), np.empty((8, most)), np.empty((5, most), np.int64),
        np.empty(batch.room(max(lived, 4 * most)), np.uint32), np.empty((4, n_wide), np.uint8), np.empty(2),
        np.empty(room_kept(process.duration_high)),
    )  # fmt: skip


@nb.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def diaries(
    ratio: NDArray[np.float64],
    calendar: Calendar,
    patients: Patients,
    process: Process,
    clock: NDArray[np.float64],
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
        clock: fraction of the day at which equal steps of the day's risk are spent, from 0 to 1.
        wanted: which of the days' columns to write.
        log: (line, LOG) receives the episodes; no lines, no log.
        begin: the first day to be lived, 0 for all: those before, and the warm-up, were, with a ratio of 1.
        history: (patient, room) what was kept at ``begin``; no rows where all days are lived.
        kept: (patient, room) receives what the days after the last need; no rows, nothing is kept. It serves attacks,
            24-h periods and missing entries that do not depend on pain; other columns need all days.
    """
    n, n_day = patients.log_rate.size, ratio.shape[1]
    days = Days(
        np.empty((n * wanted.headache, n_day), np.uint8), np.empty((n * wanted.migraine, n_day), np.uint8),
        np.empty((n * wanted.severity, n_day), np.uint8), np.empty((n * wanted.attacks, n_day), np.uint8),
        np.empty((n * wanted.periods, n_day), np.uint8), np.empty((n * wanted.episodes, n_day), np.uint8),
        np.empty((n * wanted.rescue, n_day), np.uint8), np.empty((n * wanted.missing, n_day), np.uint8),
        np.empty((n * wanted.menses, n_day), np.uint8), np.empty((n * wanted.migraine_hours, n_day), np.float32),
    )  # fmt: skip
    desk = _desk(calendar, process, n_day)
    needs = episodes.needs(wanted, process, log.shape[0] > 0, begin)
    ready = (process.warm_up + begin) // batch.WIDE * batch.WIDE if begin > 0 else _ZERO  # rates of whole lanes
    lines = _ZERO
    for i in range(n):
        person = _person(i, patients, process)
        if person.log_rate + max(person.shift, 0.0) > math.log(_MOST):
            return days, lines, TOO_MANY_CANDIDATES, i
        desk.hours[:] = 0.0
        desk.marks[:] = 0
        if person.cycle > 0.0:
            _bleed(person, process, desk)
        _rates(person, process, calendar, desk, ready)
        row = i if ratio.shape[0] > 1 else 0
        for day in range(n_day):
            desk.share[process.warm_up + day] = ratio[row, day]
        if begin > 0:
            desk.kept[:] = history[i]
            _carry(process.warm_up + begin, desk)
        else:
            _newly(desk)
        lines = _walk(lines, person, process, clock, desk, log, needs)
        episodes.write(person, process, wanted, needs, days, desk)
        if kept.shape[0] > 0:
            _keep(desk)
            kept[i] = desk.kept
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
