"""Does a trial's table agree with itself? Printed p-values and intervals recomputed from the printed spreads.

Means are compared by Welch's t-test, shares by the z-test of two proportions, changes with the difference of end
and baseline, per cents of patients with whole patients (Brown and Heathers' GRIM test). Every comparison of two
arms is made under both readings of its spread, SD and SE; a label that cannot be right is named together with the
one that can.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.special import ndtr, ndtri, stdtr, stdtrit
from leao.evidence import adjusted
from leao.evidence.published_trials import Outcome, Reported, Result, SpreadKind, Trial

PERCENT_OF_PATIENTS = "percent of patients"
READINGS: tuple[SpreadKind, ...] = ("SD", "SE")


class Reading(NamedTuple):
    """The p-value that the arms give when their spread is read as ``kind``; ``agrees`` is None without a printed p."""

    kind: str
    p: float
    agrees: bool | None


class Check(NamedTuple):
    """The outcome of a check; ``checked`` is False where the table holds nothing to recompute."""

    checked: bool
    consistent: bool
    problem: str | None
    readings: tuple[Reading, ...] = ()


class Tolerances(NamedTuple):
    """How far a recomputed figure may lie from the printed one."""

    p_factor: Annotated[float, "dimensionless"]
    p_floor: Annotated[float, "dimensionless"]
    rounding: Annotated[float, "dimensionless"]
    width_factor: Annotated[float, "dimensionless"]


def tolerances() -> Tolerances:
    """Return the tolerances of the ledger."""
    return ledger.params(ledger.read("evidence_checks"), Tolerances)


def standard_error(result: Result, n: int | None, kind: SpreadKind | None = None) -> float:
    """Return the standard error of one arm's mean; NaN where no spread or no number of patients is printed.

    Args:
        result: the printed value with its spread.
        n: patients analysed.
        kind: reads the spread as this kind instead of the recorded one.

    A 95 % interval is taken as mean +- t(n-1) SE; SE = SD / sqrt(n). A median with its quartiles has none.
    """
    if n is None or result.is_median:
        return math.nan
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
    """Return whether an outcome's printed p-value, interval, change and shares agree with its arms."""
    limits = tolerances()
    problems = [_change(trial, outcome, limits), _whole_patients(trial, outcome)]
    recomputed = outcome.unit == PERCENT_OF_PATIENTS and any(result.value is not None for result in outcome.results)
    recomputed |= outcome.kind == "change" and trial.find(outcome.outcome, "baseline") is not None
    value: tuple[Reading, ...] = ()
    if _comparable(trial, outcome):
        value = readings(trial, outcome, limits)
        if outcome.reported is not None:
            recomputed |= any(result.agrees is not None for result in value) or outcome.reported.low is not None
            problems += [
                _p(trial, outcome, outcome.reported, value),
                _interval(trial, outcome, outcome.reported, limits),
                _p_of_interval(outcome, outcome.reported, limits),
            ]
    problem = "; ".join(text for text in problems if text) or None
    return Check(recomputed, problem is None, problem, value)


def admit(trial: Trial, place: str) -> Trial:
    """Return the trial if its numbers agree, or are kept as ``disputed``.

    Raises:
        LedgerError: numbers that contradict each other, in one line naming file, field and remedy.
    """
    for outcome in trial.outcomes:
        checked = check(trial, outcome)
        where = f"{place}, outcome {outcome.outcome!r}, {outcome.kind}"
        if not checked.consistent and outcome.disputed is None:
            raise LedgerError(
                f"{where}: {checked.problem}; correct it, or keep it with disputed = 'why it stands so in the paper'"
            )
        if checked.consistent and outcome.disputed is not None:
            raise LedgerError(f"{where}: disputed is given, but the numbers agree; remove disputed")
    return trial


def readings(trial: Trial, outcome: Outcome, limits: Tolerances) -> tuple[Reading, ...]:
    """Return the p-value of the comparison under each reading of the printed spread."""
    first, second = outcome.results
    kinds: tuple[SpreadKind | None, ...] = (None,)
    if first.spread is not None and second.spread is not None:
        kinds = READINGS
    out = []
    for kind in kinds:
        p = _pair(trial, first, second, kind)
        if not math.isnan(p):
            name = kind or first.spread_kind or "shares"
            out.append(Reading(name, p, None if outcome.reported is None else _agrees(p, outcome.reported, limits)))
    return tuple(out)


def _comparable(trial: Trial, outcome: Outcome) -> bool:
    return trial.design == "parallel" and len(outcome.results) == len(trial.arms) == 2


def _pair(trial: Trial, first: Result, second: Result, kind: SpreadKind | None) -> float:
    n = (trial.arm(first.arm).analysed, trial.arm(second.arm).analysed)
    if n[0] is None or n[1] is None:
        return math.nan
    if first.events is not None and second.events is not None:
        return share_p((first.events, second.events), (n[0], n[1]))
    if first.value is None or second.value is None:
        return math.nan
    errors = (standard_error(first, n[0], kind), standard_error(second, n[1], kind))
    return math.nan if math.isnan(sum(errors)) else welch_p((first.value, second.value), errors, (n[0], n[1]))


def _agrees(values: float, reported: Reported, limits: Tolerances) -> bool | None:
    if reported.p is None:
        return None
    above = values <= reported.p * limits.p_factor
    only_above = reported.relation == "<" or reported.p <= limits.p_floor
    return above and (only_above or values >= reported.p / limits.p_factor)


def _p(trial: Trial, outcome: Outcome, reported: Reported, reading: tuple[Reading, ...]) -> str | None:
    kind = outcome.results[0].spread_kind
    if reported.adjusted or adjusted.is_from_model(trial, outcome, tolerances().rounding):
        return None  # its p-value is the model's
    mine = next((item for item in reading if kind not in READINGS or item.kind == kind), None)
    if mine is None or mine.agrees is not False:
        return None
    printed = f"{outcome.outcome}: p {reported.relation} {reported.p:g} is printed"
    other = next((item for item in reading if item.kind != mine.kind and item.agrees), None)
    if other is not None:
        return (
            f"{printed}, read as {kind} the arms give {mine.p:.2g}, read as {other.kind} {other.p:.2g}: "
            f"the label {kind} cannot be right, record it as {other.kind}"
        )
    read = f", read as {kind}" if kind else ""
    return f"{printed}{read} the arms give {mine.p:.2g}: check the printed figures"


def _interval(trial: Trial, outcome: Outcome, reported: Reported, limits: Tolerances) -> str | None:
    first, second = outcome.results
    if reported.difference is None or first.value is None or second.value is None:
        return None
    if first.is_median or second.is_median:
        return None  # a difference of medians is seldom what is printed beside them (Hodges and Lehmann's shift)
    values, by_model = first.value - second.value, reported.adjusted
    if abs(values - reported.difference) > limits.rounding:
        if not by_model and not adjusted.can_be(trial, outcome, reported.difference, limits.rounding):
            remedy = "; if a model adjusted it, write adjusted = true in reported"
            return (
                f"{outcome.outcome}: difference {reported.difference:g} is printed, the arms give {values:.2f}{remedy}"
            )
        by_model = True
    sizes = [trial.arm(r.arm).analysed or 0 for r in (first, second)]
    errors = [standard_error(r, n or None) for r, n in zip((first, second), sizes, strict=True)]
    if reported.low is None or reported.high is None or math.isnan(sum(errors)):
        return None
    width = 2.0 * float(stdtrit(sum(sizes) - 2, 0.975)) * math.hypot(*errors)
    ratio = (reported.high - reported.low) / width
    narrowest = 0.0 if by_model else 1.0 / limits.width_factor  # a covariate takes variance away, never adds to it
    if not narrowest <= ratio <= limits.width_factor:
        return f"{outcome.outcome}: the printed interval is {ratio:.2f} times as wide as the arms allow"
    return None


def _p_of_interval(outcome: Outcome, reported: Reported, limits: Tolerances) -> str | None:
    """Compare the printed p-value with the one that the printed interval of the difference implies (normal)."""
    if reported.difference is None or reported.low is None or reported.high is None:
        return None
    if not reported.low <= reported.difference <= reported.high:
        return f"{outcome.outcome}: difference {reported.difference:g} lies outside its interval"
    if reported.p is None:
        return None
    error = (reported.high - reported.low) / (2.0 * float(ndtri(0.975)))
    value = 2.0 * float(ndtr(-abs(reported.difference) / error))
    if _agrees(value, reported, limits) is False:
        return f"{outcome.outcome}: p {reported.relation} {reported.p:g} is printed, its interval gives {value:.2g}"
    return None


def _change(trial: Trial, outcome: Outcome, limits: Tolerances) -> str | None:
    baseline, end = trial.find(outcome.outcome, "baseline"), trial.find(outcome.outcome, "end")
    if outcome.kind != "change" or baseline is None or end is None:
        return None
    before = {result.arm: result.value for result in baseline.results if not result.is_median}
    after = {result.arm: result.value for result in end.results if not result.is_median}
    for result in outcome.results:
        start, stop = before.get(result.arm), after.get(result.arm)
        if start is None or stop is None or result.value is None or result.is_median:
            continue
        value = stop - start
        if abs(value - result.value) > limits.rounding:
            return (
                f"{outcome.outcome}, {result.arm}: change {result.value:g} is printed, end less baseline is {value:.2f}"
            )
    return None


def _whole_patients(trial: Trial, outcome: Outcome) -> str | None:
    """Say which printed per cent of patients no whole number of the analysed patients can give."""
    if outcome.unit != PERCENT_OF_PATIENTS:
        return None
    for result in outcome.results:
        n = trial.arm(result.arm).analysed
        if n is None or result.value is None:
            continue
        half = 0.5 * 10.0 ** -_decimals(result.value) * (1.0 + 1e-9)
        near = round(result.value / 100.0 * n) if result.events is None else result.events
        if abs(100.0 * near / n - result.value) > half:
            shown = f"{near} of {n} are {100.0 * near / n:.1f} %"
            return f"{outcome.outcome}, {result.arm}: {result.value:g} % is printed, {shown}"
    return None


def _decimals(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text) - text.index(".") - 1


def table(trials: list[Trial]) -> list[dict[str, Any]]:
    """Return every printed value, arm by arm, with its kind of spread and the verdict of the check."""
    rows = []
    for trial in trials:
        for outcome in trial.outcomes:
            checked = check(trial, outcome)
            rows += [_row(trial, outcome, result, checked) for result in outcome.results]
    return rows


def _row(trial: Trial, outcome: Outcome, result: Result, answer: Check) -> dict[str, Any]:
    arm = trial.arm(result.arm)
    reported = outcome.reported.model_dump() if outcome.reported else None
    head = {"trial": trial.name, "design": trial.design, "blinding": trial.blinding, "pooled": trial.pooled}
    who = {"arm": arm.arm, "treatment": arm.treatment, "randomised": arm.randomised, "analysed": arm.analysed}
    what = {"outcome": outcome.outcome, "unit": outcome.unit, "kind": outcome.kind, "week": outcome.week}
    tail = {"reported": reported, "source": trial.source, "where": outcome.where, "disputed": outcome.disputed}
    verdict = {**answer._asdict(), "readings": [reading._asdict() for reading in answer.readings]}
    return {**head, **who, **what, **result.model_dump(exclude={"arm"}), **tail, **verdict}
