"""``leao pathways``: by which route the drug reaches each outcome, and what speaks for and against it."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer


def pathways(
    scenario: Annotated[str, typer.Option(help="Scenario whose switches count.")] = "noruzzadeh2016",
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Switch a route: --set headache.severity=trigeminocervical.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on stdout and nothing else.")] = False,
) -> int:
    """List every outcome's routes from the drug: modelled or no modelled effect, with the evidence either way."""
    from leao.chain.scenario import load, parse_change
    from leao.headache.routes import table

    rows = table(load(scenario, dict(parse_change(text) for text in change or [])).headache.on)
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        return 0
    for row in rows:
        sys.stdout.write("\n".join(_lines(row)) + "\n")
    return 0


def _lines(row: dict[str, Any]) -> list[str]:
    state = "modelled" if row["on"] else "no modelled effect"
    head = f"{row['outcome'].replace('_', ' ')}: {state}  [{row['text']}]"
    said = [(word, one) for side, word in (("supports", "for"), ("against", "against")) for one in row[side]]
    return [head, *(f"  {word}: {one['text']} ({one['source']})" for word, one in said)]
