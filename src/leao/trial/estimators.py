"""The estimators of a trial's effect, one function each, all on ``Data``; one estimate per trial and active group.

negative_binomial  events on all filled-in days of treatment, offset ln(days), covariate ln(baseline); ln rate ratio
beta_binomial      days with headache out of filled-in days, covariate log odds of the baseline; ln odds ratio
mmrm               change from baseline month by month, unstructured covariance, REML, Satterthwaite; last month
ancova             change in the last month on arm and baseline, those who have it; t interval
responder          responders in the last month, who is missing counts as none; logistic on arm and baseline; ln odds
change             difference of mean changes in the last month, unequal variances (Welch 1947)
jump_to_reference  the last month by least squares, those who left the drug imputed as the control; jackknife
copy_reference, copy_increments, last_mean: the same under other assumptions (``kernels/imputation.py``)
paired             crossover and N-of-1: drug minus placebo within patients, period effects removed
trend              dose-finding: slope of the MMRM estimates over the dose, per largest dose

The estimand is treatment policy: every randomised patient with a baseline, whatever was taken; missing months are
missing at random for the likelihood methods, as if those who left had gone on; ``jump_to_reference`` and its like
say what became of them.
A method says NaN where the data cannot give a number, never something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from leao.trial.kernels import binomial, imputation, mmrm
from leao.trial.kernels import negative_binomial as kernel
from leao.trial.monthly_counts import Data

Array = NDArray[np.float64]
_FLOOR = 0.5  # events: half of the smallest count, so that an empty baseline has a logarithm


class MethodEstimate(NamedTuple):
    """Estimates (trial, comparison) on the linear scale (a difference, or a logarithm of a ratio); NaN where none."""

    value: Array
    se: Array
    freedom: Array

    def interval(self, confidence: float) -> tuple[Array, Array]:
        """Return both ends of the interval."""
        reach = stdtrit(self.freedom, 0.5 + 0.5 * confidence) * self.se
        return self.value - reach, self.value + reach

    def p(self) -> Array:
        """Return two-sided p-values against no effect."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2.0 * stdtr(self.freedom, -np.abs(self.value) / self.se)


class Method(NamedTuple):
    """An estimator: what it needs and how its number reads."""

    estimate: Callable[[Data], MethodEstimate]
    scale: str  # "difference", "rate ratio" or "odds ratio"
    paired: bool = False
    day_counts: bool = False  # wants days, not attacks
    doses: bool = False  # wants several doses
    asked: bool = False  # only where asked for by name: it takes longer
    adjusts: bool = True  # for baseline and covariates
    what: str = ""


def negative_binomial(data: Data) -> MethodEstimate:
    """Return ln(rate ratio) by maximum likelihood; normal interval."""
    use = data.use & (data.days > 0.0)
    x = regressors(data, np.log(np.maximum(data.baseline, _FLOOR)))
    offset = np.log(np.where(use, data.days, data.month) / data.month)
    fitted, covariance, _ = kernel.negative_binomial(np.where(use, data.events, 0.0), x, offset, use)
    return _pick(fitted, covariance, data.groups)


def beta_binomial(data: Data) -> MethodEstimate:
    """Return ln(odds ratio) of a day with headache by maximum likelihood; normal interval."""
    share = np.clip(data.baseline, _FLOOR, data.month - _FLOOR) / data.month
    x = regressors(data, np.log(share / (1.0 - share)))
    fitted, covariance, _ = binomial.beta_binomial(data.events, data.days, x, data.use, True)
    return _pick(fitted, covariance, data.groups)


def responder(data: Data) -> MethodEstimate:
    """Return ln(odds ratio) of response in the last month by logistic regression; normal interval."""
    last = data.visits[..., -1]
    responds = np.isfinite(last) & (np.nan_to_num(last) <= (1.0 - data.fall) * data.baseline)
    responds &= data.baseline > 0.0  # nothing can halve from nothing
    x = regressors(data, data.baseline)
    ones = np.ones_like(data.baseline)
    fitted, covariance, _ = binomial.beta_binomial(responds.astype(np.float64), ones, x, data.use, False)
    return _pick(fitted, covariance, data.groups)


def repeated(data: Data) -> MethodEstimate:
    """Return the difference in the last month by MMRM."""
    return _mmrm(data, each_group(data))


def trend(data: Data) -> MethodEstimate:
    """Return the MMRM difference at the largest dose if the effect is proportional to the dose (a linear contrast).

    The contrast sum (d - mean d) (effect of d) over its own size at a proportional effect, d the dose.
    """
    if data.weights is None:
        raise ValueError("a trend needs the doses of the groups")
    dose = data.weights / data.weights.max()
    centred = dose - dose.mean()
    contrast = np.zeros_like(each_group(data)[:1])
    contrast[0, 1 : data.groups] = centred[1:] / (centred @ dose)
    return _mmrm(data, contrast)


def ancova(data: Data) -> MethodEstimate:
    """Return the difference in the last month by least squares on arm and baseline; t interval."""
    return _mmrm(data._replace(visits=data.visits[..., -1:]), each_group(data))


def imputed(data: Data, strategy: int) -> MethodEstimate:
    """Return the difference in the last month, imputed where it is missing; t interval.

    Args:
        data: the trials.
        strategy: a code of ``kernels/imputation.py``.
    """
    y = data.visits - data.baseline[..., None]
    x = regressors(data, data.baseline)
    value, se, people = imputation.jackknifed(y, x, data.use, data.groups, strategy)
    freedom = np.broadcast_to(np.maximum(people - x.shape[-1], 1)[:, None], value.shape)
    return MethodEstimate(value, se, freedom.astype(np.float64))


def change(data: Data) -> MethodEstimate:
    """Return the difference of mean changes in the last month; t interval with unequal variances."""
    moved = data.visits[..., -1] - data.baseline
    use = data.use & np.isfinite(moved)
    n, mean, variance = (np.stack(values, axis=-1) for values in zip(*_moments(moved, data, use), strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = variance / n
        se = np.sqrt(share[:, 1:] + share[:, :1])
        freedom = se**4 / (share[:, 1:] ** 2 / (n[:, 1:] - 1.0) + share[:, :1] ** 2 / (n[:, :1] - 1.0))
    return MethodEstimate(mean[:, 1:] - mean[:, :1], se, freedom)


def paired(data: Data) -> MethodEstimate:
    """Return drug minus placebo within patients: groups compared period by period (Hills and Armitage 1979).

    Each patient's mean over drug windows minus mean over placebo windows; averaged over the groups with equal
    weight, which removes effects of the period where every order has its mirror image, and pooled within groups.
    """
    n = data.drug.shape[0]
    on = data.drug[data.arm]
    known = np.isfinite(data.visits)
    means = [_mean(data.visits, known & (on == drug)) for drug in (True, False)]
    difference = means[0] - means[1]
    use = data.use & np.isfinite(difference)
    total, inverse, squares, people, groups = (np.zeros(data.arm.shape[0]) for _ in range(5))
    for group in range(n):
        member = use & (data.arm == group)
        count = member.sum(axis=1)
        there = count > 0
        mean = np.where(member, difference, 0.0).sum(axis=1) / np.maximum(count, 1)
        total += mean
        inverse += np.where(there, 1.0 / np.maximum(count, 1), 0.0)
        squares += np.where(member, (difference - mean[:, None]) ** 2, 0.0).sum(axis=1)
        people += count
        groups += there
    freedom = np.where(people > groups, people - groups, np.nan)
    se = np.sqrt(squares / freedom * inverse) / np.maximum(groups, 1)
    value = np.where(groups > 0, total / np.maximum(groups, 1), np.nan)
    return MethodEstimate(value[:, None], se[:, None], freedom[:, None])


METHODS: dict[str, Method] = {
    "negative_binomial": Method(negative_binomial, "rate ratio", what="events on all days of treatment"),
    "beta_binomial": Method(beta_binomial, "odds ratio", day_counts=True, what="days with headache out of all days"),
    "mmrm": Method(repeated, "difference", what="change in the last month, all months together"),
    "ancova": Method(ancova, "difference", what="change in the last month, those who have it"),
    "responder": Method(responder, "odds ratio", what="at least half fewer in the last month"),
    "change": Method(change, "difference", adjusts=False, what="mean changes compared, unequal variances"),
    "jump_to_reference": Method(
        partial(imputed, strategy=imputation.J2R),
        "difference",
        asked=True,
        what="change in the last month, who left the drug as the control",
    ),
    "copy_reference": Method(
        partial(imputed, strategy=imputation.CR),
        "difference",
        asked=True,
        what="change in the last month, who left the drug as if always on the control",
    ),
    "copy_increments": Method(
        partial(imputed, strategy=imputation.CIR),
        "difference",
        asked=True,
        what="change in the last month, who left the drug moves as the control does from then on",
    ),
    "last_mean": Method(
        partial(imputed, strategy=imputation.LMCF),
        "difference",
        asked=True,
        what="change in the last month, who left stays at the mean of the last visit made",
    ),
    "trend": Method(trend, "difference", doses=True, what="linear in the dose, at the largest"),
    "paired": Method(paired, "difference", paired=True, adjusts=False, what="drug minus placebo within patients"),
}


def each_group(data: Data) -> Array:
    """Return the contrasts of each group against the control among the regressors, (group - 1, p)."""
    more = 0 if data.covariates is None else data.covariates.shape[-1]
    return np.eye(data.groups + data.based + more)[1 : data.groups]


def repeated_fit(data: Data) -> Array:
    """Return the unstructured covariance that the MMRM estimates on one trial, (visit, visit); NaN where none."""
    return _mmrm_parts(data, each_group(data))[4][0]


def _mmrm(data: Data, contrasts: Array) -> MethodEstimate:
    """Return the contrasts of the regressors' effects in the last month."""
    return MethodEstimate(*_mmrm_parts(data, contrasts)[:3])


def _mmrm_parts(data: Data, contrasts: Array) -> list[Array]:
    """Return estimate, standard error, degrees of freedom, effects and covariance of every trial."""
    y = data.visits - data.baseline[..., None]
    x = regressors(data, data.baseline)
    weight = np.zeros(y.shape[-1])
    weight[-1] = 1.0
    with np.errstate(invalid="ignore"):
        closed_form = mmrm.closed(y, x, data.use, weight, contrasts)
        rest = np.flatnonzero(closed_form[5] == mmrm.NOT_MONOTONE)
        numbers = [part.copy() for part in closed_form[:5]]
        if rest.size:
            again = mmrm.climbing(y[rest], x[rest], data.use[rest], weight, contrasts)
            for values, part in zip(numbers, again[:5], strict=True):
                values[rest] = part
    return numbers


def regressors(data: Data, covariate: Array) -> Array:
    """Return [1, group 1, group 2, ..., baseline, further covariates], (trial, subject, p)."""
    active = [(data.arm == place).astype(np.float64) for place in range(1, data.groups)]
    baseline = [covariate] if data.based else []
    x = np.stack([np.ones_like(covariate), *active, *baseline], axis=-1)
    return x if data.covariates is None else np.concatenate([x, data.covariates], axis=-1)


def _pick(fitted: Array, covariance: Array, groups: int) -> MethodEstimate:
    places = np.arange(1, groups)
    value = fitted[:, places]
    return MethodEstimate(value, np.sqrt(covariance[:, places, places]), np.full(value.shape, np.inf))


def _mean(values: Array, known: NDArray[np.bool_]) -> Array:
    n = known.sum(axis=-1)
    return np.where(n > 0, np.where(known, values, 0.0).sum(axis=-1) / np.maximum(n, 1), np.nan)


def _moments(values: Array, data: Data, use: NDArray[np.bool_]) -> list[tuple[Array, Array, Array]]:
    """Return (n, mean, variance) of each group, each (trial,)."""
    rows = []
    for group in range(data.groups):
        member = use & (data.arm == group)
        n = member.sum(axis=1).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(member, values, 0.0).sum(axis=1) / n
            squares = np.where(member, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
            rows.append((n, mean, squares / (n - 1.0)))
    return rows
