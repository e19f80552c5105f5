"""``leao trial protocol``: the statistical section of a protocol, from a scenario's simulated trials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen, work

Text = typer.Option


def protocol(
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario or a .toml file.", autocompletion=complete.scenarios)
    ],
    repeats: Annotated[int, Text(min=2, help="Simulated trials.")] = 1000,
    n: Annotated[str | None, Text("--n", help="Patients per group: 20,60.")] = None,
    effect: Annotated[
        str, Text(help="mechanistic, empirical, neutral, sceptical, or a ratio of attack rates.")
    ] = "mechanistic",
    estimator: Annotated[
        list[str] | None, Text(help="One or more; the first is quoted. Default: all that fit.")
    ] = None,
    endpoint: Annotated[str, Text(help="attacks, migraine_days or headache_days.")] = "attacks",
    seed: Annotated[int | None, Text(min=0, help="Seed of all random numbers.")] = None,
    change: Annotated[list[str] | None, Text("--set", help="Change any key: trial.weeks=24.")] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    looks: Annotated[str | None, Text(help="Looks before the end: 0.5,1.")] = None,
    spending: Annotated[str | None, Text(help="Of alpha; see leao trial boundaries.")] = None,
    spending_gamma: Annotated[float | None, Text(help="Of a spending function that has one.")] = None,
    futility: Annotated[str | None, Text(help="Bounds of z below which a trial stops: 0.")] = None,
    out: Annotated[Path, Text(help="Folder for the ensemble; the section stands beside it.")] = Path("runs"),
    as_json: Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")] = False,
) -> int:
    """The statistical section of a protocol: estimands, design, operating characteristics, analysis, tables, code."""
    from leao.chain.protocol import api
    from leao.cli.progress import Bars
    from leao.core import files
    from leao.report.protocol import markdown

    with Bars() as bars:
        result = api.protocol(
            scenario, repeats, n, effect, estimator or None, endpoint, seed, change, workers, looks, spending,
            spending_gamma, futility, out, bars, scheduler, shard,
        )  # fmt: skip
    folder = Path(result.summary["run"])
    result.summary["files"] = [str(folder / f"protocol.{ending}") for ending in ("html", "md")]
    result.report(folder / "protocol.html")
    files.write_text(folder / "protocol.md", markdown(result.summary))
    return screen.answer(result.summary, _print, as_json=as_json)


def _print(answer: Mapping[str, Any]) -> None:
    from leao.report import protocol as section

    shown = screen.Screen()
    shown.line(f"{answer['scenario']}: {answer['what']}", "bold")
    shown.line(section.about(answer), "dim")
    wanted = ("Design", "Operating characteristics", "Analysis")
    for part in section.parts(answer):
        if part.title in wanted:
            shown.line(part.title, "bold")
            shown.whole_table(part.header, part.rows)
    for text in answer["looks"]:
        shown.line(text, "")
    for path in answer["files"]:
        shown.path(path)
