"""What a user changes of a preset: its numbers by name, a tissue by name, the supply and the pumps."""

from __future__ import annotations

from typing import NamedTuple, get_args, get_type_hints

from leao.core import ledger, units
from leao.core.errors import LeaoError, ScenarioError, each_once
from leao.cortex import variations
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers


class ConditionTexts(NamedTuple):
    """A tissue by name, and what is left of supply and pumps as texts; None for the tissue's own."""

    tissue: str | None = None
    oxygen: str | None = None
    pump_neurone: str | None = None
    pump_glia: str | None = None


def conditions(texts: ConditionTexts, most_oxygen: float) -> variations.Conditions:
    """Return the conditions of an experiment; shares may be written ``0.5`` or ``50%``.

    Raises:
        ScenarioError: a share below zero, not a number, or pumps above all of them.
    """
    shares = []
    for what, text, most in (
        ("oxygen", texts.oxygen, most_oxygen),
        ("pump-neurone", texts.pump_neurone, 1.0),
        ("pump-glia", texts.pump_glia, 1.0),
    ):
        value = None if text is None else _share(what, text)
        if value is not None and not 0.0 <= value <= most:
            raise ScenarioError(f"{what}: found {text!r}, wanted 0 to {100.0 * most:g} %; write for example '50%'")
        shares.append(value)
    return variations.Conditions(texts.tissue, *shares)


def _share(what: str, text: str) -> float:
    try:
        return units.parse(one_unit(text, "dimensionless"), "dimensionless", what=what)
    except LeaoError:
        raise ScenarioError(f"{what}: found {text!r}, wanted a share; write for example '50%'") from None


def changed(
    preset: tuple[TissueNumbers, Homeostasis | None], changes: tuple[str, ...]
) -> tuple[TissueNumbers, Homeostasis | None]:
    """Return a preset's numbers with some replaced by texts such as ``"nmda=1e-4 cm/s"``.

    Raises:
        ScenarioError: not of that form, an unknown name, a number the preset's model does not use, or a wrong unit.
    """
    params, second = preset
    each_once("set", (text.partition("=")[0].strip() for text in changes))
    for text in changes:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise ScenarioError(f"set: found {text!r}, wanted NAME=VALUE UNIT; write for example nmda='1e-4 cm/s'")
        hints = _hints(TissueNumbers) | ({} if second is None else _hints(Homeostasis))
        if name not in hints:
            if name in Homeostasis._fields:
                raise ScenarioError(
                    f"set: {name} belongs to the second model; write --preset {variations.SECOND_MODEL}"
                )
            hint = ledger.nearest(name, list(hints)) or "; wanted a number of the preset's ledger"
            raise ScenarioError(f"set: no number {name!r} in the tissue{hint}")
        if second is not None and (instead := _unused(second).get(name)):
            raise ScenarioError(f"set: {name} is not used by this preset; {instead}")
        number = units.parse(one_unit(value, hints[name]), hints[name], what=f"set {name}")
        if name in TissueNumbers._fields:
            params = params._replace(**{name: number})
        elif second is not None:
            second = second._replace(**{name: number})
    return params, second


def _hints(cls: type) -> dict[str, str]:
    return {name: get_args(hint)[1] for name, hint in get_type_hints(cls, include_extras=True).items()}


def _unused(second: Homeostasis) -> dict[str, str]:
    """Return the numbers that a preset of the second model leaves aside, and what to change instead."""
    always = {"vascular_exchange": "it has no exchange with vessels"}
    if second.uptake_saturable == 0.0:
        inert = ("transport_capacity", "transport_half", "transport_neuron_share", "glutamate_rest")
        return always | dict.fromkeys(inert, "its uptake is of first order; set uptake_time")
    return always | {
        "uptake_time": "set transport_capacity",
        "uptake_neuron_share": "set transport_neuron_share",
        "glutamate_ratio_outside": "set glutamate_rest",
    }


def has_unit(part: str) -> bool:
    """Return whether something stands behind the number of ``part``."""
    return bool(part.strip().lstrip("+-.0123456789").replace("e", "").replace("E", "").strip("+-.0123456789 "))


def one_unit(value: str, unit: str) -> str:
    """Return ``value`` with the unit of a pure number, where it needs one and has none."""
    return f"{value} dimensionless" if unit == "dimensionless" and not has_unit(value) else value
