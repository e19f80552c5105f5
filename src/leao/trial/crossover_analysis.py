"""Real crossover and N-of-1 trials: patients who take drug and control in turn, a row per patient and period.

Where the periods come in pairs of drug and control (an N-of-1), each pair is a cycle: every patient's own effect, alone
and shrunken, and the mean of a random-effects model (trial/n_of_1.py). Else a patient's difference is the mean
over periods on the drug less that on the control. ``paired`` compares the orders (Hills and Armitage 1979), over the
patients with every period.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.core.known import finite, mean
from leao.trial import n_of_1
from leao.trial.estimators import METHODS, MethodEstimate
from leao.trial.monthly_counts import Data
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.table import Loaded

Array = NDArray[np.float64]
DRUG, CONTROL, UNKNOWN = 1, 0, -1
PAIRED, TOGETHER = "paired", "random_effects"
ESTIMAND = "while on treatment, within patients; periods that are missing are left out"


class Periods(NamedTuple):
    """Who took what in which period, and how it went; (subject, period)."""

    subjects: tuple[str, ...]
    values: Array  # per month, NaN where missing
    treatment: NDArray[np.int8]
    baseline: Array  # (subject,), NaN where not known


def analyse(name: str, loaded: Loaded, estimator: str | None) -> dict[str, Any]:
    """Return the analysis, in the shape of ``leao trial analyse --json``, with ``individuals``.

    Args:
        name: of the file.
        loaded: its records.
        estimator: ``paired`` or ``random_effects``; by default the latter where periods come in pairs.

    Raises:
        ScenarioError: rows that cannot be used, in one line.
    """
    arms, values = loaded.arms, _periods(name, loaded)
    difference, is_cycles = _differences(values)
    confidence = trial_numbers().confidence
    individuals = n_of_1.estimate(difference[None]) if is_cycles else None
    every: dict[str, Any] = {PAIRED: _row(_paired(values), confidence)}
    if individuals is not None:
        reach = float(ndtri(0.5 + 0.5 * confidence) * individuals.mean_se[0])
        mean = float(individuals.mean[0])
        every[TOGETHER] = _numbers(mean, mean - reach, mean + reach, float(individuals.mean_se[0]))
    chosen = estimator or (TOGETHER if individuals is not None else PAIRED)
    if chosen not in every:
        raise ScenarioError(
            f"--estimator: {chosen!r} does not fit patients who change treatment; wanted one of {', '.join(every)}"
        )
    whole = int(np.isfinite(difference).any(axis=-1).sum())
    lost = [f"{len(values.subjects) - whole} of {len(values.subjects)} patients have no pair of drug and control"]
    head = every[chosen]
    return _described(values, loaded) | {
        "file": name,
        "estimator": chosen,
        "difference": None if head["estimate"] is None else {key: head[key] for key in ("estimate", "low", "high")},
        "estimators": {
            name: {"scale": "difference", "what": WHAT[name], "estimand": ESTIMAND, "comparisons": {arms[DRUG]: row}}
            for name, row in every.items()
        },
        "sensitivity": None,
        "estimands": None,
        "subgroups": None,
        "precision": None,
        "individuals": None if individuals is None else _individuals(values, individuals, confidence),
        "problems": loaded.problems + lost * (whole < len(values.subjects)),
    }


def _described(periods: Periods, loaded: Loaded) -> dict[str, Any]:
    """Return who is there, and how they went on each treatment."""
    arms, there = loaded.arms, np.isfinite(periods.values)
    return {
        "endpoint": loaded.endpoint,
        "kind": loaded.kind,
        "unit": loaded.unit,
        "better": "lower",
        "arms": list(arms),
        "subjects": len(periods.subjects),
        "rows": loaded.rows,
        "visits": [f"period {k + 1}" for k in range(there.shape[1])],
        "covariates": [],
        "comparison": f"{arms[DRUG]} minus {arms[CONTROL]}, within patients",
        "rate_ratio": None,
        "marginal_rate_ratio": None,
        "means": None,
        "missing": None,
        "residuals": None,
        "caution": None,
        "columns": loaded.columns.as_json(),
        "left_out": [{"rows": list(part.rows), "why": part.why} for part in loaded.left_out],
        "responders_50_percent": None,
        "change": None,
        "mean_by_arm": {arm: mean(periods.values[periods.treatment == place]) for place, arm in enumerate(arms)},
        "baseline": {
            "all": {
                "n": int(np.isfinite(periods.baseline).sum()),
                "baseline_mean": mean(periods.baseline),
                "baseline_sd": _sd(periods.baseline),
            }
        },
        "flow": {
            arm: {
                f"period {k + 1}": int(((periods.treatment[:, k] == place) & there[:, k]).sum())
                for k in range(there.shape[1])
            }
            for place, arm in enumerate(arms)
        },
        "estimand": ESTIMAND,
    }


WHAT = {
    PAIRED: METHODS[PAIRED].what + ", the orders compared",
    TOGETHER: "mean of the patients' effects, each with its own",
}


def _periods(name: str, loaded: Loaded) -> Periods:
    frame, arms = loaded.frame, loaded.arms
    if len(arms) != 2:
        raise ScenarioError(
            f"{name}: patients change between {len(arms)} treatments ({', '.join(arms)}), wanted a control and one more"
        )
    rules, windows = trial_numbers(), sorted(loaded.nominal)
    subjects = frame["subject"].unique(maintain_order=True).to_list()
    place = {who: at for at, who in enumerate(subjects)}
    at = np.array([place[who] for who in frame["subject"].to_list()])
    values = np.full((len(subjects), len(windows)), np.nan)
    treatment = np.full(values.shape, UNKNOWN, np.int8)
    visit, value, days = (frame[column].to_numpy() for column in ("visit", "value", "days"))
    code = np.array([arms.index(arm) for arm in frame["arm"].to_list()], np.int8)
    after = visit > 0
    period = np.searchsorted(windows, visit[after])
    treatment[at[after], period] = code[after]
    enough = days[after] >= rules.least_filled * np.array([loaded.nominal[window] for window in windows])[period]
    values[at[after], period] = np.where(enough, value[after], np.nan)
    baseline = np.full(len(subjects), np.nan)
    baseline[at[~after]] = value[~after]
    if loaded.counts and not np.nansum(np.abs(values)):
        raise ScenarioError(f"{name}: every value after the baseline is 0; there is nothing to compare")
    return Periods(tuple(subjects), values, treatment, baseline)


def _differences(answer: Periods) -> tuple[Array, bool]:
    """Return drug minus control (subject, cycle), and whether there are cycles; else one difference a patient."""
    n, periods = answer.values.shape
    if periods % 2 == 0 and periods > 2:
        pairs = answer.treatment.reshape(n, -1, 2)
        known = (pairs != UNKNOWN).all(axis=-1)
        if (pairs.sum(axis=-1)[known] == DRUG + CONTROL).all():
            signed = np.where(answer.treatment == DRUG, answer.values, -answer.values).reshape(n, -1, 2).sum(axis=-1)
            return np.where(known, signed, np.nan), True
    means = []
    for arm in (DRUG, CONTROL):
        there = (answer.treatment == arm) & np.isfinite(answer.values)
        count = there.sum(axis=1)
        total = np.where(there, answer.values, 0.0).sum(axis=1)
        means.append(np.divide(total, count, out=np.full(n, np.nan), where=count > 0))
    return (means[0] - means[1])[:, None], False


def _paired(periods: Periods) -> MethodEstimate:
    """Return the comparison of the orders, over patients whose order is known to the end."""
    whole = (periods.treatment != UNKNOWN).all(axis=1)
    orders, group = np.unique(periods.treatment[whole], axis=0, return_inverse=True)
    values = periods.values[whole]
    n = len(values)
    if n == 0:
        nothing = np.full((1, 1), np.nan)
        return MethodEstimate(nothing, nothing, nothing)
    data = Data(
        arm=group.reshape(1, -1).astype(np.int8),
        use=np.ones((1, n), bool),
        baseline=np.zeros((1, n)),
        visits=values[None],
        events=np.zeros((1, n)),
        days=np.zeros((1, n)),
        month=trial_numbers().month,
        counts_days=False,
        drug=orders == DRUG,
    )
    with np.errstate(all="ignore"):
        return METHODS[PAIRED].estimate(data)


def _individuals(periods: Periods, individuals: n_of_1.Individuals, confidence: float) -> dict[str, Any]:
    alone, together = n_of_1.intervals(individuals, confidence)
    patients = [
        {
            "patient": name,
            "cycles": int(individuals.cycles[0, k]),
            "own": _three(individuals.own[0, k], alone[0][0, k], alone[1][0, k]),
            "shrunken": _three(individuals.shrunken[0, k], together[0][0, k], together[1][0, k]),
        }
        for k, name in enumerate(periods.subjects)
    ]
    together_numbers = {name: finite(getattr(individuals, name)[0]) for name in n_of_1.TOGETHER}
    return {"mean": together_numbers, "patients": patients}


def _row(estimate: MethodEstimate, confidence: float) -> dict[str, float | None]:
    low, high = estimate.interval(confidence)
    numbers = (part[0, 0] for part in (estimate.value, low, high, estimate.se, estimate.p(), estimate.freedom))
    return _numbers(*(float(number) for number in numbers))


def _numbers(
    value: float, low: float, high: float, se: float, p: float | None = None, freedom: float = np.inf
) -> dict[str, float | None]:
    if p is None:
        with np.errstate(all="ignore"):
            p = float(MethodEstimate(np.array([[value]]), np.array([[se]]), np.array([[np.inf]])).p()[0, 0])
    rest = {"se": se, "p": p, "degrees_of_freedom": freedom}
    return _three(value, low, high) | {key: finite(item) for key, item in rest.items()}


def _three(value: float, low: float, high: float) -> dict[str, float | None]:
    return {"estimate": finite(value), "low": finite(low), "high": finite(high)}


def _sd(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if known.size > 1 else None
