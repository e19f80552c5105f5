"""The kernel against a plain reading of its law, day by day and event by event, from the same random numbers."""

import math
from itertools import pairwise

import numba as nb
import numpy as np
import pytest
from scipy.special import ndtr

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.kernels import batch, hazard
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.cross

DAYS, PEOPLE, START = 56, 40, 28
SPACING, EPISODE, DRIFT, MISSING, RESCUE, CYCLE, WEEK, COURSE = 0, 1, 1001, 1002, 1003, 1004, 1006, 2001  # blocks


@nb.njit(error_model="numpy")
def _quantile(u):
    return batch.normal(u)  # its error has a test of its own


class Person:
    """One patient, worked out event after event, in hours since the first day lived."""

    def __init__(self, row, params, calendar, patients, shared, ratio):
        self.params, self.calendar, self.shared = params, calendar, shared
        self.p = {name: value[row] for name, value in patients._asdict().items()}
        self.ratio = np.concatenate([np.ones(shared.warm_up), ratio])
        self.lived = shared.warm_up + DAYS

    def draws(self, first, second, block):
        """Return four uniforms of each counter (identity, first, second, block)."""
        first = np.atleast_1d(np.asarray(first, np.uint32))
        row = np.ones(first.size, np.uint32)
        key = np.outer(row, self.p["key"]).astype(np.uint32)
        return hazard.draws(key, row * self.p["identity"], first, row * np.uint32(second), row * np.uint32(block))

    def series(self, block, n):
        """Return ``n`` uniforms of a series: words of 32 blocks at a time, first words first."""
        chunks = [self.draws(np.arange(first // 4, first // 4 + 32), 0, block).T.ravel() for first in range(0, n, 128)]
        return np.concatenate(chunks)[:n]

    def bleeding(self):
        """Return 1 to 5 on the days of bleeding, -2 and -1 before."""
        marks, s = np.zeros(self.lived, int), self.shared
        if self.p["cycle"] <= 0.0:
            return marks
        first, cycle = int(self.p["phase"] * self.p["cycle"]), 0
        while first - s.days_before < self.lived:
            for day in range(max(first - s.days_before, 0), min(first + s.bleeding, self.lived)):
                marks[day] = day - first if day < first else day - first + 1
            z = _quantile(self.draws(cycle, 0, CYCLE)[0, 0])
            first, cycle = first + max(int(self.p["cycle"] + s.cycle_sd * z + 0.5), 10), cycle + 1
        return marks

    def rates(self, bleeding):
        """Return candidates a day."""
        s, z = self.shared, [_quantile(u) for u in self.draws(np.arange(8), 0, WEEK)[:, 0]]
        x, rates = z[7], []
        for day, u in enumerate(self.series(DRIFT, self.lived)):
            x = s.drift_memory * x + math.sqrt(12.0 * (1.0 - s.drift_memory**2)) * (u - 0.5)
            weekday = (day - s.warm_up) % 7
            log = self.p["log_rate"] + self.calendar.week[weekday] + s.week_sd * z[weekday] - 0.5 * s.week_sd**2
            log += self.p["drift_sd"] * x
            if self.p["cycle"] > 0.0:
                place = bleeding[day]
                during = 0 < place <= s.days_during
                log += s.cycle_before if place < 0 else s.cycle_during if during else s.cycle_else
            reached = self.calendar.ramp[day - s.warm_up] if day >= s.warm_up else 0.0
            rates.append(min(math.exp(log + self.p["shift"] * reached), 100.0))
        return np.array(rates)

    def candidates(self, rates, clock):
        """Yield (number, day, hour, strength, kind) of each candidate before the end."""
        spent, target, number = np.concatenate([[0.0], np.cumsum(rates)]), 0.0, 0
        while True:
            gap, strength, kind, _ = self.draws(number, 0, SPACING)[0]
            target -= math.log(gap)
            if target >= spent[-1]:
                return
            day = int(np.searchsorted(spent, target, side="right")) - 1
            share = (target - spent[day]) / rates[day]
            yield number, day, 24.0 * (day + np.interp(share, np.linspace(0, 1, clock.size), clock)), strength, kind
            number += 1

    def episode(self, start, number, generation):
        """Return (start, end, grade, when due again, peak from, peak to) of an episode."""
        s, w = self.shared, self.shared.severity_weight
        u, recurs, delay, latent = self.draws(number, generation, EPISODE)[0]
        length = s.duration_median * math.exp(self.p["log_duration"] + s.duration_sd * _quantile(u))
        mild, severe = (
            float(ndtr((cut - w * self.p["severity"]) / math.sqrt(1.0 - w * w)))
            for cut in (s.severity_low, s.severity_high)
        )
        grade = 1 if latent < mild else 3 if latent > severe else 2
        length = min(max(length * {1: s.duration_mild, 2: 1.0, 3: s.duration_severe}[grade], 1.0), 72.0)
        due = start + length - s.recurrence_delay * math.log(delay) if recurs < s.recurrence_probability else math.inf
        rise, fall = 0.0, length
        if grade > 1:
            first, second, _, _ = self.draws(number, generation, COURSE)[0]
            rise = _cut(first, s.pain_rise, 0.5 * length)
            fall = rise + _cut(second, s.pain_peak, length - rise)
        return start, start + length, grade, due, rise, fall

    def episodes(self, clock):
        """Return all episodes that begin before the end, each with whether it is migraine."""
        rates, out, end, due, last = self.rates(self.bleeding()), [], -math.inf, math.inf, None
        events = [*self.candidates(rates, clock), (None, None, 24.0 * self.lived, None, None)]
        for number, day, when, strength, kind in events:
            while due < when:
                source, generation, migraine = last
                last = (source, generation + 1, migraine)
                out.append((*self.episode(due, source, generation + 1), migraine))
                end, due = out[-1][1], out[-1][3]
            if number is None or when < end:
                continue
            tired = self.p["refractoriness"] * math.exp(-(when - end) / self.shared.refractory_time)
            if strength < self.ratio[day] * (1.0 - tired):
                last = (number, 0, bool(kind < self.p["migraine_share"]))
                out.append((*self.episode(when, number, 0), last[2]))
                end, due = out[-1][1], out[-1][3]
        return out

    def diary(self, clock):
        """Return the columns of the diary."""
        s, days, warm = self.shared, self.lived + 6, self.shared.warm_up
        hours = {name: np.zeros(days) for name in ("window", "migraine_window", "migraine_hours")}
        counts = {name: np.zeros(days, int) for name in ("severity", "attacks", "periods", "episodes")}
        last_end, period = -math.inf, -math.inf
        for start, end, grade, _, rise, fall, migraine in self.episodes(clock):
            cuts = [start, *(24.0 * d for d in range(days) if start < 24.0 * d < end), end]
            for low, high in pairwise(cuts):
                day = int(low // 24.0)
                inside = max(min(high, 24.0 * day + s.window_end) - max(low, 24.0 * day + s.window_start), 0.0)
                hours["window"][day] += inside
                worst = grade if len(cuts) == 2 else _worst(low - start, high - start, grade, end - start, rise, fall)
                counts["severity"][day] = max(counts["severity"][day], worst)
                if migraine:
                    hours["migraine_window"][day] += inside
                    hours["migraine_hours"][day] += high - low
            if migraine:
                day = int(start // 24.0)
                counts["episodes"][day] += 1
                counts["attacks"][day] += start - last_end >= s.attack_gap
                last_end = end
                if start >= period + s.period:
                    period = start
                    counts["periods"][day] += 1
                while end > period + s.period + 1e-3:
                    period += s.period
                    counts["periods"][int(period // 24.0)] += 1
        kept = slice(warm, self.lived)
        columns = {name: values[kept] for name, values in counts.items()}
        columns["headache"] = hours["window"][kept] >= s.shortest
        columns["migraine"] = hours["migraine_window"][kept] >= s.shortest
        columns["migraine_hours"] = hours["migraine_hours"][kept]
        columns["menses"] = np.maximum(self.bleeding()[kept], 0)
        columns["rescue"] = (self.series(RESCUE, DAYS) < s.rescue) & columns["migraine"]
        columns["missing"] = self.missing(columns["headache"], columns["severity"])
        return columns

    def missing(self, headache, severity):
        """Return the days left out."""
        s, out, odds = self.shared, [], self.p["missing"] / (1.0 - self.p["missing"])
        for day, u in enumerate(self.series(MISSING, DAYS)):
            today = odds * self.calendar.odds[day] * (s.odds_headache if headache[day] else 1.0)
            today *= s.odds_severe if headache[day] and severity[day] == 3 else 1.0
            chance = today / (1.0 + today)
            if day > 0:
                chance = chance + s.streak * (1.0 - chance) if out[-1] else chance * (1.0 - s.streak)
            out.append(u < chance)
        return np.array(out)


def _cut(u, mean, most):
    return -mean * math.log(1.0 - u * (1.0 - math.exp(-most / mean)))


def _worst(low, high, grade, length, rise, fall):
    """Return the worst pain between two moments of an episode: mild, half-way to the peak moderate, the peak."""
    if high > rise and low < fall:
        return grade
    if grade < 3:
        return 1
    return 2 if (low < 0.5 * (fall + length) if low >= fall else high > 0.5 * rise) else 1


@pytest.mark.parametrize("missing", ["free_days", "bad_days"])
def test_days_are_those_of_the_plain_reading(missing):
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(9, "oracle")
    uniforms = streams.uniforms("people", range(1), range(PEOPLE), patient_traits.LUCK)
    people = patient_traits.draw(params, -1.0, uniforms, streams.key("days", 0)[None])
    ratio = np.where(np.arange(DAYS) < START, 1.0, 0.7) * np.ones((1, PEOPLE, 1))
    upstream = process.DiaryInput(ratio, people, np.full((1, PEOPLE), -0.3), START)
    options = DiaryOptions(attack_rule="free_gap", missing_depends_on=missing)
    days = process.run(params, upstream, options)
    patients, shared = process._patients(params, upstream, options), process._shared(params, options)
    calendar, clock = (
        process._calendar(params, upstream, options, DAYS),
        process.clock(params.peak_time, params.peak_to_trough),
    )
    for row in range(PEOPLE):
        plain = Person(row, params, calendar, patients, shared, ratio[0, row]).diary(clock)
        for name, wanted in plain.items():
            got = days[name][0, row]
            if name == "migraine_hours":
                assert got == pytest.approx(wanted, abs=2e-3), (row, name)
            else:
                assert np.array_equal(got, wanted), (row, name)
