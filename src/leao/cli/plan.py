"""``leao plan``: check the regimen a user enters; it never proposes one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leao.cli import screen
from leao.core.files import apart

if TYPE_CHECKING:
    from leao.plan.contract import AdverseEvents, Plan, ScheduleStep

STYLES = {"ask first": "yellow", "note": "dim"}
SHOWN = 5


def plan(
    dose: Annotated[
        str | None,
        typer.Option(help="The regimen as you write it: '5 mg daily for 1 week, then 5 mg qAM and 10 mg at night'."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="eu_label, us_label, noruzzadeh2016, shanmugam2019 or ten_then_twenty.")
    ] = None,
    weight: Annotated[str | None, typer.Option(help="kg, for example 75 or '75 kg'.")] = None,
    age: Annotated[str | None, typer.Option(help="years")] = None,
    sex: Annotated[str | None, typer.Option(help="female or male")] = None,
    creatinine_clearance: Annotated[str | None, typer.Option(help="mL/min")] = None,
    serum_creatinine: Annotated[str | None, typer.Option(help="For example '0.9 mg/dL' or '80 umol/L'.")] = None,
    urine_ph: Annotated[str | None, typer.Option(help="Measured urine pH.")] = None,
    taking: Annotated[
        str | None, typer.Option(help="Other medicines by any name, separated by commas, or none.")
    ] = None,
    pregnant: Annotated[str | None, typer.Option(help="yes or no")] = None,
    breast_feeding: Annotated[str | None, typer.Option(help="yes or no")] = None,
    hepatic: Annotated[str | None, typer.Option(help="Hepatic impairment: none, mild, moderate or severe.")] = None,
    history: Annotated[
        str | None, typer.Option(help="Everyday words separated by commas, such as 'epilepsy, kidney stones', or none.")
    ] = None,
    tolerated_10mg: Annotated[
        str | None, typer.Option(help="yes where 10 mg/day was well tolerated for 7 days or more.")
    ] = None,
    adherence: Annotated[
        str | None, typer.Option(help="Share of days taken, for a second forecast with missed days in streaks.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the plan as one HTML page that prints on A4.")] = None,
    as_text: Annotated[bool, typer.Option("--text", help="Print plain text to copy into a chart.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Check a regimen that you enter against the EU and US labels, and forecast its levels.

    It never proposes one. What you leave out is unknown, never normal.
    """
    from leao.plan import api

    _one_form(as_text, as_json)
    apart(out)
    patient: api.PatientAnswers = {
        "weight": weight,
        "age": age,
        "sex": sex,
        "creatinine_clearance": creatinine_clearance,
        "serum_creatinine": serum_creatinine,
        "urine_ph": urine_ph,
        "taking": taking,
        "pregnant": pregnant,
        "breast_feeding": breast_feeding,
        "hepatic": hepatic,
        "history": history,
        "tolerated_10mg": tolerated_10mg,
    }
    result = api.check(dose, patient, preset, adherence)
    if out is not None:
        result.report(out)
    _show(result.summary, out, as_text=as_text, as_json=as_json)
    return 1 if result.summary["refused"] else 0


def _one_form(as_text: bool, as_json: bool) -> None:
    from leao.core.errors import ScenarioError

    if as_text and as_json:
        raise ScenarioError("plan: found both --text and --json; give one of the two")


def _show(answer: Plan, out: Path | None, *, as_text: bool, as_json: bool) -> None:
    if as_json:
        screen.print_json(answer)
        return
    page = screen.Screen(row_styles=STYLES)
    if as_text:
        from leao import __version__
        from leao.report.plan_text import text

        sys.stdout.write(page.plain(text(answer, __version__)))
        return
    print_plan(answer, page)
    if out is not None:
        page.path(f"page: {out}")


def print_plan(answer: Plan, page: screen.Screen) -> None:
    """Print the patient, do not, ask first, then ceilings, schedule, cautions, forecast, advice and adverse events."""
    from leao.report import off_label, plan

    page.line(answer["patient"]["line"], "bold")
    page.line(answer["asked"], "bold")
    if answer["preset"]:
        preset = answer["preset"]
        page.line(f"{preset['what']} ({preset['source']}; {preset['where']}) {preset['note']}", "dim")
    for what in plan.forbidden(answer):
        page.line(f"{'REFUSED' if what == answer['refused'] else 'DO NOT'}: {what}", "bold red")
    if answer["not_in_rules"]:
        page.line(f"NOT CHECKED: {', '.join(answer['not_in_rules'])}: no rule here names it", "bold yellow")
    for what in answer["ask_first"]:
        page.line(f"ASK FIRST: {what}", "yellow")
    if answer["schedule"] is not None:
        _ceilings(answer, answer["schedule"], page)
        _forecast(answer, page)
    rows = [
        [plan.level(row), _typed(row["what"], row["option"]), row["source"]]
        for row in answer["cautions"]
        if row["level"] != "stop"
    ]
    page.table(["", "", "source"], rows)
    if answer["adverse_events"]:
        _adverse_events(answer["adverse_events"], page)
    for line in off_label.lines():
        page.line(line, "")
    page.line(answer["basis"], "dim")


def _ceilings(answer: Plan, schedule: list[ScheduleStep], page: screen.Screen) -> None:
    from leao.report.plan import ceilings, step
    from leao.report.words import number

    rows = [
        [
            ceiling.region,
            "unknown" if ceiling.mg_per_day is None else f"{number(ceiling.mg_per_day)} mg/day",
            _typed(ceiling.reason, ceiling.option),
            ceiling.source,
        ]
        for ceiling in ceilings(answer)
    ]
    page.table(["ceiling", "", "", "source"], rows)
    page.table(["schedule as entered"], [[step(row)] for row in schedule])


def _forecast(answer: Plan, page: screen.Screen) -> None:
    from leao.report.plan import levels, weeks

    if answer["forecast"] is None:
        return
    page.table(["week", "mg/day", "plasma on its last day, ng/mL, median (90 %)"], weeks(answer["forecast"]))
    page.table(["forecast, median (90 %)", ""], levels(answer))


def _adverse_events(answer: AdverseEvents, page: screen.Screen) -> None:
    for table in answer["labelled"]:
        shown = [f"{row['event']} {row['drug']:g} / {row['placebo']:g}" for row in table["rows"][:SHOWN]]
        head = f"adverse events, % drug / placebo ({table['label']} label, {table['population']}; {table['source']}): "
        page.line(head + ", ".join(shown), "")
    for group in answer["without_rate"]:
        page.line(f"no rate ({group['kind']}; {group['source']}): {', '.join(group['events'])}", "")
    page.line(answer["caution"], "dim")


def _typed(what: str, option: str | None) -> str:
    return f"{what} ({option})" if option else what
