"""``leao trial``: operating characteristics of a scenario's trial, and the same estimators on real data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from leao.cli.trial_analyse import analyse

ANALYSE, SIMULATE = "analyse", "simulate"


class _Trial(TyperGroup):
    """``leao trial NAME`` plays a scenario, ``leao trial analyse FILE`` reads data: the word is reserved."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take anything that is not ``analyse`` for a scenario."""
        if args and args[0] not in (ANALYSE, SIMULATE, "-h", "--help"):
            args = [SIMULATE, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Trial,
    help="Play a scenario's trial many times: leao trial SCENARIO (options: leao trial simulate --help). "
    "Analyse a real one: leao trial analyse FILE.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


@app.command(SIMULATE)
def simulate(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario (leao scenarios) or a .toml file.")],
    repeats: Annotated[int, typer.Option(min=1, help="Simulated trials.")] = 1000,
    n: Annotated[str | None, typer.Option("--n", help="Patients per group, for example 20,60,150.")] = None,
    effect: Annotated[
        str, typer.Option(help="mechanistic, empirical, or a ratio of attack rates (1: no effect).")
    ] = "mechanistic",
    estimator: Annotated[
        list[str] | None, typer.Option(help="One or more; the first is quoted. Default: all that fit.")
    ] = None,
    endpoint: Annotated[str, typer.Option(help="attacks, migraine_days or headache_days.")] = "attacks",
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change any key: trial.design=crossover (docs/trial.md), trial.weeks=24."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Up to four: threads, measured to cost less; beyond: processes. Same result."),
    ] = None,
    shard: Annotated[str | None, typer.Option(help="i/n: compute this part of the ensemble only.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for ensembles, page and tables.")] = Path("runs"),
    as_json: Json = False,
) -> int:
    """Power, type I error, bias, coverage and sample size of a trial, with Monte Carlo errors and a page."""
    from leao.chain.effects import parse
    from leao.chain.power import PowerRequest, sizes_of
    from leao.chain.run_power import WorkOptions, play_out, pooled, tables
    from leao.chain.scenario import load, parse_change
    from leao.cli.progress import Bars
    from leao.core.chunks import WHOLE, Shard
    from leao.report.trial import write

    changes: dict[str, Any] = dict(parse_change(text) for text in change or [])
    if seed is not None:
        changes["seed"] = seed
    asked = load(scenario, changes)
    sizes = None if n is None else sizes_of(n)
    wish = PowerRequest(parse(effect), sizes, tuple(estimator) if estimator else None, endpoint)
    part = WHOLE if shard is None else Shard.parse(shard)
    with Bars() as bars:
        told = lambda done, of: bars("chunks of simulated trials", done, of)  # noqa: E731
        found = play_out(asked, wish, repeats, out, WorkOptions(pooled(None, workers), part, told))
    if "missing_chunks" not in found:
        page = write(found)
        found |= {"page": str(page), "tables": str(tables(asked, wish, found["run"]))}
    if as_json:
        return _print_json(found)
    from rich.console import Console

    from leao.cli.trial_table import print_simulated

    print_simulated(found, Console())
    return 0


app.command(ANALYSE)(analyse)


def _print_json(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return 0
