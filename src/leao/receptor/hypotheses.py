"""Hypotheses beyond plain block: what would make the drug stronger or weaker, each a switch, off unless asked for.

Reads: ledgers ``hypotheses``, ``receptor_posterior`` and ``blockers/memantine_P2``.
Gives: the size of each, drawn or central, and what Ca2+-dependent desensitisation makes of the IC50 of GluN2A.
Equation: 1 / IC50 = sum over sites (k / u) Z_site / Z_free, at saturating glutamate, with and without Ca2+;
    current under chronic treatment over that before = N (1 - B), N receptors for each one before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.receptor import equilibrium_block, kinetic

Array = NDArray[np.float64]
COMPOUND = "memantine"
CALCIUM_PRESET = "P2"
_POSTERIOR = "receptor_posterior"
_BLOCKER = f"blockers/{COMPOUND}_{CALCIUM_PRESET}"


class Hypothesis(NamedTuple):
    """A pathway beyond plain block: what it says, who measured something that speaks for it, and after which dosing."""

    what: str
    source: str
    regimen: str | None = None  # "acute" or "chronic", None: measured in vitro or at one level


HYPOTHESES = {
    "tonic-2C-2D": Hypothesis("tonic current flows through GluN2C and 2D, where Mg2+ protects less", "kotermanski2009"),
    "calcium": Hypothesis("the drug holds GluN2A in a Ca2+-dependent desensitised state (preset P2)", "glasgow2017"),
    "in-vivo-occupancy-free": Hypothesis(
        "receptors are held as in the living rat after days of infusion (33 and 66 % at 1 and 5 uM), the level read as "
        "free drug",
        "more2008",
        "chronic",
    ),
    "in-vivo-occupancy-plasma": Hypothesis(
        "receptors are held as in the living rat after days of infusion (33 and 66 % at 1 and 5 uM), the level read as "
        "total plasma",
        "more2008",
        "chronic",
    ),
    "chronic-receptors": Hypothesis(
        "weeks of treatment add receptors, as binding in rat cortex says, and the added current makes up for the block",
        "adaptations1999",
        "chronic",
    ),
    "brain-uptake": Hypothesis("free drug in brain exceeds free drug in plasma", "beconi2012"),
}


SIZED_BY = {
    "tonic-2C-2D": ("tonic_share_2C_2D",),
    "calcium": ("calcium_entry", "calcium_recovery"),
    "in-vivo-occupancy-free": ("occupancy_free",),
    "in-vivo-occupancy-plasma": ("occupancy_plasma",),
    "chronic-receptors": ("chronic_receptors",),
    "brain-uptake": ("brain_uptake",),
}
WEAKER = ("chronic-receptors",)  # the others make the drug stronger


class Sizes(NamedTuple):
    """How large each hypothesis is; a field is a float or (trial, 1)."""

    tonic_share_2C_2D: Annotated[float, "dimensionless"]
    brain_uptake: Annotated[float, "dimensionless"]
    occupancy_free: Annotated[float, "dimensionless"]
    occupancy_plasma: Annotated[float, "dimensionless"]
    chronic_receptors: Annotated[float, "dimensionless"]
    calcium_entry: Annotated[float, "dimensionless"]
    calcium_recovery: Annotated[float, "dimensionless"]


def central() -> Sizes:
    """Return the central sizes."""
    return ledger.params(_ledger(), Sizes)


def sizes(uniform: Callable[[str], Array]) -> Sizes:
    """Return a draw of every size; ``uniform`` gives U(0, 1) for its name."""
    return ledger.draw(_ledger(), Sizes, uniform)


def numbers(*names: str) -> list[ledger.Number]:
    """Return the numbers that size the named hypotheses, as printed."""
    value = _ledger().numbers
    return [value[key] for name in names for key in SIZED_BY[name]]


def _ledger() -> ledger.Ledger:
    """Return the sizes as one ledger: those of Ca2+-dependent desensitisation stand with the blocker's preset."""
    entries = {**ledger.read("hypotheses").numbers, **ledger.read(_BLOCKER).numbers}
    return ledger.Ledger("hypotheses", {name: entries[name] for name in Sizes._fields})


def assume(
    params: equilibrium_block.ReceptorNumbers,
    compound: equilibrium_block.Compound,
    size: Sizes,
    switches: tuple[str, ...],
) -> tuple[equilibrium_block.ReceptorNumbers, equilibrium_block.Compound]:
    """Return the receptors and the compound with the named hypotheses switched on, as far as they concern these."""
    if "tonic-2C-2D" in switches:
        params = params._replace(share_2C_2D=size.tonic_share_2C_2D)
    if "calcium" in switches:
        compound = compound._replace(ic50_2A=compound.ic50_2A * calcium_factor(size))
    held = occupancy(size, switches)
    if held is None:
        return params, compound
    # the factor was found at the ledger's IC50; divided by the median potency, the median meets what was measured
    median = ledger.read(_POSTERIOR).numbers["potency"].value
    return params, compound._replace(potency=compound.potency / (held * median))


def occupancy(size: Sizes, switches: tuple[str, ...]) -> float | None:
    """Return the factor on block odds of the occupancy in rats: of its two readings the stronger, never both."""
    if "in-vivo-occupancy-plasma" in switches:
        return size.occupancy_plasma
    return size.occupancy_free if "in-vivo-occupancy-free" in switches else None


def adapted(state: dict[str, Array], receptors: Array | None) -> dict[str, Array]:
    """Return ``block_odds`` that ``receptors`` (trial, 1) for each one before treatment leave; None: as they are.

    Block is set against the current before treatment: with N receptors N (1 - B) of it passes, and
    1 / (N (1 - B)) - 1 = (1 + odds) / N - 1; 0 where more current passes than before.
    """
    if receptors is None:
        return state
    return state | {"block_odds": np.maximum((1.0 + state["block_odds"]) / receptors[..., None] - 1.0, 0.0)}


def calcium_factor(size: Sizes) -> Array:
    """Return the IC50 of GluN2A at full Ca2+ potentiation over that without, the shape of the sizes.

    At equilibrium under saturating glutamate: it builds up over seconds, so a wave's first moments see less of it.
    """
    entry, recovery = np.broadcast_arrays(size.calcium_entry, size.calcium_recovery)
    plain = kinetic.load(COMPOUND, "2A")
    pairs = zip(entry.ravel().tolist(), recovery.ravel().tolist(), strict=True)
    rows = [kinetic.affinity(plain, x, r) for x, r in pairs]
    return kinetic.affinity(plain) / np.reshape(rows, entry.shape)
