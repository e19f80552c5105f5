"""Which arm has the drug: the control is called placebo, the other arm carries the drug's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report.words import NO_DATA

CONTROL = "placebo"


def drug_arm(summary: Mapping[str, Any]) -> str:
    """Return the name of the arm on drug; ``drug`` where no diary was simulated."""
    return next((arm for arm in summary.get("diary") or {} if arm != CONTROL), "drug")


def arms(summary: Mapping[str, Any]) -> list[str]:
    """Return both arms, the drug first."""
    return [drug_arm(summary), CONTROL]


def lead_preset(summary: Mapping[str, Any]) -> str:
    """Return the preset shown at length: the first of the run, which depends on NMDA receptors."""
    return next(iter(summary.get("cortex") or {}), NO_DATA)
