"""Type I error of imputation under its strategies over many null trials, written to docs/validation/imputation.toml.

    python -m validation.imputation_error [trials]

Two arms of 30, both alike: a baseline, three visits with a common course (correlation 0.5 to 0.7), a fifth leaves after
any visit, more of those who do badly; the last visit's change. Conditional means with the jackknife, and, in the first
2,000 trials, 20 multiple imputations with Rubin's rules. Kept, set before the first run: the jackknife 4 to 6 % two-sided (KEPT); Rubin's rules at
most 6 % (they are known to be conservative where a strategy borrows from the control).
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from leao.core import files
from leao.trial.imputation import multiple
from leao.trial.imputation.strategies import STRATEGIES
from leao.trial.kernels import imputation as kernel

OUT = Path(__file__).resolve().parents[1] / "docs" / "validation"
TRIALS, SEED, N, IMPUTATIONS = 20_000, 2020, 60, 20
IMPUTED = 2_000  # trials that are imputed many times, too
KEPT, LEVEL = (4.0, 6.0), 0.05
CODES = np.array([strategy.code for strategy in STRATEGIES.values()])


def trial(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return changes (patient, visit) and regressors of a trial without effect."""
    arm, base = (np.arange(N) % 2).astype(float), rng.standard_normal(N)
    course = 0.7 * rng.standard_normal(N)[:, None] + 0.4 * np.cumsum(rng.standard_normal((N, 3)), axis=1)
    y = course - 0.4 * base[:, None] - [0.3, 0.5, 0.6]
    gone = np.zeros(N, bool)
    for t in range(1, 3):
        gone |= rng.random(N) < 0.10 * np.exp(0.5 * y[:, t - 1])
        y[gone, t] = np.nan
    return y, np.column_stack([np.ones(N), arm, base])


def p_values(trials: range) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two-sided p-values by jackknife, (trial, strategy), and by Rubin's rules, of fewer trials."""
    ours, rubin = np.ones((len(trials), len(CODES))), np.ones((min(len(trials), IMPUTED), len(CODES)))
    for row, which in enumerate(trials):
        y, x = trial(np.random.default_rng([SEED, which]))
        parts = kernel.replicates(y, x, 2, CODES, False)[:, : len(CODES), 0]
        se = np.sqrt((N - 1) / N * ((parts[1:] - parts[1:].mean(axis=0)) ** 2).sum(axis=0))
        ours[row] = 2.0 * stdtr(N - 3.0, -np.abs(parts[0]) / se)
        if row >= len(rubin):
            continue
        pooled = multiple.impute(multiple.Problem(y, x, 2), CODES, IMPUTATIONS, which)
        if pooled is not None:
            rubin[row] = [2.0 * stdtr(part.freedom[0], -abs(part.value[0]) / part.se[0]) for part in pooled]
    return ours, rubin


def main(trials: int) -> None:
    """Write the table and its page."""
    ours, rubin = p_values(range(trials))
    toml = ["# written by validation/imputation_error.py", f"seed = {SEED}", f"trials = {trials}", ""]
    page = [
        "# Imputation under its strategies: type I error", "",
        f"Written by `python -m validation.imputation_error`: {trials:,} trials without effect, two arms of {N // 2}, three",
        f"visits, some 20 % without the last; seed {SEED}; two-sided 5 %. Kept, set before the first run: the jackknife",
        f"{KEPT[0]:g} to {KEPT[1]:g} %, Rubin's rules ({IMPUTATIONS} imputations, {len(rubin):,} trials) at most {KEPT[1]:g} %.", "",
        "| strategy | conditional means, jackknife, % | | multiple imputation, Rubin, % | |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for k, name in enumerate(STRATEGIES):
        shares = [100 * float(np.mean(p[:, k] < LEVEL)) for p in (ours, rubin)]
        errors = [math.sqrt(share * (100 - share) / len(p)) for share, p in zip(shares, (ours, rubin), strict=True)]
        words = [
            "kept" if KEPT[0] <= shares[0] <= KEPT[1] else "NOT kept",
            "kept" if shares[1] <= KEPT[1] else "NOT kept",
        ]
        cells = [
            f"{share:.2f} ± {error:.2f} | {word}" for share, error, word in zip(shares, errors, words, strict=True)
        ]
        page.append(f"| {name.replace('_', ' ')} | {' | '.join(cells)} |")
        for method, share, error in zip(("jackknife", "rubin"), shares, errors, strict=True):
            toml += [
                "[[row]]",
                f'strategy = "{name}"',
                f'method = "{method}"',
                f"percent = {share:.3f}",
                f"se = {error:.3f}",
                "",
            ]
    print(files.write_text(OUT / "imputation.toml", "\n".join(toml)))
    print(files.write_text(OUT / "imputation.md", "\n".join(page) + "\n"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else TRIALS)
