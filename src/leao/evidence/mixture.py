"""The posterior of a normal random-effects synthesis, exact up to one quadrature over the spread between trials.

    y_i ~ N(theta_i, s_i^2),  theta_i ~ N(mu + bias, tau^2),
    mu ~ N(m, sd^2),  tau ~ half-normal(h),  bias ~ N(0, b^2) shared by all trials

Given tau everything is normal, so the posterior of mu is a mixture of normals over Gauss-Legendre nodes of tau; its
distribution function, the prediction for a new trial and its chance of success are closed forms of each node.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.special import ndtr
from leao.evidence.effects import Effect

Array = NDArray[np.float64]
NODES = 64  # of tau; 24 already give eight digits
REACH = 8.0  # half-normal scales of tau, and standard deviations of mu, that are looked at
GRID = 401
NEWTON = 4


class Prior(NamedTuple):
    """Normal prior of the mean effect, half-normal scale of tau, spread of a bias all trials share."""

    mean: float
    sd: float
    tau_sd: float
    shared_bias_sd: float = 0.0


class Posterior(NamedTuple):
    """The posterior of the mean effect mu: a mixture of normals, one for each node of tau."""

    weight: Array
    centre: Array
    spread: Array
    tau: Array

    @property
    def mean(self) -> float:
        """Return the posterior mean of mu."""
        return float(self.weight @ self.centre)

    @property
    def mean_tau(self) -> float:
        """Return the posterior mean of the spread between trials."""
        return float(self.weight @ self.tau)

    def below(self, x: Array) -> Array:
        """Return P(mu < x)."""
        return ndtr((np.asarray(x)[..., None] - self.centre) / self.spread) @ self.weight

    def draw(self, u: Array) -> Array:
        """Return posterior draws of mu by the inverse of its distribution function at the uniforms ``u``."""
        u = np.asarray(u, dtype=float)
        reach = REACH * self.spread
        grid = np.linspace((self.centre - reach).min(), (self.centre + reach).max(), GRID)
        x = np.interp(u, self.below(grid), grid)
        for _ in range(NEWTON):
            z = (x[..., None] - self.centre) / self.spread
            density = np.exp(-0.5 * z * z) @ (self.weight / (self.spread * math.sqrt(2.0 * math.pi)))
            step = (ndtr(z) @ self.weight - u) / np.maximum(density, 1e-12)
            x = x - np.clip(step, grid[0] - grid[1], grid[1] - grid[0])
        return x

    def quantile(self, u: float) -> float:
        """Return the quantile of mu at ``u``."""
        return float(self.draw(np.array([u]))[0])

    def interval(self, share: float) -> tuple[float, float]:
        """Return the central interval that holds ``share`` of the posterior."""
        return self.middle(share)[1:]

    def middle(self, share: float) -> tuple[float, float, float]:
        """Return the median, and the ends of the central interval that holds ``share`` of the posterior."""
        median, low, high = self.draw(np.array([0.5, 0.5 - share / 2.0, 0.5 + share / 2.0])).tolist()
        return median, low, high

    def in_a_new_trial(self) -> Posterior:
        """Return the distribution of the true effect in a new trial: mu with the spread between trials."""
        return self._replace(spread=np.hypot(self.spread, self.tau))

    def success(self, error: float, critical: float) -> float:
        """Return P(estimate < -critical error) of a new trial whose estimate has the standard error ``error``."""
        total = np.hypot(np.hypot(self.spread, self.tau), error)
        return float(ndtr((-critical * error - self.centre) / total) @ self.weight)


def posterior(effect: Sequence[Effect], belief: Prior) -> Posterior:
    """Return the posterior of the mean effect."""
    tau, prior = _nodes(belief, REACH * belief.tau_sd)
    logs, centre, spread = _given(tau, effect, belief)
    weight = prior * np.exp(logs - logs.max())
    return Posterior(weight / weight.sum(), centre, spread, tau)


def tau_below(effect: Sequence[Effect], belief: Prior, x: float) -> float:
    """Return the posterior probability that the spread between trials is below ``x``."""
    tau, prior = _nodes(belief, REACH * belief.tau_sd)
    logs, _, _ = _given(tau, effect, belief)
    top = logs.max()
    part, share = _nodes(belief, min(x, REACH * belief.tau_sd))
    logs_inside, _, _ = _given(part, effect, belief)
    inside = float(share @ np.exp(logs_inside - top))
    return inside / float(prior @ np.exp(logs - top))


def _nodes(belief: Prior, upto: float) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes of tau on (0, upto) and their weights under the half-normal prior."""
    if belief.tau_sd == 0.0:
        return np.zeros(1), np.ones(1)
    nodes, weights = _legendre()
    tau = 0.5 * upto * (nodes + 1.0)
    density = math.sqrt(2.0 / math.pi) / belief.tau_sd * np.exp(-0.5 * (tau / belief.tau_sd) ** 2)
    return tau, 0.5 * upto * weights * density


@cache
def _legendre() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(NODES)


def _given(tau: Array, answer: Sequence[Effect], belief: Prior) -> tuple[Array, Array, Array]:
    """Return, for each tau, the log evidence, and mean and standard deviation of mu given tau.

    With w_i = 1 / (s_i^2 + tau^2), W = sum w_i and y the weighted mean: y | mu ~ N(mu, 1/W + b^2), the rest of
    the likelihood does not depend on mu.
    """
    y = np.array([effect.estimate for effect in answer])
    variance = np.array([effect.error for effect in answer]) ** 2 + tau[:, None] ** 2
    weight = 1.0 / variance
    total = weight.sum(axis=1)
    mean = (weight * y).sum(axis=1) / total
    evidence_variance = 1.0 / total + belief.shared_bias_sd**2
    whole = evidence_variance + belief.sd**2
    logs = np.log(variance).sum(axis=1) + np.log(total) + (weight * (y - mean[:, None]) ** 2).sum(axis=1)
    logs = -0.5 * (logs + np.log(whole) + (mean - belief.mean) ** 2 / whole)
    precision = 1.0 / evidence_variance + 1.0 / belief.sd**2
    centre = (mean / evidence_variance + belief.mean / belief.sd**2) / precision
    return logs, centre, 1.0 / np.sqrt(precision)
