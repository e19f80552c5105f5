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


class Conditions(TypedDict):
    """A tissue by name, and shares of what is normal; None for the tissue's own."""

    tissue: str | None
    oxygen: float | None
    pump_neurone: float | None
    pump_glia: float | None


class ConvergedSpeed(TypedDict):
    """The speed on nodes without length, by Richardson's extrapolation of order two."""

    speed_mm_per_min: float
    at_mm: list[float]
    speeds_mm_per_min: list[float]
    order: int
    usual_error_percent: float


class Wave(Measures):
    """``leao cortex wave``."""

    preset: str
    conditions: Conditions
    speed_spatial_error_percent: float | None
    speed_converged: ConvergedSpeed | None
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
    starts_by_itself: bool
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
    """``leao cortex threshold``: None where none ignites, 0 where the tissue starts by itself."""

    preset: str
    read_out: str
    conditions: Conditions
    free_uM: list[float]
    threshold: list[float | None]
    threshold_unit: str
    threshold_relative: list[float | None]
    threshold_control: float | None
    starts_by_itself: bool
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


class AfterOnset(TypedDict):
    """Waves after the first of each strength; when the first came, and the share of strengths that had one."""

    mean: float
    se: float | None
    onset_s: float | None
    with_onset: float


class Counted(TypedDict):
    """Waves under continuous KCl."""

    waves: Waves
    after_onset: AfterOnset
    amplitude_mV: float | None
    duration_s: float | None
    speed_mm_per_min: float | None


class Expectation(TypedDict):
    """The count as an expectation over lines that differ as animals do; converged is None where one grid was run."""

    lines: int
    waves: Waves
    control: Waves | None
    ratio: float | None
    log_error: float | None
    converged: bool | None


class Kcl(Counted):
    """``leao cortex kcl``."""

    preset: str
    read_out: str
    conditions: Conditions
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
    expectation: Expectation | None
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


class RestingPoint(TypedDict):
    """A zero of the membrane current, ions frozen."""

    voltage_mV: float
    stable: bool


class Resting(TypedDict):
    """The node at rest, and all zeros of its membrane current there."""

    potassium_mM: float
    glutamate_uM: float
    points: list[RestingPoint]


class Levels(TypedDict):
    """A level of K+ and one of glutamate, each alone; None where there is none."""

    potassium_mM: float | None
    glutamate_uM: float | None


class Cycle(TypedDict):
    """What steady KCl of one strength does; a period only where it is steady."""

    strength: float
    depolarisations: int
    period_s: float | None


class Phase(TypedDict):
    """``leao cortex phase``: one node without space."""

    preset: str
    conditions: Conditions
    compound: str | None
    concentration_uM: float
    antagonist: Antagonist | None
    magnesium_mM: float
    block_percent: dict[str, float]
    resting: Resting
    fold: Levels
    fold_distance: Levels
    threshold: Levels
    starts_by_itself: bool
    limit_cycle: bool
    cycles: list[Cycle]
    cpu_s: float
    out: str | None


class Export(TypedDict):
    """``leao cortex export``."""

    preset: str
    conditions: Conditions
    compound: str | None
    concentration_uM: float
    added: Levels
    duration_s: float
    columns: list[str]
    sbml: str
    csv: str
    out: str
