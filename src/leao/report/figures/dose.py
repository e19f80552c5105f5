"""Dose-threshold curves, and trains of waves under continuous KCl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from leao.report import cortex_words, words
from leao.report.figures import svg
from leao.report.figures.sheet import Drawn, finish

SIZE = (860, 320)
ROW, WIDTH, LEFT, RIGHT = 66, 860, 118, 96
SECONDS = 60.0
FLAT = 0.2  # least height of the axis, as a share of the threshold without drug, so that noise stays small


def curve(answer: Mapping[str, Any]) -> list[Drawn]:
    """Return the threshold against the free level; nothing where no level is above zero."""
    pairs = sorted(zip(answer["free_uM"], answer["threshold"], strict=True))
    levels = [level for level, _ in pairs if level > 0.0]
    control = answer["threshold_control"]
    if not levels or not control:
        return []
    figure, axes = svg.canvas(SIZE, left=52, right=110)
    rows = [(level, value) for level, value in pairs if level > 0.0 and value is not None]
    failed = [level for level, value in pairs if level > 0.0 and value is None]
    if rows:
        axes.plot(*zip(*rows, strict=True), "o-", color=svg.DRUG, markersize=6, markeredgecolor=svg.PAPER)
    top = max([control, *(value for _, value in rows)])
    bottom = min([control, *(value for _, value in rows)])
    room = max(top - bottom, FLAT * control)
    low, high = max(0.0, bottom - 0.12 * room), bottom + (1.3 if failed else 1.12) * room
    axes.set_ylim(low, high)
    edge = (min(levels) / 1.4, max(levels) * 1.4)
    axes.plot(edge, [control, control], color=svg.CONTROL, linewidth=1.4)
    svg.mark(axes, (edge[1], control), "without drug", svg.CONTROL)
    for level in failed:
        axes.plot([level], [high - 0.09 * (high - low)], "^", color=svg.DRUG, markersize=9)
    if failed:
        svg.mark(axes, (edge[1], high - 0.09 * (high - low)), "no wave", svg.DRUG)
    kind = cortex_words.STIMULI[answer["stimulus"]]
    svg.label(axes, f"free {answer['compound'] or 'drug'}, µM", f"threshold, {answer['threshold_unit']} of {kind}")
    svg.grid(axes, yticks=6)
    svg.log_ticks(axes, "x", _ticks(levels))
    axes.set_xlim(*edge)
    caption = f"Weakest {kind} stimulus that starts a wave, to {100 * answer['tolerance_relative']:g} %."
    if failed:
        caption += f" Triangles: nothing up to {words.number(answer['limit'], 3)} {answer['threshold_unit']} does."
    alt = f"Threshold against free level: {cortex_words.threshold(answer)}"
    return [finish("threshold", "Ignition threshold", caption, figure, alt)]


def _ticks(levels: Sequence[float]) -> list[float]:
    """Return the levels themselves, without those that would collide on a logarithmic axis."""
    kept: list[float] = []
    for level in levels:
        if not kept or np.log10(level / kept[-1]) > 0.05 * max(1.0, np.log10(levels[-1] / levels[0])):
            kept.append(level)
    return kept


def trains(entries: Sequence[Any], name: str, title: str) -> Drawn:
    """Return the DC traces under continuous KCl, a row for each strength, its waves marked and counted."""
    height = ROW * len(entries) + 66
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
    span = max(float(np.ptp(each.dc)) for each in entries)
    for k, each in enumerate(entries):
        bottom = height - 26 - ROW * (k + 1)
        box = (LEFT / WIDTH, (bottom + 10) / height, (WIDTH - LEFT - RIGHT) / WIDTH, (ROW - 12) / height)
        axes = svg.Sheet(figure, box)
        figure.add_axes(axes)
        axes.set_axis_off()
        _train(axes, each, span, last=k == len(entries) - 1)
    counts = ", ".join(f"{each.times.size} at × {each.strength:g}" for each in entries)
    caption = "DC potential where waves are counted; triangles: counted waves; × : strength of the bath."
    alt = f"{title}: DC potential over time, waves {counts}."
    return finish(name, title, caption, figure, alt)


def _train(axes: svg.Sheet, each: Any, span: float, *, last: bool) -> None:
    minutes = each.time / SECONDS
    axes.plot(minutes, each.dc, color=svg.BLUE, linewidth=1.2)
    low = float(each.dc.min())
    axes.set_xlim(0.0, minutes[-1])
    axes.set_ylim(low - 0.05 * span, low + 1.3 * span)
    at = low + 1.18 * span
    axes.plot(each.times / SECONDS, np.full(each.times.size, at), "v", color=svg.DRUG, markersize=6, clip_on=False)
    svg.ticks(axes, "y", [])
    if last:
        svg.grid(axes, xticks=8, yticks=1)
        svg.ticks(axes, "y", [])
        svg.label(axes, "time, min", "")
        bar, x = 10.0 ** np.floor(np.log10(max(span, 1e-9))), minutes[-1] * 1.022
        axes.plot([x, x], [low, low + bar], color=svg.INK, linewidth=2.2, clip_on=False, solid_capstyle="butt")
        svg.mark(axes, (x, low + bar / 2), f"{words.number(float(bar), 1)} mV", svg.INK)
    else:
        svg.ticks(axes, "x", [])
    top = float(axes.figure.bbox.height - axes.bbox.y1)
    svg.note(axes, (0, top + 24), f"× {each.strength:g}")
    svg.note(axes, (44, top + 24), f"{each.times.size} wave{'' if each.times.size == 1 else 's'}")
