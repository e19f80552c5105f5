"""What ``leao plan`` prints with ``--json``, ``leao.plan.check`` gives as ``summary`` and its page reads."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from leao.core.contract import Distribution
from leao.exposure.contract import RegimenForecast


class RegimenPreset(TypedDict):
    """A named regimen with its source."""

    name: str
    what: str
    dose: str
    source: str
    where: str
    tier: str
    note: str


class Companion(TypedDict):
    """Another medicine, as written and as understood."""

    written: str
    name: str
    known: bool
    group: str | None
    in_rules: bool


class Condition(TypedDict):
    """A word of the history, as written and as understood."""

    written: str
    name: str
    known: bool


class PatientLine(TypedDict):
    """The patient as entered and computed; null is not asked, never normal."""

    line: str
    weight_kg: float | None
    age_years: float | None
    sex: str | None
    serum_creatinine: str | None
    serum_creatinine_mg_dL: float | None
    creatinine_clearance_mL_min: float | None
    creatinine_clearance_by: str | None
    urine_ph: float | None
    hepatic: str | None
    pregnant: str | None
    breast_feeding: str | None
    tolerated_10mg: str | None
    taking: list[Companion] | None
    history: list[Condition] | None


class ScheduleStep(TypedDict):
    """What is taken from one day on."""

    from_day: int
    dose_mg: float
    times_per_day: int
    intakes_mg: list[float]
    morning_mg: float
    evening_mg: float
    every_days: int
    mg_per_day: float


class Caution(TypedDict):
    """One line of a rule; ``option`` is what to type, ``patient`` whether it is advice for the patient."""

    level: Literal["stop", "caution", "note"]
    what: str
    source: str
    option: str | None
    patient: bool


class LevelHypothesis(TypedDict):
    """The level if something not shown holds."""

    what: str
    plasma_ng_per_mL: Distribution
    free_brain_uM: Distribution
    source: str


class MissedDoses(TypedDict):
    """The level when only a share of the days is taken."""

    share: float
    plasma_ng_per_mL: Distribution


class LabelledRate(TypedDict):
    """An adverse event, per cent on drug and on placebo."""

    event: str
    drug: float
    placebo: float


class LabelledTable(TypedDict):
    """A label's table of adverse events."""

    label: str
    population: str
    source: str
    rows: list[LabelledRate]


class WithoutRate(TypedDict):
    """Adverse events that are known without a rate."""

    kind: str
    events: list[str]
    source: str


class AnyEvent(TypedDict):
    """Patients with any adverse event, of how many, on drug and on placebo."""

    trial: str
    population: str
    source: str
    drug: list[int]
    placebo: list[int]


class AdverseEvents(TypedDict):
    """What the labels say of adverse events."""

    caution: str
    labelled: list[LabelledTable]
    without_rate: list[WithoutRate]
    any: list[AnyEvent]


class ByRegion(TypedDict):
    """Something of either label."""

    EU: str
    US: str


class MaybeByRegion(TypedDict):
    """Something of either label, if it says so."""

    EU: str | None
    US: str | None


class Ceiling(TypedDict):
    """mg of salt a day; null where the label or an answer is silent."""

    EU: float | None
    US: float | None


class Plan(TypedDict):
    """``leao plan``: what is null was refused or not asked for."""

    asked: str
    preset: RegimenPreset | None
    patient: PatientLine
    unknown: list[str]
    not_in_rules: list[str]
    basis: str
    schedule: list[ScheduleStep] | None
    ceiling_mg_per_day: Ceiling
    ceiling_reason: ByRegion | None
    ceiling_source: ByRegion | None
    ceiling_option: MaybeByRegion | None
    creatinine_clearance_mL_min: float | None
    cautions: list[Caution]
    ask_first: list[str]
    forecast: RegimenForecast | None
    hypotheses: list[LevelHypothesis]
    adherence: MissedDoses | None
    adverse_events: AdverseEvents | None
    refused: str | None
