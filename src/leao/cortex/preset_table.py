"""Presets of the cortex, each a ledger, ready to run with their receptors."""

from __future__ import annotations

from functools import cache

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.cortex import drugged_receptors, solve
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers

FOLDER = "cortex/"
NOT_PRESETS = ("gates", "stimuli", "bath", "controls", "shape")


def names() -> list[str]:
    """Return the names of all presets."""
    ledgers = [name.removeprefix(FOLDER) for name in ledger.names() if name.startswith(FOLDER)]
    return [name for name in ledgers if name not in NOT_PRESETS]


@cache
def load(preset: str) -> solve.Cortex:
    """Return the preset of the ledgers, balanced at rest.

    Raises:
        ScenarioError: no such preset; suggests the nearest.
    """
    if preset not in names():
        hint = ledger.nearest(preset, names())
        raise ScenarioError(f"preset: found {preset!r}, wanted one of {', '.join(names())}{hint}")
    return prepare(preset, *numbers(preset))


def numbers(preset: str) -> tuple[TissueNumbers, Homeostasis | None]:
    """Return the numbers of a preset: those both models share, and those of the second model, None for the first."""
    whole = ledger.read(FOLDER + preset)
    added = {name: number for name, number in whole.numbers.items() if name in Homeostasis._fields}
    shared = {name: number for name, number in whole.numbers.items() if name not in added}
    params = ledger.params(ledger.Ledger(whole.name, shared), TissueNumbers)
    return params, ledger.params(ledger.Ledger(whole.name, added), Homeostasis) if added else None


def prepare(name: str, params: TissueNumbers, second: Homeostasis | None = None) -> solve.Cortex:
    """Return a set of parameters ready to run, with its receptors free of drug; ``second`` for the second model."""
    return solve.prepare(name, params, drugged_receptors.build(params), second)


def under(
    cortex: solve.Cortex, drug: drugged_receptors.Drug | None = None, open_share: float = 1.0
) -> solve.TissueSlice:
    """Return a slice of ``cortex`` in balance with ``drug``, its NMDA conductance times ``open_share``.

    ``open_share`` below 1 stands for plain block by any means at every voltage: a scaled conductance.
    """
    from leao.cortex.receptors import scaled

    built = drugged_receptors.build(cortex.params, drug) if drug else cortex.receptors
    return solve.cut(cortex, built if open_share == 1.0 else scaled(built, open_share))
