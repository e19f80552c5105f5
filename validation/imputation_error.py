"""Type I error of imputation under its strategies over many null trials, written to docs/validation/imputation.toml.

    python -m validation.imputation_error [trials] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Two arms of 30, both alike: a baseline, three visits with a common course (correlation 0.5 to 0.7), a fifth leaves after
any visit, more of those who do badly; the last visit's change. Conditional means with the jackknife, and 20 multiple
imputations with Rubin's rules, both in every trial. Kept, set before the first run: the jackknife 4 to 6 % two-sided
(KEPT); Rubin's rules at most 6 % (they are known to be conservative where a strategy borrows from the control).

Delta adjustment (rule set before its first run): missing at random, then DELTA worse for whoever of the active arm left.
It estimates the effect if they had fared so; nothing is to be detected where the active arm is better by just what this
costs, DELTA times the share that leaves (of a million patients, whose last visit hangs on nothing but their own course).
That much is added to the active arm's last visits, and the share of trials that reject is counted; kept: 4 to 6 %.
"""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from leao.core import chunks
from leao.trial.imputation import multiple
from leao.trial.imputation.strategies import STRATEGIES
from leao.trial.kernels import imputation as kernel
from validation import work
from validation.page import Page, kept, table

TRIALS, CHUNK, SEED, N, IMPUTATIONS = 20_000, 500, 2020, 60, 20
DELTA, LEAVING_SEED, MANY = 0.5, 2021, 1_000_000
KEPT, LEVEL = (4.0, 6.0), 0.05
CODES = np.array([strategy.code for strategy in STRATEGIES.values()])


def trial(rng: np.random.Generator, n: int = N) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return changes (patient, visit) and regressors of a trial without effect."""
    arm, base = (np.arange(n) % 2).astype(float), rng.standard_normal(n)
    course = 0.7 * rng.standard_normal(n)[:, None] + 0.4 * np.cumsum(rng.standard_normal((n, 3)), axis=1)
    y = course - 0.4 * base[:, None] - [0.3, 0.5, 0.6]
    gone = np.zeros(n, bool)
    for t in range(1, 3):
        gone |= rng.random(n) < 0.10 * np.exp(0.5 * y[:, t - 1])
        y[gone, t] = np.nan
    return y, np.column_stack([np.ones(n), arm, base])


@cache
def leaving() -> float:
    """Return the share of patients without the last visit."""
    return float(np.isnan(trial(np.random.default_rng(LEAVING_SEED), MANY)[0][:, -1]).mean())


def p_values(trials: range) -> dict[str, NDArray[np.float64]]:
    """Return two-sided p-values, by jackknife (trial, strategy and delta adjustment) and by Rubin's rules."""
    q, at_random = len(CODES), list(STRATEGIES).index("missing_at_random")
    ours, rubin, better = np.ones((len(trials), q + 1)), np.ones((len(trials), q)), -DELTA * leaving()
    for row, which in enumerate(trials):
        y, x = trial(np.random.default_rng([SEED, which]))
        parts = kernel.replicates(y, x, 2, CODES, False)[:, :, 0]  # columns: strategies, delta in either arm
        parts = np.column_stack([parts[:, :q], parts[:, at_random] + DELTA * parts[:, q + 1] + better])
        se = np.sqrt((N - 1) / N * ((parts[1:] - parts[1:].mean(axis=0)) ** 2).sum(axis=0))
        ours[row] = 2.0 * stdtr(N - 3.0, -np.abs(parts[0]) / se)
        pooled = multiple.impute(multiple.Problem(y, x, 2), CODES, IMPUTATIONS, which)
        if pooled is not None:
            rubin[row] = [2.0 * stdtr(part.freedom[0], -abs(part.value[0]) / part.se[0]) for part in pooled]
    return {"jackknife": ours, "rubin": rubin}


def main() -> None:
    """Compute what is missing, and write the table and its page."""
    given = work.asked(__doc__, TRIALS)
    cuts = [partial(p_values, cut) for cut in chunks.spans(given.number, CHUNK)]
    write(given.number, work.joined(work.computed(given, {"trials": cuts})["trials"]))


def write(trials: int, p_of: work.Columns) -> None:
    """Write docs/validation/imputation.toml and imputation.md."""
    page = Page(
        "imputation",
        "Imputation under its strategies: type I error",
        (
            f"Written by `python -m validation.imputation_error`: {trials:,} trials without effect, two arms of {N // 2}, three",
            f"visits, some 20 % without the last; seed {SEED}; two-sided 5 %. Kept, set before the first run: the jackknife",
            f"{KEPT[0]:g} to {KEPT[1]:g} %, Rubin's rules ({IMPUTATIONS} imputations in every trial) at most {KEPT[1]:g} %.",
        ),
    )
    shown, written = [], []
    for k, name in enumerate((*STRATEGIES, "delta_adjustment")):
        row = [name.replace("_", " ")]
        for method, least in (("jackknife", KEPT[0]), ("rubin", 0.0)):
            p = p_of[method]
            if k >= p.shape[1]:
                row += ["not offered", ""]
                continue
            share = 100 * float(np.mean(p[:, k] < LEVEL))
            error = math.sqrt(share * (100 - share) / len(p))
            row += [f"{share:.2f} ± {error:.2f}", kept(share, (least, KEPT[1]))]
            about = {"strategy": f'"{name}"', "method": f'"{method}"'}
            written.append(about | {"percent": f"{share:.3f}", "se": f"{error:.3f}"})
        shown.append(row)
    head = ("strategy", "conditional means, jackknife, %", "", "multiple imputation, Rubin, %", "")
    after = (
        f"Delta adjustment: missing at random, then {DELTA:g} worse for whoever of the active arm left; the null trials are",
        "those in which this estimand, not the one without delta, is zero.",
    )
    print(page.write_rows("imputation_error", written, seed=SEED, trials=trials))
    print(page.write(page.text(*table(head, shown), "", *after)))


if __name__ == "__main__":
    work.run("imputation_error")
