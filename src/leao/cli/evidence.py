"""``leao evidence``: the published trials, their synthesis, and the claims of the story."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from leao.cli import screen
from leao.core.files import apart

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
    if template:
        from leao.core.errors import ScenarioError
        from leao.evidence import entry

        if add or as_json:
            raise ScenarioError(
                f"--template: prints a table to copy and nothing else; leave out {'--add' if add else '--json'}"
            )
        sys.stdout.write(entry.template())
        return 0
    from leao.cli.evidence_tables import print_trials
    from leao.evidence import api

    result = api.trials(add or ())
    return screen.answer(result.summary, lambda _: print_trials(result.basis), as_json=as_json)


@evidence.command()
def synthesis(
    add: Add = None,
    out: Annotated[Path | None, typer.Option(help="Write everything as one HTML page.")] = None,
    as_json: Json = False,
) -> int:
    """Pool the placebo-controlled trials under a neutral and a sceptical prior, and forecast the next one."""
    from leao.cli.evidence_tables import print_synthesis
    from leao.evidence import api

    apart(out, *(add or ()))
    result = api.synthesis(add or ())
    if out is not None:
        result.summary["out"] = str(result.report(out))
    return screen.answer(result.summary, lambda said: print_synthesis(said, out), as_json=as_json)


@evidence.command()
def history(
    add: Add = None,
    out: Annotated[Path | None, typer.Option(help="Write everything as one HTML page.")] = None,
    as_json: Json = False,
) -> int:
    """Replay the synthesis in the order of publication: how the answer moved, and which study moved it."""
    from leao.cli.evidence_tables import print_history
    from leao.evidence import api

    result = api.history(add or ())
    page = None if out is None else result.report(out)
    return screen.answer(result.summary, lambda rows: print_history(rows, page), as_json=as_json)


@evidence.command()
def claims(
    about: Annotated[str | None, typer.Argument(help="Words of a claim, for example dizziness.")] = None,
    as_json: Json = False,
) -> int:
    """List the claims of the story with what sources say, their grade, what leao computes, and the verdict."""
    from leao.cli.evidence_tables import print_claims
    from leao.evidence import api

    rows = api.claims(about).summary
    return screen.answer(rows, lambda shown: print_claims(shown, in_full=about is not None), as_json=as_json)
