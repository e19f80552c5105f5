"""The calls ``leao.trial.boundaries`` and ``leao.trial.reestimate``."""

from __future__ import annotations

from os import PathLike
from typing import Any

from leao.core.result import Result


def boundaries(
    looks: str = "3",
    spending: str | None = None,
    spending_gamma: float | None = None,
    boundary: str | None = None,
    delta: float | None = None,
    futility: str | None = None,
    futility_gamma: float | None = None,
    binding: bool = False,
    alpha: float | None = None,
    power: float | None = None,
    sides: int = 1,
    by: str = "information",
    fixed_n: int | None = None,
    rate: float | None = None,
    ratio: float | None = None,
    dispersion: float | None = None,
    months: float | None = None,
    difference: float | None = None,
    sd: float | None = None,
) -> Result[dict[str, Any]]:
    """Return the boundaries of a group-sequential test, what each look spends, and how many patients it takes.

    Args:
        looks: how many, evenly spaced, or their fractions of the planned information, ``"0.5,0.75,1"``.
        spending: obrien_fleming (the default), pocock, kim_demets or hwang_shih_decani: alpha spent up to a look.
        spending_gamma: of the last two.
        boundary: obrien_fleming, pocock or wang_tsiatis: a shape instead of a spending function.
        delta: of wang_tsiatis, 0 to 0.5.
        futility: a spending function for beta, or bounds, ``"0,0.5"``, one a look but the last.
        futility_gamma: of a spending function that has one.
        binding: a trial that is futile must stop; else the error holds though it goes on.
        alpha: of the whole test; by default 0.025 of one side, 0.05 of two.
        power: by default the ledger's.
        sides: 1 or 2.
        by: information, or events: ``looks`` are shares of all events, everybody followed since the start.
        fixed_n: patients per arm that a trial without looks would need.
        rate: events per 28 days on the control.
        ratio: of rates, to be found.
        dispersion: k of the negative binomial, variance m + k m^2.
        months: of 28 days that a patient is followed.
        difference: of mean changes, to be found.
        sd: of changes within an arm.

    Raises:
        ScenarioError: what cannot be, in one line.
    """
    from leao.trial.sequential import planning, sample_size

    endpoint = sample_size.asked((rate, ratio, dispersion, months), (difference, sd))
    words = planning.BoundaryWords(
        looks, spending, spending_gamma, boundary, delta, futility, futility_gamma, binding, alpha, power, sides, by,
        fixed_n,
    )  # fmt: skip
    return Result("boundaries", planning.answer(words, endpoint))


def reestimate(
    data: str | PathLike[str],
    events: str | None = None,
    days: str | None = None,
    change: str | None = None,
    ratio: float | None = None,
    months: float | None = None,
    difference: float | None = None,
    planned_n: int | None = None,
    most_n: int | None = None,
    inflation: float = 1.0,
    alpha: float = 0.025,
    power: float | None = None,
) -> Result[dict[str, Any]]:
    """Re-estimate the sample size from all patients so far, whose arms are not looked at.

    Args:
        data: a table, a row per patient.
        events: column of the events counted since the start of treatment.
        days: column of the days they were counted on; else everybody was followed to the end.
        change: column of the change from baseline.
        ratio: of rates, as assumed at planning.
        months: of 28 days that a patient is to be followed.
        difference: of mean changes, as assumed at planning.
        planned_n: patients per arm as planned: never fewer.
        most_n: patients per arm at most.
        inflation: of a trial with looks, as ``boundaries`` gives it.
        alpha: of one side.
        power: wanted; by default the ledger's.

    Raises:
        ScenarioError: a table or a value that cannot be used.
    """
    from leao.trial.sequential import planned_again

    words = planned_again.ReestimateWords(ratio, months, difference, planned_n, most_n, inflation, alpha, power)
    return Result("reestimate", planned_again.answer(str(data), (events, days, change), words))
