"""A person's CL, V and ka (Q, V2) from measured levels: maximum a posteriori, then the whole posterior.

Equation: log(DV_j) ~ Normal(log C_j(CL, V, ka), sigma);  logs of the factors on typical CL, V, ka ~ Normal(0, Omega).
A level below its limit of quantification L adds log Phi((log L - log C_j) / sigma), the probability of being so low
(method M3: Beal 2001, J Pharmacokinet Pharmacodyn 28:481).
Omega (priors.py) holds how well the population is known, how people differ, and what of their weight, creatinine
clearance and urine pH is not given.
Method: least squares to the maximum; 8000 draws of a Student t (5 degrees) of the Laplace covariance around it,
weighted by posterior over proposal (importance sampling). Diagnostic: the effective sample size and the largest weight.
Source: Sheiner & Beal 1982, J Pharm Sci 71:1344 (forecast from levels); Geweke 1989, Econometrica 57:1317.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import gammaincinv, log_ndtr, ndtri

from leao.core.random import Streams
from leao.exposure import solve
from leao.exposure.kernels import records

DRAWS = 8000
KEPT = 2000
DEGREES = 5.0
WIDER = 1.2  # the proposal is a fifth wider than Laplace's approximation
LEAST_EFFECTIVE = 1000.0
LARGEST_WEIGHT = 0.02


class Subject(NamedTuple):
    """One person's records as the kernel takes them, and what was measured."""

    name: str
    kernel: solve.Kernel
    rows: NDArray[np.int64]  # records with a level
    levels: NDArray[np.float64]  # ng/mL; the limit where the level is below it
    below: NDArray[np.bool_]  # below the limit of quantification


class Prior(NamedTuple):
    """What is known before a level is seen."""

    covariance: NDArray[np.float64]  # (3, 3) or (5, 5) of the logs of CL, V, ka (Q, V2) around the typical; 0: known
    residual: float  # log-scale SD of a level around the curve


class Posterior(NamedTuple):
    """What the levels say."""

    best: NDArray[np.float64]  # (3 or 5,) factors on CL, V, ka (Q, V2) at the maximum
    factors: NDArray[np.float64]  # (draw, 3 or 5), equally weighted
    effective: float
    largest_weight: float
    converged: bool


def infer(subject: Subject, prior: Prior, seed: int, index: int) -> Posterior:
    """Return the posterior of one subject; without a level it is the prior.

    Args:
        subject: records and levels.
        prior: what is known before.
        seed: seed of the draws.
        index: number of the subject, so that each has random numbers of its own.
    """
    width = len(prior.covariance)
    active = np.flatnonzero(np.diag(prior.covariance) > 0)
    n = active.size
    if not n:
        return Posterior(np.ones(width), np.ones((KEPT, width)), float(KEPT), 1.0 / KEPT, True)
    before = prior.covariance[np.ix_(active, active)]
    spread, whiten = np.sqrt(np.diag(before)), np.linalg.inv(np.linalg.cholesky(before))

    def misfit(log_factors: NDArray[np.float64]) -> NDArray[np.float64]:
        return _misfit(subject, _all(log_factors, active, width), prior.residual)

    def residuals(log_factors: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([whiten @ log_factors, misfit(log_factors[None])[0]])

    mode = least_squares(residuals, np.zeros(n), x_scale=spread, bounds=(-8 * spread, 8 * spread))
    covariance = WIDER**2 * np.linalg.inv(mode.jac.T @ mode.jac)
    draws, log_proposal = _student(mode.x, covariance, _uniforms(seed, index, n + 1))
    log_target = -0.5 * (np.square(draws @ whiten.T).sum(axis=1) + np.square(misfit(draws)).sum(axis=1))
    log_weight = np.where(np.isfinite(log_target), log_target - log_proposal, -np.inf)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    effective = float(1.0 / np.square(weight).sum())
    picked = np.searchsorted(np.cumsum(weight), (np.arange(KEPT) + 0.5) / KEPT)
    converged = bool(mode.success and effective >= LEAST_EFFECTIVE and weight.max() <= LARGEST_WEIGHT)
    kept = np.exp(_all(draws[np.minimum(picked, DRAWS - 1)], active, width))
    best = np.exp(_all(mode.x[None], active, width)[0])
    return Posterior(best, kept, effective, float(weight.max()), converged)


def _all(log_factors: NDArray[np.float64], active: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Return (draw, width) log factors, 0 where a parameter is known."""
    every = np.zeros((log_factors.shape[0], width))
    every[:, active] = log_factors
    return every


def _misfit(subject: Subject, log_factors: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return (draw, level) residuals."""
    levels = records.draws(*subject.kernel, np.exp(log_factors))[:, subject.rows, 0] * solve.NG_PER_ML
    with np.errstate(divide="ignore", invalid="ignore"):
        misfit = (np.log(subject.levels) - np.log(levels)) / sigma
        # as a residual, so that the sum of squares is minus twice the log likelihood of measured and censored alike
        misfit[:, subject.below] = np.sqrt(-2.0 * log_ndtr(misfit[:, subject.below]))
        return np.nan_to_num(misfit, nan=1e9, posinf=1e9, neginf=-1e9)


def _uniforms(seed: int, index: int, count: int) -> NDArray[np.float64]:
    return Streams(seed, "pk").uniforms(f"posterior of subject {index}", range(1), range(DRAWS), count)[0]


def _student(
    centre: NDArray[np.float64], covariance: NDArray[np.float64], u: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return draws (draw, parameter) of a multivariate Student t and their log density up to a constant."""
    root = np.linalg.cholesky(covariance)
    mix = 2.0 * gammaincinv(DEGREES / 2.0, u[:, -1]) / DEGREES
    z = ndtri(u[:, :-1]) / np.sqrt(mix)[:, None]
    log_density = -0.5 * (DEGREES + z.shape[1]) * np.log1p(np.square(z).sum(axis=1) / DEGREES)
    return centre + z @ root.T, log_density
