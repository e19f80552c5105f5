"""The figures of ``leao trial``: the design, power over the sample size, error rates, estimators side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leao.report import words
from leao.report.figures import doses, n_of_1, svg

COLOURS = (svg.DRUG, svg.BLUE, svg.TEAL, svg.INK, svg.CONTROL, svg.MUTED)
CONFIDENT = 1.96  # Monte Carlo errors of a band


def draw(answer: Mapping[str, Any]) -> list[svg.Picture]:
    """Return all pictures of the page."""
    with svg.styled():
        drawn = [*doses.draw(answer), *n_of_1.draw(answer)]
        return [_design(answer), *drawn, _power(answer), _errors(answer), _side_by_side(answer)]


def named(answer: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str]]:
    """Return (label, figures, colour) of every estimator and comparison, the quoted estimator first."""
    out = []
    for place, name in enumerate(_order(answer)):
        comparisons = answer["estimators"][name]
        for label, figures in comparisons.items():
            title = name.replace("_", " ") + (f", {label}" if len(comparisons) > 1 else "")
            out.append((title, figures, COLOURS[place % len(COLOURS)]))
    return out


def _order(answer: Mapping[str, Any]) -> list[str]:
    return sorted(answer["estimators"], key=lambda name: name != answer["estimator"])


def _last_of_each(answer: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], str]]:
    """Return one line per estimator: of several doses the last, so that the curves can be told apart."""
    lines = named(answer)
    ends = np.cumsum([len(answer["estimators"][name]) for name in _order(answer)]) - 1
    return [lines[end] for end in ends]


def _design(answer: Mapping[str, Any]) -> svg.Picture:
    design = answer["design"]
    groups = list(design["segments"])
    before = design["run_in_days"] + design["baseline_days"]
    figure, axes = svg.canvas((1064, 70 + 28 * len(groups)), left=200, right=20)
    for row, group in enumerate(groups):
        if design["run_in_days"]:
            axes.barh(row, design["run_in_days"], 0.5, -before, color=svg.RULE, linewidth=0)
        axes.barh(row, design["baseline_days"], 0.5, -design["baseline_days"], color=svg.MUTED, alpha=0.35, linewidth=0)
        start = 0
        for part in design["segments"][group]:
            is_drug = design["treatments"][part["treatment"]] > 0.0
            colour = svg.DRUG if is_drug else svg.CONTROL
            axes.barh(row, part["days"], 0.5, start, color=colour, alpha=_strength(design, part), linewidth=0)
            start += part["days"]
        for first, stop in design["windows"]:
            axes.plot([first + 1, stop - 1], [row + 0.36, row + 0.36], color=svg.INK, linewidth=2)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(-before, design["treatment_days"])
    svg.label(axes, "days from the start of treatment", "")
    svg.grid(axes, xticks=10, rules="x")
    svg.ticks(axes, "y", range(len(groups)), groups)
    text = "; ".join(f"{group}: {_told(design, group)}" for group in groups)
    if design["policy"]:
        text += f". The dose drawn is the first; policy {design['policy']['name']} changes it"
    caption = "Grey: baseline. Blue-grey: placebo. Orange: the drug. Lines beneath: months that are analysed."
    if design["policy"]:
        caption += f" The dose is the first prescribed; policy {design['policy']['name'].replace('_', ' ')} changes it."
    rows = [[group, _told(design, group)] for group in groups]
    if len(groups[0]) > 1 and set(groups[0]) <= set("AB "):
        caption += " A: " + ", B: ".join(design["treatments"]) + "."
    panel = svg.Panel("", svg.write(figure, text + "."))
    return svg.Picture("design", "Who takes what when", caption, [panel], 1, ["group", "treatments"], rows)


def _strength(design: Mapping[str, Any], part: Mapping[str, Any]) -> float:
    most = max(design["treatments"].values())
    dose = design["treatments"][part["treatment"]]
    return 0.75 if dose == 0.0 or most == 0.0 else 0.35 + 0.5 * dose / most


def _told(design: Mapping[str, Any], group: str) -> str:
    return ", then ".join(
        f"{part['treatment']} {design['treatments'][part['treatment']]:g} mg/day for {part['days']} days"
        if design["treatments"][part["treatment"]]
        else f"{part['treatment']} for {part['days']} days"
        for part in design["segments"][group]
    )


def _power(answer: Mapping[str, Any]) -> svg.Picture:
    figure, axes = svg.canvas((1064, 380), right=190)
    rows, marks, values = [], [], []
    for title, figures, colour in _last_of_each(answer):
        n = [row["n"] for row in figures["by_n"]]
        power = 100.0 * np.array([row["power"] for row in figures["by_n"]])
        reach = 100.0 * CONFIDENT * np.array([row["power_se"] for row in figures["by_n"]])
        bands = np.stack([np.maximum(power - reach, 0), power, np.minimum(power + reach, 100)])
        svg.band(axes, n, bands, colour)
        if len(n) == 1:
            axes.plot(n, power, "o", markersize=7, color=colour)
        marks.append((power[-1], title, colour, n[-1]))
        rows.append([title, *(words.number(p, places=0) for p in power)])
        values.append(f"{title} {power[-1]:.0f} % at {n[-1]} per group")
    axes.axhline(80, color=svg.MUTED, linewidth=0.8)
    axes.set_ylim(0, 103)
    for place, (_, title, colour, n) in zip(svg.apart([m[0] for m in marks], 5.2, 1.0), marks, strict=True):
        svg.mark(axes, (n, place), title, colour)
    svg.label(axes, "patients per group", "trials that find the drug better, %")
    svg.grid(axes, xticks=8)
    sizes = [row["n"] for row in named(answer)[0][1]["by_n"]]
    axes.set_xlim(min(sizes), max(sizes) + (min(sizes) == max(sizes)))
    header = ["power, %, by patients per group", *(str(n) for n in sizes)]
    caption = (
        f"Bands: Monte Carlo error (95 %) over {answer['repeats']} trials. The first patients of a trial are the same "
        "people at every size, so the curves are smooth."
    )
    panel = svg.Panel("", svg.write(figure, "Power: " + ", ".join(values) + "."))
    return svg.Picture("power", "Power over the sample size", caption, [panel], 1, header, rows)


def _errors(answer: Mapping[str, Any]) -> svg.Picture:
    wanted = set(answer["n_per_arm"])
    lines = [
        (title, row, colour)
        for title, figures, colour in named(answer)
        for row in figures["by_n"]
        if row["n"] in wanted
    ]
    panels = [
        _dots(lines, "type_1_error", (4.0, 6.0), "Type I error: significant although the drug does nothing"),
        _dots(lines, "coverage", (94.0, 96.0), "Coverage: 95 % intervals that hold the truth"),
    ]
    rows = [[title, str(row["n"]), _percent(row, "type_1_error"), _percent(row, "coverage")] for title, row, _ in lines]
    recommendation = answer["recommendation"].replace("_", " ")
    caption = f"{recommendation[:1].upper()}{recommendation[1:]}. "
    caption += "Dots with their Monte Carlo error (95 %), small sizes above large; shaded: 4 to 6 % and 94 to 96 %."
    header = ["estimator", "per group", "type I error, %", "coverage, %"]
    return svg.Picture("errors", "Error rates as they are", caption, panels, 2, header, rows)


def _dots(lines: Sequence[tuple[str, Any, str]], key: str, good: tuple[float, float], title: str) -> svg.Panel:
    figure, axes = svg.canvas((528, 80 + 17 * len(lines)), left=190, right=20)
    axes.axvspan(*good, color=svg.RULE, alpha=0.6, linewidth=0)
    names, values, ends = [], [], [*good]
    for place, (name, row, colour) in enumerate(lines):
        new = place == 0 or lines[place - 1][0] != name
        names.append(f"{name}, {row['n']}" if new else str(row["n"]))
        if row[key] is None:
            continue
        value, reach = 100.0 * row[key], 100.0 * CONFIDENT * row[f"{key}_se"]
        low, high = max(0.0, value - reach), min(100.0, value + reach)
        axes.plot([low, high], [place, place], color=colour)
        axes.plot([value], [place], "o", markersize=6, color=colour)
        ends += [low, high]
        values.append(f"{name} at {row['n']}: {value:.1f} %")
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(min(ends) - 0.3, max(ends) + 0.3)
    svg.label(axes, "%", "")
    svg.grid(axes, rules="x")
    svg.ticks(axes, "y", range(len(lines)), names)
    return svg.Panel(title, svg.write(figure, title + ". " + "; ".join(values) + "."))


def _side_by_side(answer: Mapping[str, Any]) -> svg.Picture:
    title = "What the estimators say, beside the truth"
    lines = [(name, figures, colour) for name, figures, colour in named(answer) if figures["truth"]]
    lines = [line for line in lines if abs(line[1]["truth"]) > 1e-6]
    if not lines:
        return svg.missing("estimators", title + ": there is no effect to compare with")
    lines = [line for line in lines if all(_largest(answer, line[1])[key] is not None for key in ("mean", "spread"))]
    if not lines:
        return svg.missing("estimators", title + ": hardly a trial of this size gives an estimate")
    figure, axes = svg.canvas((1064, 80 + 26 * len(lines)), left=200, right=20)
    axes.axvline(100, color=svg.INK, linewidth=1)
    axes.axvline(0, color=svg.MUTED, linewidth=0.8)
    rows, values = [], []
    for place, (name, figures, colour) in enumerate(lines):
        row = _largest(answer, figures)
        scaled = [100.0 * x / figures["truth"] for x in (row["mean"], row["spread"])]
        reach = CONFIDENT * abs(scaled[1])
        axes.plot([scaled[0] - reach, scaled[0] + reach], [place, place], color=colour)
        axes.plot([scaled[0]], [place], "o", markersize=8, color=colour)
        if figures["truth_staying"] is not None:
            staying = 100.0 * figures["truth_staying"] / figures["truth"]
            axes.plot([staying], [place], "|", markersize=14, color=svg.INK)
        cells = [row["mean"], figures["truth"], figures["truth_staying"], row["spread"], row["mean_se"]]
        rows.append([name, figures["scale"], str(row["n"]), *(words.number(x) for x in cells)])
        values.append(f"{name}: {scaled[0]:.0f} % of the truth")
    axes.set_ylim(len(lines) - 0.4, -0.6)
    svg.label(axes, "estimate, % of the true effect under treatment policy", "")
    svg.grid(axes, xticks=9, rules="x")
    svg.ticks(axes, "y", range(len(lines)), [line[0] for line in lines])
    caption = (
        "Dot: mean over the trials; line: 95 % of them; black tick: the true effect if nobody had stopped the drug. "
        "Methods that take missing months as missing at random aim at the tick, not at the line at 100."
    )
    header = ["estimator", "scale", "per group", "mean", "truth", "truth if all stayed", "spread", "its own error"]
    panel = svg.Panel("", svg.write(figure, "Mean estimates: " + "; ".join(values) + "."))
    return svg.Picture("estimators", title, caption, [panel], 1, header, rows)


def _largest(answer: Mapping[str, Any], figures: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the largest size asked for."""
    return next(row for row in reversed(figures["by_n"]) if row["n"] in answer["n_per_arm"])


def _percent(row: Mapping[str, Any], key: str) -> str:
    if row[key] is None:
        return words.NO_DATA
    return f"{100 * row[key]:.1f} ± {100 * row[f'{key}_se']:.1f}"
