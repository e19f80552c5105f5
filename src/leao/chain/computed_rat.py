"""What the link makes of the waves that rats lost at their own dose, looked at like a number of a ledger.

Neither the exposure of people nor a cortex of ours stands in it: the fall as measured, and kappa.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from leao.chain import quick, readings, verdict
from leao.chain.computed_trials import AT_LEAST_HALF, listed
from leao.chain.scenario import Scenario
from leao.chain.verdict_numbers import RAT
from leao.core.number_statement import entry
from leao.core.random import Streams


def number(scenario: Scenario) -> dict[str, Any]:
    """Return the fall of attacks at the rat's own dose, and the verdict on that dose if the fall were known."""
    drawn = quick.draw(scenario, quick.OVER_TRIALS)
    logs = readings.rat_logs(drawn.world, Streams(scenario.seed, scenario.name), quick.OVER_TRIALS)
    trials = quick.published(scenario, quick.OVER_TRIALS)[verdict.HEADLINE].draws
    rows = []
    for place in quick.OVER:
        log_ratio = float(np.quantile(logs, 1.0 - place))
        half = verdict.at_least_half(np.full(trials.shape, log_ratio), trials)
        rows.append({"quantile": place, "value": -100.0 * float(np.expm1(log_ratio)), "p_at_least_half": half})
    low, middle, high = (-100.0 * float(np.expm1(value)) for value in np.quantile(logs, (0.95, 0.5, 0.05)))
    stated = entry(RAT, "fewer attacks by the fall of waves at the rat's own dose", "%", middle) | {
        "where": "the fall of leao preventives' memantine, through the link: no exposure of people, no cortex in it",
        "uncertainty": {"dist": "90 % of the draws", "low": low, "high": high},
    }
    return {"number": stated, "over": rows, "plots": [AT_LEAST_HALF], "comes_from": listed(("headache.kappa",))}
