"""``leao trial grid``: many designs of one trial side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen, work

Text = typer.Option


def grid(
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario or a .toml file.", autocompletion=complete.scenarios)
    ],
    repeats: Annotated[int, Text(min=2, help="Simulated trials of each ensemble.")] = 200,
    n: Annotated[str | None, Text("--n", help="Patients per group: 20,60,150.")] = None,
    effect: Annotated[
        str, Text(help="Ratios of attack rates, mechanistic, empirical, neutral, sceptical: 0.5,0.75,1,sceptical.")
    ] = "0.5,0.75,1",
    design: Annotated[str | None, Text(help="Designs: parallel,crossover. Default: the scenario's.")] = None,
    dropout: Annotated[str | None, Text(help="Shares who drop out, of every arm: 0.1,0.3.")] = None,
    estimator: Annotated[str | None, Text(help="Default: negative_binomial, in paired designs paired.")] = None,
    endpoint: Annotated[str, Text(help="attacks, migraine_days or headache_days.")] = "attacks",
    seed: Annotated[int | None, Text(min=0, help="Seed of all random numbers.")] = None,
    change: Annotated[list[str] | None, Text("--set", help="Change any key: trial.weeks=24.")] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    out: Annotated[Path, Text(help="Folder for ensembles and the page; what stands there is used again.")] = Path(
        "runs"
    ),
    as_json: Annotated[bool, Text("--json", help="Print one JSON list on stdout and nothing else there.")] = False,
) -> int:
    """Power over designs, sizes, effects and dropout, one picture; an interrupted grid goes on where it stopped."""
    from leao.chain.grid import api, cells
    from leao.cli.progress import Bars

    with Bars() as bars:
        result = api.power_grid(
            scenario, repeats, n, effect, design, dropout, estimator, endpoint, seed, change, workers, out, bars,
            scheduler, shard,
        )  # fmt: skip
    name = f"{Path(scenario).stem}-grid-{cells.name(result.summary)}"  # another grid overwrites none
    page = result.report(out / f"{name}.html")
    return screen.answer(result.summary, lambda rows: _print(rows, page), as_json=as_json)


def _print(rows: Sequence[dict[str, Any]], page: Path) -> None:
    from leao.report.figures import grid as figure

    shown = screen.Screen()
    picture = figure.draw(rows)
    shown.line(picture.title, "bold")
    shown.whole_table(list(picture.header), [list(row) for row in picture.rows])
    shown.line(f"{rows[0]['repeats']} trials each, ± Monte Carlo error. {picture.caption}", "dim")
    shown.path(f"page: {page}")
