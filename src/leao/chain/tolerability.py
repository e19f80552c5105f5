"""What patients did not tolerate, and how their dose followed it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leao.diary import labels
from leao.dosing.policies import Rules


def adverse_answer(own: pl.DataFrame) -> dict[str, float]:
    """Return the share of an arm's patients with any adverse event, with each kind, and who left for one, per cent."""
    names = ["adverse_any", *(f"adverse_{event.replace(' ', '_')}" for event in labels.simulated().events)]
    shares = {name.removeprefix("adverse_").replace("_", " "): _percent(own, name) for name in names}
    return shares | {"left for intolerance": _percent(own, "left_intolerant")}


def policy_answer(rules: Rules | None, arms: tuple[str, ...], rows: pl.DataFrame) -> dict[str, Any] | None:
    """Return ``policy`` of the summary: its rules, and the doses prescribed month by month; None without a policy."""
    if rules is None:
        return None
    months = sorted((name for name in rows.columns if name.startswith("dose_month_")), key=lambda n: int(n[11:]))
    by_arm = {arm: rows.filter(pl.col("arm") == place) for place, arm in enumerate(arms)}
    return rules._asdict() | {
        "dose_by_month_percent": {arm: [_mix(own, name) for name in months] for arm, own in by_arm.items()},
        "completed_percent": {arm: _percent(own, "completed") for arm, own in by_arm.items()},
    }


def _percent(own: pl.DataFrame, name: str) -> float:
    """Return the share of patients for whom the column is true, per cent."""
    return float(100.0 * own[name].to_numpy().mean()) if own.height else 0.0


def _mix(own: pl.DataFrame, name: str) -> dict[str, float]:
    """Return the share of patients on each dose, per cent, the lowest dose first."""
    doses, counts = np.unique(own[name].to_numpy(), return_counts=True)
    return {f"{dose:g} mg": float(100.0 * n / own.height) for dose, n in zip(doses, counts, strict=True)}
