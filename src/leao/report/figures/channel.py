"""A blocker at one receptor as a picture of its own: dose-response curve, and current over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from leao.report import words
from leao.report.figures import svg

WIDE = (560, 330)


def curve(answer: Mapping[str, Any]) -> str:
    """Return the dose-response curve with its 90 % band as a whole SVG file."""
    with svg.styled():
        figure, axes = svg.canvas(WIDE, right=24)
        levels = np.array(answer["concentration_uM"])
        band = answer["current_relative_interval"]
        axes.fill_between(levels, band["p05"], band["p95"], color=svg.DRUG, alpha=0.18, linewidth=0)
        axes.plot(levels, answer["current_relative"], color=svg.DRUG)
        half = float(answer["ic50_uM"])
        axes.plot([levels[0], half, half], [0.5, 0.5, 0.0], color=svg.MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
        svg.label(axes, f"free {answer['compound']}, µM", "current, share of that without drug")
        svg.grid(axes)
        svg.log_ticks(axes, "x", svg.decades(levels[0], levels[-1]))
        axes.set_xlim(levels[0], levels[-1])
        axes.set_ylim(0, 1.05)
        interval = words.spread({**answer["ic50_uM_interval"], "median": half}, "µM")
        svg.mark(axes, (half, 0.56), f"IC50 {interval}", svg.DRUG)
        title = f"{_head(answer)}, {words.number(answer['voltage_mV'], places=0)} mV"
        return svg.standalone(svg.write(figure, f"Dose-response curve, {title}: IC50 {interval}."), title)


def current(answer: Mapping[str, Any], traces: Mapping[str, Any]) -> str:
    """Return the current over time with and without drug as a whole SVG file.

    Args:
        answer: of ``leao receptor pulse``.
        traces: ``time_s``, ``control``, ``drug`` and the band of the latter, ``low`` and ``high``, (sample,).
    """
    with svg.styled():
        figure, axes = svg.canvas(WIDE, right=70)
        time = np.asarray(traces["time_s"])
        axes.fill_between(time, traces["low"], traces["high"], color=svg.DRUG, alpha=0.2, linewidth=0)
        axes.plot(time, traces["control"], color=svg.CONTROL)
        axes.plot(time, traces["drug"], color=svg.DRUG)
        svg.label(axes, "time, s", "current, share of the largest without drug")
        svg.grid(axes)
        axes.set_ylim(0, 1.08)
        axes.set_xlim(*_seen(answer["protocol"], time, np.asarray(traces["control"])))
        last = int(np.searchsorted(time, axes.get_xlim()[1] * 0.999)) - 1
        ends = svg.apart([float(traces[key][last]) for key in ("control", "drug")], 0.07, 0.03)
        for y, text, colour in zip(ends, ("no drug", "drug"), (svg.CONTROL, svg.DRUG), strict=True):
            svg.mark(axes, (axes.get_xlim()[1], y), text, colour)
        interval = words.spread(
            {**answer["charge_blocked_percent_interval"], "median": answer["charge_blocked_percent"]}, "%"
        )
        title = f"{_head(answer)}, {words.number(answer['concentration_uM'], 3)} µM, {answer['protocol']}"
        alt = f"Current over time, {title}: {interval} of the charge blocked."
        return svg.standalone(svg.write(figure, alt), f"{title}: {interval} of the charge blocked")


def _seen(protocol: str, time: Any, control: Any) -> tuple[float, float]:
    """Return the stretch worth drawing: after one pulse until a hundredth of the peak is left."""
    if protocol != "synaptic":
        return float(time[0]), float(time[-1])
    left = np.flatnonzero(control > 0.01 * control.max())
    return float(time[0]), float(time[min(left[-1] + 1, time.size - 1)])


def _head(answer: Mapping[str, Any]) -> str:
    return (
        f"{answer['compound']} on GluN{answer['subtype']}, {words.number(answer['magnesium_mM'], 3)} mM Mg²⁺, "
        f"preset {answer['preset']}"
    )
