"""What ``leao trial grid`` prints."""

from __future__ import annotations

from typing_extensions import TypedDict


class GridRow(TypedDict):
    """One design, dropout, effect and size."""

    design: str
    n_per_arm: int
    effect: str | float
    dropout: float | None  # None: as the scenario has it
    estimator: str
    repeats: int
    power: float | None
    power_se: float | None
    type_1_error: float | None
    type_1_error_se: float | None
    coverage: float | None
    coverage_se: float | None
    bias: float | None
    bias_se: float | None
    failed: float
    run: str
