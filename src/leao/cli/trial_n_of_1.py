"""``leao trial n-of-1``: a blinded trial of one patient, started, looked at and closed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import screen

Text = typer.Option
Several = list[str] | None
Json = Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")]
Folder = Annotated[Path, typer.Argument(help="Folder of the trial.")]
Diary = Annotated[Path, typer.Argument(help="The patient's diary, read as leao review reads it.")]
Allocation = Annotated[Path | None, Text(help="The sealed file, if it is not in the folder.")]
Map = Annotated[Path | None, Text("--map", help="Mapping file for another layout.")]
Say = Annotated[Several, Text(help="What a word means: 'Sí=headache'; repeats.")]
Column = Annotated[Several, Text(help="Which column is which: 'severity=Wie stark'; repeats.")]
Ignore = Annotated[Several, Text(help="A column to leave out; repeats.")]
Dates = Annotated[str | None, Text(help="year-first, day-first or month-first.")]
Unlisted = Annotated[str | None, Text(help="Days without an entry: free or missing.")]
Severity = Annotated[str | None, Text(help="Scale of the severity: 0-3, 0-4, 0-5, 0-10 or 0-100.")]
Length = Annotated[str | None, Text(help="Unit of lengths without one: hours, minutes or days.")]
Utc = Annotated[str | None, Text(help="Times in UTC: local, or the patient's zone.")]
Sheet = Annotated[str | None, Text(help="The sheet of a workbook, or all.")]
Only = Annotated[Several, Text(help="Rows to read, for example id=17; repeats.")]

app = typer.Typer(
    help="A blinded trial of one patient: start it, look before its end, close it. It checks and analyses what you "
    "enter and proposes no dose.",
    no_args_is_help=True,
)


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="A new folder for the trial.")],
    dose: Annotated[
        str, Text(help="Taken in a box of the drug from its first day: '5 mg daily for 1 week, then 10 mg daily'.")
    ],
    begin: Annotated[str, Text(help="First day, year-month-day.")],
    outcome: Annotated[str, Text(help="headache_days or migraine_days.")] = "headache_days",
    cycles: Annotated[int, Text(help="Pairs of boxes, 2 to 6.")] = 3,
    weeks: Annotated[int | None, Text(help="Of a box; default: as few as washout and build-up allow.")] = None,
    weight: Annotated[str | None, Text(help="kg")] = None,
    age: Annotated[str | None, Text(help="years")] = None,
    sex: Annotated[str | None, Text(help="female or male")] = None,
    creatinine_clearance: Annotated[str | None, Text(help="mL/min")] = None,
    serum_creatinine: Annotated[str | None, Text(help="For example '0.9 mg/dL'.")] = None,
    urine_ph: Annotated[str | None, Text(help="Measured urine pH.")] = None,
    taking: Annotated[str | None, Text(help="Other medicines, separated by commas, or none.")] = None,
    pregnant: Annotated[str | None, Text(help="yes or no")] = None,
    breast_feeding: Annotated[str | None, Text(help="yes or no")] = None,
    hepatic: Annotated[str | None, Text(help="none, mild, moderate or severe")] = None,
    history: Annotated[str | None, Text(help="Everyday words separated by commas, or none.")] = None,
    tolerated_10mg: Annotated[str | None, Text(help="yes where 10 mg/day was tolerated for 7 days or more.")] = None,
    seed: Annotated[int | None, Text(min=0, help="For a rehearsal: the order can be drawn again.")] = None,
    as_json: Json = False,
) -> int:
    """Check the regimen you enter, draw the order, write plan, sealed allocation, calendar and empty diary."""
    from leao.chain.n_of_1 import api
    from leao.plan.api import PatientAnswers

    patient: PatientAnswers = {
        "weight": weight, "age": age, "sex": sex, "creatinine_clearance": creatinine_clearance,
        "serum_creatinine": serum_creatinine, "urine_ph": urine_ph, "taking": taking, "pregnant": pregnant,
        "breast_feeding": breast_feeding, "hepatic": hepatic, "history": history, "tolerated_10mg": tolerated_10mg,
    }  # fmt: skip
    result = api.n_of_1_start(folder, dose, begin, outcome, cycles, weeks, patient, seed)
    code = 1 if result.summary["refused"] else 0
    return screen.answer(result.summary, _print_started, as_json=as_json, code=code)


@app.command()
def look(
    folder: Folder,
    diary: Diary,
    allocation: Allocation = None,
    mapping: Map = None,
    say: Say = None,
    column: Column = None,
    ignore: Ignore = None,
    dates: Dates = None,
    unlisted: Unlisted = None,
    severity: Severity = None,
    length: Length = None,
    utc: Utc = None,
    sheet: Sheet = None,
    only: Only = None,
    as_json: Json = False,
) -> int:
    """Look before the end: go on, or stop. Nobody is unblinded, and the error over all looks is held."""
    from leao.chain.n_of_1 import api

    result = api.n_of_1_look(
        folder, diary, allocation, mapping, say or (), column or (), ignore or (), dates, unlisted, severity, length,
        utc, sheet, only or (),
    )  # fmt: skip
    return screen.answer(result.summary, _print_looked, as_json=as_json)


@app.command()
def close(
    folder: Folder,
    diary: Diary,
    allocation: Allocation = None,
    mapping: Map = None,
    say: Say = None,
    column: Column = None,
    ignore: Ignore = None,
    dates: Dates = None,
    unlisted: Unlisted = None,
    severity: Severity = None,
    length: Length = None,
    utc: Utc = None,
    sheet: Sheet = None,
    only: Only = None,
    as_json: Json = False,
) -> int:
    """Open the allocation, estimate this patient's own effect, write the closing page into the folder."""
    from leao.chain.n_of_1 import api

    result = api.n_of_1_close(
        folder, diary, allocation, mapping, say or (), column or (), ignore or (), dates, unlisted, severity, length,
        utc, sheet, only or (),
    )  # fmt: skip
    code = 1 if result.summary["verdict"] == "not_judged" else 0
    return screen.answer(result.summary, _print_closed, as_json=as_json, code=code)


def _print_started(answer: Mapping[str, Any]) -> None:
    from leao.report import n_of_1

    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    for line in answer["ask_first"]:
        shown.line(f"ask first: {line}", "yellow")
    if answer["refused"]:
        return
    shown.whole_table(*n_of_1.calendar(answer))
    for line in answer["cautions"]:
        shown.line(line, "dim")
    for path in answer["files"]:
        shown.path(path)


def _print_looked(answer: Mapping[str, Any]) -> None:
    from leao.report import n_of_1

    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    shown.whole_table(*n_of_1.filled(answer))
    if answer["next_look"]:
        shown.line(f"next look: {answer['next_look']}", "")
    for line in answer["problems"]:
        shown.line(line, "yellow")
    for path in answer["files"]:
        shown.path(path)


def _print_closed(answer: Mapping[str, Any]) -> None:
    from leao.report import n_of_1

    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    shown.whole_table(*n_of_1.cycles(answer))
    for line in n_of_1.basis(answer):
        shown.line(line, "")
    for line in answer["problems"]:
        shown.line(line, "yellow")
    shown.path(f"page: {answer['page']}")
