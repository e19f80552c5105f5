"""The doses that a policy led to, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from leao.report import words
from leao.report.figures import svg

STOPPED = "0 mg"


def draw(answer: Mapping[str, Any]) -> list[svg.Picture]:
    """Return the picture of the doses prescribed; nothing where nobody changes a dose."""
    policy = answer["design"]["policy"]
    if policy is None:
        return []
    mixes = policy["dose_by_month_percent"]
    amounts = sorted(set().union(*chain.from_iterable(mixes.values())), key=_mg)
    control = next(iter(mixes))
    panels = [
        _panel(arm, mixes[arm], amounts, svg.CONTROL if arm == control else svg.DRUG) for arm in reversed(list(mixes))
    ]
    rows = []
    for arm, months in mixes.items():
        for number, mix in enumerate(months, start=1):
            rows.append([arm, f"month {number}", *(words.number(mix.get(dose, 0.0), places=1) for dose in amounts)])
    header = ["arm", "end of", *(f"{_named(dose)}, %" for dose in amounts)]
    title = f"The doses under policy {policy['name'].replace('_', ' ')}"
    return [svg.Picture("doses", title, caption(policy), panels, 2, header, rows)]


def caption(policy: Mapping[str, Any]) -> str:
    """Return the rule, and what it cost the patients."""
    parts = [f"{policy['what'][:1].upper()}{policy['what'][1:]} ({policy['source']})."] if "what" in policy else []
    parts.append("Shares of the randomised by the dose prescribed on the last day of each month, mg of the salt.")
    stopped = [f"{words.number(share)} % on {arm}" for arm, share in policy["stopped_percent"].items()]
    parts.append(f"Stopped before the end for any reason: {words.listed(stopped)}.")
    if policy["left_intolerant_percent"]:
        left = [f"{words.number(share)} % on {arm}" for arm, share in policy["left_intolerant_percent"].items()]
        events = [f"{words.number(row['any'])} % on {arm}" for arm, row in policy["adverse_events_percent"].items()]
        parts.append(
            f"Left for an adverse event: {words.listed(left)}; had any: {words.listed(events)}. The placebo arm's "
            "tablets follow the same rules. Rates of events are the label's, in old people with dementia. Both arms "
            "lose as many as the published trial lost on placebo; what intolerance adds is simulated."
        )
    return " ".join(parts)


def _panel(arm: str, months: list[Mapping[str, float]], amounts: list[str], drawn: str) -> svg.Panel:
    figure, axes = svg.canvas((528, 64 + 34 * len(months)), left=70, right=20)
    most = max(_mg(dose) for dose in amounts) or 1.0
    rows = []
    for place, mix in enumerate(months):
        start = 0.0
        for dose in amounts:
            share = mix.get(dose, 0.0)
            gone = dose == STOPPED
            colour, alpha = (svg.MUTED, 0.25) if gone else (drawn, 0.2 + 0.65 * _mg(dose) / most)
            axes.barh(place, share, 0.62, start, color=colour, alpha=alpha, linewidth=0)
            if share >= 11.0:
                svg.mark(axes, (start + share / 2.0, place), _named(dose), svg.INK, "center")
            start += share
        parts = [f"{_named(dose)} {words.number(mix[dose])} %" for dose in amounts if dose in mix]
        rows.append(f"month {place + 1}: {', '.join(parts)}")
    axes.set_ylim(len(months) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    svg.label(axes, "patients, %", "")
    svg.grid(axes, xticks=6, rules="x")
    svg.ticks(axes, "y", np.arange(len(months)), [f"month {place + 1}" for place in range(len(months))])
    return svg.Panel(arm, svg.write(figure, f"Doses on {arm}. " + "; ".join(rows) + "."))


def _named(dose: str) -> str:
    return "stopped" if dose == STOPPED else dose


def _mg(dose: str) -> float:
    return float(dose.split()[0])
