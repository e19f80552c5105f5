"""An N-of-1 trial in words, as tables, as a picture and as its closing page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from leao.core.result import Result
from leao.report import page as pages
from leao.report import words
from leao.report.figures import svg
from leao.report.topic import Head, Topic

TITLES = {
    "helps": "The drug helps this patient",
    "harms": "The patient does worse on the drug",
    "not_shown": "No difference was shown",
    "not_judged": "Not judged",
}
Table = tuple[list[str], list[list[str]]]
_LEAST = 1e-4  # p-values below are not written out


def outcome(answer: Mapping[str, Any]) -> str:
    """Return the outcome in words."""
    return answer["outcome"].replace("_", " ")


def calendar(answer: Mapping[str, Any]) -> Table:
    """Return header and rows of the boxes."""
    rows = [[str(box["box"]), box["first"], box["counted_from"], box["last"]] for box in answer["boxes"]]
    return ["box", "first day", "counted from", "last day"], rows


def filled(answer: Mapping[str, Any]) -> Table:
    """Return header and rows of the counted days, blind."""
    rows = [
        [
            str(box["box"]), box["first"], box["last"], "yes" if box["ended"] else "not yet", str(box["recorded"]),
            "not recorded" if box["capsules_not_taken"] is None else str(box["capsules_not_taken"]),
        ]
        for box in answer["boxes"]
    ]  # fmt: skip
    return ["box", "counted from", "last day", "over", "days recorded", "capsule not taken"], rows


def cycles(answer: Mapping[str, Any]) -> Table:
    """Return header and rows of the cycles, unblinded."""
    rows = [
        [str(row["cycle"]), row["order"], *(_figure(row[key]) for key in ("placebo", "drug", "difference"))]
        for row in answer["cycles"]
    ]
    return ["cycle", "order", "placebo", "drug", "drug less placebo"], rows


def basis(answer: Mapping[str, Any]) -> list[str]:
    """Return how the verdict was reached."""
    lines = [f"{answer['whole_cycles']} of {answer['planned_cycles']} cycles whole; per 28 recorded days."]
    if answer["p_one_sided"] is not None:
        lines.append(
            f"One-sided p {_small(answer['p_one_sided'])}, {answer['degrees_of_freedom']:.0f} degrees of freedom; "
            f"alone, by a paired t of these cycles: {words.spread(answer['difference_alone'])}."
        )
    if answer["looks"]:
        made = "; ".join(
            f"look {look['look']} at {look['whole_cycles']} cycles, bound p {look['nominal_p']:.4f}"
            f"{', stopped' if look['stopped'] else ''}"
            for look in answer["looks"]
        )
        lines.append(f"{made}. Over all looks {100 * answer['alpha_one_sided']:g} % of error on either side.")
    if answer["side_effect_days"] is not None:
        days = answer["side_effect_days"]
        lines.append(f"Days with a side effect written down: {days['placebo']} on placebo, {days['drug']} on the drug.")
    return lines


def _small(p: float) -> str:
    """Return a p-value, never as nothing."""
    return f"{p:.4f}" if p >= _LEAST else "below 0.0001"


def picture(answer: Mapping[str, Any]) -> svg.Picture:
    """Return the boxes over time, with what each held and the days per 28 recorded."""
    with svg.styled():
        figure, axes = svg.canvas(svg.LONE)
        start = date.fromisoformat(answer["boxes"][0]["first"])
        top, said, labelled = 0.0, [], set()
        for box, content in zip(answer["boxes"], answer["contents"], strict=True):
            if not box["ended"] or not box["recorded"]:
                continue
            days = [(date.fromisoformat(box[end]) - start).days for end in ("first", "last")]
            rate = 28.0 * box["days"] / box["recorded"]
            colour = svg.DRUG if content == "drug" else svg.CONTROL
            axes.fill_between([days[0], days[1] + 1], 0.0, rate, color=colour, alpha=0.75, linewidth=0)
            if content not in labelled:  # the first of each; the colour says the others
                svg.mark(axes, (0.5 * (days[0] + days[1]), rate + 0.9), content, colour, "center")
            labelled.add(content)
            top = max(top, rate)
            said.append(f"box {box['box']}, {content}, {words.number(rate)}")
        whole = (date.fromisoformat(answer["boxes"][-1]["last"]) - start).days + 1
        axes.set_xlim(-4, whole + 4)
        axes.set_ylim(0.0, 1.18 * max(top, 1.0) + 0.6)
        svg.label(axes, "day since the first counted one", f"{outcome(answer)} per 28")
        svg.grid(axes)
        panel = svg.Panel("", svg.write(figure, f"{outcome(answer)} per 28 recorded days: {'; '.join(said)}."))
    caption = f"Counted windows of each box: {outcome(answer)} per 28 recorded days. Orange: the drug; grey: placebo."
    return svg.Picture("cycles", "Box by box", caption, [panel], 1, *cycles(answer))


def _figure(value: float | None) -> str:
    return words.NO_DATA if value is None else words.number(value, places=1)


def _started(result: Result[Any]) -> Head:
    answer = result.summary
    return Head(f"N-of-1 of {answer['drug']}, {answer['dose']}", answer["text"], tuple(answer["ask_first"]))


def _looked(result: Result[Any]) -> Head:
    return Head("A look at an N-of-1 trial", result.summary["text"], tuple(result.summary["problems"]))


def _closed(result: Result[Any]) -> Head:
    answer = result.summary
    return Head(TITLES[answer["verdict"]], answer["text"], (*basis(answer), *answer["problems"]))


def _page(result: Result[Any]) -> str:
    answer = result.summary
    return pages.render(
        "n_of_1.html.j2", answer=answer, title=TITLES[answer["verdict"]], basis=basis(answer), cycles=cycles(answer),
        boxes=filled(answer), picture=picture(answer), outcome=outcome(answer),
    )  # fmt: skip


TOPICS = {
    "n_of_1_start": Topic(_started),
    "n_of_1_look": Topic(_looked),
    "n_of_1_close": Topic(_closed, _page, lambda result: {"cycles": lambda: picture(result.summary)}),
}
