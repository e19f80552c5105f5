"""The diary's process as its equations say it, in plain NumPy with random numbers of its own: slow, and free of tricks.

From the docstrings of ``diary/process.py``, ``kernels/lanes.py``, ``kernels/hazard.py`` and ``kernels/episodes.py``;
a generator draws, nothing is looked up in a table, single precision is used nowhere, people do not stand side by side
in lanes. Only the patients' traits and the calendar are taken as ``process`` hands them to the kernel.
"""

from __future__ import annotations

import numpy as np

DAY = 24.0


class PlainDiary:
    """Diaries of many people, drawn day by day."""

    def __init__(self, patients, shared, calendar, dials, seed):
        """Take what the kernel is handed; ``dials`` is (peak to trough, peak time, median length, its spread)."""
        self.p, self.s, self.calendar, self.dials = patients, shared, calendar, dials
        self.rng, self.n = np.random.default_rng(seed), patients.log_rate.size
        self.stop = shared.warm_up + calendar.ramp.size

    def bleeding(self):
        """Return 1, 2 ... on days of bleeding, -days_before ... -1 before, 0 else, (person, day)."""
        marks, s = np.zeros((self.n, self.stop), int), self.s
        women = np.flatnonzero(self.p.cycle > 0.0)
        begins = (self.p.phase[women] * self.p.cycle[women]).astype(int)
        while (begins - s.days_before < self.stop).any():
            for offset in range(-s.days_before, s.bleeding):
                day = begins + offset
                here = (day >= 0) & (day < self.stop)
                marks[women[here], day[here]] = offset if offset < 0 else offset + 1
            length = self.p.cycle[women] + s.cycle_sd * self.rng.standard_normal(women.size)
            begins = begins + np.maximum((length + 0.5).astype(int), 10)
        return marks

    def rates(self, bleeding):
        """Return candidates a day, (person, day): drift, week, cycle, the placebo's course."""
        s, rng = self.s, self.rng
        week = s.week_sd * rng.standard_normal((self.n, 7)) - 0.5 * s.week_sd**2
        cycle = np.where(bleeding < 0, s.cycle_before, s.cycle_else)
        cycle = np.where((bleeding > 0) & (bleeding <= s.days_during), s.cycle_during, cycle)
        x, rates = rng.standard_normal(self.n), np.empty((self.n, self.stop))
        for day in range(self.stop):
            kick = np.sqrt(12.0 * (1.0 - s.drift_memory**2)) * (rng.random(self.n) - 0.5)
            x = s.drift_memory * x + kick
            weekday, reached = (day - s.warm_up) % 7, 0.0
            if day >= s.warm_up:
                reached = self.calendar.ramp[day - s.warm_up]
            log = self.p.log_rate + self.calendar.week[weekday] + week[:, weekday] + self.p.drift_sd * x
            log = log + np.where(self.p.cycle > 0.0, cycle[:, day], 0.0) + self.p.shift * reached
            rates[:, day] = np.minimum(np.exp(log), 100.0)
        return rates

    def hours(self, size):
        """Return hours of the day by rejection from the von Mises clock."""
        ratio, peak = self.dials[:2]
        out, left = np.empty(size), np.arange(size)
        while left.size:
            hour = DAY * self.rng.random(left.size)
            risk = np.exp(0.5 * np.log(ratio) * (np.cos(2.0 * np.pi * (hour - peak) / DAY) - 1.0))
            good = self.rng.random(left.size) < risk
            out[left[good]] = hour[good]
            left = left[~good]
        return out

    def episodes(self, ratio):
        """Return person, start, end, grade, is migraine, of all episodes; ``ratio``: (day,) of the diary."""
        s, end, due = self.s, np.full(self.n, -1e9), np.full(self.n, np.inf)
        migraine, out = np.zeros(self.n, bool), []

        def begin(who, start):
            latent, z = self.rng.random(who.size), self.rng.standard_normal(who.size)
            grade = 1 + (latent >= self.p.mild_below[who]).astype(int) + (latent > self.p.severe_above[who])
            factor = np.array([0.0, s.duration_mild, 1.0, s.duration_severe])[grade]
            length = self.dials[2] * np.exp(self.dials[3] * z) * self.p.length[who] * factor
            stop = start + np.clip(length, s.duration_low, s.duration_high)
            again = self.rng.random(who.size) < s.recurrence_probability
            end[who], due[who] = (
                stop,
                np.where(again, stop + self.rng.exponential(s.recurrence_delay, who.size), np.inf),
            )
            out.append(np.column_stack([who, start, stop, grade, migraine[who]]))

        def recur(who, until):
            while (late := due[who] < until).any():
                who, until = who[late], until[late]
                begin(who, due[who])

        rates, deepest = self.rates(self.marks), np.exp(self.p.deepest / s.refractory_time)
        for day in range(self.stop):
            count = self.rng.poisson(rates[:, day])
            person = np.repeat(np.arange(self.n), count)
            when = DAY * day + self.hours(person.size)
            order = np.lexsort((when, person))
            when, place = when[order], np.arange(person.size) - np.repeat(np.cumsum(count) - count, count)
            factor = ratio[day - s.warm_up] if day >= s.warm_up else 1.0
            for turn in range(place.max(initial=-1) + 1):
                who, now = person[place == turn], when[place == turn]
                recur(who, now)
                tired = deepest[who] * np.exp(-np.maximum(now - end[who], 0.0) / s.refractory_time)
                starts = (now >= end[who]) & (self.rng.random(who.size) < factor * (1.0 - tired))
                who, now = who[starts], now[starts]
                migraine[who] = self.rng.random(who.size) < self.p.migraine_share[who]
                begin(who, now)
        recur(np.arange(self.n), np.full(self.n, DAY * self.stop))
        rows = np.concatenate(out)
        return rows[np.lexsort((rows[:, 1], rows[:, 0]))]

    def diary(self, ratio):
        """Return the columns of the diary, (person, day)."""
        s = self.s
        self.marks = self.bleeding()
        rows = self.episodes(ratio)
        who, grade, is_migraine = rows[:, 0].astype(int), rows[:, 3].astype(int), rows[:, 4] > 0.0
        shape = (self.n, self.stop + 6)
        window, of_migraine, hours = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        severity = np.zeros(shape, int)
        rise, fall = self.courses(rows[:, 2] - rows[:, 1], grade)
        for later in range(5):
            day = (rows[:, 1] // DAY).astype(int) + later
            low, high = np.maximum(rows[:, 1], DAY * day), np.minimum(rows[:, 2], DAY * (day + 1))
            here = high > low
            inside = np.minimum(high, DAY * day + s.window_end) - np.maximum(low, DAY * day + s.window_start)
            inside = np.where(here, np.maximum(inside, 0.0), 0.0)
            np.add.at(window, (who, day), inside)
            np.add.at(of_migraine, (who, day), inside * is_migraine)
            np.add.at(hours, (who, day), np.where(here, high - low, 0.0) * is_migraine)
            worst = _worst(low - rows[:, 1], high - rows[:, 1], grade, rows[:, 2] - rows[:, 1], rise, fall)
            np.maximum.at(severity, (who, day), np.where(here, worst, 0))
        kept = slice(s.warm_up, self.stop)
        headache, migraine = window[:, kept] >= s.shortest, of_migraine[:, kept] >= s.shortest
        episodes, free_gap, periods = _counts(rows[is_migraine], shape, s)
        return {
            "headache": headache,
            "migraine": migraine,
            "severity": severity[:, kept],
            "episodes": episodes[:, kept],
            "attacks_free_gap": free_gap[:, kept],
            "periods": periods[:, kept],
            "rescue": migraine & (self.rng.random(migraine.shape) < s.rescue),
            "missing": self.missing(headache, severity[:, kept] == 3),
            "menses": np.maximum(self.marks[:, kept], 0),
            "migraine_hours": hours[:, kept],
        }

    def courses(self, length, grade):
        """Return when the peak begins and ends: exponential times cut to half the episode and to what is left of it."""
        rise = _cut_exponential(self.rng.random(length.size), self.s.pain_rise, 0.5 * length)
        fall = rise + _cut_exponential(self.rng.random(length.size), self.s.pain_peak, length - rise)
        return np.where(grade == 1, 0.0, rise), np.where(grade == 1, length, fall)

    def missing(self, headache, severe):
        """Return the days left out: a chain of two states whose odds depend on headache, pain and weekday."""
        s, out = self.s, np.zeros(headache.shape, bool)
        for day in range(headache.shape[1]):
            odds = self.p.missing_odds * self.calendar.odds[day % 7]
            odds = odds * np.where(headache[:, day], s.odds_headache, 1.0)
            odds = odds * np.where(headache[:, day] & severe[:, day], s.odds_severe, 1.0)
            chance = odds / (1.0 + odds)
            if day > 0:
                chance = np.where(out[:, day - 1], chance + s.streak * (1.0 - chance), chance * (1.0 - s.streak))
            out[:, day] = self.rng.random(self.n) < chance
        return out


def _cut_exponential(u, mean, most):
    return -mean * np.log1p(-u * -np.expm1(-most / mean))


def _worst(low, high, grade, length, rise, fall):
    """Return the worst pain between two moments: mild, half-way to the peak moderate, then the peak."""
    whole = (low <= 0.0) & (high >= length)
    at_peak = whole | ((high > rise) & (low < fall))
    moderate = np.where(low >= fall, low < 0.5 * (fall + length), high > 0.5 * rise)
    return np.where(at_peak, grade, np.where((grade == 3) & moderate, 2, 1))


def _counts(rows, shape, shared):
    """Return episodes, attacks after a free gap and 24-h periods by day, from the episodes of migraine in order."""
    who, day = rows[:, 0].astype(int), (rows[:, 1] // DAY).astype(int)
    episodes, free_gap, periods = (np.zeros(shape, int) for _ in range(3))
    np.add.at(episodes, (who, day), 1)
    first = np.r_[True, who[1:] != who[:-1]]
    gap = np.r_[np.inf, rows[1:, 1] - rows[:-1, 2]]
    fresh = first | (gap >= shared.attack_gap)
    np.add.at(free_gap, (who[fresh], day[fresh]), 1)
    period = -np.inf
    for begins, person, start, end in zip(first, who, rows[:, 1], rows[:, 2], strict=True):
        period = -np.inf if begins else period
        if start >= period + shared.period:
            period = start
            periods[person, int(period // DAY)] += 1
        while end > period + shared.period + 1e-3:
            period += shared.period
            periods[person, int(period // DAY)] += 1
    return episodes, free_gap, periods
