"""Does a trial's table agree with itself? Printed p-values and intervals recomputed from the printed spreads.

Means are compared by Welch's t-test, shares by the z-test of two proportions, changes with the difference
of end and baseline. A label that cannot be right is named together with the one that can.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

from scipy.special import ndtr, stdtr, stdtrit

from leao import ledger
from leao.evidence import trials
from leao.evidence.trials import Outcome, Reported, Result, SpreadKind, Trial


class Check(NamedTuple):
    """The outcome of a check; ``checked`` is False where the table holds nothing to recompute."""

    checked: bool
    consistent: bool
    problem: str | None


class Tolerances(NamedTuple):
    """How far a recomputed figure may lie from the printed one."""

    p_factor: Annotated[float, "dimensionless"]
    p_floor: Annotated[float, "dimensionless"]
    rounding: Annotated[float, "dimensionless"]
    width_factor: Annotated[float, "dimensionless"]


def standard_error(result: Result, n: int, kind: SpreadKind | None = None) -> float:
    """Return the standard error of one arm's mean.

    Args:
        result: the printed value with its spread.
        n: patients analysed.
        kind: reads the spread as this kind instead of the recorded one.

    A 95 % interval is taken as mean +- t(n-1) SE; SE = SD / sqrt(n).
    """
    if result.low is not None and result.high is not None:
        return (result.high - result.low) / (2.0 * float(stdtrit(n - 1, 0.975)))
    if result.spread is None:
        return math.nan
    return result.spread / math.sqrt(n) if (kind or result.spread_kind) == "SD" else result.spread


def welch_p(values: tuple[float, float], errors: tuple[float, float], n: tuple[int, int]) -> float:
    """Return the two-sided p-value of Welch's t-test from two means, their standard errors and sizes."""
    total = errors[0] ** 2 + errors[1] ** 2
    freedom = total**2 / sum(e**4 / (m - 1) for e, m in zip(errors, n, strict=True))
    return 2.0 * float(stdtr(freedom, -abs(values[0] - values[1]) / math.sqrt(total)))


def share_p(events: tuple[int, int], n: tuple[int, int]) -> float:
    """Return the two-sided p-value of the pooled z-test of two proportions, without continuity correction."""
    share = sum(events) / sum(n)
    error = math.sqrt(share * (1.0 - share) * sum(1.0 / m for m in n))
    return 2.0 * float(ndtr(-abs(events[0] / n[0] - events[1] / n[1]) / error))


def check(trial: Trial, outcome: Outcome) -> Check:
    """Return whether an outcome's printed p-value, interval and change agree with its arms."""
    tolerances = ledger.params(ledger.read("evidence_checks"), Tolerances)
    problems = [_change(trial, outcome, tolerances)]
    recomputed = outcome.kind == "change" and trial.find(outcome.outcome, "baseline") is not None
    if _comparable(trial, outcome) and outcome.reported is not None:
        recomputed = True
        problems += [
            _p(trial, outcome, outcome.reported, tolerances),
            _interval(trial, outcome, outcome.reported, tolerances),
        ]
    problem = "; ".join(text for text in problems if text) or None
    return Check(recomputed, problem is None, problem)


def table() -> list[dict[str, Any]]:
    """Return every printed value, arm by arm, with its kind of spread and the verdict of the check."""
    return [
        _row(trial, outcome, result, check(trial, outcome))
        for trial in map(trials.read, trials.names())
        for outcome in trial.outcomes
        for result in outcome.results
    ]


def _row(trial: Trial, outcome: Outcome, result: Result, found: Check) -> dict[str, Any]:
    arm = trial.arm(result.arm)
    reported = outcome.reported.model_dump() if outcome.reported else None
    head = {"trial": trial.name, "design": trial.design, "blinding": trial.blinding, "pooled": trial.pooled}
    who = {"arm": arm.arm, "treatment": arm.treatment, "randomised": arm.randomised, "analysed": arm.analysed}
    what = {"outcome": outcome.outcome, "unit": outcome.unit, "kind": outcome.kind, "week": outcome.week}
    tail = {"reported": reported, "source": trial.source, "where": outcome.where, **found._asdict()}
    return {**head, **who, **what, **result.model_dump(exclude={"arm"}), **tail}


def _comparable(trial: Trial, outcome: Outcome) -> bool:
    return trial.design == "parallel" and len(outcome.results) == len(trial.arms) == 2


def _pair(trial: Trial, outcome: Outcome, kind: SpreadKind | None = None) -> float:
    first, second = outcome.results
    n = (trial.arm(first.arm).analysed, trial.arm(second.arm).analysed)
    if first.events is not None and second.events is not None:
        return share_p((first.events, second.events), n)
    errors = (standard_error(first, n[0], kind), standard_error(second, n[1], kind))
    return welch_p((first.value, second.value), errors, n)


def _agrees(found: float, reported: Reported, tolerances: Tolerances) -> bool:
    if reported.p is None or math.isnan(found):
        return True
    above = found <= reported.p * tolerances.p_factor
    only_above = reported.relation == "<" or reported.p <= tolerances.p_floor
    return above and (only_above or found >= reported.p / tolerances.p_factor)


def _p(trial: Trial, outcome: Outcome, reported: Reported, tolerances: Tolerances) -> str | None:
    found = _pair(trial, outcome)
    if _agrees(found, reported, tolerances):
        return None
    kind = outcome.results[0].spread_kind
    text = (
        f"{outcome.outcome}: p {reported.relation} {reported.p:g} is printed, read as {kind} the arms give {found:.2g}"
    )
    other: SpreadKind = "SE" if kind == "SD" else "SD"
    if kind in ("SD", "SE") and _agrees(again := _pair(trial, outcome, other), reported, tolerances):
        return f"{text}, read as {other} {again:.2g}: the label {kind} cannot be right, record it as {other}"
    return f"{text}: check the printed figures"


def _interval(trial: Trial, outcome: Outcome, reported: Reported, tolerances: Tolerances) -> str | None:
    if reported.difference is None or reported.low is None or reported.high is None:
        return None
    first, second = outcome.results
    found = first.value - second.value
    if abs(found - reported.difference) > tolerances.rounding:
        return f"{outcome.outcome}: difference {reported.difference:g} is printed, the arms give {found:.2f}"
    errors = [standard_error(r, trial.arm(r.arm).analysed) for r in (first, second)]
    freedom = sum(trial.arm(r.arm).analysed for r in (first, second)) - 2
    width = 2.0 * float(stdtrit(freedom, 0.975)) * math.hypot(*errors)
    ratio = (reported.high - reported.low) / width
    if not 1.0 / tolerances.width_factor <= ratio <= tolerances.width_factor:
        return f"{outcome.outcome}: the printed interval is {ratio:.2f} times as wide as the arms allow"
    return None


def _change(trial: Trial, outcome: Outcome, tolerances: Tolerances) -> str | None:
    baseline, end = trial.find(outcome.outcome, "baseline"), trial.find(outcome.outcome, "end")
    if outcome.kind != "change" or baseline is None or end is None:
        return None
    before = {result.arm: result.value for result in baseline.results}
    after = {result.arm: result.value for result in end.results}
    for result in outcome.results:
        found = after[result.arm] - before[result.arm]
        if abs(found - result.value) > tolerances.rounding:
            return (
                f"{outcome.outcome}: change {result.value:g} of {result.arm} is printed, end minus baseline is "
                f"{found:.2f}: other patients stand behind it"
            )
    return None
