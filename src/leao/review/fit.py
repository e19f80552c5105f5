"""The posterior of one diary: the drift summed over a grid, the other parameters by importance sampling.

k-hat cannot see a grid too coarse for a large drift (200 days on and 200 off: k-hat 0.11 and a log density wrong by
17), so posterior draws are weighed on a grid twice as fine as well, and the nodes doubled until both agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.review import daily_model, importance, laplace
from leao.review.chain_likelihood import REACH, DriftGrid
from leao.review.priors import DailyModelPriors, central

DRAWS, LONG_DRAWS = 4096, 2048
LONG = 1000  # days from which fewer draws do
NODES, MOST_NODES = 11, 41
FARTHER = 0.3  # SD by which the finer grid reaches farther
COMPARED_FIRST, COMPARED = 16, 64  # draws weighed on both grids, before and after sampling
LARGEST_GRID_ERROR = 0.2  # of a log density, but for a constant
LEAST_EFFECTIVE = 200.0
KEPT, LONG_KEPT = 1000, 500  # draws of equal weight that are given a drift path
MISSING, WITH_HEADACHE = daily_model.NAMES.index("missing"), daily_model.NAMES.index("with_headache")
Array = NDArray[np.float64]


class Posterior(NamedTuple):
    """The draws of one diary, and what the checks found."""

    weighted: daily_model.Parameters  # (draw, ...), without drift
    weights: Array  # (draw,)
    parameters: daily_model.Parameters  # (draw, ...), equally weighted, with their drift
    k_hat: float
    effective_draws: float
    grid_error: float
    problem: str | None  # None where the draws may carry an answer

    @property
    def converged(self) -> bool:
        """Whether the draws may carry an answer."""
        return self.problem is None


class Target:
    """The log density that is sampled: that of a grid, in coordinates in which it is nearly Gaussian.

    Few days left out with headache or many without explain a diary alike, along a curve: what the days tell is the
    share left out over all. Shifting ``missing`` by ln E exp(with_headache [H]) straightens the curve; a shear, so
    that densities stay as they are. It doubles the effective draws of a diary of years.
    """

    def __init__(self, data: daily_model.Data, p: DailyModelPriors, nodes: int, reach: float = REACH) -> None:
        self.data, self.p, self.nodes = data, p, nodes
        self.grid = DriftGrid(data, p, nodes, reach)
        self.share = float(data.headache.sum() / max(int(data.seen.sum()), 1))

    def parameters(self, place: Array) -> Array:
        """Return the standard normals z of places (draw, HEAD) in the straightened coordinates."""
        z = place.copy()
        log_odds = self.p.missing_headache_sd * z[:, WITH_HEADACHE]
        z[:, MISSING] -= np.log1p(self.share * np.expm1(log_odds)) / self.p.missing_sd
        return z

    def log_density(self, place: Array) -> Array:
        """Return the log posterior density (draw,) up to a constant."""
        return self.grid.log_density(self.parameters(place))

    def grid_error(self, place: Array) -> float:
        """Return by how much the log density moves at most on a grid twice as fine, but for a constant."""
        finer = Target(self.data, self.p, 2 * self.nodes - 1, REACH + FARTHER)
        apart = finer.log_density(place) - self.log_density(place)
        return float(np.abs(apart - np.median(apart)).max())


def sample(data: daily_model.Data, seed: int, p: DailyModelPriors | None = None) -> Posterior:
    """Return the posterior of one diary."""
    belief = central() if p is None else p
    draws, kept = (DRAWS, KEPT) if data.seen.size < LONG else (LONG_DRAWS, LONG_KEPT)
    nodes, start = NODES, np.zeros(daily_model.HEAD) if data.seen.size < LONG else guess(data, belief)
    while True:
        target = Target(data, belief, nodes)
        begin = laplace.approximate(target.log_density, start)
        rng = np.random.default_rng(seed)
        finest = nodes >= MOST_NODES
        first_draws, _ = importance.propose(begin, COMPARED_FIRST, rng)
        if finest or target.grid_error(first_draws) <= LARGEST_GRID_ERROR:
            sample_result = importance.sample(target.log_density, begin, draws, rng)
            chosen = sample_result.z[importance.resampled(sample_result.weights, kept, rng)]
            error = target.grid_error(chosen[:: kept // COMPARED][:COMPARED])
            if finest or error <= LARGEST_GRID_ERROR:
                break
        nodes, start = 2 * nodes - 1, begin.centre
    z = target.parameters(chosen)
    return Posterior(
        weighted=daily_model.parameters(target.parameters(sample_result.z), belief),
        weights=sample_result.weights,
        parameters=daily_model.parameters(z, belief, target.grid.drift_paths(z, rng)),
        k_hat=sample_result.k_hat,
        effective_draws=sample_result.effective,
        grid_error=error,
        problem=problem(sample_result.k_hat, sample_result.effective, error),
    )


def guess(data: daily_model.Data, p: DailyModelPriors) -> Array:
    """Return where a long diary's mode is sought from: level and days left out as they were counted."""
    ache = _share(data.headache[data.seen])
    after_seen, after_blank = (_share(~data.seen[1:][data.seen[:-1] == before]) for before in (True, False))
    logit, streak = np.log(after_seen / (1.0 - after_seen)), np.log(after_blank / (1.0 - after_blank))
    start = np.zeros(daily_model.HEAD)
    start[daily_model.NAMES.index("level")] = (np.log(-np.log1p(-ache)) - p.level_mean) / p.level_sd
    start[MISSING] = (logit - p.missing_mean) / p.missing_sd
    start[daily_model.NAMES.index("streak")] = (streak - logit - p.missing_streak_mean) / p.missing_streak_sd
    return np.clip(start, -2.0, 2.0)


def _share(days: NDArray[np.bool_]) -> float:
    """Return the share of days, away from none and all."""
    return (float(days.sum()) + 1.0) / (days.size + 2.0)


def problem(k_hat: float, effective: float, error: float) -> str | None:
    """Return why the draws may not carry an answer, or None."""
    if not error <= LARGEST_GRID_ERROR:
        return f"the grid of the drift is too coarse (off by {error:.2f} of a log density, wanted {LARGEST_GRID_ERROR})"
    if not k_hat < importance.LARGEST_K_HAT:
        return f"a few draws carry the answer (k-hat {k_hat:.2f}, wanted below {importance.LARGEST_K_HAT})"
    if not effective >= LEAST_EFFECTIVE:
        return f"too few effective draws ({effective:.0f}, wanted {LEAST_EFFECTIVE:.0f})"
    return None
