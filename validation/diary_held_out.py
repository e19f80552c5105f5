"""Cohorts that the diary was never fitted to: who enters, what is predicted, and the predictions.

    python validation/diary_scoring.py   # writes the predictions, before what was published stands beside them

Frames, entry rules and scoring were written before any of it was run: docs/validation/diary_months.md; their numbers
stand in diary_held_out.toml. A cohort is a function that returns a pool of its eligible people, column by column;
studies of the published size are drawn from the pool.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary import frames
from leao.diary.params import DiaryNumbers
from validation import diary_cohorts as cohorts
from validation import diary_months as months
from validation import fit_diary as fit

Array = NDArray[np.float64]
Pool = dict[str, Array]
MONTH, QUARTER = months.MONTH, months.QUARTER
FORTNIGHT, PER_YEAR = 14, 13
SEED, WIDE_SEED = 31_000, 32_000
rules = months.rules


class Setting(NamedTuple):
    """A draw of the diary's numbers with all frames, and the seed to simulate it with."""

    params: DiaryNumbers
    frames: Mapping[str, frames.Frame]
    seed: int

    def job(self, frame: str, people: int) -> cohorts.Job:
        """Return the job to simulate people of ``frame``."""
        return cohorts.Job(self.params, self.frames[frame], people, self.seed)


def joined(headache: NDArray, offered: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return people and the months after which they join: with a chance in proportion to a month's headache days.

    As many join as there are candidates; who has more bad months joins more often.
    """
    weight = _monthly(headache[:, : offered * MONTH])
    drawn = rng.choice(weight.size, len(weight), p=(weight / weight.sum()).ravel())
    return drawn // offered, drawn % offered


def month_12(now: Setting) -> Pool:
    """Return usual care at baseline and in months 3 and 12."""
    return months.care_months(now.job("primary_care", 3000), months.TO_MONTH_12)._asdict()


def app(now: Setting) -> Pool:
    """Return headache days of the first and the last month in an app that people start after a bad month."""
    offered, recorded = rules()["app"]["offered_months"], rules()["app"]["recorded_months"]
    headache = cohorts.simulate(now.job("population", 6000), (offered + recorded) * MONTH)["headache"]
    person, month = joined(headache, offered, np.random.default_rng(now.seed))
    counts = _monthly(headache)
    return {"first": counts[person, month + 1], "last": counts[person, month + recorded]}


def panel(now: Setting) -> Pool:
    """Return headache days per 28 in the waves of a panel, each the mean of a quarter."""
    waves = rules()["panel"]["waves"]
    headache = cohorts.simulate(now.job("population", 12_000), waves * QUARTER)["headache"]
    means = headache.reshape(len(headache), waves, QUARTER).sum(axis=2, dtype=np.float64) * MONTH / QUARTER
    means = means[means[:, 0] >= rules()["panel"]["least_days"]]
    return {f"wave_{place}": means[:, place] for place in range(waves)}


def antibody(now: Setting) -> Pool:
    """Return migraine days of the baseline month and of month 3 on placebo."""
    days = cohorts.simulate(now.job("strive", 4000), QUARTER + MONTH + 3 * MONTH, QUARTER + MONTH)
    migraine, headache = _monthly(days["migraine"]), _monthly(days["headache"])
    (low, high), most = rules()["antibody"]["migraine_days"], rules()["antibody"]["headache_days"]
    past, before = migraine[:, :3].mean(axis=1), migraine[:, 3]
    use = (np.minimum(past, before) >= low) & (np.maximum(past, before) <= high)
    use &= np.maximum(headache[:, :3].mean(axis=1), headache[:, 3]) < most
    return {"before": before[use], "month_3": migraine[use, 6]}


def fortnights(now: Setting) -> Pool:
    """Return headache days of the first and the second fortnight of recording, begun after a bad month."""
    offered = rules()["fortnights"]["offered_months"]
    headache = cohorts.simulate(now.job("clinic", 4000), (offered + 1) * MONTH)["headache"]
    person, month = joined(headache, offered, np.random.default_rng(now.seed))
    halves = headache.reshape(len(headache), -1, FORTNIGHT).sum(axis=2, dtype=np.float64)
    return {"first": halves[person, 2 * month + 2], "second": halves[person, 2 * month + 3]}


def usual_care(now: Setting) -> Pool:
    """Return attacks and migraine days at baseline and in weeks 17 to 20, without treatment."""
    return _course(months.course(now.job("waiting", 5000), 5))


def sham(now: Setting) -> Pool:
    """Return the same on sham."""
    return _course(months.course(now.job("sham", 5000), 5))


def _course(course: months.Course) -> Pool:
    return {
        "attacks": course.attacks[:, 0], "attacks_5": course.attacks[:, 5],
        "days": course.migraine[:, 0], "days_5": course.migraine[:, 5],
    }  # fmt: skip


def norway(now: Setting) -> Pool:
    """Return migraine days per 28 at baseline, over twelve weeks of placebo and in the month after."""
    days = cohorts.simulate(now.job("migr", 5000), MONTH + QUARTER + MONTH, MONTH)
    migraine, attacks = _monthly(days["migraine"]), _monthly(days["attacks_free_gap"])[:, 0]
    low, high = rules()["norway"]["attacks"]
    use = (attacks >= low) & (attacks <= high)
    return {"before": migraine[use, 0], "twelve": migraine[use, 1:4].mean(axis=1), "after": migraine[use, 4]}


def _monthly(days: NDArray) -> Array:
    return days.reshape(len(days), -1, MONTH).sum(axis=2, dtype=np.float64)


def _spread(change: Array) -> float:
    return float(change.std(ddof=1)) if change.size > 1 else np.nan


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else np.nan


def of_month_12(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    changes = months.changes(pool["baseline"], pool["month_12"])
    both = np.isfinite(pool["month_3"]) & np.isfinite(pool["month_12"])
    later = np.corrcoef(pool["month_3"][both], pool["month_12"][both])[0, 1]
    return {name: changes[name] for name in ("change", "sd_few", "sd_many")} | {"correlation": float(later)}


def of_app(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    first, last = pool["first"], pool["last"]
    chronic = first >= months.CHRONIC
    return {
        "first": _mean(first), "first_sd": _spread(first), "last": _mean(last), "last_sd": _spread(last),
        "change_episodic": _mean((last - first)[~chronic]), "change_chronic": _mean((last - first)[chronic]),
    }  # fmt: skip


def of_panel(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    chronic = np.stack(list(pool.values()), axis=1) >= months.CHRONIC
    begins, ever, never_less = chronic[:, 0], np.any(chronic[:, 1:], axis=1), np.all(chronic[:, 1:], axis=1)
    return {
        "turn_chronic": 100.0 * _mean(ever[~begins].astype(float)),
        "turn_episodic": 100.0 * _mean((~never_less[begins]).astype(float)),
    }


def of_antibody(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    change = pool["month_3"] - pool["before"]
    return {"before_sd": _spread(pool["before"]), "change": _mean(change), "change_sd": _spread(change)}


def of_fortnights(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    change = pool["second"] - pool["first"]
    correlation = float(np.corrcoef(pool["first"], pool["second"])[0, 1])
    return {"change": _mean(change), "change_sd": _spread(change), "correlation": correlation}


def of_course(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    return {f"{name}_sd": _spread(pool[f"{name}_5"] - pool[name]) for name in ("attacks", "days")}


def of_norway(pool: Pool) -> dict[str, float]:
    """Return the figures of the cohort."""
    twelve, after = _spread(pool["twelve"]), _spread(pool["after"])
    return {"before_sd": _spread(pool["before"]), "twelve_sd": twelve, "after_sd": after, "ratio": after / twelve}


class Cohort(NamedTuple):
    """A held-out cohort: its pool of eligible people, its figures, how many the study had."""

    pool: Callable[[Setting], Pool]
    figures: Callable[[Pool], dict[str, float]]
    people: int


@cache
def held_out() -> dict[str, Cohort]:
    """Return the held-out cohorts."""
    known = int(np.isfinite(months.real().month_12).sum())
    size = {name: row["people"] for name, row in rules().items() if "people" in row}
    return {
        "month_12": Cohort(month_12, of_month_12, known),
        "app": Cohort(app, of_app, size["app"]),
        "panel": Cohort(panel, of_panel, size["panel"]),
        "antibody": Cohort(antibody, of_antibody, size["antibody"]),
        "fortnights": Cohort(fortnights, of_fortnights, size["fortnights"]),
        "usual_care": Cohort(usual_care, of_course, size["usual_care"]),
        "sham": Cohort(sham, of_course, rules()["usual_care"]["people_sham"]),
        "norway": Cohort(norway, of_norway, size["norway"]),
    }


def studies(cohort: Cohort, settings: list[Setting]) -> dict[str, Array]:
    """Return the figures of simulated studies of the published size, a few for each setting."""
    simulated_studies: list[dict[str, float]] = []
    for now in settings:
        pool, rng = cohort.pool(now), np.random.default_rng([now.seed, 1])
        eligible = len(next(iter(pool.values())))
        if eligible < 2 * FORTNIGHT:  # numbers under which hardly anybody enters
            continue
        for _ in range(rules()["scoring"]["replicates"]):
            drawn = rng.integers(0, eligible, cohort.people)
            simulated_studies.append(cohort.figures({name: column[drawn] for name, column in pool.items()}))
    return {name: np.array([study[name] for study in simulated_studies]) for name in simulated_studies[0]}


def drawn_setting(point: Array, seed: int) -> Setting:
    """Return the numbers that a point of natural numbers stands for, with a seed to simulate them."""
    params, by_cohort = fit.setting(point)
    return Setting(params, by_cohort, seed)


def ensemble() -> list[Setting]:
    """Return the draws of the fit's ensemble."""
    drawn = json.loads(fit.RESULT.read_text(encoding="utf-8"))["ensemble"]
    return [drawn_setting(np.array(point), SEED + place) for place, point in enumerate(drawn)]


def whole_range(n: int) -> list[Setting]:
    """Return settings from the whole range of every fitted number, as before the fit."""
    points = fit.from_unit(fit.latin(n, np.random.default_rng(WIDE_SEED)))
    return [drawn_setting(point, WIDE_SEED + place) for place, point in enumerate(points)]


@cache
def predictions() -> dict[str, dict[str, Array]]:
    """Return the predictive draws of every figure of every held-out cohort."""
    by_cohort = {name: studies(cohort, ensemble()) for name, cohort in held_out().items()}
    change = by_cohort["antibody"]["change"]
    between = np.random.default_rng(SEED).standard_normal(change.size)
    by_cohort["antibody"]["change"] = change + rules()["scoring"]["between_trials_sd"] * between
    return by_cohort


@cache
def wide() -> dict[str, dict[str, float]]:
    """Return the width of the 90 % interval of every figure before the fit."""
    settings = whole_range(60)
    by_cohort = {name: studies(cohort, settings) for name, cohort in held_out().items()}
    return {
        name: {figure: width(values) for figure, values in statistics.items()} for name, statistics in by_cohort.items()
    }


def width(values: Array) -> float:
    """Return the width of the interval from 5 to 95 %."""
    low, high = np.nanquantile(values, [0.05, 0.95])
    return float(high - low)
