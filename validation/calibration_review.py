"""Calibration of `leao review`: does its probability mean what it says? Writes docs/validation/review_calibration.csv.

Three studies of 112-day diaries (28 days before, 84 on 10 mg daily), each line one diary, one seed:
  model  drawn from the inference model, parameters from its priors
  stage  drawn from the diary stage (attacks in continuous time, another process), hazard ratio from the weak prior
  null   drawn from the diary stage without any effect; treatment begins after the worst of six months

    python -m validation.calibration_review [diaries per study] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Lines that stand in the file are not done again; with a folder an interruption costs the parts under way, ten diaries each.
"""

from __future__ import annotations

import csv
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.random import Streams
from leao.core.units import DAYS_PER_WEEK
from leao.diary import patient_traits, process
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers as Diary
from leao.review import daily_model, drug_level, effect, fit, simulate
from leao.review.priors import central
from validation import work

OUT = Path(__file__).resolve().parents[1] / "docs" / "validation" / "review_calibration.csv"
SEED = 20261124
BEFORE, ON, MONTH, MONTHS = 28, 84, 28, 6
DAYS = BEFORE + ON
DRAWN = 128  # days drawn; the diary is the first of them
DOSE = 10.0  # mg/day
STUDY, CHUNK = 500, 10  # diaries of a study, of which all are drawn, and of a part
TWINS = 400  # diaries of the same patient, from which the true change is counted
FRAME = -0.6  # median ln(attacks per day) of the patients: the registry's, as the prior of the review
FRAME_SD = 1.0
FIELDS = (
    "study", "diary", "true_percent", "median", "p05", "p95", "p_better", "p_30", "p_50", "p_75", "k_hat",
    "effective_draws", "grid_error", "converged",
    "before", "after", "p_plain_30", "without_drug_percent",
)  # fmt: skip
Array = NDArray[np.float64]


class Diaries(NamedTuple):
    """Diaries to read, (diary, day), and the true change by the drug, per cent (diary,)."""

    headache: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    truth: Array


def taken() -> Array:
    """Return relative exposure (speed, day) of 10 mg daily from the day of treatment on."""
    doses = np.zeros((DAYS, 2))
    doses[BEFORE:, 0] = DOSE
    return drug_level.predict(doses, DOSE, None).relative


def data(headache: NDArray[np.bool_], seen: NDArray[np.bool_], relative: Array) -> daily_model.Data:
    """Return one diary as the fit reads it."""
    weekday = np.arange(seen.size) % DAYS_PER_WEEK
    return daily_model.Data(headache & seen, seen, weekday, np.zeros(seen.size), relative)


def from_model(n: int, relative: Array) -> Diaries:
    """Return diaries drawn from the inference model, parameters and all."""
    rng = np.random.default_rng([SEED, 1])
    drawn = max(DAYS, DRAWN)
    z = rng.standard_normal((n, daily_model.HEAD + daily_model.blocks(drawn)))
    q = daily_model.parameters(z[:, : daily_model.HEAD], central())
    q = q._replace(drift=daily_model.drift(q, z[:, daily_model.HEAD :]))
    blank = data(np.zeros(DAYS, bool), np.ones(DAYS, bool), relative)
    headache = simulate.states(q, daily_model.log_rate(q, blank), rng.random((n, drawn))[:, :DAYS])
    left_out = simulate.left_out(q, headache, rng.random((n, drawn))[:, :DAYS])
    return Diaries(headache, ~left_out, effect.change_percent(q))


def people(n: int, purpose: str) -> patient_traits.Population:
    """Return patients of the diary stage, as the registry's frame has them."""
    params = _diary()._replace(log_rate_spread=FRAME_SD)
    streams = Streams(SEED, f"review/{purpose}")
    uniforms = streams.uniforms("people", range(1), range(n), patient_traits.LUCK)
    return patient_traits.draw(params, FRAME, uniforms, streams.key("days", 0)[None])


def simulated_days(who: patient_traits.Population, log_ratio: Array) -> dict[str, NDArray]:
    """Return the days of the diary stage, (patient, day), when ln(hazard) moves by ``log_ratio`` (patient, day).

    The stage thins attacks, so a drug that does harm is one whose absence thins them: the largest value moves the
    whole diary up, and what is less is thinned from there. Nothing else changes at treatment.
    """
    top = np.maximum(log_ratio.max(axis=1), 0.0)
    upstream = process.DiaryInput(np.exp(log_ratio - top[:, None])[None], who, top[None], 0)
    return {name: days[0] for name, days in process.run(_diary(), upstream, DiaryOptions()).items()}


def from_stage(n: int, relative: Array) -> Diaries:
    """Return diaries of the diary stage with a drug whose ln(hazard ratio) comes from the weak prior."""
    rng = np.random.default_rng([SEED, 2])
    effects = central().effect_sd * rng.standard_normal(n)
    who = people(n, "stage")
    days = simulated_days(who, effects[:, None] * np.minimum(relative[2], 1.0))
    truth = np.array([_twins(who, k, float(effects[k])) for k in range(n)])
    return Diaries(days["headache"].astype(bool), ~days["missing"].astype(bool), truth)


def null_after_the_worst(n: int) -> Diaries:
    """Return diaries without any effect whose 28 days before are the worst of six months, of those with headache."""
    who = people(2 * n, "null")
    total = MONTH * MONTHS + ON
    days = simulated_days(who, np.zeros((2 * n, total)))
    headache, missing = days["headache"].astype(bool), days["missing"].astype(bool)
    written = (headache & ~missing)[:, : MONTH * MONTHS].reshape(2 * n, MONTHS, MONTH).sum(axis=2)
    worst = MONTHS - 1 - np.argmax(written[:, ::-1], axis=1)
    chosen = np.flatnonzero(written.max(axis=1) > 0)[:n]
    at = MONTH * worst[chosen][:, None] + np.arange(DAYS)
    rows = chosen[:, None]
    return Diaries(headache[rows, at], ~missing[rows, at], np.zeros(len(chosen)))


def _twins(who: patient_traits.Population, k: int, log_ratio: float) -> float:
    """Return the true change of a patient's expected headache days at full exposure, counted in twins."""
    same = patient_traits.Population(
        who.key, np.arange(TWINS, dtype=np.uint32)[None] + np.uint32(10_000),
        *(np.broadcast_to(value[:, k : k + 1], (1, TWINS)) for value in who[2:]),  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    # the stage's first days follow a warm-up without the drug
    with_drug, without = (
        simulated_days(same, np.full((TWINS, DAYS), level))["headache"][:, MONTH:].mean() for level in (log_ratio, 0.0)
    )
    return float(100.0 * (with_drug / without - 1.0)) if without else 0.0


def _diary() -> Diary:
    return ledger.params(ledger.read("diary"), Diary)


def plain(headache: NDArray[np.bool_], seen: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return headache days per 28 before and on treatment, and P(fall >= 30 %) of a plain before/after comparison.

    Two Poisson counts with flat Gamma(1/2) posteriors, days independent: what a careful bar chart would say.
    """
    parts = [slice(0, BEFORE), slice(BEFORE, DAYS)]
    count = [float((headache & seen)[part].sum()) for part in parts]
    days = [float(max(seen[part].sum(), 1)) for part in parts]
    rng = np.random.default_rng(0)
    before, after = (rng.gamma(c + 0.5, 1.0 / d, 4000) for c, d in zip(count, days, strict=True))
    rates = [MONTH * c / d for c, d in zip(count, days, strict=True)]
    return rates[0], rates[1], float(np.mean(after <= 0.7 * before))


def read(study: str, k: int, diaries: Diaries, relative: Array) -> dict[str, Any]:
    """Return one line: the answer of the review to one diary beside the truth."""
    diary = data(diaries.headache[k], diaries.seen[k], relative)
    posterior = fit.sample(diary, SEED + k)
    change, weights = effect.change_percent(posterior.weighted), posterior.weights
    before, after, p_plain = plain(diaries.headache[k], diaries.seen[k])
    band, on = effect.spread(change, weights), np.arange(DAYS) >= BEFORE
    without = np.nan
    if before > 0 and diaries.seen[k, BEFORE:].any():
        expected = effect.without_drug(posterior.parameters, diary, on)
        without = effect.spread(effect.without_drug_percent(expected, diary, on))["median"]
    return {
        "study": study, "diary": k, "true_percent": float(diaries.truth[k]), **band,
        **effect.probabilities(change, weights),
        "k_hat": posterior.k_hat, "effective_draws": posterior.effective_draws, "grid_error": posterior.grid_error,
        "converged": int(posterior.converged), "before": before, "after": after, "p_plain_30": p_plain,
        "without_drug_percent": without,
    }  # fmt: skip


@cache
def drawn(study: str) -> Diaries:
    """Return the diaries of a study, all of them, whichever are asked for."""
    if study == "null":
        return null_after_the_worst(STUDY)
    return (from_model if study == "model" else from_stage)(STUDY, taken())


def lines(study: str, which: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """Return the columns of some diaries of a study, those that it has not left out."""
    diaries, relative = drawn(study), taken()
    rows = [read(study, k, diaries, relative) for k in which if k < len(diaries.truth)]
    return {name: np.array([row[name] for row in rows]) for name in FIELDS}


def main() -> None:
    """Compute what is missing and append it to the file."""
    given = work.asked(__doc__, STUDY)
    done, jobs = finished(), {}
    for study in ("null", "model", "stage"):
        owed = [k for k in range(min(given.number, STUDY)) if (study, k) not in done]
        jobs[study] = [partial(lines, study, tuple(owed[at : at + CHUNK])) for at in range(0, len(owed), CHUNK)]
    rows = [row for parts in work.computed(given, jobs).values() for row in work.rows(parts)]
    if not OUT.exists():
        OUT.write_text(",".join(FIELDS) + "\n", encoding="utf-8")
    for row in sorted(rows, key=lambda row: row["diary"]):  # a study beside the others, as far as all are done
        append(row)


def finished() -> set[tuple[str, int]]:
    """Return which diaries have their line."""
    if not OUT.exists():
        return set()
    with OUT.open(encoding="utf-8") as file:
        return {(row["study"], int(row["diary"])) for row in csv.DictReader(file)}


def append(row: dict[str, Any]) -> None:
    """Add one line."""
    cells = [f"{row[name]:.5g}" if isinstance(row[name], float) else str(row[name]) for name in FIELDS]
    with OUT.open("a", encoding="utf-8") as file:
        file.write(",".join(cells) + "\n")


if __name__ == "__main__":
    work.run("calibration_review")
