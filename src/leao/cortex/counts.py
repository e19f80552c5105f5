"""Waves under continuous KCl as an expectation: many lines that differ as animals do, and what a count can say.

A count from one line is erratic: one skipped beat shifts all that follow. Its expectation over lines that differ in
the strength of the bath and in excitability is not. All waves in the time count, the onset wave too, as the source
counts them. A fall is judged by a Poisson likelihood of the counts, so that no wave at all is a datum like any other. A
ratio is `identified` at a level where it moves by less than ``CONVERGED`` between grids and does not rise with the
level by more than its error allows; where it is not, the span of the grids is part of its error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.cortex import kcl_waves, solve

Array = NDArray[np.float64]

LINES = 20
SEED = 20261126
STRENGTH = (0.5, 2.8)  # of the bath, log-uniform between animals
EXCITABILITY = 0.05  # standard deviation of the logarithm of the factor on release
CONVERGED = 0.05
ERRORS = 2.0
IDENTIFIED, NOT_IDENTIFIED = "identified", "not identified"
HALF = 0.5  # wave added to both counts of a ratio, so that none at all has a logarithm


class Animals(NamedTuple):
    """Lines that differ: strengths of the bath and factors on release, the same under every level."""

    strength: Array  # (line,)
    excitability: Array  # (line,)


class Ratio(NamedTuple):
    """A count over that without drug."""

    ratio: float
    log_error: float
    status: str


def animals(number: int = LINES, seed: int = SEED) -> Animals:
    """Return ``number`` lines drawn from ``seed``; more lines begin with the same ones.

    Raises:
        ScenarioError: fewer than two.
    """
    if number < 2:
        raise ScenarioError(f"lines: found {number}, wanted 2 or more ({LINES} for a mean worth its error)")
    draw = np.random.Generator(np.random.Philox(seed))
    uniform, normal = draw.random(4096), draw.standard_normal(4096)
    if number > uniform.size:
        raise ScenarioError(f"lines: found {number}, wanted {uniform.size} or fewer")
    low, high = STRENGTH
    return Animals(low * (high / low) ** uniform[:number], np.exp(EXCITABILITY * normal[:number]))


def count(
    piece: solve.TissueSlice, who: Animals, minutes: float, pool: Executor, grid: solve.Grid = kcl_waves.GRID
) -> Array:
    """Return the waves (line,) of each animal in ``minutes`` of continuous KCl."""

    def waves(k: int) -> float:
        factor = np.full(grid.nodes, who.excitability[k])
        return float(kcl_waves.train(piece, minutes, float(who.strength[k]), grid, factor).times.size)

    return np.array(list(pool.map(waves, range(who.strength.size))), dtype=np.float64)


def ratio(treated: Array, free: Array, weight: Array | None = None) -> tuple[float, float]:
    """Return the ratio of two counts (line,) of the same animals, and the standard error of its logarithm.

    Waves in an hour have a Poisson likelihood; half a wave added to a sum makes it the mean under Jeffreys' prior, so
    that no wave at all is a datum. The error is that of the paired lines (delta method), never below that of the half.

    Args:
        treated: waves under a drug.
        free: waves of the same lines without.
        weight: (line,) of the lines; their effective number, 1 / sum(w^2), stands for how many there are.
    """
    scale = np.ones(free.size) if weight is None else weight / weight.sum() / ((weight / weight.sum()) ** 2).sum()
    top, bottom = float(scale @ treated) + HALF, float(scale @ free) + HALF
    influence = scale * (treated / top - free / bottom)
    spread = float(influence.std(ddof=1) * np.sqrt(influence.size))
    return top / bottom, max(spread, float(np.sqrt(HALF) / top))


def judged(by_grid: Sequence[tuple[Array, Array]], levels: Sequence[float]) -> list[Ratio]:
    """Return the ratio at each level with its standing, from counts on grids ever finer.

    Args:
        by_grid: of each grid, from coarse to fine, counts under the levels (level, line) and without drug (line,).
        levels: rising.
    """
    table = np.array([[ratio(treated[k], free) for k in range(len(levels))] for treated, free in by_grid])
    finest = table[-1]
    span = np.ptp(np.log(table[:, :, 0]), axis=0)
    moved = np.abs(table[-1, :, 0] - table[-2, :, 0]) if len(by_grid) > 1 else np.zeros(len(levels))
    rows = []
    for k in range(len(levels)):
        rise = np.log(finest[k, 0]) - np.log(finest[k - 1, 0]) if k else np.log(finest[k, 0])
        error = float(np.hypot(finest[k, 1], finest[k - 1, 1] if k else 0.0))
        fine = moved[k] < CONVERGED and rise <= ERRORS * error
        wide = float(finest[k, 1]) if fine else float(np.hypot(finest[k, 1], span[k]))
        rows.append(Ratio(float(finest[k, 0]), wide, IDENTIFIED if fine else NOT_IDENTIFIED))
    return rows


def log_likelihood(observed: Array, expected: float, between: float = 0.0) -> float:
    """Return the logarithm of the Poisson likelihood of counts (animal,) with mean ``expected``.

    Args:
        observed: counts, zeros allowed.
        expected: the mean the model gives; at least half a wave over all animals stands for none.
        between: standard deviation of the mean between animals; above 0 the counts are negative binomial.
    """
    from scipy.stats import nbinom, poisson

    mean = max(expected, HALF / observed.size)
    if between <= 0.0:
        return float(poisson.logpmf(observed, mean).sum())
    size = (mean / between) ** 2
    return float(nbinom.logpmf(observed, size, size / (size + mean)).sum())


def on_grids(
    pieces: tuple[solve.TissueSlice, Sequence[solve.TissueSlice]],
    who: Animals,
    minutes: float,
    pool: Executor,
    done: Callable[[], None] = lambda: None,
) -> list[tuple[Array, Array]]:
    """Return counts of a free slice and of slices under rising levels on 80, 40 and 20 um; ``done`` after each grid."""
    free, treated = pieces
    rows = []
    for nodes, dt in ((25, 0.04), (50, 0.025), (100, 0.0125)):
        grid = kcl_waves.GRID._replace(nodes=nodes, dt=dt)
        without = count(free, who, minutes, pool, grid)
        rows.append((np.array([count(piece, who, minutes, pool, grid) for piece in treated]), without))
        done()
    return rows
