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
    chain, drawn, noise = _Chain(rng, y, x), [], np.empty((imputations, len(y)))
    for draw in range(imputations):
        parameters = chain.next()
        if parameters is None:
            return None
        drawn.append(parameters)
        noise[draw] = rng.standard_normal(len(y))
    residual = np.sqrt(_residual_variance(np.array([sigma for _, sigma in drawn]), seen))
    noise *= np.where(missing, residual[:, which], 0.0)  # whose pattern is -1, the last, has no visit
    values = np.empty((imputations, len(codes), len(y)))
    for draw, (effect, sigma) in enumerate(drawn):
        for k, code in enumerate(codes):
            kernel.complete(y, last, x, reference, which, seen, effect, sigma, int(code), values[draw, k])
    estimates, within = _analysed(x, values + noise[:, None], c)
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
        self.fitted = None if self.rows else _regressions(self.y, x)  # without gaps to fill, the same at every draw

    def next(self) -> tuple[Array, Array] | None:
        """Return the next draw; None where a visit cannot be fitted."""
        if not self.rows:
            return None if self.fitted is None else _drawn(self.rng, self.fitted, self.x.shape[1])
        parameters = self._again()
        for _ in range(_BURN if self.burning else _THIN):
            if parameters is None:
                return None
            self._fill(*parameters)
            parameters = self._again()
        self.burning = False
        return parameters

    def _again(self) -> tuple[Array, Array] | None:
        fitted = _regressions(self.y, self.x)
        return None if fitted is None else _drawn(self.rng, fitted, self.x.shape[1])

    def _fill(self, effect: Array, sigma: Array) -> None:
        for i, gap, seen in self.rows:
            mean = effect @ self.x[i]
            slope = np.linalg.solve(sigma[np.ix_(seen, seen)], sigma[np.ix_(seen, gap)]).T
            spread = sigma[np.ix_(gap, gap)] - slope @ sigma[np.ix_(seen, gap)]
            noise = np.linalg.cholesky(spread) @ self.rng.standard_normal(len(gap))
            self.y[i, gap] = mean[gap] + slope @ (self.y[i, seen] - mean[seen]) + noise


class _Regression(NamedTuple):
    """A visit on x and the visits before it."""

    b: Array
    root: Array  # of the inverse cross-products: root @ standard normals has them as covariance
    squares: float  # of the residuals
    freedom: int


def _regressions(y: Array, x: Array) -> list[_Regression] | None:
    """Return the sequential regressions of monotone data; None where a visit cannot be fitted."""
    fitted = []
    for t in range(y.shape[1]):
        here = np.isfinite(y[:, t])
        z = np.concatenate([x[here], y[here, :t]], axis=1)
        cross, freedom = z.T @ z, len(z) - z.shape[1]
        if freedom < 1:
            return None
        try:
            factor = np.linalg.cholesky(cross)
        except np.linalg.LinAlgError:
            return None
        b = np.asarray(np.linalg.solve(cross, z.T @ y[here, t]), np.float64)
        squares = float(((y[here, t] - z @ b) ** 2).sum())
        fitted.append(
            _Regression(b, np.asarray(np.linalg.solve(factor.T, np.eye(len(cross))), np.float64), squares, freedom)
        )
    return fitted


def _drawn(rng: np.random.Generator, fitted: list[_Regression], p: int) -> tuple[Array, Array]:
    """Return a draw of B (visit, p) and S."""
    m = len(fitted)
    effect, lower, v = np.zeros((m, p)), np.eye(m), np.zeros(m)
    for t, visit in enumerate(fitted):
        v[t] = visit.squares / rng.chisquare(visit.freedom)
        b = visit.b + np.sqrt(v[t]) * (visit.root @ rng.standard_normal(p + t))
        effect[t] = b[:p] + b[p:] @ effect[:t]
        lower[t, :t] = b[p:] @ lower[:t, :t]
    return effect, (lower * v) @ lower.T


def _patterns(y: Array) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the patterns of visits seen, and each patient's, -1 without a visit."""
    there = np.isfinite(y)
    seen, which = np.unique(there, axis=0, return_inverse=True)
    return np.ascontiguousarray(seen), np.where(there.any(axis=1), which.ravel(), -1).astype(np.int64)


def _residual_variance(sigma: Array, seen: NDArray[np.bool_]) -> Array:
    """Return the variance of the last visit given the visits of each pattern, and given none: (draw, pattern + 1).

    Args:
        sigma: draws of S, (draw, visit, visit).
        seen: visits of each pattern.
    """
    out = np.repeat(sigma[:, -1, -1:], len(seen) + 1, axis=1)
    for g, pattern in enumerate(seen):
        places = np.flatnonzero(pattern)
        with_last = sigma[:, places, -1]
        slope = np.linalg.solve(sigma[:, places[:, None], places], with_last[..., None])[..., 0]
        out[:, g] = np.maximum(0.0, sigma[:, -1, -1] - (slope * with_last).sum(axis=-1))
    return out


def _analysed(x: Array, values: Array, c: int) -> tuple[Array, Array]:
    """Return effects of regressors 1 .. c by least squares, and their variances, of values (..., patient)."""
    inverse = np.linalg.inv(x.T @ x)
    b = values @ (x @ inverse)
    v = ((values - b @ x.T) ** 2).sum(axis=-1) / (len(x) - x.shape[1])
    return b[..., 1 : c + 1], v[..., None] * np.diag(inverse)[1 : c + 1]
