"""N-of-1: each patient's own effect in one trial, alone and drawn towards the others, with what was true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report import words
from leao.report.figures import svg

MOST = 40  # patients drawn
_OFF = 0.17  # of a row, between the two estimates


def draw(answer: Mapping[str, Any]) -> list[svg.Picture]:
    """Return the picture of the first trial's patients; nothing for other designs."""
    singles = answer["individuals"]
    if singles is None:
        return []
    title = "Each patient's own effect, alone and beside the others"
    patients = singles["patients"]
    known = [patient for patient in patients if patient["own"]["estimate"] is not None]
    if not known:
        return [svg.missing("individuals", title + ": nobody has a whole cycle")]
    shown = sorted(known, key=lambda patient: patient["own"]["estimate"])[:MOST]
    caption_result = caption(singles, len(shown), len(patients))
    return [svg.Picture("individuals", title, caption_result, [_panel(answer, shown)], 1, _HEADER, _rows(singles))]


def caption(singles: Mapping[str, Any], shown: int, of: int) -> str:
    """Return what the picture shows, and how often the intervals are right over the ensemble."""
    half, error = singles["half_width"], singles["error"]
    some = f"The {shown} largest effects of the {of} patients" if shown < of else f"The {of} patients"
    return (
        f"{some} of the first simulated trial. Blue-grey: the patient's own cycles alone (t interval, cut off "
        "where it is wider than the picture). Orange: drawn towards the others by a random-effects model. Black "
        "tick: what the drug does to this patient, all months lived with and without it. Over the ensemble intervals "
        f"hold the truth in {coverage(singles, 'own')} (alone) and {coverage(singles, 'shrunken')} (drawn) of "
        f"patients; half-widths {words.number(half['own'])} and {words.number(half['shrunken'])}, errors of the "
        f"estimates (root mean square) {words.number(error['own'])} and {words.number(error['shrunken'])}."
    )


def coverage(singles: Mapping[str, Any], kind: str) -> str:
    """Return the coverage of one kind of interval, per cent with its Monte Carlo error."""
    share, spread = singles["coverage"][kind], singles["coverage_se"][kind]
    return words.NO_DATA if share is None else f"{100 * share:.1f} ± {100 * spread:.1f} %"


_HEADER = ("patient", "cycles", "alone (95 %)", "drawn towards the others (95 %)", "true")


def _panel(answer: Mapping[str, Any], shown: list[Mapping[str, Any]]) -> svg.Panel:
    figure, axes = svg.canvas((1064, 70 + 24 * len(shown)), left=70, right=20)
    middle = [item[kind]["estimate"] for item in shown for kind in ("own", "shrunken")]
    ends = [item["shrunken"][end] for item in shown for end in ("low", "high")]
    truths = [item["truth"] for item in shown]
    values = [value for value in [*middle, *ends, *truths, 0.0] if value is not None]
    room = 0.15 * (max(values) - min(values) or 1.0)
    left, right = min(values) - room, max(values) + room
    axes.axvline(0, color=svg.MUTED, linewidth=0.8)
    for place, item in enumerate(shown):
        for kind, colour, shift in (("own", svg.CONTROL, -_OFF), ("shrunken", svg.DRUG, _OFF)):
            row = item[kind]
            if row["low"] is not None:
                axes.plot([max(row["low"], left), min(row["high"], right)], [place + shift] * 2, color=colour)
            if row["estimate"] is not None:
                axes.plot([row["estimate"]], [place + shift], "o", markersize=6, color=colour)
        if item["truth"] is not None:
            axes.plot([item["truth"]], [place], "|", markersize=13, color=svg.INK)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(left, right)
    name = said_of(answer)
    svg.label(axes, f"drug minus placebo, {name} per 28 days", "patient")
    svg.grid(axes, xticks=9, rules="x")
    svg.ticks(axes, "y", range(len(shown)), [str(item["patient"]) for item in shown])
    text = "; ".join(
        f"patient {item['patient']}: {words.number(item['own']['estimate'])} alone, "
        f"{words.number(item['shrunken']['estimate'])} drawn, true {words.number(item['truth'])}"
        for item in shown
    )
    return svg.Panel("", svg.write(figure, f"Drug minus placebo, {name} per 28 days. {text}."))


def said_of(answer: Mapping[str, Any]) -> str:
    """Return the endpoint in words."""
    return answer["individuals"]["endpoint"].replace("_", " ")


def _rows(singles: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            str(patient["patient"]),
            str(patient["cycles"]),
            words.spread(patient["own"])
            if patient["own"]["low"] is not None
            else words.number(patient["own"]["estimate"]),
            words.spread(patient["shrunken"]),
            words.number(patient["truth"]),
        ]
        for patient in singles["patients"]
    ]
