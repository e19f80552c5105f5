"""``leao preventives``: drugs that are known to work, and some that do not, through the same link."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leao.cli import screen


def preventives(
    out: Annotated[Path | None, typer.Option(help="Write everything as one HTML page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else.")] = False,
) -> int:
    """Predict each preventive's trials from its effect on the wave, by the link that the other drugs gave."""
    from leao.chain import api

    result = api.preventives()
    if out is not None:
        result.summary["out"] = str(result.report(out))
    return screen.answer(result.summary, lambda said: _print(said, out), as_json=as_json)


def _print(said: Mapping[str, Any], out: Path | None) -> None:
    from leao.cli.styles import CELLS
    from leao.report import preventives as preventives_report

    page = screen.Screen(styles=CELLS, indent=screen.INDENT)
    page.line(preventives_report.sentence(said), "bold")
    page.table(preventives_report.HEADER, preventives_report.rows(said))
    for title, rows in (
        ("control", preventives_report.control_rows(said)),
        ("link", preventives_report.link_rows(said)),
    ):
        page.line(title, "dim")
        page.table(["", ""], rows)
    if out is not None:
        page.path(f"page: {out}")
