"""Counts of single months: usual care in primary care, waiting lists and sham, real and simulated alike.

Used by fit_diary.py and diary_page.py; what is a target and what is held out stands in
docs/validation/diary_months.md. Real months: data/vickers2004 (196 patients, three months of 28 days).
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from validation import diary_cohorts as cohorts

Array = NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "vickers2004" / "usual_care.csv"
MONTH, WEEK, QUARTER = cohorts.MONTH, 7, 84
CHRONIC = 15  # headache days per 28
TO_MONTH_3, TO_MONTH_12 = 91, 364  # days from randomisation to the end of the month recorded


class Months(NamedTuple):
    """Headache days of 28 in the months of a cohort, NaN where not recorded."""

    baseline: Array
    month_3: Array
    month_12: Array


@cache
def rules() -> dict[str, Any]:
    """Return the numbers of the entry rules."""
    return tomllib.loads((ROOT / "docs" / "validation" / "diary_held_out.toml").read_text(encoding="utf-8"))


@cache
def _rows() -> list[dict[str, float]]:
    with DATA.open(encoding="utf-8") as file:
        return [
            {name: float(text) if text else np.nan for name, text in row.items() if name}
            for row in csv.DictReader(file)
        ]


@cache
def real() -> Months:
    """Return the real months of usual care."""
    return Months(*(np.array([row[f"days_{name}"] for row in _rows()]) for name in Months._fields))


@cache
def points_per_day() -> float:
    """Return the score that a headache day brings on average: the weekly score of four weeks over their days."""
    score, days = (np.array([row[name] for row in _rows()]) for name in ("score_baseline", "days_baseline"))
    return float(score.sum() * MONTH / WEEK / days.sum())


def care_statistics(months: Months) -> dict[str, float]:
    """Return what is fitted of usual care: the month of baseline, and month 3 against it."""
    before = months.baseline
    statistics = {
        "days": float(np.nanmean(before)),
        "days_sd": float(np.nanstd(before, ddof=1)),
        "every_day": float(100.0 * (before >= MONTH).mean()),
    }
    return statistics | {f"{name}_3": value for name, value in changes(before, months.month_3).items()}


def changes(before: Array, after: Array) -> dict[str, float]:
    """Return mean, SD (few and many days) and correlation of one month against another.

    Those with headache every day at first are left out of both SDs: their month cannot rise.
    """
    both = np.isfinite(before) & np.isfinite(after)
    before, after = before[both], after[both]
    change = after - before
    few, many = before < CHRONIC, (before >= CHRONIC) & (before < MONTH)
    return {
        "change": float(change.mean()),
        "sd_few": float(change[few].std(ddof=1)),
        "sd_many": float(change[many].std(ddof=1)),
        "correlation": float(np.corrcoef(before, after)[0, 1]),
    }


def resampled(months: Months, rng: np.random.Generator) -> Months:
    """Return the months of as many patients, drawn with replacement."""
    drawn = rng.integers(0, len(months.baseline), len(months.baseline))
    return Months(*(values[drawn] for values in months))


def care_months(job: cohorts.Job, last: int) -> Months:
    """Return the months of simulated patients who enter by their score in the baseline month, up to day ``last``.

    Days of a month count whatever their severity; a day's points follow its worst pain.
    """
    days = cohorts.simulate(job, MONTH + last, MONTH)
    headache = days["headache"].astype(np.float64)
    points = headache[:, :MONTH] * days["severity"][:, :MONTH]
    per_day = points_per_day() * headache[:, :MONTH].sum() / max(points.sum(), 1.0)
    weekly = per_day * points.sum(axis=1) * WEEK / MONTH
    use = weekly >= rules()["primary_care"]["entry_score"]
    ends = [MONTH, MONTH + TO_MONTH_3, MONTH + min(TO_MONTH_12, last)]
    return Months(*(headache[use, end - MONTH : end].sum(axis=1) for end in ends))


def primary_care(job: cohorts.Job) -> dict[str, float]:
    """Return the statistics of simulated usual care."""
    return care_statistics(care_months(job, TO_MONTH_3))


class Course(NamedTuple):
    """Months of patients on a waiting list or on sham: those eligible."""

    attacks: Array  # (patient, month): the baseline month, then months of treatment
    bad_days: Array  # days of moderate or severe headache
    migraine: Array


def course(job: cohorts.Job, months: int) -> Course:
    """Return the months of those with 2 to 8 attacks in the baseline month and on average in the three before."""
    past = QUARTER // MONTH
    days = cohorts.simulate(job, QUARTER + MONTH + months * MONTH, QUARTER + MONTH)
    bad = (days["headache"] > 0) & (days["severity"] >= 2)
    attacks, bad_days, migraine = (_monthly(values) for values in (days["attacks_free_gap"], bad, days["migraine"]))
    low, high = rules()["usual_care"]["attacks"]
    history, before = attacks[:, :past].mean(axis=1), attacks[:, past]
    use = (np.minimum(history, before) >= low) & (np.maximum(history, before) <= high)
    return Course(attacks[use, past:], bad_days[use, past:], migraine[use, past:])


def waiting(job: cohorts.Job) -> dict[str, float]:
    """Return the statistics of a waiting list (the job's frame) and of sham (its second)."""
    statistics = {}
    arms = {"wait": job, "sham": job._replace(frame=job.second or job.frame)}
    for name, arm in arms.items():
        months = course(arm, 4)
        if name == "wait":
            statistics = {"art_days": months.bad_days[:, 0].mean(), "art_days_sd": months.bad_days[:, 0].std(ddof=1)}
        for trial, counts, month in (("art", months.bad_days, 3), ("zhao", months.attacks, 4)):
            change = counts[:, month] - counts[:, 0]
            statistics |= {f"{trial}_{name}_change": change.mean(), f"{trial}_{name}_sd": change.std(ddof=1)}
    return {name: float(value) for name, value in statistics.items()}


def _monthly(days: NDArray) -> Array:
    return days.reshape(len(days), -1, MONTH).sum(axis=2, dtype=np.float64)
