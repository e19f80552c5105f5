"""Schedule: steps of a regimen, and the planned intakes of every day they mean, in mg of salt.

Reads: steps (from which day, which intakes, every how many days), as prescription.py reads them; the name of a preset.
Writes: the planned doses (day, intake); the steps in words.
Source: presets/*.toml, each with its source.
"""

from __future__ import annotations

import math
import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import LedgerError, ScenarioError
from leao.core.ledger import nearest

INTAKES = 2  # places for intakes in a day: morning and evening; more where a day has more
LONGEST = 1830  # days; a longer plan is a slip of the pen


class Step(NamedTuple):
    """What is taken from one day on, until the next step: mg of salt at times evenly apart, the first in the morning.

    Two are morning and evening; four are morning, noon, evening and night.
    """

    from_day: int
    intakes: tuple[float, ...]
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


def places(schedule: Schedule) -> int:
    """Return how many places for intakes a day needs so that every step's intakes stand evenly apart on them."""
    return math.lcm(INTAKES, *(len(step.intakes) for step in schedule))


def planned(schedule: Schedule, n_day: int, width: int | None = None) -> NDArray[np.float64]:
    """Return the planned intakes (day, intake), mg of salt, evenly apart; of two, the morning's and the evening's.

    Args:
        schedule: the steps.
        n_day: days.
        width: places for intakes in a day; those that the schedule needs where it is left out.
    """
    doses = np.zeros((n_day, places(schedule) if width is None else width))
    for step in schedule:
        day = np.zeros(doses.shape[1])
        day[:: day.size // len(step.intakes)] = step.intakes
        doses[step.from_day :] = 0.0
        doses[step.from_day :: step.every] = day
    return doses


def _said(step: Step) -> str:
    every = "" if step.every == 1 else f" every {step.every} days"
    if not step.per_day:
        return "nothing"
    if len(step.intakes) > INTAKES and step.times <= INTAKES:  # a noon
        hours = zip(step.intakes, ("in the morning", "at noon", "in the evening", "at night"), strict=False)
        return " and ".join(f"{amount:g} mg {when}" for amount, when in hours if amount) + every
    if step.times > INTAKES:
        taken = [amount for amount in step.intakes if amount]
        if len(set(taken)) == 1:
            return f"{taken[0]:g} mg {step.times} times daily{every}"
        return f"{' + '.join(f'{amount:g}' for amount in taken)} mg daily{every}"
    morning, evening = step.intakes[0], step.per_day - step.intakes[0]
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
