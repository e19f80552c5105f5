"""A nitroglycerin provocation as one self-contained HTML page, and its table in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from leao.report import page, words
from leao.report.figures import svg

SHARES = (
    ("headache during the infusion, %", "immediate_headache_percent"),
    ("migraine within 12 h, %", "delayed_migraine_percent"),
)
LEVELS = (
    ("chance of migraine over what is not known, %", "delayed_migraine_band"),
    ("onset of migraine, h from the start of the infusion", "latency_h"),
    ("worst of its pain, h from the start of the infusion", "peak_h"),
    ("length of the migraine untreated, h", "length_h"),
)

WHO = {
    "patients": "patients",
    "without_aura": "patients without aura",
    "with_aura": "patients with aura",
    "controls": "controls",
}


def render(answer: Mapping[str, Any]) -> str:
    """Return the answer as the text of one HTML page."""
    header, body = rows(answer)
    routes = [
        dict(row) | {"shown": words.ratio(row["rate_ratio"]) if row["on"] else row["effect"]}
        for row in answer["routes"]
    ]
    return page.render(
        "provoke.html.j2",
        answer=answer,
        title=head(answer),
        header=header,
        rows=body,
        routes=routes,
        picture=figure(answer) if answer["cumulative_percent"] else None,
    )


def head(answer: Mapping[str, Any]) -> str:
    """Return what was asked, in one line."""
    infusion = f"{answer['gtn_ug_per_kg_min']:g} µg/kg/min of nitroglycerin for {answer['minutes']:g} min"
    drug = f", {answer['compound']}" if answer["compound"] else ""
    if answer["dose_mg_per_day"] is not None:
        drug += f" {answer['dose_mg_per_day']:g} mg daily at steady state"
    elif answer["free_brain_uM"]:
        drug += f" {answer['free_brain_uM']['median']:.3g} µM free"
    return f"{infusion}, {WHO[answer['population']]}{drug}"


def rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows: without drug, and with it where one was given."""
    sides = [answer["without_drug"], answer] if answer["without_drug"] else [answer]
    header = ["", *(["without drug", "with drug"] if len(sides) > 1 else ["found"])]
    body = [[label, *(words.number(side[key], places=1) for side in sides)] for label, key in SHARES]
    body += [[label, *(words.spread(side[key], digits=3) for side in sides)] for label, key in LEVELS]
    body.append(["mild / moderate / severe migraine, %", *(_severity(side["severity"]) for side in sides)])
    body.append(["provoked attacks that a wave begins, %", *(words.number(s["with_wave_percent"]) for s in sides)])
    active = [words.number(side["brainstem_activation"]["percent"], places=1) for side in sides]
    body.append([f"{answer['brainstem_activation']['site']} active, %", *active])
    return header, body


def _severity(shares: Mapping[str, float] | None) -> str:
    return " / ".join(words.number(100 * share) for share in shares.values()) if shares else words.NO_DATA


def figure(answer: Mapping[str, Any]) -> str:
    """Return the share of people who have had their migraine, over time, as inline SVG."""
    base = answer["without_drug"] or answer
    sides = [("without drug", base, svg.CONTROL)]
    if answer["without_drug"]:
        sides.append(("with drug", answer, svg.DRUG))
    times = np.array(base["times_h"])
    ends = svg.apart([side["cumulative_percent"][-1] for _, side, _ in sides], 6.0)
    with svg.styled():
        drawing, axes = svg.canvas((720, 290), right=96)
        for (name, side, colour), end in zip(sides, ends, strict=True):
            axes.plot(times, side["cumulative_percent"], color=colour)
            svg.mark(axes, (times[-1], end), name, colour)
        svg.label(axes, "hours from the start of the infusion", "people whose migraine has begun, %")
        axes.set_ylim(0, 100)
        axes.set_xlim(0, times[-1])
        svg.grid(axes, xticks=6)
        last = base["cumulative_percent"][-1]
        return svg.write(
            drawing, f"People whose migraine has begun: {last:.0f} % after {times[-1]:.0f} h without drug."
        )
