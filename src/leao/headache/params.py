"""The numbers of a single attack, of acute medicine, of disability and of the nitroglycerin provocation."""

from typing import Annotated, NamedTuple


class Attack(NamedTuple):
    """Numbers of an attack; meanings and sources stand in ledger ``headache/attack``. Scalars or (attack,)."""

    nociceptor_share: Annotated[float, "dimensionless"]
    delayed_share: Annotated[float, "dimensionless"]
    activation_delay: Annotated[float, "hour"]
    delay_spread: Annotated[float, "dimensionless"]
    firing_time: Annotated[float, "hour"]
    firing_spread: Annotated[float, "dimensionless"]
    central_delayed_share: Annotated[float, "dimensionless"]
    central_delay: Annotated[float, "hour"]
    headache_after_wave: Annotated[float, "dimensionless"]
    aura_length: Annotated[float, "hour"]
    aura_spread: Annotated[float, "dimensionless"]
    headache_before: Annotated[float, "dimensionless"]
    headache_at_start: Annotated[float, "dimensionless"]
    headache_during: Annotated[float, "dimensionless"]
    headache_at_end: Annotated[float, "dimensionless"]
    headache_gap: Annotated[float, "hour"]
    sensitisation_share: Annotated[float, "dimensionless"]
    sensitisation_early: Annotated[float, "hour"]
    sensitisation_late: Annotated[float, "hour"]
    peak_time: Annotated[float, "hour"]
    peak_spread: Annotated[float, "dimensionless"]
    length: Annotated[float, "hour"]
    length_spread: Annotated[float, "dimensionless"]
    length_low: Annotated[float, "hour"]
    length_high: Annotated[float, "hour"]
    severity_mild: Annotated[float, "dimensionless"]
    severity_severe: Annotated[float, "dimensionless"]
    trigeminal_nmda_share: Annotated[float, "dimensionless"]
    severity_log_sd: Annotated[float, "dimensionless"]


class Acute(NamedTuple):
    """Numbers of acute medicine; meanings and sources stand in ledger ``headache/acute``."""

    free_nsaid: Annotated[float, "dimensionless"]
    free_triptan: Annotated[float, "dimensionless"]
    free_placebo: Annotated[float, "dimensionless"]
    back_nsaid: Annotated[float, "dimensionless"]
    back_triptan: Annotated[float, "dimensionless"]
    back_placebo: Annotated[float, "dimensionless"]
    back_time: Annotated[float, "hour"]
    back_spread: Annotated[float, "dimensionless"]
    window: Annotated[float, "hour"]
    judged_after: Annotated[float, "hour"]
    taken_after: Annotated[float, "hour"]
    taken_spread: Annotated[float, "dimensionless"]
    treated: Annotated[float, "dimensionless"]
    triptan_share: Annotated[float, "dimensionless"]
    treated_mild: Annotated[float, "dimensionless"]
    shortest: Annotated[float, "hour"]


class Function(NamedTuple):
    """Numbers of disability; ledger ``headache/function``."""

    midas_per_migraine_day: Annotated[float, "dimensionless"]
    recall: Annotated[float, "day"]


class Gtn(NamedTuple):
    """Numbers of the nitroglycerin provocation; ledger ``headache/gtn``. Scalars or (person,)."""

    rate: Annotated[float, "ug/kg/minute"]
    time: Annotated[float, "minute"]
    highest_rate: Annotated[float, "ug/kg/minute"]
    highest_time: Annotated[float, "minute"]
    immediate_patients: Annotated[float, "dimensionless"]
    immediate_controls: Annotated[float, "dimensionless"]
    immediate_early: Annotated[float, "minute"]
    immediate_late: Annotated[float, "minute"]
    migraine_patients: Annotated[float, "dimensionless"]
    migraine_without_aura: Annotated[float, "dimensionless"]
    migraine_with_aura: Annotated[float, "dimensionless"]
    migraine_controls: Annotated[float, "dimensionless"]
    latency: Annotated[float, "hour"]
    peak_delay: Annotated[float, "hour"]
    latency_spread: Annotated[float, "dimensionless"]
    latency_high: Annotated[float, "hour"]
    wave_share: Annotated[float, "dimensionless"]
    wave_share_without_aura: Annotated[float, "dimensionless"]
    wave_share_with_aura: Annotated[float, "dimensionless"]
