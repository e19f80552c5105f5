"""Policies side by side, for the same patients."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from leao.chain import effects, power_answer, tolerability
from leao.chain.scenario import Scenario
from leao.core.chunks import Columns
from leao.dosing import policies as rules
from leao.trial import completers, titration
from leao.trial.simulation import simulate_diaries
from leao.trial.titration import ADVERSE, LEFT

REPORTED = ("end_attacks", "change_attacks", "responders")


def compare_policies(scenario: Scenario, policies: tuple[str, ...] = (), trials: int = 100) -> list[dict[str, Any]]:
    """Return one line per policy and arm: last doses, adverse events, who left for one, attacks, responders.

    The same patients by the same random numbers under each policy; under every policy both arms lose as many patients
    otherwise as the control.

    Args:
        scenario: the trial; its own policy and dose do not count.
        policies: names, for example ``("fixed_10", "titrated")``; all that ship, by default.
        trials: simulated trials, the first of the scenario's ensemble.
    """
    ask = power_answer.ensemble(scenario, power_answer.PowerRequest())
    design = titration.without_published_dropout(ask.design)
    at_once = cast(effects.Mechanistic, ask.effect)._replace(intakes=effects.at_once(design))
    table = []
    for name in policies or rules.names():
        setting = ask._replace(design=design, effect=at_once, policy=rules.read(name))
        simulated = simulate_diaries(setting, range(trials))
        columns, estimates = completers.analyse(setting, simulated)
        columns["dose_end"] = simulated.dosed.prescribed.dense()[..., -1].ravel()
        table += [
            _line(name, arm, rows, {key: values[:, place] for key, values in estimates.items() if key in REPORTED})
            for place, (arm, rows) in enumerate(tolerability.by_arm(design.arms, columns).items())
        ]
    return table


def _line(policy: str, arm: str, rows: Columns, estimates: Columns) -> dict[str, Any]:
    return {
        "policy": policy,
        "arm": arm,
        "dose_end_percent": tolerability.mix(rows["dose_end"]),
        "any_adverse_event_percent": tolerability.percent(rows[f"{ADVERSE}any"]),
        "left_intolerant_percent": tolerability.percent(rows[LEFT]),
        "completed_percent": tolerability.percent(rows["completed"]),
        "attacks_per_28d": float(np.nanmean(estimates["end_attacks"])),
        "change_attacks_per_28d": float(np.nanmean(estimates["change_attacks"])),
        "responders_50_percent": float(100.0 * np.nanmean(estimates["responders"])),
    }
