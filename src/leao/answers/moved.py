"""Answer 7: which numbers moved the verdict, each over its own uncertainty, the others at their medians."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao import pipeline
from leao.scenario import Scenario
from leao.trial.verdict import HEADLINE, Evidence, rank

Array = NDArray[np.float64]

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
OWN = {
    "cortex.parameter_set": ("derived", "leao2026", "which of the cortex's parameter sets"),
    "cortex.stimulus": ("assumed", "assumed", "whether attacks are set off by K+ or by a current-like pulse"),
}


def moved(scenario: Scenario, presets: tuple[str, ...], empirical: dict[str, Evidence]) -> list[dict[str, Any]]:
    """Return the numbers by falling swing of the share explained, in percentage points.

    Row k of a small ensemble holds number k at its 5th percentile, the next row at its 95th; the trials' own
    uncertainty is a number like the others.
    """
    names = [*pipeline.uncertain_numbers(), *OWN]
    logs = _one_at_a_time(scenario, presets, names)
    said = empirical[HEADLINE]
    middle = said.estimate
    rows = [_row(name, *(100.0 * logs[2 * k : 2 * k + 2] / middle)) for k, name in enumerate(names)]
    low, high = np.quantile(said.draws, [LOW, HIGH])
    rows.append(_row("evidence.rate_ratio", 100.0 * logs[-1] / low, 100.0 * logs[-1] / high))
    return rank(rows)


def _one_at_a_time(scenario: Scenario, presets: tuple[str, ...], names: list[str]) -> Array:
    rows = 2 * len(names) + 1

    def uniform(name: str) -> Array:
        u = np.full((rows, 1), MIDDLE)
        k = names.index(name)
        u[2 * k], u[2 * k + 1] = LOW, HIGH
        return u

    drawn = pipeline.world(uniform, presets)
    dose = scenario.arms[scenario.active_arm].dose_mg
    return pipeline.observed_log_ratio(drawn, pipeline.steady_state(drawn, dose))


def _row(name: str, low: float, high: float) -> dict[str, Any]:
    if name in OWN:
        tier, source, label = OWN[name]
    elif name == "evidence.rate_ratio":
        tier, source, label = "derived", "noruzzadeh2016, shanmugam2019", "the trials' own rate ratio"
    else:
        number = pipeline.uncertain_numbers()[name]
        tier, source, label = number.tier, number.source, name.partition(".")[2].replace("_", " ")
    return {
        "number": name,
        "swing": float(high - low),
        "low": float(low),
        "high": float(high),
        "tier": tier,
        "source": source,
        "label": label,
    }
