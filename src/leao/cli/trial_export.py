"""``leao trial export``: one simulated trial as SAS transport, Dataset-JSON and define.xml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen

Text = typer.Option


def export(
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario or a .toml file.", autocompletion=complete.scenarios)
    ],
    trial: Annotated[int, Text(min=0, help="Which of the simulated trials.")] = 0,
    n: Annotated[int | None, Text("--n", min=2, help="Patients per group.")] = None,
    effect: Annotated[
        str, Text(help="mechanistic, empirical, neutral, sceptical, or a ratio of attack rates.")
    ] = "mechanistic",
    endpoint: Annotated[str, Text(help="Of an N-of-1 design: attacks, migraine_days or headache_days.")] = "attacks",
    seed: Annotated[int | None, Text(min=0, help="Seed of all random numbers.")] = None,
    change: Annotated[list[str] | None, Text("--set", help="Change any key: trial.weeks=24.")] = None,
    out: Annotated[Path, Text(help="Folder of the files.")] = Path("adam"),
    as_json: Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")] = False,
) -> int:
    """One simulated trial as ADSL, ADDIARY and ADMONTH: SAS transport, Dataset-JSON and define.xml."""
    from leao.chain.export.api import trial_export

    result = trial_export(scenario, trial, n, effect, endpoint, seed, change, out)
    return screen.answer(result.summary, _print, as_json=as_json)


def _print(answer: Mapping[str, Any]) -> None:
    shown = screen.Screen()
    shown.line(f"{answer['scenario']}, simulated trial {answer['trial']}, seed {answer['seed']}", "bold")
    rows = [[part["name"], part["label"], str(part["records"]), str(part["variables"])] for part in answer["datasets"]]
    shown.whole_table(["table", "what", "records", "variables"], rows)
    shown.line(f"define.xml {answer['define_version']}: {answer['checked']}", "dim")
    for path in answer["files"]:
        shown.path(path)
