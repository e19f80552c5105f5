"""The picture of a grid of trials: power over size, a panel for each design and dropout, a line for each effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leao.report import words
from leao.report.figures import svg

COLOURS = (svg.DRUG, svg.BLUE, svg.TEAL, svg.INK, svg.CONTROL, svg.MUTED)
_TITLE_AT = 150.0  # pixels from the left
CONFIDENT = 1.96  # Monte Carlo errors of a band


def draw(rows: Sequence[Mapping[str, Any]]) -> svg.Picture:
    """Return the picture of all rows."""
    panels = list(dict.fromkeys((row["design"], row["dropout"]) for row in rows))
    with svg.styled():
        size = svg.LONE if len(panels) == 1 else (528, 300)
        drawn = [_panel([row for row in rows if (row["design"], row["dropout"]) == key], key, size) for key in panels]
    header = ["design", "dropout", "effect", "n per group", "power, %", "type I error, %"]
    table = [
        [row["design"], _share(row["dropout"]), effect(row["effect"]), str(row["n_per_arm"]), _percent(row, "power"),
         _percent(row, "type_1_error")]
        for row in rows
    ]  # fmt: skip
    caption = (
        "Share of trials significant in favour of the drug; bands: Monte Carlo error (95 %). Under mechanistic, "
        "empirical, neutral and sceptical the effect differs from trial to trial: power is then the assurance."
    )
    return svg.Picture("grid", "Power over designs, sizes, effects and dropout", caption, drawn, 2, header, table)


def effect(value: str | float) -> str:
    """Return an effect in words."""
    return value if isinstance(value, str) else f"ratio {value:g}"


def _panel(rows: Sequence[Mapping[str, Any]], key: tuple[str, float | None], size: tuple[int, int]) -> svg.Panel:
    figure, axes = svg.canvas(size, right=96)
    marks, said = [], []
    for place, value in enumerate(dict.fromkeys(row["effect"] for row in rows)):
        line = sorted((row for row in rows if row["effect"] == value), key=lambda row: row["n_per_arm"])
        n = [row["n_per_arm"] for row in line]
        power = 100.0 * np.array([row["power"] for row in line], float)
        reach = 100.0 * CONFIDENT * np.array([row["power_se"] for row in line], float)
        colour = COLOURS[place % len(COLOURS)]
        bands = np.stack([np.maximum(power - reach, 0.0), power, np.minimum(power + reach, 100.0)])
        svg.band(axes, n, bands, colour)
        axes.plot(n, power, "o", markersize=5, color=colour, clip_on=False)
        marks.append((power[-1], effect(value), colour, n[-1]))
        said.append(f"{effect(value)}: {power[-1]:.0f} % at {n[-1]}")
    axes.axhline(80.0, color=svg.MUTED, linewidth=0.8)
    axes.set_ylim(0.0, 103.0)
    for level, (_, text, colour, last) in zip(svg.apart([m[0] for m in marks], 6.5, 1.0), marks, strict=True):
        svg.mark(axes, (last, level), text, colour)
    sizes = sorted({row["n_per_arm"] for row in rows})
    axes.set_xlim(sizes[0], sizes[-1] + (sizes[0] == sizes[-1]))
    svg.label(axes, "patients per group", "power, %")
    svg.grid(axes, xticks=6)
    design, dropout = key
    title = design.replace("_", " ") + ("" if dropout is None else f", {100 * dropout:g} % drop out")
    svg.note(axes, (_TITLE_AT, 10.0), title)
    return svg.Panel(title, svg.write(figure, f"Power, {title}: {'; '.join(said)}."))


def _percent(row: Mapping[str, Any], key: str) -> str:
    return words.NO_DATA if row[key] is None else f"{100 * row[key]:.1f} ± {100 * row[f'{key}_se']:.1f}"


def _share(dropout: float | None) -> str:
    return "as in the scenario" if dropout is None else f"{100 * dropout:g} %"
