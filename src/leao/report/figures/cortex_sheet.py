"""A sheet of cortex as stills and curves: K+ at several times, speed against curvature, the scotoma's edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from leao.cortex import sheet_measures
from leao.report import words
from leao.report.figures import svg
from leao.report.figures.sheet import Drawn, finish

STILLS = 5  # times shown
GAP, TOP, SIDE, LEFT = 16, 34, 156, 34
CURVE = (860, 290)


def stills(runs: Mapping[str, Any]) -> Drawn:
    """Return K+ at several times, one row a run; for print, where no film plays."""
    first = next(iter(runs.values()))
    count = first.sizes["time"]
    frames = [round((k + 1) * (count - 1) / STILLS) for k in range(STILLS)]
    tall = SIDE * first.sizes["y"] / first.sizes["x"]
    size = LEFT + STILLS * (SIDE + GAP), TOP + len(runs) * (tall + GAP + 18)
    figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72, facecolor="none")
    high = max(float(run["potassium_outside"].max()) for run in runs.values())
    low = min(float(run["potassium_outside"].min()) for run in runs.values())
    for row, (case, run) in enumerate(runs.items()):
        top = TOP + row * (tall + GAP + 18)
        for column, frame in enumerate(frames):
            left = LEFT + column * (SIDE + GAP)
            box = (left / size[0], 1 - (top + tall) / size[1], SIDE / size[0], tall / size[1])
            axes = svg.Sheet(figure, box)
            figure.add_axes(axes)
            axes.set_axis_off()
            step = max(1, run.sizes["x"] // 128)
            image = run["potassium_outside"].values[frame, ::step, ::step]
            axes.imshow(image, origin="lower", vmin=low, vmax=high, cmap=colormaps["cividis"], interpolation="none")
            svg.ticks(axes, "x", [])
            svg.ticks(axes, "y", [])
            svg.note(
                axes,
                (left, top - 6),
                f"{float(run['time'][frame]) / 60:.2g} min{'' if case == 'found' else ', ' + case}",
            )
    alt = f"Extracellular K+ over the sheet at {STILLS} times, {low:.3g} to {high:.3g} mM."
    caption = f"Dark {words.number(low, 2)} mM, bright {words.number(high, 3)} mM of K⁺ outside."
    return finish("stills", "K⁺ outside, at five times", caption, figure, alt)


def speed(fronts: Mapping[str, sheet_measures.Rings]) -> Drawn:
    """Return the speed of a circular front over its curvature, with the fitted line."""
    figure, axes = svg.canvas(CURVE, left=52, right=100)
    lines = []
    for case, front in fronts.items():
        colour = {"without": svg.CONTROL, "with": svg.DRUG}.get(case, svg.BLUE)
        curvature = 1.0 / front.radius
        axes.plot(curvature, front.speed, "o", color=colour, markersize=3.2)
        ends = np.array([0.0, curvature.max()])
        axes.plot(ends, front.speed_flat - front.curvature * ends, color=colour, linewidth=1.3)
        lines.append(
            f"{case}: {words.number(front.speed_flat, 3)} mm/min less {words.number(front.curvature, 2)} mm²/min times"
            " curvature"
        )
    svg.grid(axes)
    svg.label(axes, "curvature of the front, 1/mm", "speed, mm/min")
    caption = "Dots: rings around the stimulus; line: speed = flat speed − D × curvature. " + "; ".join(lines) + "."
    return finish("curvature", "A curved front is slower", caption, figure, "Speed against curvature.")


def edges(answer: Mapping[str, Any]) -> Drawn:
    """Return the outer edge of the scotoma over time, beside the rate at which Lashley drew his."""
    figure, axes = svg.canvas(CURVE, left=44, right=110)
    minutes = [row["minute"] for row in answer["scotoma"]]
    curves = [("scotoma_control", "without", svg.CONTROL), ("scotoma", "with", svg.DRUG)]
    if not answer["scotoma_control"]:
        curves = [("scotoma", "model", svg.BLUE)]
    for key, name, colour in curves:
        outer = [np.nan if row["outer_deg"] is None else row["outer_deg"] for row in answer[key]]
        axes.plot(minutes, outer, color=colour)
        if np.isfinite(outer).any():
            last = int(np.flatnonzero(np.isfinite(outer))[-1])
            svg.mark(axes, (minutes[last], outer[last]), name, colour)
    axes.plot(minutes, answer["lashley_deg"], "--", color=svg.MUTED, linewidth=1.2)
    svg.mark(axes, (minutes[-1], answer["lashley_deg"][-1]), "Lashley's rate", svg.MUTED)
    svg.grid(axes)
    svg.label(axes, "minutes", "outer edge, degrees of eccentricity")
    caption = (
        f"Dashed: {answer['drawing_rate_mm_per_min']:g} mm of cortex a minute, as Lashley drew his own scotomas (1941);"
        f" Hadjikhani and others (2001) imaged {answer['imaged_speed_mm_per_min']:g} mm/min."
    )
    return finish("edge", "How far the edge has come", caption, figure, "Outer edge of the scotoma over time.")
