"""Policies: which one a trial follows, what came of it, and policies side by side for the same patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.chain.scenario import Scenario
from leao.core.errors import ScenarioError
from leao.dosing import policies
from leao.dosing.policies import Rules
from leao.trial import as_tolerated
from leao.trial.designs import Design
from leao.trial.options import Titrated
from leao.trial.simulation import Setting

Array = NDArray[np.float64]
BY_DEFAULT = "titrated"  # the shipped policy whose dose goes both ways with tolerability and response
_PARALLEL = ("parallel", "titrated")
_EVENT, _LEFT = "adverse_", "left_intolerant"


def compare_policies(scenario: Scenario, policies: tuple[str, ...] = (), trials: int = 100) -> list[dict[str, Any]]:
    """Return one line per policy and arm: last doses, adverse events, who left for one, attacks, responders.

    Args:
        scenario: the trial; its own policy and dose do not count.
        policies: names, for example ``("fixed_10", "titrated")``; all that ship, by default.
        trials: simulated trials, the first of the scenario's ensemble.
    """
    from leao.chain import patients

    asked = patients.run_request(scenario, scenario.cortex.carry)
    return as_tolerated.compare(
        asked.design, asked.calibration, patients.Treatment(asked), asked.streams, range(trials), policies
    )


def chosen(scenario: Scenario) -> Rules | None:
    """Return the shipped policy that the scenario's trial follows; None where nobody changes a dose.

    Raises:
        ScenarioError: two policies at once, or a design whose doses are fixed.
    """
    asked, own = scenario.trial.design, scenario.policy
    if own is not None and asked.kind not in _PARALLEL:
        raise ScenarioError(
            f"arms.{scenario.active_arm}.policy: found {own.name!r} in design {asked.kind!r}, wanted none: its doses "
            "are fixed; leave the policy out, or write --set trial.design.kind=titrated"
        )
    if not isinstance(asked, Titrated):
        return own
    if own is not None and asked.policy not in (None, own.name):
        raise ScenarioError(
            f"trial.design.policy: found {asked.policy!r}, but arms.{scenario.active_arm}.policy {own.name!r}, wanted "
            "one policy; leave one out"
        )
    return own or policies.read(asked.policy or BY_DEFAULT)


def first_doses(rules: Rules, design: Design) -> Array:
    """Return the first prescription from the start of treatment, (day,), mg/day, as long as the whole diary."""
    amounts = as_tolerated.planned(rules, design)[design.start :]
    return np.pad(amounts, (0, design.days - amounts.size), mode="edge")


def answer(ask: Setting, rows: Mapping[str, NDArray]) -> dict[str, Any] | None:
    """Return what became of the doses: prescribed at the end of each month, adverse events, who left; None: fixed.

    Args:
        ask: the ensemble.
        rows: columns of patients.
    """
    if ask.policy is None:
        return None
    members = {arm: np.asarray(rows["arm"]) == place for place, arm in enumerate(ask.design.arms)}
    months = sorted((name for name in rows if name.startswith("dose_month_")), key=lambda name: int(name[11:]))
    events = [name for name in rows if name.startswith(_EVENT)]
    entries: dict[str, Any] = {"name": getattr(ask.policy, "__name__", "callable")}
    if isinstance(ask.policy, Rules):
        entries = ask.policy._asdict()
    is_shipped = _LEFT in rows
    return entries | {
        "dose_by_month_percent": {arm: [_mix(rows[name][own]) for name in months] for arm, own in members.items()},
        "adverse_events_percent": {
            arm: {name.removeprefix(_EVENT).replace("_", " "): _percent(rows[name][own]) for name in events}
            for arm, own in members.items()
        }
        if is_shipped
        else None,
        "left_intolerant_percent": {arm: _percent(rows[_LEFT][own]) for arm, own in members.items()}
        if is_shipped
        else None,
        "stopped_percent": {arm: _percent(rows["stopped"][own]) for arm, own in members.items()},
    }


def _mix(doses: NDArray) -> dict[str, float]:
    """Return the share of patients on each dose, per cent, the lowest dose first."""
    values, counts = np.unique(doses, return_counts=True)
    return {f"{dose:g} mg": float(100.0 * n / doses.size) for dose, n in zip(values, counts, strict=True)}


def _percent(flags: NDArray) -> float:
    return float(100.0 * np.mean(flags))
