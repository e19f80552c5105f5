"""One estimator on a real table: its number for each comparison, and what it estimates (the estimand) in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from leao.core.known import finite
from leao.trial.estimators import METHODS, MethodEstimate, each_group, regressors, repeated_fit
from leao.trial.imputation import sensitivity
from leao.trial.imputation.strategies import STRATEGIES
from leao.trial.kenward_roger import kenward_roger
from leao.trial.monthly_counts import Data
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.layout import Table
from leao.trial.standardised import marginal_rate_ratio

Array = NDArray[np.float64]
_POLICY = "all randomised patients with a baseline, whatever was taken (treatment policy)"
ESTIMANDS = {
    "negative_binomial": f"ratio of rates over all recorded time, for patients of one baseline; {_POLICY}; time "
    "not recorded is missing at random",
    "beta_binomial": f"odds ratio of a day with headache, for patients of one baseline; {_POLICY}; days not recorded "
    "are missing at random",
    "mmrm": f"difference in mean change at the last planned visit; {_POLICY}; visits not made are missing at random "
    "given those made",
    "ancova": "difference in mean change at the last planned visit, adjusted for the baseline, among those who have it",
    "responder": "odds ratio of a fall by half or more, for patients of one baseline; who has no last visit counts as "
    "no responder (composite)",
    "change": "difference in mean change at the last planned visit, not adjusted, among those who have it",
    **{name: strategy.what for name, strategy in STRATEGIES.items()},
}


def of(name: str, table: Table) -> dict[str, Any]:
    """Return scale, words and the comparisons of one estimator, each active arm against the control."""
    method, data = METHODS[name], table.data
    confidence = trial_numbers().confidence
    with np.errstate(all="ignore"):
        if name in STRATEGIES:
            fit = sensitivity.estimate(data, name)
        else:
            fit = method.estimate(data if name not in ("ancova", "change", "responder") else _last(table))
        low, high = fit.interval(confidence)
        p = fit.p()
    ratio = method.scale != "difference"
    comparisons: dict[str, dict[str, Any]] = {
        arm: _row(fit, (low, high, p), place, ratio=ratio) for place, arm in enumerate(table.arms[1:])
    }
    figures: dict[str, Any] = {
        "scale": method.scale, "what": method.what, "estimand": ESTIMANDS[name], "comparisons": comparisons
    }  # fmt: skip
    if name == "mmrm":
        _small_samples(data, comparisons, confidence)
    if name == "negative_binomial":
        figures["marginal"] = _marginal(data, table.arms, confidence)
    return figures


def _last(table: Table) -> Data:
    """Return the data with the last visit alone, as those estimators see it that look at no other."""
    return table.data._replace(visits=table.data.visits[..., -1:], drug=table.data.drug[:, -1:])


def _row(fit: MethodEstimate, ends: tuple[Any, Any, Any], place: int, *, ratio: bool) -> dict[str, Any]:
    low, high, p = (float(part[0, place]) for part in ends)
    values = {"estimate": float(fit.value[0, place]), "low": low, "high": high}
    with np.errstate(over="ignore"):
        turned = {key: float(np.exp(value)) if ratio else value for key, value in values.items()}
    rest = {"se": float(fit.se[0, place]), "p": p, "degrees_of_freedom": float(fit.freedom[0, place])}
    row = {key: finite(value) for key, value in (turned | rest).items()}
    if row["estimate"] is None or row["se"] is None:
        return dict.fromkeys(row, None)
    return row


def _small_samples(data: Data, comparisons: dict[str, dict[str, Any]], confidence: float) -> None:
    """Add Kenward and Roger's error, degrees of freedom, interval and p-value to each comparison of the MMRM."""
    covariance = repeated_fit(data)
    y = data.visits[0] - data.baseline[0][:, None]
    keep = data.use[0] & np.isfinite(y).any(axis=1)
    weight = np.zeros(y.shape[1])
    weight[-1] = 1.0
    x = regressors(data, data.baseline)[0]
    adjusted = kenward_roger(y[keep], x[keep], covariance, weight, each_group(data))
    for k, row in enumerate(comparisons.values()):
        se, freedom, value = float(adjusted.se[k]), float(adjusted.freedom[k]), row["estimate"]
        row["kenward_roger"] = None
        if value is None or not np.isfinite(se) or not np.isfinite(freedom) or se <= 0.0:
            continue
        reach = float(stdtrit(freedom, 0.5 + 0.5 * confidence)) * se
        p = 2.0 * float(stdtr(freedom, -abs(value) / se))
        row["kenward_roger"] = {
            "se": se, "degrees_of_freedom": freedom, "low": value - reach, "high": value + reach, "p": p
        }  # fmt: skip


def _marginal(data: Data, arms: tuple[str, ...], confidence: float) -> dict[str, dict[str, Any]]:
    """Return the marginal rate ratio of each active arm."""
    marginal = marginal_rate_ratio(data)
    reach = float(ndtri(0.5 + 0.5 * confidence)) * marginal.se
    by_arm = {}
    for k, arm in enumerate(arms[1:]):
        ends = (marginal.value[k], marginal.value[k] - reach[k], marginal.value[k] + reach[k])
        with np.errstate(over="ignore"):
            three = [finite(float(np.exp(end))) for end in ends]
        by_arm[arm] = dict(zip(("estimate", "low", "high"), three if None not in three else [None] * 3, strict=True))
    return by_arm
