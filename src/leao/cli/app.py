"""The commands of ``leao``; every heavy import waits until its command is called."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command
from typer.models import CommandInfo

from leao.cli import complete, cortex_sheet, once, pk, screen, trial, work
from leao.cli.evidence import evidence
from leao.cli.local_pages import app as local_pages
from leao.cli.pathways import pathways
from leao.cli.plan import plan
from leao.cli.preventives import preventives
from leao.cli.provoke import provoke
from leao.cli.receptor import receptor
from leao.cli.review import review
from leao.cli.sweep import sweep

app = typer.Typer(
    name="leao",
    help="From the tablet to the trial: does memantine's story for migraine hold? "
    "Research and decision support, not a medical device.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(evidence, name="evidence")
app.command()(plan)
app.command()(review)
app.command()(provoke)
app.command("app")(local_pages)
app.command()(pathways)
app.command()(preventives)
app.command()(sweep)
app.add_typer(receptor, name="receptor")
app.add_typer(cortex_sheet.cortex, name="cortex")
app.add_typer(pk.app, name="pk")
app.add_typer(trial.app, name="trial")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


def command(arguments: Sequence[str]) -> Any:
    """Return what parses ``arguments``: only the command that they begin with is built, where there is one."""
    first = arguments[0] if arguments else ""
    known = any(first in _names(entry) for entry in app.registered_commands)
    return _built(first if known or any(entry.name == first for entry in app.registered_groups) else None)


@cache
def _built(first: str | None) -> Any:
    """Return the parser of one command or group, or of all; building it takes longer than most commands' checks."""
    if first is None:
        return get_command(app)
    chosen = copy(app)
    chosen.registered_commands = [entry for entry in app.registered_commands if first in _names(entry)]
    chosen.registered_groups = [entry for entry in app.registered_groups if entry.name == first]
    return get_command(chosen)


def _names(entry: CommandInfo) -> tuple[str | None, ...]:
    return (entry.name,) if entry.name else (getattr(entry.callback, "__name__", None),)


def _version(wanted: bool) -> None:
    if wanted:
        from leao import __version__

        screen.say(f"leao {__version__}")
        raise typer.Exit


@app.callback()
def leao(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Hold what every command shares."""


@app.command()
def run(
    scenario: Annotated[
        str,
        typer.Argument(
            help="Name of a shipped scenario (leao scenarios) or a .toml file.", autocompletion=complete.scenarios
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for run folders.")] = Path("runs"),
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    subjects: Annotated[int | None, typer.Option(min=1, help="Patients per arm.")] = None,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change any key: --set arms.memantine.dose='20 mg'.")
    ] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    as_json: Json = False,
) -> int:
    """Simulate a trial from the tablet to the diary, compare it with what was published, and judge."""
    from leao.chain import api
    from leao.cli.progress import Bars

    with Bars() as bars:
        finished = api.run(scenario, out, seed, subjects, change, workers, None, bars, scheduler, shard)
        if not finished.has_page:
            bars("report", 0, 1)
            finished.report()
            bars("report", 1, 1)
    return _print_run(finished, as_json=as_json)


@app.command()
def show(run: Annotated[Path, typer.Argument(help="A run folder.")], as_json: Json = False) -> int:
    """Print the answers of a finished run again."""
    from leao.chain import api

    return _print_run(api.open(run), as_json=as_json)


@app.command()
def scenarios(as_json: Json = False) -> int:
    """List the scenarios that ship with leao."""
    from leao.chain import api

    return screen.answer(
        api.scenarios().summary,
        lambda rows: screen.say(*(f"{row['name']}: {row['what']} (source: {row['source']})" for row in rows)),
        as_json=as_json,
    )


@app.command()
def number(
    name: Annotated[
        str, typer.Argument(help="For example clearance, or exposure.clearance.", autocompletion=complete.numbers)
    ],
    as_json: Json = False,
) -> int:
    """Show one number of the ledgers: value, unit, source, tier, spreads."""
    from leao.chain import api

    return screen.answer(api.number(name).summary, _print_number, as_json=as_json)


@app.command()
def cite(run: Annotated[Path, typer.Argument(help="A run folder.")]) -> int:
    """Print BibTeX of the sources that a run used."""
    from leao.chain import api

    screen.say(api.cite(run))
    return 0


once.everywhere(app)


def _print_run(finished: Any, *, as_json: bool) -> int:
    from leao.cli import table

    return screen.answer(finished.summary, table.print_summary, as_json=as_json)


def _print_number(entry: Any) -> None:
    screen.say(f"{entry['ledger']}.{entry['name']} = {entry['value']:g} {entry['unit']}  [{entry['tier']}]")
    for key in ("source", "reference", "where", "uncertainty", "between_subject", "note"):
        screen.say(f"  {key.replace('_', ' ')}: {_plain(entry[key])}")


def _plain(value: Any) -> str:
    if not value:
        return "none given"
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
