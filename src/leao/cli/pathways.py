"""``leao pathways``: by which route the drug reaches each outcome, and what speaks for and against it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leao.cli import complete, screen


def pathways(
    scenario: Annotated[
        str, typer.Option(help="Scenario whose switches count.", autocompletion=complete.scenarios)
    ] = "noruzzadeh2016",
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Switch a route: --set headache.severity=trigeminocervical.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on stdout and nothing else.")] = False,
) -> int:
    """List every outcome's routes from the drug: modelled or no modelled effect, with the evidence either way."""
    from leao.chain.api import load
    from leao.headache import api

    rows = api.pathways(load(scenario, change)).summary
    return screen.answer(
        rows, lambda shown: screen.say(*(line for row in shown for line in _lines(row))), as_json=as_json
    )


def _lines(row: dict[str, Any]) -> list[str]:
    state = "modelled" if row["on"] else "no modelled effect"
    head = f"{row['outcome'].replace('_', ' ')}: {state}  [{row['text']}]"
    evidence = [(word, entry) for side, word in (("supports", "for"), ("against", "against")) for entry in row[side]]
    return [head, *(f"  {word}: {entry['text']} ({entry['source']})" for word, entry in evidence)]
