"""The chain's quick answer (``leao.chain.quick``) as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from leao.report import page, words
from leao.report.figures import svg, verdict

PRIORS = ("neutral", "sceptical")


def render(answer: Mapping[str, Any], held: str = "", hypotheses: Sequence[str] = ()) -> str:
    """Return the answer as the text of one HTML page.

    Args:
        answer: of ``leao.chain.quick.answer``.
        held: the numbers that the scenario holds fixed, in words.
        hypotheses: the names of those that are switched on.
    """
    shown, controls = itemgetter("name", "wanted", "found", "status"), []
    for preset, rows in answer["controls"].items():
        controls += [[preset, *shown(row)] for row in rows]
    return page.render(
        "quick.html.j2", answer=answer, held=held, hypotheses=", ".join(hypotheses), panels=panels(answer),
        stages=stages(answer), controls=controls,
    )  # fmt: skip


def panels(answer: Mapping[str, Any]) -> list[svg.Panel]:
    """Return the chain's draws beside those of the trials under each prior."""
    logs = {name: np.log(np.array(ratios)) for name, ratios in answer["densities"].items()}
    return [verdict.density(logs["mechanistic"], logs[name], name) for name in PRIORS if name in logs]


def stages(answer: Mapping[str, Any]) -> list[list[str]]:
    """Return the numbers of every box, in the order of the chain."""
    exposure, attacks = answer["exposure"], answer["headache"]
    rows = [
        ("tablet", "tablets taken", answer["regimen"]["share_taken_percent"], "%"),
        ("blood", "memantine in plasma", exposure["plasma_ng_per_mL"], "ng/mL"),
        ("brain", "free memantine", exposure["free_brain_uM"], "µM"),
        ("receptor", "NMDA current at rest blocked", answer["receptor"]["mixture_block_percent"], "%"),
        ("cortex", "threshold of a wave over no drug", answer["cortex"]["threshold_relative"], ""),
        ("attacks", "slope of the link", attacks["trigger_slope"], ""),
        ("attacks", "ratio of attack rates", attacks["rate_ratio"], ""),
        ("trial", "fewer attacks", answer["trial"]["fewer_attacks_percent"], "%"),
    ]
    return [[stage, name, _median(of), _range(of), unit] for stage, name, of, unit in rows]


def _digits(spread: Mapping[str, Any]) -> int:
    """Return enough digits to tell apart the ends of a narrow range: 0.9963 of 0.974 to 0.9994."""
    middle, low, high = words.parts(spread)
    near_one = all(words.known(value) for value in (middle, low, high)) and 0.9 < middle < 1.1
    return 4 if near_one else 3


def _median(spread: Mapping[str, Any]) -> str:
    return words.number(words.parts(spread).centre, _digits(spread))


def _range(spread: Mapping[str, Any]) -> str:
    _, low, high = words.parts(spread)
    return f"{words.number(low, _digits(spread))} to {words.number(high, _digits(spread))}"
