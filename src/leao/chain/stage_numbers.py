"""The numbers of the chain's stages: their ledgers, their types, and in their places those that are held fixed."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from leao.chain import fixed
from leao.core.errors import ScenarioError
from leao.core.units import convert
from leao.dosing import adherence as taking
from leao.dosing import regimen
from leao.exposure import clearance
from leao.exposure import plasma_and_brain as exposure
from leao.headache import attack_rate as headache
from leao.receptor import equilibrium_block as receptor

P = TypeVar("P")

LEDGERS = {
    "regimen": ("regimen", regimen.RegimenNumbers),
    "taking": ("schedules", taking.AdherenceNumbers),
    "exposure": ("exposure", exposure.ExposureNumbers),
    "renal": ("renal", clearance.Renal),
    "receptor": ("receptor", receptor.ReceptorNumbers),
    "compound": ("receptor_posterior", receptor.Compound),
    "headache": ("headache", headache.LinkNumbers),
    "read_outs": ("read_outs", headache.Slopes),
}


def check(known: fixed.Fixed) -> None:
    """Refuse a number that no stage reads.

    Raises:
        ScenarioError: names it.
    """
    for name in known:
        if name not in (*fixed.OF_PEOPLE, fixed.SLOPE) and name not in numbers():
            raise ScenarioError(f"fixed.{name}: the chain does not read it; leave it out")


def with_fixed(params: P, stage: str, known: fixed.Fixed) -> P:
    """Return the numbers of a stage with those that are known in their places, in the unit of their field."""
    by_key = {name.partition(".")[2]: name for name in known if name.partition(".")[0] == stage and name in numbers()}
    if not by_key:
        return params
    hints = get_type_hints(type(params), include_extras=True)
    units = {key: get_args(hints[key])[1] for key in by_key}
    values = {key: convert(known[name], fixed.number(name).unit, units[key]) for key, name in by_key.items()}
    return cast("Any", params)._replace(**values)


@cache
def numbers() -> frozenset[str]:
    """Return the numbers that the chain reads, by stage and name."""
    return frozenset(f"{stage}.{key}" for stage, (_, params) in LEDGERS.items() for key in params._fields)
