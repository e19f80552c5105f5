"""What the block does to the wave: its threshold, its course with and without drug."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import colormaps

from leao.chain.run_contract import CortexPreset, RunSummary
from leao.core.runs import Group, Groups
from leao.report import words
from leao.report.arms import lead_preset
from leao.report.figures import svg
from leao.report.figures.tree import axis, group, names, unit, values

BLOCKS = (0.1, 1.0, 10.0, 100.0)
REACH = (0.01, 300.0)
STIMULI = {"kcl": (svg.BLUE, "KCl"), "pulse": (svg.TEAL, "pulse")}
TRACES = (
    ("trace_voltage", "Neuron", "mV"),
    ("trace_potassium", "Extracellular K⁺", "mM"),
    ("trace_glutamate", "Extracellular glutamate", "µM"),
    ("trace_dc", "Extracellular (DC) potential", "mV"),
    ("trace_ecs", "Extracellular space", "share of volume"),
)


def thresholds(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the picture of the ignition threshold against receptor block, one panel for each preset."""
    cortex, lead = summary["cortex"], lead_preset(summary)
    raised = words.rise(cortex[lead]["threshold_relative"])
    title = f"The wave needs {words.spread(raised, '%')} more stimulus to ignite, in preset {lead}"
    entries = {name: group(tree, f"cortex/{name}", "threshold_curve") for name in cortex}
    panels = [_threshold(name, data, cortex[name]) for name, data in entries.items() if data is not None]
    if not panels:
        return svg.missing("thresholds", title)
    key = words.number(summary["receptor"]["key_voltage_mV"])
    caption = (
        "How much more stimulus it takes to ignite a wave, against the block of the cortical mixture of NMDA receptors "
        f"at {key} mV; both axes logarithmic. Thin lines: members of the parameter ensemble; thick: their "
        "weighted median; dot and bar: the median patient and the 90 % range. KCl: potassium puff; pulse: brief opening"
        " of the membrane. A line ends where no stimulus ignites a wave."
    )
    rows = [row for name, data in entries.items() if data is not None for row in _threshold_rows(name, data)]
    header = ["preset", "stimulus", "block, %", "threshold, relative (lowest to highest member)"]
    return svg.Picture("thresholds", title, caption, panels, 3, header, rows)


def _threshold(name: str, data: Group, answer: CortexPreset) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD, right=52)
    rises, block = _rises(data), _block(data)
    ends = []
    for k, stimulus in enumerate(names(data, "stimulus")):
        colour, text = STIMULI.get(stimulus, (svg.MUTED, stimulus))
        axes.plot(block, rises[:, k].T, color=colour, linewidth=0.7, alpha=0.3)
        middle = _middle(rises[:, k], _weights(data))
        axes.plot(block, middle, color=colour)
        _patients(axes, (block, middle), words.rise(answer["threshold_by_stimulus"].get(stimulus)), colour)
        seen = np.flatnonzero(np.isfinite(middle))
        if len(seen):
            ends.append((block[seen[-1]], float(middle[seen[-1]]), text, colour))
    svg.label(axes, "NMDA receptors blocked, %", "rise of the threshold, %")
    svg.grid(axes)
    svg.log_ticks(axes, "x", BLOCKS)
    svg.log_ticks(axes, "y", svg.decades(*REACH))
    axes.set_xlim(*BLOCKS[:: len(BLOCKS) - 1])
    axes.set_ylim(*REACH)
    heights = 10 ** np.array(svg.apart([float(np.log10(end[1])) for end in ends], 0.4))
    for (x, _, text, colour), height in zip(ends, heights, strict=True):
        svg.mark(axes, (min(x, BLOCKS[-1]), float(height)), text, colour)
    alt = f"Rise of the ignition threshold of {name} against block: " + "; ".join(
        f"{text} reaches {y:.3g} % at {x:.2g} % block" for x, y, text, _ in ends
    )
    return svg.Panel(name, svg.write(figure, f"{alt}."))


def _rises(data: Group) -> Any:
    """Return the rise of the threshold in per cent (member, stimulus, odds); NaN at none and where none ignites."""
    rises = 100 * (values(data, "threshold_curve") - 1)
    return np.where(np.isfinite(rises) & (rises > 0), rises, np.nan)


def _block(data: Group) -> Any:
    odds = axis(data, "odds").astype(float)
    return 100 * odds / (1 + odds)


def _weights(data: Group) -> Any:
    """Return the members' weights, sum 1; alike where the run stored none."""
    count = data.sizes["member"]
    return values(data, "threshold_weight") if "threshold_weight" in data else np.full(count, 1.0 / count)


def _middle(lines: Any, weights: Any) -> Any:
    """Return the weighted median member where at least half of the weight ignites, NaN elsewhere."""
    middle = np.full(lines.shape[1], np.nan)
    for k, column in enumerate(lines.T):
        order = np.argsort(column)[: np.isfinite(column).sum()]
        cumulated = np.cumsum(weights[order])
        if order.size and cumulated[-1] >= 0.5:
            half = 0.5 * cumulated[-1]
            places = np.searchsorted(cumulated, half * (1.0 - 1e-9)), np.searchsorted(cumulated, half * (1.0 + 1e-9))
            middle[k] = column[order[list(places)]].mean()
    return middle


def _patients(axes: svg.Sheet, curve: tuple[Any, Any], answer: Mapping[str, float] | None, colour: str) -> None:
    """Mark the median patient on the curve, with the 90 % range of the rise."""
    middle, low, high = words.parts(answer)
    seen = np.isfinite(curve[1])
    if words.known(middle) and middle > 0 and seen.any():
        x = float(np.interp(middle, curve[1][seen], curve[0][seen]))
        if words.known(low) and words.known(high):
            axes.plot([x, x], [max(low, REACH[0]), high], color=colour, linewidth=4, alpha=0.45)
        axes.plot([x], [middle], "o", color=colour, markersize=7, markeredgecolor=svg.PAPER)


def _threshold_rows(name: str, data: Group) -> list[list[str]]:
    curves, block, rows = values(data, "threshold_curve"), _block(data), []
    for k, stimulus in enumerate(names(data, "stimulus")):
        middle = _middle(np.where(np.isfinite(curves[:, k]), curves[:, k], np.nan), _weights(data))
        for j, share in enumerate(block):
            ignites = curves[np.isfinite(curves[:, k, j]), k, j]
            text = "no wave in most members"
            if np.isfinite(middle[j]):
                text = f"{middle[j]:.3f} ({ignites.min():.3f} to {ignites.max():.3f})"
            rows.append([name, STIMULI.get(stimulus, ("", stimulus))[1], words.number(float(share)), text])
    return rows


def wave(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the wave in space and time, potassium and voltage, without and with drug."""
    lead = lead_preset(summary)
    answer = summary["cortex"][lead]
    speed = answer["speed_mm_per_min"]
    title = (
        f"Once ignited it runs at {words.number(speed['drug'], 3)} mm/min with the drug, "
        f"{words.number(speed['control'], 3)} without"
    )
    data = group(tree, f"cortex/{lead}", "potassium", "voltage")
    if data is None:
        return svg.missing("wave", title)
    caption = (
        f"Preset {lead}: position along the cortex against time. The slope of the front is the speed; the width of "
        "the stripe is the duration."
    )
    panels = [_field(data, name, case) for name in ("potassium", "voltage") for case in range(data.sizes["case"])]
    measures = (("speed, mm/min", speed), ("duration, s", answer["duration_s"]), ("K⁺ peak, mM", answer["k_peak_mM"]))
    rows = [[name, words.number(both["control"], 3), words.number(both["drug"], 3)] for name, both in measures]
    return svg.Picture("wave", title, caption, panels, 2, ["wave", "without drug", "with drug"], rows)


def _field(data: Group, name: str, case: int) -> svg.Panel:
    figure, axes = svg.canvas((528, 220), left=36, right=74)
    everything = values(data, name)
    field, time, place = everything[case], axis(data, "time").astype(float), axis(data, "x").astype(float)
    low, high = float(np.nanmin(everything)), float(np.nanmax(everything))
    extent = (*_edges(time), *_edges(place))
    look = colormaps["cividis"]
    axes.imshow(
        field.T, origin="lower", aspect="auto", extent=extent, vmin=low, vmax=high, cmap=look, interpolation="none"
    )
    svg.grid(axes, rules="")
    _scale(figure, axes, (low, high), look)
    svg.label(axes, f"time, {unit(data, 'time', 's')}", f"position, {unit(data, 'x', 'mm')}")
    measure = unit(data, name, "mM" if name == "potassium" else "mV")
    svg.note(axes, (528 - 58, 10), measure)
    condition = names(data, "case")[case].replace("control", "without drug").replace("drug", "with drug")
    condition = condition.replace("without with drug", "without drug")
    quantity = "Extracellular K⁺" if name == "potassium" else "Neuronal membrane potential"
    alt = f"{quantity} in space and time, {condition}: from {np.nanmin(field):.0f} to {np.nanmax(field):.0f} {measure}."
    return svg.Panel(f"{quantity}, {condition}", svg.write(figure, alt))


def _edges(centres: Any) -> tuple[float, float]:
    """Return the outer edges of evenly spaced cells."""
    half = (centres[-1] - centres[0]) / (2 * max(1, len(centres) - 1))
    return round(float(centres[0] - half), 2), round(float(centres[-1] + half), 2)


def _scale(figure: Any, axes: svg.Sheet, limits: tuple[float, float], look: Any) -> None:
    """Draw the colour scale right of the axes, with its lowest, middle and highest value."""
    box = axes.bbox
    left, height = int(box.x1) + 16, int(box.height)
    ramp = np.repeat(np.linspace(0, 1, height)[:, None], 10, axis=1)
    figure.figimage(ramp, left, int(box.y0), cmap=look, origin="lower")
    top = int(figure.bbox.height - box.y1)
    for share, drop in ((0.0, 0), (0.5, 4), (1.0, 9)):
        value = limits[0] + share * (limits[1] - limits[0])
        svg.note(axes, (left + 14, top + (1 - share) * height + drop), words.number(value, places=0))


def traces(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return what one point of the cortex goes through while the wave passes, without and with drug."""
    lead = lead_preset(summary)
    duration = summary["cortex"][lead]["duration_s"]
    title = (
        f"At one point the depolarisation lasts {words.number(duration['drug'], 2)} s with the drug, "
        f"{words.number(duration['control'], 2)} s without"
    )
    data = group(tree, f"cortex/{lead}", *(name for name, _, _ in TRACES))
    if data is None:
        return svg.missing("traces", title)
    caption = f"Preset {lead}, one place on the strip. Broad, grey-blue: without drug; fine, orange: with drug."
    panels = [_trace(data, *trace) for trace in TRACES]
    rows = []
    for name, text, otherwise in TRACES:
        course = values(data, name)
        extremes = [f"{words.number(c.min(), 3)} to {words.number(c.max(), 3)}" for c in course]
        rows.append([f"{text}, {unit(data, name, otherwise) or otherwise}", *extremes])
    return svg.Picture("traces", title, caption, panels, 3, ["range", "without drug", "with drug"], rows)


def _trace(data: Group, name: str, text: str, otherwise: str) -> svg.Panel:
    figure, axes = svg.canvas(svg.FIFTH)
    time, course = axis(data, "time").astype(float), values(data, name)
    for case, colour, width in zip(course, (svg.CONTROL, svg.DRUG), (3.0, 1.4), strict=True):
        axes.plot(time, case, color=colour, linewidth=width)
    measure = unit(data, name, otherwise) or otherwise
    svg.label(axes, f"time, {unit(data, 'time', 's')}", measure)
    svg.grid(axes, yticks=3)
    axes.set_xlim(time[0], time[-1])
    alt = f"{text} while the wave passes: {course[0].min():.3g} to {course[0].max():.3g} {measure} without drug, "
    alt += f"{course[1].min():.3g} to {course[1].max():.3g} with drug."
    return svg.Panel(text, svg.write(figure, alt))
