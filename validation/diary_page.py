"""Write docs/validation/diary.md: published cohorts and real diaries beside virtual patients, section by section.

Each section is a function that returns lines; a section of another script is appended to ``SECTIONS``. All luck is
fixed, so the page is the same at every build; processors may differ in the last digits.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.random import Streams
from leao.diary import counting, disability, frames, patient_traits, process, symptoms
from leao.diary.options import DiaryOptions
from validation import diary_cohorts as cohorts
from validation import diary_scoring as scoring
from validation import fit_diary as fit
from validation.page import Page, Row, cells, entries, met, table

Array = NDArray[np.float64]
PAGE = Page(
    "diary",
    "Validation of the diary",
    (
        "Virtual patients beside published cohorts and real diaries, written by `validation/diary_page.py` from",
        "`diary.toml`, `diary_held_out.toml`, `diary_fit.json`, `data/kosteckidillon` and `data/vickers2004`. Targets,",
        "held-out cohorts and rules: `diary_months.md`. A missed figure is a finding, not a call for tuning.",
    ),
)
SEED = 20_261_124
PEOPLE = {
    "clinic": 133 * 40, "strive": 8000, "migr": 8000, "leiden": 8000, "population": 12_000, "registry": 4000,
    "waiting": 8000,
}  # fmt: skip
SIGMAS = 2.0
REPLICATES = 5  # simulated clinics for each draw of the ensemble
TITLES = {
    "strive": "Trial like STRIVE (episodic, 4 to 14 migraine days)",
    "migr": "Trial like MIGR-001 (episodic, 3 to 12 periods)",
    "leiden": "Headache centre, Leiden",
    "population": "Population with migraine, AMPP",
    "registry": "Registry, ARMR",
    "waiting": "Waiting lists and sham, one month against one month",
}
CLINIC = {
    "mean": "headache days per 28, mean of patients",
    "sd": "SD between patients",
    "q25": "lower quartile",
    "q50": "median",
    "q75": "upper quartile",
    "every_day": "patients with headache every day, %",
    "or_lag1": "odds ratio of headache, one day apart, within patients",
    "or_lag2": "two days apart",
    "or_lag3": "three days apart",
    "p01": "P(headache, none the day before)",
    "p11": "P(headache, headache the day before)",
    "run_headache": "complete runs of headache, mean days",
    "one_headache": "of these one day long, %",
    "run_free": "complete free runs, mean days",
    "one_free": "of these one day long, %",
}
UNEVEN = (13.7, 18.1)  # per cent of 1,085 people, two standard errors either way of 15.9
BANDS = {"low": "under 8 days", "middle": "8 to 15 days", "high": "15 and more days"}


@cache
def published() -> list[dict[str, Any]]:
    """Return the published figures."""
    return entries("diary")


@cache
def cohort(name: str) -> dict[str, float]:
    """Return the statistics of a simulated cohort."""
    second = frames.read("sham") if name == "waiting" else None
    return fit.COHORTS[name](cohorts.Job(cohorts.hand_params(), frames.read(name), PEOPLE[name], SEED, second))


def line(entry: dict[str, Any], value: float) -> str:
    """Return one row of a table of published figures."""
    centre, error = entry["value"], entry["se"]
    unit = f" {entry['unit']}".rstrip()
    row = Row(
        entry["what"],
        given=entry["role"] == "fitted",
        low=centre - SIGMAS * error,
        high=centre + SIGMAS * error,
        printed=f"{centre:g} ± {error:g}{unit}",
    )
    role = row.role.replace("input", "input (fitted)")
    model = f"{value:.3g}{unit}"
    return cells(row.what, row.published, model, row.judged(value), role, entry["source"], entry.get("note", ""))


def section_cohorts() -> list[str]:
    """Return published cohorts beside simulated ones."""
    out = ["## Published cohorts", ""]
    out += [
        "One process for every patient; a recruiting frame (ledgers `frames/*`) says whom a study draws from.",
        "`input (fitted)`: `validation/fit_diary.py` was given the figure, so that meeting it shows that one process can",
        "do all of it at once, and no more. Met: within two standard errors of the published figure.",
        "",
    ]
    for name, title in TITLES.items():
        of_cohort = [row for row in published() if row["cohort"] == name]
        out += [f"### {title}", "", *table(("figure", "published ± SE", "virtual", "", "role", "source", "note"))]
        out += [line(row, cohort(name)[row["figure"]]) for row in of_cohort]
        out += [""]
    out += scoring.section_care()
    out += [
        f"Of the candidates of the frame like STRIVE {100 * cohort('strive')['eligible']:.0f} % are eligible, of that "
        f"like MIGR-001 {100 * cohort('migr')['eligible']:.0f} %.",
        "",
    ]
    return out


def section_clinic() -> list[str]:
    """Return the posterior predictive check against the real diaries."""
    real = cohorts.clinic_statistics(cohorts.real())
    error = np.sqrt(np.diag(fit.clinic_target().covariance))
    drawn = predictive()
    out = [
        "## Real diaries: a posterior predictive check",
        "",
        "KosteckiDillon: 4,152 days of 133 patients of a biofeedback clinic (`data/kosteckidillon`, GPL). Clinics of",
        f"133 virtual patients, {drawn['mean'].size} of them, {REPLICATES} for each draw of the fit's ensemble, keep",
        "their diary on the very days on which the real patients did; every statistic is taken the same way on both",
        "sides. p: share of virtual clinics further out than the real one, both sides; below 0.05 model and data are",
        "at odds in that respect. All of these were inputs of the fit, so the check can only fail, not confirm.",
        "",
        *table(("figure", "real ± bootstrap SE", "virtual, median (90 %)", "p", "")),
    ]
    names = list(CLINIC) + [f"{kind}_{band}" for band in BANDS for kind in ("or", "p01", "p11", "spread")]
    order = list(real)
    held = 0
    for name in names:
        values = drawn[name][np.isfinite(drawn[name])]
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        p = two_sided(values, real[name])
        held += p >= 0.05
        verdict = "holds" if p >= 0.05 else "**at odds**"
        said = f"{real[name]:.3g} ± {error[order.index(name)]:.2g}"
        out.append(cells(label(name), said, f"{middle:.3g} ({low:.3g} to {high:.3g})", f"{p:.2f}", verdict))
    out += ["", f"{held} of {len(names)} figures hold.", ""]
    return out


def label(name: str) -> str:
    """Return the words for a statistic of the clinic."""
    if name in CLINIC:
        return CLINIC[name]
    kind, band = name.rsplit("_", 1)
    words = {
        "or": "odds ratio, one day apart",
        "p01": "P(headache, none the day before)",
        "p11": "P(headache, headache the day before)",
        "spread": "variance of 14-day counts within patients over binomial",
    }
    return f"{words[kind]}; {BANDS[band]}"


def two_sided(values: Array, real: float) -> float:
    """Return the two-sided posterior predictive p."""
    above = (values >= real).mean()
    return float(min(1.0, 2.0 * min(above, (values <= real).mean())))


@cache
def predictive() -> dict[str, Array]:
    """Return the statistics of virtual clinics, one per clinic, over the ensemble of the fit."""
    statistics: list[dict[str, float]] = []
    n = len(cohorts.real())
    for k, (params, frame) in enumerate(ensemble()):
        days = cohorts.clinic_diaries(cohorts.Job(params, frame, REPLICATES * n, SEED + k))
        statistics += [cohorts.clinic_statistics(days[i * n : (i + 1) * n]) for i in range(REPLICATES)]
    return {name: np.array([drawn[name] for drawn in statistics]) for name in statistics[0]}


def ensemble() -> list[tuple[Any, frames.Frame]]:
    """Return diary and clinic frame of every draw of the fit."""
    return [
        (params, cohorts["clinic"])
        for params, cohorts in (fit.setting(np.array(point)) for point in result()["ensemble"])
    ]


@cache
def result() -> dict[str, Any]:
    """Return what the fit wrote."""
    return json.loads(fit.RESULT.read_text(encoding="utf-8"))


def section_fit() -> list[str]:
    """Return what the fit did, against the fit it replaces."""
    fitted = result()
    before, best = fitted["loss"]["before"], fitted["loss"]["fitted"]
    worst = max(fitted["r_hat"])
    out = [
        "## The fit",
        "",
        f"`validation/fit_diary.py`: history matching from {len(fitted['candidates']) - 1} independent starts (own design,",
        "own luck, own chain; the first with more and larger simulations than the others); loss is",
        "-2 log likelihood with the bootstrap covariance of the real diaries and the standard errors of the published",
        f"figures ({100 * fit.SLACK:.0f} % slack for what differs between a cohort and its frame). No memantine trial",
        f"is in it. Chosen: {fitted['chosen_from']}, by luck that no start had seen; judged on other luck again. The",
        f"largest ratio of spread between starts to spread within (R-hat) is {worst:.2f}"
        f" ({fitted['knobs'][fitted['r_hat'].index(worst)]}).",
        "",
        *table(("loss", *before)),
        cells("former fit, no single months", *(f"{value:.1f}" for value in before.values())),
        cells("fitted", *(f"{value:.1f}" for value in best.values())),
        "",
        "The former fit's own numbers for the frames it had not (primary care, waiting, sham) are its best.",
        "",
        "Loss of single draws of the ensemble, simulated with fewer people than the sets above: median "
        f"{np.median(fitted['losses_of_draws']):.0f}, "
        f"{min(fitted['losses_of_draws']):.0f} to {max(fitted['losses_of_draws']):.0f}; "
        f"{sum(len(statistic['figures']) for statistic in fitted['statistics'].values())} figures, {len(fit.KNOBS)} numbers.",
        "",
        *table(("number", "before", "fitted", "SD", "5 to 95 %", "share of its range left by the data")),
    ]
    low, _, high = fitted["quantiles"]
    for k, name in enumerate(fitted["knobs"]):
        spread = f"{low[k]:.3g} to {high[k]:.3g}"
        left = f"{100 * min(fitted['prior_sd_left'][k], 1.0):.0f} %"
        numbers = (f"{fitted[key][k]:.3g}" for key in ("before", "chosen", "sd"))
        out.append(cells(f"`{name}`", *numbers, spread, left))
    out += [
        "",
        "Ridges, the strongest correlations between numbers in the ensemble: only the combination is known.",
        "",
    ]
    out += [f"- `{a}` with `{b}`: {r:+.2f}" for a, b, r in fitted["ridges"]]
    return [*out, ""]


def section_course() -> list[str]:
    """Return regression to the mean, the spread of changes, and what the trial of memantine implies."""
    params, frame = cohorts.hand_params(), frames.read("migr")
    nobody = frame._replace(placebo_shift=0.0, placebo_spread=0.0, remitter_share=0.0)
    bare = cohorts.migr(cohorts.Job(params, nobody, PEOPLE["migr"], SEED))
    calm = frames.read("strive")._replace(placebo_shift=0.0, placebo_spread=0.0, remitter_share=0.0)
    still = cohorts.strive(cohorts.Job(params, calm, PEOPLE["strive"], SEED))
    full, strive = cohort("migr"), cohort("strive")
    return [
        "## Regression to the mean, and the spread of changes",
        "",
        *table(("figure", "virtual", "note")),
        cells(
            "Like MIGR-001: fall of periods without any placebo response",
            f"{bare['periods'] - bare['end']:.2f} of {full['periods'] - full['end']:.2f}",
            "the rest is the placebo response beyond regression to the mean",
        ),
        cells(
            "Like STRIVE: change of migraine days without any placebo response",
            f"{still['change']:+.2f} of {strive['change']:+.2f}",
            "two-sided eligibility in history and baseline removes most of it",
        ),
        cells(
            "SD between patients of the change from one month to the mean of three, periods",
            f"{full['change_sd']:.2f}",
            "like MIGR-001; counts of 28 days alone are noisy",
        ),
        cells(
            "SD between patients of the change from one month to one month, periods",
            f"{full['change_sd_month']:.2f}",
            "as above; sham arms of linde2005 and zhao2017 print 2.7 days and 2.5 attacks",
        ),
        "",
    ]


def section_days() -> list[str]:
    """Return attack length, calendar effects, compliance and what is written around a headache."""
    days, episodes, people = _written()
    E = process.EPISODE
    migraine = episodes[:, E.MIGRAINE] == 1
    length = episodes[migraine, E.END] - episodes[migraine, E.START]
    beside = symptoms.of_episodes(symptoms.numbers(), episodes, people, aura=True)
    rows = [
        ("Hours of a migraine episode, mean", "16.1 (treated, not menstrual), vancasteren2021", f"{length.mean():.1f}",
         "input"),
        ("Entries written", "90.0 % (daily and episodic), 92.2 % (daily), khurana2024",
         f"{100 * (1 - days['missing'].mean()):.1f} %", "input"),
        *_women(days),
        ("People with attacks unevenly over the week (p < 0.05)", "15.9 %, migraineradar2019", *_uneven()),
        *_around(episodes, beside, migraine),
        *_scores(days, people),
    ]  # fmt: skip
    return ["## What a diary says besides", "", *table(("figure", "published", "virtual", "role"), rows), ""]


@cache
def _written() -> tuple[dict[str, NDArray], Array, patient_traits.Population]:
    """Return days, episodes and people of a trial's frame over 84 days, entries left out."""
    params, frame, n = cohorts.hand_params(), frames.read("migr"), 6000
    streams = Streams(SEED, "written")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    people = patient_traits.draw(frames.applied(params, frame), frame.log_rate, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, n, 84)), people, np.zeros((1, n)), 84)
    options = DiaryOptions(aura="mixed")
    days = {name: value[0] for name, value in process.run(params, upstream, options).items()}
    return days, process.episodes(params, upstream, options), people


def _women(days: dict[str, NDArray]) -> list[tuple[str, str, str, str]]:
    """Return rows about menstruation: the rule of two in three cycles is not an input."""
    rule, per_woman = counting.standard(), []
    for person in np.flatnonzero(days["menses"].any(axis=1)):
        first = counting.first_menstrual_days(days["menses"][person])
        first = first[(first >= rule.menstrual_before) & (first <= 84 - rule.menstrual_after)]
        begins = days["attacks_free_gap"][person] > 0
        if len(first) >= rule.menstrual_of and begins.sum() >= 1:
            per_woman.append(counting.menstrual_migraine(begins, first[: int(rule.menstrual_of)], rule))
    hit = 100 * np.mean([kind in ("related", "pure") for kind in per_woman]) if per_woman else np.nan
    pure = 100 * np.mean([kind == "pure" for kind in per_woman]) if per_woman else np.nan
    return [
        ("Women with attacks in the menstrual window in 2 of 3 cycles",
         "21 % (population, by questionnaire), vetvik2010", f"{hit:.0f} %",
         "predicted; a rule that chance also meets"),
        ("of these only then (pure)", "7.7 %, vetvik2010", f"{pure:.1f} %", "predicted"),
    ]  # fmt: skip


def _uneven() -> tuple[str, str]:
    """Return the share of people whose attacks a chi-squared test finds uneven over the week, and the verdict."""
    from scipy.stats import chi2

    params, frame = cohorts.hand_params(), frames.read("migr")
    days = cohorts.simulate(cohorts.Job(params, frame, 1500, SEED), 52 * 7)["attacks_free_gap"]
    count = days.reshape(len(days), -1, 7).sum(axis=1, dtype=np.float64)
    count = count[count.sum(axis=1) >= 7]
    expected = count.sum(axis=1, keepdims=True) / 7.0
    p = chi2.sf(((count - expected) ** 2 / expected).sum(axis=1), 6)
    share = 100 * float((p < 0.05).mean())
    least, most = UNEVEN
    said = f"{share:.1f} % at {count.sum(axis=1).mean():.0f} attacks a person"
    return said, f"input, {met(least <= share <= most)}: derived for Poisson counts, and rested people are more regular"


def _around(episodes: Array, beside: symptoms.Symptoms, migraine: NDArray[np.bool_]) -> list[tuple[str, str, str, str]]:
    share = 100 * np.bincount(beside.drug[migraine], minlength=4) / migraine.sum()
    said = " / ".join(f"{100 * part[migraine].mean():.0f}" for part in beside[:3])
    return [
        ("Nausea / light / sound in migraine episodes, %", "90 / 82 / 61 of people (not episodes), wghs2021", said,
         "input (borrowed)"),
        ("Specific / simple / opioid at the first dose, %", "58.0 / 29.9 / 12.1, seng2016",
         f"{share[0]:.1f} / {share[1] + share[2]:.1f} / {share[3]:.1f}", "input"),
        ("Aura longer than 60 min, %", "14 (visual), viana2016",
         f"{100 * (beside.aura_minutes[beside.aura_minutes > 0] > 60).mean():.1f}", "input"),
    ]  # fmt: skip


def _scores(days: dict[str, NDArray], people: patient_traits.Population) -> list[tuple[str, str, str, str]]:
    who, numbers = symptoms.keys(people), symptoms.numbers()
    score = disability.midas(numbers, who, days["headache"], days["severity"], window=0)
    headache = days["headache"].sum(axis=1, dtype=np.float64)
    few, many = (headache > 12) & (headache < 19), headache > 55
    periods = days["periods"].sum(axis=1) / 3.0
    trial = (periods >= 3) & (periods <= 12)
    month = disability.month_days(days["headache"], 0)
    hit = disability.hit6(numbers, who, month, month, window=0)
    chronic = month >= 15
    return [
        ("MIDAS at 15.5 headache days in 3 months", "19.3, bigal2003", f"{score[few].mean():.1f}", "input"),
        ("MIDAS at 66.7 headache days in 3 months", "34.9, bigal2003; far more in later trials",
         f"{score[many].mean():.0f} at {headache[many].mean():.0f} days",
         f"predicted, {met(30.0 <= score[many].mean() <= 40.0)}; the power is assumed"),
        ("MIDAS of patients with 3 to 12 migraines a month", "12.0 and 12.6 (SD 5), karunaikadal2020",
         f"{score[trial].mean():.1f} (SD {score[trial].std():.1f})",
         f"predicted, {met(10.0 <= score[trial].mean() <= 14.3)}"),
        ("HIT-6, under 15 headache days / 15 and more", "60.2 / 62.5 (SD 6.8 / 7.8), yang2011",
         f"{hit[~chronic].mean():.1f} / {hit[chronic].mean():.1f} (SD {hit[~chronic].std():.1f})", "input"),
    ]  # fmt: skip


SECTIONS = [
    section_cohorts, section_clinic, scoring.section_held_out, scoring.section_scores, scoring.section_readings,
    section_course, section_days, section_fit,
]  # fmt: skip


def page() -> str:
    """Return the whole page."""
    return PAGE.text(*(text for section in SECTIONS for text in section()))


if __name__ == "__main__":
    print(PAGE.write(page()))
