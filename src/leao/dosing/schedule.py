"""Schedule: steps of a regimen, and the planned intakes of every day they mean, in mg of salt.

Reads: steps (from which day, which intakes, every how many days), as prescription.py reads them; the name of a preset.
Writes: the planned doses (day, intake); the steps in words.
Source: presets/*.toml, each with its source.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import LedgerError, ScenarioError
from leao.core.ledger import nearest

INTAKES = 2  # places for intakes in a day: morning and evening
LONGEST = 1830  # days; a longer plan is a slip of the pen


class Step(NamedTuple):
    """What is taken from one day on, until the next step: mg of salt in the morning and in the evening."""

    from_day: int
    intakes: tuple[float, float]
    every: int = 1  # days from one such day to the next

    @property
    def per_day(self) -> float:
        """Amount on a day of intake, mg of salt."""
        return sum(self.intakes)

    @property
    def mean_per_day(self) -> float:
        """Amount per day over the days without an intake too, mg of salt."""
        return self.per_day / self.every

    @property
    def times(self) -> int:
        """How many intakes a day has."""
        return sum(amount > 0 for amount in self.intakes)


class Preset(NamedTuple):
    """A schedule with its source."""

    name: str
    what: str
    dose: str
    source: str
    where: str
    tier: str
    note: str = ""


Schedule = tuple[Step, ...]


def words(schedule: Schedule) -> str:
    """Return a schedule as a person writes it: ``5 mg once daily, 10 mg once daily from day 7``."""
    return ", ".join(
        _said(step) if step.from_day == 0 else f"{_said(step)} from day {step.from_day}" for step in schedule
    )


def preset(name: str) -> Preset:
    """Return the preset ``name`` with its source.

    Raises:
        ScenarioError: no such preset.
    """
    if name not in presets():
        raise ScenarioError(
            f"preset: found {name!r}, wanted one of {', '.join(presets())}{nearest(name, list(presets()))}"
        )
    return presets()[name]


def presets() -> dict[str, Preset]:
    """Return all presets by name."""
    folder = files("leao") / "dosing" / "presets"
    ordered = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name
    )
    return {entry.name[:-5]: _preset(entry.name[:-5], tomllib.loads(entry.read_text("utf-8"))) for entry in ordered}


def planned(schedule: Schedule, n_day: int) -> NDArray[np.float64]:
    """Return the planned intakes (day, intake), mg of salt; intake 0 is the morning, 1 the evening."""
    doses = np.zeros((n_day, INTAKES))
    for step in schedule:
        doses[step.from_day :] = 0.0
        doses[step.from_day :: step.every] = step.intakes
    return doses


def _said(step: Step) -> str:
    morning, evening = step.intakes
    every = "" if step.every == 1 else f" every {step.every} days"
    if not step.per_day:
        return "nothing"
    if not evening:
        return f"{morning:g} mg{every or ' once daily'}"
    if not morning:
        return f"{evening:g} mg in the evening{every}"
    if morning == evening:
        return f"{morning:g} mg twice daily{every}"
    return f"{morning:g} mg and {evening:g} mg daily{every}"


def _preset(name: str, table: dict[str, Any]) -> Preset:
    lacking = {"what", "dose", "source", "where", "tier"} - table.keys()
    if lacking or table.keys() - set(Preset._fields):
        raise LedgerError(
            f"preset {name}: wants what, dose, source, where and tier; lacks {', '.join(sorted(lacking))}"
        )
    return Preset(name=name, **table)
