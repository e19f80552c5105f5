"""Type I error with covariates of simulated patients, and what they gain, written to docs/validation/covariates.toml.

    python -m validation.covariate_error [trials] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Two arms of 60, 28 days of run-in, 28 of baseline, 56 of treatment; the estimators adjust for attacks of the run-in,
headache days and pain of the baseline beside the endpoint's own baseline. Under no effect: the share of trials
significant on either side. Kept, set before the first run: 4 to 6 % (KEPT); one Monte Carlo error is 0.15 %. Gain: a
tenth of the trials under a ratio of attack rates of 0.75.
"""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

import leao
from leao.core import chunks
from leao.trial import power_and_size, simulated_trials
from leao.trial.estimators import MethodEstimate
from leao.trial.simulation import Setting, chunk
from validation import work
from validation.page import Page, kept, table

TRIALS, CHUNK, SEED, N, WEEKS = 20_000, 50, 2323, 60, 8
COVARIATES, METHODS = ("run_in", "headache_days", "severity"), ("negative_binomial", "mmrm", "ancova")
KEPT, LEVEL, EFFECT = (4.0, 6.0), 0.05, 0.75


@cache
def setting(effect: float) -> Setting:
    """Return the ensemble under a ratio of attack rates."""
    keys = {"covariates": COVARIATES, "run_in_days": 28}
    design = leao.trial.design("parallel", N, WEEKS, set=keys)
    return simulated_trials.setting(design, effect, "10 mg", (METHODS, "attacks"), SEED)


def trials(effect: float, cut: range) -> work.Columns:
    """Return the columns of some trials."""
    return chunk(setting(effect), cut)[1]


def main() -> None:
    """Compute what is missing, and write the table and its page."""
    given = work.asked(__doc__, TRIALS)
    number = given.number
    sizes = {1.0: number, EFFECT: max(number // 10, 50)}
    jobs = {
        str(effect): [partial(trials, effect, cut) for cut in chunks.spans(n, CHUNK)] for effect, n in sizes.items()
    }
    null, treated = (work.joined(parts) for parts in work.computed(given, jobs).values())
    write(number, null, treated)


def write(number: int, null: work.Columns, treated: work.Columns) -> None:
    """Write docs/validation/covariates.toml and covariates.md."""
    gained = power_and_size.gained(setting(EFFECT), treated)
    gains = {row["estimator"]: row for row in gained["gains"]} if gained else {}
    page = Page(
        "covariates",
        "Covariates of simulated patients: type I error and gain",
        (
            f"Written by `python -m validation.covariate_error`: {number:,} trials without effect, two arms of {N}, 28 + 28 + {7 * WEEKS} days,",
            f"seed {SEED}; adjusted for {', '.join(COVARIATES)} beside the baseline; two-sided 5 %. Kept, set before the first run:",
            f"{KEPT[0]:g} to {KEPT[1]:g} %. Gain: {max(number // 10, 50):,} trials under a ratio of {EFFECT:g}.",
        ),
    )
    shown, written = [], []
    for name in METHODS:
        with_them, without = (_share(null, f"{name}|{N}|{world}") for world in ("effect", "plain"))
        error, error_without = (math.sqrt(share * (100.0 - share) / number) for share in (with_them, without))
        row = gains[name]
        shown.append(
            (
                *(name.replace("_", " "), f"{with_them:.2f} ± {error:.2f}", f"{without:.2f} ± {error_without:.2f}"),
                *(kept(with_them, KEPT), f"{row['gain_percent']:.1f} ± {row['gain_percent_se']:.1f}"),
                *(f"{100 * row['power_with']:.1f}", f"{100 * row['power_without']:.1f}"),
            )
        )
        gain = {"gain_percent": f"{row['gain_percent']:.2f}", "gain_se": f"{row['gain_percent_se']:.2f}"}
        written.append({"name": f'"{name}"', "percent": f"{with_them:.3f}", "se": f"{error:.3f}"} | gain)
    head = (
        "estimator",
        "type I error, %",
        "without covariates, %",
        "",
        "worth, % of the patients",
        "power, %",
        "without, %",
    )
    print(page.write_rows("covariate_error", written, seed=SEED, trials=number))
    print(page.write(page.text(*table(head, shown))))


def _share(trials: work.Columns, start: str) -> float:
    estimates = MethodEstimate(*(trials[f"{start}|{part}|0"] for part in MethodEstimate._fields))
    return 100.0 * float(np.mean(estimates.p() < LEVEL))


if __name__ == "__main__":
    work.run("covariate_error")
