"""Adaptive Metropolis for fits of a few numbers, seeded.

Source: Haario, Saksman & Tamminen 2001, Bernoulli 7:223; Gelman & Rubin 1992, Statistical Science 7:457 (r-hat).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CHAINS, WARM, STEPS, THIN = 4, 3000, 6000, 3
SEED = 20261126
STEP = 1e-5  # of a logarithm, for derivatives
PRIOR_SD = {"between": 0.3, "absorption": 0.5, "rest": 0.2}  # half-normal, log scale


def sample(log_density: Callable[[Array], float], start: Array, seed: int, stream: int) -> tuple[Array, float]:
    """Return draws of adaptive Metropolis from four starts, and the largest r-hat."""
    chains = [_chain(log_density, start, np.random.default_rng([seed, stream, chain])) for chain in range(CHAINS)]
    kept = np.stack(chains)
    within = kept.var(axis=1, ddof=1).mean(axis=0)
    apart = kept.mean(axis=1).var(axis=0, ddof=1)
    return kept.reshape(-1, start.size), float(np.sqrt(1.0 + apart / within).max())


def _chain(log_density: Callable[[Array], float], start: Array, rng: np.random.Generator) -> Array:
    size = start.size
    x = start + 0.02 * rng.standard_normal(size)
    while not np.isfinite(log_density(x)):
        x = start + 0.02 * rng.standard_normal(size)
    here, root, history, kept = log_density(x), 0.05 * np.eye(size), [], []
    for step in range(WARM + STEPS):
        proposal = x + root @ rng.standard_normal(size)
        there = log_density(proposal)
        if np.log(rng.random()) < there - here:
            x, here = proposal, there
        if step < WARM:
            history.append(x)
            if step % 200 == 199:  # the proposal follows the second half of what was seen, then stays
                seen = np.cov(np.array(history[len(history) // 2 :]).T) + 1e-8 * np.eye(size)
                root = 2.38 / np.sqrt(size) * np.linalg.cholesky(seen)
        elif step % THIN == 0:
            kept.append(x)
    return np.array(kept)


def log_normal_density(residual: Array, covariance: Array) -> float:
    """Return the log density of a centred normal at ``residual``, up to a constant."""
    root = np.linalg.cholesky(covariance)
    return float(-0.5 * np.square(np.linalg.solve(root, residual)).sum() - np.log(np.diag(root)).sum())
