"""The kernel against a plain reading of its law, day by day and event by event, from the same random numbers.

Which bits of which word serve what is said in ``kernels/lanes.py`` and ``kernels/hazard.py``, and said again here.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import ndtri

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import dials, patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.cross

DAYS, PEOPLE, START = 56, 40, 28
CANDIDATE, EPISODE, DAY, RESCUE, CYCLE, WEEK, COURSE = 0, 1, 1001, 1003, 1004, 1006, 2001  # last number of a counter
TABLE = 0xFFF  # the last twelve bits of a word look something up


def philox(key, counter):
    """Return the four words of Philox4x32 with seven rounds (Salmon, Moraes, Dror, Shaw 2011)."""
    (k0, k1), (x0, x1, x2, x3) = key, counter
    for _ in range(7):
        p0, p1 = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ x3 ^ k1, p0 & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return x0, x1, x2, x3


def unit(word, bits):
    """Return the middle of the share of U(0, 1) that the first ``bits`` bits of a word stand for."""
    return ((word >> (32 - bits)) + 0.5) / 2.0**bits


class Person:
    """One patient, worked out event after event, in hours since the first day lived."""

    def __init__(self, row, params, calendar, patients, shared, ratio):
        self.calendar, self.shared = calendar, shared
        self.p = {name: value[row] for name, value in patients._asdict().items()}
        self.dials = dials.looked_up(
            params.peak_time, params.peak_to_trough, params.duration_median, params.duration_within
        )
        self.ratio = np.concatenate([np.ones(shared.warm_up), ratio])
        self.stop = shared.warm_up + DAYS
        self.days = [self.words(day // 2, 0, DAY)[2 * (day % 2) :] for day in range(self.stop)]  # two words a day

    def words(self, first, second, block):
        """Return the four words of counter (identity, first, second, block)."""
        return philox([int(k) for k in self.p["key"]], (int(self.p["identity"]), first, second, block))

    def normal(self, bits):
        """Return a standard normal number by twelve bits."""
        return float(self.dials.normal[bits & TABLE])

    def bleeding(self):
        """Return 1 to 5 on the days of bleeding, -2 and -1 before."""
        marks, s = np.zeros(self.stop, int), self.shared
        if self.p["cycle"] <= 0.0:
            return marks
        first, cycle = int(self.p["phase"] * self.p["cycle"]), 0
        while first - s.days_before < self.stop:
            for day in range(max(first - s.days_before, 0), min(first + s.bleeding, self.stop)):
                marks[day] = day - first if day < first else day - first + 1
            words = self.words(cycle // 8, 0, CYCLE)  # their last halves, then their first
            z = self.normal(words[cycle % 4] >> (16 if cycle % 8 >= 4 else 0))
            first, cycle = first + max(int(self.p["cycle"] + s.cycle_sd * z + 0.5), 10), cycle + 1
        return marks

    def rates(self, bleeding):
        """Return candidates a day."""
        s, words = self.shared, self.words(0, 0, WEEK)
        z = [self.normal(words[k // 2] >> (16 * (k % 2))) for k in range(8)]
        x, rates = z[7], []
        for day in range(self.stop):
            x = s.drift_memory * x + math.sqrt(12.0 * (1.0 - s.drift_memory**2)) * (unit(self.days[day][1], 16) - 0.5)
            weekday = (day - s.warm_up) % 7
            log = self.p["log_rate"] + self.calendar.week[weekday] + s.week_sd * z[weekday] - 0.5 * s.week_sd**2
            log += self.p["drift_sd"] * x
            if self.p["cycle"] > 0.0:
                place = bleeding[day]
                during = 0 < place <= s.days_during
                log += s.cycle_before if place < 0 else s.cycle_during if during else s.cycle_else
            reached = self.calendar.ramp[day - s.warm_up] if day >= s.warm_up else 0.0
            rates.append(min(math.exp(log + self.p["shift"] * reached), 100.0))
        return rates

    def candidates(self, rates):
        """Yield (number, day, hour, words) of each candidate: a Poisson number a day, its hours in order."""
        for day, rate in enumerate(rates):
            u, count, term = (self.days[day][0] >> 8) / 2.0**24, 0, math.exp(-rate)
            below = term
            while u >= below:
                count += 1
                term *= rate / count
                below += term
            drawn = [(day << 8 | place, self.words(day << 8 | place, 0, CANDIDATE)) for place in range(count)]
            hours = sorted(float(self.dials.clock[words[0] & TABLE]) for _, words in drawn)
            for hour, (number, words) in zip(hours, drawn, strict=True):
                yield number, day, 24.0 * day + hour, words

    def episode(self, start, origin, drawn):
        """Return (start, end, grade, when due again, peak from, peak to) of an episode.

        ``drawn``: bits of the length, U(0, 1) of whether and when it recurs and of the grade.
        """
        s, (bits, recurs, delay, latent) = self.shared, drawn
        grade = 1 if latent < self.p["mild_below"] else 3 if latent > self.p["severe_above"] else 2
        length = float(self.dials.length[bits & TABLE]) * self.p["length"]
        length = min(max(length * {1: s.duration_mild, 2: 1.0, 3: s.duration_severe}[grade], 1.0), 72.0)
        due = start + length - s.recurrence_delay * math.log(delay) if recurs < s.recurrence_probability else math.inf
        rise, fall = 0.0, length
        if grade > 1:
            first, second, _, _ = self.words(origin[0], origin[1], COURSE)
            rise = _cut(unit(first, 32), s.pain_rise, 0.5 * length)
            fall = rise + _cut(unit(second, 32), s.pain_peak, length - rise)
        return start, start + length, grade, due, rise, fall

    def episodes(self):
        """Return all episodes that begin before the end, each with whether it is migraine."""
        rates, out, end, due, last = self.rates(self.bleeding()), [], -math.inf, math.inf, None
        for number, day, when, words in [*self.candidates(rates), (None, None, 24.0 * self.stop, None)]:
            while due < when:
                source, generation, migraine = last
                last = (source, generation + 1, migraine)
                w = self.words(last[0], last[1], EPISODE)
                drawn = (w[0], unit(w[1], 32), unit(w[2], 32), unit(w[3], 32))
                out.append((*self.episode(due, last[:2], drawn), migraine))
                end, due = out[-1][1], out[-1][3]
            if number is None or when < end:
                continue
            tired = math.exp((self.p["deepest"] - (when - end)) / self.shared.refractory_time)
            if unit(words[0], 20) < self.ratio[day] * (1.0 - tired):
                last = (number, 0, (words[1] & 0xFFFF) / 2.0**16 < self.p["migraine_share"])
                drawn = (words[2], (words[1] >> 16) / 2.0**16, unit(words[3], 24), (words[2] >> 12) / 2.0**20)
                out.append((*self.episode(when, last[:2], drawn), last[2]))
                end, due = out[-1][1], out[-1][3]
        return out

    def diary(self):
        """Return the columns of the diary."""
        s, days, warm = self.shared, self.stop + 6, self.shared.warm_up
        hours = {name: np.zeros(days) for name in ("window", "migraine_window", "migraine_hours")}
        counts = {name: np.zeros(days, int) for name in ("severity", "attacks", "periods", "episodes")}
        last_end, period = -math.inf, -math.inf
        for start, end, grade, _, rise, fall, migraine in self.episodes():
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
        kept = slice(warm, self.stop)
        columns = {name: values[kept] for name, values in counts.items()}
        columns["headache"] = hours["window"][kept] >= s.shortest
        columns["migraine"] = hours["migraine_window"][kept] >= s.shortest
        columns["migraine_hours"] = hours["migraine_hours"][kept]
        columns["menses"] = np.maximum(self.bleeding()[kept], 0)
        taken = [(self.words(day // 4, 0, RESCUE)[day % 4] >> 8) / 2.0**24 < s.rescue for day in range(DAYS)]
        columns["rescue"] = np.array(taken) & columns["migraine"]
        columns["missing"] = self.missing(columns["headache"], columns["severity"])
        return columns

    def missing(self, headache, severity):
        """Return the days left out."""
        s, out = self.shared, []
        for day in range(DAYS):
            first, second = self.days[s.warm_up + day][:2]
            u = ((second & 0xFFFF) << 8 | first & 0xFF) / 2.0**24
            today = self.p["missing_odds"] * self.calendar.odds[day % 7] * (s.odds_headache if headache[day] else 1.0)
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
    calendar = process._calendar(params, upstream, options, DAYS)
    for row in range(PEOPLE):
        plain = Person(row, params, calendar, patients, shared, ratio[0, row]).diary()
        for name, wanted in plain.items():
            got = days[name][0, row]
            if name == "migraine_hours":
                assert got == pytest.approx(wanted, abs=2e-3), (row, name)
            else:
                assert np.array_equal(got, wanted), (row, name)


def test_what_is_looked_up_is_the_quantile_at_the_middle_of_each_share():
    params = ledger.params(ledger.read("diary"), DiaryNumbers)
    table = dials.looked_up(params.peak_time, params.peak_to_trough, params.duration_median, params.duration_within)
    middle = (np.arange(TABLE + 1) + 0.5) / (TABLE + 1)
    assert table.normal == pytest.approx(ndtri(middle), rel=2e-4, abs=1e-6)  # stretched to a variance of 1
    assert np.mean(np.square(table.normal, dtype=float)) == pytest.approx(1.0, abs=1e-6)
    lengths = np.log(table.length / params.duration_median)
    assert lengths == pytest.approx(params.duration_within * table.normal, abs=1e-5)
    clock = dials.clock(params.peak_time, params.peak_to_trough)
    spent = np.interp(table.clock / 24.0, clock, np.linspace(0.0, 1.0, clock.size))
    assert spent == pytest.approx(middle, abs=1e-6)
