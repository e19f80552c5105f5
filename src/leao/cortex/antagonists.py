"""Antagonists that are not pore blockers: APV and the GluN2B-selective ones enter as a scaled conductance.

    current of subtype s  *=  1 - block * reach_s
``reach_s`` stands in ledgers ``antagonists/*``. Competition with glutamate and dependence on activity are left out.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.cortex.receptors import Receptors, scaled

FOLDER = "antagonists/"
LABEL = "scaled conductance"


class BlockedSubtypes(NamedTuple):
    """Which part of the stated block reaches each subtype."""

    reach_2A: Annotated[float, "dimensionless"]
    reach_2B: Annotated[float, "dimensionless"]
    reach_2C: Annotated[float, "dimensionless"]
    reach_2D: Annotated[float, "dimensionless"]


class Antagonist(NamedTuple):
    """An antagonist by its ledger's name, and the share of the conductance it takes from the subtypes it reaches."""

    name: str
    block: float


def names() -> list[str]:
    """Return the antagonists that have a ledger."""
    return [name.removeprefix(FOLDER) for name in ledger.names() if name.startswith(FOLDER)]


def named(text: str, block: float) -> Antagonist:
    """Return the antagonist a user means: ``CP-101,606`` and ``cp101606`` are one.

    Raises:
        ScenarioError: no such antagonist, or a block outside 0 to 1.
    """
    key = "".join(letter for letter in text.lower() if letter.isalnum())
    if key not in names():
        hint = ledger.nearest(key, names())
        raise ScenarioError(f"antagonist: found {text!r}, wanted one of {', '.join(names())}{hint}")
    if not 0.0 <= block <= 1.0:
        raise ScenarioError(f"block: found {100.0 * block:g} %, wanted 0 to 100 %")
    return Antagonist(key, block)


def apply(free: Receptors, antagonist: Antagonist) -> Receptors:
    """Return receptors with the conductance of each subtype scaled by what ``antagonist`` leaves of it."""
    reach = ledger.params(ledger.read(FOLDER + antagonist.name), BlockedSubtypes)
    left = [1.0 - antagonist.block * getattr(reach, f"reach_{name}") for name in free.names]
    return scaled(free, np.array(left))
