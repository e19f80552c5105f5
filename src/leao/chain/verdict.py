"""The verdict: two answers side by side, and what would move the first.

Mechanistic: log rate ratio of attacks from stages 1 to 5, no number tuned to a memantine trial.
Empirical:   log rate ratio of attacks from the published trials, under each prior.

The share explained is mechanistic over empirical log rate ratio; it is formed only where the empirical 90 %
interval excludes no effect. The probability that the mechanism carries at least half is
P(log RR_mech <= log RR_emp / 2 and log RR_emp < 0): where the trials show harm there is nothing to carry.
A cortex preset carries a verdict only if all its positive controls passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HALF = 0.5
HEADLINE = "neutral"


class Evidence(NamedTuple):
    """What the trials say under one prior, on the log rate ratio."""

    draws: Array
    estimate: float
    interval_95: tuple[float, float]
    interval_90: tuple[float, float]


def distribution(values: Array) -> dict[str, float | None]:
    """Return median and 90 % range of a sample; None where that quantile is not finite."""
    low, middle, high = (finite(value) for value in np.quantile(values, [0.05, 0.5, 0.95], method="inverted_cdf"))
    return {"median": middle, "p05": low, "p95": high}


def finite(value: float) -> float | None:
    """Return the value as a float, None where it is infinite or missing."""
    return float(value) if np.isfinite(value) else None


def failed_controls(controls: Mapping[str, Sequence[Mapping[str, str]]]) -> list[str]:
    """Return ``preset: control (status)`` for every positive control that did not pass."""
    return [
        f"{preset}: {control['name']} ({control['status']})"
        for preset, rows in controls.items()
        for control in rows
        if control["status"] != "passed"
    ]


def judge(
    mechanistic: Array, by_preset: Mapping[str, Array], empirical: Mapping[str, Evidence], failed: list[str]
) -> dict[str, Any]:
    """Return the verdict of contract ``leao run``.

    Args:
        mechanistic: log rate ratios of attacks that the chain predicts, one per draw of its numbers.
        by_preset: the same for each cortex preset alone.
        empirical: what the trials say, by prior.
        failed: the carrying presets' controls that did not pass.
    """
    halves = {prior: at_least_half(mechanistic, said.draws) for prior, said in empirical.items()}
    shares = {prior: share(mechanistic, said) for prior, said in empirical.items()}
    head = shares[HEADLINE]
    return {
        "qualified": not failed,
        "failed_controls": failed,
        "mechanistic_rate_ratio": distribution(np.exp(mechanistic)),
        "mechanistic_by_preset": {preset: distribution(np.exp(log)) for preset, log in by_preset.items()},
        "empirical_rate_ratio": {prior: _ratio(said) for prior, said in empirical.items()},
        "p_at_least_half": halves[HEADLINE],
        "p_at_least_half_by_prior": halves,
        "share_explained": None if head is None else distribution(head),
        "share_explained_by_prior": {k: None if v is None else distribution(v) for k, v in shares.items()},
        "text": sentence(mechanistic, empirical[HEADLINE], halves[HEADLINE], failed),
    }


def at_least_half(mechanistic: Array, empirical: Array) -> float:
    """Return the probability that the mechanism carries at least half of an effect that is a benefit."""
    return float(np.mean((mechanistic <= HALF * empirical) & (empirical < 0.0)))


def share(mechanistic: Array, said: Evidence) -> Array | None:
    """Return mechanistic over empirical log rate ratio, or None where the 90 % interval includes no effect."""
    if said.interval_90[0] < 0.0 < said.interval_90[1]:
        return None
    return mechanistic / said.draws


def sentence(mechanistic: Array, said: Evidence, at_least_half: float, failed: list[str]) -> str:
    """Return the verdict in words, the qualification first."""
    percent = 100.0 * (1.0 - np.exp(np.quantile(mechanistic, [0.5, 0.05, 0.95])))
    seen = 100.0 * (1.0 - np.exp(said.estimate))
    numbers = (
        f"block of the channel at this dose lowers attacks by {percent[0]:.2g} % "
        f"(90 % range {percent[2]:.2g} to {percent[1]:.2g} %) where the trials show {seen:.0f} %; "
        f"the probability that it carries at least half of that is {_probability(at_least_half)}"
    )
    if failed:
        return f"Mechanism not qualified: {'; '.join(failed)}. The numbers, shown but not trusted: {numbers}."
    return f"Mechanism qualified: {numbers}."


def rank(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of ``moved`` by falling size of their swing."""
    return sorted(rows, key=lambda row: -abs(row["swing"]))


def _ratio(said: Evidence) -> dict[str, float]:
    low, high = said.interval_95
    return {"estimate": float(np.exp(said.estimate)), "low": float(np.exp(low)), "high": float(np.exp(high))}


def _probability(p: float) -> str:
    return "below 0.001" if p < 0.001 else "above 0.999" if p > 0.999 else f"{p:.3f}"
