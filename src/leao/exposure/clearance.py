"""Clearance: what the kidneys clear, by creatinine clearance and urine pH, apart from the rest.

Equation: CL = CL_i [CL_nr + CL_r(pH) CrCl / CrCl_ref] / [CL_nr + CL_r(pH_ref)],
          log10 CL_r(pH) = log10 CL_r(pH_acid) - slope (pH - pH_acid),
so that one equation holds for acid and alkaline urine, impaired kidneys, and both; at the reference it is CL_i, the
clearance of ledger ``exposure``. Sex acts through weight, age through creatinine clearance.
Source: ledger ``renal``; Freudenthaler 1998.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leao.core import ledger
from leao.core.spreads import quantile

Array = NDArray[np.float64]
_GRID = (np.arange(1000) + 0.5) / 1000


class Renal(NamedTuple):
    """Numbers of the renal clearance; the references differ between people."""

    renal_clearance_acid: Annotated[float, "L/h"]
    acid_ph: Annotated[float, "dimensionless"]
    renal_decades_per_ph: Annotated[float, "dimensionless"]
    nonrenal_clearance: Annotated[float, "L/h"]
    reference_ph: Annotated[float, "dimensionless"]
    reference_creatinine_clearance: Annotated[float, "mL/min"]


def central() -> Renal:
    """Return the central numbers of ledger ``renal``."""
    return ledger.params(ledger.read("renal"), Renal)


def renal_of(numbers: Any) -> Renal:
    """Return the renal numbers of any parameters that hold them by these names."""
    return Renal(*(getattr(numbers, name) for name in Renal._fields))


def renal_clearance(p: Renal, urine_ph: ArrayLike) -> Array:
    """Return renal clearance in L/h at the reference creatinine clearance."""
    return np.asarray(p.renal_clearance_acid * 10.0 ** (-p.renal_decades_per_ph * (np.asarray(urine_ph) - p.acid_ph)))


def relative(p: Renal, creatinine_clearance: ArrayLike, urine_ph: ArrayLike) -> Array:
    """Return clearance over that at the reference; creatinine clearance in mL/min."""
    kidneys = np.asarray(creatinine_clearance) / p.reference_creatinine_clearance
    at = p.nonrenal_clearance + renal_clearance(p, urine_ph) * kidneys
    return np.asarray(at / (p.nonrenal_clearance + renal_clearance(p, p.reference_ph)))


def of_people(typical: ArrayLike, drawn: ArrayLike, reference: Renal, person: Renal) -> Array:
    """Return everybody's clearance, L/h, kidneys and urine pH included, of the same total spread as was printed.

    Args:
        typical: clearance without differences between people, L/h.
        drawn: clearance with the printed differences between people, which hold those of urine pH.
        reference: numbers of the renal clearance, the same for all.
        person: the same numbers with each person's creatinine clearance and urine pH in the place of the references.
    """
    rest = (np.asarray(drawn) / np.asarray(typical)) ** left_over()
    kidneys, ph = person.reference_creatinine_clearance, person.reference_ph
    return np.asarray(typical) * rest * relative(reference, kidneys, ph)


@cache
def left_over() -> float:
    """Return the share of the printed log-scale spread of clearance that is left once urine pH is told apart.

    The printed spread comes from people whose urine pH nobody measured, creatinine clearance accounted for
    (Noetzli 2013): s_left^2 = s^2 - Var[ln CL(pH)].
    """
    p, ph = central(), ledger.read("renal").numbers["reference_ph"]
    by_ph = np.log(relative(p, p.reference_creatinine_clearance, _spread(ph)))
    whole = np.log(_spread(ledger.read("exposure").numbers["clearance"]))
    return float(np.sqrt(max(0.0, 1.0 - by_ph.var() / whole.var())))


def _spread(number: ledger.Number) -> Array:
    return quantile(number.between_subject or {}, number.value, _GRID)
