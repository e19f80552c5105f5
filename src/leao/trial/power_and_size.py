"""What repeated trials say of a design and its estimators, every figure with its Monte Carlo error.

power       share of trials significant (two-sided) in favour of the drug; a trial without an estimate is none
type I      share significant either way in the same trials with a drug that does nothing
bias        mean estimate minus truth; truth: what the treated had against what the same people would have had
            (for odds ratios: the estimator on all these people both ways, since they depend on who is averaged)
coverage    share of intervals that hold the truth
            Two truths: the treatment policy's, in which those who stop the drug live on without it, and that of
            staying, as if nobody stopped. Methods that take the missing as missing at random aim at the second.
n for 80 %  probit(power) = a + b sqrt(n), weighted least squares over the simulated sizes

Where the effect differs from trial to trial, the truth of a trial is proportional to how much the hazard of its
treated was lowered, so that one trial's own patients do not blur it. Error of n: jackknife over blocks of trials,
since the same people stand behind all sizes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.known import finite
from leao.trial import baseline_covariates as covariates
from leao.trial.estimation import estimate
from leao.trial.estimators import METHODS, MethodEstimate
from leao.trial.monthly_counts import Data
from leao.trial.simulation import Setting, endpoint_of

Array = NDArray[np.float64]
Columns = Mapping[str, NDArray]
_BLOCKS = 20
_REACH = 4.0  # times the largest simulated size that n may be read beyond it
_MOST_POOLED = 20_000  # treated people behind the truth of an odds ratio
_TINY = 1e-9


class Curve(NamedTuple):
    """One estimator and comparison over the sizes; each (size,)."""

    power: Array
    type_1: Array
    bias: Array
    bias_se: Array
    coverage: Array
    failed: Array  # share of trials without an estimate
    mean: Array
    spread: Array  # standard deviation of the estimates
    mean_se: Array  # root mean square of their own standard errors
    bias_staying: Array  # against the truth of staying
    coverage_staying: Array
    truth: float
    truth_staying: float


def curve(setting: Setting, rows: Columns, trials: Columns, name: str, comparison: int) -> Curve:
    """Return the operating characteristics of one estimator.

    Args:
        setting: the ensemble.
        rows: columns of patients.
        trials: columns of trials.
        name: of the estimator.
        comparison: place of the active group among the comparisons.
    """
    confidence = setting.design.rules.confidence
    truth, middle = _truth(setting, rows, trials, name, comparison)
    stayed = {**rows, "use": (rows["use"] > 0) & ~rows["stopped"]}
    staying, middle_staying = _truth(setting, stayed, trials, name, comparison)
    better = 1.0 if name == "responder" else -1.0
    parts: dict[str, list[float]] = {field: [] for field in Curve._fields if not field.startswith("truth")}
    for size in setting.sizes:
        effect, null = (_found(trials, f"{name}|{size}|{world}", comparison) for world in ("effect", "null"))
        low, high = effect.interval(confidence)
        error = effect.value - truth
        known = np.isfinite(effect.value) & np.isfinite(effect.se)
        parts["power"].append(float(np.mean(_significant(effect, confidence) & (better * effect.value > 0.0))))
        parts["type_1"].append(float(np.mean(_significant(null, confidence))))
        parts["bias"].append(_mean(error[known]))
        parts["bias_se"].append(_spread(error[known]) / math.sqrt(max(1, known.sum())))
        parts["coverage"].append(_mean(((low <= truth) & (truth <= high))[known]))
        parts["bias_staying"].append(_mean((effect.value - staying)[known]))
        parts["coverage_staying"].append(_mean(((low <= staying) & (staying <= high))[known]))
        parts["failed"].append(float(np.mean(~known)))
        parts["mean"].append(_mean(effect.value[known]))
        parts["spread"].append(_spread(effect.value[known]))
        parts["mean_se"].append(math.sqrt(_mean(effect.se[known] ** 2)))
    arrays = {field: np.array(values) for field, values in parts.items()}
    return Curve(**arrays, truth=middle, truth_staying=middle_staying)


def share_error(share: float | Array, repeats: int) -> Any:
    """Return the Monte Carlo standard error of a share; that of one success where there was none."""
    kept = np.clip(share, 1.0 / (repeats + 1.0), repeats / (repeats + 1.0))
    return np.sqrt(kept * (1.0 - kept) / repeats)


def size_for(sizes: tuple[int, ...], power: Array, wanted: float, repeats: int) -> float | None:
    """Return the patients per group at which the power is ``wanted``, None where it is out of reach.

    Out of reach: beyond four times the largest simulated size, or where power does not rise.
    """
    n = np.asarray(sizes, dtype=np.float64)
    inside = (power * repeats >= 5.0) & ((1.0 - power) * repeats >= 5.0)
    if inside.sum() < 2:
        return None
    z = ndtri(power[inside])
    density = np.exp(-0.5 * z**2)
    weight = density**2 / (power[inside] * (1.0 - power[inside]))
    x = np.stack([np.ones(inside.sum()), np.sqrt(n[inside])], axis=-1)
    normal = x.T @ (weight[:, None] * x)
    a, b = np.linalg.solve(normal, x.T @ (weight * z))
    if b <= _TINY:
        return None
    root = (float(ndtri(wanted)) - a) / b
    return root**2 if root > 0.0 and root**2 <= _REACH * n.max() else None


def size_and_error(setting: Setting, trials: Columns, name: str, comparison: int) -> dict[str, Any]:
    """Return ``n``, its jackknife standard error and whether it lies beyond the simulated sizes."""
    wanted, confidence = setting.design.rules.power, setting.design.rules.confidence
    better = 1.0 if name == "responder" else -1.0
    success = []
    for size in setting.sizes:
        found_result = _found(trials, f"{name}|{size}|effect", comparison)
        success.append(_significant(found_result, confidence) & (better * found_result.value > 0.0))
    won = np.stack(success, axis=-1).astype(np.float64)  # (trial, size)
    whole = size_for(setting.sizes, won.mean(axis=0), wanted, len(won))
    if whole is None:
        return {"n": None, "se": None, "extrapolated": None}
    blocks = np.arange(len(won)) % _BLOCKS
    left = [
        size_for(setting.sizes, won[blocks != block].mean(axis=0), wanted, int((blocks != block).sum()))
        for block in range(_BLOCKS)
    ]
    known = np.array([item for item in left if item is not None])
    se = math.sqrt((_BLOCKS - 1) / _BLOCKS * float(((known - known.mean()) ** 2).sum())) if len(known) > 2 else None
    return {"n": float(whole), "se": se, "extrapolated": bool(not min(setting.sizes) <= whole <= max(setting.sizes))}


def by_comparison(setting: Setting, rows: Columns, trials: Columns, name: str) -> dict[str, dict[str, Any]]:
    """Return the figures of one estimator by what its comparisons are called."""
    return {label: figures(setting, rows, trials, name, place) for place, label in enumerate(labels(setting, name))}


def figures(setting: Setting, rows: Columns, trials: Columns, name: str, place: int) -> dict[str, Any]:
    """Return the figures of one estimator and comparison at every size, JSON-ready."""
    estimator_curve = curve(setting, rows, trials, name, place)
    size = size_and_error(setting, trials, name, place)
    repeats = len(trials["trial"])
    enough = [
        n for n, power in zip(setting.sizes, estimator_curve.power, strict=True) if power >= setting.design.rules.power
    ]
    by_n = []
    for at, n in enumerate(setting.sizes):
        shares = {
            "power": estimator_curve.power[at],
            "type_1_error": estimator_curve.type_1[at],
            "coverage": estimator_curve.coverage[at],
        }
        row: dict[str, Any] = {"n": n}
        for key, share in shares.items():
            row |= {key: finite(share), f"{key}_se": finite(share_error(share, repeats))}
        rest = {
            "bias": estimator_curve.bias,
            "bias_se": estimator_curve.bias_se,
            "failed": estimator_curve.failed,
            "mean": estimator_curve.mean,
        }
        rest |= {"spread": estimator_curve.spread, "mean_se": estimator_curve.mean_se}
        rest |= {"bias_staying": estimator_curve.bias_staying, "coverage_staying": estimator_curve.coverage_staying}
        by_n.append(row | {key: finite(values[at]) for key, values in rest.items()})
    return {
        "scale": METHODS[name].scale,
        "endpoint": endpoint_of(name, setting.endpoint),
        "truth": finite(estimator_curve.truth),
        "truth_staying": finite(estimator_curve.truth_staying),
        "by_n": by_n,
        "n_for_80_percent": size["n"],
        "n_for_80_percent_se": size["se"],
        "n_for_80_percent_below": enough[0] if size["n"] is None and enough else None,
        "extrapolated": size["extrapolated"],
    }


def gained(setting: Setting, trials: Columns) -> dict[str, Any] | None:
    """Return what the design's covariates gain at its largest size, by estimator; None where it has none."""
    design = setting.design
    if not design.covariates:
        return None
    size, confidence, repeats = max(setting.sizes), design.rules.confidence, len(trials["trial"])
    rows = []
    for name in setting.methods:
        better = 1.0 if name == "responder" else -1.0
        endpoint = endpoint_of(name, setting.endpoint)
        for place, label in enumerate(labels(setting, name)):
            if f"{name}|{size}|plain|value|{place}" not in trials:
                continue
            plain, with_them = (_found(trials, f"{name}|{size}|{world}", place) for world in ("plain", "effect"))
            shares = {
                key: float(np.mean(_significant(rejected, confidence) & (better * rejected.value > 0.0)))
                for key, rejected in (("power_without", plain), ("power_with", with_them))
            }
            rows.append(
                {
                    "estimator": name,
                    "comparison": label,
                    "n_per_arm": size,
                    "adjusted_for": list(covariates.names(design, endpoint)),
                    **covariates.gain(plain.value, with_them.value, comparable=METHODS[name].scale != "odds ratio"),
                    **shares,
                    **{f"{key}_se": float(share_error(share, repeats)) for key, share in shares.items()},
                }
            )
    return {"names": list(design.covariates), "gains": rows}


def labels(setting: Setting, method: str) -> list[str]:
    """Return what each comparison of a method is called."""
    if METHODS[method].paired or METHODS[method].doses:
        return ["drug minus placebo" if METHODS[method].paired else "largest dose, by the trend"]
    return list(setting.design.arms[1:])


def _truth(setting: Setting, rows: Columns, trials: Columns, name: str, comparison: int) -> tuple[Array, float]:
    """Return each trial's true effect on the estimator's scale, and its mean over the trials."""
    paired = setting.design.plan.paired
    member = (rows["use"] > 0) & (np.ones(len(rows["arm"]), bool) if paired else rows["arm"] == comparison + 1)
    if name == "trend":
        member = (rows["use"] > 0) & (rows["arm"] == int(np.argmax(setting.planned.max(axis=1))))
    of_members = {key: np.asarray(values)[member] for key, values in rows.items()}
    place = np.searchsorted(trials["trial"], of_members["trial"])
    people = np.bincount(place, minlength=len(trials["trial"]))
    strength = np.bincount(place, of_members["effect_size"], len(people)) / np.maximum(people, 1)
    overall = _overall(setting, of_members, name)
    middle = float(of_members["effect_size"].mean()) if len(of_members["arm"]) else 0.0
    if abs(middle) < _TINY:
        return np.full(len(people), overall), overall
    return overall * strength / middle, overall


def _overall(setting: Setting, of_members: Columns, name: str) -> float:
    """Return the effect over all treated people, each against their own life without it."""
    endpoint = endpoint_of(name, setting.endpoint)
    keys = ("last", "count", "baseline")
    drug, none = ({key: of_members[f"{endpoint}|{world}|{key}"] for key in keys} for world in ("drug", "none"))
    method = METHODS[name]
    if method.paired:
        return float(np.mean(of_members[f"{endpoint}|drug|difference"] - of_members[f"{endpoint}|none|difference"]))
    if method.scale == "difference":
        return float(np.mean(drug["last"] - none["last"]))
    if method.scale == "rate ratio":
        return float(np.log(drug["count"].sum() / none["count"].sum()))
    beside = [values for key, values in of_members.items() if key.startswith(f"{endpoint}|covariate|")]
    return float(estimate(name, _both_ways(setting, drug, none, endpoint, beside)).value[0, 0])


def _both_ways(setting: Setting, drug: Columns, none: Columns, endpoint: str, beside: Sequence[NDArray]) -> Data:
    """Return one large trial in which everybody stands in both groups, with what else is known of each beside."""
    plan, month = setting.design.plan, setting.design.rules.month
    n = min(len(drug["last"]), _MOST_POOLED)
    two = {key: np.concatenate([none[key][:n], drug[key][:n]])[None] for key in drug}
    days = sum(stop - start for start, stop in plan.windows)
    return Data(
        arm=np.repeat(np.array([0, 1], np.int8), n)[None],
        use=np.ones((1, 2 * n), bool),
        baseline=two["baseline"].astype(np.float64),
        visits=two["last"].astype(np.float64)[..., None],
        events=np.rint(two["count"]).astype(np.float64),
        days=np.full((1, 2 * n), float(days)),
        month=month,
        counts_days=endpoint != "attacks",
        drug=np.zeros((2, 1), bool),
        fall=setting.design.rules.responder_fall,
        covariates=np.stack([np.tile(values[:n], 2) for values in beside], axis=-1)[None] if beside else None,
    )


def _found(trials: Columns, start: str, comparison: int) -> MethodEstimate:
    return MethodEstimate(
        *(np.asarray(trials[f"{start}|{part}|{comparison}"], np.float64) for part in MethodEstimate._fields)
    )


def _significant(estimates: MethodEstimate, confidence: float) -> NDArray[np.bool_]:
    return np.nan_to_num(estimates.p(), nan=1.0) < 1.0 - confidence


def _mean(values: NDArray[Any]) -> float:
    return float(np.mean(values)) if values.size else math.nan


def _spread(values: Array) -> float:
    return float(np.std(values, ddof=1)) if values.size > 1 else math.nan
