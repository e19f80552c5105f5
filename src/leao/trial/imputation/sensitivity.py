"""``leao trial analyse --imputation``: strategies side by side, and how large a delta turns the answer."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from leao.core.errors import ScenarioError
from leao.core.known import finite
from leao.core.random import checked_seed
from leao.trial.estimators import MethodEstimate, regressors
from leao.trial.imputation import multiple
from leao.trial.imputation.strategies import STRATEGIES, named
from leao.trial.kernels import imputation as kernel
from leao.trial.monthly_counts import Data
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.layout import Table
from leao.trial.reasons import MOST_JACKKNIFED, too_many_visits

Array = NDArray[np.float64]
GRID = 21  # deltas along each side of a map
MOST_IMPUTATIONS = 10_000


class ImputationRequest(NamedTuple):
    """What the user asks."""

    strategies: tuple[str, ...]
    imputations: int | None = None
    deltas: tuple[float, float] | None = None
    seed: int = 1


class Replicates(NamedTuple):
    """Estimates with everybody (column, comparison) and without each patient (patient, column, comparison)."""

    whole: Array
    without: Array
    freedom: float

    def se(self, without: Array) -> Array:
        """Return the jackknife's standard errors of what was computed without each patient (patient, ...)."""
        n = len(without)
        return np.sqrt((n - 1.0) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))


def request(strategies: str | None, imputations: int | None, delta: str | None, seed: int) -> ImputationRequest | None:
    """Return what was asked for; None without ``strategies``.

    Raises:
        ScenarioError: a word or a number that cannot be.
    """
    checked_seed(seed)
    if strategies is None:
        for option, value in (("--imputations", imputations), ("--delta", delta)):
            if value is not None:
                raise ScenarioError(f"{option}: wanted --imputation with it; write for example --imputation all")
        return None
    if imputations is not None and not 2 <= imputations <= MOST_IMPUTATIONS:
        raise ScenarioError(f"--imputations: found {imputations}, wanted 2 to {MOST_IMPUTATIONS:,}")
    return ImputationRequest(named(strategies), imputations, None if delta is None else _deltas(delta), seed)


def replicated(data: Data, codes: NDArray[np.int64], *, gaps: bool = True) -> Replicates:
    """Return estimates and jackknife of the first trial of ``data``; every visit made counts unless ``gaps`` is off."""
    use = data.use[0]
    y = np.ascontiguousarray((data.visits[0] - data.baseline[0][:, None])[use])
    x = np.ascontiguousarray(regressors(data, data.baseline)[0][use])
    parts = kernel.replicates(y, x, data.groups, codes, gaps)
    return Replicates(parts[0], parts[1:], float(max(len(y) - x.shape[1], 1)))


def estimate(data: Data, name: str) -> MethodEstimate:
    """Return one strategy's estimates of the first trial of ``data`` as a method of the trial gives them."""
    replicates = replicated(data, np.array([STRATEGIES[name].code]))
    value, se = replicates.whole[:1], replicates.se(replicates.without)[:1]
    return MethodEstimate(value, se, np.full(value.shape, replicates.freedom))


def answer(table: Table, asked: ImputationRequest) -> tuple[dict[str, Any], list[str]]:
    """Return the part ``sensitivity`` of the analysis, and what to know of it.

    Raises:
        ScenarioError: data for which nothing can be imputed.
    """
    data = table.data
    _possible(table)
    codes = np.array([STRATEGIES[name].code for name in asked.strategies])
    replicates = replicated(data, codes)
    if not np.isfinite(replicates.whole).all():
        raise ScenarioError(f"--imputation: no covariance of the visits can be estimated; {_remedy(data)}")
    confidence = trial_numbers().confidence
    pooled, problems = _pooled(data, codes, asked)
    q, active = len(codes), table.arms[1:]
    se = replicates.se(replicates.without)
    strategies = {}
    for k, name in enumerate(asked.strategies):
        rows = {
            arm: _row(replicates.whole[k, place], se[k, place], replicates.freedom, confidence)
            for place, arm in enumerate(active)
        }
        beside = None if pooled is None else _beside(pooled[k], active, confidence)
        strategies[name] = {"estimand": STRATEGIES[name].what, "comparisons": rows, "multiple": beside}
    lost = ~np.isfinite(data.visits[0][:, -1]) & data.use[0]
    imputed = {arm: int((lost & (data.arm[0] == place)).sum()) for place, arm in enumerate(table.arms)}
    maps = []
    if asked.deltas is not None:
        maps = [
            _map(replicates, (0, place, q), asked, {"arm": arm, "unit": table.loaded.unit, "imputed": imputed})
            for place, arm in enumerate(active)
        ]
    if not any(imputed.values()):
        problems.append("nobody lacks the last visit: there is nothing to impute, and every strategy gives the same")
    part = {
        "imputed": imputed,
        "imputations": asked.imputations,
        "seed": asked.seed if asked.imputations else None,
        "strategies": strategies,
        "tipping": maps,
    }
    return part, problems


def _possible(table: Table) -> None:
    data = table.data
    why = too_many_visits(data)
    if data.use.sum() > MOST_JACKKNIFED:
        why = f"its jackknife fits once a patient, at most {MOST_JACKKNIFED:,}, found {int(data.use.sum()):,}"
    if why:
        raise ScenarioError(f"--imputation: {why}")


def _remedy(data: Data) -> str:
    return "pool visits with --pool, or leave covariates out" if data.visits.shape[-1] > 1 else "leave covariates out"


def _pooled(
    data: Data, codes: NDArray[np.int64], asked: ImputationRequest
) -> tuple[list[multiple.Pooled] | None, list[str]]:
    if asked.imputations is None:
        return None, []
    use = data.use[0]
    y = np.ascontiguousarray((data.visits[0] - data.baseline[0][:, None])[use])
    x = np.ascontiguousarray(regressors(data, data.baseline)[0][use])
    pooled = multiple.impute(multiple.Problem(y, x, data.groups), codes, asked.imputations, asked.seed)
    return pooled, [] if pooled else ["multiple imputation: too few patients for the regressions of the visits"]


def _row(value: float, se: float, freedom: float, confidence: float) -> dict[str, float | None]:
    reach = float(stdtrit(freedom, 0.5 + 0.5 * confidence)) * se
    p = 2.0 * float(stdtr(freedom, -abs(value) / se)) if se > 0.0 else math.nan
    row = {"estimate": value, "low": value - reach, "high": value + reach, "se": se, "p": p}
    return {key: finite(number) for key, number in (row | {"degrees_of_freedom": freedom}).items()}


def _beside(pooled: multiple.Pooled, active: tuple[str, ...], confidence: float) -> dict[str, Any]:
    return {
        arm: _row(float(pooled.value[k]), float(pooled.se[k]), float(pooled.freedom[k]), confidence)
        | {"missing_information": float(pooled.missing_information[k])}
        for k, arm in enumerate(active)
    }


def _deltas(text: str) -> tuple[float, float]:
    """Return the range of deltas written as ``5`` (from -5 to 5) or ``-2,8``."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) == 1:
        values = [-abs(values[0]), abs(values[0])]
    if len(values) != 2 or not all(map(math.isfinite, values)) or not values[0] < values[1]:
        raise ScenarioError(f"--delta: found {text!r}, wanted the largest delta, such as 5, or a range, such as -2,8")
    return values[0], values[1]


def _map(
    replicates: Replicates, at: tuple[int, int, int], asked: ImputationRequest, words: dict[str, Any]
) -> dict[str, Any]:
    """Return estimate and p over the deltas of both arms, for strategy, comparison and number of strategies ``at``."""
    k, place, q = at
    low, high = asked.deltas or (0.0, 0.0)
    deltas = np.linspace(low, high, GRID)

    def moved(parts: Array, control: Array | float, active: Array | float) -> Array:
        base, shift = parts[..., k, place], parts[..., q:, place]
        control, active = np.asarray(control, float), np.asarray(active, float)
        grow = (..., *[None] * control.ndim)
        return base[grow] + shift[..., 0][grow] * control + shift[..., place + 1][grow] * active

    def p_of(control: Array | float, active: Array | float) -> Array:
        value = moved(replicates.whole, control, active)
        se = replicates.se(moved(replicates.without, control, active))
        return 2.0 * stdtr(replicates.freedom, -np.abs(value) / se)

    control, active = np.meshgrid(deltas, deltas, indexing="ij")
    return {
        "strategy": asked.strategies[k],
        **words,
        "delta_control": deltas.tolist(),
        "delta_active": deltas.tolist(),
        "estimate": moved(replicates.whole, control, active).tolist(),
        "p": p_of(control, active).tolist(),
        "tips_at": _tips(lambda delta: float(p_of(0.0, delta)), (low, high)),
    }


def _tips(p_of: Any, ends: tuple[float, float]) -> float | None:
    """Return the delta nearest to 0 at which p crosses 5 %; None where it does not within the range."""
    start = p_of(0.0) - 0.05
    best: list[float] = []
    for end in ends:
        steps = np.linspace(0.0, end, 200)
        values = np.array([p_of(float(step)) - 0.05 for step in steps])
        turned = np.flatnonzero(np.sign(values) != np.sign(start))
        if turned.size and turned[0] > 0:
            a, b = float(steps[turned[0] - 1]), float(steps[turned[0]])
            best.append(float(brentq(lambda delta: p_of(delta) - 0.05, a, b)))  # type: ignore[arg-type]
    return min(best, key=abs) if best else None
