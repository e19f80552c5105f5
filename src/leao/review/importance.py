"""Importance sampling with Pareto-smoothed weights, and what says whether they can be trusted.

Draws come from a multivariate t about a Gaussian approximation. The largest weights are replaced by the expected
order statistics of a generalised Pareto distribution fitted to them; its shape k-hat tells how much a few draws
carry (Vehtari et al. 2024): 0.7 or more, no answer. A proposal that fits badly is moved to the weighted draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.review.laplace import Density, Gaussian

MOST_DRAWS = 8192
FREEDOM = 15.0  # degrees of freedom of the t: its tails are wider than the posterior's
ROUNDS = 4
LARGEST_K_HAT = 0.7
ENOUGH = 400.0  # effective draws below which another round is tried
TO_MOVE_BY = 200.0  # effective draws the moments of the next proposal are taken from
WIDER = 1.05  # SD of the next proposal over that of the weighted draws
LEAST_VARIANCE = 1e-3
PRIOR_TAIL = 10.0  # draws' worth of k = 0.5 by which a small tail is steadied (Vehtari et al. 2024, appendix C)
Array = NDArray[np.float64]


class Weighted(NamedTuple):
    """Draws, their weights (summing to 1), and how far these can be trusted."""

    z: Array  # (draw, parameter)
    weights: Array  # (draw,)
    k_hat: float

    @property
    def effective(self) -> float:
        """How many equally weighted draws would tell as much."""
        return 1.0 / float((self.weights**2).sum())

    @property
    def good(self) -> bool:
        """Whether another round is needless."""
        return self.k_hat < LARGEST_K_HAT and self.effective >= ENOUGH


def sample(log_density: Density, begin: Gaussian, draws: int, rng: np.random.Generator) -> Weighted:
    """Return weighted draws of a log density, the proposal moved and the draws doubled until they are good."""
    proposal, rounds = begin, 0
    while True:
        z, log_proposal = propose(proposal, draws, rng)
        log_ratio = log_density(z) - log_proposal
        weighted_result = Weighted(z, *smoothed(log_ratio))
        rounds += 1
        if weighted_result.good or rounds >= ROUNDS:
            return weighted_result
        proposal = moved(
            z, weighted_result.weights if weighted_result.effective > TO_MOVE_BY else flattened(log_ratio, TO_MOVE_BY)
        )
        draws = min(2 * draws, MOST_DRAWS)


def propose(about: Gaussian, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return draws of the multivariate t and their log densities, up to a constant."""
    width = about.centre.size
    normal = rng.standard_normal((draws, width))
    u = normal * np.sqrt(FREEDOM / rng.chisquare(FREEDOM, draws))[:, None]
    return about.centre + u @ about.root.T, -0.5 * (FREEDOM + width) * np.log1p((u * u).sum(axis=1) / FREEDOM)


def moved(z: Array, weights: Array) -> Gaussian:
    """Return the Gaussian of the weighted draws, a little wider."""
    centre = weights @ z
    away = z - centre
    values, vectors = np.linalg.eigh(away.T @ (away * weights[:, None]))
    return Gaussian(centre, WIDER * vectors * np.sqrt(np.maximum(values, LEAST_VARIANCE)))


def flattened(log_ratio: Array, effective: float) -> Array:
    """Return weights raised to the power, found by bisection, at which ``effective`` of the draws count."""
    low, high = 0.0, 1.0
    weights = np.full(log_ratio.size, 1.0 / log_ratio.size)
    for _ in range(30):
        power = 0.5 * (low + high)
        weights = np.exp(power * (log_ratio - log_ratio.max()))
        weights /= weights.sum()
        enough = 1.0 / float((weights**2).sum()) > effective
        low, high = (power, high) if enough else (low, power)
    return weights


def smoothed(log_ratio: Array) -> tuple[Array, float]:
    """Return Pareto-smoothed weights and k-hat of log importance ratios (draw,)."""
    n = log_ratio.size
    log_weights = log_ratio - log_ratio.max()
    many = int(min(0.2 * n, 3.0 * np.sqrt(n)))
    order = np.argsort(log_weights)
    tail = order[-many:]
    cut = float(np.exp(log_weights[order[-many - 1]]))
    beyond = np.exp(log_weights[tail]) - cut
    if not beyond[many // 4] > 0.0:  # equal weights have no tail
        weights = np.exp(log_weights)
        return weights / weights.sum(), 0.0
    shape, scale = pareto(beyond)
    place = (np.arange(many) + 0.5) / many
    weights = np.exp(log_weights)
    weights[tail] = np.minimum(cut + scale * np.expm1(-shape * np.log1p(-place)) / shape, 1.0)
    return weights / weights.sum(), shape


def pareto(beyond: Array) -> tuple[float, float]:
    """Return shape and scale of the generalised Pareto distribution of sorted excesses (Zhang & Stephens 2009).

    The estimate is a posterior mean over a grid of b = -shape / scale; the shape is steadied towards a half.
    """
    n = beyond.size
    many = 30 + int(np.sqrt(n))
    quarter = beyond[int(n / 4 + 0.5) - 1]
    b = 1.0 / beyond[-1] + (1.0 - np.sqrt(many / (np.arange(1, many + 1) - 0.5))) / (3.0 * quarter)
    shapes = np.log1p(-b[:, None] * beyond).mean(axis=1)
    profile = n * (np.log(-b / shapes) - shapes - 1.0)
    weight = np.exp(profile - profile.max())
    middle = float((b * weight).sum() / weight.sum())
    shape = float(np.log1p(-middle * beyond).mean())
    scale = -shape / middle
    return (n * shape + 0.5 * PRIOR_TAIL) / (n + PRIOR_TAIL), scale


def resampled(weights: Array, draws: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return which draws stand for the weighted ones with equal weight, by systematic resampling."""
    place = (rng.random() + np.arange(draws)) / draws
    return np.minimum(np.searchsorted(np.cumsum(weights), place), weights.size - 1)
