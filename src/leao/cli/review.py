"""``leao review``: a real diary in, an honest answer out; the file never leaves the machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

SHOWN = 12


def review(
    diary: Annotated[Path, typer.Argument(help="The diary: CSV, one row per day or per attack.")],
    start: Annotated[str | None, typer.Option(help="First day of the drug, year-month-day.")] = None,
    dose: Annotated[str | None, typer.Option(help="The regimen, for example '10 mg daily'.")] = None,
    change: Annotated[list[str] | None, typer.Option(help="'2026-04-13: 20 mg daily'; repeats; '0 mg' stops.")] = None,
    stop: Annotated[str | None, typer.Option(help="First day without the drug.")] = None,
    creatinine_clearance: Annotated[float | None, typer.Option(help="mL/min")] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="Mapping file for another layout.")] = None,
    dates: Annotated[str | None, typer.Option(help="year-first, day-first, month-first or day-number.")] = None,
    unlisted: Annotated[str | None, typer.Option(help="Days without a row: missing (default) or free.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Rows to read, for example id=17; repeats.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what was understood and what not, and stop.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Write an empty diary to DIARY and stop.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the review as one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Read a diary and say what it shows of the drug: better, or a good month? It never says what to prescribe."""
    if template:
        return _template(diary, as_json=as_json)
    from leao.review import reading

    _spare(out, (diary, mapping))
    found = reading.read(diary, _mapping(mapping, dates, unlisted, only or []))
    if check:
        return _check(found, as_json=as_json)
    from leao.review import answer
    from leao.review.doses import asked

    finished = answer.of(found, asked(start, dose, change or [], stop), creatinine_clearance)
    if out is not None:
        _page(out, finished)
    if as_json:
        _json(finished.summary)
    else:
        from leao.cli.review_table import print_review

        print_review(finished.summary, out)
    return 0 if finished.summary["converged"] else 1


def _page(out: Path, finished: Any) -> None:
    from leao.core.files import write_text
    from leao.report.review import render

    write_text(out, render(finished))


def _spare(out: Path | None, read: tuple[Path | None, ...]) -> None:
    """Refuse to write the page over a file that is read."""
    from leao.core.errors import ScenarioError

    for path in read:
        if out is not None and path is not None and out.resolve() == path.resolve():
            raise ScenarioError(f"--out: found {out}, which is read; name another file, for example review.html")


def _mapping(path: Path | None, dates: str | None, unlisted: str | None, only: list[str]) -> Any:
    from leao.core.errors import ScenarioError
    from leao.review import mapping

    asked = mapping.plainly() if path is None else mapping.read(path)
    for option, given, wanted in (("--dates", dates, tuple(mapping.DATES)), ("--unlisted", unlisted, mapping.UNLISTED)):
        if given is not None and given not in wanted:
            raise ScenarioError(f"{option}: found {given!r}, wanted one of {', '.join(wanted)}")
    if dates is not None:
        asked = asked._replace(dates=dates)
    if unlisted is not None:
        asked = asked._replace(unlisted=unlisted)
    rows = dict(asked.only)
    for text in only:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ScenarioError(f"--only: found {text!r}, wanted column=value, for example id=17")
        rows[name.strip().lower()] = value.strip()
    return asked._replace(only=rows)


def _template(path: Path, *, as_json: bool) -> int:
    from leao.core.errors import ScenarioError
    from leao.core.files import write_text
    from leao.review import template

    if path.exists():
        raise ScenarioError(f"{path}: is there already; name a file that is not, the template overwrites nothing")
    write_text(path, template.text())
    if as_json:
        return _json({"out": str(path), "columns": dict(template.meanings())})
    sys.stdout.write(f"{path}: an empty diary with one example row; the columns:\n")
    for name, meaning in template.meanings():
        sys.stdout.write(f"  {name:17s} {meaning}\n")
    return 0


def _check(found: Any, *, as_json: bool) -> int:
    summary = {
        "understood": found.understood,
        "oddities": found.oddities,
        "usable": found.problem is None,
        "problem": found.problem,
    }
    if as_json:
        _json(summary)
    else:
        _say(summary)
    return 0 if summary["usable"] else 1


def _say(summary: Mapping[str, Any]) -> None:
    for line in summary["understood"]:
        sys.stdout.write(f"understood: {line}\n")
    for odd in summary["oddities"]:
        sys.stdout.write(f"row {odd['row']}: {odd['what']}\n")
    if not summary["oddities"]:
        sys.stdout.write("no oddities\n")
    sys.stdout.write(f"usable: {'yes' if summary['usable'] else 'no, ' + str(summary['problem'])}\n")


def _json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0
