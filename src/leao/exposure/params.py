"""The numbers of ledger ``pk`` that reading and fitting records need."""

from __future__ import annotations

from functools import cache
from typing import Annotated, NamedTuple

from leao.core import ledger


class RecordNumbers(NamedTuple):
    """Numbers of ledger ``pk``."""

    brain_rate: Annotated[float, "1/h"]
    residual_error: Annotated[float, "dimensionless"]
    lowest_weight: Annotated[float, "kg"]
    highest_weight: Annotated[float, "kg"]
    lowest_creatinine_clearance: Annotated[float, "mL/min"]
    highest_creatinine_clearance: Annotated[float, "mL/min"]
    lowest_ph: Annotated[float, "dimensionless"]
    highest_ph: Annotated[float, "dimensionless"]
    highest_age: Annotated[float, "year"]
    shortest_interval: Annotated[float, "h"]


@cache
def params() -> RecordNumbers:
    """Return the numbers of ledger ``pk``."""
    return ledger.params(ledger.read("pk"), RecordNumbers)
