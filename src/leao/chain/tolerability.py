"""What patients did not tolerate, and how their dose followed it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.core.chunks import Columns
from leao.dosing.policies import Rules
from leao.trial.titration import ADVERSE, DOSE_MONTH, LEFT


def adverse_answer(rows: Columns) -> dict[str, float]:
    """Return the share of patients with any adverse event, with each kind, and who left for one, per cent."""
    return adverse_events(rows) | {"left for intolerance": percent(rows[LEFT])}


def policy_answer(rules: Rules | None, arms: tuple[str, ...], rows: Columns) -> dict[str, Any] | None:
    """Return ``policy`` of the summary: its rules, and the doses prescribed month by month; None without a policy."""
    if rules is None:
        return None
    return rules._asdict() | {
        "dose_by_month_percent": {arm: doses_by_month(patients) for arm, patients in by_arm(arms, rows).items()},
        "completed_percent": {arm: percent(patients["completed"]) for arm, patients in by_arm(arms, rows).items()},
    }


def by_arm(arms: tuple[str, ...], rows: Columns) -> dict[str, Columns]:
    """Return each arm's patients."""
    return {
        arm: {name: values[rows["arm"] == place] for name, values in rows.items()} for place, arm in enumerate(arms)
    }


def adverse_events(rows: Columns) -> dict[str, float]:
    """Return the share of patients with any adverse event and with each kind, per cent."""
    names = sorted((name for name in rows if name.startswith(ADVERSE)), key=lambda name: name != f"{ADVERSE}any")
    return {name.removeprefix(ADVERSE).replace("_", " "): percent(rows[name]) for name in names}


def doses_by_month(rows: Columns) -> list[dict[str, float]]:
    """Return the share of patients on each dose at the end of each month, per cent, the lowest dose first."""
    months = sorted((name for name in rows if name.startswith(DOSE_MONTH)), key=lambda n: int(n[len(DOSE_MONTH) :]))
    return [mix(rows[name]) for name in months]


def mix(doses: NDArray) -> dict[str, float]:
    """Return the share of patients on each dose, per cent, the lowest dose first; 0 mg: left."""
    values, counts = np.unique(doses, return_counts=True)
    return {f"{dose:g} mg": float(100.0 * n / doses.size) for dose, n in zip(values, counts, strict=True)}


def percent(flags: NDArray) -> float:
    """Return the share of patients for whom ``flags`` is true, per cent; 0 where there is nobody."""
    return float(100.0 * np.mean(flags)) if flags.size else 0.0
