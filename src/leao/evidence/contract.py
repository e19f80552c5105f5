"""What ``leao evidence`` prints with ``--json``, and ``leao.evidence`` gives as ``summary``."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from leao.core.contract import Estimate, Evidence


class Claim(TypedDict):
    """A row of ``leao evidence claims``."""

    claim: str
    says: list[Evidence]
    grade: str
    because: str
    model: str | None
    command: str
    verdict: str


class Reported(TypedDict):
    """A comparison as printed."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    relation: str
    adjusted: NotRequired[bool]


class Reading(TypedDict):
    """The p-value where the spread is read as this kind."""

    kind: str
    p: float
    agrees: bool | None


class TrialArm(TypedDict):
    """A row of ``leao evidence trials``: one arm, one outcome, as printed."""

    trial: str
    design: str
    blinding: str
    pooled: bool
    arm: str
    treatment: str
    randomised: int | None
    analysed: int | None
    outcome: str
    unit: str
    kind: str
    week: float | None
    value: float | None
    spread: float | None
    low: float | None
    high: float | None
    events: int | None
    spread_kind: str | None
    printed_kind: str | None
    reported: Reported | None
    source: str
    where: str
    disputed: str | None
    checked: bool
    consistent: bool
    problem: str | None
    readings: list[Reading]


class Range(TypedDict):
    """Two ends."""

    low: float
    high: float


class Pooled(TypedDict):
    """The trials pooled under one prior."""

    difference_attacks_per_28d: Estimate
    rate_ratio: Estimate
    rate_ratio_90: Range
    between_trial_sd: float
    effect_in_a_new_trial: Estimate
    p_next_trial_2x150: float


class Misread(Pooled):
    """The same with standard errors read as standard deviations, as published pools did."""

    prior: str
    sceptical: Pooled
    weights: dict[str, float]


class ChangeSd(TypedDict):
    """The spread of the change that the next trial is planned with."""

    value: float
    low: float
    high: float
    tier: str
    source: str


class AtSd(TypedDict):
    """Chance of success at one spread of the change."""

    sd_of_change: float
    p: float


class NextTrial(TypedDict):
    """The next trial of 2 x 150."""

    per_arm: int
    success: str
    sd_of_change: ChangeSd
    by_prior: dict[str, list[AtSd]]


class Effect(TypedDict):
    """One trial's effect and its standard error."""

    trial: str
    estimate: float
    error: float


class PerAttack(TypedDict):
    """Uses of rescue medicine per attack by arm, and their ratio."""

    trial: str
    uses_per_attack: dict[str, float]
    ratio: float | None


class Searched(TypedDict):
    """What was looked for, where and when, and what came of it."""

    what: str
    where: str
    date: str
    result: str


class Uses(Estimate):
    """A trial's difference in uses of rescue medicine."""

    trial: str


class Ratio(TypedDict):
    """A pooled ratio: of odds, or of rates."""

    odds_ratio: NotRequired[Estimate]
    rate_ratio: NotRequired[Estimate]


class OtherOutcome(TypedDict):
    """An outcome beside attacks."""

    outcome: str
    trials: list[str]
    rests_on: str
    as_printed: list[dict[str, float]]
    unit: str
    log_effects: list[Effect]
    difference_uses_per_28d: NotRequired[list[Uses]]
    per_attack: NotRequired[list[PerAttack]]
    neutral: Ratio
    sceptical: Ratio


class PrintedArm(TypedDict):
    """One arm from baseline to end."""

    trial: str
    arm: str
    role: str
    outcome: str
    unit: str
    pooled: bool
    baseline: float | None
    end: float | None
    low: float | None
    high: float | None
    derived: bool


class ArmChange(TypedDict):
    """An arm of a trial that is not pooled."""

    arm: str
    analysed: int | None
    baseline: float | None
    end: float | None
    change: float | None
    share: float | None


class NotPooled(TypedDict):
    """A trial that is shown and not pooled, and why."""

    trial: str
    design: str
    blinding: str
    because: str | None
    same_patients_as: str | None
    outcome: str
    unit: str
    arms: list[ArmChange]
    source: str


class Prior(TypedDict):
    """One prior, as the ledger has it."""

    prior: str
    scale: str
    mean: float
    sd: float
    between_trial_sd_scale: float
    tier: str
    number: str
    note: str


class Sensitivity(TypedDict):
    """The synthesis under another assumption."""

    what: str
    difference_attacks_per_28d: Estimate
    p_next_trial_2x150: float


class PublishedPool(Estimate):
    """A published meta-analysis beside ours."""

    pool: str
    outcome: str
    unit: str
    source: str
    where: str
    note: str
    implied_sd_of_a_patient: float | None


class Synthesis(TypedDict):
    """``leao evidence synthesis``."""

    neutral: Pooled
    sceptical: Pooled
    se_read_as_sd: Misread
    fixed_effect_check: Estimate
    fixed_effect_se_read_as_sd: Estimate
    weights: dict[str, float]
    p_next_trial_2x150: float
    next_trial: NextTrial
    trials: list[Effect]
    trials_se_read_as_sd: list[Effect]
    trials_log_ratio: list[Effect]
    outcomes: dict[str, OtherOutcome]
    arms: list[PrintedArm]
    not_pooled: list[NotPooled]
    priors: list[Prior]
    sensitivity: list[Sensitivity]
    published_pools: list[PublishedPool]
    searched: list[Searched]
    out: str | None
