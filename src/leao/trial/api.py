"""The calls of ``leao.trial``: a design, simulated trials of it under an effect, the analysis of a real table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from leao.core.progress import Progress, shown
from leao.core.random import checked_seed
from leao.core.result import Result
from leao.core.rows import frame

if TYPE_CHECKING:
    import polars as pl

    from leao.trial.contract import Analysis
    from leao.trial.designs import Design
    from leao.trial.effect import Effect

PLACEBO, MEMANTINE = "placebo", "memantine"


def design(
    kind: str = "parallel",
    n_per_arm: int = 30,
    weeks: int = 12,
    treatments: Sequence[str] = (PLACEBO, MEMANTINE),
    set: Mapping[str, Any] | None = None,
    frame: str = "migr",
) -> Design:
    """Return a trial's design; what is left out comes from the ledger ``trial``.

    Args:
        kind: parallel, dose_finding, titrated, crossover, n_of_1 or withdrawal.
        n_per_arm: patients randomised to each group.
        weeks: of treatment.
        treatments: names, of which the first is placebo.
        set: any other key of a scenario's ``trial``, such as ``{"dropout": {"memantine": 0.2}, "stratify": True}``;
            keys of the design itself under ``design``.
        frame: whom the patients are drawn from, see ``leao.diary.simulate``.

    Raises:
        ScenarioError: an unknown key, or a value that cannot be used.
    """
    from leao.trial import design_request

    keys: dict[str, Any] = {"n_per_arm": n_per_arm, "weeks": weeks}
    return design_request.settled(kind, treatments, frame, keys if set is None else keys | dict(set))


def simulate(
    design: Design,
    effect: float | Effect = 1.0,
    repeats: int = 200,
    dose: str | Mapping[str, str] = "10 mg",
    estimator: str | Sequence[str] | None = None,
    endpoint: str = "attacks",
    seed: int = 1,
    progress: Progress | None = None,
) -> Result[dict[str, Any]]:
    """Simulate trials of a design under an effect, and under none; power, type I error, bias, coverage.

    Args:
        design: from ``leao.trial.design``.
        effect: a ratio of attack rates at the steady level, above 0 and at most 1, or an object with
            ``ratio(enrolled, dose)``, see ``leao.trial.effect``.
        repeats: simulated trials.
        dose: once a day, of every active treatment, or by its name.
        estimator: one or more; the first is quoted; by default all that fit.
        endpoint: attacks, migraine_days or headache_days.
        seed: of all random numbers.
        progress: called with a step, its parts done and their number; by default a line in a notebook.

    Raises:
        ScenarioError: an effect, dose, estimator or endpoint that cannot be.
    """
    from leao.trial import simulated_trials

    names = (estimator,) if isinstance(estimator, str) else tuple(estimator or ())
    setting = simulated_trials.setting(design, effect, dose, (names, endpoint), checked_seed(seed))
    answer, patients = simulated_trials.answer(setting, repeats, shown(progress))
    return Result("trials_simulated", answer, lambda: frame(patients), setting)


def analyse(
    data: str | PathLike[str],
    arm: str | None = None,
    visit: str | None = None,
    day: str | None = None,
    subject: str | None = None,
    value: str | None = None,
    baseline: str | None = None,
    param: str | None = None,
    control: str | None = None,
    where: Sequence[str] = (),
    ignore: Sequence[str] = (),
    visits: str | None = None,
    move_visit: Sequence[str] = (),
    visit_days: str | None = None,
    baseline_days: float | None = None,
    pool: int | None = None,
    kind: str | None = None,
    better: str | None = None,
    missing: str | None = None,
    keep_imputed: bool = False,
    covariates: str | None = None,
    strata: str | None = None,
    sheet: str | None = None,
    estimator: str | None = None,
    imputation: str | None = None,
    imputations: int | None = None,
    delta: str | None = None,
    seed: int = 1,
    stopped: str | None = None,
    subgroup: str | None = None,
) -> Result[Analysis]:
    """Check a real trial's or registry's table, then apply the same estimators to it.

    Args:
        data: a row per patient and visit, per patient and day, or per patient with a column a visit.
        arm: column of the arm.
        visit: column of the visit; 0 or less, or a word: baseline.
        day: column of the day (a daily diary); 0 or less: baseline.
        subject: column of the patient; several make it up together, ``"site,id"``.
        value: column of the endpoint; several, ``"m1,m2,m3"``: the visits.
        baseline: column of the baseline, if it has one of its own.
        param: which PARAMCD, if there are several.
        control: name of the control arm; else placebo.
        where: ``COLUMN=VALUE``: rows to keep.
        ignore: columns that need not be read.
        visits: the planned visits after the baseline, in order, ``"1,2,3"``.
        move_visit: ``FROM=TO``, or ``FROM=next``.
        visit_days: days a visit counts, ``"28"``, ``"28,28,56"``, or a column.
        baseline_days: days the baseline counts.
        pool: so many visits in a row are one.
        kind: count, rate (per 28 days already), days, score or change.
        better: lower or higher: which way a score is better.
        missing: further codes of a missing value, ``"-99,999"``; none: there are none.
        keep_imputed: take values carried forward as observed.
        covariates: columns the models adjust for, ``"age,sex"``.
        strata: columns of strata, each value a term of its own.
        sheet: of a spreadsheet.
        estimator: which one to quote; all are shown.
        imputation: strategies for missing last visits, side by side, ``"all"`` or some of missing_at_random,
            jump_to_reference, copy_reference, copy_increments, last_mean (conditional mean, jackknife).
        imputations: so many multiple imputations beside them, pooled by Rubin's rules.
        delta: largest number added to imputed values, or a range, ``"-2,8"``: a map of which turn the answer.
        seed: of the multiple imputations.
        stopped: column of the last visit (or day) on treatment, or of yes from the visit on at which it was no longer
            taken: four estimands side by side.
        subgroup: columns whose levels are compared, ``"sex,age"``, with their interaction.

    Raises:
        ScenarioError: a table or an estimator that cannot be used, in one line with the row.
    """
    from leao.trial.analysis import analyse as analysed
    from leao.trial.imputation import sensitivity
    from leao.trial.reading.request import TableRequest

    request = TableRequest(
        arm, visit, day, subject, value, baseline, param, control, tuple(where), tuple(ignore), visits,
        tuple(move_visit), visit_days, baseline_days, pool, kind, better, missing, keep_imputed, covariates, strata,
        sheet, stopped, subgroup,
    )  # fmt: skip
    strategies = sensitivity.request(imputation, imputations, delta, seed)
    answer: Any = analysed(str(data), estimator=estimator, columns=request, imputation=strategies) | {"page": None}
    return Result("analysis", answer, lambda: _estimates(answer))


def _estimates(answer: Analysis) -> pl.DataFrame:
    """Return every estimator's comparisons as rows."""
    rows: list[dict[str, Any]] = []
    for name, figures in answer["estimators"].items():
        for arm, row in figures["comparisons"].items():
            kept = {key: row.get(key) for key in ("estimate", "low", "high", "se", "p", "degrees_of_freedom")}
            rows.append({"estimator": name, "scale": figures["scale"], "arm": arm} | kept)
    return frame(rows)
