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


class ChainRun(Asked):
    """A scenario with its changes, in full."""

    scenario: Short = "noruzzadeh2016"
    dose: Text | None = None
    adherence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    exposure_hypotheses: Texts = []
    receptor_hypotheses: Texts = []
    research: bool = False
