"""Where the second model's free numbers are looked for, and what a lineage of the search draws before it begins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import preset_table
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers

SEED = 20261126
SHARES = (0.0, 0.15, 0.3)
FIRST_ORDER_EVERY = 4

# name: low, high of the search; geometric except where the sign or zero forbids it
BOX = {
    "nap": (3e-6, 2e-5),
    "nmda": (8e-6, 1.2e-4),
    "release_over_capacity": (0.4, 4.0),
    "release_sigmoid_half": (-32.0, -20.0),
    "release_sigmoid_slope": (3.5, 6.5),
    "pool_depletion": (0.1, 2.0),
    "pool_refill_time": (15.0, 90.0),
    "desensitise_deep": (0.01, 0.3),
    "resensitise_deep": (0.002, 0.03),
    "leak_potassium": (0.1, 0.35),
    "leak_chloride": (0.05, 0.3),
    "kir": (0.15, 1.0),
    "glial_coupling": (0.1, 0.5),
    "glia_chloride": (0.02, 0.1),
    "pump_sodium_neuron": (7e-3, 14e-3),
    "stiffness": (0.4e-3, 4e-3),
    "ecs_floor": (0.02, 0.055),
    "water_permeability": (1.5e-5, 8e-5),
    "water_permeability_glia": (1.5e-5, 8e-5),
    "kdr": (3e-4, 3e-3),
    "nmda_sodium_share": (0.5, 0.667),
    "transport_neuron_share": (0.02, 0.1),
    "transport_sensitivity": (0.0, 0.4),
    "pump_ceiling": (1.3, 2.2),
    "energy_store": (12.0, 45.0),
    "energy_half": (0.05, 0.4),
    "ca1_nap": (1.1, 1.25),
}
UPTAKE_TIME = (0.05, 60.0)  # s, in place of release_over_capacity's partner where uptake is first order
CAPACITY = (60e-6, 400e-6)  # mmol/cm3/s
REST = (25e-9, 90e-9)  # mmol/cm3, glutamate outside


class Lineage(NamedTuple):
    """A search and what it drew before it began."""

    number: int
    saturable: bool
    capacity: float
    glutamate_rest: float
    share: float


def lineage(number: int) -> Lineage:
    """Return what lineage ``number`` draws from its seed."""
    draw = np.random.default_rng([SEED, number])
    capacity, rest = (float(low * (high / low) ** draw.uniform()) for low, high in (CAPACITY, REST))
    return Lineage(number, number % FIRST_ORDER_EVERY != FIRST_ORDER_EVERY - 1, capacity, rest, SHARES[number % 3])


def box(of: Lineage) -> dict[str, tuple[float, float]]:
    """Return the search's box of a lineage."""
    return BOX if of.saturable else BOX | {"uptake_time": UPTAKE_TIME}


def values(of: Lineage, x: np.ndarray) -> dict[str, float]:
    """Return the named numbers of a place in the unit box, mirrored into it."""
    inside = 1.0 - np.abs(1.0 - np.mod(x, 2.0))
    return {
        name: float(low + u * (high - low) if low <= 0.0 else low * (high / low) ** u)
        for u, (name, (low, high)) in zip(inside, box(of).items(), strict=True)
    }


def numbers(of: Lineage, named: dict[str, float]) -> tuple[TissueNumbers, Homeostasis, float]:
    """Return the model's numbers of a set, and the factor on persistent Na+ in CA1."""
    params, second = preset_table.numbers("eaat")
    if second is None:
        raise SolverError("search: the preset eaat is not of the second model")
    changed = dict(named)
    ca1 = changed.pop("ca1_nap")
    changed["release"] = changed.pop("release_over_capacity") * of.capacity
    changed |= {"share_2C_2D": of.share, "transport_capacity": of.capacity, "glutamate_rest": of.glutamate_rest}
    changed["uptake_saturable"] = float(of.saturable)
    added = {name: changed.pop(name) for name in list(changed) if name in Homeostasis._fields}
    return params._replace(**changed), second._replace(**added), ca1
