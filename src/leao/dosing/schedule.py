"""Schedule: from a written prescription to the planned intakes of every day, in mg of salt.

Reads: a text ("5 mg daily for 1 week, then 10 mg daily") or the name of a preset.
Writes: steps (from which day, which intakes) and the planned doses (day, intake).
Source: presets/*.toml, each with its source.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import LedgerError, ScenarioError
from leao.core.ledger import nearest
from leao.core.units import parse as quantity

DAYS = {"day": 1, "week": 7}
INTAKES = 2  # places for intakes in a day: morning and evening
EXAMPLE = "write for example '10 mg daily' or '5 mg daily for 1 week, then 10 mg daily'"
LONGEST = 1830  # days; a longer plan is a slip of the pen
_ONCE = r"(?:once\s+)?(?:daily|a\s+day|per\s+day|every\s+day)|od|qd"
_TWICE = r"(?:twice|two\s+times)\s+(?:daily|a\s+day|per\s+day)|bid|bd|every\s+12\s+h(?:ours)?"
_AMOUNT = r"(?P<first>[^,;]+?)(?:\s+and\s+(?P<second>[^,;]+?))?"
_FOR = r"(?:\s+for\s+(?P<count>\d+)\s+(?P<span>day|week)s?)?"
_FROM = r"(?:\s+from\s+day\s+(?P<start>\d+))?"
_INTAKE = re.compile(rf"{_AMOUNT}\s+(?:(?P<twice>{_TWICE})|(?:{_ONCE})){_FROM}{_FOR}")
_PAUSE = re.compile(rf"(?:stop|nothing|pause){_FROM}{_FOR}")
_DATE = re.compile(r"\bfrom\s+(\d{4}-\d{2}-\d{2})\b")
_BARE = re.compile(r"[-+.\deE]+\s*[^\s/,;]*")
_TAPER = re.compile(r"taper\s+by\s+(?P<amount>[^,;]+?)\s+(?:per|every|each)\s+(?P<span>day|week)")


class Step(NamedTuple):
    """What is taken from one day on, until the next step: mg of salt in the morning and in the evening."""

    from_day: int
    intakes: tuple[float, float]

    @property
    def per_day(self) -> float:
        """Amount per day, mg of salt."""
        return sum(self.intakes)

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


def parse(text: str) -> Schedule:
    """Return the steps of a written prescription.

    Steps are separated by ``then``, commas or semicolons: an amount with its unit and ``daily`` or ``twice
    daily`` (two amounts joined by ``and``: morning and evening), perhaps ``for 2 weeks`` or ``from day 28`` (the
    first day is day 0) or ``from 2026-12-01``; ``nothing for 1 week``; ``stop``; ``taper by 5 mg per week``.

    Raises:
        ScenarioError: a part that is not understood, or steps that overlap or have no end.
    """
    plain = re.sub(r"\s*/\s*day\b", " daily", text.lower())
    parts = [part.strip() for part in re.split(r"[,;]?\s*\bthen\b\s*|[,;]", plain) if part.strip()]
    parts = _dated(parts)
    steps: list[Step] = []
    end: int | None = 0
    for part in parts:
        if (found := _TAPER.fullmatch(part)) is not None:
            steps += _taper(found, steps, end, part)
            end = None
        else:
            step, after = _step(part, steps, end)
            if steps and end is not None and step.from_day > end:
                steps.append(Step(end, (0.0, 0.0)))
            steps.append(step)
            end = after
    if not any(step.per_day for step in steps):
        raise ScenarioError(f"dose: found {text!r}, wanted a dose; {EXAMPLE}")
    if end is not None and steps[-1].per_day:
        steps.append(Step(end, (0.0, 0.0)))
    if steps[-1].from_day > LONGEST:
        raise ScenarioError(
            f"dose: the last step begins on day {steps[-1].from_day}, wanted {LONGEST} at most; shorten it"
        )
    return tuple(steps)


def read(text: str) -> Schedule:
    """Return the steps of a written prescription, in which a bare amount means once daily and may be 0 mg.

    Raises:
        ScenarioError: as ``parse``; a negative amount.
    """
    if not _BARE.fullmatch(text.strip()):
        return parse(text)
    amount = quantity(text, "mg", what="dose")
    if not 0.0 <= amount < float("inf"):
        raise ScenarioError(f"dose: found {text!r}, wanted 0 mg or more; write for example '10 mg'")
    return (Step(0, (amount, 0.0)),)


def words(schedule: Schedule) -> str:
    """Return a schedule as a person writes it: ``5 mg once daily, 10 mg once daily from day 7``."""
    told = []
    for step in schedule:
        morning, evening = step.intakes
        if not step.per_day:
            what = "nothing"
        elif not evening:
            what = f"{morning:g} mg once daily"
        elif morning == evening:
            what = f"{morning:g} mg twice daily"
        else:
            what = f"{morning:g} mg and {evening:g} mg daily"
        told.append(what if step.from_day == 0 else f"{what} from day {step.from_day}")
    return ", ".join(told)


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
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return {entry.name[:-5]: _preset(entry.name[:-5], tomllib.loads(entry.read_text("utf-8"))) for entry in found}


def planned(schedule: Schedule, n_day: int) -> NDArray[np.float64]:
    """Return the planned intakes (day, intake), mg of salt; intake 0 is the morning, 1 the evening."""
    doses = np.zeros((n_day, INTAKES))
    for step in schedule:
        doses[step.from_day :] = step.intakes
    return doses


def _preset(name: str, table: dict[str, Any]) -> Preset:
    lacking = {"what", "dose", "source", "where", "tier"} - table.keys()
    if lacking or table.keys() - set(Preset._fields):
        raise LedgerError(
            f"preset {name}: wants what, dose, source, where and tier; lacks {', '.join(sorted(lacking))}"
        )
    return Preset(name=name, **table)


def _dated(parts: list[str]) -> list[str]:
    """Return the parts with every date as a day counted from the date of the first part."""
    found = [_DATE.search(part) for part in parts]
    if not any(found):
        return parts
    if found[0] is None:
        raise ScenarioError(
            f"dose: {parts[0]!r} has no date beside steps that have; write '{parts[0]} from 2026-12-01'"
        )
    first = _date(found[0])
    return [
        part if match is None else part.replace(match[0], f"from day {(_date(match) - first).days}")
        for part, match in zip(parts, found, strict=True)
    ]


def _date(found: re.Match[str]) -> date:
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise ScenarioError(f"dose: found {found[1]!r}, wanted a date that exists; write year-month-day") from None


def _step(part: str, before: list[Step], end: int | None) -> tuple[Step, int | None]:
    """Return one step and the day on which it ends; None where it goes on."""
    found = _INTAKE.fullmatch(part)
    pause = None if found else _PAUSE.fullmatch(part)
    known = found or pause
    if known is None:
        raise ScenarioError(f"dose: {part!r} is not understood; {EXAMPLE}")
    start = _start(known, before, end, part)
    length = int(known["count"]) * DAYS[known["span"]] if known["count"] else None
    if length is not None and not 1 <= length <= LONGEST:
        raise ScenarioError(f"dose: {part!r} lasts {length} days, wanted 1 to {LONGEST}")
    step = Step(start, _intakes(found) if found else (0.0, 0.0))
    return step, None if length is None else start + length


def _start(found: re.Match[str], before: list[Step], end: int | None, part: str) -> int:
    if found["start"] is not None:
        start = int(found["start"])
        least = end if end is not None else before[-1].from_day + 1
        if not least <= start <= LONGEST:
            raise ScenarioError(f"dose: {part!r} begins before the step ahead of it ends, on day {least}; move it")
        return start
    if end is None:
        raise ScenarioError(f"dose: the step before {part!r} has no end; add 'for 1 week' to it")
    return end


def _intakes(found: re.Match[str]) -> tuple[float, float]:
    first = _amount(found["first"])
    if found["second"]:
        return first, _amount(found["second"])
    return (first, first) if found["twice"] else (first, 0.0)


def _amount(text: str) -> float:
    amount = quantity(text, "mg", what="dose")
    if not 0.0 < amount < float("inf"):
        raise ScenarioError(f"dose: found {text!r}, wanted more than 0 mg; {EXAMPLE}")
    return amount


def _taper(found: re.Match[str], before: list[Step], end: int | None, part: str) -> list[Step]:
    """Return the steps downwards from the last dose to nothing."""
    if not before or end is None or before[-1].per_day == 0:
        raise ScenarioError(
            f"dose: {part!r} wants a dose before it that ends; write '20 mg daily for 8 weeks, then {part}'"
        )
    down, length = _amount(found["amount"]), DAYS[found["span"]]
    whole = before[-1]
    n_step = int(np.ceil(whole.per_day / down - 1e-9))
    if n_step * length > LONGEST:
        raise ScenarioError(f"dose: {part!r} takes {n_step * length} days, wanted at most {LONGEST}; take larger steps")
    steps = []
    for k in range(1, n_step + 1):
        left = max(0.0, whole.per_day - k * down) / whole.per_day
        steps.append(Step(end + (k - 1) * length, (whole.intakes[0] * left, whole.intakes[1] * left)))
    return [*steps[:-1], Step(steps[-1].from_day, (0.0, 0.0))]
