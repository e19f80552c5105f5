"""``leao trial analyse``: the same estimators on a real trial's or registry's table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leao.cli import screen
from leao.core.files import apart

if TYPE_CHECKING:
    from leao.trial.contract import Analysis

Text = typer.Option


def analyse(
    data: Annotated[
        str,
        typer.Argument(
            help="A table (.csv, .tsv, .xlsx, .ods, .parquet, .xpt, .sas7bdat, Dataset-JSON): a row per patient and "
            "visit, per patient and day, or per patient with a column a visit."
        ),
    ],
    arm: Annotated[str | None, Text(help="Column of the arm.")] = None,
    visit: Annotated[str | None, Text(help="Column of the visit; 0 or less, or a word: baseline.")] = None,
    day: Annotated[str | None, Text(help="Column of the day (a daily diary); 0 or less: baseline.")] = None,
    subject: Annotated[str | None, Text(help="Column of the patient; several (site,id) make it up together.")] = None,
    value: Annotated[str | None, Text(help="Column of the endpoint; several (m1,m2,m3): the visits.")] = None,
    baseline: Annotated[str | None, Text(help="Column of the baseline, if it has one of its own.")] = None,
    param: Annotated[str | None, Text(help="Which PARAMCD, if there are several.")] = None,
    control: Annotated[str | None, Text(help="Name of the control arm; else placebo.")] = None,
    where: Annotated[list[str] | None, Text(help="COLUMN=VALUE: rows to keep (VALUE|VALUE for several).")] = None,
    ignore: Annotated[list[str] | None, Text(help="A column that need not be read.")] = None,
    visits: Annotated[str | None, Text(help="The planned visits after the baseline, in order: 1,2,3.")] = None,
    move_visit: Annotated[
        list[str] | None, Text(help="FROM=TO, or FROM=next (the patient's next planned one).")
    ] = None,
    visit_days: Annotated[str | None, Text(help="Days a visit counts: 28, or 28,28,56, or a column.")] = None,
    baseline_days: Annotated[float | None, Text(help="Days the baseline counts.")] = None,
    pool: Annotated[int | None, Text(help="So many visits in a row are one.")] = None,
    kind: Annotated[str | None, Text(help="count, rate (per 28 days already), days, score or change.")] = None,
    better: Annotated[str | None, Text(help="lower or higher: which way a score is better.")] = None,
    missing: Annotated[
        str | None, Text(help="Further codes of a missing value: -99,999; none: there are none.")
    ] = None,
    keep_imputed: Annotated[bool, Text("--keep-imputed", help="Take values carried forward as observed.")] = False,
    covariates: Annotated[str | None, Text(help="Columns the models adjust for: age,sex.")] = None,
    strata: Annotated[str | None, Text(help="Columns of strata, each value a term of its own: site.")] = None,
    sheet: Annotated[str | None, Text(help="Sheet of a spreadsheet.")] = None,
    estimator: Annotated[str | None, Text(help="Which one to quote; all are shown.")] = None,
    imputation: Annotated[
        str | None,
        Text(
            help="Strategies for missing last visits: all, or some of missing_at_random, jump_to_reference, "
            "copy_reference, copy_increments, last_mean."
        ),
    ] = None,
    imputations: Annotated[int | None, Text(help="So many multiple imputations beside them, Rubin's rules.")] = None,
    delta: Annotated[str | None, Text(help="Largest delta added to imputed values, or a range: -2,8; a map.")] = None,
    seed: Annotated[int, Text(min=0, help="Of the multiple imputations.")] = 1,
    stopped: Annotated[
        str | None,
        Text(help="Column of the last visit (or day) on treatment, or of yes once it was stopped: four estimands."),
    ] = None,
    subgroup: Annotated[
        str | None, Text(help="Columns whose levels are compared, with their interaction: sex,age.")
    ] = None,
    out: Annotated[Path | None, Text(help="Write the whole analysis as one page (.html).")] = None,
    as_json: Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")] = False,
) -> int:
    """Check a real trial's or registry's table, then apply the same estimators to it."""
    from leao.cli.trial_analysed_table import print_analysed
    from leao.trial import api

    apart(out, data)
    result = api.analyse(
        data, arm, visit, day, subject, value, baseline, param, control, where or (), ignore or (), visits,
        move_visit or (), visit_days, baseline_days, pool, kind, better, missing, keep_imputed, covariates, strata,
        sheet, estimator, imputation, imputations, delta, seed, stopped, subgroup,
    )  # fmt: skip
    if out is not None:
        from leao.report.trial_analysis import write

        result.summary["page"] = str(write(result.summary, out))
    code = 1 if _no_number(result.summary) else 0
    return screen.answer(result.summary, print_analysed, as_json=as_json, code=code)


def _no_number(answer: Analysis) -> bool:
    if answer["estimator"] is None:
        return True
    rows = answer["estimators"][answer["estimator"]]["comparisons"].values()
    return all(row["estimate"] is None for row in rows)
