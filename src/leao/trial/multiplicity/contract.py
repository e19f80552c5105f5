"""What ``leao trial adjust`` prints."""

from __future__ import annotations

from typing_extensions import TypedDict


class AdjustedHypothesis(TypedDict):
    """One hypothesis."""

    name: str
    p: float
    weight: float | None  # share of alpha at the start
    adjusted_p: float
    rejected: bool


class Adjusted(TypedDict):
    """``leao trial adjust``."""

    procedure: str
    alpha: float
    hypotheses: list[AdjustedHypothesis]
    transfer: dict[str, dict[str, float]] | None
    text: str
