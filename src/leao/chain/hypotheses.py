"""What each hypothesis beyond plain block would change, all else as drawn: block, threshold and rate of attacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline, verdict
from leao.chain.answer_exposure import Steady, people
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario
from leao.core.random import Streams
from leao.core.runs import Fields
from leao.dosing.schedule import preset
from leao.receptor import hypotheses

PLAIN, ALL = "plain", "all"
OWN = {
    PLAIN: "block of the pore alone, no hypothesis: acute, the receptors that are there before treatment",
    ALL: "all that make the drug stronger at once, occupancy by plasma; where every receptor bears GluN2C or 2D, Ca2+ "
    "has no GluN2A to act on",
}
ACUTE = "acute"
DRAWN = {
    "hypothesis_block": "block_percent",
    "hypothesis_threshold": "threshold_relative",
    "hypothesis_rate_ratio": "mechanistic_rate_ratio",
}


def answer(scenario: Scenario, streams: Streams, steady: Steady, evidence: verdict.Evidence) -> list[dict[str, Any]]:
    """Return ``hypotheses`` of the summary: plain block, each hypothesis alone and all at once.

    Worlds, people and plasma levels are those of the run; only what the hypothesis says is changed.
    """
    plasma = steady.state["plasma_concentration"]
    trials = range(plasma.shape[0])
    request = chain(scenario, steady.world.cortex.presets)
    plain = people(streams, trials, request._replace(switches=())) if request.switches else steady.world
    sizes = pipeline.drawn_sizes(streams, trials)
    known = tuple(hypotheses.HYPOTHESES)
    rows = []
    stronger = tuple(name for name in known if name not in hypotheses.WEAKER)
    for name, switches in ((PLAIN, ()), *((name, (name,)) for name in known), (ALL, stronger)):
        world = pipeline.assume(plain, sizes, switches)
        state = pipeline.from_plasma(world, plasma)
        entry = hypotheses.HYPOTHESES.get(name)
        rows.append(
            {
                "name": name,
                "what": OWN[name] if entry is None else entry.what,
                "source": None if entry is None else entry.source,
                "regimen": _regimen(name, entry),
                "on": set(switches) == set(request.switches) if entry is None else name in request.switches,
                "sizes": [_size(number) for number in hypotheses.numbers(*switches)],
                **_bands(world, state, evidence),
            }
        )
    return rows


def fields(rows: list[dict[str, Any]]) -> Fields:
    """Return the consequences as arrays for drawing: (quantile, hypothesis)."""
    quantiles = ("p05", "median", "p95")
    shown = {name: [[row[key][q] for row in rows] for q in quantiles] for name, key in DRAWN.items()}
    return {
        **{name: (("quantile", "hypothesis"), np.array(values, dtype=float)) for name, values in shown.items()},
        "quantile": (("quantile",), np.array([0.05, 0.5, 0.95])),
        "hypothesis": (("hypothesis",), np.array([row["name"] for row in rows])),
    }


def cited(scenario: Scenario) -> set[str]:
    """Return the sources of the hypotheses and of the schedule."""
    chosen = scenario.arms[scenario.active_arm].preset
    return {known.source for known in hypotheses.HYPOTHESES.values()} | ({preset(chosen).source} if chosen else set())


def _bands(
    world: pipeline.ParameterDraw, state: dict[str, NDArray[np.float64]], evidence: verdict.Evidence
) -> dict[str, Any]:
    odds, logs = state["block_odds"], pipeline.observed_log_ratio(world, state)
    return {
        "block_percent": verdict.distribution(100.0 * odds / (1.0 + odds)),
        "threshold_relative": verdict.distribution(state["threshold_relative"]),
        "mechanistic_rate_ratio": verdict.distribution(np.exp(logs)),
        "p_at_least_half": verdict.at_least_half(logs, evidence.draws),
    }


def _regimen(name: str, entry: hypotheses.Hypothesis | None) -> str | None:
    """Return whether the row stands for acute or for chronic treatment; None where it says nothing of it."""
    if entry is None:
        return ACUTE if name == PLAIN else None
    return entry.regimen


def _size(number: Any) -> dict[str, Any]:
    return {key: getattr(number, key) for key in ("name", "value", "unit", "tier", "source", "uncertainty", "note")}
