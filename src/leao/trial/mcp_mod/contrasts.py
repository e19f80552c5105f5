"""The multiple contrast test: one optimal contrast a shape, the largest against a multivariate t (Bretz et al. 2005).

Contrast: c ~ S^-1 (m - (m' S^-1 1) / (1' S^-1 1)), m the shape at the doses, S the covariance of the means (Pinheiro et
al. 2014, Stat Med 33:1646). Adjusted p of t_m: the chance under no effect that the largest of all statistics, t with
their correlation, is as large (Bretz, Pinheiro and Branson 2005, Biometrics 61:738), one side.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import multivariate_t

from leao.trial.mcp_mod.shapes import SHAPES, Candidate

Array = NDArray[np.float64]
_POINTS, _SEED = 40_000, 1  # of the quasi-random integration


class Means(NamedTuple):
    """Dose means, higher is better, with their covariance and residual degrees of freedom."""

    doses: Array
    value: Array
    covariance: Array
    freedom: int


class Tested(NamedTuple):
    """Contrasts (candidate, dose) and their statistics; (candidate,)."""

    contrasts: Array
    correlation: Array
    t: Array
    adjusted_p: Array


def optimal(means: Means, candidates: tuple[Candidate, ...]) -> Array:
    """Return the optimal contrast of each candidate, of length 1."""
    inverse = np.linalg.inv(means.covariance)
    ones = np.ones(len(means.doses))
    rows = []
    for candidate in candidates:
        shape = SHAPES[candidate.name].curve(means.doses, candidate.guess)
        c = inverse @ (shape - (shape @ inverse @ ones) / (ones @ inverse @ ones))
        rows.append(c / np.linalg.norm(c))
    return np.array(rows)


def test(means: Means, candidates: tuple[Candidate, ...]) -> Tested:
    """Return contrasts, statistics and adjusted p-values."""
    c = optimal(means, candidates)
    spread = c @ means.covariance @ c.T
    error = np.sqrt(np.diag(spread))
    correlation = spread / np.outer(error, error)
    t = c @ means.value / error
    return Tested(c, correlation, t, np.array([adjusted(float(x), correlation, means.freedom) for x in t]))


def adjusted(t: float, correlation: Array, freedom: int) -> float:
    """Return the chance that the largest of several correlated t statistics reaches ``t``."""
    m, shape = len(correlation), cast("Any", correlation)
    if m == 1:
        return float(stdtr(freedom, -t))
    law: Any = multivariate_t(np.zeros(m), shape, df=freedom, allow_singular=True)
    inside = law.cdf(np.full(m, t), maxpts=_POINTS, random_state=np.random.default_rng(_SEED))
    return float(np.clip(1.0 - inside, 0.0, 1.0))
