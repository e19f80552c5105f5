"""Exposure: exact one-compartment oral kinetics per person, and the free level in the brain.

Reads: ``intakes_taken`` (trial, subject, day, intake), mg of salt, evenly spaced over the day.
Writes: ``plasma_concentration`` (trial, subject, day), ng/mL of base, mean over the day;
        ``free_brain`` (trial, subject, day), uM, mean over the day.
Equation: kernels/oral.py;  CL_i = CL (W_i / W_ref)^0.75 (kidneys and urine pH: clearance.py),  V_i = V W_i,
          ke = CL / V,  C = A / V,  free brain = ratio * C / M_base.
Source: ledger ``exposure``; healthy-adult clearance (a migraine population is not elderly).
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY

NG_PER_ML = 1e3  # mg/L in ng/mL


class ExposureNumbers(NamedTuple):
    """Numbers of the exposure; fields that differ between people become (trial, subject) arrays."""

    formula_weight_base: Annotated[float, "ng/nmol"]
    formula_weight_salt: Annotated[float, "ng/nmol"]
    bioavailability: Annotated[float, "dimensionless"]
    absorption_rate: Annotated[float, "1/h"]
    clearance: Annotated[float, "L/h"]
    volume_per_weight: Annotated[float, "L/kg"]
    weight: Annotated[float, "kg"]
    reference_weight: Annotated[float, "kg"]
    allometric_exponent: Annotated[float, "dimensionless"]
    free_brain_ratio: Annotated[float, "dimensionless"]


def run(params: ExposureNumbers, intakes: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return daily mean plasma (ng/mL) and free brain (uM) concentration, (trial, subject, day)."""
    plasma = daily(params, intakes)
    return {"plasma_concentration": plasma, "free_brain": free_brain(params, plasma)}


def daily(params: ExposureNumbers, intakes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean plasma concentration of each day, ng/mL of base, exact for intakes evenly spaced over the day.

    Args:
        params: fields scalar or of the people's shape.
        intakes: (..., day, intake), mg of salt; the first at the start of the day.
    """
    n = intakes.shape[-1]
    if not intakes[..., 1:].any():  # once a day: longer steps, the same answer
        _, mean = concentration(params, intakes[..., 0], HOURS_PER_DAY)
        return mean
    _, mean = concentration(params, intakes.reshape(*intakes.shape[:-2], -1), HOURS_PER_DAY / n)
    return mean.reshape(intakes.shape).mean(axis=-1)


def steady_mean(params: ExposureNumbers, mg_per_day: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean plasma concentration at steady state, ng/mL of base: F dose / (CL tau)."""
    return NG_PER_ML * mg_per_day * absorbed_share(params) / (clearance(params) * HOURS_PER_DAY)


def concentration(
    params: ExposureNumbers, dose: NDArray[np.float64], hours_per_step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return plasma concentration at the end of each step and its mean over the step, ng/mL of base.

    Args:
        params: fields scalar or of the people's shape.
        dose: (..., step), mg of salt taken at the start of the step.
        hours_per_step: length of a step, h.
    """
    from leao.exposure.kernels import oral  # imports numba: not for those who only want the parameters

    shape = dose.shape[:-1]
    litres = np.broadcast_to(volume(params), shape).ravel()
    ke = np.broadcast_to(elimination_rate(params), shape).ravel()
    ka = np.broadcast_to(np.asarray(params.absorption_rate, dtype=float), shape).ravel()
    base = np.broadcast_to(absorbed_share(params), shape).reshape(-1, 1)
    absorbed = np.ascontiguousarray(dose.reshape(-1, dose.shape[-1]) * base)
    # writable, as what is broadcast is not: Numba would compile the kernel once more for each
    ka, ke = (np.require(rate, requirements=("C", "W")) for rate in (ka, ke))
    end, mean = oral.one_compartment(absorbed, ka, ke, hours_per_step)
    ng_per_ml = NG_PER_ML / litres[:, None]
    return (end * ng_per_ml).reshape(dose.shape), (mean * ng_per_ml).reshape(dose.shape)


def clearance(params: ExposureNumbers) -> NDArray[np.float64]:
    """Return clearance scaled to body weight, L/h."""
    scale = (np.asarray(params.weight) / params.reference_weight) ** params.allometric_exponent
    return np.asarray(params.clearance * scale)


def volume(params: ExposureNumbers) -> NDArray[np.float64]:
    """Return the volume of distribution, L."""
    return np.asarray(params.volume_per_weight * np.asarray(params.weight))


def elimination_rate(params: ExposureNumbers) -> NDArray[np.float64]:
    """Return ke = CL / V, 1/h."""
    return clearance(params) / volume(params)


def absorbed_share(params: ExposureNumbers) -> NDArray[np.float64]:
    """Return mg of base that reach the blood per mg of salt taken."""
    return np.asarray(params.bioavailability * params.formula_weight_base / params.formula_weight_salt)


def free_brain(params: ExposureNumbers, plasma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the free concentration around neurons in uM from plasma in ng/mL, same shape."""
    ratio = np.asarray(params.free_brain_ratio)
    return plasma * (ratio[..., None] if ratio.ndim else ratio) / params.formula_weight_base
