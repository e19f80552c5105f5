"""The person's parameters from what is known of them, and the records solved with them.

Equation: CL = CL_pop (WT / WT_ref)^0.75 relative(CrCl, pH), clearance.py,   V = V_kg WT.
A person's own CL, V, KA, Q, V2, ALAG take the place of these where the file gives them.
Source: ledgers ``exposure`` (healthy adults), ``renal``, ``pk``; kernels/records.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import SolverError
from leao.core.spreads import quantile
from leao.exposure import clearance
from leao.exposure import model as exposure
from leao.exposure.kernels import compartments
from leao.exposure.kernels import records as pk_records
from leao.exposure.records import Records, params

NG_PER_ML = 1e3  # mg/L in ng/mL
WRONG = {
    pk_records.TIME_ORDER: "TIME runs backwards; sort the records",
    pk_records.BAD_EVID: "unknown EVID; wanted 0 to 4",
    pk_records.BAD_SET: "CL, V and KA must be above 0, and Q needs V2 (L)",
    pk_records.BAD_STEADY: "no steady state: the infusion and the lag are longer than II",
    pk_records.BAD_CMT: "CMT 3 needs Q and V2",
    pk_records.NOT_FINITE: "the levels of this subject left the range of numbers; check AMT, RATE and the parameters",
}
NAMES = ("CL", "V", "KA")


class Solved(NamedTuple):
    """Levels at every record."""

    plasma: NDArray[np.float64]  # ng/mL of base
    free_brain: NDArray[np.float64]  # uM


class Kernel(NamedTuple):
    """Arguments of the kernel after ``starts``."""

    times: tuple[NDArray[np.float64], ...]
    evid: NDArray[np.int8]
    cmt: NDArray[np.int8]
    addl: NDArray[np.int32]
    ss: NDArray[np.int8]
    which: NDArray[np.int32]
    sets: NDArray[np.float64]


def population() -> exposure.Params:
    """Return the central numbers of ledger ``exposure``."""
    return ledger.params(ledger.read("exposure"), exposure.Params)


def relative_clearance(crcl: NDArray[np.float64] | float, ph: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return clearance relative to a healthy adult's at usual urine pH; NaN counts as usual.

    Args:
        crcl: creatinine clearance, mL/min.
        ph: pH of the urine.
    """
    p = clearance.central()
    ph = np.where(np.isnan(ph), p.reference_ph, ph)
    crcl = np.where(np.isnan(crcl), p.reference_creatinine_clearance, crcl)
    return clearance.relative(p, crcl, ph)


def typical(records: Records) -> NDArray[np.float64]:
    """Return the typical parameter set (record, 8) of every record, columns as in kernels/records.py."""
    pop, given = population(), records.covariates
    weight = np.where(np.isnan(given["WT"]), pop.weight, given["WT"])
    scale = (weight / pop.reference_weight) ** pop.allometric_exponent
    clearance = pop.clearance * scale * relative_clearance(given["CRCL"], given["PH"])
    sets = np.zeros((records.time.size, compartments.N_SET))
    sets[:, pk_records.CL] = _own(given["CL"], clearance)
    sets[:, pk_records.V] = _own(given["V"], pop.volume_per_weight * weight)
    sets[:, pk_records.KA] = _own(given["KA"], pop.absorption_rate)
    sets[:, pk_records.CL_D] = _own(given["Q"], 0.0)
    sets[:, compartments.V_P] = _own(given["V2"], 0.0)
    sets[:, pk_records.LAG] = _own(given["ALAG"], 0.0)
    sets[:, compartments.KE0] = params().brain_rate
    sets[:, pk_records.F] = pop.bioavailability
    return sets


def kernel(records: Records, factors: NDArray[np.float64] | None = None, carry: str = "backward") -> Kernel:
    """Return the kernel's arguments; amounts in mg of base.

    Args:
        records: checked records.
        factors: (subject, 3) by which each person's CL, V and ka differ from the typical.
        carry: ``"backward"``: covariates of a record hold over the interval that ends there, as in NONMEM;
            ``"forward"``: from the record on.
    """
    sets = typical(records)
    if factors is not None:
        per_record = np.repeat(factors, np.diff(records.starts), axis=0)
        sets[:, [pk_records.CL, pk_records.V, pk_records.KA]] *= per_record
    if carry == "forward":
        shifted = np.vstack([sets[:1], sets[:-1]])
        shifted[records.starts[:-1]] = sets[records.starts[:-1]]
        sets = shifted
    changes = np.ones(len(sets), dtype=bool)
    changes[1:] = (sets[1:] != sets[:-1]).any(axis=1)
    base = base_per_amount(records)
    return Kernel(
        (records.time, records.amt * base, records.rate * base, records.ii),
        records.evid.astype(np.int8),
        records.cmt.astype(np.int8),
        records.addl.astype(np.int32),
        records.ss.astype(np.int8),
        (np.cumsum(changes) - 1).astype(np.int32),
        np.ascontiguousarray(sets[changes]),
    )


def base_per_amount(records: Records) -> NDArray[np.float64]:
    """Return mg of base per mg as written, (record,)."""
    pop = population()
    return np.where(records.salt, pop.formula_weight_base / pop.formula_weight_salt, 1.0)


def solve(records: Records, factors: NDArray[np.float64] | None = None, carry: str = "backward") -> Solved:
    """Return the levels at every record.

    Raises:
        SolverError: a subject that cannot be solved, with its row.
    """
    levels, status = pk_records.population(records.starts, *kernel(records, factors, carry))
    if status[:, 0].any():
        first = int(np.argmax(status[:, 0] > 0))
        code, row = status[first]
        raise SolverError(str(records.table.fail(int(row), WRONG[int(code)])))
    return Solved(levels[:, 0] * NG_PER_ML, brain(levels[:, 1]))


def brain(effect: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the free brain level in uM from the effect-site level in mg/L."""
    pop = population()
    return exposure.free_brain(pop, effect[None] * NG_PER_ML)[0]


def spread_between(name: str) -> float:
    """Return the log-scale SD of a person not seen yet: what is not known of the mean, and how people differ."""
    number = ledger.read("exposure").numbers[name]
    middle = (np.arange(1000) + 0.5) / 1000
    spreads = [spread for spread in (number.uncertainty, number.between_subject) if spread is not None]
    return float(np.sqrt(sum(np.var(np.log(quantile(spread, number.value, middle))) for spread in spreads)))


def persons(subjects: int, seed: int) -> NDArray[np.float64]:
    """Return (subject, 3) factors on CL, V and ka drawn from ``between_subject`` of ledger ``exposure``."""
    from leao.core.random import Streams

    streams = Streams(seed, "pk")
    numbers = ledger.read("exposure").numbers
    columns = []
    for name in ("clearance", "volume_per_weight", "absorption_rate"):
        u = streams.uniforms(name, range(1), range(subjects), 1)[0, :, 0]
        columns.append(quantile(numbers[name].between_subject or {}, 1.0, u))
    return np.stack(columns, axis=1)


def _own(given: NDArray[np.float64], otherwise: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.where(np.isnan(given), otherwise, given)
