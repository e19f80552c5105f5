"""How much memantine is in the blood and, free, in the brain."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.chain.run_contract import RunSummary
from leao.core.runs import Group, Groups
from leao.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK, HOURS_PER_DAY
from leao.report import words
from leao.report.figures import svg
from leao.report.figures.tree import axis, finite, group, unit, values


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the picture of exposure: first two weeks, the whole trial, the population at steady state."""
    data = group(tree, "exposure", "plasma_band", "plasma_hourly", "steady_free_brain")
    plasma, brain = summary["exposure"]["plasma_ng_per_mL"], summary["exposure"]["free_brain_uM"]
    settled = summary["regimen"]["settled"]
    when = "settles at" if settled else "averages, over the last 28 days,"
    title = (
        f"Plasma {when} {words.number(words.parts(plasma).centre)} ng/mL; "
        f"the brain meets {words.number(words.parts(brain).centre)} µM of free drug"
    )
    if data is None:
        return svg.missing("exposure", title)
    caption = (
        "Left: hourly level in five simulated patients over the first two weeks of treatment. Middle: daily mean, "
        "median with the middle 50 % and 90 % of patients; imperfect adherence included. Right: free concentration "
        f"in the brain {'at steady state' if settled else 'over the last 28 days'}; darker: the middle 90 % of them."
    )
    panels = (_first_weeks(data), _trial(data), _steady(data))
    rows = [[f"{day:g}", *(words.number(float(level), 3) for level in quantiles)] for day, quantiles in _weekly(data)]
    header = ["day", *(f"{100 * q:g} % of patients below, ng/mL" for q in axis(data, "quantile"))]
    return svg.Picture("exposure", title, caption, panels, 3, header, rows)


def _weekly(data: Group) -> list[tuple[float, Any]]:
    band, day = values(data, "plasma_band"), axis(data, "day")
    return [(float(day[k]), band[:, k]) for k in range(0, len(day), DAYS_PER_WEEK)]


def _first_weeks(data: Group) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    hourly = values(data, "plasma_hourly").reshape(-1, data.sizes["hour"])
    days = axis(data, "hour") / HOURS_PER_DAY
    for level in hourly:
        axes.plot(days, level, color=svg.DRUG, linewidth=1.0, alpha=0.75)
    svg.label(axes, "days since the first tablet", "ng/mL")
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, float(np.ceil(days[-1])))
    svg.grid(axes)
    svg.ticks(axes, "x", range(0, int(days[-1]) + 2, DAYS_PER_WEEK))
    alt = f"Plasma level of five patients over {days[-1]:.0f} days, rising to {hourly.max():.0f} ng/mL at most."
    return svg.Panel("Plasma, five patients", svg.write(figure, alt))


def _trial(data: Group) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD)
    band, day = values(data, "plasma_band"), axis(data, "day")
    svg.band(axes, day, band, svg.DRUG)
    svg.label(axes, str(data["day"].attrs.get("long_name", "day")), "ng/mL")
    axes.set_ylim(bottom=0)
    axes.set_xlim(min(0, day[0]), day[-1])
    svg.grid(axes)
    svg.ticks(axes, "x", range(0, int(day[-1]) + 1, DAYS_PER_MONTH))
    start = int(np.argmax(band[-1] > 0))
    if start:
        axes.axvline(day[start], color=svg.MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
        svg.mark(axes, (day[start] * 0.5, axes.get_ylim()[1] * 0.07), "baseline", svg.MUTED, "center")
    last = band[len(band) // 2, -1]
    alt = f"Daily mean plasma level over the trial: median {last:.0f} ng/mL on the last day, 90 % of patients between "
    alt += f"{band[0, -1]:.0f} and {band[-1, -1]:.0f}."
    return svg.Panel("Plasma, the whole trial", svg.write(figure, alt))


def _steady(data: Group) -> svg.Panel:
    figure, axes = svg.canvas(svg.THIRD, left=44)
    draws = finite(values(data, "steady_free_brain"))
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    edges = np.linspace(0, np.quantile(draws, 0.995) * 1.05, 37)
    share = 100 * np.histogram(draws, edges)[0] / len(draws)
    centres = (edges[1:] + edges[:-1]) / 2
    axes.fill_between(edges[:-1], share, step="post", color=svg.DRUG, alpha=0.16, linewidth=0)
    inside = (centres >= low) & (centres <= high)
    axes.fill_between(edges[:-1], np.where(inside, share, 0), step="post", color=svg.DRUG, alpha=0.3, linewidth=0)
    axes.axvline(middle, color=svg.DRUG)
    name = unit(data, "steady_free_brain", "µM")
    axes.set_ylim(0, share.max() * 1.22)
    svg.label(axes, f"free in the brain, {name}", "% of patients")
    svg.grid(axes)
    svg.mark(axes, (middle, share.max() * 1.12), f"median {words.number(float(middle))} {name}", svg.DRUG)
    alt = f"Free brain concentration at the end of treatment: median {middle:.2g}, "
    alt += f"90 % of patients {low:.2g} to {high:.2g} {name}."
    return svg.Panel("Free in the brain, end of treatment", svg.write(figure, alt))
