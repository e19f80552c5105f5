"""``leao sweep``: one scenario over values of some of its keys, one table of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import complete, screen, work

Text = typer.Option


def sweep(
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario or a .toml file.", autocompletion=complete.scenarios)
    ],
    over: Annotated[
        list[str], Text(help="A key and its values: --over arms.memantine.dose='10 mg,20 mg'; repeatable.")
    ],
    out: Annotated[Path, Text(help="Folder for run folders, table and page; runs that stand there are read.")] = Path(
        "runs"
    ),
    seed: Annotated[int | None, Text(min=0, help="Seed of all random numbers.")] = None,
    subjects: Annotated[int | None, Text(min=1, help="Patients per arm.")] = None,
    change: Annotated[list[str] | None, Text("--set", help="Change any other key: --set trials=200.")] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    shard: work.Shard = None,
    as_json: Annotated[bool, Text("--json", help="Print one JSON list on stdout and nothing else there.")] = False,
) -> int:
    """Run a scenario over every combination of some values; an interrupted sweep goes on where it stopped."""
    from leao.chain.sweep import api, cells
    from leao.cli.progress import Bars
    from leao.core import files, parts

    with Bars() as bars:
        result = api.sweep(scenario, over, out, seed, subjects, change, workers, None, bars, scheduler, shard)
    name = f"{Path(scenario).stem}-sweep-{cells.name(result.summary)}"  # another sweep overwrites none
    parts.clear(out / f"{name}.csv", out / f"{name}.html")  # names of our own
    written = [files.write_text(out / f"{name}.csv", cells.csv(result)), result.report(out / f"{name}.html")]
    return screen.answer(result.summary, lambda rows: _print(rows, result.basis, written), as_json=as_json)


def _print(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], written: Sequence[Path]) -> None:
    from leao.report.figures import sweep as figure

    shown = screen.Screen()
    picture = figure.draw(rows, keys)
    shown.line(picture.title, "bold")
    shown.whole_table(list(picture.header), [list(row) for row in picture.rows])
    shown.line(picture.caption, "dim")
    for path in written:
        shown.path(str(path))
