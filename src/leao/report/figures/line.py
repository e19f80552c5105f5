"""The wave of one experiment: in space and time, and at one point as an electrophysiologist draws it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from numpy.typing import NDArray

from leao.report import words
from leao.report.figures import svg
from leao.report.figures.sheet import Drawn, finish

Array = NDArray[np.float64]

FIELDS = (
    ("voltage", "Neuronal membrane potential", "mV"),
    ("potassium_outside", "Extracellular K⁺", "mM"),
    ("glutamate_outside", "Extracellular glutamate", "µM"),
)
TRACES = (
    ("dc", "DC potential", "mV"),
    ("voltage", "Neurone", "mV"),
    ("potassium_outside", "K⁺ outside", "mM"),
    ("glutamate_outside", "Glutamate outside", "µM"),
    ("volume_outside", "Extracellular space", "%"),
    ("receptor_block", "NMDA block", "%"),
)
PERCENT = {"volume_outside": 100.0}
ROW, WIDTH, LEFT, RIGHT = 84, 860, 148, 92
SIZE = (860, 214)
NOTHING = 1e-9  # of any unit: rounding
MOST = 400  # times and places drawn


def space_time(fields: Any, treated: str) -> list[Drawn]:
    """Return potential, K+ and glutamate over place and time, one picture each."""
    rows = []
    for name, title, unit in FIELDS:
        figure, axes = svg.canvas(SIZE, left=44, right=86)
        every = [max(1, -(-n // MOST)) for n in fields[name].shape]
        time, place = fields["time"].values[:: every[0]], fields["x"].values[:: every[1]]
        values = fields[name].values[:: every[0], :: every[1]]
        limits = float(values.min()), float(values.max())
        look = colormaps["cividis"]
        extent = (*_edges(time), *_edges(place))
        axes.imshow(
            values.T, origin="lower", aspect="auto", extent=extent, vmin=limits[0], vmax=limits[1], cmap=look,
            interpolation="none",
        )  # fmt: skip
        svg.grid(axes, xticks=8, rules="")
        svg.label(axes, "time since the stimulus, s", "position, mm")
        _scale(figure, axes, limits, unit)
        alt = f"{title} over place and time{treated and ', ' + treated}: {limits[0]:.3g} to {limits[1]:.3g} {unit}."
        caption = "The slope of the front is the speed, the width of the stripe the duration."
        rows.append(finish(f"space_time_{name}", title, caption, figure, alt))
    return rows


def traces(fields: Any, control: Any, watched: float, stimuli: list[float]) -> Drawn:
    """Return what one point goes through, a row for each quantity, scale bars and one time axis.

    Args:
        fields: the treated line, (time, x).
        control: the same without drug and antagonist, or None.
        watched: the place, mm.
        stimuli: when stimuli came, s.
    """
    rows = [row for row in TRACES if row[0] != "receptor_block" or float(fields[row[0]].max()) > 0.0]
    height = ROW * len(rows) + 62
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
    for k, row in enumerate(rows):
        bottom = height - 26 - ROW * (k + 1)
        box = (LEFT / WIDTH, (bottom + 12) / height, (WIDTH - LEFT - RIGHT) / WIDTH, (ROW - 20) / height)
        axes = svg.Sheet(figure, box)
        figure.add_axes(axes)
        axes.set_axis_off()
        _trace(axes, row, (fields, control), watched)
        if k == len(rows) - 1:
            svg.grid(axes, xticks=9, yticks=1)
            svg.ticks(axes, "y", [])
            svg.label(axes, "time since the stimulus, s", "")
        else:
            svg.ticks(axes, "x", [])
            svg.ticks(axes, "y", [])
        for start in stimuli if k == 0 else ():
            high = axes.get_ylim()[1]
            axes.plot([start], [high], "v", color=svg.INK, markersize=6, clip_on=False)
    alt = f"Traces at {watched:.3g} mm over time: " + ", ".join(name.lower() for _, name, _ in rows) + "."
    caption = f"Read at {watched:.3g} mm; triangles: stimuli; bars: scale; dotted: rest, its value at the left."
    if control is not None:
        caption += " Orange: treated; grey-blue: without."
    return finish("traces", "At one point", caption, figure, alt)


def _trace(axes: svg.Sheet, row: tuple[str, str, str], pair: tuple[Any, Any], watched: float) -> None:
    name, title, unit = row
    scale = PERCENT.get(name, 1.0)
    treated, control = pair
    time = treated["time"].values
    curves = [] if control is None or not float(control[name].any()) else [(control, svg.CONTROL, 2.4)]
    curves.append((treated, svg.DRUG if control is not None else svg.BLUE, 1.5))
    lows, highs, rest = [], [], 0.0
    for fields, colour, width in curves:
        values = scale * fields[name].sel(x=watched, method="nearest").values
        axes.plot(fields["time"].values, values, color=colour, linewidth=width)
        lows.append(values.min())
        highs.append(values.max())
        rest = float(values[0]) if abs(values[0]) > NOTHING else 0.0
    low, high = float(min(lows)), float(max(highs))
    room = max(high - low, 1e-9)
    axes.set_xlim(time[0], time[-1])
    axes.set_ylim(low - 0.06 * room, high + 0.1 * room)
    axes.plot([time[0], time[-1]], [rest, rest], ":", color=svg.MUTED, linewidth=0.9)
    bar = _round(0.6 * room)
    x = time[-1] + 0.022 * (time[-1] - time[0])
    axes.plot([x, x], [low, low + bar], color=svg.INK, linewidth=2.2, clip_on=False, solid_capstyle="butt")
    svg.mark(axes, (x, low + bar / 2), f"{words.number(bar, 2)} {unit}", svg.INK)
    top = float(axes.figure.bbox.height - axes.bbox.y1)
    svg.note(axes, (0, top + 18), title)
    svg.note(axes, (0, top + 33), f"rest {words.number(rest, 2)} {unit}")


def _round(x: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above ``x``."""
    power = 10.0 ** np.floor(np.log10(x))
    return float(power * max(step for step in (1.0, 2.0, 5.0) if step * power <= x * (1 + 1e-9)))


def _short(value: float) -> str:
    """Return up to three significant digits without idle zeros."""
    return f"{value:.3g}".replace("-", words.MINUS)


def _edges(centres: Array) -> tuple[float, float]:
    half = (centres[-1] - centres[0]) / (2 * max(1, len(centres) - 1))
    return round(float(centres[0] - half), 3), round(float(centres[-1] + half), 3)


def _scale(figure: Figure, axes: svg.Sheet, limits: tuple[float, float], unit: str) -> None:
    """Draw the colour scale right of the axes, with its lowest, middle and highest value."""
    box, (width, height) = axes.bbox, figure.bbox.size
    ramp = figure.add_axes(((box.x1 + 14) / width, box.y0 / height, 10 / width, box.height / height))
    ramp.imshow(np.linspace(0, 1, 64)[:, None], origin="lower", aspect="auto", cmap=colormaps["cividis"])
    ramp.set_axis_off()
    top = float(height - box.y1)
    for share, drop in ((0.0, 0.0), (0.5, 4.0), (1.0, 9.0)):
        value = limits[0] + share * (limits[1] - limits[0])
        svg.note(axes, (box.x1 + 28, top + (1 - share) * box.height + drop), _short(value))
    svg.note(axes, (box.x1 + 14, 10), unit)
