"""What ``leao trial analyse --imputation`` adds to its answer."""

from __future__ import annotations

from typing_extensions import TypedDict


class ImputedRow(TypedDict):
    """One comparison under one strategy."""

    estimate: float | None
    low: float | None
    high: float | None
    se: float | None
    p: float | None
    degrees_of_freedom: float | None


class PooledRow(ImputedRow):
    """The same by multiple imputation."""

    missing_information: float | None


class ImputedStrategy(TypedDict):
    """One strategy."""

    estimand: str
    comparisons: dict[str, ImputedRow]
    multiple: dict[str, PooledRow] | None


class TippingMap(TypedDict):
    """Delta added to imputed values: which deltas turn the answer."""

    strategy: str
    arm: str
    unit: str
    delta_control: list[float]
    delta_active: list[float]
    estimate: list[list[float]]  # (control, active)
    p: list[list[float]]
    tips_at: float | None  # delta of the active arm alone at which p reaches 5 %
    imputed: dict[str, int]


class Sensitivity(TypedDict):
    """Strategies side by side, and the maps."""

    imputed: dict[str, int]
    imputations: int | None
    seed: int | None
    strategies: dict[str, ImputedStrategy]
    tipping: list[TippingMap]
