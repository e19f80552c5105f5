"""A dose response in words, as tables and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from leao.core.result import Result
from leao.report import words
from leao.report.figures import svg
from leao.report.topic import Draw, Head, Topic

CONFIDENT = 1.96  # standard errors of a bar

Rows = tuple[list[str], list[list[str]]]


def doses(answer: Mapping[str, Any]) -> Rows:
    """Return the means of the doses."""
    rows = [
        [f"{row['dose']:g}", str(row["patients"]), words.number(row["mean"], 3), words.number(row["se"], 2)]
        for row in answer["doses"]
    ]
    return ["dose", "patients", f"mean {answer['value']}", "SE"], rows


def tests(answer: Mapping[str, Any]) -> Rows:
    """Return the contrast tests."""
    rows = []
    for row in answer["candidates"]:
        guess = ", ".join(f"{value:g}" for value in row["guess"])
        name = row["shape"].replace("_", " ") + (f" ({guess})" if guess else "")
        rows.append([name, f"{row['t']:.2f}", words.probability(row["adjusted_p"]), "shown" * row["significant"]])
    return ["candidate", "t", "adjusted p", ""], rows


def fits(answer: Mapping[str, Any]) -> Rows:
    """Return the fits of the shapes that were shown."""
    rows = []
    for row in answer["fits"]:
        more = ", ".join(f"{name} {words.number(value, 3)}" for name, value in row["parameters"].items())
        target = "" if row["target_dose"] is None else words.number(row["target_dose"], 3)
        rows.append([row["shape"].replace("_", " "), words.number(row["e0"], 3), words.number(row["e1"], 3), more,
                     f"{row['gaic']:.2f}", f"{row['weight']:.2f}", target])  # fmt: skip
    return ["fit", "e0", "e1", "parameters", "gAIC", "weight", "dose for delta"], rows


def picture(answer: Mapping[str, Any]) -> svg.Picture:
    """Return means with their intervals, and the average of the fits."""
    with svg.styled():
        figure, axes = svg.canvas((700, 330), right=90)
        at = np.array([row["dose"] for row in answer["doses"]])
        mean = np.array([row["mean"] for row in answer["doses"]])
        reach = CONFIDENT * np.array([row["se"] for row in answer["doses"]])
        axes.vlines(at, mean - reach, mean + reach, color=svg.CONTROL, linewidth=1.5)
        axes.plot(at, mean, "o", color=svg.CONTROL, markersize=6)
        curve = answer["curve"]
        if curve["dose"]:
            axes.plot(curve["dose"], curve["mean"], color=svg.DRUG)
            svg.mark(axes, (curve["dose"][-1], curve["mean"][-1]), "average fit", svg.DRUG)
        if answer["target_dose"] is not None:
            level = float(np.interp(answer["target_dose"], curve["dose"], curve["mean"]))
            axes.plot([answer["target_dose"]], [level], "D", color=svg.BLUE, markersize=6)
        svg.label(axes, "dose", f"mean {answer['value']}")
        svg.grid(axes, xticks=8)
        said = ", ".join(f"{d:g}: {m:.2f}" for d, m in zip(at, mean, strict=True))
        panel = svg.Panel("", svg.write(figure, f"Means by dose: {said}."))
    caption = "Means with 95 % intervals; the line averages the fits by their weights; blue: the dose for delta."
    return svg.Picture("dose_response", "Mean over dose", caption, [panel], 1, *doses(answer))


def _head(result: Result[Any]) -> Head:
    return Head(
        f"Dose response of {result.summary['value']}", result.summary["text"], tuple(result.summary["problems"])
    )


def _pictures(result: Result[Any]) -> Mapping[str, Draw]:
    return {"dose_response": lambda: picture(result.summary)}


TOPICS = {"dose_response": Topic(_head, None, _pictures)}
