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
    ("length of the migraine untreated, h", "length_h"),
)


def render(found: Mapping[str, Any]) -> str:
    """Return the answer as the text of one HTML page."""
    header, body = rows(found)
    routes = [
        dict(row) | {"shown": words.ratio(row["rate_ratio"]) if row["on"] else row["effect"]} for row in found["routes"]
    ]
    return page.render(
        "provoke.html.j2",
        found=found,
        title=head(found),
        header=header,
        rows=body,
        routes=routes,
        picture=figure(found) if found["cumulative_percent"] else None,
    )


def head(found: Mapping[str, Any]) -> str:
    """Return what was asked, in one line."""
    asked = f"{found['gtn_ug_per_kg_min']:g} µg/kg/min of nitroglycerin for {found['minutes']:g} min"
    drug = f", {found['compound']}" if found["compound"] else ""
    if found["dose_mg_per_day"] is not None:
        drug += f" {found['dose_mg_per_day']:g} mg daily at steady state"
    elif found["free_brain_uM"]:
        drug += f" {found['free_brain_uM']['median']:.3g} µM free"
    return f"{asked}, {found['population']}{drug}"


def rows(found: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows: without drug, and with it where one was given."""
    sides = [found["without_drug"], found] if found["without_drug"] else [found]
    header = ["", *(["without drug", "with drug"] if len(sides) > 1 else ["found"])]
    body = [[label, *(words.number(side[key], places=1) for side in sides)] for label, key in SHARES]
    body += [[label, *(words.spread(side[key], digits=3) for side in sides)] for label, key in LEVELS]
    body.append(["mild / moderate / severe migraine, %", *(_severity(side["severity"]) for side in sides)])
    body.append(["provoked attacks that a wave begins, %", *(words.number(s["with_wave_percent"]) for s in sides)])
    active = [words.number(side["brainstem_activation"]["percent"], places=1) for side in sides]
    body.append([f"{found['brainstem_activation']['site']} active, %", *active])
    return header, body


def _severity(shares: Mapping[str, float] | None) -> str:
    return " / ".join(words.number(100 * share) for share in shares.values()) if shares else words.NO_DATA


def figure(found: Mapping[str, Any]) -> str:
    """Return the share of people who have had their migraine, over time, as inline SVG."""
    base = found["without_drug"] or found
    sides = [("without drug", base, svg.CONTROL)]
    if found["without_drug"]:
        sides.append(("with drug", found, svg.DRUG))
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
