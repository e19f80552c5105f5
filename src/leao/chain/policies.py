"""Policies: which one a trial follows, and what came of it."""

from __future__ import annotations

from typing import Any

from leao.chain import tolerability
from leao.chain.scenario import Scenario
from leao.core.chunks import Columns
from leao.core.errors import ScenarioError
from leao.dosing import policies as rules
from leao.dosing.policies import Rules
from leao.trial.options import Titrated
from leao.trial.simulation import Setting
from leao.trial.titration import LEFT

BY_DEFAULT = "titrated"  # the shipped policy whose dose goes both ways with tolerability and response
_PARALLEL = ("parallel", "titrated")


def chosen(scenario: Scenario) -> Rules | None:
    """Return the shipped policy that the scenario's trial follows; None where nobody changes a dose.

    Raises:
        ScenarioError: two policies at once, or a design whose doses are fixed.
    """
    asked, rule = scenario.trial.design, scenario.policy
    if rule is not None and asked.kind not in _PARALLEL:
        raise ScenarioError(
            f"arms.{scenario.active_arm}.policy: found {rule.name!r} in design {asked.kind!r}, wanted none: its doses "
            "are fixed; leave the policy out, or write --set trial.design.kind=titrated"
        )
    if not isinstance(asked, Titrated):
        return rule
    if rule is not None and asked.policy not in (None, rule.name):
        raise ScenarioError(
            f"trial.design.policy: found {asked.policy!r}, but arms.{scenario.active_arm}.policy {rule.name!r}, wanted "
            "one policy; leave one out"
        )
    return rule or rules.read(asked.policy or BY_DEFAULT)


def answer(ask: Setting, rows: Columns) -> dict[str, Any] | None:
    """Return what became of the doses: prescribed at the end of each month, adverse events, who left; None: fixed.

    Args:
        ask: the ensemble.
        rows: columns of patients.
    """
    if ask.policy is None:
        return None
    members = tolerability.by_arm(ask.design.arms, rows)
    entries: dict[str, Any] = {"name": getattr(ask.policy, "__name__", "callable")}
    events, left = None, None
    if isinstance(ask.policy, Rules):
        entries = ask.policy._asdict()
        events = {arm: tolerability.adverse_events(patients) for arm, patients in members.items()}
        left = {arm: tolerability.percent(patients[LEFT]) for arm, patients in members.items()}
    return entries | {
        "dose_by_month_percent": {arm: tolerability.doses_by_month(patients) for arm, patients in members.items()},
        "adverse_events_percent": events,
        "left_intolerant_percent": left,
        "stopped_percent": {arm: tolerability.percent(patients["stopped"]) for arm, patients in members.items()},
    }
