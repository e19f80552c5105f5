"""What the chain computed, looked at like a number of a ledger: where from, how sure, the verdict over its range.

A quantity of the chain is put through its own distribution: it is held at a value in every draw, and the stages behind
it are computed anew. What the trials and the controls say: ``leao.chain.computed_trials``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.chain import (
    computed_claims,
    computed_designs,
    computed_hypotheses,
    computed_rat,
    computed_results,
    computed_trials,
    pipeline,
    quick,
    read_outs,
    verdict,
)
from leao.chain.computed_trials import AT_LEAST_HALF, RATIO, listed
from leao.chain.scenario import Scenario
from leao.chain.verdict_numbers import RAT
from leao.core.number_statement import BY_LEAO, entry
from leao.cortex import block_to_threshold as cortex
from leao.dosing import adherence, regimen
from leao.evidence import claim_numbers
from leao.headache import attack_rate as headache

Array = NDArray[np.float64]


class Quantity(NamedTuple):
    """A quantity of the chain: its words, its value in each draw, what follows where it is held, what it comes from."""

    label: str
    unit: str
    values: Callable[[quick.Drawn], Array]
    held: Callable[[quick.Drawn, float], Array]  # the log ratio of attack rates in each draw
    comes_from: tuple[str, ...]


def number(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return what a number is and the verdict over its range: one that was computed, or one that the chain draws.

    Args:
        scenario: the question.
        name: ``chain.block_percent``, ``trials.rate_ratio``, ``trials.`` and the name of a trial, ``controls`` and
            their like; a result of ``computed_results``, ``computed_claims`` or ``computed_designs``; or a number
            that ``quick.verdict_over`` knows.

    Raises:
        ScenarioError: no such number.
    """
    if name in QUANTITIES:
        return _of_the_chain(scenario, name)
    if name == RAT:
        return computed_rat.number(scenario)
    if name.startswith(f"{claim_numbers.STAGE}."):
        return computed_claims.number(name)
    if computed_designs.known(name):
        return computed_designs.number(name)
    if computed_results.known(name):
        return computed_results.number(scenario, name)
    if computed_trials.known(name):
        return computed_trials.number(scenario, name)
    if name.startswith(f"{computed_hypotheses.STAGE}."):
        return computed_hypotheses.number(scenario, name)
    return quick.verdict_over(scenario, name) | {"plots": [RATIO, AT_LEAST_HALF], "comes_from": []}


def _share(drawn: quick.Drawn) -> Array:
    return adherence.mean_share(drawn.world.taking, regimen.share_taken(drawn.world.regimen))


def _if_taken(drawn: quick.Drawn, percent: float) -> Array:
    plasma = drawn.state["plasma_concentration"] * (percent / 100.0 / _share(drawn))[..., None]
    return _logs(drawn, pipeline.from_plasma(drawn.world, plasma))


def _if_plasma(drawn: quick.Drawn, value: float) -> Array:
    return _logs(drawn, pipeline.from_plasma(drawn.world, np.full_like(drawn.state["plasma_concentration"], value)))


def _if_free(drawn: quick.Drawn, value: float) -> Array:
    return _logs(drawn, pipeline.downstream(drawn.world, np.full_like(drawn.state["free_brain"], value)))


def _if_blocked(drawn: quick.Drawn, percent: float) -> Array:
    odds = np.full_like(drawn.state["block_odds"], percent / (100.0 - percent))
    return _if_wave(drawn, {"block_odds": odds} | cortex.run(drawn.world.cortex, odds))


def _if_threshold(drawn: quick.Drawn, value: float) -> Array:
    relative = np.full_like(drawn.state["threshold_relative"], value)
    return _if_wave(drawn, {"block_odds": drawn.state["block_odds"], "threshold_relative": relative})


def _if_wave(drawn: quick.Drawn, state: dict[str, Array]) -> Array:
    world = drawn.world
    fall = read_outs.log_fall(world.read_outs, world.cortex, world.read_out, state)
    return _logs(drawn, {"log_fall": fall} | headache.run(world.headache, fall))


def _logs(drawn: quick.Drawn, state: dict[str, Array]) -> Array:
    return pipeline.observed_log_ratio(drawn.world, state)


def _ratio(drawn: quick.Drawn) -> Array:
    return np.exp(_logs(drawn, drawn.state))


def _percent_blocked(drawn: quick.Drawn) -> Array:
    odds = drawn.state["block_odds"]
    return 100.0 * odds / (1.0 + odds)


_TAKING = ("dose", "adherence")
_LEVEL = ("dose", "adherence", "exposure.clearance", "urine_ph")
_BRAIN = (*_LEVEL, "exposure.free_brain_ratio")
_BLOCK = ("receptor.magnesium", "receptor.share_2C_2D", "receptor.magnesium_factor_2D", "chain.free_brain_uM")
_WAVE = ("receptor.share_2C_2D", "chain.block_percent")
_ATTACKS = ("link.slope", "headache.kappa", "chain.threshold_relative")
QUANTITIES = {
    "chain.share_taken_percent": Quantity(
        "share of tablets taken", "%", lambda drawn: 100.0 * _share(drawn), _if_taken, _TAKING
    ),
    "chain.plasma_ng_per_mL": Quantity(
        "memantine in plasma", "ng/mL", lambda drawn: drawn.state["plasma_concentration"], _if_plasma, _LEVEL
    ),
    "chain.free_brain_uM": Quantity(
        "free memantine in brain", "µM", lambda drawn: drawn.state["free_brain"], _if_free, _BRAIN
    ),
    "chain.block_percent": Quantity("NMDA current at rest blocked", "%", _percent_blocked, _if_blocked, _BLOCK),
    "chain.threshold_relative": Quantity(
        "threshold of a wave over that without drug",
        "",
        lambda drawn: drawn.state["threshold_relative"],
        _if_threshold,
        _WAVE,
    ),
    "chain.rate_ratio": Quantity(
        "ratio of attack rates, by way of the wave",
        "",
        _ratio,
        lambda drawn, value: np.full(_ratio(drawn).shape, np.log(value)),
        _ATTACKS,
    ),
    "chain.fewer_percent": Quantity(
        "fewer attacks, by way of the wave",
        "%",
        lambda drawn: 100.0 * (1.0 - _ratio(drawn)),
        lambda drawn, value: np.full(_ratio(drawn).shape, np.log1p(-value / 100.0)),
        (*_ATTACKS, "dose"),
    ),
}


def _of_the_chain(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return a quantity of the chain and the verdict where it is held, at places of its own distribution."""
    quantity, drawn = QUANTITIES[name], quick.draw(scenario, quick.OVER_TRIALS)
    trials = quick.published(scenario, quick.OVER_TRIALS)[verdict.HEADLINE].draws
    values = np.ravel(quantity.values(drawn))
    rows = []
    for place, value in zip(quick.OVER, np.quantile(values, quick.OVER).tolist(), strict=True):
        logs = quantity.held(drawn, value)
        half = verdict.at_least_half(logs, trials)
        ratio = verdict.distribution(np.exp(logs))
        rows.append({"quantile": place, "value": value, "rate_ratio": ratio, "p_at_least_half": half})
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    known = entry(name, quantity.label, quantity.unit, middle) | {
        "source": f"{BY_LEAO} (quick: {quick.OVER_TRIALS} draws, shipped maps)",
        "where": "from all that stands before it in the chain; each value below is held, what follows computed anew",
        "uncertainty": {"dist": "draws of the chain, 90 %", "low": low, "high": high},
    }
    plots = [AT_LEAST_HALF] if name in ("chain.rate_ratio", "chain.fewer_percent") else [RATIO, AT_LEAST_HALF]
    return {"number": known, "over": rows, "plots": plots, "comes_from": listed(quantity.comes_from)}
