"""Policies as data: how a dose is started, raised, held, lowered or stopped.

Data: ``policies/*.toml``, each with its source.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.units import parse

AMOUNTS = ("start", "ramp", "step_up", "step_down", "floor", "ceiling")
WORDS = ("what", "source", "where", "tier")


class Rules(NamedTuple):
    """One policy; amounts in mg of salt per day."""

    name: str
    what: str
    source: str
    start: float
    ramp: float  # added every week until ``start``; 0: at once
    step_up: float
    step_down: float
    floor: float  # below it the dose is stopped
    ceiling: float
    enough: float  # fall of attacks, as a share, at which the dose is not raised

    @property
    def looks_at_response(self) -> bool:
        """Whether the dose depends on how attacks have gone."""
        return self.step_up > 0.0


@cache
def names() -> tuple[str, ...]:
    """Return the names of the policies that ship with the package."""
    folder = files("leao") / "dosing" / "policies"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def read(name: str) -> Rules:
    """Return the policy ``name``.

    Raises:
        ScenarioError: no such policy, or one whose amounts contradict each other.
    """
    if name not in names():
        hint = nearest(name, list(names()))
        raise ScenarioError(f"policy: found {name!r}, wanted one of {', '.join(names())}{hint}")
    return rules(name, tomllib.loads((files("leao") / "dosing" / "policies" / f"{name}.toml").read_text("utf-8")))


def rules(name: str, table: dict[str, Any]) -> Rules:
    """Return the checked policy of a TOML table.

    Raises:
        ScenarioError: a key that is missing or unknown, or amounts that contradict each other.
    """
    wanted = {*AMOUNTS, *WORDS, "enough"}
    for key in sorted(wanted ^ table.keys()):
        loaded = "lacks" if key in wanted else "has an unknown key"
        raise ScenarioError(f"policy {name} {loaded} {key!r}; wanted {', '.join(sorted(wanted))}")
    amounts = {key: parse(table[key], "mg/day", what=f"policy {name}, {key}") for key in AMOUNTS}
    loaded = Rules(name, table["what"], table["source"], **amounts, enough=float(table["enough"]))
    if not 0.0 < loaded.floor <= loaded.start <= loaded.ceiling:
        raise ScenarioError(
            f"policy {name}: found floor {loaded.floor:g}, start {loaded.start:g}, ceiling {loaded.ceiling:g} mg/day, "
            "wanted 0 < floor <= start <= ceiling"
        )
    return loaded
