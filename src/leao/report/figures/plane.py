"""The phase plane of one node of cortex: voltage against K+ outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.report import words
from leao.report.figures import svg
from leao.report.figures.sheet import Drawn, finish

SIZE = (860, 420)
COLOURS = (svg.CONTROL, svg.DRUG, svg.TEAL)
MARGIN = 1.15


def portrait(seen: Any) -> Drawn:
    """Return where the membrane current vanishes over K+ outside, and the trajectories through it."""
    figure, axes = svg.canvas(SIZE, left=64, right=176)
    levels, voltages, stable = seen.branch
    axes.plot(levels[stable], voltages[stable], ".", color=svg.BLUE, markersize=5)
    axes.plot(levels[~stable], voltages[~stable], ".", color=svg.RULE, markersize=5)
    top = max([float(levels.max()), *(float(each.potassium.max()) for each in seen.trajectories)])
    axes.set_xlim(0.0, MARGIN * top)
    axes.set_ylim(min(-100.0, float(voltages.min()) - 5.0), max(20.0, float(voltages.max()) + 5.0))
    for each, colour in zip(seen.trajectories, COLOURS, strict=False):
        axes.plot(each.potassium, each.voltage, color=colour, linewidth=1.4)
        at = int(np.argmax(each.potassium))
        svg.mark(axes, (float(each.potassium[at]), float(each.voltage[at])), each.label, colour)
    axes.plot([seen.rest_potassium], [_resting(seen)], "o", color=svg.INK, markersize=7)
    svg.grid(axes, xticks=7, yticks=6)
    svg.label(axes, "K⁺ outside, mM", "neurone, mV")
    caption = (
        "Blue: voltages at which the membrane current vanishes with ions frozen, stable; grey: unstable, the border."
        " Black: rest. Lines: the closed node after KCl just below and just above its threshold, and, where there is"
        " one, its limit cycle under steady KCl."
    )
    alt = (
        f"Phase plane of one node: rest at {words.number(seen.rest_potassium, 2)} mM K+, fold at"
        f" {words.number(seen.fold_potassium, 3)} mM; threshold {words.number(seen.threshold_potassium, 3)} mM of KCl"
        " added at once."
    )
    return finish("portrait", "One node without space", caption, figure, alt)


def _resting(seen: Any) -> float:
    stable = [point.voltage_mV for point in seen.resting if point.stable]
    return min(stable) if stable else float("nan")
