"""``leao trial boundaries`` and ``leao trial reestimate``: looks at a trial before its end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import screen

Text = typer.Option
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


def boundaries(
    looks: Annotated[str, Text(help="How many, or fractions of the planned information: 0.5,0.75,1.")] = "3",
    spending: Annotated[
        str | None, Text(help="obrien_fleming (default), pocock, kim_demets, hwang_shih_decani: alpha spent.")
    ] = None,
    spending_gamma: Annotated[float | None, Text(help="Of kim_demets and hwang_shih_decani.")] = None,
    boundary: Annotated[
        str | None, Text(help="obrien_fleming, pocock, wang_tsiatis: a shape instead of spending.")
    ] = None,
    delta: Annotated[float | None, Text(help="Of wang_tsiatis: 0 (O'Brien-Fleming) to 0.5 (Pocock).")] = None,
    futility: Annotated[
        str | None, Text(help="A spending function for beta, or bounds of z: 0,0.5 (one a look but the last).")
    ] = None,
    futility_gamma: Annotated[float | None, Text(help="Of a spending function that has one.")] = None,
    binding: Annotated[bool, Text("--binding", help="A futile trial must stop; alpha is spent accordingly.")] = False,
    alpha: Annotated[float | None, Text(help="Of the whole test; default 0.025 of one side, 0.05 of two.")] = None,
    power: Annotated[float | None, Text(help="Default 0.8.")] = None,
    sides: Annotated[int, Text(help="1 or 2.")] = 1,
    by: Annotated[str, Text(help="information, or events: looks are shares of all events.")] = "information",
    fixed_n: Annotated[int | None, Text(help="Patients per arm of a trial without looks.")] = None,
    rate: Annotated[float | None, Text(help="Events per 28 days on the control.")] = None,
    ratio: Annotated[float | None, Text(help="Of rates, to be found.")] = None,
    dispersion: Annotated[float | None, Text(help="k of the negative binomial: variance m + k m^2.")] = None,
    months: Annotated[float | None, Text(help="Months of 28 days that a patient is followed.")] = None,
    difference: Annotated[float | None, Text(help="Of mean changes, to be found.")] = None,
    sd: Annotated[float | None, Text(help="Of changes within an arm.")] = None,
    out: Annotated[Path | None, Text(help="Write the answer as one page (.html).")] = None,
    as_json: Json = False,
) -> int:
    """Boundaries of a group-sequential trial, what each look spends, and the patients it takes."""
    from leao.core.files import apart
    from leao.trial.sequential import api

    apart(out)
    result = api.boundaries(
        looks, spending, spending_gamma, boundary, delta, futility, futility_gamma, binding, alpha, power, sides, by,
        fixed_n, rate, ratio, dispersion, months, difference, sd,
    )  # fmt: skip
    if out is not None:
        result.summary["page"] = str(out)
        result.report(out)
    return screen.answer(result.summary, _print_boundaries, as_json=as_json)


def reestimate(
    data: Annotated[str, typer.Argument(help="A table, a row per patient; its arms are not looked at.")],
    events: Annotated[str | None, Text(help="Column of the events since the start of treatment.")] = None,
    days: Annotated[str | None, Text(help="Column of the days they were counted on; else followed to the end.")] = None,
    change: Annotated[str | None, Text(help="Column of the change from baseline.")] = None,
    ratio: Annotated[float | None, Text(help="Of rates, as assumed at planning.")] = None,
    months: Annotated[float | None, Text(help="Months of 28 days that a patient is to be followed.")] = None,
    difference: Annotated[float | None, Text(help="Of mean changes, as assumed at planning.")] = None,
    planned_n: Annotated[int | None, Text(help="Patients per arm as planned: never fewer.")] = None,
    most_n: Annotated[int | None, Text(help="Patients per arm at most.")] = None,
    inflation: Annotated[float, Text(help="Of a trial with looks, as boundaries prints it.")] = 1.0,
    alpha: Annotated[float, Text(help="Of one side.")] = 0.025,
    power: Annotated[float | None, Text(help="Default 0.8.")] = None,
    as_json: Json = False,
) -> int:
    """Re-estimate the sample size from all patients so far, without unblinding."""
    from leao.trial.sequential import api

    result = api.reestimate(
        data, events, days, change, ratio, months, difference, planned_n, most_n, inflation, alpha, power
    )
    return screen.answer(result.summary, _print_reestimated, as_json=as_json)


def _print_boundaries(answer: Mapping[str, Any]) -> None:
    from leao.report import sequential

    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    shown.line(sequential.about(answer), "dim")
    shown.whole_table(*sequential.table(answer))
    shown.line(sequential.sizes(answer), "")
    if answer["page"]:
        shown.line(f"page: {answer['page']}", "dim")


def _print_reestimated(answer: Mapping[str, Any]) -> None:
    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    for problem in answer["problems"]:
        shown.line(problem, "yellow")
