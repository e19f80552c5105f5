"""The effect of each pooled trial, derived from its printed figures: a difference and a log rate ratio.

Months are taken as printed, per 4 weeks or per month alike. ``misread`` takes a standard error for a
standard deviation, as published meta-analyses did.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from leao.errors import LedgerError
from leao.evidence.consistency import standard_error
from leao.evidence.trials import Outcome, Trial

ATTACKS = "attacks"
TREATED, CONTROL = "memantine", "placebo"
PERCENT = 100.0


class Effect(NamedTuple):
    """One trial's estimate with its standard error; ``per_patient`` is the variance one pair of patients carries."""

    trial: str
    estimate: float
    error: float
    per_patient: float


def difference(trial: Trial, *, misread: bool = False) -> Effect:
    """Return the difference in attacks per month, treated minus control, with its standard error.

    The printed difference of the changes where there is one (Noruzzadeh 2016), else the difference of the
    follow-up means (Shanmugam 2019); SE = sqrt(SE_treated^2 + SE_control^2) from the arms' own spreads.
    """
    outcome = trial.find(ATTACKS, "change") or _wanted(trial, "end")
    first, second = _values(outcome)
    printed = outcome.reported.difference if outcome.reported else None
    errors = _errors(trial, outcome, misread=misread)
    return _effect(trial, first - second if printed is None else printed, errors)


def log_ratio(trial: Trial, *, misread: bool = False) -> Effect:
    """Return the log of the rate ratio, treated over control, with its standard error.

    Noruzzadeh 2016: ratio of the fractions of baseline left, r = (1 - .62) / (1 - .17); the baseline
    b = change / fraction is taken as fixed, so the delta method gives SE_log = SE(change) / (b r_arm).
    Shanmugam 2019: ratio of the follow-up means, SE_log = SE / mean in each arm.
    """
    percent = trial.find(ATTACKS, "percent change")
    if percent is None:
        outcome = _wanted(trial, "end")
        left = _values(outcome)
        estimate = math.log(left[0] / left[1])
    else:
        outcome = _wanted(trial, "change")
        falls = tuple(value / PERCENT for value in _values(percent))
        left = tuple(change / fall * (1.0 + fall) for change, fall in zip(_values(outcome), falls, strict=True))
        estimate = math.log((1.0 + falls[0]) / (1.0 + falls[1]))
    errors = _errors(trial, outcome, misread=misread)
    return _effect(trial, estimate, (errors[0] / left[0], errors[1] / left[1]))


def _wanted(trial: Trial, kind: str) -> Outcome:
    found = trial.find(ATTACKS, kind)
    if found is None:
        raise LedgerError(
            f"trials/{trial.name}.toml: no outcome {ATTACKS!r} of kind {kind!r}; set pooled = false or add it"
        )
    return found


def _values(outcome: Outcome) -> tuple[float, float]:
    of = {result.arm: result.value for result in outcome.results}
    return of[TREATED], of[CONTROL]


def _errors(trial: Trial, outcome: Outcome, *, misread: bool) -> tuple[float, float]:
    of = {
        result.arm: standard_error(
            result, trial.arm(result.arm).analysed, "SD" if misread and result.spread_kind == "SE" else None
        )
        for result in outcome.results
    }
    return of[TREATED], of[CONTROL]


def _effect(trial: Trial, estimate: float, errors: tuple[float, float]) -> Effect:
    sizes = (trial.arm(TREATED).analysed, trial.arm(CONTROL).analysed)
    per_patient = sum(error**2 * n for error, n in zip(errors, sizes, strict=True))
    return Effect(trial.name, estimate, math.hypot(*errors), per_patient)
