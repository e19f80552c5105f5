"""The numbers of the trial: published inputs and rules of analysis."""

from typing import Annotated, NamedTuple

from leao.core import ledger


class TrialNumbers(NamedTuple):
    """Numbers of the trial; meanings and sources stand in ledger ``trial``."""

    baseline_attacks: Annotated[float, "dimensionless"]
    placebo_change: Annotated[float, "dimensionless"]
    min_attacks: Annotated[float, "dimensionless"]
    max_attacks: Annotated[float, "dimensionless"]
    dropout_active: Annotated[float, "dimensionless"]
    dropout_control: Annotated[float, "dimensionless"]
    month: Annotated[float, "day"]
    responder_fall: Annotated[float, "dimensionless"]
    block_size: Annotated[float, "dimensionless"]
    confidence: Annotated[float, "dimensionless"]
    least_filled: Annotated[float, "dimensionless"]
    power: Annotated[float, "dimensionless"]


def numbers() -> TrialNumbers:
    """Return the numbers of the ledger."""
    return ledger.params(ledger.read("trial"), TrialNumbers)
