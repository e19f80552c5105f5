"""What ``leao trial boundaries`` and ``reestimate`` print."""

from __future__ import annotations

from typing_extensions import TypedDict


class SequentialLook(TypedDict):
    """One look."""

    look: int
    information: float  # fraction of what was planned
    events: float | None  # share of all events, where looks were asked for by them
    upper_z: float | None  # None: less alpha is spent here than a trial could be stopped by
    nominal_p: float | None  # of one side
    lower_z: float | None  # of futility, or of harm in a two-sided test
    alpha_spent: float  # so far, one side
    beta_spent: float | None
    power: float  # so far
    stop_percent: float  # of trials that stop here, under the effect
    stop_percent_null: float
    n_per_arm: int | None


class Endpoint(TypedDict):
    """The effect for which the trial has its power, and what scatters."""

    kind: str  # counts or changes
    rate: float | None
    ratio: float | None
    dispersion: float | None
    months: float | None
    difference: float | None
    sd: float | None


class ExpectedSize(TypedDict):
    """Expected size over that of a trial without looks."""

    no_effect: float
    half_effect: float
    effect: float


class Sequential(TypedDict):
    """``leao trial boundaries``."""

    boundary: str
    spending: str | None
    gamma: float | None
    futility: str | None
    futility_gamma: float | None
    binding: bool
    sides: int
    alpha: float
    power: float
    looks: list[SequentialLook]
    drift: float
    inflation: float
    expected_size: ExpectedSize
    endpoint: Endpoint | None
    fixed_n_per_arm: int | None
    n_per_arm: int | None
    information: float | None  # at the end, 1 / variance of the estimate
    text: str
    page: str | None


class Reestimated(TypedDict):
    """``leao trial reestimate``."""

    file: str
    patients: int
    kind: str
    unit: str
    pooled_rate: float | None
    pooled_dispersion: float | None
    pooled_sd: float | None
    assumed: Endpoint
    planned_n_per_arm: int | None
    n_per_arm: int
    most_n_per_arm: int | None
    alpha: float
    power: float
    text: str
    problems: list[str]


class LooksAtTrials(TypedDict):
    """What looks make of the trials, by one estimator; ``_null``: a drug that does nothing."""

    power: float
    power_se: float
    type_1_error: float
    type_1_error_se: float
    mean_n_per_arm: float
    mean_n_per_arm_se: float | None
    stop_percent: list[float]
    success_percent: list[float]
    mean_n_per_arm_null: float
    mean_n_per_arm_null_se: float | None
    stop_percent_null: list[float]
    success_percent_null: list[float]


class SequentialTrials(TypedDict):
    """Looks at simulated trials."""

    spending: str
    gamma: float | None
    futility: str | None
    alpha: float
    n_per_arm: list[int]
    looks: list[SequentialLook]
    estimators: dict[str, dict[str, LooksAtTrials]]
