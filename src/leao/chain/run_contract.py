"""What ``leao run`` and ``leao show`` print with ``--json``, and ``Run.summary`` holds; pages read it."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from leao.chain.beyond_contract import Beyond, Occupied
from leao.core.contract import Distribution, DistributionWithMean, Estimate, OpenDistribution, Row, Severity
from leao.cortex.contract import Control
from leao.headache.contract import Route
from leao.plan.contract import RegimenPreset


class Step(TypedDict):
    """A step of a regimen."""

    from_day: int
    dose_mg: float
    times_per_day: int
    intakes_mg: list[float]
    mg_per_day: float
    morning_mg: float
    evening_mg: float
    every_days: int


class Note(TypedDict):
    """A remark on the regimen."""

    level: str
    what: str
    source: str
    option: str | None
    patient: bool


class Regimen(TypedDict):
    """What is prescribed and taken."""

    dose_mg_per_day: float
    share_taken: Distribution
    schedule: list[Step]
    words: str
    preset: RegimenPreset | None
    ceiling_mg_per_day: float
    most_mg_per_day: float
    settled: bool
    notes: list[Note]


class AsInAPlan(TypedDict):
    """The same regimen as ``leao plan`` forecasts it, and why the two differ."""

    plasma_ng_per_mL: Distribution
    what: str


class Levels(TypedDict):
    """Answer 1."""

    plasma_ng_per_mL: Distribution
    free_brain_uM: Distribution
    as_in_a_plan: AsInAPlan | None


class Block(TypedDict):
    """Answer 2: per cent blocked, by subtype and voltage."""

    block_percent: dict[str, dict[str, float]]
    block_percent_band: dict[str, dict[str, Distribution]]
    magnesium_mM: float
    mixture_block_percent: Distribution
    key_voltage_mV: float


class Pair(TypedDict):
    """Without and with the drug; None where there is no wave."""

    control: float | None
    drug: float | None


class CortexPreset(TypedDict):
    """Answer 3, of one preset."""

    what: str
    qualified: bool
    threshold_relative: OpenDistribution
    threshold_tolerance: float
    threshold_by_stimulus: dict[str, OpenDistribution | None]
    speed_mm_per_min: Pair
    duration_s: Pair
    k_peak_mM: Pair
    dc_shift_mV: Pair
    ecs_min_fraction: Pair
    controls: list[Control]


class Attack(TypedDict):
    """One attack in one arm, over what is not known."""

    begins_percent: float
    wave_percent: float | None
    headache_after_wave_percent: float | None
    nociceptor_percent: float | None
    onset_after_wave_h: DistributionWithMean | None
    sensitised_percent: float | None
    brainstem_percent: float | None
    severity: Severity | None
    untreated_h: DistributionWithMean | None
    pain_h: DistributionWithMean | None
    treated_percent: float | None
    pain_free_2h_percent: float | None
    back_within_24h_percent: float | None


class Baseline(TypedDict):
    """The diary before treatment."""

    attacks_per_28d: DistributionWithMean
    migraine_days_per_28d: DistributionWithMean
    headache_days_per_28d: DistributionWithMean


class DiaryArm(TypedDict):
    """Answer 4, of one arm."""

    attacks_per_28d: DistributionWithMean
    migraine_days_per_28d: DistributionWithMean
    headache_days_per_28d: DistributionWithMean
    rescue_days_per_28d: DistributionWithMean
    severity: Severity | None
    duration_h: DistributionWithMean | None
    midas: DistributionWithMean | None
    adverse_events_percent: dict[str, float] | None
    baseline: Baseline


class Published(TypedDict):
    """The published trial beside ours."""

    change_attacks_per_28d: dict[str, Estimate]
    difference_attacks_per_28d: Estimate | None
    responders_50_percent: dict[str, float] | None
    baseline_attacks_per_28d: float | None
    source: str


class Trial(TypedDict):
    """Answer 5."""

    difference_attacks_per_28d: Estimate
    rate_ratio: Estimate
    responders_50_percent: dict[str, float]
    change_attacks_per_28d: dict[str, Estimate]
    baseline_attacks_per_28d: dict[str, float]
    completers: dict[str, float]
    published: Published | None
    inputs: list[str]
    regression_to_the_mean: float
    monte_carlo_se: float
    power: float
    paired_rate_ratio: Estimate
    trials: int
    patients: int


class ReadOut(TypedDict):
    """The answer by one read-out of the cortex alone."""

    computed: str
    control: str
    mixed: bool
    effective_members: float | None
    mechanistic_rate_ratio: Distribution | None
    p_at_least_half: dict[str, float | None]


class RatDose(TypedDict):
    """What the link makes of the fall of waves at the rat's own dose."""

    fall_percent: dict[str, float]
    rate_ratio: Distribution
    p_at_least_half: dict[str, float]
    source: str
    where: str


class OtherArithmetic(TypedDict):
    """The answer under a named other arithmetic."""

    mechanistic_rate_ratio: Distribution
    p_at_least_half: dict[str, float]


class Ends(TypedDict):
    """How the controls at both ends came out: passed, failed, void, not run."""

    cortex: str
    clinical: str


class Verdict(TypedDict):
    """Answer 6: the route by way of spreading depression beside the trials; qualified: both ends passed."""

    qualified: bool
    failed_controls: list[str]
    controls: Ends
    not_tested: list[str]
    read_outs: dict[str, ReadOut]
    rat_dose: RatDose
    sensitivities: dict[str, OtherArithmetic]
    mechanistic_rate_ratio: Distribution
    mechanistic_by_preset: dict[str, Distribution]
    empirical_rate_ratio: dict[str, Estimate]
    p_at_least_half: float | None
    p_at_least_half_by_prior: dict[str, float]
    share_explained: Distribution | None
    share_explained_by_prior: dict[str, Distribution | None]
    text: str


class Moved(TypedDict):
    """Answer 7: a number that moved the answer."""

    number: str
    swing: float
    low: float
    high: float
    tier: str
    source: str
    label: str


class RunSummary(TypedDict):
    """``leao run``, ``leao show``."""

    scenario: str
    what: str
    source: str
    setting: str
    seed: int
    roles: dict[str, str]
    fixed: dict[str, float]
    run: str | None
    trials: int
    n_per_arm: int
    weeks: int
    regimen: Regimen
    exposure: Levels
    receptor: Block
    hypotheses: list[Beyond]
    also_occupied: list[Occupied]
    cortex: dict[str, CortexPreset]
    headache: dict[str, Attack]
    diary: dict[str, DiaryArm]
    diary_pathways: dict[str, str | None]
    policy: dict[str, Any] | None
    pathways: list[Route]
    trial: Trial
    verdict: Verdict
    moved: list[Moved]
    numbers: list[Row]
    bibliography: str
