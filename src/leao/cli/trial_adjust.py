"""``leao trial adjust``: several hypotheses of one trial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from leao.cli import screen

Text = typer.Option


def adjust(
    hypotheses: Annotated[str, typer.Argument(help="Names and p-values: high=0.012,low=0.03; in order.")],
    procedure: Annotated[str, Text(help="bonferroni, holm, hochberg, fixed_sequence, graph.")] = "holm",
    alpha: Annotated[float, Text(help="Family-wise error.")] = 0.05,
    weights: Annotated[str | None, Text(help="Shares of alpha of a graph, in order: 0.5,0.5. Default: equal.")] = None,
    transfer: Annotated[
        str | None, Text(help="Where a rejected hypothesis hands its share: high>low:1. Default: equally to all.")
    ] = None,
    as_json: Annotated[bool, Text("--json", help="Print one JSON object on stdout and nothing else there.")] = False,
) -> int:
    """Adjust the p-values of several doses or endpoints, so that the family-wise error is kept."""
    from leao.trial.multiplicity import api

    result = api.adjust(hypotheses, procedure, alpha, weights, transfer)
    return screen.answer(result.summary, _print, as_json=as_json)


def _print(answer: Mapping[str, Any]) -> None:
    shown = screen.Screen()
    shown.line(answer["text"], "bold")
    header = ["hypothesis", "p", *([] if answer["transfer"] is None else ["share"]), "adjusted p", ""]
    rows = []
    for row in answer["hypotheses"]:
        share = [] if row["weight"] is None else [f"{row['weight']:.3f}"]
        rows.append([row["name"], f"{row['p']:.4f}", *share, f"{row['adjusted_p']:.4f}", "rejected" * row["rejected"]])
    shown.whole_table(header, rows)
