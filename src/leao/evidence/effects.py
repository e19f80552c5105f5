"""The effect of a trial, derived from its printed figures: differences, log rate ratios, log odds ratios.

Months are taken as printed, per 4 weeks or per month alike. ``misread`` takes a standard error for a standard
deviation, as published meta-analyses did.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from leao.core.errors import LedgerError
from leao.evidence.consistency import standard_error
from leao.evidence.published_trials import Outcome, Result, Trial

ATTACKS = "attacks"
RESCUE = "rescue medication use"
RESPONDERS = "responders, 50 % fewer attacks or better"
TREATED, CONTROL = "memantine", "placebo"
PERCENT = 100.0


class Effect(NamedTuple):
    """One trial's estimate with its standard error."""

    trial: str
    estimate: float
    error: float


def difference(trial: Trial, outcome: str = ATTACKS, *, misread: bool = False) -> Effect:
    """Return the difference per month, treated minus control, with its standard error.

    The printed difference of the changes where there is one (Noruzzadeh 2016), else the difference of the
    follow-up means (Shanmugam 2019); SE = sqrt(SE_treated^2 + SE_control^2) from the arms' own spreads.
    """
    entry = trial.find(outcome, "change") or _wanted(trial, outcome, "end")
    first, second = _values(trial, entry)
    said = entry.reported
    printed = said.difference if said else None
    error = math.hypot(*_errors(trial, entry, misread=misread))
    return Effect(trial.name, first - second if printed is None else printed, _known(error, trial, entry))


def log_ratio(trial: Trial, outcome: str = ATTACKS, *, misread: bool = False) -> Effect:
    """Return the log of the rate ratio, treated over control, with its standard error.

    Noruzzadeh 2016: ratio of the fractions of baseline left, r = (1 - .62) / (1 - .17); the baseline
    b = change / fraction is taken as fixed, so the delta method gives SE_log = SE(change) / (b r_arm).
    Shanmugam 2019: ratio of the follow-up means, SE_log = SE / mean in each arm. A trial with baseline and change
    instead: ratio of (baseline + change) / baseline, likewise.
    """
    values, left, start = ends(trial, outcome)
    if min(*left, *start) <= 0.0:
        raise LedgerError(f"trial {trial.name}, {outcome}: a rate of zero or less has no ratio; set pooled = false")
    relative = [error / end for error, end in zip(_errors(trial, values, misread=misread), left, strict=True)]
    treated, control = (math.log(end / before) for end, before in zip(left, start, strict=True))
    return Effect(trial.name, treated - control, _known(math.hypot(*relative), trial, values))


def log_odds_ratio(trial: Trial, outcome: str = RESPONDERS) -> Effect | None:
    """Return the log odds ratio of a share of patients, None where the trial prints no counts.

    SE = sqrt(1/a + 1/b + 1/c + 1/d) (Woolf); half a patient is added to each cell where one is empty.
    """
    entry = trial.find(outcome, "share")
    if entry is None:
        return None
    of = {result.arm: result.events for result in entry.results}
    cells = []
    for arm in (TREATED, CONTROL):
        events, n = of.get(arm), _size(trial, arm)
        if events is None or n is None:
            return None
        cells += [float(events), float(n - events)]
    if min(cells) == 0.0:
        cells = [cell + 0.5 for cell in cells]
    estimate = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3])
    return Effect(trial.name, estimate, math.sqrt(sum(1.0 / cell for cell in cells)))


def with_outcome(trial: Trial, outcome: str, kind: str) -> bool:
    """Return whether both arms of ``trial`` print a value with a spread for an outcome."""
    entry = trial.find(outcome, kind)
    return entry is not None and not any(math.isnan(_error(trial, result, misread=False)) for result in entry.results)


def ends(trial: Trial, outcome: str = ATTACKS) -> tuple[Outcome, tuple[float, float], tuple[float, float]]:
    """Return the outcome that carries the errors, what is left in each arm at the end, and where it started."""
    percent, change = trial.find(outcome, "percent change"), trial.find(outcome, "change")
    baseline = trial.find(outcome, "baseline")
    if change is not None and percent is not None:
        falls = [value / PERCENT for value in _values(trial, percent)]
        starts = [moved / fall for moved, fall in zip(_values(trial, change), falls, strict=True)]
    elif change is not None and baseline is not None:
        starts = list(_values(trial, baseline))
        falls = [moved / start for moved, start in zip(_values(trial, change), starts, strict=True)]
    else:
        wanted_result = _wanted(trial, outcome, "end")
        return wanted_result, _values(trial, wanted_result), (1.0, 1.0)
    left = [start * (1.0 + fall) for start, fall in zip(starts, falls, strict=True)]
    return change, (left[0], left[1]), (starts[0], starts[1])


def _wanted(trial: Trial, outcome: str, kind: str) -> Outcome:
    entry = trial.find(outcome, kind)
    if entry is None:
        raise LedgerError(
            f"trial {trial.name}: pooled, but without an outcome {outcome!r} of kind {kind!r}; "
            "add it, or set pooled = false"
        )
    return entry


def _values(trial: Trial, outcome: Outcome) -> tuple[float, float]:
    of = {result.arm: result.value for result in outcome.results}
    treated, control = of.get(TREATED), of.get(CONTROL)
    if treated is None or control is None:
        raise LedgerError(
            f"trial {trial.name}, {outcome.outcome}, {outcome.kind}: a pooled trial needs a value in the arms "
            f"{TREATED!r} and {CONTROL!r}; add it, or set pooled = false"
        )
    return treated, control


def _size(trial: Trial, arm: str) -> int | None:
    return next((item.analysed for item in trial.arms if item.arm == arm), None)


def _error(trial: Trial, result: Result, *, misread: bool) -> float:
    kind = "SD" if misread and result.spread_kind == "SE" else None
    return standard_error(result, _size(trial, result.arm), kind)


def _errors(trial: Trial, outcome: Outcome, *, misread: bool) -> tuple[float, float]:
    of = {result.arm: _error(trial, result, misread=misread) for result in outcome.results}
    return of.get(TREATED, math.nan), of.get(CONTROL, math.nan)


def _known(error: float, trial: Trial, outcome: Outcome) -> float:
    if math.isnan(error):
        raise LedgerError(
            f"trial {trial.name}, {outcome.outcome}, {outcome.kind}: a pooled trial needs a spread in both arms (SD, "
            "SE or CI95) and the number analysed; add them, or set pooled = false"
        )
    return error
