"""What a scenario asks of the chain."""

from leao.chain import pipeline
from leao.chain.scenario import Scenario


def chain(scenario: Scenario, presets: tuple[str, ...]) -> pipeline.ChainRequest:
    """Return what the scenario asks of the chain, the cortex drawn from ``presets``."""
    plan = pipeline.PlannedIntake.of(scenario.arms[scenario.active_arm])
    return pipeline.ChainRequest(plan, presets, scenario.switches, fixed=tuple(scenario.fixed.items()))
