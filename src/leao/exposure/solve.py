"""The person's parameters from what is known of them, and the records solved with them.

Equation: CL = CL_pop (WT / WT_ref)^0.75 relative(CrCl, pH), clearance.py,   V = V_kg WT.
A person's own CL, V, KA, Q, V2, ALAG, F1 take the place of these where the file gives them. Another drug's typical
values stand in its model file (drug.py).
Source: ledgers ``exposure`` (healthy adults), ``renal``, ``pk``; kernels/records.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import SolverError
from leao.exposure import person
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.kernels import compartments
from leao.exposure.kernels import records as pk_records
from leao.exposure.other_drug import Drug
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
NAMES = ("CL", "V", "KA", "Q", "V2")  # in the order of factors
COLUMNS = (pk_records.CL, pk_records.V, pk_records.KA, pk_records.CL_D, compartments.V_P)  # of a parameter set
CARRY = ("backward", "forward")
OBSERVED = 2  # EVID of a record that is neither dose nor level


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


def population() -> exposure.ExposureNumbers:
    """Return the central numbers of ledger ``exposure``."""
    return ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)


def relative_clearance(crcl: NDArray[np.float64] | float, ph: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return clearance relative to a healthy adult's at usual urine pH; NaN counts as usual.

    Args:
        crcl: creatinine clearance, mL/min.
        ph: pH of the urine.
    """
    numbers, renal = person.central()
    usual = person.typical(numbers, renal, person.Known(creatinine_clearance=crcl, urine_ph=ph))
    return np.asarray(usual.levels.clearance / numbers.clearance)


def typical(records: Records) -> NDArray[np.float64]:
    """Return the typical parameter set (record, 8) of every record, columns as in kernels/records.py."""
    given = records.covariates
    sets = _memantine(records) if records.drug is None else _other(records.drug, given["WT"])
    for name, column in zip(NAMES, COLUMNS, strict=True):
        sets[:, column] = _own(given[name], sets[:, column])
    sets[:, pk_records.LAG] = _own(given["ALAG"], sets[:, pk_records.LAG])
    sets[:, pk_records.F] = _own(given["F1"], sets[:, pk_records.F])
    return sets


def _memantine(records: Records) -> NDArray[np.float64]:
    pop, given = population(), records.covariates
    weight = np.where(np.isnan(given["WT"]), pop.weight, given["WT"])
    scale = (weight / pop.reference_weight) ** pop.allometric_exponent
    sets = np.zeros((records.time.size, compartments.N_SET))
    sets[:, pk_records.CL] = pop.clearance * scale * relative_clearance(given["CRCL"], given["PH"])
    sets[:, pk_records.V] = pop.volume_per_weight * weight
    sets[:, pk_records.KA] = pop.absorption_rate
    sets[:, compartments.KE0] = params().brain_rate
    sets[:, pk_records.F] = pop.bioavailability
    return sets


def _other(drug: Drug, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    sets = np.zeros((weight.size, compartments.N_SET))
    for name, column in zip(NAMES, COLUMNS, strict=True):
        sets[:, column] = drug.typical.get(name, 0.0) * drug.scale(name, weight)
    sets[:, pk_records.LAG] = drug.typical.get("ALAG", 0.0)
    sets[:, pk_records.F] = drug.typical.get("F1", 1.0)
    return sets


def kernel(records: Records, factors: NDArray[np.float64] | None = None) -> Kernel:
    """Return the kernel's arguments; amounts in mg of base.

    Args:
        records: checked records.
        factors: (subject, 3 or 5) by which each person's CL, V, ka (Q, V2) differ from the typical.
    """
    sets = typical(records)
    if factors is not None:
        per_record = np.repeat(factors, np.diff(records.starts), axis=0)
        sets[:, COLUMNS[: factors.shape[1]]] *= per_record
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


def carried_forward(old: Kernel, starts: NDArray[np.int64]) -> tuple[Kernel, NDArray[np.int64], NDArray[np.int64]]:
    """Return arguments under which a record's parameters hold from the record on, its level included.

    The kernel lets them hold over the interval that ends at the record. Before each record with other parameters than
    the one before it stands another of the same time with those of before: the interval ends there, and the record
    itself is solved with its own.

    Returns:
        The arguments, the first record of each subject, and which records are those of the file.
    """
    new = np.zeros(old.which.size, bool)
    new[1:] = old.which[1:] != old.which[:-1]
    new[starts[:-1]] = False
    source = np.repeat(np.arange(new.size), 1 + new)
    added = np.concatenate([[False], source[1:] == source[:-1]])
    added = np.roll(added, -1)  # the first of a pair is the one that was added
    which = np.where(added, old.which[np.maximum(source - 1, 0)], old.which[source]).astype(np.int32)

    def column(values: NDArray[Any]) -> NDArray[Any]:
        return np.where(added, 0, values[source]).astype(values.dtype)

    time, amt, rate, ii = old.times
    longer = Kernel(
        (time[source], column(amt), column(rate), column(ii)),
        np.where(added, OBSERVED, old.evid[source]).astype(np.int8),
        old.cmt[source],
        column(old.addl),
        column(old.ss),
        which,
        old.sets,
    )
    before = np.concatenate([[0], np.cumsum(new)])
    return longer, starts + before[starts], np.flatnonzero(~added)


def base_per_amount(records: Records) -> NDArray[np.float64]:
    """Return mg of what is measured per mg as written, (record,)."""
    pop = population()
    return np.where(records.salt, pop.formula_weight_base / pop.formula_weight_salt, 1.0)


def solve(records: Records, factors: NDArray[np.float64] | None = None, carry: str = "backward") -> Solved:
    """Return the levels at every record.

    Args:
        records: checked records.
        factors: (subject, 3 or 5), see ``kernel``.
        carry: ``"backward"``: covariates of a record hold over the interval that ends there, as in NONMEM;
            ``"forward"``: from the record on.

    Raises:
        SolverError: a subject that cannot be solved, with its row.
    """
    arguments, starts, kept = kernel(records, factors), records.starts, np.arange(records.time.size)
    if carry == "forward":
        arguments, starts, kept = carried_forward(arguments, starts)
    levels, status = pk_records.population(starts, *arguments)
    if status[:, 0].any():
        code, record = status[int(np.argmax(status[:, 0] > 0))]
        first = int(np.searchsorted(kept, record))
        raise SolverError(str(records.table.error(first, WRONG[int(code)])))
    levels = levels[kept]
    site = np.full(kept.size, np.nan) if records.drug is not None else brain(levels[:, 1])
    return Solved(levels[:, 0] * NG_PER_ML, site)


def brain(effect: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the free brain level in uM from the effect-site level in mg/L."""
    pop = population()
    return exposure.free_brain(pop, effect[None] * NG_PER_ML)[0]


def _own(given: NDArray[np.float64], otherwise: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.where(np.isnan(given), otherwise, given)
