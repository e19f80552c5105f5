"""What the scenario's own trial printed, each arm under the name that its role has in the scenario."""

from __future__ import annotations

from typing import Any

from leao.chain.scenario import PLACEBO, Scenario
from leao.core import ledger
from leao.evidence import published_trials as published


def _name_of_role(scenario: Scenario, treatment: str) -> str:
    return scenario.placebo_arm if treatment == PLACEBO else scenario.active_arm


def of(scenario: Scenario) -> dict[str, Any] | None:
    """Return what the scenario's own trial printed, each arm under the name that its role has in the scenario."""
    source = scenario.source
    if source not in published.names():
        return None
    trial = published.read(source)
    outcome = trial.find("attacks", "change")
    if outcome is None:
        return None
    printed = outcome.reported
    names = {arm.arm: _name_of_role(scenario, arm.treatment) for arm in trial.arms}
    baseline = ledger.read("trial").numbers["baseline_attacks"]
    return {
        "change_attacks_per_28d": {
            names[result.arm]: {"estimate": result.value, "low": result.low, "high": result.high}
            for result in outcome.results
        },
        "difference_attacks_per_28d": printed
        and {"estimate": printed.difference, "low": printed.low, "high": printed.high},
        "responders_50_percent": None,
        "baseline_attacks_per_28d": baseline.value if baseline.source == source else None,
        "source": source,
    }
