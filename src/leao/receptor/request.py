"""What is asked of a receptor, in texts with units, checked and turned into numbers before anything is computed."""

from __future__ import annotations

from leao.core import ledger, units
from leao.core.errors import ScenarioError
from leao.receptor import protocols
from leao.receptor.protocols import RecordingConditions

MAGNESIUM = "magnesium"


def bath(concentration: str, magnesium: str | None, voltage: str, compound: str) -> RecordingConditions:
    """Return the bath asked for; without ``magnesium`` 1 mM, or 0 mM where Mg2+ itself is the blocker.

    Raises:
        ScenarioError: a value out of range or in a wrong unit, or Mg2+ beside Mg2+ itself.
    """
    numbers = protocols.numbers()
    mg = magnesium or ("0 mM" if compound == MAGNESIUM else "1 mM")
    wanted = (
        ("--concentration", concentration, "uM", 0.0, numbers.highest_concentration),
        ("--magnesium", mg, "mM", 0.0, numbers.highest_magnesium),
        ("--voltage", voltage, "mV", numbers.lowest_voltage, numbers.highest_voltage),
    )
    surround = RecordingConditions(
        *(
            _within(name, text, units.parse(text, unit, what=name), (low, high, unit))
            for name, text, unit, low, high in wanted
        )
    )
    if compound == MAGNESIUM and surround.magnesium > 0.0:
        raise ScenarioError(f"--magnesium: found {mg!r} beside --compound magnesium, Mg2+ itself; leave it out")
    return surround


def protocol(name: str, surround: RecordingConditions) -> str:
    """Return the name of a protocol that can be run at the bath's voltage.

    Raises:
        ScenarioError: no such protocol, or a voltage at which no current flows.
    """
    one_of("protocol", name, protocols.PROTOCOLS)
    reversal = protocols.numbers().reversal
    if name != "csd" and surround.voltage == reversal:
        raise ScenarioError(
            f"--voltage: found {surround.voltage:g} mV, where no current flows; wanted any voltage but {reversal:g} mV"
        )
    return name


def one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    """Refuse a name that is not known; suggests the nearest.

    Raises:
        ScenarioError: it is not among ``known``.
    """
    if name not in known:
        hint = ledger.nearest(name, list(known))
        raise ScenarioError(f"--{what}: found {name!r}, wanted one of {', '.join(known)}{hint}")


def _within(name: str, text: str, value: float, limits: tuple[float, float, str]) -> float:
    low, high, unit = limits
    if not low <= value <= high:  # false for nan as well
        raise ScenarioError(f"{name}: found {text!r}, wanted {low:g} to {high:g} {unit}")
    return value
