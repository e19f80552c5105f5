"""``leao provoke``: headache and migraine after nitroglycerin, with and without the drug."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen
from leao.core.files import apart


def provoke(
    gtn: Annotated[str, typer.Option(help="Rate of the infusion with its unit.")] = "0.5 ug/kg/min",
    minutes: Annotated[float, typer.Option(help="Length of the infusion.")] = 20.0,
    population: Annotated[
        str, typer.Option(help="patients (migraine), without_aura or with_aura of them, or controls (healthy).")
    ] = "patients",
    compound: Annotated[
        str | None,
        typer.Option(
            help="memantine, or another pore blocker with --concentration.", autocompletion=complete.compounds
        ),
    ] = None,
    concentration: Annotated[str | None, typer.Option(help="Free drug around neurons, for example '0.1 uM'.")] = None,
    dose: Annotated[str | None, typer.Option(help="Regimen of memantine, for example '10 mg daily'.")] = None,
    route: Annotated[
        list[str] | None, typer.Option(help="csd (default), trigeminocervical, or none; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
    n: Annotated[int, typer.Option(min=1, help="Virtual people.")] = 4000,
    out: Annotated[Path | None, typer.Option(help="Write the answer as one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Headache during a nitroglycerin infusion, migraine hours later, and what the drug's routes predict."""
    from leao.chain import api

    apart(out)
    routes = tuple(route or ("csd",))
    result = api.provoke(gtn, minutes, population, compound, concentration, dose, routes, seed, n)
    if out is not None:
        result.report(out)
    screen.answer(result.summary, lambda answer: _print(answer, out), as_json=as_json)
    return 1 if result.summary["extrapolated"] else 0


def _print(answer: Mapping[str, Any], out: Path | None) -> None:
    from leao.report.provoke import head, rows

    page = screen.Screen()
    page.line(head(answer), "bold")
    if answer["extrapolated"]:
        page.line(f"EXTRAPOLATED: {answer['extrapolated']}", "bold red")
    page.table(*rows(answer))
    for text, style in _routes(answer):
        page.line(text, style)
    for note in answer["notes"]:
        page.line(note, "dim")
    if out is not None:
        page.path(f"page: {out}")


def _routes(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each route of the drug with its evidence as lines and their style; none without a drug."""
    from leao.report import words

    lines: list[tuple[str, str]] = []
    for row in answer["routes"] if answer["compound"] else []:
        effect = words.ratio(row["rate_ratio"]) if row["on"] else row["effect"]
        lines.append((f"route {row['route']}: {row['what']}: {effect}", ""))
        for side, word in (("supports", "for"), ("against", "against")):
            lines += [(f"  {word}: {said['text']} ({said['source']})", "dim") for said in row[side]]
    return lines
