"""Type I error of the four estimands and of the subgroups' interaction, written to docs/validation/estimands.toml.

    python -m validation.estimand_error [trials] [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Two arms of 40, both alike: a baseline, three visits with a common course, a quarter stops the treatment after the first or
second visit, more of those who do badly, and goes on with the visits; a tenth of the visits is missing. After a stop nothing
changes, so that every strategy has no effect to find. Interaction: two levels, one covariate, no effect in either. Kept,
set before the first run: 4.4 to 5.6 % of two sides (KEPT); one Monte Carlo error is 0.15 %.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from leao.trial import estimators
from leao.trial.linear import least_squares, wald
from leao.trial.monthly_counts import Data
from validation import work
from validation.page import Page, kept, table

TRIALS, BLOCK, SEED, N, VISITS = 20_000, 500, 2222, 80, 3
KEPT, LEVEL = (4.4, 5.6), 0.05
STRATEGIES = ("treatment policy", "hypothetical", "composite", "while on treatment")
INTERACTION = "interaction of a subgroup"


def trials(rng: np.random.Generator) -> tuple[Data, NDArray[np.int64]]:
    """Return a block of trials without effect, and after how many visits each patient stopped (VISITS: never)."""
    arm = np.broadcast_to((np.arange(N) % 2).astype(np.int8), (BLOCK, N))
    base = rng.standard_normal((BLOCK, N))
    course = 0.7 * rng.standard_normal((BLOCK, N, 1)) + 0.4 * rng.standard_normal((BLOCK, N, VISITS)).cumsum(axis=-1)
    values = 0.6 * base[..., None] + course - np.array([0.3, 0.5, 0.6])
    stop = np.full((BLOCK, N), VISITS)
    for visit in (2, 1):
        stop[rng.random((BLOCK, N)) < 0.12 * np.exp(0.5 * values[..., visit - 1])] = visit
    values[rng.random(values.shape) < 0.1] = np.nan
    use = np.ones((BLOCK, N), bool)
    nothing = np.full((BLOCK, N), np.nan)
    return Data(arm, use, base, values, nothing, nothing, 1.0, False, np.zeros((2, VISITS), bool)), stop


def p_values(data: Data, stop: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Return two-sided p-values of every strategy, (trial,)."""
    off = np.arange(VISITS) >= stop[..., None]
    last = data.visits[..., -1:].copy()
    on = np.isfinite(data.visits) & ~off
    place = VISITS - 1 - np.argmax(on[..., ::-1], axis=-1)
    kept = np.take_along_axis(data.visits, place[..., None], axis=-1)
    stopped = (stop < VISITS)[..., None]
    last = np.where(stopped, np.where(on.any(axis=-1, keepdims=True), kept, np.nan), last)
    fits = (
        estimators.repeated(data),
        estimators.repeated(data._replace(visits=np.where(off, np.nan, data.visits))),
        estimators.repeated(data._replace(visits=np.where(off, data.baseline[..., None], data.visits))),
        estimators.ancova(data._replace(visits=last, drug=data.drug[:, -1:])),
    )
    return [fit.p()[:, 0] for fit in fits]


def interaction(rng: np.random.Generator) -> float:
    """Return the p-value of the interaction in a trial without any."""
    arm, level, base = np.arange(N) % 2, rng.random(N) < 0.4, rng.standard_normal(N)
    x = np.column_stack([np.ones(N), arm, level, arm * level, base]).astype(np.float64)
    fit = least_squares(0.5 * base + 0.3 * level + rng.standard_normal(N), x)
    tested = None if fit is None else wald(fit, [3])
    return 1.0 if tested is None else tested[1]


def strategies(block: int) -> dict[str, NDArray[np.float64]]:
    """Return the p-values of every strategy in a block of trials."""
    return dict(zip(STRATEGIES, p_values(*trials(np.random.default_rng([SEED, block]))), strict=True))


def interactions(number: int) -> dict[str, NDArray[np.float64]]:
    """Return the p-values of the interaction; one stream of random numbers, hence one part."""
    rng = np.random.default_rng([SEED, 10_000])
    return {INTERACTION: np.array([interaction(rng) for _ in range(number)])}


def main() -> None:
    """Compute what is missing, and write the table and its page."""
    given = work.asked(__doc__, TRIALS)
    jobs = {
        "strategies": [partial(strategies, block) for block in range(-(-given.number // BLOCK))],
        INTERACTION: [partial(interactions, given.number)],
    }
    parts = work.computed(given, jobs)
    write(given.number, work.joined(parts["strategies"]) | work.joined(parts[INTERACTION]))


def write(number: int, p: work.Columns) -> None:
    """Write docs/validation/estimands.toml and estimands.md."""
    page = Page(
        "estimands",
        "Estimands and subgroups: type I error",
        (
            f"Written by `python -m validation.estimand_error`: {number:,} trials without effect, two arms of {N // 2}, three visits,",
            f"some quarter stops, a tenth of the visits missing; seed {SEED}; two-sided 5 %. Kept, set before the first run: {KEPT[0]:g}",
            f"to {KEPT[1]:g} %.",
        ),
    )
    shown, written = [], []
    for name, values in p.items():
        share = 100.0 * float(np.mean(values[:number] < LEVEL))
        error = math.sqrt(share * (100.0 - share) / number)
        shown.append((name, f"{share:.2f}", f"{error:.2f}", kept(share, KEPT)))
        written.append({"name": f'"{name}"', "percent": f"{share:.3f}", "se": f"{error:.3f}"})
    print(page.write_rows("estimand_error", written, seed=SEED, trials=number))
    print(page.write(page.text(*table(("procedure", "type I error, %", "Monte Carlo error", ""), shown))))


if __name__ == "__main__":
    work.run("estimand_error")
