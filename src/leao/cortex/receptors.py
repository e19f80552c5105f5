"""NMDA receptors as the cortex needs them: constants per subtype, and what depends on voltage, over the table's rows.

Whoever puts an experiment together fills these from the receptor's scheme (leao.cortex.drugged_receptors); the cortex
only carries the states along. States and steps: kernels/nmda.py.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import voltage_tables
from leao.cortex.kernels import nmda, node

Array = NDArray[np.float64]


class Receptors(NamedTuple):
    """Up to four subtypes under one drug level; zero drug is a level like any other."""

    names: tuple[str, ...]
    constants: Array  # (subtype, nmda.N_CONSTANT)
    open_share: Array  # (subtype, voltage): open channels free of Mg2+ and of drug at the superficial site
    leave: Array  # (subtype, voltage): 1/s out of the deep site while open


def filled(table: Array, receptors: Receptors) -> Array:
    """Return the voltage table with the receptors' columns filled in."""
    out = table.copy()
    count = len(receptors.names)
    out[:, node.OPEN : node.OPEN + count] = receptors.open_share.T
    out[:, node.LEAVE : node.LEAVE + count] = receptors.leave.T
    return out


def scaled(receptors: Receptors, factor: float | Array) -> Receptors:
    """Return the receptors with their conductance multiplied by ``factor``, for all or per subtype."""
    constants = receptors.constants.copy()
    constants[:, nmda.WEIGHT] *= factor
    return receptors._replace(constants=constants)


def at_rest(receptors: Receptors, glutamate: float, voltage: float) -> Array:
    """Return the occupancies (subtype, 8) in balance with ``glutamate`` (mmol/cm3) and ``voltage`` (mV)."""
    row = int(np.argmin(np.abs(voltage_tables.VOLTAGES - voltage)))
    return np.stack(
        [
            nmda.equilibrium(receptors.constants, s, glutamate, receptors.open_share[s, row], receptors.leave[s, row])
            for s in range(len(receptors.names))
        ]
    )


def conducting(receptors: Receptors, gate: Array, glutamate: float, voltage: float) -> float:
    """Return the conducting share of all receptors, weighted, for occupancies ``gate`` (subtype, 8)."""
    total = 0.0
    for s in range(len(receptors.names)):
        free = np.interp(voltage, voltage_tables.VOLTAGES, receptors.open_share[s])
        bound = nmda.share_bound(receptors.constants, s, glutamate)
        total += receptors.constants[s, nmda.WEIGHT] * gate[s, nmda.L] * bound * free
    return float(total)
