"""Text and unit in, bare float in the wanted unit out: the one door between units and numbers.

The only importer of pint, and pint is asked only for pairs of units outside ``unit_factors.csv``, which it computed
(``validation/write_units.py``): its registry takes a command a second. Everything behind this door works on floats
whose unit stands once, in the ``Annotated[float, "unit"]`` of a field of a stage's numbers or in ``variables.py``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from leao.core.errors import LedgerError, ScenarioError
from leao.core.limits import LONGEST_UNIT as LONGEST

if TYPE_CHECKING:
    import pint


# A unit is names with whole exponents, joined by * or /: nothing that pint could compute (9**9**9)
# or guess ("mg percent").
_WORD = r"(?:1|[A-Za-z°Ωµμ%]+)(?:(?:\^|\*\*)-?\d{1,2})?"
_UNIT = re.compile(rf"{_WORD}(?:\s*[*/·]\s*(?:{_WORD}|\({_WORD}(?:\s*[*/·]\s*{_WORD})*\)))*")
SHIPPED = "unit_factors.csv"

HOURS_PER_DAY = 24.0
DAYS_PER_WEEK = 7
DAYS_PER_MONTH = 28  # to which counts of attacks and days are prorated; ledger ``trial`` has it with its source


@cache
def _registry() -> pint.UnitRegistry:
    import pint

    return pint.UnitRegistry()


@cache
def _shipped() -> dict[tuple[str, str], float]:
    """Return the factors that ship with the package, by unit and wanted unit."""
    lines = (files("leao") / "core" / SHIPPED).read_text(encoding="utf-8").splitlines()[1:]
    return {(unit, wanted): float(text) for unit, wanted, text in (line.split(",") for line in lines)}


def factor(unit: str, wanted: str) -> float:
    """Return the number by which a value in ``unit`` is multiplied to stand in ``wanted``.

    Raises:
        LedgerError: an unknown unit, or two units of different dimension.
    """
    shipped = _shipped().get((unit, wanted))
    return computed(unit, wanted) if shipped is None else shipped


@cache
def computed(unit: str, wanted: str) -> float:
    """Return the factor as pint computes it.

    Raises:
        LedgerError: an unknown unit, or two units of different dimension.
    """
    from pint import DimensionalityError

    for name in (unit, wanted):
        if len(name) > LONGEST or not _UNIT.fullmatch(name):
            raise LedgerError(
                f"unit {name[:LONGEST]!r}: unknown, wanted names of units joined by * or /; check the spelling"
            )
    registry = _registry()
    try:
        return float(registry.Quantity(1.0, _name(unit)).to(_name(wanted)).magnitude)
    except DimensionalityError:
        raise LedgerError(f"{unit!r} cannot become {wanted!r}: the dimensions differ") from None
    except Exception as error:  # pint lets its parser's own errors through, of many classes
        raise LedgerError(f"unit {unit!r}: unknown to the unit table ({error}); check the spelling") from None


def convert(value: float, unit: str, wanted: str) -> float:
    """Return ``value`` [unit] expressed in ``wanted``; offset units (degC) are converted as temperatures."""
    if _name(unit) == _name(wanted):
        return float(value)
    if unit == "degC" and wanted == "K":
        return float(_registry().Quantity(value, unit).to(wanted).magnitude)
    return value * factor(unit, wanted)


def parse(text: str, wanted: str, *, what: str = "value") -> float:
    """Return the number in a text such as ``"10 mg"``, in the wanted unit.

    Args:
        text: a number followed by its unit.
        wanted: the unit of the returned float.
        what: what the text stands for, named in the error.

    Raises:
        ScenarioError: no number, no unit, an unknown unit or another dimension.
    """
    if len(text) > LONGEST:
        raise ScenarioError(
            f"{what}: found {len(text)} characters, wanted a number with its unit, such as '10 {wanted}'"
        )
    head, tail = _split(text)
    example = f"write for example '{head or '10'} {wanted}'"
    try:
        value = float(head)
    except ValueError:
        raise ScenarioError(f"{what}: found {text!r}, wanted a number with its unit; {example}") from None
    if not tail:
        raise ScenarioError(f"{what}: found {text!r} without a unit, wanted {wanted}; {example}")
    try:
        return convert(value, tail, wanted)
    except LedgerError as error:
        raise ScenarioError(f"{what}: found {text!r}, {error}; {example}") from None


def _split(text: str) -> tuple[str, str]:
    stripped = text.strip()
    cut = next(
        (i for i, c in enumerate(stripped) if not (c in "+-.0123456789" or _exponent(stripped, i))), len(stripped)
    )
    return stripped[:cut], stripped[cut:].strip()


def _exponent(text: str, i: int) -> bool:
    follows = text[i + 1 : i + 2]
    return text[i] in "eE" and i > 0 and text[i - 1].isdigit() and (follows.isdigit() or follows in ("+", "-"))


def _name(unit: str) -> str:
    return (
        unit.replace("µ", "u")
        .replace("%", "percent")
        .replace("uM", "micromolar")
        .replace("mM", "millimolar")
        .replace("nM", "nanomolar")
    )
