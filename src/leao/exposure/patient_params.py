"""Numbers of the plan: the ledger ``plan``, in the units computed with."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from leao.core import ledger


class PatientNumbers(NamedTuple):
    """Numbers of Cockcroft and Gault, and of what was not answered."""

    unknown_creatinine_clearance: Annotated[float, "mL/min"]
    alkaliniser_ph_shift: Annotated[float, "dimensionless"]
    washout_share: Annotated[float, "dimensionless"]
    gault_age: Annotated[float, "year"]
    gault_scale: Annotated[float, "dimensionless"]
    gault_female: Annotated[float, "dimensionless"]
    creatinine_weight: Annotated[float, "g/mol"]


def central() -> PatientNumbers:
    """Return the central values."""
    return ledger.params(ledger.read("plan"), PatientNumbers)
