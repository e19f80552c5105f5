"""Receptor: equilibrium block of GluN2A, 2B, 2C and 2D by a pore blocker that competes with Mg2+.

Reads: ``free_brain`` (trial, subject, day), uM.
Writes: ``block_odds`` (trial, subject, day): B / (1 - B) of the cortical mixture at the cortex's key voltage.
Equation:
    K_Mg(V) = f_Mg K0 exp(s V)                                        Jahr & Stevens 1990
    IC50(V) = IC50 exp(delta F (V - V0) / (R T)) (1 + [Mg] / K_Mg(V))  Woodhull 1973; Mg2+ and drug share the pore
    B_k(V) = C / (C + IC50_k(V)),  Hill slope 1;   B = sum_k w_k B_k
Source: ledgers ``receptor`` and ``compounds/*``. No kinetics: trapping and use-dependence are not in this model.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import physical_constants

from leao.receptor.kernels import voltage_dependence as kernel

SUBTYPES = ("2A", "2B", "2C", "2D")
_VOLT_PER_KELVIN = physical_constants["Boltzmann constant in eV/K"][0]  # R / F
_MV = 1e3


class ReceptorNumbers(NamedTuple):
    """Numbers of the receptor, apart from the compound; fields scalar or (trial, 1)."""

    magnesium: Annotated[float, "mM"]
    temperature: Annotated[float, "K"]
    magnesium_affinity: Annotated[float, "mM"]
    magnesium_slope: Annotated[float, "1/mV"]
    magnesium_factor_2A: Annotated[float, "dimensionless"]
    magnesium_factor_2B: Annotated[float, "dimensionless"]
    magnesium_factor_2C: Annotated[float, "dimensionless"]
    magnesium_factor_2D: Annotated[float, "dimensionless"]
    reference_voltage: Annotated[float, "mV"]
    share_2C_2D: Annotated[float, "dimensionless"]
    share_2A_of_2A_2B: Annotated[float, "dimensionless"]
    share_2C_of_2C_2D: Annotated[float, "dimensionless"]


class Compound(NamedTuple):
    """Numbers of one pore blocker."""

    ic50_2A: Annotated[float, "uM"]
    ic50_2B: Annotated[float, "uM"]
    ic50_2C: Annotated[float, "uM"]
    ic50_2D: Annotated[float, "uM"]
    ic50_voltage: Annotated[float, "mV"]
    electrical_distance: Annotated[float, "dimensionless"]
    potency: Annotated[float, "dimensionless"]


def run(
    params: ReceptorNumbers, compound: Compound, concentration: NDArray[np.float64], voltage: float
) -> dict[str, NDArray[np.float64]]:
    """Return ``block_odds`` of the cortical mixture for free drug (trial, subject, day) in uM.

    Args:
        params: fields scalar or (trial, 1).
        compound: the blocker.
        concentration: free drug around neurons, uM.
        voltage: mV at which the cortex compares block strengths.
    """
    numbers = ReceptorNumbers(*(_last(value) for value in params))
    blocker = Compound(*(_last(value) for value in compound))
    return {"block_odds": mixture_odds(numbers, blocker, concentration, voltage)}


def thermal_voltage(params: ReceptorNumbers) -> float:
    """Return RT/F in mV."""
    return _MV * _VOLT_PER_KELVIN * params.temperature


def magnesium_factor(params: ReceptorNumbers, subtype: str, voltage: ArrayLike) -> NDArray[np.float64]:
    """Return 1 + [Mg] / K_Mg at ``voltage`` in mV: one over the share of open channels free of Mg2+."""
    affinity = params.magnesium_affinity * getattr(params, f"magnesium_factor_{subtype}")
    return kernel.magnesium_factor(voltage, params.magnesium, affinity, params.magnesium_slope)


def ic50(params: ReceptorNumbers, compound: Compound, subtype: str, voltage: ArrayLike) -> NDArray[np.float64]:
    """Return the half-blocking concentration in uM at ``voltage`` in mV and the Mg2+ of ``params``."""
    at = voltage, compound.ic50_voltage
    depth = kernel.woodhull(*at, compound.electrical_distance, thermal_voltage(params))
    return getattr(compound, f"ic50_{subtype}") * compound.potency * depth * magnesium_factor(params, subtype, voltage)


def block(
    params: ReceptorNumbers, compound: Compound, concentration: ArrayLike, voltage: float
) -> dict[str, NDArray[np.float64]]:
    """Return the blocked share of each subtype's current at ``concentration`` in uM and ``voltage`` in mV."""
    c = np.asarray(concentration)
    return {k: c / (c + ic50(params, compound, k, voltage)) for k in SUBTYPES}


def shares(params: ReceptorNumbers) -> dict[str, NDArray[np.float64]]:
    """Return each subtype's share of the cortical NMDA current at the reference voltage; they sum to 1."""
    rare = np.asarray(params.share_2C_2D)
    return {
        "2A": (1.0 - rare) * params.share_2A_of_2A_2B,
        "2B": (1.0 - rare) * (1.0 - np.asarray(params.share_2A_of_2A_2B)),
        "2C": rare * params.share_2C_of_2C_2D,
        "2D": rare * (1.0 - np.asarray(params.share_2C_of_2C_2D)),
    }


def mixture_odds(
    params: ReceptorNumbers, compound: Compound, concentration: ArrayLike, voltage: ArrayLike
) -> NDArray[np.float64]:
    """Return B / (1 - B) of the cortical mixture; concentration (uM) and voltage (mV) broadcast.

    The subtypes' shares hold at ``reference_voltage``; elsewhere each subtype's current, freed by its own Mg2+
    relief, counts with w_k m_k(V) / m_k(V_ref), m = 1 / (1 + [Mg] / K_Mg).
    """
    total = passed = np.zeros(())
    for subtype, weight in shares(params).items():
        at_reference = magnesium_factor(params, subtype, params.reference_voltage)
        free = weight * at_reference / magnesium_factor(params, subtype, voltage)
        total = total + free
        passed = passed + free / (1.0 + np.asarray(concentration) / ic50(params, compound, subtype, voltage))
    return total / passed - 1.0


def _last(values: ArrayLike) -> Any:
    array = np.asarray(values, dtype=float)
    return array[..., None] if array.ndim else array
