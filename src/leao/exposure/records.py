"""NONMEM-style records, checked: who took what when, what was measured, and what is known of the person.

Columns: ID, TIME (h), EVID, AMT (mg), CMT, RATE (mg/h), II (h), ADDL, SS, MDV, DV (ng/mL of base), CENS or BLQ (1: the
level is below the limit of quantification) with the limit in LLOQ or in DV, BASIS (salt or base), the covariates WT
(kg), CRCL (mL/min), PH (of the urine), AGE, SEX, and, where a person's own values are known, CL (L/h), V (L), KA (1/h),
Q (L/h), V2 (L), ALAG (h).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.exposure.nonmem import Table, read

DOSE_COLUMNS = ("ID", "TIME", "EVID", "AMT", "CMT", "RATE", "II", "ADDL", "SS", "BASIS", "SEX")
LEVEL_COLUMNS = ("MDV", "DV", "CENS", "BLQ", "LLOQ")
COVARIATES = ("WT", "CRCL", "PH", "AGE")
OWN = ("CL", "V", "KA", "Q", "V2", "ALAG")
MOST_ADDITIONAL = 100_000
MOST_IN_ALL = 10_000_000
BASES = ("salt", "base")
BELOW = ("BLQ", "BQL", "BLOQ", "LLOQ")  # what is written in DV in place of a level below the limit
SEXES = ("", "male", "female", "m", "f", "0", "1", "2")


class Params(NamedTuple):
    """Numbers of ledger ``pk``."""

    brain_rate: Annotated[float, "1/h"]
    residual_error: Annotated[float, "dimensionless"]
    lowest_weight: Annotated[float, "kg"]
    highest_weight: Annotated[float, "kg"]
    lowest_creatinine_clearance: Annotated[float, "mL/min"]
    highest_creatinine_clearance: Annotated[float, "mL/min"]
    lowest_ph: Annotated[float, "dimensionless"]
    highest_ph: Annotated[float, "dimensionless"]
    highest_age: Annotated[float, "year"]
    shortest_interval: Annotated[float, "h"]


class Records(NamedTuple):
    """Checked records, arrays over rows; a covariate that is nowhere given is NaN."""

    table: Table
    who: list[str]  # one per subject
    starts: NDArray[np.int64]  # (subject + 1,)
    time: NDArray[np.float64]
    evid: NDArray[np.int64]
    amt: NDArray[np.float64]  # mg as written
    salt: NDArray[np.bool_]
    cmt: NDArray[np.int64]
    rate: NDArray[np.float64]
    ii: NDArray[np.float64]
    addl: NDArray[np.int64]
    ss: NDArray[np.int64]
    dv: NDArray[np.float64]  # ng/mL; NaN where nothing was measured; the limit where the level is below it
    censored: NDArray[np.bool_]  # below the limit of quantification
    lloq: NDArray[np.float64]  # the limit, ng/mL; NaN where none is given
    covariates: dict[str, NDArray[np.float64]]
    ignored: list[str]


def params() -> Params:
    """Return the numbers of ledger ``pk``."""
    return ledger.params(ledger.read("pk"), Params)


def load(path: Path, basis: str | None = None) -> Records:
    """Return the checked records of a CSV file.

    Args:
        path: the file.
        basis: what AMT and RATE count, ``"salt"`` or ``"base"``, unless the file has a column BASIS.

    Raises:
        ScenarioError: one line with the row of the first slip.
    """
    table = read(path)
    who, starts = _subjects(table)
    time = _times(table, starts)
    amt, rate, ii = (np.nan_to_num(table.within(name, 0.0, np.inf, "or more")) for name in ("AMT", "RATE", "II"))
    evid = table.whole("EVID", range(5), np.where(amt > 0, 1, 0))
    dose = (evid == 1) | (evid == 4)
    peripheral = 3 if "Q" in table.columns else 2
    cmt = np.where(dose, table.whole("CMT", range(100), np.where(dose, 1, 2)), 2)
    addl, ss = table.whole("ADDL", range(MOST_ADDITIONAL + 1)), table.whole("SS", range(3))
    _doses(table, (amt, rate, ii, addl, ss, cmt), dose, peripheral)
    known = {*DOSE_COLUMNS, *LEVEL_COLUMNS, *COVARIATES, *OWN}
    return Records(
        table=table,
        who=who,
        starts=starts,
        time=time,
        evid=evid,
        amt=amt,
        salt=_salt(table, basis, dose),
        cmt=cmt,
        rate=rate,
        ii=ii,
        addl=addl,
        ss=ss,
        **_levels(table, evid),
        covariates=_covariates(table, starts),
        ignored=[name for name in table.columns if name not in known],
    )


def _subjects(table: Table) -> tuple[list[str], NDArray[np.int64]]:
    ids = table.columns["ID"]
    who: list[str] = []
    starts: list[int] = []
    seen: set[str] = set()
    for row, name in enumerate(ids):
        if not name:
            raise table.fail(row, "ID is empty; every record belongs to a subject")
        if who and name == who[-1]:
            continue
        if name in seen:
            raise table.fail(row, f"ID {name!r} comes back after other subjects; keep a subject's records together")
        seen.add(name)
        who.append(name)
        starts.append(row)
    return who, np.array([*starts, len(ids)], np.int64)


def _times(table: Table, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    time = table.numbers("TIME")
    if np.isnan(time).any():
        raise table.fail(int(np.argmax(np.isnan(time))), "TIME is missing; wanted hours")
    back = np.zeros(table.rows, dtype=bool)
    back[1:] = np.diff(time) < 0
    back[starts[:-1]] = False
    if back.any():
        row = int(np.argmax(back))
        raise table.fail(row, f"TIME {time[row]:g} comes after {time[row - 1]:g}; sort each subject by time")
    return time


def _doses(
    table: Table, columns: tuple[NDArray[np.float64] | NDArray[np.int64], ...], dose: NDArray[np.bool_], last: int
) -> None:
    amt, rate, ii, addl, ss, cmt = columns
    constant = (ss == 1) & (rate > 0) & (ii == 0)
    slips = [
        (~dose & (amt > 0), "AMT without a dose event; set EVID 1 or 4, or AMT 0"),
        (dose & (amt <= 0) & ~constant, "a dose event without AMT; give mg, or set EVID 0"),
        (~dose & ((addl > 0) | (ss > 0) | (rate > 0)), "ADDL, SS or RATE without a dose event; set EVID 1 or 4"),
        (np.cumsum(addl) > MOST_IN_ALL, f"more than {MOST_IN_ALL} additional doses up to here; split the file"),
        ((ii > 0) & (ii < params().shortest_interval), f"II is below {params().shortest_interval:g} h; check its unit"),
        ((addl > 0) & (ii <= 0), "ADDL without II; give the hours between doses"),
        (dose & (ss > 0) & (ii <= 0) & ~constant, "SS without II; give the hours between doses"),
        (constant & (amt > 0), "a constant infusion (SS 1, RATE, II 0) has AMT 0"),
        ((ss > 0) & (rate > 0) & (ii > 0) & (amt > rate * ii), "an infusion longer than II at steady state"),
        (dose & ((cmt < 1) | (cmt > last)), f"CMT of a dose outside 1 (gut) to {last}; 2 is the central compartment"),
    ]
    for wrong, message in slips:
        if wrong.any():
            raise table.fail(int(np.argmax(wrong)), message)


def _salt(table: Table, basis: str | None, dose: NDArray[np.bool_]) -> NDArray[np.bool_]:
    wanted = "salt (memantine hydrochloride, as tablets are labelled) or base"
    if basis is not None and basis not in BASES:
        raise ScenarioError(f"--basis: found {basis!r}, wanted {wanted}")
    if "BASIS" not in table.columns:
        if basis is None:
            raise ScenarioError(f"{table.name}: AMT counts salt or base? add --basis or a column BASIS: {wanted}")
        return np.full(table.rows, basis == "salt")
    if basis is not None:
        raise ScenarioError(f"{table.name}: --basis and a column BASIS; leave one out")
    written = [text.lower() for text in table.columns["BASIS"]]
    for row, text in enumerate(written):
        if dose[row] and text not in BASES:
            raise table.fail(row, f"BASIS is {text!r}, wanted {wanted}")
    return np.array([text == "salt" for text in written])


def _levels(table: Table, evid: NDArray[np.int64]) -> dict[str, Any]:
    """Return ``dv``, ``censored`` and ``lloq``: CENS 1 with the limit in DV (Monolix) or LLOQ (NONMEM), or DV '<5'."""
    measured = (table.whole("MDV", range(2)) == 0) & (evid == 0)
    if {"CENS", "BLQ"} <= table.columns.keys():
        raise ScenarioError(f"{table.name}: columns CENS and BLQ say the same; leave one out")
    written = table.columns.get("DV", [""] * table.rows)
    word = np.array([text.startswith("<") or text.upper() in BELOW for text in written]) & measured
    flag = table.whole("BLQ" if "BLQ" in table.columns else "CENS", range(2)) == 1
    plain = [
        text.removeprefix("<") if kept and text.upper() not in BELOW else ""
        for text, kept in zip(written, measured, strict=True)
    ]
    dv = Table(table.name, {"DV": plain}, table.rows).numbers("DV")
    lloq = table.within("LLOQ", 0.0, np.inf, "ng/mL or more")
    censored = measured & (word | flag)
    own = np.where(censored & (dv > 0), dv, np.nan)  # the limit, where it stands in DV
    limit = np.where(np.isnan(lloq), own, lloq)
    exact = word & ~np.isnan(dv)
    remedy = "set CENS 1 with the limit in DV or in a column LLOQ (ng/mL), or MDV 1"
    slips = [
        (censored & ~(limit > 0), f"below quantification, but the limit is not given; {remedy}"),
        (exact & (dv != limit), "DV and LLOQ give two limits; make them agree"),
        (censored & (dv > limit), "CENS 1, but DV is above LLOQ; set CENS 0, or mend one of the two"),
        (measured & ~censored & (dv <= 0), f"DV is not above 0, so below quantification; {remedy}"),
        (measured & ~censored & (dv < lloq), "DV is below LLOQ without CENS 1; set CENS 1, or leave LLOQ out"),
    ]
    for wrong, message in slips:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise table.fail(row, f"{message} (DV {written[row]!r})")
    return {"dv": np.where(censored, limit, dv), "censored": censored, "lloq": limit}


def _covariates(table: Table, starts: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    p = params()
    found = {
        "WT": table.within("WT", p.lowest_weight, p.highest_weight, "kg"),
        "CRCL": table.within("CRCL", p.lowest_creatinine_clearance, p.highest_creatinine_clearance, "mL/min"),
        "PH": table.within("PH", p.lowest_ph, p.highest_ph, "(urine pH)"),
        "AGE": table.within("AGE", 0.0, p.highest_age, "years"),
    }
    for row, text in enumerate(table.columns.get("SEX", [])):
        if text not in (".", "NA") and text.lower() not in SEXES:
            raise table.fail(row, f"SEX is {text!r}, wanted male, female or a code 0, 1, 2")
    for name in OWN:
        found[name] = table.within(name, 0.0, np.inf, "or more")
        if name not in ("Q", "ALAG") and (found[name] <= 0).any():
            raise table.fail(int(np.argmax(found[name] <= 0)), f"{name} is 0, wanted more; leave it out if unknown")
    return {name: _carried(values, starts) for name, values in found.items()}


def _carried(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the last value known of the same subject, or its first where none was known before."""
    carried = values.copy()
    for lo, hi in zip(starts[:-1], starts[1:], strict=True):
        known = np.flatnonzero(~np.isnan(values[lo:hi]))
        if known.size:
            last = np.searchsorted(known, np.arange(hi - lo), side="right") - 1
            carried[lo:hi] = values[lo:hi][known[np.maximum(last, 0)]]
    return carried
