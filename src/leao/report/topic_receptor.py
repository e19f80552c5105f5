"""How the report tells the results of receptors."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import receptor, words
from leao.report.figures import channel
from leao.report.topic import Head, Topic


def _curve_head(result: Result[Any]) -> Head:
    answer = result.summary
    half = words.spread({**answer["ic50_uM_interval"], "median": answer["ic50_uM"]}, "µM")
    hill = words.spread({**answer["hill_interval"], "median": answer["hill"]})
    on, off = (
        words.spread({**answer[f"{name}_interval"], "median": answer[name]})
        for name in ("on_rate_per_uM_s", "off_rate_per_s")
    )
    tiles = (("Hill slope", hill, ""), ("on rate", on, "/µM/s"), ("off rate", off, "/s"))
    return Head(_receptor_title(answer), f"Half of the current is blocked at {half}.", (), tiles)


def _pulse_head(result: Result[Any]) -> Head:
    answer = result.summary
    share = words.spread({**answer["charge_blocked_percent_interval"], "median": answer["charge_blocked_percent"]}, "%")
    sentence = f"{answer['concentration_uM']:g} µM blocks {share} of the charge in the {answer['protocol']} protocol."
    return Head(_receptor_title(answer), sentence)


def _receptor_title(answer: Any) -> str:
    return f"{answer['compound']} on GluN{answer['subtype']}, {answer['magnesium_mM']:g} mM Mg²⁺"


TOPICS = {
    "curve": Topic(_curve_head, None, lambda result: {"curve": lambda: channel.curve(result.summary)}),
    "pulse": Topic(
        _pulse_head,
        None,
        lambda result: {"current": lambda: receptor.current_picture(result.summary, *result.basis)},
    ),
}
