"""``leao evidence history``: how the synthesis moved, study by study, in words, as a page and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leao.report import page, words
from leao.report.figures import svg

Row = Mapping[str, Any]

HEADER = ["published", "study", "neutral prior", "sceptical prior", "moved, %", ""]
TICKS = (0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
PRIORS = (("neutral", svg.DRUG), ("sceptical", svg.BLUE))


def sentence(answer: Sequence[Row]) -> str:
    """Return which study moved the answer most."""
    steps = [row for row in answer if row["entered"]]
    if not steps:
        return "No placebo-controlled trial of migraine has been published."
    most = max(steps, key=lambda row: abs(row["moved"]["neutral"]))
    return (
        f"{len(steps)} of {len(answer) - 1} studies enter the synthesis; {most['added']} moved it most, under the "
        f"neutral prior to a rate ratio of {words.ratio(most['neutral'])}."
    )


def rows(answer: Sequence[Row]) -> list[list[str]]:
    """Return a row for the priors and for every study."""
    return [_shown(row) for row in answer]


def _shown(row: Row) -> list[str]:
    moved, enters = "", ""
    if row["entered"]:
        moved = " / ".join(f"{100 * (np.exp(row['moved'][name]) - 1):+.0f}" for name, _ in PRIORS)
    if row["date"] is not None:
        enters = "enters" if row["entered"] else f"does not enter: {row['why_not']}"
    return [
        *(row["date"] or "", row["added"]),
        *(words.ratio(row["neutral"]), words.ratio(row["sceptical"])),
        *(moved, enters),
    ]


def render(answer: Sequence[Row]) -> str:
    """Return the answer as the text of one HTML page."""
    return page.render(
        "history.html.j2",
        title="How the published answer moved",
        sentence=sentence(answer),
        header=HEADER,
        rows=rows(answer),
        picture=figure(answer),
    )


def figure(answer: Sequence[Row]) -> str:
    """Return the rate ratio after each study under both priors, with 95 % intervals, as inline SVG."""
    with svg.styled():
        drawing, axes = svg.canvas((720, 300), right=96, bottom=64)
        places = np.arange(len(answer), dtype=float)
        for name, colour in PRIORS:
            bands = np.log([[row[name][key] for row in answer] for key in ("low", "estimate", "high")])
            svg.band(axes, places, bands, colour)
            svg.mark(axes, (places[-1], bands[1, -1]), name, colour)
        svg.ticks(axes, "y", np.log(TICKS), [f"{tick:g}" for tick in TICKS])
        svg.ticks(axes, "x", places, [row["date"] or "prior" for row in answer])
        axes.set_xlim(places[0], places[-1])
        axes.set_ylim(np.log(TICKS[0]), np.log(TICKS[-1]))
        svg.label(axes, "year of publication, a step for each study", "rate ratio of attacks, 95 %")
        return svg.write(drawing, sentence(answer))
