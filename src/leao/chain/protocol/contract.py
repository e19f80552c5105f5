"""What ``leao trial protocol`` prints."""

from __future__ import annotations

from typing_extensions import TypedDict


class EstimandRow(TypedDict):
    """One estimand by the five attributes of ICH E9(R1)."""

    estimator: str
    quoted: bool
    population: str
    treatments: str
    variable: str
    intercurrent_events: str
    summary: str


class CharacteristicsRow(TypedDict):
    """Operating characteristics of one estimator at one size."""

    estimator: str
    comparison: str
    n_per_group: int
    power: float | None
    power_se: float | None
    type_1_error: float | None
    type_1_error_se: float | None
    bias: float | None
    bias_se: float | None
    coverage: float | None
    coverage_se: float | None


class Fact(TypedDict):
    """One line of the design or of the analysis."""

    what: str
    value: str


class Shell(TypedDict):
    """One variable of a table."""

    table: str
    variable: str
    type: str


class Protocol(TypedDict):
    """``leao trial protocol``."""

    scenario: str
    what: str
    version: str
    seed: int
    repeats: int
    effect: str | float
    run: str
    estimands: list[EstimandRow]
    design: list[Fact]
    characteristics: list[CharacteristicsRow]
    looks: list[str]
    analysis: list[Fact]
    missing_data: list[Fact]
    shells: list[Shell]
    command: str
    python: str
    inputs: list[str]
    caution: str | None
    files: list[str]
