"""Which arm has which role: the run says it (``roles``), whatever the arms are called and in whichever order."""

from __future__ import annotations

from leao.chain.run_contract import RunSummary

CONTROL, DRUG = "control", "drug"  # roles


def control_arm(summary: RunSummary) -> str:
    """Return the name of the control arm."""
    return next(arm for arm, role in summary["roles"].items() if role == CONTROL)


def drug_arm(summary: RunSummary) -> str:
    """Return the name of the arm on drug."""
    return next(arm for arm, role in summary["roles"].items() if role == DRUG)


def arms(summary: RunSummary) -> list[str]:
    """Return both arms, the drug first."""
    return [drug_arm(summary), control_arm(summary)]


def lead_preset(summary: RunSummary) -> str:
    """Return the preset shown at length: the first of the run, which depends on NMDA receptors."""
    return next(iter(summary["cortex"]))
