"""``leao review``: a real diary in, an honest answer out; the file never leaves the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leao.cli import screen
from leao.core.files import apart

Several = list[str] | None


def review(
    diary: Annotated[Path, typer.Argument(help="The diary: a table or an app's export; a row a day or an attack.")],
    start: Annotated[str | None, typer.Option(help="First day of the drug, year-month-day.")] = None,
    dose: Annotated[str | None, typer.Option(help="The regimen, for example '10 mg daily'.")] = None,
    change: Annotated[Several, typer.Option(help="'2026-04-13: 20 mg daily'; repeats; '0 mg' stops.")] = None,
    stop: Annotated[str | None, typer.Option(help="First day without the drug.")] = None,
    creatinine_clearance: Annotated[float | None, typer.Option(help="mL/min")] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="Mapping file for another layout.")] = None,
    say: Annotated[Several, typer.Option(help="What a word means: 'ja=headache', 'severity:ok=mild'; repeats.")] = None,
    column: Annotated[Several, typer.Option(help="Which column is which: 'severity=Wie stark'; repeats.")] = None,
    ignore: Annotated[Several, typer.Option(help="A column to leave out; repeats.")] = None,
    dates: Annotated[str | None, typer.Option(help="year-first, day-first, month-first or day-number.")] = None,
    unlisted: Annotated[str | None, typer.Option(help="Days without an entry: free or missing.")] = None,
    severity: Annotated[str | None, typer.Option(help="Scale of the severity: 0-3, 0-4, 0-5, 0-10 or 0-100.")] = None,
    length: Annotated[str | None, typer.Option(help="Unit of lengths without one: hours, minutes or days.")] = None,
    utc: Annotated[str | None, typer.Option(help="Times in UTC: local, or the patient's zone.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook, or all.")] = None,
    only: Annotated[Several, typer.Option(help="Rows to read, for example id=17; repeats.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say how the diary is read and what is open; stop.")] = False,
    save_map: Annotated[Path | None, typer.Option(help="Write how the diary is read as a mapping file.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Write an empty diary to DIARY and stop.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the review as one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Read a diary and say what it shows of the drug: better, or a good month? It never says what to prescribe."""
    from leao.cli import review_reading

    if template:
        given = (
            start,
            dose,
            change,
            stop,
            creatinine_clearance,
            mapping,
            say,
            column,
            ignore,
            dates,
            unlisted,
            severity,
        )
        review_reading.alone(check, (*given, length, utc, sheet, only, save_map, out))
        return review_reading.template(diary, as_json=as_json)
    from leao.diary import reading
    from leao.diary.reading.how_to_read import HowToRead, asked, beside_check

    apart(out, diary, mapping)
    apart(save_map, diary, mapping)
    how = HowToRead(
        mapping, dates, unlisted, severity, length, utc, sheet, only or [], say or [], column or [], ignore or []
    )
    result = reading.examine(diary, asked(how))
    if save_map is not None:
        review_reading.save_map(save_map, result)
    if check:
        idle = beside_check(
            start=start, dose=dose, change=change, stop=stop, creatinine_clearance=creatinine_clearance, out=out
        )
        return review_reading.check(result, idle, as_json=as_json)
    if result.diary is None:
        return review_reading.ask(result, as_json=as_json)
    from leao.cli.review_table import print_review
    from leao.review import api

    finished = api.of(result.diary, api.Doses(None, start, dose, change or (), stop), creatinine_clearance)
    if out is not None:
        finished.report(out)
    code = 0 if finished.summary["converged"] else 1
    return screen.answer(finished.summary, lambda shown: print_review(shown, out), as_json=as_json, code=code)
