"""What ``leao preventives`` prints with ``--json``, and ``leao.preventives`` gives as ``summary``."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from leao.core.contract import Distribution, Estimate


class Range(TypedDict):
    """Two ends."""

    low: float
    high: float


class PrintedFall(TypedDict):
    """What one laboratory printed of the drug's effect on the wave."""

    read_out: str
    printed: str
    low: float | None
    high: float | None
    source: str
    where: str
    tier: str
    species: str
    regimen: str
    note: str


class PrintedTrial(TypedDict):
    """What one trial printed, and the rate ratio read from it."""

    source: str
    where: str
    tier: str
    note: str
    form: str
    spread_kind: str
    rate_ratio: Estimate
    baseline: NotRequired[list[float]]
    end: NotRequired[list[float]]
    end_sd: NotRequired[list[float]]
    n: NotRequired[list[int]]
    left: NotRequired[list[float]]
    share: NotRequired[list[float]]
    difference: NotRequired[float]
    low: NotRequired[float]
    high: NotRequired[float]
    p_value: NotRequired[float]
    placebo_end: NotRequired[list[float]]
    log_error: NotRequired[float]
    per_arm: NotRequired[int]


class SimulatedTrial(TypedDict):
    """Simulated trials of one drug by way of the wave, each of its own largest trial's size: what they see."""

    n_per_arm: int
    size_seen: bool
    trials: int
    rate_ratio: Distribution
    effect_shown: float


class PreventiveRow(TypedDict):
    """One drug: its fall of waves, its trials, and what the link of the others predicts."""

    drug: str
    role: str
    worker: bool
    regimen: str
    csd_fall: Distribution
    observed_rate_ratio: Estimate | None
    predicted_rate_ratio: Distribution
    predicted_80: Range
    by_the_wave_alone: Distribution
    hazard_ratio: Distribution
    simulated_trial: SimulatedTrial
    left_out: bool
    inside: bool | None
    falls: list[PrintedFall]
    trials: list[PrintedTrial]
    note: str


class Coverage(TypedDict):
    """Share of trials inside a central interval of that size."""

    nominal: float
    inside: float


class Calibration(TypedDict):
    """How the predictions fit, and the link with and without each drug."""

    intervals: list[Coverage]
    rank_correlation: Distribution
    p_rank_correlation_positive: float
    link: Distribution
    link_without: dict[str, Distribution]


class Part(TypedDict):
    """The parts of the control's test."""

    inside: int
    excluding: int
    ordered: float
    passed: bool


class ClinicalControl(TypedDict):
    """The clinical control: status, the test, the same with halved falls."""

    status: str
    full: Part
    halved: Part
    rules: str


class Preventives(TypedDict):
    """``leao preventives``."""

    drugs: list[PreventiveRow]
    calibration: Calibration
    control: ClinicalControl
    passed: bool
    out: str | None
