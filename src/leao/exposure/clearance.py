"""Clearance: filtration, secretion and pH-dependent reabsorption in the kidneys, and the rest, which falls with them.

Equation, with f = creatinine clearance CrCl over its reference:
    filtration    fu CrCl
    secretion     S f^a,   S = CL_acid - fu CrCl_ref: nothing is reabsorbed from acid urine
    reabsorption  leaves the share u(pH) = (CL_alkaline / CL_acid)^((pH - pH_acid) / (pH_alkaline - pH_acid)), at most 1
    CL_r  = (fu CrCl + S f^a) u(pH)
    CL_nr = CL_r(ref) (1 - fe) / fe f^b,   fe the share unchanged in urine at the references
    CL    = CL_i [CL_nr + CL_r] / [the same at the references], CL_i the clearance of ledger ``exposure``.
So a healthy adult at usual urine pH clears CL_i, and acid and alkaline urine, impaired kidneys, and both, move it. Sex
acts through weight, age through creatinine clearance.
Source: ledger ``renal``, fitted by validation/fit_exposure.py to the renal studies and urinary amounts.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger

Array = NDArray[np.float64]


class Renal(NamedTuple):
    """Numbers of the renal clearance; the references differ between people."""

    free_plasma_share: Annotated[float, "dimensionless"]
    renal_clearance_acid: Annotated[float, "mL/min"]
    acid_ph: Annotated[float, "dimensionless"]
    renal_clearance_alkaline: Annotated[float, "mL/min"]
    alkaline_ph: Annotated[float, "dimensionless"]
    unchanged_share: Annotated[float, "dimensionless"]
    secretion_exponent: Annotated[float, "dimensionless"]
    nonrenal_exponent: Annotated[float, "dimensionless"]
    reference_ph: Annotated[float, "dimensionless"]
    reference_creatinine_clearance: Annotated[float, "mL/min"]


def central() -> Renal:
    """Return the central numbers of ledger ``renal``."""
    return ledger.params(ledger.read("renal"), Renal)


def excreted_share(p: Renal, urine_ph: ArrayLike) -> Array:
    """Return the share of what is filtered and secreted that is not reabsorbed."""
    along = (np.asarray(urine_ph) - p.acid_ph) / (p.alkaline_ph - p.acid_ph)
    return np.asarray((p.renal_clearance_alkaline / p.renal_clearance_acid) ** np.maximum(along, 0.0))


def renal_clearance(p: Renal, creatinine_clearance: ArrayLike, urine_ph: ArrayLike) -> Array:
    """Return renal clearance, mL/min, at a creatinine clearance in mL/min."""
    kidneys, usual = np.asarray(creatinine_clearance), p.reference_creatinine_clearance
    secreted = (p.renal_clearance_acid - p.free_plasma_share * usual) * (kidneys / usual) ** p.secretion_exponent
    return np.asarray((p.free_plasma_share * kidneys + secreted) * excreted_share(p, urine_ph))


def nonrenal_clearance(p: Renal, creatinine_clearance: ArrayLike) -> Array:
    """Return what is cleared by other ways, mL/min, at a creatinine clearance in mL/min."""
    usual = p.reference_creatinine_clearance
    healthy = renal_clearance(p, usual, p.reference_ph) * (1.0 - p.unchanged_share) / p.unchanged_share
    return np.asarray(healthy * (np.asarray(creatinine_clearance) / usual) ** p.nonrenal_exponent)


def unchanged(p: Renal, creatinine_clearance: ArrayLike, urine_ph: ArrayLike) -> Array:
    """Return the share of clearance that leaves unchanged in urine."""
    renal = renal_clearance(p, creatinine_clearance, urine_ph)
    return np.asarray(renal / (renal + nonrenal_clearance(p, creatinine_clearance)))


def relative(p: Renal, creatinine_clearance: ArrayLike, urine_ph: ArrayLike) -> Array:
    """Return clearance over that at the reference creatinine clearance and urine pH; in mL/min."""
    renal = renal_clearance(p, creatinine_clearance, urine_ph)
    healthy = renal_clearance(p, p.reference_creatinine_clearance, p.reference_ph) / p.unchanged_share
    return np.asarray((nonrenal_clearance(p, creatinine_clearance) + renal) / healthy)
