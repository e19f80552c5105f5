"""The picture of a sweep: what each run says of attacks, by the chain and in its simulated trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leao.report import words
from leao.report.figures import svg

ROW, TOP_AND_BOTTOM = 24, 76  # pixels
LONGEST = 34  # letters of a row's name
HEADER = ("free in the brain, uM", "ratio of attacks by the chain", "ratio in the simulated trial")


def draw(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> svg.Picture:
    """Return the picture of all rows.

    Args:
        rows: of a sweep's summary.
        keys: those that were varied.
    """
    table = [
        [
            *(str(row[key]) for key in keys),
            words.spread(row["free_brain_uM"]),
            words.ratio(row["mechanistic_rate_ratio"]),
            words.ratio(row["rate_ratio"]),
        ]
        for row in rows
    ]
    caption = "Lines: 90 % range of the ratio of attacks, drug over placebo, by the chain alone; 1: nothing changes."
    with svg.styled():
        panel = _panel(rows, keys)
    return svg.Picture("sweep", "Ratio of attacks in each run", caption, [panel], 1, [*keys, *HEADER], table)


def _panel(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> svg.Panel:
    names = [", ".join(str(row[key]) for key in keys)[:LONGEST] for row in rows]
    left = svg.room(names)
    figure, axes = svg.canvas((528 if left < 200 else 640, TOP_AND_BOTTOM + ROW * len(rows)), left=left)
    for place, row in enumerate(rows):
        ratio = row["mechanistic_rate_ratio"]
        axes.plot([ratio["p05"], ratio["p95"]], [place, place], color=svg.DRUG)
        axes.plot([ratio["median"]], [place], "o", markersize=5, color=svg.DRUG)
    axes.axvline(1.0, color=svg.MUTED, linewidth=0.8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    svg.label(axes, "ratio of attacks, drug over placebo", "")
    svg.grid(axes, rules="x")
    svg.ticks(axes, "y", range(len(rows)), names)
    said = "; ".join(
        f"{name}: {words.spread(row['mechanistic_rate_ratio'])}" for name, row in zip(names, rows, strict=True)
    )
    return svg.Panel("By the chain", svg.write(figure, f"Ratio of attacks by the chain, {said}."))
