"""What covariates gain in simulated trials, in words and as a table, for page, screen and protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report import words

NAMES = {
    "run_in": "the endpoint in the run-in",
    "headache_days": "headache days of the baseline",
    "migraine_days": "migraine days of the baseline",
    "rescue_days": "days with rescue medicine of the baseline",
    "severity": "pain of the baseline's migraine days",
    "duration": "hours of the baseline's attacks",
}


def about(part: Mapping[str, Any]) -> str:
    """Return what is adjusted for, and how the gain is to be read."""
    names = words.listed([NAMES[name] for name in part["names"]])
    return (
        f"Estimators that adjust for the endpoint's own baseline adjust for {names}, too. Gain: the share of patients "
        "that these covariates are worth, (spread of the estimates without / with)^2 - 1 over the same trials; not "
        "for odds ratios, which covariates change as well."
    )


def table(part: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows: each estimator at the largest size, without and with the covariates."""
    header = ["estimator", "n", "spread without", "with", "worth, % of patients", "power without %", "with %"]
    several = len({row["comparison"] for row in part["gains"]}) > 1
    rows = []
    for row in part["gains"]:
        title = row["estimator"] + (f", {row['comparison']}" if several else "")
        spreads = [_number(row[key]) for key in ("spread_without", "spread_with")]
        worth = words.NO_DATA
        if row["gain_percent"] is not None:
            worth = f"{row['gain_percent']:+.0f}±{row['gain_percent_se']:.0f}"
        shares = [f"{100 * row[key]:.1f}±{100 * row[f'{key}_se']:.1f}" for key in ("power_without", "power_with")]
        rows.append([title, str(row["n_per_arm"]), *spreads, worth, *shares])
    return header, rows


def _number(value: float | None) -> str:
    return words.NO_DATA if value is None else words.number(value, places=3)
