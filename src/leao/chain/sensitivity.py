"""Answer 7: which numbers moved the verdict, each over its own uncertainty, the others at their medians."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.chain import pipeline
from leao.chain.link_chain import chain
from leao.chain.scenario import Scenario
from leao.chain.verdict import HEADLINE, Evidence, rank
from leao.core import ledger
from leao.core.units import DAYS_PER_WEEK
from leao.receptor import hypotheses

Array = NDArray[np.float64]

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
EMPIRICAL = "evidence.rate_ratio"
OWN = {
    "cortex.parameter_set": ("fitted", "leao2026"),
    "cortex.read_out": ("assumed", "assumed"),
    "cortex.count_error": ("derived", "leao2026"),
    EMPIRICAL: ("derived", "noruzzadeh2016, shanmugam2019"),
}
LABELS = {
    "cortex.parameter_set": "which of the cortex's parameter sets",
    "cortex.read_out": "which read-out of the cortex: thresholds or counts",
    "cortex.count_error": "error of the counts under KCl: lines and grids",
    EMPIRICAL: "the trials' own rate ratio",
    "regimen.adherence": "share of tablets that are taken",
    "headache.kappa": "attacks prevented per fall of wave counts",
    "headache.kappa_wave": "wave-borne attacks prevented per fall of wave counts (single attacks only)",
    "headache.wave_share": "share of attacks that start with a wave (single attacks only)",
    "read_outs.count_slope": "fall of wave counts per rise of the KCl threshold",
    "read_outs.electrical_slope": "fall of wave counts per rise of the electrical threshold",
    "compound.potency": "potency of memantine, all subtypes together",
    "compound.electrical_distance": "voltage dependence of block",
    "exposure.bioavailability": "level of whole studies: assay, salt or base, formulation",
    "exposure.clearance": "clearance in healthy adults",
    "exposure.free_brain_ratio": "free level in brain over plasma",
    "exposure.absorption_rate": "absorption rate",
    "exposure.volume_per_weight": "volume of distribution",
    "receptor.magnesium": "Mg2+ around neurons",
    "receptor.share_2C_2D": "share of GluN2C and 2D in the current",
    "headache.saturation": "attacks prevented per onset prevented",
    "taking.missed_streak": "mean run of missed days",
    "renal.renal_clearance_acid": "renal clearance in acid urine",
    "renal.renal_clearance_alkaline": "renal clearance in alkaline urine",
    "renal.unchanged_share": "share unchanged in urine",
    "renal.secretion_exponent": "fall of secretion with the kidneys",
    "renal.nonrenal_exponent": "fall of non-renal clearance with the kidneys",
    "hypotheses.occupancy_free": "block as measured in rats, the level read as free drug",
    "hypotheses.occupancy_plasma": "block as measured in rats, the level read as total plasma",
    "hypotheses.chronic_receptors": "receptors after weeks of treatment over those before",
    "hypotheses.calcium_entry": "entry to Ca2+-dependent desensitisation",
    "hypotheses.calcium_recovery": "recovery of the blocked from Ca2+-dependent desensitisation",
    "exposure.weight": "body weight of the patients",
    "exposure.allometric_exponent": "exponent of clearance on weight",
    "receptor.magnesium_factor_2C": "how much weaker Mg2+ binds GluN2C",
    "receptor.magnesium_factor_2D": "how much weaker Mg2+ binds GluN2D",
    "receptor.share_2A_of_2A_2B": "GluN2A among 2A and 2B",
    "receptor.share_2C_of_2C_2D": "GluN2C among 2C and 2D",
}


def moved(scenario: Scenario, presets: tuple[str, ...], empirical: dict[str, Evidence]) -> list[dict[str, Any]]:
    """Return the numbers by falling swing of the share explained, in percentage points.

    Row k of a small ensemble holds number k at its 5th percentile, the next row at its 95th; the trials' own
    uncertainty is a number like the others. A read-out has no median; its ends are the first and last of those mixed.
    """
    numbers = uncertain_numbers(scenario)
    names = [*numbers, "cortex.parameter_set", "cortex.read_out", "cortex.count_error"]
    logs = _one_at_a_time(scenario, presets, names)
    evidence = empirical[HEADLINE]
    middle = evidence.estimate
    rows = [_row(name, numbers.get(name), *(100.0 * logs[2 * k : 2 * k + 2] / middle)) for k, name in enumerate(names)]
    low, high = np.quantile(evidence.draws, [LOW, HIGH])
    rows.append(_row(EMPIRICAL, None, 100.0 * logs[-1] / low, 100.0 * logs[-1] / high))
    return rank(rows)


def _one_at_a_time(scenario: Scenario, presets: tuple[str, ...], names: list[str]) -> Array:
    rows = 2 * len(names) + 1

    def uniform(name: str) -> Array:
        u = np.full((rows, 1), MIDDLE)
        if name in names:
            k = names.index(name)
            u[2 * k], u[2 * k + 1] = LOW, HIGH
        return u

    request = chain(scenario, presets)
    drawn = pipeline.world(uniform, request)
    days = DAYS_PER_WEEK * scenario.trial.weeks
    return pipeline.observed_log_ratio(drawn, pipeline.month_end(drawn, request.plan, days))


def uncertain_numbers(scenario: Scenario) -> dict[str, ledger.Number]:
    """Return every number that is drawn, by its name in the world; no hypothesis that is off, none that is held."""
    sizes = [number for number in hypotheses.numbers(*scenario.switches) if number.uncertainty is not None]
    drawn = pipeline.uncertain_numbers() | {f"hypotheses.{number.name}": number for number in sizes}
    return {name: number for name, number in drawn.items() if name not in scenario.fixed}


def _row(name: str, number: ledger.Number | None, low: float, high: float) -> dict[str, Any]:
    if number is None:
        place, (tier, source) = name, OWN[name]
    else:
        tier, source, place = number.tier, number.source, f"{number.ledger}.{number.name}"
    return {
        "number": place,
        "swing": float(high - low),
        "low": float(low),
        "high": float(high),
        "tier": tier,
        "source": source,
        "label": LABELS.get(name, name.partition(".")[2].replace("_", " ")),
    }
