"""What ``leao cortex sheet`` and ``aura`` print with ``--json``, and ``leao.cortex`` gives as ``summary``."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.cortex.contract import Antagonist, Conditions


class SheetMeasures(TypedDict):
    """What a wave did to a sheet; None where there was none, or it was not seen long enough."""

    propagated: bool
    invaded_mm2: float
    invaded_percent: float
    area_mm2: float
    reentry: bool
    reentry_mm2: float
    reached_mm: float
    still_moving: bool
    speed_mm_per_min: float | None
    mean_speed_mm_per_min: float | None
    speed_flat_mm_per_min: float | None
    curvature_mm2_per_min: float | None
    duration_s: float | None
    k_peak_mM: float | None
    glutamate_peak_uM: float | None
    dc_shift_mV: float | None
    dc_after_mV: float | None


class Sheet(SheetMeasures):
    """``leao cortex sheet``."""

    preset: str
    control: SheetMeasures | None
    compound: str | None
    concentration_uM: float
    antagonist: Antagonist | None
    magnesium_mM: float
    block_percent: dict[str, float]
    conditions: Conditions
    stimulus: str
    strength: float
    strength_unit: str
    at_mm: list[float]
    radius_mm: float
    width_mm: float
    height_mm: float
    node_mm: float
    nodes: list[int]
    dt_s: float
    run_s: float
    field: str | None
    field_percent: float
    return_path: str
    return_length_mm: float | None
    potential_tolerance: float
    cycles_per_step: float
    cpu_s: float
    out: str | None


class ScotomaRow(TypedDict):
    """The blind part of the visual field at one time; edges None where nothing is blind."""

    minute: float
    outer_deg: float | None
    inner_deg: float | None
    blind_deg2: float
    touched_deg2: float
    touched_mm2: float


class Aura(Sheet):
    """``leao cortex aura``."""

    hemifield: str
    eccentricity_deg: list[float]
    sheet_deg: list[float]
    start_deg: float
    scotoma: list[ScotomaRow]
    scotoma_control: list[ScotomaRow] | None
    lashley_deg: list[float]
    drawing_rate_mm_per_min: float
    imaged_speed_mm_per_min: float
