"""A group-sequential test in words, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.core.result import Result
from leao.report import page as pages
from leao.report import words
from leao.report.figures import svg
from leao.report.topic import Draw, Head, Topic

NAMES = {
    "obrien_fleming": "O'Brien-Fleming",
    "pocock": "Pocock",
    "kim_demets": "Kim-DeMets",
    "hwang_shih_decani": "Hwang-Shih-DeCani",
    "wang_tsiatis": "Wang-Tsiatis",
}


def named(function: str) -> str:
    """Return the name of a spending function or shape as it is written."""
    return NAMES.get(function, function.replace("_", " "))


def about(answer: Mapping[str, Any]) -> str:
    """Return the test in one line."""
    name = answer["spending"] or answer["boundary"]
    parts = [f"{'alpha spent by' if answer['spending'] else 'boundary of'} {named(name)}"]
    if answer["gamma"] is not None:
        parts[0] += f" ({'gamma' if answer['spending'] else 'delta'} {answer['gamma']:g})"
    if answer["futility"]:
        kind = "binding" if answer["binding"] else "not binding"
        gamma = "" if answer["futility_gamma"] is None else f" ({answer['futility_gamma']:g})"
        parts.append(f"futility {named(answer['futility'])}{gamma}, {kind}")
    sides = "one side" if answer["sides"] == 1 else "two sides"
    parts.append(f"alpha {answer['alpha']:g}, {sides}, power {100 * answer['power']:g} %")
    return "; ".join(parts)


def table(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the looks."""
    futile = any(row["lower_z"] is not None for row in answer["looks"])
    sized = answer["n_per_arm"] is not None
    by_events = answer["looks"][0]["events"] is not None
    lower = ["futile below z" if answer["sides"] == 1 else "harm below z"] * futile
    header = ["look", "info", *["events"] * by_events, *["n/arm"] * sized, "success z", "p", *lower]
    header += ["alpha", "power %", "stops %", "no effect %"]
    rows = []
    for row in answer["looks"]:
        cells = [str(row["look"]), f"{row['information']:.3f}"]
        cells += [f"{row['events']:.3f}"] if by_events else []
        cells += [str(row["n_per_arm"])] if sized else []
        p = "" if row["nominal_p"] is None else f"{row['nominal_p']:.5f}"
        cells += [_bound(row["upper_z"]), p, *([_z(row["lower_z"])] if futile else [])]
        cells += [f"{row['alpha_spent']:.5f}", f"{100 * row['power']:.1f}", f"{row['stop_percent']:.1f}"]
        rows.append([*cells, f"{row['stop_percent_null']:.1f}"])
    return header, rows


def sizes(answer: Mapping[str, Any]) -> str:
    """Return what the looks cost and save."""
    expected = answer["expected_size"]
    text = (
        f"size over that of a trial without looks: at most {answer['inflation']:.4f}, on average "
        f"{expected['effect']:.4f} with the effect, {expected['half_effect']:.4f} with half of it, "
        f"{expected['no_effect']:.4f} without"
    )
    if answer["fixed_n_per_arm"] is not None:
        text += f"; {answer['fixed_n_per_arm']} per arm without looks, {answer['n_per_arm']} at most with them"
    return f"{text}. Alpha and power: so far; stops: share of trials that end at this look, with and without the effect"


def picture(answer: Mapping[str, Any]) -> svg.Picture:
    """Return the boundaries over the information."""
    with svg.styled():
        figure, axes = svg.canvas(svg.LONE, right=104)
        looks = answer["looks"]
        at = [row["information"] for row in looks]
        bounds = [(row["information"], min(row["upper_z"], _TOP)) for row in looks if row["upper_z"] is not None]
        axes.plot(*zip(*bounds, strict=True), "-o", color=svg.DRUG, markersize=5)
        svg.mark(axes, bounds[-1], "success above", svg.DRUG)
        lower = [(row["information"], row["lower_z"]) for row in looks if row["lower_z"] is not None]
        if lower:
            side = 1.0 if answer["sides"] == 1 else -1.0
            ends = [*lower, *((where, side * z) for where, z in bounds if where == at[-1])]
            axes.plot(*zip(*ends, strict=True), "-o", color=svg.CONTROL, markersize=5)
            name = "futile below" if answer["sides"] == 1 else "harm below"
            svg.mark(axes, (lower[0][0], lower[0][1] + _ABOVE), name, svg.CONTROL, "center")
        axes.axhline(0.0, color=svg.MUTED, linewidth=0.8)
        axes.set_xlim(0.0, max(1.0, at[-1]) * 1.02)
        low = min([0.0, *(z for _, z in lower)])
        axes.set_ylim(low - 0.4, max(z for _, z in bounds) + 0.4)
        svg.label(axes, "information, share of what was planned", "statistic z")
        svg.grid(axes)
        said = ", ".join(f"look {row['look']} {_bound(row['upper_z'])}" for row in looks)
        panel = svg.Panel("", svg.write(figure, f"Bounds of success: {said}."))
    caption = f"{about(answer)[0].upper()}{about(answer)[1:]}."
    return svg.Picture("boundaries", "At which statistic the trial stops", caption, [panel], 1, *table(answer))


def about_trials(part: Mapping[str, Any]) -> str:
    """Return the looks at simulated trials in one line."""
    bounds = ", ".join(_bound(row["upper_z"]) for row in part["looks"])
    futile = "" if part["futility"] is None else f", futile below {part['futility']}"
    name = named(part["spending"]) + ("" if part["gamma"] is None else f" ({part['gamma']:g})")
    sizes = ", ".join(str(n) for n in part["n_per_arm"])
    return (
        f"Looks at {sizes} per group, each followed to the end: alpha {part['alpha']:g} of one side spent by {name}; "
        f"success above z {bounds}{futile}."
    )


def trials_table(part: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of what every estimator makes of the looks."""
    header = ["looks", "power %", "type I %", "mean n", "mean n, no effect", "stops at each look %"]
    rows = []
    for name, by_label in part["estimators"].items():
        for label, row in by_label.items():
            title = name if len(by_label) == 1 else f"{name}, {label}"
            shares = [f"{100 * row[key]:.1f}±{100 * row[f'{key}_se']:.1f}" for key in ("power", "type_1_error")]
            stops = ", ".join(f"{share:.0f}" for share in row["stop_percent"])
            rows.append([title, *shares, f"{row['mean_n_per_arm']:.1f}", f"{row['mean_n_per_arm_null']:.1f}", stops])
    return header, rows


_ABOVE = 0.16  # of a line, for its label
_TOP = 8.0  # a z beyond which a look hardly stops, drawn at the edge


def _bound(value: float | None) -> str:
    return "none" if value is None else _z(value)


def _z(value: float | None) -> str:
    return "" if value is None else words.number(value, places=4)


def _head(result: Result[Any]) -> Head:
    return Head("Group-sequential boundaries", result.summary["text"], (about(result.summary), sizes(result.summary)))


def _pictures(result: Result[Any]) -> Mapping[str, Draw]:
    return {"boundaries": lambda: picture(result.summary)}


def _page(result: Result[Any]) -> str:
    drawn = picture(result.summary)
    return pages.render("picture.html.j2", head=_head(result), kicker="trial boundaries", picture=drawn)


TOPICS = {"boundaries": Topic(_head, _page, _pictures)}
