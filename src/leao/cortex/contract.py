"""What ``leao cortex`` prints with ``--json``, and ``leao.cortex`` gives as ``summary``."""

from __future__ import annotations

from typing_extensions import TypedDict


class Measures(TypedDict):
    """What a wave did; None where there was none."""

    propagated: bool
    speed_mm_per_min: float | None
    k_peak_mM: float | None
    glutamate_peak_uM: float | None
    voltage_peak_mV: float | None
    dc_shift_mV: float | None
    dc_half_width_s: float | None
    duration_s: float | None
    ecs_min_fraction: float | None
    duration_is_least: bool | None
    dc_half_width_is_least: bool | None
    recovered: bool | None
    reached_mm: float


class Antagonist(TypedDict):
    """An antagonist of the receptor, entered as a scaled conductance."""

    name: str
    block_percent: float
    entered_as: str


class Interval(TypedDict):
    """A refractory time."""

    interval_s: float | None
    tolerance_s: float
    strength: float | None
    refused_later_s: list[float]


class Refractory(TypedDict):
    """The refractory times for two strong and for two weak stimuli."""

    absolute: Interval
    relative: Interval


class Wave(Measures):
    """``leao cortex wave``."""

    preset: str
    speed_spatial_error_percent: float | None
    cpu_s: float
    compound: str | None
    concentration_uM: float
    antagonist: Antagonist | None
    magnesium_mM: float
    block_percent: dict[str, float]
    stimulus: str
    strength: float
    strength_unit: str
    zone_mm: float
    second_s: float | None
    second_wave: bool | None
    watched_mm: float
    length_mm: float
    nodes: int
    dt_s: float
    run_s: float
    control: Measures | None
    problem: str | None
    refractory: Refractory | None
    out: str | None


class Threshold(TypedDict):
    """``leao cortex threshold``: None where none ignites."""

    preset: str
    free_uM: list[float]
    threshold: list[float | None]
    threshold_unit: str
    threshold_relative: list[float | None]
    threshold_control: float | None
    tolerance_relative: float
    stimulus: str
    block_percent: list[dict[str, float]]
    compound: str | None
    antagonist: Antagonist | None
    magnesium_mM: float
    limit: float
    cpu_s: float
    out: str | None


class Waves(TypedDict):
    """Number of waves over the strengths of the bath."""

    mean: float
    se: float


class Counted(TypedDict):
    """Waves under continuous KCl."""

    waves: Waves
    amplitude_mV: float | None
    duration_s: float | None
    speed_mm_per_min: float | None


class Kcl(Counted):
    """``leao cortex kcl``."""

    preset: str
    minutes: float
    compound: str | None
    concentration_uM: float
    antagonist: Antagonist | None
    magnesium_mM: float
    block_percent: dict[str, float]
    strengths: list[float]
    counts: list[int]
    control: Counted | None
    judged: bool
    cpu_s: float
    out: str | None


class Control(TypedDict):
    """One positive control: passed, failed or not run."""

    name: str
    wanted: str
    found: str
    status: str


class Preset(TypedDict):
    """A row of ``leao cortex presets`` and ``leao cortex qualify``."""

    preset: str
    qualified: bool
    controls: list[Control]
