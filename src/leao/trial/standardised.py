"""The marginal rate ratio by g-computation: everybody's expected count under each arm, averaged over all patients.

Each arm has its own negative-binomial regression on the baseline and the covariates (so nothing is assumed alike in the
arms), mu_a(i) = month's count of patient i had it been in arm a; ratio = mean mu_1 / mean mu_0. Unlike the coefficient
of one common regression it does not rest on the effect being the same in all patients.

Standard error by the influence function of ln(ratio), the model not taken to be right (M-estimation; Stefanski and Boos
2002, Am Stat 56:29): patient i adds mu_a(i) - mean mu_a, and in its own arm  n (mean_j mu_a(j) x_j)' H_a^-1 x_i r_i,
r = (y - m) / (1 + a m), H = sum of x x' m / (1 + a m).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels import negative_binomial as kernel
from leao.trial.monthly_counts import Data

Array = NDArray[np.float64]
_FLOOR = 0.5  # events: half of the smallest count, so that an empty baseline has a logarithm


class Marginal(NamedTuple):
    """ln(ratio of expected counts) of each active arm against the control, its error, and the expected counts."""

    value: Array
    se: Array
    mean: Array  # per month, (arm,)


def marginal_rate_ratio(data: Data) -> Marginal:
    """Return the marginal rate ratios of one trial; NaN where an arm's regression cannot be fitted."""
    use = data.use[0] & (data.days[0] > 0.0)
    n = int(use.sum())
    covariates = np.zeros((data.arm.shape[1], 0)) if data.covariates is None else data.covariates[0]
    x = np.column_stack([np.ones(use.size), np.log(np.maximum(data.baseline[0], _FLOOR)), covariates])[use]
    y, offset, arm = data.events[0][use], np.log(data.days[0][use] / data.month), data.arm[0][use]
    means, influence = np.full(data.groups, np.nan), np.full((data.groups, n), np.nan)
    for group in range(data.groups):
        member = arm == group
        fitted, _, status = kernel.negative_binomial(
            np.where(member, y, 0.0)[None], x[None], offset[None], member[None]
        )
        if status[0] == kernel.FAILED or not np.isfinite(fitted[0]).all():
            continue
        b, dispersion = fitted[0, : x.shape[1]], fitted[0, -1]
        expected = np.exp(np.minimum(x @ b, 50.0))
        m = expected * np.exp(offset)
        share = np.where(member, 1.0 / (1.0 + dispersion * m), 0.0)
        means[group] = expected.mean()
        try:
            turn = np.linalg.solve((x * (share * m)[:, None]).T @ x, (x * expected[:, None]).mean(axis=0))
        except np.linalg.LinAlgError:
            continue
        influence[group] = expected - means[group] + n * (x @ turn) * share * (y - m)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = influence / means[:, None]
        se = np.sqrt(((relative[1:] - relative[0]) ** 2).sum(axis=1)) / n
        return Marginal(np.log(means[1:] / means[0]), se, means)
