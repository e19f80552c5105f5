"""``leao evidence``: the published trials, their synthesis, and the claims of the story."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

evidence = typer.Typer(help="What the published sources say.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]
Add = Annotated[
    list[Path] | None,
    typer.Option("--add", help="A TOML file of one more trial (--template prints one); checked, never kept."),
]


@evidence.command()
def trials(
    add: Add = None,
    template: Annotated[bool, typer.Option("--template", help="Print a table to copy for your own trial.")] = False,
    as_json: Json = False,
) -> int:
    """List every study of memantine in headache, arm by arm as printed, and whether its numbers agree."""
    from leao.evidence import entry

    if template:
        sys.stdout.write(entry.template())
        return 0
    from leao.evidence.consistency import table

    found = entry.with_own(add or [])
    if as_json:
        return _print_json(table(found))
    from leao.cli.evidence_tables import print_trials

    print_trials(found)
    return 0


@evidence.command()
def synthesis(
    add: Add = None,
    out: Annotated[Path | None, typer.Option(help="Write everything as one HTML page.")] = None,
    as_json: Json = False,
) -> int:
    """Pool the placebo-controlled trials under a neutral and a sceptical prior, and forecast the next one."""
    from leao.evidence import entry, outcomes
    from leao.evidence.pooling import summary

    found = entry.with_own(add or [])
    said = summary(found) | outcomes.beside(found)
    if out is not None:
        from leao.core.files import write_text
        from leao.report.evidence import render

        write_text(out, render(said, found))
    if as_json:
        return _print_json(said | {"out": None if out is None else str(out)})
    from leao.cli.evidence_tables import print_synthesis

    print_synthesis(said, out)
    return 0


@evidence.command()
def claims(
    about: Annotated[str | None, typer.Argument(help="Words of a claim, for example dizziness.")] = None,
    as_json: Json = False,
) -> int:
    """List the claims of the story with what sources say, their grade, what leao computes, and the verdict."""
    from leao.evidence.claim_table import claims as table

    rows = table(about)
    if as_json:
        return _print_json(rows)
    from leao.cli.evidence_tables import print_claims

    print_claims(rows, in_full=about is not None)
    return 0


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0
