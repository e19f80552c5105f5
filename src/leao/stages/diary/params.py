"""The numbers of the diary, in the units its kernel takes."""

from typing import Annotated, NamedTuple


class Params(NamedTuple):
    """Numbers of the diary; meanings and sources stand in ledger ``diary``."""

    log_rate_spread: Annotated[float, "dimensionless"]
    migraine_share: Annotated[float, "dimensionless"]
    migraine_share_precision: Annotated[float, "dimensionless"]
    drift_time: Annotated[float, "day"]
    drift_regular: Annotated[float, "dimensionless"]
    drift_clustered: Annotated[float, "dimensionless"]
    refractoriness: Annotated[float, "dimensionless"]
    refractory_time: Annotated[float, "hour"]
    regular_midpoint: Annotated[float, "dimensionless"]
    regular_width: Annotated[float, "dimensionless"]
    recurrence_probability: Annotated[float, "dimensionless"]
    recurrence_delay: Annotated[float, "hour"]
    duration_median: Annotated[float, "hour"]
    duration_between: Annotated[float, "dimensionless"]
    duration_within: Annotated[float, "dimensionless"]
    duration_low: Annotated[float, "hour"]
    duration_high: Annotated[float, "hour"]
    duration_mild: Annotated[float, "dimensionless"]
    duration_severe: Annotated[float, "dimensionless"]
    severity_patient_share: Annotated[float, "dimensionless"]
    severity_mild: Annotated[float, "dimensionless"]
    severity_severe: Annotated[float, "dimensionless"]
    peak_time: Annotated[float, "hour"]
    peak_to_trough: Annotated[float, "dimensionless"]
    placebo_spread: Annotated[float, "dimensionless"]
    remitter_share: Annotated[float, "dimensionless"]
    remitter_shift: Annotated[float, "dimensionless"]
    missing_mean: Annotated[float, "dimensionless"]
    missing_precision: Annotated[float, "dimensionless"]
    rescue: Annotated[float, "dimensionless"]
    window_start: Annotated[float, "hour"]
    window_end: Annotated[float, "hour"]
    shortest: Annotated[float, "hour"]
    attack_gap: Annotated[float, "hour"]
    period: Annotated[float, "hour"]
    warm_up: Annotated[float, "day"]
