"""Which arm has which role: the run says it (``roles``), whatever the arms are called and in whichever order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report.words import NO_DATA

CONTROL, DRUG = "control", "drug"  # roles


def control_arm(summary: Mapping[str, Any]) -> str:
    """Return the name of the control arm."""
    roles = summary.get("roles") or {}
    return next((arm for arm, role in roles.items() if role == CONTROL), "placebo")


def drug_arm(summary: Mapping[str, Any]) -> str:
    """Return the name of the arm on drug; ``drug`` where no diary was simulated."""
    roles = summary.get("roles") or dict.fromkeys(summary.get("diary") or {}, DRUG) | {control_arm(summary): CONTROL}
    return next((arm for arm, role in roles.items() if role == DRUG), "drug")


def arms(summary: Mapping[str, Any]) -> list[str]:
    """Return both arms, the drug first."""
    return [drug_arm(summary), control_arm(summary)]


def lead_preset(summary: Mapping[str, Any]) -> str:
    """Return the preset shown at length: the first of the run, which depends on NMDA receptors."""
    return next(iter(summary.get("cortex") or {}), NO_DATA)
