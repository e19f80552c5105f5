"""``leao provoke``: headache and migraine after nitroglycerin, with and without the drug."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leao.core.errors import ScenarioError

if TYPE_CHECKING:
    from leao.chain.provoke import ProvocationRequest

MOST = 200_000  # virtual people
ROUTES = ("csd", "trigeminocervical")
OFF = "none"


def provoke(
    gtn: Annotated[str, typer.Option(help="Rate of the infusion with its unit.")] = "0.5 ug/kg/min",
    minutes: Annotated[float, typer.Option(help="Length of the infusion.")] = 20.0,
    population: Annotated[str, typer.Option(help="patients (migraine) or controls (healthy).")] = "patients",
    compound: Annotated[
        str | None, typer.Option(help="memantine, or another pore blocker with --concentration.")
    ] = None,
    concentration: Annotated[str | None, typer.Option(help="Free drug around neurons, for example '0.1 uM'.")] = None,
    dose: Annotated[str | None, typer.Option(help="Regimen of memantine, for example '10 mg daily'.")] = None,
    route: Annotated[
        list[str] | None, typer.Option(help="csd (default), trigeminocervical, or none; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
    n: Annotated[int, typer.Option(min=1, max=MOST, help="Virtual people.")] = 4000,
    out: Annotated[Path | None, typer.Option(help="Write the answer as one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Headache during a nitroglycerin infusion, migraine hours later, and what the drug's routes predict."""
    asked = _asked((gtn, minutes, population), (compound, concentration, dose), route, (seed, n))

    from leao.chain.provoke import provocation

    found = provocation(asked)
    if out is not None:
        from leao.core.files import write_text
        from leao.report.provoke import render

        write_text(out, render(found))
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print(found)
        if out is not None:
            sys.stdout.write(f"page: {out}\n")
    return 1 if found["extrapolated"] else 0


def _asked(
    infusion: tuple[str, float, str],
    drug: tuple[str | None, str | None, str | None],
    route: list[str] | None,
    size: tuple[int, int],
) -> ProvocationRequest:
    from leao.chain.provoke import ProvocationRequest

    gtn, minutes, population = infusion
    rate = _infused(gtn, minutes)
    _one_of("--population", population, ("patients", "controls"))
    routes = frozenset(route or ["csd"])
    for name in routes:
        _one_of("--route", name, (*ROUTES, OFF))
    if OFF in routes and len(routes) > 1:
        raise ScenarioError("--route: found none beside another route; write either")
    compound, free, dose = _drug(*drug)
    return ProvocationRequest(rate, minutes, population, compound, free, dose, routes - {OFF}, *size)


def _infused(gtn: str, minutes: float) -> float:
    from leao.core import ledger, units

    numbers = ledger.read("headache/gtn").numbers
    rate = units.parse(gtn, numbers["rate"].unit, what="--gtn")
    most, longest = numbers["highest_rate"].value, numbers["highest_time"].value
    if not 0.0 < rate <= most:
        raise ScenarioError(f"--gtn: found {gtn!r}, wanted above 0 and up to {most:g} ug/kg/min; write '0.5 ug/kg/min'")
    if not 0.0 < minutes <= longest:
        raise ScenarioError(f"--minutes: found {minutes:g}, wanted above 0 and up to {longest:g}; write 20")
    return rate


def _drug(
    compound: str | None, concentration: str | None, dose: str | None
) -> tuple[str | None, float | None, float | None]:
    """Return compound, free concentration (uM) and dose (mg/day); the two last exclude each other."""
    if compound is None and concentration is None and dose is None:
        return None, None, None
    if (concentration is None) == (dose is None):
        given = "both --concentration and --dose" if dose else "neither --concentration nor --dose"
        raise ScenarioError(f"--compound: found {given}, wanted one; write for example --dose '10 mg daily'")
    from leao.core import ledger, units

    compound = compound or "memantine"
    known = tuple(name.partition("/")[2] for name in ledger.names() if name.startswith("compounds/"))
    _one_of("--compound", compound, known)
    if dose is not None:
        return compound, None, _daily(compound, dose)
    most = ledger.read("protocols").numbers["highest_concentration"].value
    free = units.parse(str(concentration), "uM", what="--concentration")
    if not 0.0 <= free <= most:
        raise ScenarioError(f"--concentration: found {concentration!r}, wanted 0 to {most:g} uM")
    return compound, free, None


def _daily(compound: str, dose: str) -> float:
    """Return the last step of the regimen in mg of salt per day, refused above the label's ceiling."""
    from leao.chain.scenario import ceiling_mg_per_day
    from leao.dosing import prescription

    if compound != "memantine":
        raise ScenarioError(f"--dose: no kinetics for {compound!r}, only for memantine; write --concentration instead")
    steps = prescription.parse(dose)
    most = ceiling_mg_per_day()
    if max(step.per_day for step in steps) > most:
        raise ScenarioError(f"--dose: found {dose!r}, wanted at most {most:g} mg/day, the label's ceiling")
    last = steps[-1].per_day
    if not last:
        raise ScenarioError(f"--dose: {dose!r} ends in no dose; write the one whose steady state is meant")
    return last


def _one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    from leao.core import ledger

    if name not in known:
        hint = ledger.nearest(name, list(known))
        raise ScenarioError(f"{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")


def _print(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from leao.report.provoke import head, rows

    console = Console()

    def line(text: str, style: str = "") -> None:
        console.print(Text(_plain(console, text), style=style), highlight=False)

    line(head(found), "bold")
    if found["extrapolated"]:
        line(f"EXTRAPOLATED: {found['extrapolated']}", "bold red")
    header, body = rows(found)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in header:
        table.add_column(_plain(console, column), overflow="fold")
    for row in body:
        table.add_row(*(Text(_plain(console, cell)) for cell in row))
    console.print(table)
    for text, style in _routes(found):
        line(text, style)
    for note in found["notes"]:
        line(note, "dim")


def _routes(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each route of the drug with its evidence as lines and their style; none without a drug."""
    from leao.report import words

    lines: list[tuple[str, str]] = []
    for row in found["routes"] if found["compound"] else []:
        effect = words.ratio(row["rate_ratio"]) if row["on"] else row["effect"]
        lines.append((f"route {row['route']}: {row['what']}: {effect}", ""))
        for side, word in (("supports", "for"), ("against", "against")):
            lines += [(f"  {word}: {said['text']} ({said['source']})", "dim") for said in row[side]]
    return lines


def _plain(console: Any, text: str) -> str:
    from leao.report.words import ASCII

    if (console.encoding or "").lower().replace("-", "").startswith("utf"):
        return text
    return text.translate(ASCII).encode("ascii", "replace").decode("ascii")
