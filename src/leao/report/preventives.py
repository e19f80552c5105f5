"""``leao preventives`` in words, as a page, and as a plot of what was predicted against what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leao.report import page, words
from leao.report.figures import svg

Row = Mapping[str, Any]

HEADER = [
    "drug",
    "fall of waves in animals",
    "trials, rate ratio",
    "predicted without it",
    "80 %",
    "",
    "by the wave, in simulated trials",
    "patients an arm",
    "that show an effect",
]
CONTROL = {
    "passed": "passed: drugs known to work are predicted by the link that the others gave",
    "failed": "failed: from their effect on the wave, drugs known to work are not told apart from no effect, or not "
    "put in order",
    "void": "void: drugs half as strong pass as well, so that it cannot tell",
    "not run": "not run: too few drugs with a fall of their own",
}
TICKS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)


def sentence(answer: Row) -> str:
    """Return how the clinical control came out, in one sentence."""
    return f"Clinical control of the link from the wave to attacks {CONTROL[answer['control']['status']]}."


def rows(answer: Row) -> list[list[str]]:
    """Return a row for each drug, the five workers first."""
    order = sorted(answer["drugs"], key=lambda row: (not row["worker"], not row["left_out"], row["drug"]))
    return [_drug(row) for row in order]


def _drug(row: Row) -> list[str]:
    name, simulated = row["drug"], row["simulated_trial"]
    if row["worker"]:
        name += ", worker"
    if not row["left_out"]:
        name += ", only tested"
    return [
        name,
        words.spread({key: 100.0 * value for key, value in row["csd_fall"].items()}, "%"),
        words.ratio(row["observed_rate_ratio"]),
        words.ratio(row["predicted_rate_ratio"]),
        f"{row['predicted_80']['low']:.2f} to {row['predicted_80']['high']:.2f}",
        {True: "inside", False: "outside", None: "no trial to compare"}[row["inside"]],
        words.ratio(simulated["rate_ratio"]),
        _size(simulated),
        f"{100 * simulated['effect_shown']:.0f} %",
    ]


def _size(simulated: Row) -> str:
    """Return the simulated trial's patients an arm, marked where no trial of the drug gave them."""
    return f"{simulated['n_per_arm']}" if simulated.get("size_seen", True) else f"{simulated['n_per_arm']}, assumed"


def control_rows(answer: Row) -> list[list[str]]:
    """Return the parts of the control: wanted and found, with full and with halved falls."""
    full, half = answer["control"]["full"], answer["control"]["halved"]
    return [
        [
            "(a) workers inside their 80 % interval, 4 of 5 wanted",
            f"{full['inside']} of 5 (falls halved: {half['inside']})",
        ],
        [
            "(b) of these intervals exclude no effect, 3 wanted",
            f"{full['excluding']} of 5 (falls halved: {half['excluding']})",
        ],
        ["(c) P(rank correlation > 0) over all drugs, 0.9 wanted", words.probability(full["ordered"])],
        ["(d) the same test with halved falls, must fail", "passed" if half["passed"] else "failed"],
        ["status", CONTROL[answer["control"]["status"]]],
    ]


def link_rows(answer: Row) -> list[list[str]]:
    """Return the link: kappa of a drug outside the fit, with all drugs and without each."""
    calibration = answer["calibration"]
    table = [["kappa of a drug outside the fit", words.spread(calibration["link"], digits=2)]]
    table += [
        [f"without {name}", words.spread(values, digits=2)] for name, values in calibration["link_without"].items()
    ]
    table.append(
        ["rank correlation of predicted and observed", words.spread(calibration["rank_correlation"], digits=2)]
    )
    table += [
        [f"trials inside the central {100 * row['nominal']:.0f} %", f"{100 * row['inside']:.0f} %"]
        for row in calibration["intervals"]
    ]
    return table


def printed_rows(answer: Row) -> list[list[str]]:
    """Return every fall and trial as printed, with tier, kind of spread and source."""
    table = []
    for row in answer["drugs"]:
        for fall in row["falls"]:
            what = (
                f"{100 * fall['low']:.0f} to {100 * fall['high']:.0f} %" if fall["low"] is not None else fall["printed"]
            )
            where = f"{fall['where']} ({fall['species']}, {fall['regimen']})"
            table.append([row["drug"], "wave", what, where, fall["tier"], fall["source"]])
        for trial in row["trials"]:
            what = words.ratio(trial["rate_ratio"])
            table.append(
                [row["drug"], f"trial, {trial['spread_kind']}", what, trial["where"], trial["tier"], trial["source"]]
            )
    return table


def render(answer: Row) -> str:
    """Return the answer as the text of one HTML page."""
    return page.render(
        "preventives.html.j2",
        title="Preventives through the same link",
        sentence=sentence(answer),
        header=HEADER,
        rows=rows(answer),
        control=control_rows(answer),
        link=link_rows(answer),
        printed=printed_rows(answer),
        picture=figure(answer),
        coverage=coverage(answer),
        trials=answer["drugs"][0]["simulated_trial"],
        notes=[(row["drug"], row["note"]) for row in answer["drugs"] if row["note"]],
    )


def figure(answer: Row) -> str:
    """Return predicted against observed rate ratios, each drug left out of the link, as inline SVG."""
    shown = [row for row in answer["drugs"] if row["left_out"]]
    with svg.styled():
        drawing, axes = svg.canvas((720, 430), right=120)
        low, high = np.log(0.3), np.log(1.7)
        axes.plot([low, high], [low, high], color=svg.CONTROL, linewidth=1)
        for row in shown:
            colour = svg.DRUG if row["worker"] else svg.INK
            observed = np.log([row["observed_rate_ratio"][key] for key in ("estimate", "low", "high")])
            predicted = np.log(row["predicted_rate_ratio"]["median"])
            ends = np.log([row["predicted_80"]["low"], row["predicted_80"]["high"]])
            axes.plot(ends, [observed[0]] * 2, color=colour, linewidth=2, alpha=0.5)
            axes.plot([predicted] * 2, observed[1:], color=colour, linewidth=1, alpha=0.35)
            axes.plot([predicted], [observed[0]], marker="o", color=colour, markersize=5)
        _names(axes, shown, high)
        places = [np.log(tick) for tick in TICKS]
        for axis in ("x", "y"):
            svg.ticks(axes, axis, places, [f"{tick:g}" for tick in TICKS])
        axes.set_xlim(low, high)
        axes.set_ylim(low, high)
        svg.label(axes, "predicted rate ratio, median and 80 %", "observed in trials, 95 %")
        inside = sum(bool(row["inside"]) for row in shown)
        return svg.write(drawing, f"{inside} of {len(shown)} drugs lie in their 80 % predictive interval.")


def coverage(answer: Row) -> str:
    """Return the share of trials inside the central predictive intervals against their nominal size, as inline SVG."""
    sizes = answer["calibration"]["intervals"]
    nominal, inside = ([100.0 * row[key] for row in sizes] for key in ("nominal", "inside"))
    with svg.styled():
        drawing, axes = svg.canvas((720, 330))
        axes.plot([0, 100], [0, 100], color=svg.CONTROL, linewidth=1)
        axes.plot(nominal, inside, color=svg.DRUG, marker="o", markersize=5)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        svg.label(axes, "central predictive interval, %", "drugs whose trials lie inside, %")
        pairs = ", ".join(f"{b:.0f} % of {a:.0f} %" for a, b in zip(nominal, inside, strict=True))
        return svg.write(drawing, f"Calibration: inside the central intervals lie {pairs}.")


def _names(axes: Any, shown: Sequence[Row], right: float) -> None:
    """Write the names beside the plot, apart from each other, at the height of what was observed."""
    order = sorted(shown, key=lambda row: row["observed_rate_ratio"]["estimate"])
    heights = svg.apart([float(np.log(row["observed_rate_ratio"]["estimate"])) for row in order], 0.085)
    for row, height in zip(order, heights, strict=True):
        svg.mark(axes, (right, height), row["drug"], svg.DRUG if row["worker"] else svg.INK)
