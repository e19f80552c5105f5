"""What a scenario asks of the chain."""

from leao import pipeline
from leao.scenario import Scenario


def chain(scenario: Scenario, presets: tuple[str, ...]) -> pipeline.Asked:
    """Return what the scenario asks of the chain, the cortex drawn from ``presets``."""
    return pipeline.Asked(pipeline.Plan.of(scenario.arms[scenario.active_arm]), presets, scenario.switches)
