"""Differences that a model gave, not the arms' means: which of them an analysis of covariance could give."""

from __future__ import annotations

from leao.evidence.published_trials import Outcome, Trial


def is_from_model(trial: Trial, outcome: Outcome, slack: float) -> bool:
    """Return whether the printed difference is not that of the arms but one that adjusting for the baseline gives."""
    first, second = (result.value for result in outcome.results)
    printed = outcome.reported.difference if outcome.reported else None
    if printed is None or first is None or second is None or abs(first - second - printed) <= slack:
        return False
    return can_be(trial, outcome, printed, slack)


def can_be(trial: Trial, outcome: Outcome, difference: float, slack: float) -> bool:
    """Return whether a difference is one that an analysis of covariance could give on the printed means.

    It lies between the difference at the end (slope 0 on the baseline) and that of the changes (slope 1).

    Args:
        trial: with the outcome's baseline.
        outcome: at the end, or its change.
        difference: as printed.
        slack: by which rounding may move it.
    """
    baseline = trial.find(outcome.outcome, "baseline")
    if baseline is None or outcome.kind not in ("end", "change"):
        return False
    start = {result.arm: result for result in baseline.results}
    before = [start[result.arm].value if result.arm in start else None for result in outcome.results]
    after = [result.value for result in outcome.results]
    if None in before or None in after:
        return False
    here = float(after[0] or 0.0) - float(after[1] or 0.0)
    imbalance = float(before[0] or 0.0) - float(before[1] or 0.0)
    other = here - imbalance if outcome.kind == "end" else here + imbalance
    return min(here, other) - slack <= difference <= max(here, other) + slack
