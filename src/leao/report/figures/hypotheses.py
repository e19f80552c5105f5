"""What each hypothesis beyond plain block would change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leao.chain.beyond_contract import Beyond
from leao.chain.run_contract import RunSummary
from leao.core.runs import Group, Groups
from leao.report import words
from leao.report.figures import svg
from leao.report.figures.tree import group, names, values

PLAIN = "plain"
PANELS = (
    ("hypothesis_block", "Block at the key voltage", "% blocked"),
    ("hypothesis_threshold", "Ignition threshold", "rise, %"),
    ("hypothesis_rate_ratio", "Rate of attacks, mechanism", "rate ratio, drug over placebo"),
)


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return block, threshold and rate ratio under plain block, each hypothesis alone, and all at once."""
    rows = summary["hypotheses"]
    title = _title(rows)
    data = group(tree, "hypotheses", *(name for name, _, _ in PANELS))
    if data is None:
        return svg.missing("hypotheses", title)
    caption = (
        "Median and 90 % range over people and everything that is not known, at equilibrium; plain block in grey. The "
        "block is that of the cortical mixture at the voltage by which the threshold map is keyed: for a mixture of "
        "GluN2C and 2D alone the map is an approximation, and Ca2+-dependent desensitisation builds up over seconds, "
        "so the first moments of a wave see less of it."
    )
    table = [[row["name"], words.spread(row["block_percent"]), *_wide(row)] for row in rows]
    header = ["hypothesis", "block, %", "rise of the threshold", "rate ratio"]
    return svg.Picture("hypotheses", title, caption, [_panel(data, *item) for item in PANELS], 2, header, table)


def _wide(row: Beyond) -> list[str]:
    return [words.raised(row["threshold_relative"]), words.ratio(row["mechanistic_rate_ratio"])]


def _title(rows: list[Beyond]) -> str:
    entries = {row["name"]: words.parts(row["mechanistic_rate_ratio"]).centre for row in rows}
    single = {name: x for name, x in entries.items() if words.known(x) and name not in (PLAIN, "all")}
    if not single or not words.known(entries.get(PLAIN)):
        return "The hypotheses beyond plain block"
    most = min(single, key=single.__getitem__)
    return (
        f"No hypothesis alone takes the median rate ratio below {words.number(single[most], places=3)} ({most}); "
        f"plain block gives {words.number(entries[PLAIN], places=3)}"
    )


def _panel(data: Group, name: str, title: str, label: str) -> svg.Panel:
    bands, known = _shown(values(data, name), name), names(data, "hypothesis")
    figure, axes = svg.canvas(svg.HALF, left=svg.room(known), right=20)
    top = float(np.nanmax(bands))
    low = min(float(np.nanmin(bands)), 1.0) if name.endswith("ratio") else 0.0
    for k, row in enumerate(known):
        colour, y = svg.CONTROL if row == PLAIN else svg.DRUG, len(known) - 1.0 - k
        p05, median, p95 = bands[:, k]
        axes.plot([p05, p95 if np.isfinite(p95) else top * 1.1], [y, y], color=colour, linewidth=3, alpha=0.4)
        axes.plot([median], [y], color=colour, marker="o", markersize=6)
    axes.set_ylim(-0.6, len(known) - 0.4)
    axes.set_xlim(low - 0.03 * (top - low), top + 0.03 * (top - low))
    svg.label(axes, label, "")
    svg.grid(axes, xticks=4, rules="x")
    svg.ticks(axes, "y", np.arange(len(known))[::-1], known)
    parts = [f"{row} {words.number(float(bands[1, k]), 3)}" for k, row in enumerate(known)]
    return svg.Panel(title, svg.write(figure, f"{title}, median: {', '.join(parts)}."))


def _shown(bands: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    return 100.0 * (bands - 1.0) if name.endswith("threshold") else bands
