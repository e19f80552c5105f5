"""Sections of the diary's page that score it: held-out cohorts, single months, the spread of changes, coverage."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.diary import frames
from leao.diary.options import DiaryOptions
from leao.trial import designs, placebo_response
from leao.trial.options import TrialOptions
from validation import diary_cohorts as cohorts
from validation import diary_held_out as held_out
from validation import diary_months as months
from validation import fit_diary as fit
from validation.page import cells, met, table

Array = NDArray[np.float64]
PREDICTIONS = Path(__file__).resolve().parents[1] / "docs" / "validation" / "diary_predictions.csv"
GRID = tuple(f"p{percent:02d}" for percent in range(101))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
rules = months.rules
TITLES = {
    "month_12": "Primary care: month 12 of the people whose baseline and month 3 are targets (vickers2004)",
    "app": "An app over half a year (raffaelli2021)",
    "panel": "Episodic and chronic within a year (serrano2017)",
    "antibody": "Placebo arms of CGRP-antibody trials, episodic, one month against one month",
    "fortnights": "First against second fortnight of recording",
    "usual_care": "Usual care (xu2020)",
    "sham": "Sham (xu2020)",
    "norway": "Norwegian crossover trials (jenssen2019)",
}
WORDS = {
    ("month_12", "change"): "change of headache days to month 12",
    ("month_12", "sd_few"): "SD of it, fewer than 15 days at baseline",
    ("month_12", "sd_many"): "SD of it, 15 to 27 days",
    ("month_12", "correlation"): "correlation of months 3 and 12",
    ("app", "first"): "headache days in the first month",
    ("app", "first_sd"): "SD of them",
    ("app", "last"): "headache days in month 7",
    ("app", "last_sd"): "SD of them",
    ("app", "change_episodic"): "change of those who begin with fewer than 15",
    ("app", "change_chronic"): "change of those who begin with 15 or more",
    ("panel", "turn_chronic"): "of those episodic at first, chronic in a later wave, %",
    ("panel", "turn_episodic"): "of those chronic at first, episodic in a later wave, %",
    ("antibody", "before_sd"): "SD of migraine days at baseline",
    ("antibody", "change"): "change to month 3",
    ("antibody", "change_sd"): "SD between patients of that change",
    ("fortnights", "change"): "change of headache days",
    ("fortnights", "change_sd"): "SD of it",
    ("fortnights", "correlation"): "correlation",
    ("usual_care", "attacks_sd"): "SD of the change of attacks, weeks 17 to 20",
    ("usual_care", "days_sd"): "SD of the change of migraine days",
    ("sham", "attacks_sd"): "SD of the change of attacks, weeks 17 to 20",
    ("sham", "days_sd"): "SD of the change of migraine days",
    ("norway", "before_sd"): "SD of migraine days, one month of baseline",
    ("norway", "twelve_sd"): "SD of migraine days, mean of twelve weeks of placebo",
    ("norway", "after_sd"): "SD of migraine days, one month after it",
    ("norway", "ratio"): "ratio of the last two: a month over twelve weeks",
}
NORUZZADEH_SD, NORUZZADEH_RANGE = 1.77, (1.39, 2.43)  # of the change on placebo: (1.7 - 0.3) / 2 / t(26) * sqrt(27)


class Score(NamedTuple):
    """A predicted figure beside what was published."""

    inside_50: bool
    inside_90: bool
    rank: float  # share of the predictive draws below the published figure


def score(grid: Array, value: float) -> Score:
    """Return how a published figure lies in its prediction, a grid of quantiles at equal steps from 0 to 1."""
    rank = float(np.interp(value, grid, np.linspace(0.0, 1.0, grid.size)))
    low, lower, _, upper, high = quantiles(grid)
    return Score(bool(lower <= value <= upper), bool(low <= value <= high), rank)


def quantiles(grid: Array) -> Array:
    """Return the quantiles that are printed, from a grid of quantiles."""
    return np.interp(QUANTILES, np.linspace(0.0, 1.0, grid.size), grid)


@cache
def published() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return what was published of the held-out cohorts; looked up after the predictions were printed."""
    by_figure: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rules().get("published", []):
        by_figure.setdefault((row["cohort"], row["figure"]), []).append(row)
    return by_figure


class Prediction(NamedTuple):
    """A prediction as it was printed before anything was looked up."""

    grid: Array  # its quantiles at 0, 1, ... 100 %
    cannot_fail: bool  # hardly narrower than before the fit


@cache
def printed() -> dict[tuple[str, str], Prediction]:
    """Return the predictions as they were printed."""
    with PREDICTIONS.open(encoding="utf-8") as file:
        return {
            (row["cohort"], row["figure"]): Prediction(
                np.array([float(row[name]) for name in GRID]), row["cannot_fail"] == "yes"
            )
            for row in csv.DictReader(file)
        }


def write_predictions() -> Path:
    """Predict, and write the predictions alone, before anything published stands beside them."""
    with PREDICTIONS.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["cohort", "figure", "cannot_fail", *GRID])
        for cohort, predictions in held_out.predictions().items():
            for figure, draws in predictions.items():
                at = np.nanquantile(draws, np.linspace(0.0, 1.0, len(GRID)))
                widest = rules()["scoring"]["cannot_fail"] * held_out.wide()[cohort][figure]
                open_wide = "yes" if held_out.width(draws) >= widest else "no"
                lines.writerow([cohort, figure, open_wide, *(f"{value:.4g}" for value in at)])
    return PREDICTIONS


def section_held_out() -> list[str]:
    """Return the held-out cohorts: predicted, published, missed."""
    out = [
        "## Held out: predicted before it was looked up",
        "",
        "Cohorts, entry rules and scoring: `diary_months.md`, committed before the fit; predictions as they were",
        "printed then: `diary_predictions.csv`. A prediction is the spread of studies of the published size over the",
        "draws of the fit's ensemble. Missed: outside 90 %. `known`: what the author knew before the prediction (seen",
        "in an abstract while sources were searched, or remembered); none of it entered the fit.",
        "",
    ]
    for cohort, title in TITLES.items():
        head = ("figure", "predicted, median (50 %; 90 %)", "published", "rank", "", "known")
        out += [f"### {title}", "", *table(head)]
        for (name, figure), prediction in printed().items():
            if name == cohort:
                out += _lines(cohort, figure, prediction)
        notes = {
            row["note"] for rows in published().values() for row in rows if row["cohort"] == cohort and "note" in row
        }
        out += ["", *(f"- {note}" for note in sorted(notes)), *([""] if notes else [])]
    return out


def _lines(cohort: str, figure: str, prediction: Prediction) -> list[str]:
    low, lower, middle, upper, high = quantiles(prediction.grid)
    predicted = f"{middle:.3g} ({lower:.3g} to {upper:.3g}; {low:.3g} to {high:.3g})"
    words, rows = WORDS[cohort, figure], published().get((cohort, figure), [])
    if not rows:
        return [cells(words, predicted, "none was found", "", "", "")]
    out = []
    for row in rows:
        result = score(prediction.grid, row["value"])
        verdict = "inside 50 %" if result.inside_50 else ("inside 90 %" if result.inside_90 else "**missed**")
        if prediction.cannot_fail:  # no setting of the numbers would have done better: not counted, but shown
            verdict = "`cannot fail`" if result.inside_90 else "`cannot fail`, and yet **missed**"
        out.append(
            cells(words, predicted, f"{row['value']:g} ({row['source']})", f"{result.rank:.2f}", verdict, row["known"])
        )
    return out


def scores_predicted() -> list[Score]:
    """Return the scores of all held-out figures that could fail."""
    return [
        score(printed()[key].grid, row["value"])
        for key, rows in published().items()
        for row in rows
        if not printed()[key].cannot_fail
    ]


@cache
def scores_input() -> list[Score]:
    """Return the scores of the fitted figures: what the ensemble gives, with the published figure's own error."""
    wanted, rng = fit.targets(), np.random.default_rng(held_out.SEED)
    scores = []
    for name, target in wanted.items():
        table = np.array([
            fit.one_simulated((now.params, now.frames), name, fit.PEOPLE[name], now.seed, target)
            for now in held_out.ensemble()
        ])  # fmt: skip
        error = np.sqrt(np.diag(target.covariance))
        noisy = table + error * rng.standard_normal(table.shape)
        grids = np.nanquantile(noisy, np.linspace(0.0, 1.0, len(GRID)), axis=0)
        scores += [score(grids[:, place], value) for place, value in enumerate(target.value)]
    return scores


def section_scores() -> list[str]:
    """Return coverage and rank histograms, inputs apart."""
    out = [
        "## Coverage",
        "",
        "Share of published figures inside their 50 and 90 % predictive intervals, and how their ranks in the",
        "predictive draws fall into fifths: level if spreads are right, full at the ends where they are too narrow.",
        "Figures marked `cannot fail` are not counted. Inputs were fitted, so that they can only warn.",
        "",
        *table(("role", "figures", "in 50 %", "in 90 %", "ranks to 0.2", *(f"to {n / 10:g}" for n in (4, 6, 8, 10)))),
    ]  # fmt: skip
    for role, scores in (("predicted", scores_predicted()), ("input", scores_input())):
        if not scores:
            continue
        ranks, _ = np.histogram([score.rank for score in scores], bins=np.linspace(0.0, 1.0, 6))
        inside = (100 * np.mean([getattr(score, name) for score in scores]) for name in ("inside_50", "inside_90"))
        out.append(cells(role, len(scores), *(f"{share:.0f} %" for share in inside), *ranks))
    missed = sum(not score.inside_90 for score in scores_predicted())
    return [*out, "", f"{missed} of {len(scores_predicted())} predictions that could fail are missed.", ""]


def section_care() -> list[str]:
    """Return single months of real patients beside virtual ones; inputs of the fit."""
    target = fit.targets()["primary_care"]
    params = cohorts.hand_params()
    virtual = months.primary_care(cohorts.Job(params, frames.read("primary_care"), 12_000, held_out.SEED))
    words = {
        "days": "headache days of 28, baseline", "days_sd": "SD between patients", "every_day": "headache every day, %",
        "change_3": "change to month 3", "sd_few_3": "SD of it, fewer than 15 days at baseline",
        "sd_many_3": "SD of it, 15 to 27 days", "correlation_3": "correlation of the two months",
    }  # fmt: skip
    out = [
        "### Primary care, single months (vickers2004)",
        "",
        "196 patients in usual care (`data/vickers2004`, CC BY 2.0): a month at baseline and month 3, one by one.",
        "",
        *table(("figure", "real ± bootstrap SE", "virtual", "", "role")),
    ]
    for place, name in enumerate(target.names):
        real, error = target.value[place], np.sqrt(target.covariance[place, place])
        verdict = met(abs(virtual[name] - real) <= 2.0 * error)
        out.append(cells(words[name], f"{real:.3g} ± {error:.2g}", f"{virtual[name]:.3g}", verdict, "input (fitted)"))
    return [*out, ""]


class Reading(NamedTuple):
    """Attacks per 28 days at baseline and at the end, two readings of the end, of eligible patients on placebo."""

    before: Array
    month: Array
    twelve: Array


COUNTS = {"attacks": "24-h periods, as the run counts", "attacks_free_gap": "attacks, a free day between"}


@cache
def memantine_trial(people: int = 8000) -> dict[str, Reading]:
    """Return the placebo arm that the chain simulates of noruzzadeh2016, everybody to the end, by either count.

    Rates, eligibility and placebo change are those of the run, in 24-h periods.
    """
    plan = designs.settle(TrialOptions(), ("placebo", "memantine"), DiaryOptions(missing_entries=False))
    calibrated = placebo_response.calibrate(plan)
    settings = {name: getattr(plan.diary, name, 0.0) for name in frames.Frame._fields}
    shift = float(calibrated.shift(plan.placebo_change))
    frame = frames.Frame(**settings)._replace(log_rate=calibrated.log_rate, placebo_shift=shift)
    days = cohorts.simulate(cohorts.Job(plan.diary, frame, people, held_out.SEED), plan.days, plan.start)
    counts = {
        name: days[name].reshape(people, -1, months.MONTH).sum(axis=2, dtype=np.float64) for name in COUNTS
    }  # fmt: skip
    use = (counts["attacks"][:, 0] >= plan.min_attacks) & (counts["attacks"][:, 0] <= plan.max_attacks)
    return {name: Reading(count[use, 0], count[use, -1], count[use, 1:].mean(axis=1)) for name, count in counts.items()}


def section_readings() -> list[str]:
    """Return Noruzzadeh's placebo arm beside two readings of its outcome."""
    low, high = NORUZZADEH_RANGE
    out = [
        "## The placebo arm of noruzzadeh2016 lies below the Poisson floor",
        "",
        f"Printed: a fall of 1.0 (0.3 to 1.7) attacks a month, 27 completers: SD of the change {NORUZZADEH_SD:g}",
        f"({low:g} to {high:g}). Independent attacks at that rate cannot vary so little between two months: their floor",
        "is the root of the sum of the two means. Two readings of its outcome, by two counts of attacks:",
        "",
        *table(
            (
                *("count", "reading", "baseline, end", "Poisson floor", "SD of the change"),
                *("variance / (baseline + end)", ""),
            )
        ),
    ]  # fmt: skip
    for name, words in COUNTS.items():
        now = memantine_trial()[name]
        for what, end, counted in (("month 3 against the baseline month", now.month, 1.0),
                                   ("mean of twelve weeks against it", now.twelve, 3.0)):  # fmt: skip
            change, means = end - now.before, (now.before.mean(), end.mean())
            floor, spread = np.sqrt(means[0] + means[1] / counted), change.std(ddof=1)
            verdict = "within the printed range" if low <= spread <= high else "**above the printed range**"
            ratio = spread**2 / sum(means)
            said = f"{means[0]:.1f}, {means[1]:.1f}"
            out.append(cells(words, what, said, f"{floor:.2f}", f"{spread:.2f}", f"{ratio:.2f}", verdict))
    return [
        *out,
        "",
        "The printed spread lies below the floor of either reading of the run's count. How attacks are counted matters as",
        "much as how patients vary: an attack of three days is three 24-h periods, or one. It is shown, not fitted.",
        "",
    ]


if __name__ == "__main__":
    print(write_predictions())
