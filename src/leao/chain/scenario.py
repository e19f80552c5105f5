"""What a user may ask for: a scenario is frozen, forbids unknown keys and names its models.

Scenarios are TOML files; those that ship with the package are found by name, others by path.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from leao.chain import fixed as numbers
from leao.chain import problem
from leao.core import ledger, toml
from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_SEED
from leao.core.sources import sources
from leao.core.units import convert
from leao.cortex.options import CortexOptions
from leao.diary.options import DiaryOptions
from leao.dosing.options import EITHER, RegimenOptions
from leao.dosing.policies import Rules, read
from leao.dosing.schedule import words
from leao.exposure.options import ExposureOptions
from leao.headache.options import HeadacheOptions
from leao.receptor.options import ReceptorOptions
from leao.trial.designs import settle
from leao.trial.options import TrialOptions
from leao.trial.reserved import RESERVED

UNCHANGED: Mapping[str, Any] = MappingProxyType({})
PLACEBO = "placebo"
ASSUMED = "assumed"
LONGEST_NAME = 60  # characters of the name of an arm
SAY_ROLE = {  # words that say a role when they are the whole name of an arm
    "control": frozenset({"placebo", "control", "vehicle", "dummy", "sham", "plc", "pbo"}),
    "drug": frozenset({"memantine", "drug", "active", "verum", "treatment", "treated"}),
}


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("wanted a whole number")
    return value


class Scenario(BaseModel):
    """One question to the chain: who takes what, which models, how many simulated trials."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    name: str = Field(pattern=r"^\w[\w.-]*$", max_length=100)
    what: str
    source: str
    setting: Literal["clinical", "research"] = "clinical"
    seed: Annotated[int, BeforeValidator(_no_flag)] = Field(default=1, ge=0, le=LARGEST_SEED)
    trials: int = Field(default=500, ge=2, le=100_000)
    arms: dict[str, RegimenOptions]
    exposure: ExposureOptions = Field(default_factory=lambda: ExposureOptions.model_validate({}))
    receptor: ReceptorOptions = Field(default_factory=lambda: ReceptorOptions.model_validate({}))
    cortex: CortexOptions = CortexOptions()
    headache: HeadacheOptions = Field(default_factory=lambda: HeadacheOptions.model_validate({}))
    diary: DiaryOptions = Field(default_factory=lambda: DiaryOptions.model_validate({}))
    trial: TrialOptions
    fixed: Annotated[dict[str, float], BeforeValidator(numbers.flat)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_source(self) -> Scenario:
        """The scenario's source stands in the package's list, or is ``assumed``."""
        if self.source != ASSUMED and self.source not in sources():
            hint = ledger.nearest(self.source, list(sources()))
            raise ValueError(f"source: {self.source!r} is in no list of sources; write 'assumed'{hint}")
        return self

    @model_validator(mode="after")
    def _two_arms(self) -> Scenario:
        """One arm with the drug and one with placebo; several doses where the design compares them."""
        for name in self.arms:
            if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
                raise ValueError(f"arms: found the name {name[:LONGEST_NAME]!r}, wanted 1 to {LONGEST_NAME} letters")
        drugs = sorted(arm.drug for arm in self.arms.values())
        several = self.trial.design.kind == "dose_finding"
        if drugs.count("placebo") != 1 or len(drugs) < 2 or (len(drugs) > 2 and not several):
            raise ValueError(f"arms: found {drugs}, wanted one arm with memantine and one with placebo")
        return self

    @model_validator(mode="after")
    def _clear_roles(self) -> Scenario:
        """A name that says one role while the arm's drug says the other is a question, unless ``role`` answers it."""
        for name, arm in self.arms.items():
            word = name.strip().casefold()
            role, other = ("control", "drug") if arm.is_control else ("drug", "control")
            if arm.role is None and word in SAY_ROLE[other]:
                raise ValueError(
                    f"arms.{name}: found the name of a {other} arm with drug {arm.drug!r}; which is it? write "
                    f'role = "{role}" in [arms.{name}], or mend its drug'
                )
        return self

    @model_validator(mode="after")
    def _free_name(self) -> Scenario:
        """What follows ``leao trial`` is a command before it is a scenario."""
        if self.name in RESERVED:
            raise ValueError(f"name: {self.name!r} is a word of 'leao trial'; choose another")
        return self

    @model_validator(mode="after")
    def _below_ceiling(self) -> Scenario:
        """A dose above the label's ceiling needs ``setting = "research"``."""
        limit = ceiling_mg_per_day()
        for name, arm in self.arms.items():
            if arm.most_mg_per_day > limit and self.setting != "research":
                key = "dose" if arm.preset is None else "preset"
                raise ValueError(
                    f"arms.{name}.{key}: found {arm.most_mg_per_day:g} mg/day, wanted at most {limit:g} mg/day, the "
                    'label\'s ceiling; for simulation only, write setting = "research"'
                )
            most = max(arm.most_mg_per_day, 0.0 if arm.policy is None else read(arm.policy).ceiling)
            key, doubled = f"arms.{name}.doubled_after_missed", arm.doubled_after_missed
            if doubled is None:  # held fixed for every arm, where the arm itself does not say it
                key, doubled = "fixed.taking.doubled_after_missed", self.fixed.get("taking.doubled_after_missed")
            if doubled and 2 * most > limit and self.setting != "research":
                raise ValueError(
                    f"{key}: found {doubled:g} with {most:g} mg/day, "
                    f"whose double is above {limit:g} mg/day, the label's ceiling; for simulation only, write "
                    'setting = "research"'
                )
        return self

    @model_validator(mode="after")
    def _possible_numbers(self) -> Scenario:
        """What is held fixed is a number of the chain, and no arm says it, too."""
        try:
            numbers.checked(self.fixed)
        except ScenarioError as error:
            raise ValueError(str(error)) from None
        twice = numbers.said_twice(self.fixed, self.arms[self.active_arm].model_dump())
        if twice is not None:
            raise ValueError(f"fixed.{twice}: arms.{self.active_arm} says it, too; leave one of them out")
        return self

    @model_validator(mode="after")
    def _possible_policy(self) -> Scenario:
        """A policy begins with the arm's dose and keeps the ceiling; placebo follows the drug's, blinded."""
        if self.arms[self.placebo_arm].policy is not None:
            raise ValueError(f"arms.{self.placebo_arm}.policy: placebo follows the drug's policy; leave it out")
        rules, steps = self.policy, self.arms[self.active_arm].schedule
        if rules is None:
            return self
        if [step.per_day for step in steps] != [rules.start]:
            raise ValueError(
                f"arms.{self.active_arm}.dose: found {words(steps)}, but policy {rules.name!r} starts with "
                f"{rules.start:g} mg; write --set arms.{self.active_arm}.dose='{rules.start:g} mg'"
            )
        if rules.ceiling > ceiling_mg_per_day() and self.setting != "research":
            raise ValueError(f"arms.{self.active_arm}.policy: {rules.name!r} goes above the label's ceiling")
        return self

    @model_validator(mode="after")
    def _possible_design(self) -> Scenario:
        """The trial's figures agree with each other."""
        settle(self.trial, (self.placebo_arm, *self.active_arms), self.diary)
        return self

    @property
    def asked(self) -> str:
        """What is really asked, whatever the shipped description says: dose, weeks, patients, trials."""
        trial, values = self.trial, words(self.arms[self.active_arm].schedule)
        values += f", {self.policy.name}" if self.policy else ""
        people = f"{len(self.arms)} x {trial.n_per_arm} patients"
        lasting = (
            f"{values} for {trial.weeks} weeks" if "," not in values else f"{values}; {trial.weeks} weeks of treatment"
        )
        held = f"; held fixed: {numbers.words(self.fixed)}" if self.fixed else ""
        return f"{lasting}, {people}, simulated {self.trials} times{held}"

    @property
    def switches(self) -> tuple[str, ...]:
        """The hypotheses beyond plain block that are switched on."""
        return (*self.exposure.hypotheses, *self.receptor.hypotheses)

    @property
    def policy(self) -> Rules | None:
        """How the dose follows tolerability and response; None for a dose that nobody changes."""
        name = self.arms[self.active_arm].policy
        try:
            return None if name is None else read(name)
        except ScenarioError as error:
            raise ValueError(f"arms.{self.active_arm}.{error}") from None

    @property
    def active_arm(self) -> str:
        """Name of the arm that takes the drug."""
        return next(name for name, arm in self.arms.items() if not arm.is_control)

    @property
    def active_arms(self) -> tuple[str, ...]:
        """Names of the arms that take the drug, in the scenario's order."""
        return tuple(name for name, arm in self.arms.items() if not arm.is_control)

    @property
    def roles(self) -> dict[str, str]:
        """The role of each arm, ``control`` or ``drug``, in the scenario's order."""
        return {name: "control" if arm.is_control else "drug" for name, arm in self.arms.items()}

    @property
    def placebo_arm(self) -> str:
        """Name of the arm that takes placebo."""
        return next(name for name, arm in self.arms.items() if arm.is_control)


def ceiling_mg_per_day() -> float:
    """Return the label's maximum daily dose of the salt, mg/day (ledger ``regimen``)."""
    number = ledger.read("regimen").numbers["ceiling"]
    return convert(number.value, number.unit, "mg/day")


def available() -> list[str]:
    """Return the names of the scenarios that ship with the package."""
    folder = files("leao") / "scenarios"
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load(name: str, changes: Mapping[str, Any] = UNCHANGED) -> Scenario:
    """Return the scenario ``name`` (shipped, or the path of a TOML file) with ``changes`` made.

    Args:
        name: for example ``"noruzzadeh2016"`` or ``"mine.toml"``.
        changes: dotted keys and values, for example ``{"arms.memantine.dose": "20 mg"}``.

    Raises:
        ScenarioError: unknown name or key, or a value that cannot be used.
    """
    return _made(name, _table(name), changes)


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return ``scenario`` with ``changes`` made, as in ``load``.

    Raises:
        ScenarioError: an unknown key, or a value that cannot be used.
    """
    return _made(scenario.name, scenario.model_dump(exclude_unset=True), changes)


def _made(name: str, table: dict[str, Any], changes: Mapping[str, Any]) -> Scenario:
    for key, value in changes.items():
        _change(table, key, value)
    try:
        return Scenario.model_validate(table)
    except ValidationError as error:
        raise ScenarioError(f"scenario {name}: {problem.first(error, Scenario)}") from None


def _table(name: str) -> dict[str, Any]:
    if name in available():
        return tomllib.loads((files("leao") / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
    if name.endswith(".toml"):
        return toml.read(Path(name), f"scenario {name}")
    hint = ledger.nearest(name, available())
    raise ScenarioError(f"scenario {name!r}: not found; wanted one of {', '.join(available())} or a .toml file{hint}")


def _change(table: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    inner = table
    for step in path:
        if step == "design" and isinstance(inner.get(step), str):  # a design by its name, followed by its keys
            inner[step] = {"kind": inner[step]}
        inner = inner.setdefault(step, {})
        if not isinstance(inner, dict):
            raise ScenarioError(f"--set {key}: {step!r} holds a value, not a table; check the key")
    if last in EITHER and path[:1] == ["arms"]:
        for other in EITHER:
            inner.pop(other, None)
    inner[last] = value
