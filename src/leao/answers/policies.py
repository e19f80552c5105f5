"""Policies side by side: the same patients with the same luck under each."""

from __future__ import annotations

from typing import Any

from leao.answers import patients
from leao.scenario import Scenario
from leao.trial import policy


def compare_policies(scenario: Scenario, policies: tuple[str, ...] = (), trials: int = 100) -> list[dict[str, Any]]:
    """Return one line per policy and arm: last doses, adverse events, who left for one, attacks, responders.

    Args:
        scenario: the trial; its own policy and dose do not count.
        policies: names, for example ``("fixed_10", "titrated")``; all that ship, by default.
        trials: simulated trials, the first of the scenario's ensemble.
    """
    asked = patients.prepare(scenario, scenario.cortex.carry)
    return policy.compare(
        asked.design, asked.calibration, patients.Treatment(asked), asked.streams, range(trials), policies
    )
