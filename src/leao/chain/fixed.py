"""Numbers of the chain that a scenario holds fixed, in their ledger's unit: known of everybody, drawn no more.

    [fixed]
    exposure.clearance = 8.1        # a number of the ledgers, by stage and name
    urine_ph = 6.5                  # of everybody, as creatinine_clearance (mL/min)
    link.slope = 0.6                # fall of ln(attacks) per rise of ln(threshold): kappa times the read-out's slope

On the command line ``--set fixed.exposure.clearance=8.1``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.spreads import quantile

LEDGERS = {  # of each stage
    "regimen": "regimen",
    "taking": "schedules",
    "exposure": "exposure",
    "renal": "renal",
    "receptor": "receptor",
    "compound": "receptor_posterior",
    "headache": "headache",
    "read_outs": "read_outs",
}
SLOPE = "link.slope"
OF_PEOPLE = {"urine_ph": (4.0, 9.0, ""), "creatinine_clearance": (1.0, 250.0, "mL/min")}  # wanted, unit
SLOPES = (0.0, 50.0)
ARM = {"regimen.adherence": "adherence", "taking.missed_streak": "missed_streak"}
ARM |= {"taking.doubled_after_missed": "doubled_after_missed"}  # numbers that an arm may say itself
UNREAD = ("regimen.ceiling",)  # the label's, which no stage reads
INSTEAD = {  # numbers that one of everybody takes the place of
    "link.slope": ("headache.kappa", "read_outs."),
    "urine_ph": ("renal.reference_ph",),
    "creatinine_clearance": ("renal.reference_creatinine_clearance",),
}
EDGE = 1e-9  # of the probability, that shows to which side of 0 and 1 a number keeps
Fixed = Mapping[str, float]
Pairs = tuple[tuple[str, float], ...]


def flat(given: Any) -> Any:
    """Return dotted names for the tables that TOML makes of ``exposure.clearance = 8.1``."""
    return dict(_pairs(given)) if isinstance(given, Mapping) else given


def _pairs(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def number(name: str) -> ledger.Number:
    """Return a number of the chain.

    Raises:
        ScenarioError: the chain draws no such number.
    """
    stage, _, key = name.partition(".")
    if stage in LEDGERS:
        numbers = ledger.read(LEDGERS[stage]).numbers
        if key in numbers:
            return numbers[key]
    known = [f"{stage}.{key}" for stage, name_ in LEDGERS.items() for key in ledger.read(name_).numbers]
    hint = ledger.nearest(name, [*known, *OF_PEOPLE, SLOPE])
    raise ScenarioError(f"fixed: found {name!r}, wanted a number of the chain such as exposure.clearance{hint}")


def checked(fixed: Fixed) -> None:
    """Refuse numbers the chain does not draw, and values they cannot have.

    Raises:
        ScenarioError: names the number, what was found and what was wanted.
    """
    for whole, parts in INSTEAD.items():
        other = next((name for name in fixed if whole in fixed and name.startswith(parts)), None)
        if other is not None:
            raise ScenarioError(f"fixed.{other}: fixed.{whole} takes its place; leave one of them out")
    for name, value in fixed.items():
        if name in UNREAD:
            raise ScenarioError(f"fixed.{name}: the chain does not read it; leave it out")
        low, high, unit = _range(name)
        if not (math.isfinite(value) and low <= value <= high) or (low == 0.0 == value and name != SLOPE):
            wanted = f"above {low:g}" if high == math.inf else f"{low:g} to {high:g}"
            wanted = "a number" if low == -math.inf and high == math.inf else f"{wanted} {unit}".strip()
            raise ScenarioError(f"fixed.{name}: found {value:g}, wanted {wanted}")


def _range(name: str) -> tuple[float, float, str]:
    """Return between what a number must lie: on the side of 0 and 1 on which all of its uncertainty lies."""
    if name in OF_PEOPLE:
        return OF_PEOPLE[name]
    if name == SLOPE:
        return (*SLOPES, "")
    entry = number(name)
    unit = "" if entry.unit == "dimensionless" else entry.unit
    if entry.uncertainty is None:
        return 0.0 if entry.value > 0.0 else -math.inf, math.inf, unit
    first, last = quantile(entry.uncertainty, entry.value, np.array([EDGE, 1.0 - EDGE])).tolist()
    share = entry.unit == "dimensionless" and entry.uncertainty["dist"] in ("beta", "uniform") and last <= 1.0
    return 0.0 if first >= 0.0 else -math.inf, 1.0 if share else math.inf, unit


def said_twice(fixed: Fixed, arm: Mapping[str, Any]) -> str | None:
    """Return the number that is fixed while the arm says it, too."""
    return next((name for name, key in ARM.items() if name in fixed and arm.get(key) is not None), None)


def words(fixed: Fixed) -> str:
    """Return what is fixed in words: ``clearance 8.1 L/h``."""
    return ", ".join(_words(name, value) for name, value in fixed.items())


def _words(name: str, value: float) -> str:
    return f"{name} {value:g} {_unit(name)}".removesuffix("dimensionless").strip()


def _unit(name: str) -> str:
    if name == SLOPE:
        return ""
    if name in OF_PEOPLE:
        _, _, unit = OF_PEOPLE[name]
        return unit
    return number(name).unit
