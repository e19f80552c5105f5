"""What the screens may ask, as bodies of requests: the options of the commands, and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=2_000)]
Short = Annotated[str, Field(max_length=200)]
Texts = Annotated[list[Text], Field(max_length=2_000)]


class Asked(BaseModel):
    """A body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Asked):
    """No options."""


class Diary(Asked):
    """A diary that was dropped, and how it is read: options of ``leao review``."""

    file: Short
    map: Short | None = None
    say: Texts = []
    column: Texts = []
    ignore: Texts = []
    only: Texts = []
    dates: Short | None = None
    unlisted: Short | None = None
    severity: Short | None = None
    length: Short | None = None
    utc: Short | None = None
    sheet: Short | None = None


class Review(Diary):
    """The same with what was taken: options of ``leao review``."""

    start: Short | None = None
    dose: Text | None = None
    change: Texts = []
    stop: Short | None = None
    creatinine_clearance: float | None = None


class KeepMapping(Diary):
    """How a diary is read, to be kept under a name on this machine."""

    name: Annotated[str, Field(pattern=r"^[\w][\w .-]{0,39}$")]


class Plan(Asked):
    """A regimen and the answers for one patient: options of ``leao plan``."""

    dose: Text | None = None
    preset: Short | None = None
    adherence: Short | None = None
    weight: Short | None = None
    age: Short | None = None
    sex: Short | None = None
    creatinine_clearance: Short | None = None
    serum_creatinine: Short | None = None
    urine_ph: Short | None = None
    taking: Text | None = None
    pregnant: Short | None = None
    breast_feeding: Short | None = None
    hepatic: Short | None = None
    history: Text | None = None
    tolerated_10mg: Short | None = None


class Chain(Asked):
    """The sliders of the chain: changes of a scenario, and numbers held fixed in their ledger's unit."""

    scenario: Short = "noruzzadeh2016"
    dose: Text | None = None
    adherence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    exposure_hypotheses: Texts = []
    receptor_hypotheses: Texts = []
    research: bool = False
    fixed: dict[Short, float] = {}


class ChainNumber(Chain):
    """One number of the chain, looked at over its range."""

    number: Short


class ChainRun(Chain):
    """A scenario with its changes, in full."""

    trials: Annotated[int, Field(ge=2, le=10_000)] | None = None


class LedgerNumber(Asked):
    """One number of a ledger, as it is stated there."""

    number: Short


class Design(Asked):
    """A trial's design and the effect it is tried under, power for each size: options of ``leao trial``."""

    kind: Short = "parallel"
    sizes: Annotated[list[Annotated[int, Field(ge=2, le=2_000)]], Field(min_length=1, max_length=12)]
    weeks: Annotated[int, Field(ge=4, le=104)] = 12
    effect: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8
    repeats: Annotated[int, Field(ge=2, le=2_000)] = 200
    dose: Short = "10 mg"
    doses: Annotated[list[Short], Field(max_length=6)] = []  # of a dose-finding design, once a day
    policy: Short | None = None  # by which a titrated design changes the dose
    estimator: Short | None = None
    endpoint: Short = "attacks"
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] | None = None
    stratify: bool = False
    research: bool = False
    seed: Annotated[int, Field(ge=0)] = 1


class Look(Asked):
    """A table that was dropped."""

    file: Short
    sheet: Short | None = None


class Table(Look):
    """A trial's table, and which column is which: options of ``leao trial analyse``."""

    arm: Short | None = None
    visit: Short | None = None
    day: Short | None = None
    subject: Short | None = None
    value: Short | None = None
    baseline: Short | None = None
    param: Short | None = None
    control: Short | None = None
    where: Texts = []
    ignore: Texts = []
    visits: Short | None = None
    move_visit: Texts = []
    visit_days: Short | None = None
    baseline_days: float | None = None
    pool: int | None = None
    kind: Short | None = None
    better: Short | None = None
    missing: Short | None = None
    keep_imputed: bool = False
    covariates: Short | None = None
    strata: Short | None = None
    stopped: Short | None = None
    subgroup: Short | None = None
    estimator: Short | None = None


class Cortex(Asked):
    """Tissue, drug and stimulus of a wave: options of ``leao cortex wave``, ``sheet`` and ``aura``."""

    preset: Short = "leao"
    compound: Short | None = None
    concentration: Short | None = None
    magnesium: Short | None = None
    antagonist: Short | None = None
    block: Short | None = None
    stimulus: Short = "kcl"
    strength: Short | None = None
    tissue: Short | None = None
    oxygen: Short | None = None
    pump_neurone: Short | None = None
    pump_glia: Short | None = None
    set: Texts = []


class Wave(Cortex):
    """A wave on a line of cortex: options of ``leao cortex wave``."""

    length: Short | None = None


class Sheet(Cortex):
    """A wave over a sheet of cortex: options of ``leao cortex sheet``."""

    at: Short | None = None
    radius: Short | None = None
    size: Short = "10 mm"
    node: Short = "80 um"
    minutes: Annotated[float, Field(gt=0.0, le=60.0)] = 2.0
    every: Short = "2 s"
    return_path: Short = "none"
    file: Short | None = None  # of places that differ, as option --field


class Aura(Sheet):
    """The aura of a wave over V1: options of ``leao cortex aura``."""

    hemifield: Short = "left"
    eccentricity: Short | None = None


class Threshold(Asked):
    """The weakest stimulus that starts a wave: options of ``leao cortex threshold``."""

    concentration: Short = "0,0.1,0.3,1,3,10 uM"
    preset: Short = "leao"
    compound: Short = "memantine"
    magnesium: Short | None = None
    antagonist: Short | None = None
    block: Short | None = None
    stimulus: Short = "kcl"
    set: Texts = []
    tissue: Short | None = None
    oxygen: Short | None = None
    pump_neurone: Short | None = None
    pump_glia: Short | None = None
