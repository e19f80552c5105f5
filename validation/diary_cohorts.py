"""Published cohorts and real diaries as statistics, and the same statistics of simulated patients.

Used by validation/fit_diary.py and validation/diary_page.py. Every statistic of the real clinic's diaries is taken
on series that carry the real pattern of recorded days: odds ratios of short series are biased, the same on both sides.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import frames, patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

Array = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[1] / "data" / "kosteckidillon" / "KosteckiDillon.csv"
MONTH, FORTNIGHT = 28, 14
GROUPS = ((0.0, 8.0), (8.0, 15.0), (15.0, 28.1))  # headache days per 28: low, middle, high
UNKNOWN = 2
COMPLETE = DiaryOptions(missing_entries=False, missing_depends_on="nothing")


@cache
def real() -> NDArray[np.int8]:
    """Return the real diaries (patient, day): 1 headache, 0 none, 2 not recorded."""
    with DATA.open(encoding="utf-8") as file:
        rows = [(int(row["id"]), int(row["time"]), row["headache"] == "yes") for row in csv.DictReader(file)]
    people = sorted({person for person, _, _ in rows})
    first = {person: min(time for who, time, _ in rows if who == person) for person in people}
    length = max(time - first[person] for person, time, _ in rows) + 1
    days = np.full((len(people), length), UNKNOWN, dtype=np.int8)
    for person, time, headache in rows:
        days[people.index(person), time - first[person]] = headache
    return days


def clinic_statistics(days: NDArray[np.int8]) -> dict[str, float]:
    """Return the statistics of diaries (patient, day) with 2 where nothing was recorded."""
    seen = days < UNKNOWN
    yes = (days == 1).sum(axis=1)
    rate = MONTH * yes / seen.sum(axis=1)
    statistics = {
        "mean": rate.mean(),
        "sd": rate.std(ddof=1),
        **{f"q{q}": np.quantile(rate, q / 100) for q in (25, 50, 75)},
        "every_day": 100.0 * (yes == seen.sum(axis=1)).mean(),
    }
    lags = {lag: pairs(days, lag) for lag in (1, 2, 3)}
    statistics |= {f"or_lag{lag}": odds_ratio(table) for lag, table in lags.items()}
    statistics["p01"], statistics["p11"] = follow(lags[1])
    for name, (low, high) in zip(("low", "middle", "high"), GROUPS, strict=True):
        in_band = (rate >= low) & (rate < high)
        statistics[f"or_{name}"] = odds_ratio(lags[1][in_band])
        statistics[f"p01_{name}"], statistics[f"p11_{name}"] = follow(lags[1][in_band])
        statistics[f"spread_{name}"] = overdispersion(days[in_band])
    for name, value in (("headache", 1), ("free", 0)):
        lengths = runs(days, value)
        statistics[f"run_{name}"] = lengths.mean() if lengths.size else np.nan
        statistics[f"one_{name}"] = 100.0 * (lengths == 1).mean() if lengths.size else np.nan
    return {name: float(value) for name, value in statistics.items()}


def pairs(days: NDArray[np.int8], lag: int) -> Array:
    """Return per patient the numbers of day pairs 00, 01, 10, 11 that lie ``lag`` days apart, (patient, 4)."""
    earlier, later = days[:, :-lag], days[:, lag:]
    known = (earlier < UNKNOWN) & (later < UNKNOWN)
    kind = 2 * earlier + later
    return np.stack([(known & (kind == k)).sum(axis=1) for k in range(4)], axis=1).astype(np.float64)


def odds_ratio(table: Array) -> float:
    """Return the Mantel-Haenszel odds ratio over patients of tables 00, 01, 10, 11."""
    n = np.maximum(table.sum(axis=1), 1.0)
    under = (table[:, 1] * table[:, 2] / n).sum()
    return float((table[:, 0] * table[:, 3] / n).sum() / under) if under > 0 else np.nan


def follow(table: Array) -> tuple[float, float]:
    """Return P(headache | none the day before) and P(headache | headache the day before), pooled."""
    total = table.sum(axis=0)
    return float(total[1] / max(total[0] + total[1], 1)), float(total[3] / max(total[2] + total[3], 1))


def overdispersion(days: NDArray[np.int8]) -> float:
    """Return the variance of 14-day counts within patients over the binomial one; whole fortnights only."""
    whole = days.shape[1] // FORTNIGHT
    cut = days[:, : whole * FORTNIGHT].reshape(len(days), whole, FORTNIGHT)
    full = (cut < UNKNOWN).all(axis=2)
    n = full.sum(axis=1)
    count = np.where(full, (cut == 1).sum(axis=2), 0).astype(np.float64)
    mean = count.sum(axis=1) / np.maximum(n, 1)
    squares = np.where(full, (count - mean[:, None]) ** 2, 0.0).sum(axis=1)
    share = mean / FORTNIGHT
    expected = (n - 1) * FORTNIGHT * share * (1.0 - share)
    use = n > 1
    return float(squares[use].sum() / expected[use].sum()) if expected[use].sum() > 0 else np.nan


def runs(days: NDArray[np.int8], value: int) -> NDArray[np.intp]:
    """Return the lengths of complete runs: both neighbours recorded, and of the other kind."""
    edge = np.full((len(days), 1), UNKNOWN, dtype=days.dtype)
    flat = np.concatenate([edge, days, edge], axis=1).ravel()
    starts = np.flatnonzero(np.diff(flat)) + 1
    starts = np.concatenate([[0], starts])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))
    kind = flat[starts]
    inner = slice(1, -1)
    other = 1 - value
    whole = (kind[inner] == value) & (kind[:-2] == other) & (kind[2:] == other)
    return lengths[inner][whole]


class Job(NamedTuple):
    """How to simulate a cohort: the diary's numbers, its frame, how many people, which luck."""

    params: DiaryNumbers
    frame: frames.Frame
    people: int
    seed: int
    second: frames.Frame | None = None  # of another arm of the same trial


def simulate(job: Job, days: int, treatment_day: int | None = None) -> dict[str, NDArray]:
    """Return the daily arrays (person, day) of complete diaries without a drug."""
    streams = Streams(job.seed, "cohort")
    params = frames.applied(job.params, job.frame)
    uniforms = streams.uniforms("people", range(1), range(job.people), patient_traits.LUCK)
    people = patient_traits.draw(params, job.frame.log_rate, uniforms, streams.key("days", 0)[None])
    people = people._replace(log_rate=np.minimum(people.log_rate, params.every_day_rate))  # beyond it: every day
    start = days if treatment_day is None else treatment_day
    shift = patient_traits.placebo_shift(params, people, job.frame.placebo_shift)
    upstream = process.DiaryInput(np.ones((1, job.people, days)), people, shift, start)
    return {name: value[0] for name, value in process.run(params, upstream, COMPLETE).items()}


def clinic_diaries(job: Job) -> NDArray[np.int8]:
    """Return simulated diaries of the clinic's kind with the real pattern of days; ``people`` a multiple of 133."""
    pattern = np.tile(real(), (-(-job.people // len(real())), 1))[: job.people]
    days = simulate(job, pattern.shape[1])["headache"].astype(np.int8)
    return np.where(pattern < UNKNOWN, days, np.int8(UNKNOWN))


def clinic(job: Job) -> dict[str, float]:
    """Return the clinic's statistics."""
    return clinic_statistics(clinic_diaries(job))


HISTORY, TREATED = 3 * MONTH, 6 * MONTH


def _trial(job: Job) -> dict[str, NDArray]:
    return simulate(job, HISTORY + MONTH + TREATED, HISTORY + MONTH)


def _monthly(days: NDArray) -> Array:
    return days.reshape(len(days), -1, MONTH).sum(axis=2, dtype=np.float64)


def strive(job: Job) -> dict[str, float]:
    """Return a trial like STRIVE: 4 to 14 migraine days, under 15 headache days, in history and baseline."""
    days = _trial(job)
    migraine, headache = _monthly(days["migraine"]), _monthly(days["headache"])
    attacks = _monthly(days["attacks_free_gap"])
    past, before = migraine[:, :3].mean(axis=1), migraine[:, 3]
    use = (np.minimum(past, before) >= 4) & (np.maximum(past, before) <= 14)
    use &= np.maximum(headache[:, :3].mean(axis=1), headache[:, 3]) < 15
    after = migraine[use][:, -3:]
    change = after.mean(axis=1) - before[use]
    fall = after.mean(axis=1) / before[use]
    ends = migraine[use][:, 4:]
    return {
        "eligible": float(use.mean()),
        "mmd": float(before[use].mean()),
        "mmd_sd": float(before[use].std(ddof=1)),
        "headache_days": float(headache[use, 3].mean()),
        "attacks": float(attacks[use, 3].mean()),
        "change": float(change.mean()),
        "change_sd": float(change.std(ddof=1)),
        "first_month": float((ends[:, 0] - before[use]).mean()),
        "r50": float(100 * (fall <= 0.5).mean()),
        "r75": float(100 * (fall <= 0.25).mean()),
        "r100": float(100 * (fall <= 0.0).mean()),
        "monthly_sd": float(np.sqrt(after.var(axis=1, ddof=1).mean())),
    }


def migr(job: Job) -> dict[str, float]:
    """Return a trial like MIGR-001: 3 to 12 periods of 24 h in history and baseline."""
    days = _trial(job)
    periods = _monthly(days["attacks"])
    past, before = periods[:, :3].mean(axis=1), periods[:, 3]
    use = (np.minimum(past, before) >= 3) & (np.maximum(past, before) <= 12)
    after = periods[use][:, -3:].mean(axis=1)
    change = after - before[use]
    return {
        "eligible": float(use.mean()),
        "periods": float(before[use].mean()),
        "periods_sd": float(before[use].std(ddof=1)),
        "end": float(after.mean()),
        "end_sd": float(after.std(ddof=1)),
        "r50": float(100 * (after <= 0.5 * before[use]).mean()),
        "change_sd": float(change.std(ddof=1)),
        "change_sd_month": float((periods[use, 6] - before[use]).std(ddof=1)),
    }


def leiden(job: Job) -> dict[str, float]:
    """Return a headache centre's patients by headache days per 28: < 8, 8 to 14, 15 and more; migraine days of each."""
    days = simulate(job, MONTH)
    headache, migraine = (days[name].sum(axis=1, dtype=np.float64) for name in ("headache", "migraine"))
    statistics = {}
    for name, low, high in (("lfem", 0, 8), ("hfem", 8, 15), ("cm", 15, 29)):
        eligible = (headache >= low) & (headache < high) & (migraine > 0)
        statistics[f"{name}_share"] = float(100 * eligible.sum() / (migraine > 0).sum())
        statistics[f"{name}_mmd"] = float(migraine[eligible].mean())
        statistics[f"{name}_sd"] = float(migraine[eligible].std(ddof=1))
    statistics["mmd"], statistics["mmd_sd"] = float(migraine.mean()), float(migraine.std(ddof=1))
    return statistics


def ampp(job: Job) -> dict[str, float]:
    """Return headache days per 28 of people with migraine in the population."""
    headache = simulate(job, MONTH)["headache"].sum(axis=1, dtype=np.float64)
    return {"days": float(headache.mean()), "days_sd": float(headache.std(ddof=1))}


def armr(job: Job) -> dict[str, float]:
    """Return a registry's month-to-month changes of headache days."""
    months = _monthly(simulate(job, 3 * MONTH)["headache"])
    change = np.diff(months, axis=1)
    cross = (months[:, 1:] >= 15) != (months[:, :-1] >= 15)
    return {
        "within_1": float(100 * (np.abs(change) <= 1).mean()),
        "cross_15": float(100 * cross.mean()),
        "daily": float(100 * (months == MONTH).mean()),
    }


COHORTS = {"clinic": clinic, "strive": strive, "migr": migr, "leiden": leiden, "population": ampp, "registry": armr}


def hand_params() -> DiaryNumbers:
    """Return the ledger's diary as it stands."""
    return ledger.params(ledger.read("diary"), DiaryNumbers)
