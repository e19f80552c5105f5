"""``leao trial mcp-mod``: is there a dose response, which shape, which dose."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import screen

Text = typer.Option


def mcp_mod(
    data: Annotated[str, typer.Argument(help="A table, a row per patient.")],
    dose: Annotated[str, Text(help="Column of the dose; 0 is placebo.")],
    value: Annotated[str, Text(help="Column of the endpoint, such as the change from baseline.")],
    covariates: Annotated[str | None, Text(help="Columns the means are adjusted for: base,age.")] = None,
    models: Annotated[
        str | None,
        Text(
            help="Candidate shapes with guesses: linear,emax:5,quadratic:-0.02,exponential:9,logistic:9:2,sig_emax:8:3."
        ),
    ] = None,
    better: Annotated[str, Text(help="lower or higher.")] = "lower",
    alpha: Annotated[float, Text(help="Of one side, for all shapes together.")] = 0.025,
    delta: Annotated[float | None, Text(help="Effect over placebo for which the dose is sought.")] = None,
    out: Annotated[Path | None, Text(help="Write the answer as one page (.html).")] = None,
    as_json: Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")] = False,
) -> int:
    """Test for a dose response by optimal contrasts, fit the shapes that are shown, find the dose (MCP-Mod)."""
    from leao.core.files import apart
    from leao.trial.mcp_mod import api

    apart(out, data)
    result = api.dose_response(data, dose, value, covariates, models, better, alpha, delta)
    if out is not None:
        result.summary["page"] = str(out)
        result.report(out)
    return screen.answer(result.summary, _print, as_json=as_json, code=0 if result.summary["dose_response"] else 1)


def _print(answer: Mapping[str, Any]) -> None:
    from leao.report import dose_response as words

    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    for problem in answer["problems"]:
        shown.line(problem, "yellow")
    shown.whole_table(*words.doses(answer))
    shown.whole_table(*words.tests(answer))
    if answer["fits"]:
        shown.whole_table(*words.fits(answer))
    if answer["page"]:
        shown.line(f"page: {answer['page']}", "dim")
