"""Receptor with kinetics: a Markov chain of glutamate, gate, Mg2+ and a trapped blocker, and what follows from it.

Reads: ledgers ``gating/<subtype or scheme>``, ``blockers/<compound>[_<preset>]``, ``receptor`` (Mg2+).
Gives: IC50, Hill slope, on and off rates, voltage dependence and escape from the trap, none of them an input apart
from the IC50 without Mg2+ at saturating glutamate, from which the rate of entry is solved.
Equation: dp/dt = p Q, states and rates in ``kernels/gating``; m(V) = 1 / (1 + [Mg] / K_Mg(V));
    entry k C m(V), exit u exp(delta F (V - V0) / (R T))               Woodhull 1973; Jahr & Stevens 1990
    1 / IC50 = sum over sites (k / u) Z_site / Z_free, Z the layer's weight relative to its open state
Source: ``gating/*`` fitted to macroscopic currents at room temperature, ``blockers/*``. A new compound is a new file.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger
from leao.core.errors import SolverError
from leao.core.units import convert
from leao.receptor import equilibrium_block
from leao.receptor.kernels import gating as kernel
from leao.receptor.kernels import voltage_dependence as pore
from leao.receptor.library import PRESET, blocker_ledger, gating_ledger

Array = NDArray[np.float64]
_HILL_STEP = 0.05  # in ln C, for the slope
_FOLDS = (-20.0, 20.0)  # bracket of the IC50 in ln(C / guess)
_TOLERANCE = 1e-13


class Gating(NamedTuple):
    """Rates of one subtype without drug."""

    glutamate_binding: Annotated[float, "1/uM/s"]
    glutamate_unbinding: Annotated[float, "1/s"]
    opening: Annotated[float, "1/s"]
    closing: Annotated[float, "1/s"]
    desensitisation: Annotated[float, "1/s"]
    recovery: Annotated[float, "1/s"]


class Blocker(NamedTuple):
    """Numbers of one pore blocker; rates at ``ic50_voltage``, couplings 1 for plain trapping block."""

    ic50_2A: Annotated[float, "uM"]
    ic50_2B: Annotated[float, "uM"]
    ic50_2C: Annotated[float, "uM"]
    ic50_2D: Annotated[float, "uM"]
    ic50_voltage: Annotated[float, "mV"]
    electrical_distance: Annotated[float, "dimensionless"]
    potency: Annotated[float, "dimensionless"]
    unblock_2A: Annotated[float, "1/s"]
    unblock_2B: Annotated[float, "1/s"]
    unblock_2C: Annotated[float, "1/s"]
    unblock_2D: Annotated[float, "1/s"]
    superficial_share: Annotated[float, "dimensionless"]
    superficial_unblock: Annotated[float, "1/s"]
    superficial_electrical_distance: Annotated[float, "dimensionless"]
    closing_blocked: Annotated[float, "dimensionless"]
    unbinding_blocked: Annotated[float, "dimensionless"]
    desensitisation_blocked: Annotated[float, "dimensionless"]
    recovery_blocked: Annotated[float, "dimensionless"]
    calcium_entry: Annotated[float, "dimensionless"]
    calcium_recovery: Annotated[float, "dimensionless"]


class Receptor(NamedTuple):
    """One subtype with one blocker, ready for the kernel."""

    subtype: str
    gates: Array
    coupling: Array
    blocker: Blocker
    magnesium: equilibrium_block.ReceptorNumbers
    deep: tuple[float, float]
    superficial: tuple[float, float]
    saturating: float


class Surround(NamedTuple):
    """What the receptor meets: glutamate uM, voltage mV, Mg2+ mM, free drug uM, Ca2+ potentiation 0 to 1."""

    glutamate: ArrayLike
    voltage: ArrayLike
    magnesium: ArrayLike
    concentration: ArrayLike = 0.0
    calcium: ArrayLike = 0.0


class ReceptorRequest(NamedTuple):
    """Which receptor and blocker: names that ``load`` takes."""

    compound: str
    subtype: str
    preset: str = PRESET
    scheme: str | None = None


def load(compound: str, subtype: str, preset: str = PRESET, scheme: str | None = None) -> Receptor:
    """Return the receptor of the ledgers, entry rates solved from the IC50 at saturating glutamate without Mg2+.

    Args:
        compound: one of ``compounds()``, or the path of a ledger that ends in ``.toml``.
        subtype: 2A, 2B, 2C or 2D.
        preset: one of ``presets(compound)``.
        scheme: gates of another scheme, one of ``schemes()``; by default those of the subtype.

    Raises:
        ScenarioError: an unknown name; the message suggests the nearest.
    """
    gates = ledger.params(gating_ledger(subtype, scheme), Gating)
    blocker = ledger.params(blocker_ledger(compound, preset), Blocker)
    return assemble(subtype, gates, blocker, ledger.params(ledger.read("receptor"), equilibrium_block.ReceptorNumbers))


def assemble(subtype: str, gating: Gating, blocker: Blocker, magnesium: equilibrium_block.ReceptorNumbers) -> Receptor:
    """Return a receptor whose IC50 without Mg2+, at ``ic50_voltage`` and saturating glutamate, is the blocker's."""
    gates = np.array(gating, dtype=float)
    superficial = (1.0, 1.0)  # affinity of the superficial site does not depend on the gate
    coupling = np.array((*blocker[14:18], *superficial), dtype=float)
    free, surface, trapped = layers(gates, coupling)
    half = getattr(blocker, f"ic50_{subtype}") * blocker.potency
    unblock = getattr(blocker, f"unblock_{subtype}")
    share = blocker.superficial_share
    deep = unblock * (1.0 - share) / half * free / trapped
    shallow = blocker.superficial_unblock * share / half * free / surface
    sites = (float(deep), unblock), (float(shallow), blocker.superficial_unblock)
    return Receptor(subtype, gates, coupling, blocker, magnesium, *sites, _saturating())


def layers(gates: Array, coupling: Array, entry: float = 0.0, recovery: float = 1.0) -> Array:
    """Return the weights of the free, the superficially and the deeply blocked layer at saturating glutamate.

    Args:
        gates: (6,), see ``kernel.gate_rates``.
        coupling: (6,), see ``kernel.gate_rates``.
        entry: extra entry to desensitisation that Ca2+ causes, all layers.
        recovery: factor of Ca2+ on the recovery of the deeply blocked.
    """
    row = np.array([_saturating(), 1.0, 1.0, 1.0, 1.0, 1.0 + entry, recovery])
    return kernel.weights(gates, coupling, row).reshape(kernel.N_LAYER, kernel.N_GATE).sum(axis=1)


def affinity(receptor: Receptor, entry: float = 0.0, recovery: float = 1.0) -> float:
    """Return 1 / IC50 without Mg2+ at ``ic50_voltage``, 1/uM, under Ca2+ as in ``layers``."""
    free, surface, trapped = layers(receptor.gates, receptor.coupling, entry, recovery)
    (enter, leave), (come, go) = receptor.deep, receptor.superficial
    return float((enter / leave * trapped + come / go * surface) / free)


def passing(receptor: Receptor, surround: Surround) -> Array:
    """Return m(V), the share of open channels free of Mg2+."""
    numbers = receptor.magnesium._replace(magnesium=surround.magnesium)
    return 1.0 / equilibrium_block.magnesium_factor(numbers, receptor.subtype, surround.voltage)


def conditions(receptor: Receptor, surround: Surround) -> Array:
    """Return the kernel's conditions (piece, 7); the fields of ``surround`` broadcast to (piece,)."""
    blocker = receptor.blocker
    thermal = equilibrium_block.thermal_voltage(receptor.magnesium)
    drug = np.asarray(surround.concentration) * passing(receptor, surround)
    at = surround.voltage, blocker.ic50_voltage
    calcium = np.asarray(surround.calcium)
    columns = (
        surround.glutamate,
        receptor.deep[0] * drug,
        receptor.deep[1] * pore.woodhull(*at, blocker.electrical_distance, thermal),
        receptor.superficial[0] * drug,
        receptor.superficial[1] * pore.woodhull(*at, blocker.superficial_electrical_distance, thermal),
        1.0 + blocker.calcium_entry * calcium,
        blocker.calcium_recovery**calcium,
    )
    return np.ascontiguousarray(np.column_stack(np.broadcast_arrays(*np.atleast_1d(*columns))), dtype=float)


def equilibrium(receptor: Receptor, surround: Surround) -> Array:
    """Return the occupancies (15,) at equilibrium with one constant surround."""
    return kernel.equilibrium(receptor.gates, receptor.coupling, conditions(receptor, surround)[0])


def relative_current(receptor: Receptor, surround: Surround, concentration: ArrayLike) -> Array:
    """Return the steady current at each ``concentration`` (uM), as a share of that without drug."""
    levels = np.atleast_1d(np.asarray(concentration, dtype=float))
    flow = [_open(equilibrium(receptor, surround._replace(concentration=c))) for c in levels]
    return np.array(flow) / _open(equilibrium(receptor, surround._replace(concentration=0.0)))


def ic50(receptor: Receptor, surround: Surround) -> float:
    """Return the concentration (uM) that halves the steady current in ``surround``, found on the curve itself."""
    from scipy.optimize import brentq

    guess = getattr(receptor.blocker, f"ic50_{receptor.subtype}")

    def above_half(fold: float) -> float:
        return float(relative_current(receptor, surround, guess * np.exp(fold))[0]) - 0.5

    try:
        fold = float(np.asarray(brentq(above_half, *_FOLDS, xtol=_TOLERANCE)))
    except ValueError:
        raise SolverError(
            f"receptor {receptor.subtype}: no concentration halves the current at {surround.voltage} mV;"
            " choose a voltage nearer to rest"
        ) from None
    return float(guess * np.exp(fold))


def hill(receptor: Receptor, surround: Surround, half: float) -> float:
    """Return the slope of the curve at its half, d ln(I / (1 - I)) / d ln(1 / C)."""
    around = half * np.exp(np.array([-_HILL_STEP, _HILL_STEP]))
    low, high = relative_current(receptor, surround, around)
    odds = np.log(low / (1.0 - low)) - np.log(high / (1.0 - high))
    return float(odds / (2.0 * _HILL_STEP))


def rates(receptor: Receptor, surround: Surround, half: float) -> tuple[float, float]:
    """Return the on rate, 1/(uM s), and the off rate, 1/s, that a current recorded at the IC50 would show.

    From the mean times of relaxation after drug at the IC50 is added and washed out, glutamate staying:
    1 / T_off = k_off and 1 / T_on = k_on C + k_off, which is exact for one site and one open state.
    """
    without = surround._replace(concentration=0.0)
    with_drug = surround._replace(concentration=half)
    wash = 1.0 / mean_time(receptor, with_drug, without)
    entry = 1.0 / mean_time(receptor, without, with_drug)
    return (entry - wash) / half, wash


def mean_time(receptor: Receptor, before: Surround, after: Surround) -> float:
    """Return the mean time (s) of the current's relaxation from equilibrium in ``before`` to that in ``after``.

    integral (I - I_end) dt / (I_start - I_end), from x Q = p_end - p_start, sum(x) = 0.
    """
    start, end = equilibrium(receptor, before), equilibrium(receptor, after)
    system = kernel.generator(receptor.gates, receptor.coupling, conditions(receptor, after)[0]).T.copy()
    wanted = end - start
    system[0], wanted[0] = 1.0, 0.0
    moment = np.asarray(np.linalg.solve(system, wanted), dtype=np.float64)
    return float(_open(moment) / (_open(start) - _open(end)))


def e_fold(receptor: Receptor, low: Surround, high: Surround) -> float:
    """Return the change of voltage (mV) over which the IC50 grows e-fold between two surrounds."""
    span = float(np.asarray(high.voltage)) - float(np.asarray(low.voltage))
    return span / float(np.log(ic50(receptor, high) / ic50(receptor, low)))


def electrical_distance(receptor: Receptor, low: Surround, high: Surround) -> float:
    """Return the electrical distance that a Woodhull fit to the IC50 at two voltages would give."""
    return equilibrium_block.thermal_voltage(receptor.magnesium) / e_fold(receptor, low, high)


def escape_fraction(receptor: Receptor, blocked: Surround, duration: float) -> float:
    """Return the share of blocked receptors that lose the drug when glutamate and drug leave together."""
    start = equilibrium(receptor, blocked)
    rest = conditions(receptor, blocked._replace(glutamate=0.0, concentration=0.0))
    _, states = kernel.open_time(start, receptor.gates, receptor.coupling, np.array([duration]), rest)
    held = states[:, kernel.SURFACE :].sum(axis=1)
    return float(1.0 - held[1] / held[0])


def _open(states: Array) -> Array:
    return states[kernel.FREE + kernel.OPEN]


@cache
def _saturating() -> float:
    number = ledger.read("protocols").numbers["ic50_glutamate"]
    return convert(number.value, number.unit, "uM")
