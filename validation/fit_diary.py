"""Fit the diary's dynamics and its recruiting frames to published cohorts and a real clinic, and keep the uncertainty.

    python -m validation.fit_diary fit      # three independent starts (a part each, some six minutes of a core), pooled,
                                            # chosen, judged on fresh luck; writes docs/validation/diary_fit.json
    python -m validation.fit_diary apply    # write the chosen point and its spreads into the ledgers

``fit`` takes [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16].

Loss: -2 log likelihood = sum over cohorts of r' C^-1 r. Clinic (KosteckiDillon): 27 statistics of simulated diaries
that carry the real pattern of recorded days of the 133 patients, C their bootstrap covariance over patients (400
resamples, off-diagonal shrunk by SHRINK). Primary care (vickers2004): seven statistics of single months, C likewise.
Published rows of docs/validation/diary.toml with role "fitted": C diagonal,
printed standard error and a slack of SLACK of the value for what differs between a cohort and its frame.
No arm of a memantine trial stands among them.

Method: history matching. Each start draws its own design and luck; a quadratic emulator per cohort (its residual
variance is added to C) carries a differential-evolution Markov chain; three waves of simulations, each where the last
chain went. The starts share nothing, so their agreement is a test.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from leao.core import files
from leao.diary import frames
from leao.diary.params import DiaryNumbers
from validation import diary_cohorts as cohorts
from validation import diary_months as months
from validation import work

Array = NDArray[np.float64]
PAGES = Path(__file__).resolve().parents[1] / "docs" / "validation"
RESULT = PAGES / "diary_fit.json"
LEDGERS = PAGES.parents[1] / "src" / "leao" / "ledgers" / "diary"
SHRINK, SLACK = 0.3, 0.02
STARTS = (1, 2, 3)
WAVES = {1: (300, 300, 400)}  # simulations in each wave of a start
FEWER = (200, 150, 250)  # in those of the later starts, which also simulate fewer people
LATER = 0.6
TEMPERATURES = (6.0, 2.5, 1.0)
CHAINS, GENERATIONS, KEPT = 96, 4000, 400
PEOPLE = {
    "clinic": 133 * 10, "strive": 1600, "migr": 2000, "leiden": 2000, "population": 3000, "registry": 800,
    "primary_care": 1500, "waiting": 1600,
}  # fmt: skip
COHORTS = cohorts.COHORTS | {"primary_care": months.primary_care, "waiting": months.waiting}
FRAMES = (*COHORTS, "sham")  # sham is the second arm of waiting
JUDGED = {name: 8 * n for name, n in PEOPLE.items()}


class Knob(NamedTuple):
    """One fitted number: whose it is, its range, and whether the range is walked in logarithms."""

    cohort: str  # "" for the dynamics all share
    name: str
    low: float
    high: float
    before: float  # of the fit before single months were targets; for frames that are new, a guess
    log: bool = False


KNOBS = (
    Knob("", "drift_time", 8.0, 60.0, 25.6, True),
    Knob("", "drift_regular", 0.02, 0.6, 0.0842),
    Knob("", "drift_clustered", 0.2, 1.1, 1.1),
    Knob("", "refractoriness", 0.3, 0.99, 0.84),
    Knob("", "refractory_time", 24.0, 144.0, 37.4, True),
    Knob("", "regular_midpoint", -1.4, 0.5, -0.387),
    Knob("", "regular_width", 0.1, 1.0, 0.155, True),
    Knob("", "recurrence_probability", 0.0, 0.3, 0.0915),
    Knob("clinic", "log_rate", -0.7, 0.8, 0.0962),
    Knob("clinic", "log_rate_spread", 0.5, 1.6, 0.843),
    Knob("strive", "log_rate", -1.5, 0.0, -0.914),
    Knob("strive", "log_rate_spread", 0.1, 0.9, 0.101),
    Knob("strive", "migraine_share", 0.75, 0.97, 0.875),
    Knob("strive", "placebo_shift", -1.0, 0.1, -0.385),
    Knob("strive", "placebo_spread", 0.0, 1.0, 0.565),
    Knob("strive", "remitter_share", 0.0, 0.1, 0.0391),
    Knob("migr", "log_rate", -2.8, -0.9, -2.39),
    Knob("migr", "log_rate_spread", 0.2, 1.3, 0.929),
    Knob("migr", "placebo_shift", -0.8, 0.3, -0.0988),
    Knob("migr", "placebo_spread", 0.0, 1.1, 0.427),
    Knob("migr", "remitter_share", 0.0, 0.08, 0.0333),
    Knob("leiden", "log_rate", -1.8, -0.2, -0.986),
    Knob("leiden", "log_rate_spread", 0.2, 1.2, 0.608),
    Knob("leiden", "migraine_share", 0.4, 0.9, 0.681),
    Knob("population", "log_rate", -4.2, -2.2, -3.04),
    Knob("population", "log_rate_spread", 1.0, 2.3, 1.71),
    Knob("registry", "log_rate", -1.4, 0.3, -0.326),
    Knob("registry", "log_rate_spread", 0.5, 1.6, 1.27),
    Knob("registry", "every_day_share", 0.05, 0.35, 0.181),
    Knob("primary_care", "log_rate", -1.2, 0.6, -0.2),
    Knob("primary_care", "log_rate_spread", 0.3, 1.5, 0.8),
    Knob("primary_care", "placebo_shift", -0.5, 0.3, -0.1),
    Knob("waiting", "log_rate", -2.8, -0.9, -1.9),
    Knob("waiting", "log_rate_spread", 0.2, 1.3, 0.8),
    Knob("waiting", "placebo_shift", -0.8, 0.2, -0.2),
    Knob("sham", "placebo_shift", -1.2, 0.1, -0.5),
)
KIND = ("strive", "migraine_share")
SHARED_BETWEEN = {  # numbers of another frame that a cohort depends on
    "migr": {KIND},
    "waiting": {KIND, ("sham", "placebo_shift"), ("migr", "placebo_spread"), ("migr", "remitter_share")},
}
SHARED = [place for place, knob in enumerate(KNOBS) if not knob.cohort]


class Target(NamedTuple):
    """What a cohort's statistics should be."""

    names: tuple[str, ...]
    value: Array
    covariance: Array


def targets() -> dict[str, Target]:
    """Return the fitted statistics of every cohort."""
    by_cohort = {"clinic": clinic_target(), "primary_care": care_target()}
    rows = [row for row in tomllib.loads((PAGES / "diary.toml").read_text("utf-8"))["row"] if row["role"] == "fitted"]
    for name in COHORTS:
        of_cohort = [row for row in rows if row["cohort"] == name]
        if of_cohort:
            value = np.array([row["value"] for row in of_cohort])
            error = np.hypot([row["se"] for row in of_cohort], SLACK * value)
            by_cohort[name] = Target(tuple(row["figure"] for row in of_cohort), value, np.diag(error**2))
    return by_cohort


def clinic_target(resamples: int = 400) -> Target:
    """Return the real clinic's statistics with their bootstrap covariance over patients."""
    days, rng = cohorts.real(), np.random.default_rng(1)
    drawn = [cohorts.clinic_statistics(days[rng.integers(0, len(days), len(days))]) for _ in range(resamples)]
    return _bootstrapped(cohorts.clinic_statistics(days), drawn)


def care_target(resamples: int = 400) -> Target:
    """Return usual care's statistics with their bootstrap covariance over patients."""
    rng = np.random.default_rng(2)
    drawn = [months.care_statistics(months.resampled(months.real(), rng)) for _ in range(resamples)]
    return _bootstrapped(months.care_statistics(months.real()), drawn)


def _bootstrapped(real: dict[str, float], drawn: list[dict[str, float]]) -> Target:
    table = np.array([list(statistics.values()) for statistics in drawn])
    covariance = np.ma.cov(np.ma.masked_invalid(table), rowvar=False).filled(0.0)
    diagonal = np.diag(np.diag(covariance))
    value = np.array(list(real.values()))
    return Target(tuple(real), value, (1.0 - SHRINK) * covariance + SHRINK * diagonal + np.diag((SLACK * value) ** 2))


def to_unit(point: Array) -> Array:
    """Return a point of natural numbers (..., knob) as shares of the knobs' ranges."""
    low = np.array([_walk(k, k.low) for k in KNOBS])
    span = np.array([_walk(k, k.high) for k in KNOBS]) - low
    return (np.stack([_walk(k, point[..., i]) for i, k in enumerate(KNOBS)], axis=-1) - low) / span


def from_unit(unit: Array) -> Array:
    """Return shares of the ranges (..., knob) as natural numbers."""
    out = []
    for i, k in enumerate(KNOBS):
        walked = _walk(k, k.low) + unit[..., i] * (_walk(k, k.high) - _walk(k, k.low))
        out.append(np.exp(walked) if k.log else walked)
    return np.stack(out, axis=-1)


def _walk(knob: Knob, value: Array | float) -> Array | float:
    return np.log(value) if knob.log else value


def places(cohort: str) -> list[int]:
    """Return the knobs a cohort depends on; some numbers are shared between trials."""
    also = SHARED_BETWEEN.get(cohort, set())
    return SHARED + [i for i, k in enumerate(KNOBS) if k.cohort == cohort or (k.cohort, k.name) in also]


def setting(point: Array) -> tuple[DiaryNumbers, dict[str, frames.Frame]]:
    """Return the diary and the frames that a point of natural numbers stands for."""
    value = {(k.cohort, k.name): float(point[i]) for i, k in enumerate(KNOBS)}
    params = cohorts.hand_params()._replace(**{name: number for (cohort, name), number in value.items() if not cohort})
    share = value[KIND]
    also = {"migr": {"migraine_share": share}, "waiting": {"migraine_share": share}}
    also["sham"] = {"migraine_share": share} | {
        name: value["waiting", name] for name in ("log_rate", "log_rate_spread")
    } | {name: value["migr", name] for name in ("placebo_spread", "remitter_share")}  # fmt: skip
    cohort_people = {
        name: {k: number for (cohort, k), number in value.items() if cohort == name} | also.get(name, {})
        for name in FRAMES
    }
    return params, {name: frames.read(name)._replace(**numbers) for name, numbers in cohort_people.items()}


def before_point(wanted: dict[str, Target]) -> Array:
    """Return the numbers of the former fit as a point; those of frames it had not are fitted to it, one by one."""
    point = np.array([knob.before for knob in KNOBS])
    for cohort, owners in (("primary_care", {"primary_care"}), ("waiting", {"waiting", "sham"})):
        fitted = [i for i, k in enumerate(KNOBS) if k.cohort in owners]
        target = {cohort: wanted[cohort]}

        def excess(values: Array, fitted: list[int] = fitted, target: dict[str, Target] = target) -> float:
            trial = point.copy()
            trial[fitted] = values
            return loss(simulated(trial, PEOPLE, 6_000_001, target), target)["all"]

        point[fitted] = minimize(excess, point[fitted], method="Nelder-Mead", options={"maxfev": 150}).x
    return point


def simulated(point: Array, people: dict[str, int], seed: int, wanted: dict[str, Target]) -> dict[str, Array]:
    """Return every cohort's statistics at ``point``."""
    params, cohort_people = setting(point)
    return {
        name: one_simulated((params, cohort_people), name, people[name], seed, target)
        for name, target in wanted.items()
    }


def one_simulated(
    numbers: tuple[DiaryNumbers, Mapping[str, frames.Frame]], name: str, people: int, seed: int, target: Target
) -> Array:
    """Return a cohort's statistics under the diary's numbers and the frames given."""
    params, cohort_people = numbers
    second = cohort_people["sham"] if name == "waiting" else None
    statistics = COHORTS[name](cohorts.Job(params, cohort_people[name], people, seed, second))
    return np.array([statistics[figure] for figure in target.names])


def loss(statistics: dict[str, Array], wanted: dict[str, Target]) -> dict[str, float]:
    """Return -2 log likelihood by cohort, and its sum under ``all``."""
    out: dict[str, float] = {}
    for name, target in wanted.items():
        miss = np.nan_to_num(statistics[name] - target.value, nan=1e3)
        out[name] = float(miss @ np.linalg.solve(target.covariance, miss))
    return out | {"all": sum(out.values())}


class Emulator(NamedTuple):
    """A quadratic in the knobs of one cohort."""

    places: list[int]
    coefficients: Array  # (feature, statistic)
    inverse: Array  # of target covariance + residual variance
    target: Target


def features(unit: Array) -> Array:
    """Return 1, x and all products x_i x_j, (..., feature), x centred."""
    x = 2.0 * unit - 1.0
    i, j = np.triu_indices(x.shape[-1])
    return np.concatenate([np.ones((*x.shape[:-1], 1)), x, x[..., i] * x[..., j]], axis=-1)


def emulate(cohort: str, units: Array, statistics: Array, target: Target) -> Emulator:
    """Return the emulator of ``cohort`` from simulations at ``units`` (point, knob)."""
    columns = places(cohort)
    use = np.isfinite(statistics).all(axis=1)
    design, values = features(units[use][:, columns]), statistics[use]
    penalty = 1e-3 * len(values) ** 0.5 * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    gram = design.T @ design + penalty
    hat = np.einsum("ij,ji->i", design, np.linalg.solve(gram, design.T))
    coefficients = np.linalg.solve(gram, design.T @ values)
    left_out = (values - design @ coefficients) / (1.0 - np.minimum(hat, 0.95))[:, None]
    robust = np.minimum(left_out**2, 9.0 * np.median(left_out**2, axis=0)).mean(axis=0)
    inverse = np.asarray(np.linalg.inv(target.covariance + np.diag(robust)), np.float64)
    return Emulator(columns, coefficients, inverse, target)


def score(emulators: list[Emulator], units: Array) -> Array:
    """Return the emulated loss of points (point, knob); infinite outside the ranges."""
    total = np.zeros(len(units))
    for emulator in emulators:
        miss = features(units[:, emulator.places]) @ emulator.coefficients - emulator.target.value
        total += np.einsum("ij,jk,ik->i", miss, emulator.inverse, miss)
    return np.where(((units >= 0.0) & (units <= 1.0)).all(axis=1), total, np.inf)


def walk(emulators: list[Emulator], start: Array, temperature: float, rng: np.random.Generator) -> Array:
    """Return the second half of a differential-evolution Markov chain (ter Braak 2006), (sample, knob)."""
    chains, now = start.copy(), score(emulators, start)
    kept = []
    n, d = chains.shape
    for generation in range(GENERATIONS):
        a, b = rng.integers(0, n, n), rng.integers(0, n, n)
        crossed = rng.random((n, d)) < rng.choice([0.2, 0.5, 1.0], (n, 1))
        step = 1.0 if generation % 10 == 0 else 2.38 / np.sqrt(2.0 * np.maximum(crossed.sum(axis=1, keepdims=True), 1))
        move = chains + crossed * (step * (chains[a] - chains[b]) + 1e-3 * rng.standard_normal((n, d)))
        then = score(emulators, move)
        accept = np.log(rng.random(n)) < -0.5 * (then - now) / temperature
        chains[accept], now[accept] = move[accept], then[accept]
        if generation >= GENERATIONS // 2 and generation % 25 == 0:
            kept.append(chains.copy())
    return np.concatenate(kept)


def start(seed: int) -> dict[str, Array]:
    """Return the outcome of one independent start: its best point and its draws."""
    rng, wanted = np.random.default_rng([20261124, seed]), targets()
    waves, people = WAVES.get(seed, FEWER), PEOPLE
    if seed not in WAVES:
        people = {name: int(LATER * n) for name, n in PEOPLE.items()} | {"clinic": int(LATER * 10) * 133}
    points = latin(waves[0], rng)
    units: list[Array] = []
    statistics: dict[str, list[Array]] = {name: [] for name in wanted}
    sample = points
    emulators: list[Emulator] = []
    for wave, temperature in enumerate(TEMPERATURES):
        for row, unit in enumerate(points):
            run = simulated(from_unit(unit), people, 1000 * seed + 100_000 * wave + row, wanted)
            for name, values in run.items():
                statistics[name].append(values)
        units += list(points)
        recent = slice(0 if wave < 2 else waves[0], None)  # the widest design serves the first chains only
        tables = {name: np.array(rows)[recent] for name, rows in statistics.items()}
        emulators = [emulate(name, np.array(units)[recent], tables[name], wanted[name]) for name in wanted]
        sample = walk(emulators, sample[rng.choice(len(sample), CHAINS)], temperature, rng)
        print(f"start {seed}, wave {wave}: emulated loss {np.median(score(emulators, sample)):.1f}", flush=True)
        if wave + 1 < len(waves):
            points = sample[rng.choice(len(sample), waves[wave + 1], replace=False)]
    best = sample[np.argmin(score(emulators, sample))]
    chosen = sample[rng.choice(len(sample), KEPT, replace=False)]
    return {"seed": np.array(float(seed)), "best": from_unit(best), "draws": from_unit(chosen)}


def latin(n: int, rng: np.random.Generator) -> Array:
    """Return a Latin hypercube of shares, (n, knob)."""
    order = np.stack([rng.permutation(n) for _ in KNOBS], axis=1)
    return (order + rng.random(order.shape)) / n


def join(outcomes: Sequence[Mapping[str, Array]]) -> dict[str, object]:
    """Return pooled draws, the chosen point and both sets' losses on luck that no fit has seen."""
    wanted = targets()
    draws = [outcome["draws"] for outcome in outcomes]
    pooled = np.concatenate(draws)
    candidates = {f"best of start {outcome['seed']:.0f}": outcome["best"] for outcome in outcomes}
    candidates["posterior mean"] = from_unit(to_unit(pooled).mean(axis=0))
    first = {
        name: loss(simulated(point, JUDGED, 7_000_001, wanted), wanted)["all"] for name, point in candidates.items()
    }
    chosen = min(first, key=lambda name: first[name])
    sets = {"before": before_point(wanted), "fitted": candidates[chosen]}
    judged = {name: simulated(point, JUDGED, 8_000_001, wanted) for name, point in sets.items()}
    rng = np.random.default_rng(5)
    few = pooled[rng.choice(len(pooled), 60, replace=False)]
    losses = [loss(simulated(point, PEOPLE, 9_000_000 + k, wanted), wanted)["all"] for k, point in enumerate(few)]
    means = np.array([to_unit(draw).mean(axis=0) for draw in draws])
    within = np.array([to_unit(draw).var(axis=0, ddof=1) for draw in draws]).mean(axis=0)
    correlation: Array = np.atleast_2d(np.corrcoef(to_unit(pooled), rowvar=False))
    pairs = [(abs(correlation[i, j]), i, j) for i in range(len(KNOBS)) for j in range(i)]
    return {
        "knobs": [f"{k.cohort or 'diary'}.{k.name}" for k in KNOBS],
        "before": sets["before"].tolist(),
        "chosen": sets["fitted"].tolist(),
        "chosen_from": chosen,
        "candidates": first,
        "loss": {name: loss(statistics, wanted) for name, statistics in judged.items()},
        "statistics": {
            name: {
                "figures": list(target.names),
                "target": target.value.tolist(),
                "se": np.sqrt(np.diag(target.covariance)).tolist(),
                **{key: statistics[name].tolist() for key, statistics in judged.items()},
            }
            for name, target in wanted.items()
        },
        "mean": pooled.mean(axis=0).tolist(),
        "sd": pooled.std(axis=0, ddof=1).tolist(),
        "quantiles": np.quantile(pooled, [0.05, 0.5, 0.95], axis=0).tolist(),
        "prior_sd_left": (to_unit(pooled).std(axis=0) / 12**-0.5).tolist(),
        "r_hat": np.sqrt(1.0 + means.var(axis=0, ddof=1) / within).tolist(),
        "losses_of_draws": [round(value, 1) for value in losses],
        "ridges": [
            [f"{KNOBS[j].cohort or 'diary'}.{KNOBS[j].name}", f"{KNOBS[i].cohort or 'diary'}.{KNOBS[i].name}",
             round(float(correlation[i, j]), 2)]
            for _, i, j in sorted(pairs, reverse=True)[:12]
        ],
        "ensemble": [[float(f"{value:.5g}") for value in draw] for draw in few],
    }  # fmt: skip


def apply() -> None:
    """Write value, spread and origin of every fitted number into its ledgers; the run's frame is the trial's."""
    fitted = json.loads(RESULT.read_text(encoding="utf-8"))
    for place, knob in enumerate(KNOBS):
        ledgers = [f"frames/{knob.cohort}" if knob.cohort else "diary"]
        if knob.cohort == "migr" and knob.name not in ("log_rate", "placebo_shift"):
            ledgers.append("diary")
        if knob.cohort == "migr" and knob.name in ("placebo_spread", "remitter_share"):
            ledgers.append("frames/sham")
        if knob.cohort == "waiting" and knob.name != "placebo_shift":
            ledgers.append("frames/sham")
        if (knob.cohort, knob.name) == KIND:
            ledgers += ["diary", "frames/migr", "frames/waiting", "frames/sham"]
        value, spread = (float(f"{fitted[key][place]:.3g}") for key in ("chosen", "sd"))
        for name in ledgers:
            _rewrite(LEDGERS / f"{name}.toml", knob.name, value, spread, fitted["prior_sd_left"][place])


def _rewrite(path: Path, name: str, value: float, spread: float, left: float) -> None:
    text = path.read_text(encoding="utf-8")
    head, block = text.split(f"[{name}]\n", 1)
    lines, rest = block.split("\n\n", 1) if "\n\n" in block else (block.rstrip("\n"), "")
    kept = [
        line for line in lines.split("\n") if not line.startswith(("value", "uncertainty", "where", "tier", "source"))
    ]
    new = [
        f"value  = {value}",
        kept[0],
        'source = "leao2026"',
        f'where  = "validation/fit_diary.py; the data leave {100 * min(left, 1.0):.0f} % of the range that was allowed"',
        'tier   = "fitted"',
        f'uncertainty = {{ dist = "normal", sd = {spread} }}',
        *kept[1:],
    ]
    tail = f"\n\n{rest}" if rest else "\n"
    files.write_text(path, f"{head}[{name}]\n" + "\n".join(new) + tail)


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("part", choices=("fit", "apply"))


def main() -> None:
    """Fit, or write what was fitted into the ledgers."""
    given = work.asked(__doc__, more=_words)
    if given.words.part == "apply":
        apply()
        return
    starts = work.computed(given, {"starts": [partial(start, seed) for seed in STARTS]}, (PAGES / "diary.toml",))
    files.write_text(RESULT, json.dumps(join(starts["starts"]), indent=1) + "\n")


if __name__ == "__main__":
    work.run("fit_diary")
