"""What the commands that need the whole chain print with ``--json``; ``leao run`` is in ``run_contract``."""

from __future__ import annotations

from typing import Any, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from leao.core.contract import Distribution, Estimate, Evidence, Row, Severity
from leao.trial.sequential.contract import SequentialTrials


class ScenarioRow(TypedDict):
    """A row of ``leao scenarios``."""

    name: str
    what: str
    source: str


class NumberRow(Row):
    """``leao number``."""

    reference: str | None


class Brainstem(TypedDict):
    """Activity of the brainstem in provoked migraine."""

    site: str
    side: str
    percent: float | None
    lasts_h: Distribution | None
    ends_with_triptan: bool
    seen_in: str
    source: str


class Provoked(TypedDict):
    """What is seen after nitroglycerin, with or without the drug."""

    immediate_headache_percent: float
    delayed_migraine_percent: float
    delayed_migraine_band: Distribution
    delayed_migraine_se: float
    latency_h: Distribution | None
    peak_h: Distribution | None
    cumulative_percent: list[float] | None
    times_h: list[float]
    with_wave_percent: float | None
    severity: Severity | None
    length_h: Distribution | None
    brainstem_activation: Brainstem


class ProvocationRoute(TypedDict):
    """One route of the drug and what it does to the chance of migraine."""

    route: str
    what: str
    on: bool
    effect: str
    rate_ratio: Distribution | None
    supports: list[Evidence]
    against: list[Evidence]


class Provocation(Provoked):
    """``leao provoke``."""

    population: str
    gtn_ug_per_kg_min: float
    minutes: float
    compound: str | None
    dose_mg_per_day: float | None
    free_brain_uM: Distribution | None
    without_drug: Provoked | None
    routes: list[ProvocationRoute]
    extrapolated: str | None
    n: int
    seed: int
    notes: list[str]
    inputs: list[str]
    bibliography: str


class AtSize(TypedDict):
    """Operating characteristics at one size, with their Monte Carlo errors."""

    n: int
    power: float | None
    power_se: float | None
    type_1_error: float | None
    type_1_error_se: float | None
    coverage: float | None
    coverage_se: float | None
    bias: float | None
    bias_se: float | None
    failed: float
    mean: float | None
    spread: float | None
    mean_se: float | None
    bias_staying: float | None
    coverage_staying: float | None


class Comparison(TypedDict):
    """One estimator's comparison of two groups."""

    scale: str
    endpoint: str
    truth: float | None
    truth_staying: float | None
    by_n: list[AtSize]
    n_for_80_percent: float | None
    n_for_80_percent_se: float | None
    n_for_80_percent_below: int | None
    extrapolated: bool | None


class Segment(TypedDict):
    """A stretch of a group's treatment."""

    treatment: str
    days: int


class PolicyDoses(TypedDict):
    """What became of the doses under a policy; a callable has no rules of its own."""

    name: str
    what: NotRequired[str]
    source: NotRequired[str]
    start: NotRequired[float]
    ramp: NotRequired[float]
    step_up: NotRequired[float]
    step_down: NotRequired[float]
    floor: NotRequired[float]
    ceiling: NotRequired[float]
    enough: NotRequired[float]
    dose_by_month_percent: dict[str, list[dict[str, float]]]
    adverse_events_percent: dict[str, dict[str, float]] | None
    left_intolerant_percent: dict[str, float] | None
    stopped_percent: dict[str, float]


class TrialDesign(TypedDict):
    """The design, in days and groups."""

    kind: str
    groups: list[str]
    treatments: dict[str, float]
    roles: dict[str, str]
    segments: dict[str, list[Segment]]
    windows: list[list[int]]
    run_in_days: int
    baseline_days: int
    treatment_days: int
    washout_days: int | None
    half_life_days: float
    carry_over_percent: float | None
    dropout_percent: float
    eligible_percent: float
    screened_per_trial: float
    analysed_percent: float
    stratified: bool
    inputs: list[str]
    policy: PolicyDoses | None


@with_config(ConfigDict(extra="allow"))
class SweepRow(TypedDict):
    """A run of ``leao sweep``; beside these figures every key that is varied, with its value."""

    plasma_ng_per_mL: Distribution
    free_brain_uM: Distribution
    difference_attacks_per_28d: Estimate
    rate_ratio: Estimate
    mechanistic_rate_ratio: Distribution
    p_at_least_half: float | None
    qualified: bool
    run: str


class Unfinished(TypedDict):
    """Any command with ``--shard`` but ``leao trial SCENARIO``, while other shards still owe their parts; exit 3."""

    shard: list[int]
    missing_chunks: int
    chunks: int
    run: str


class CovariateGain(TypedDict):
    """One estimator at the largest size without and with covariates; the gain null for odds ratios and few trials."""

    estimator: str
    comparison: str
    n_per_arm: int
    adjusted_for: list[str]
    spread_without: float | None
    spread_with: float | None
    gain_percent: float | None
    gain_percent_se: float | None
    power_without: float
    power_without_se: float
    power_with: float
    power_with_se: float


class CovariateGains(TypedDict):
    """What the design's covariates gain."""

    names: list[str]
    gains: list[CovariateGain]


class PowerSummary(TypedDict):
    """``leao trial SCENARIO``; a shard that waits for others has the figures null and ``missing_chunks``."""

    n_per_arm: list[int] | None
    power: list[float] | None
    power_se: list[float] | None
    type_1_error: float | None
    type_1_error_se: float | None
    bias: float | None
    coverage: float | None
    n_for_80_percent: float | None
    estimator: str | None
    repeats: int
    run: str
    shard: NotRequired[list[int]]
    missing_chunks: NotRequired[int]
    scenario: NotRequired[str]
    what: NotRequired[str]
    seed: NotRequired[int]
    effect: NotRequired[str | float]
    comparison: NotRequired[str]
    estimand: NotRequired[str]
    scale: NotRequired[str]
    endpoint: NotRequired[str]
    bias_se: NotRequired[float | None]
    coverage_se: NotRequired[float | None]
    bias_staying: NotRequired[float | None]
    coverage_staying: NotRequired[float | None]
    n_for_80_percent_se: NotRequired[float | None]
    n_for_80_percent_below: NotRequired[int | None]
    by_n: NotRequired[list[AtSize]]
    estimators: NotRequired[dict[str, dict[str, Comparison]]]
    covariates: NotRequired[CovariateGains | None]
    design: NotRequired[TrialDesign]
    sequential: NotRequired[SequentialTrials | None]
    individuals: NotRequired[dict[str, Any] | None]
    recommendation: NotRequired[str]
    caution: NotRequired[str | None]
    page: NotRequired[str | None]
    tables: NotRequired[str | None]
