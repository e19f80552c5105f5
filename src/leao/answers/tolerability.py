"""What patients did not tolerate, and how their dose followed it."""

from __future__ import annotations

from typing import Any

import polars as pl

from leao.stages.diary import labels
from leao.trial.policies import Rules


def adverse_answer(own: pl.DataFrame) -> dict[str, float]:
    """Return the share of an arm's patients with any adverse event, with each kind, and who left for one, per cent."""
    names = ["adverse_any", *(f"adverse_{event.replace(' ', '_')}" for event in labels.simulated().events)]
    shares = {
        name.removeprefix("adverse_").replace("_", " "): _percent(own[name]) for name in names
    }
    return shares | {"left for intolerance": _percent(own["left_intolerant"])}


def policy_answer(rules: Rules | None, arms: tuple[str, ...], rows: pl.DataFrame) -> dict[str, Any] | None:
    """Return ``policy`` of the summary: its rules, and the doses prescribed month by month; None without a policy."""
    if rules is None:
        return None
    months = sorted((name for name in rows.columns if name.startswith("dose_month_")), key=lambda n: int(n[11:]))
    doses = {}
    for place, arm in enumerate(arms):
        own = rows.filter(pl.col("arm") == place)
        doses[arm] = [
            {f"{dose:g} mg": float(100.0 * n / own.height) for dose, n in own[name].value_counts(sort=True).iter_rows()}
            for name in months
        ]
    return rules._asdict() | {
        "dose_by_month_percent": doses,
        "completed_percent": {
            arm: _percent(rows.filter(pl.col("arm") == place)["completed"])
            for place, arm in enumerate(arms)
        },
    }


def _percent(flags: pl.Series) -> float:
    values = flags.to_numpy()
    return float(100.0 * values.mean()) if values.size else 0.0
