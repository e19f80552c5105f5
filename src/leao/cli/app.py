"""The commands of ``leao``; every heavy import waits until its command is called."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import pk, trial
from leao.cli.cortex import cortex
from leao.cli.evidence import evidence
from leao.cli.pathways import pathways
from leao.cli.plan import plan
from leao.cli.provoke import provoke
from leao.cli.receptor import receptor
from leao.cli.review import review

app = typer.Typer(
    name="leao",
    help="From the tablet to the trial: does memantine's story for migraine hold? "
    "Research and decision support, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(evidence, name="evidence")
app.command()(plan)
app.command()(review)
app.command()(provoke)
app.command()(pathways)
app.add_typer(receptor, name="receptor")
app.add_typer(cortex, name="cortex")
app.add_typer(pk.app, name="pk")
app.add_typer(trial.app, name="trial")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario (leao scenarios) or a .toml file.")],
    out: Annotated[Path, typer.Option(help="Folder for run folders.")] = Path("runs"),
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    subjects: Annotated[int | None, typer.Option(min=1, help="Patients per arm.")] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change any key: --set arms.memantine.dose='20 mg'.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; any number gives the same result.")] = None,
    as_json: Json = False,
) -> int:
    """Simulate a trial from the tablet to the diary, compare it with what was published, and judge."""
    from leao.chain.run import execute
    from leao.chain.scenario import load, parse_change
    from leao.cli.progress import Bars

    changes: dict[str, Any] = dict(parse_change(text) for text in change or [])
    if seed is not None:
        changes["seed"] = seed
    if subjects is not None:
        changes["trial.n_per_arm"] = subjects
    asked = load(scenario, changes)
    with Bars() as bars:
        finished = execute(asked, out, workers=workers, progress=bars)
        if not (finished.path / "report.html").is_file():
            bars("report", 0, 1)
            finished.report()
            bars("report", 1, 1)
    return _print_run(finished, as_json=as_json)


@app.command()
def show(run: Annotated[Path, typer.Argument(help="A run folder.")], as_json: Json = False) -> int:
    """Print the answers of a finished run again."""
    from leao.core.runs import load

    return _print_run(load(run), as_json=as_json)


@app.command()
def scenarios(as_json: Json = False) -> int:
    """List the scenarios that ship with leao."""
    from leao.chain.scenario import available, load

    rows = [load(name).model_dump(include={"name", "what", "source"}) for name in available()]
    if as_json:
        return _print_json(rows)
    for row in rows:
        sys.stdout.write(f"{row['name']}: {row['what']} (source: {row['source']})\n")
    return 0


@app.command()
def number(
    name: Annotated[str, typer.Argument(help="For example clearance, or exposure.clearance.")], as_json: Json = False
) -> int:
    """Show one number of the ledgers: value, unit, source, tier, spreads."""
    from leao.core.ledger import find
    from leao.report.bibliography import reference

    entry = find(name)._asdict()
    entry["reference"] = reference(entry["source"])
    if as_json:
        return _print_json(entry)
    sys.stdout.write(f"{entry['ledger']}.{entry['name']} = {entry['value']:g} {entry['unit']}  [{entry['tier']}]\n")
    for key in ("source", "reference", "where", "uncertainty", "between_subject", "note"):
        sys.stdout.write(f"  {key.replace('_', ' ')}: {_plain(entry[key])}\n")
    return 0


@app.command()
def cite(run: Annotated[Path, typer.Argument(help="A run folder.")]) -> int:
    """Print BibTeX of the sources that a run used."""
    from leao.core.runs import load

    sys.stdout.write(load(run).summary["bibliography"] + "\n")
    return 0


def _print_run(finished: Any, *, as_json: bool) -> int:
    if as_json:
        return _print_json(finished.summary | {"run": str(finished.path)})
    from rich.console import Console

    from leao.cli.table import print_summary

    print_summary(finished.summary | {"run": str(finished.path)}, Console())
    return 0


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _plain(value: Any) -> str:
    if not value:
        return "none given"
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
