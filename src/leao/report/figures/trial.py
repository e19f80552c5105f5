"""The trial's endpoint, simulated and published, and the spread of repeated trials."""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.chain.run_contract import RunSummary
from leao.core.runs import Groups
from leao.report import words
from leao.report.arms import arms, control_arm, drug_arm
from leao.report.figures import svg
from leao.report.figures.tree import finite, group, values
from leao.report.sections import NOT_PUBLISHED


def draw(summary: RunSummary, tree: Groups) -> svg.Picture:
    """Return the picture of the trial: intervals beside the published, and all repeated trials."""
    trial, published = summary["trial"], summary["trial"]["published"]
    ours = words.parts(trial["difference_attacks_per_28d"]).centre
    theirs = words.parts(published["difference_attacks_per_28d"] if published else None).centre
    title = (
        f"Simulated difference {words.number(ours, places=2)} attacks per 28 days; "
        f"published {words.number(theirs, places=2)}"
    )
    data = group(tree, "trial", "difference")
    if data is None:
        return svg.missing("trial", title)
    differences = finite(values(data, "difference"))
    caption = (
        "Left: published (open, 95 % interval) and simulated (filled, 95 % of the trials); published figures used as "
        "an input agree by construction. Right: the difference between arms in every simulated trial; the line is the "
        "published one."
    )
    panels = [_intervals(summary), _repeats(differences, theirs)]
    low, middle, high = np.quantile(differences, [0.025, 0.5, 0.975])
    rows = [
        ["simulated trials", words.number(len(differences), places=0)],
        ["median difference, attacks per 28 days", words.number(float(middle), places=2)],
        ["95 % of trials", f"{words.number(float(low), places=2)} to {words.number(float(high), places=2)}"],
        ["as far as the published or further", _reach(differences, theirs)],
    ]
    return svg.Picture("trial", title, caption, panels, 2, ["repeated trials", "value"], rows)


def _reach(differences: Any, published: Any) -> str:
    """Return how many simulated trials find a difference as large as the published one."""
    if not words.known(published):
        return words.NO_DATA
    count = int(np.sum(differences <= published) if published < 0 else np.sum(differences >= published))
    return f"{count} of {len(differences)}" if count else f"none of {len(differences)}"


def _intervals(summary: RunSummary) -> svg.Panel:
    trial, published = summary["trial"], summary["trial"]["published"] or NOT_PUBLISHED
    changes = [side["change_attacks_per_28d"] for side in (published, trial)]
    entries = [(f"change, {arm}", *(side.get(arm) for side in changes), arm) for arm in arms(summary)]
    key = "difference_attacks_per_28d"
    entries.append(("difference", published[key], trial[key], drug_arm(summary)))
    names, rows = [name for name, *_ in entries], []
    figure, axes = svg.canvas(svg.HALF, left=svg.room(names), right=20)
    for row, (name, theirs, ours, arm) in enumerate(entries):
        colour = svg.CONTROL if arm == control_arm(summary) else svg.DRUG
        _interval(axes, row - 0.15, theirs, (svg.INK, svg.PAPER))
        _interval(axes, row + 0.15, ours, (colour, colour))
        rows.append(f"{name}: published {words.spread(theirs)}, simulated {words.spread(ours)}")
    axes.axvline(0, color=svg.MUTED, linewidth=0.8)
    axes.set_ylim(len(entries) - 0.5, -0.5)
    svg.label(axes, "attacks per 28 days", "")
    svg.grid(axes, rules="x")
    svg.ticks(axes, "y", range(len(entries)), names)
    return svg.Panel("Change from baseline to the last 28 days", svg.write(figure, "; ".join(rows) + "."))


def _interval(axes: Any, row: float, estimate: Any, look: tuple[str, str]) -> None:
    centre, low, high = words.parts(estimate)
    if not words.known(centre):
        svg.mark(axes, (0, row), words.NO_DATA, svg.MUTED)
        return
    if words.known(low) and words.known(high):
        axes.plot([low, high], [row, row], color=look[0], linewidth=1.8)
    axes.plot([centre], [row], "o", markersize=8, markerfacecolor=look[1], markeredgecolor=look[0], markeredgewidth=1.6)


def _repeats(differences: Any, published: Any) -> svg.Panel:
    figure, axes = svg.canvas(svg.HALF, right=24)
    reach = [differences.min(), differences.max(), published if words.known(published) else 0]
    low, high = min(reach), max(reach)
    pad = 0.06 * (high - low)
    share, edges = np.histogram(differences, np.linspace(differences.min(), differences.max(), 25))
    share = 100 * share / len(differences)
    axes.stairs(share, edges, fill=True, color=svg.DRUG, alpha=0.45, linewidth=0)
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylim(0, share.max() * 1.2)
    if words.known(published):
        axes.axvline(published, color=svg.INK)
        align = "left" if published < np.median(differences) else "right"
        svg.mark(axes, (published, share.max() * 1.12), f"published {words.number(published)}", svg.INK, align)
    svg.label(axes, "difference, attacks per 28 days", "% of simulated trials")
    svg.grid(axes)
    alt = f"Difference between arms in {len(differences)} simulated trials: median {np.median(differences):.2f}, "
    alt += f"published {words.number(published)}."
    return svg.Panel("Every simulated trial", svg.write(figure, alt))
