"""The figures of ``leao trial analyse``: flow of patients, means over time, residuals of the last visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from leao.report import words
from leao.report.figures import svg
from leao.report.trial_beside import flow_rows

if TYPE_CHECKING:
    from leao.trial.contract import Analysis, VisitMean

COLOURS = (svg.CONTROL, svg.DRUG, svg.BLUE, svg.TEAL, svg.INK, svg.MUTED)  # the control first
BOX, GAP, WIDTH = 46, 26, 344  # pixels of the flow's boxes
MOST_STEPS = 7  # visits of the flow, before those in the middle are drawn as one


def draw(answer: Analysis, means: Mapping[str, list[VisitMean]]) -> dict[str, svg.Picture]:
    """Return the pictures by what they show: ``flow``, ``means``, ``residuals``.

    Args:
        answer: of a trial of groups.
        means: its means over time by arm.
    """
    with svg.styled():
        return {"flow": _flow(answer), "means": _means(answer, means), "residuals": _residuals(answer)}


def _flow(answer: Analysis) -> svg.Picture:
    """Return the flow of patients, one column an arm (after the diagram of CONSORT)."""
    panels = [svg.Panel(arm, _column(arm, answer["flow"][arm], place)) for place, arm in enumerate(answer["arms"])]
    rows = flow_rows(answer)
    lost = [_lost(answer["flow"][arm]) for arm in answer["arms"]]
    result = "; ".join(f"{arm}: {text}" for arm, text in zip(answer["arms"], lost, strict=True))
    return svg.Picture("flow", "Flow of patients", result, panels, len(panels), ["", *answer["arms"]], rows)


def _lost(flow: Mapping[str, int]) -> str:
    first, last = list(flow.values())[0], list(flow.values())[-1]
    return f"{last} of {first} have a value at {list(flow)[-1]}"


def _column(arm: str, flow: Mapping[str, int], place: int) -> str:
    """Return one arm's boxes, from the table down to the last visit, with those who are missing beside the arrows."""
    steps = list(flow.items())
    if len(steps) > MOST_STEPS + 2:
        middle = steps[2 + MOST_STEPS - 2 : -1]
        fewest = min(middle, key=lambda step: step[1])
        steps = [
            *steps[: 2 + MOST_STEPS - 2],
            (f"{len(middle)} more visits, the fewest {fewest[0]}", fewest[1]),
            steps[-1],
        ]
    height = len(steps) * (BOX + GAP)
    colour = svg.VARIABLES[COLOURS[place % len(COLOURS)]]
    parts = []
    for k, (step, n) in enumerate(steps):
        y = k * (BOX + GAP) + 1
        parts.append(
            f'<rect x="1" y="{y}" width="212" height="{BOX}" rx="5" fill="none" stroke-width="1.4" '
            f'stroke="var({colour})"/>'
            f'<text class="label" style="fill: var(--ink)" x="14" y="{y + 19}">{escape(_short(step))}</text>'
            f'<text class="label" style="fill: var(--ink)" x="14" y="{y + 36}" font-weight="650">n = {n}</text>'
        )
        if k + 1 < len(steps):
            fewer = n - steps[k + 1][1]
            parts.append(f'<path class="axis" d="M107 {y + BOX}v{GAP - 5}m-4 -5l4 6l4 -6"/>')
            if fewer:
                what = "missing" if fewer > 0 else "back"
                if k == 0:
                    what = "without a baseline"
                parts.append(f'<text class="tick" x="122" y="{y + BOX + 17}">{abs(fewer)} {what}</text>')
    alt = f"Flow of {arm}: " + ", ".join(f"{step} {n}" for step, n in flow.items())
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(alt, quote=True)}">{"".join(parts)}</svg>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def _means(answer: Analysis, means: Mapping[str, list[VisitMean]]) -> svg.Picture:
    """Return each arm's mean over time with its interval."""
    visits = [point["visit"] for point in means[answer["arms"][0]]]
    figure, axes = svg.canvas((528, 290), right=96)
    width = 0.06
    ends, labels = [], []
    for place, arm in enumerate(answer["arms"]):
        points = [(k, point, mean) for k, point in enumerate(means[arm]) if (mean := point["estimate"]) is not None]
        colour = COLOURS[place % len(COLOURS)]
        shift = (place - 0.5 * (len(answer["arms"]) - 1)) * width
        axes.plot(
            [k + shift for k, _, _ in points],
            [mean for _, _, mean in points],
            color=colour,
            marker="o",
            markersize=5,
        )
        for k, point, _ in points:
            if point["low"] is not None and point["high"] is not None:
                axes.plot([k + shift, k + shift], [point["low"], point["high"]], color=colour, linewidth=1.1)
        if points:
            ends.append((points[-1][2], colour))
            labels.append(_short(arm))
    axes.set_xlim(-0.3, len(visits) - 0.7)
    svg.grid(axes)
    shown = sorted(
        {0, len(visits) - 1, *np.linspace(0, len(visits) - 1, min(len(visits), 5)).round().astype(int).tolist()}
    )
    svg.ticks(axes, "x", shown, [_short(visits[k])[:12] for k in shown])
    svg.label(axes, "", f"{answer['endpoint']}, {answer['unit']}"[:60])
    low, high = axes.get_ylim()
    for (_, colour), text, y in zip(
        ends, labels, svg.apart([end for end, _ in ends], 0.07 * (high - low)), strict=True
    ):
        svg.mark(axes, (len(visits) - 0.95, y), text[:14], colour)
    alt = "Mean over time of " + " and ".join(answer["arms"])
    header = ["", *(f"{arm}, mean (95 %), n" for arm in answer["arms"])]
    rows = [[visit, *(_cell(means[arm][k]) for arm in answer["arms"])] for k, visit in enumerate(visits)]
    caption = "Means of those who have a value at each visit, with their t intervals; who has left is not in them."
    return svg.Picture("means", "Means over time", caption, [svg.Panel("", svg.write(figure, alt))], 1, header, rows)


def _cell(point: VisitMean) -> str:
    return f"{words.spread(point, digits=3)}, {point['n']}"


def _residuals(answer: Analysis) -> svg.Picture:
    """Return the residuals of the ANCOVA of the last visit over what it fits."""
    title, residuals = "Residuals at the last visit", answer["residuals"]
    if not residuals:
        return svg.missing("residuals", title)
    figure, axes = svg.canvas((528, 290))
    fitted, rest, arm = (np.array(residuals[key]) for key in ("fitted", "residual", "arm"))
    for place, name in enumerate(answer["arms"]):
        here = arm == name
        axes.plot(
            fitted[here], rest[here], linestyle="none", marker="o", markersize=5, alpha=0.7,
            color=COLOURS[place % len(COLOURS)], markeredgewidth=0,
        )  # fmt: skip
    axes.axhline(0.0, color=svg.MUTED, linewidth=0.8)
    svg.grid(axes)
    svg.label(axes, "fitted change", "residual")
    alt = f"Residuals of the analysis of covariance at {residuals['visit']} over the fitted change"
    shown = f"{len(fitted)} of {residuals['of']}" if residuals["of"] > len(fitted) else f"{len(fitted)}"
    spread = words.number(float(rest.std()), 3)
    caption = (
        f"Analysis of covariance at {residuals['visit']}, {shown} patients; standard deviation {spread}. A fan or a "
        "curve says that its intervals are not to be trusted; counts often fan, and the rate ratio allows for it."
    )
    rows = _spread_rows(answer["arms"], arm, rest)
    return svg.Picture("residuals", title, caption, [svg.Panel("", svg.write(figure, alt))], 1, _HEADER, rows)


_HEADER = ["arm", "patients", "smallest", "quartiles", "largest"]


def _spread_rows(arms: Sequence[str], arm: np.ndarray, rest: np.ndarray) -> list[list[str]]:
    rows = []
    for name in arms:
        here = rest[arm == name]
        if here.size:
            low, first, second, third, high = (
                words.number(float(x), 3) for x in np.quantile(here, [0, 0.25, 0.5, 0.75, 1])
            )
            rows.append([name, str(here.size), low, f"{first}, {second}, {third}", high])
    return rows
