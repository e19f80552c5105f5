"""Multiple imputation of the last visit and Rubin's rules (1987, Multiple Imputation for Nonresponse in Surveys).

Parameters: visit t on x and the visits before it among those who have it, normal with a flat prior on the coefficients
and on ln v, so that v ~ RSS / chi2(n - q) and the coefficients are normal about least squares given v. For monotone
data the draws are independent. Gaps are filled given everything else of the patient, in turns with the parameters
(Schafer 1997, Analysis of Incomplete Multivariate Data, section 6.5). The last visit is drawn about the mean of the
strategy (``kernels/imputation.py``) given the visits seen. Degrees of freedom: Barnard and Rubin (1999, Biometrika
86:948).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.trial.kernels import imputation as kernel

Array = NDArray[np.float64]
_BURN, _THIN = 200, 10


class Problem(NamedTuple):
    """One trial: visits (patient, visit), regressors (patient, p), how many groups."""

    y: Array
    x: Array
    groups: int


class Pooled(NamedTuple):
    """Rubin's rules; each (group - 1,)."""

    value: Array
    se: Array
    freedom: Array
    missing_information: Array  # share of the variance that is between imputations


def impute(problem: Problem, codes: NDArray[np.int64], imputations: int, seed: int) -> list[Pooled] | None:
    """Return each strategy's pooled estimates; None where the model cannot be fitted.

    Args:
        problem: the trial.
        codes: of the strategies.
        imputations: how many.
        seed: of the random numbers.
    """
    rng = np.random.default_rng([seed, imputations])
    y, x = problem.y, problem.x
    c, last = problem.groups - 1, np.ascontiguousarray(y[:, -1])
    seen, which = _patterns(y)
    reference = x.copy()
    reference[:, 1 : problem.groups] = 0.0
    missing = ~np.isfinite(last)
    estimates, within = np.empty((imputations, len(codes), c)), np.empty((imputations, len(codes), c))
    chain = _Chain(rng, y, x)
    for draw in range(imputations):
        parameters = chain.next()
        if parameters is None:
            return None
        effect, sigma = parameters
        residual = np.sqrt(_residual_variance(sigma, seen))
        noise = rng.standard_normal(len(y)) * np.where(which >= 0, residual[which], np.sqrt(sigma[-1, -1]))
        for k, code in enumerate(codes):
            values = np.empty(len(y))
            kernel.complete(y, last, x, reference, which, seen, effect, sigma, int(code), values)
            estimates[draw, k], within[draw, k] = _analysed(x, values + np.where(missing, noise, 0.0), c)
    return [rubin(estimates[:, k], within[:, k], len(y) - x.shape[1]) for k in range(len(codes))]


def rubin(estimates: Array, variances: Array, freedom: float) -> Pooled:
    """Return the pooled estimates.

    Args:
        estimates: (imputation, comparison).
        variances: of each, as if nothing were missing.
        freedom: degrees of freedom, as if nothing were missing.
    """
    m = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    extra = (1.0 + 1.0 / m) * between
    total = within + extra
    share = extra / total
    with np.errstate(divide="ignore"):
        old = (m - 1.0) / share**2
    observed = (freedom + 1.0) / (freedom + 3.0) * freedom * (1.0 - share)
    return Pooled(estimates.mean(axis=0), np.sqrt(total), 1.0 / (1.0 / old + 1.0 / observed), share)


class _Chain:
    """Draws of (B, S): independent for monotone data, else in turns with the gaps."""

    def __init__(self, rng: np.random.Generator, y: Array, x: Array) -> None:
        self.rng, self.x = rng, x
        there = np.isfinite(y)
        later = np.flip(np.cumsum(np.flip(there, axis=1), axis=1), axis=1) > 0  # seen now or at a later visit
        self.gaps = later & ~there
        self.y = y.copy()
        self.rows = [(i, np.flatnonzero(self.gaps[i]), np.flatnonzero(there[i])) for i in
                     np.flatnonzero(self.gaps.any(axis=1))]  # fmt: skip
        means = np.nanmean(np.where(there.any(axis=0), y, 0.0), axis=0)
        self.y[self.gaps] = np.broadcast_to(means, y.shape)[self.gaps]
        self.burning = bool(self.rows)

    def next(self) -> tuple[Array, Array] | None:
        """Return the next draw; None where a visit cannot be fitted."""
        parameters = _drawn(self.rng, self.y, self.x)
        if not self.rows:
            return parameters
        for _ in range(_BURN if self.burning else _THIN):
            if parameters is None:
                return None
            self._fill(*parameters)
            parameters = _drawn(self.rng, self.y, self.x)
        self.burning = False
        return parameters

    def _fill(self, effect: Array, sigma: Array) -> None:
        for i, gap, seen in self.rows:
            mean = effect @ self.x[i]
            slope = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[np.ix_(seen, gap)]).T
            spread = sigma[np.ix_(gap, gap)] - slope @ sigma[np.ix_(seen, gap)]
            noise = np.linalg.cholesky(spread) @ self.rng.standard_normal(len(gap))
            self.y[i, gap] = mean[gap] + slope @ (self.y[i, seen] - mean[seen]) + noise


def _drawn(rng: np.random.Generator, y: Array, x: Array) -> tuple[Array, Array] | None:
    """Return a draw of B (visit, p) and S from the sequential regressions of monotone data."""
    m, p = y.shape[1], x.shape[1]
    effect, lower, v = np.zeros((m, p)), np.eye(m), np.zeros(m)
    for t in range(m):
        here = np.isfinite(y[:, t])
        z = np.concatenate([x[here], y[here, :t]], axis=1)
        left = len(z) - p - t
        if left < 1:
            return None
        try:
            factor = np.linalg.cholesky(z.T @ z)
        except np.linalg.LinAlgError:
            return None
        b = np.linalg.solve(z.T @ z, z.T @ y[here, t])
        v[t] = ((y[here, t] - z @ b) ** 2).sum() / rng.chisquare(left)
        b = b + np.sqrt(v[t]) * np.linalg.solve(factor.T, rng.standard_normal(p + t))
        effect[t] = b[:p] + b[p:] @ effect[:t]
        lower[t, :t] = b[p:] @ lower[:t, :t]
    return effect, (lower * v) @ lower.T


def _patterns(y: Array) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the patterns of visits seen, and each patient's, -1 without a visit."""
    there = np.isfinite(y)
    seen, which = np.unique(there, axis=0, return_inverse=True)
    return np.ascontiguousarray(seen), np.where(there.any(axis=1), which.ravel(), -1).astype(np.int64)


def _residual_variance(sigma: Array, seen: NDArray[np.bool_]) -> Array:
    """Return the variance of the last visit given the visits of each pattern, (pattern,)."""
    out = np.empty(len(seen))
    for g, pattern in enumerate(seen):
        places = np.flatnonzero(pattern)
        slope = np.linalg.solve(sigma[np.ix_(places, places)], sigma[places, -1])
        out[g] = max(0.0, sigma[-1, -1] - slope @ sigma[places, -1])
    return out


def _analysed(x: Array, values: Array, c: int) -> tuple[Array, Array]:
    """Return effects of regressors 1 .. c by least squares, and their variances."""
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ (x.T @ values)
    v = ((values - x @ b) ** 2).sum() / (len(x) - x.shape[1])
    return b[1 : c + 1], v * np.diag(inverse)[1 : c + 1]
