"""Tissues by name and conditions: what they change of a preset of the second model.

A tissue is a ledger of factors (``tissues/*``). Conditions (``oxygen``, pumps) begin with the experiment, from the rest
of the preset: cut the supply, and the reserve runs down. An inborn change (``settled``) first comes to a rest of its
own, found by letting a point of the tissue run.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.cortex import preset_table, solve, voltage_tables
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers

FOLDER = "tissues/"
PLAIN = "neocortex"
SETTLING = solve.Grid(length=0.1, nodes=1, dt=0.025, duration=3600.0, record=10.0)
STILL = 1e-3  # mV that a settled neurone may move in the last tenth of the run
SECOND_MODEL = "eaat"


class Variation(NamedTuple):
    """What a named tissue changes; ledgers ``tissues/*``."""

    nap_factor: Annotated[float, "dimensionless"]
    release_shift: Annotated[float, "mV"]
    transport_factor: Annotated[float, "dimensionless"]
    water_glia_factor: Annotated[float, "dimensionless"]
    pump_left_neuron: Annotated[float, "dimensionless"]
    pump_left_glia: Annotated[float, "dimensionless"]
    oxygen: Annotated[float, "dimensionless"]
    settled: Annotated[float, "dimensionless"]


class Conditions(NamedTuple):
    """A tissue by name, and shares of what is normal; None for the tissue's own."""

    tissue: str | None = None
    oxygen: float | None = None
    pump_neuron: float | None = None
    pump_glia: float | None = None


NONE = Conditions()


def names() -> list[str]:
    """Return the tissues that have a ledger."""
    return [name.removeprefix(FOLDER) for name in ledger.names() if name.startswith(FOLDER)]


def read(name: str) -> Variation:
    """Return a tissue's changes; ``CA1 slice``, ``slice-ca1`` and ``slice_ca1`` are one.

    Raises:
        ScenarioError: no such tissue; suggests the nearest.
    """
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    if wanted not in names():
        hint = ledger.nearest(wanted, names())
        raise ScenarioError(f"tissue: found {name!r}, wanted one of {', '.join(names())}{hint}")
    return ledger.params(ledger.read(FOLDER + wanted), Variation)


def vary(
    name: str, numbers: tuple[TissueNumbers, Homeostasis | None], conditions: Conditions
) -> tuple[TissueNumbers, Homeostasis | None, bool]:
    """Return the numbers of a preset under ``conditions``, and whether it must settle first.

    Raises:
        ScenarioError: a preset of the first model, which has neither supply nor transport.
    """
    params, second = numbers
    if conditions == NONE:
        return params, second, False
    if second is None:
        raise ScenarioError(
            f"preset {name.partition(' (')[0]!r}: has no supply of energy and no transport of glutamate, wanted for a"
            f" tissue, oxygen or pumps; write --preset {SECOND_MODEL}"
        )
    change = read(conditions.tissue or PLAIN)
    params = params._replace(
        nap=params.nap * change.nap_factor,
        release_sigmoid_half=params.release_sigmoid_half + change.release_shift,
    )
    second = second._replace(
        transport_capacity=second.transport_capacity * change.transport_factor,
        water_permeability_glia=second.water_permeability_glia * change.water_glia_factor,
        oxygen=_first(conditions.oxygen, second.oxygen * change.oxygen),
        pump_left_neuron=_first(conditions.pump_neuron, second.pump_left_neuron * change.pump_left_neuron),
        pump_left_glia=_first(conditions.pump_glia, second.pump_left_glia * change.pump_left_glia),
    )
    return params, second, change.settled != 0.0


def prepare(
    name: str, numbers: tuple[TissueNumbers, Homeostasis | None], conditions: Conditions = NONE
) -> solve.Cortex:
    """Return a tissue ready to run under ``conditions``, settled where they are lasting."""
    params, second, settles = vary(name, numbers, conditions)
    cortex = preset_table.prepare(name, params, second)
    return settled(cortex) if settles else cortex


def settled(cortex: solve.Cortex) -> solve.Cortex:
    """Return ``cortex`` with the rest it comes to by itself.

    Raises:
        ScenarioError: it does not rest: it depolarises, or still moves after an hour.
    """
    piece = solve.cut(cortex)
    still = solve.drive(cortex, (solve.Stimulus("kcl", 0.0, SETTLING.dx),), SETTLING)
    marched = solve.integrate(piece, still, SETTLING)
    voltage = marched.seen[0, :, 0] * voltage_tables.thermal_voltage(cortex.params)
    late = voltage[int(0.9 * voltage.size) :]
    if voltage.max() > solve.stimuli().ignition_voltage:
        raise ScenarioError(f"tissue {cortex.name}: starts by itself, so it has no rest to begin from; change less")
    if np.ptp(late) > STILL:
        raise ScenarioError(
            f"tissue {cortex.name}: still moves by {np.ptp(late):.2g} mV after an hour without a stimulus; change less"
        )
    return cortex._replace(rest=marched.state[0].copy())


def _first(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given
