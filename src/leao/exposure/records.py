"""NONMEM-style records, checked: who took what when, what was measured, and what is known of the person.

Columns (exposure/vocabulary.py has their other names): ID, TIME (h, clock times with DATE or DAY, or dates with clock
times), EVID, AMT (mg), CMT, RATE (mg/h), II (h), ADDL, SS, MDV, DV (ng/mL of base), CENS or BLQ (1: the level is below
the limit of quantification) with the limit in LLOQ or in DV, BASIS (salt or base), the covariates WT (kg), CRCL
(mL/min), PH (of the urine), and, where a person's own values are known, CL (L/h), V (L), KA (1/h), Q (L/h), V2 (L),
ALAG (h, of the gut), F1 (share, of the gut).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import tables
from leao.core.columns import ColumnUse
from leao.core.errors import ScenarioError
from leao.core.tables import LeftOut, Table
from leao.exposure import column_law, repeated_rows, timeline, unit_row, vocabulary
from leao.exposure import columns as roles
from leao.exposure.columns import Columns
from leao.exposure.doses import doses, large, molar_masses, undosed
from leao.exposure.levels import levels
from leao.exposure.other_drug import Drug
from leao.exposure.params import params

COVARIATES = ("WT", "CRCL", "PH")
OWN = ("CL", "V", "KA", "Q", "V2", "ALAG", "F1")
BASES = ("salt", "base")
READ = tables.ReadOptions(known=vocabulary.KNOWN, comments=("#", "@"), whitespace=True)


class ReadChoices(NamedTuple):
    """What the user says about a table."""

    basis: str | None = None  # what AMT and RATE count, unless the file has a column BASIS
    ignore: tuple[str, ...] = ()  # columns to leave out
    dvid: str | None = None  # which quantity of DVID (YTYPE, PARAMCD) is the level in plasma
    drug: Drug | None = None  # another drug; None: memantine
    levels: bool = True  # whether a level that cannot be used stops the run


class Records(NamedTuple):
    """Checked records, arrays over rows; a covariate that is nowhere given is NaN."""

    table: Table
    who: list[str]  # one per subject
    starts: NDArray[np.int64]  # (subject + 1,)
    time: NDArray[np.float64]  # h, never runs back within a subject
    written: NDArray[np.float64]  # h as the file counts: starts again at a reset
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
    columns: ColumnUse
    left_out: list[LeftOut]
    notes: list[str]
    drug: Drug | None = None

    @property
    def dose(self) -> NDArray[np.bool_]:
        """Which records are doses."""
        return (self.evid == 1) | (self.evid == 4)

    def not_used(self) -> dict[str, object]:
        """Return ``columns``, ``left_out`` and ``warnings`` as every command prints them."""
        left_out = [part.as_json() for part in self.left_out]
        return {"columns": self.columns.as_json(), "left_out": left_out, "warnings": self.notes}


def load(path: Path, basis: str | None = None, choices: ReadChoices | None = None) -> Records:
    """Return the checked records of a file, see ``read``.

    Args:
        path: the file.
        basis: what AMT and RATE count, ``"salt"`` or ``"base"``, unless the file has a column BASIS.
        choices: what else the user says about the file.
    """
    from leao.core import files

    choices = choices or ReadChoices()
    return read(str(path), files.read_bytes(path), choices._replace(basis=basis or choices.basis))


def read(name: str, content: bytes, choices: ReadChoices) -> Records:
    """Return the checked records of the bytes of a table.

    Args:
        name: what messages call the table.
        content: CSV, tab-separated text, a spreadsheet, Parquet or a SAS file.
        choices: what the user says about it.

    Raises:
        ScenarioError: one line with the row of the first slip.
    """
    table = tables.read(name, content, READ)
    if not table.height:
        raise ScenarioError(f"{name}: no rows below the header; give at least one dose")
    table = unit_row.taken_in(table)
    if not table.height:
        raise ScenarioError(f"{name}: no rows below the units; give at least one dose")
    columns = _quantity(roles.without_marked(roles.of(table, choices.ignore)), choices.dvid)
    table = columns.table
    if not table.height:
        raise ScenarioError(f"{name}: every row is marked as a comment or excluded; nothing is left")
    who, starts = _subjects(columns)
    given = doses(columns, choices.drug)
    times = timeline.times(columns, starts, given.evid >= 3)
    mass = choices.drug.molar_mass if choices.drug else molar_masses().base
    before = undosed(times.elapsed, starts, given)
    measured = levels(columns, given.evid, before, mass, choices.levels)
    subject = np.repeat(np.arange(len(who)), np.diff(starts))
    alike = [times.elapsed, given.evid, given.cmt]
    twice = [
        *repeated_rows.named(table, subject, given.evid % 3 == 1, "doses", [*alike, given.amt, given.rate]),
        *repeated_rows.named(table, subject, np.isfinite(measured.dv), "levels", [*alike, measured.dv]),
    ]
    covariates, used = _covariates(columns, starts, choices.drug)
    salt, basis_used = _salt(columns, choices, (given.evid == 1) | (given.evid == 4))
    every = ("ID", "C", "EXCL", "DVID", *given.used, *times.used, *measured.used, *used, *basis_used)
    return Records(
        table=table,
        who=who,
        starts=starts,
        time=times.elapsed,
        written=times.written,
        **{name: getattr(given, name) for name in ("evid", "amt", "cmt", "rate", "ii", "addl", "ss")},
        salt=salt,
        **{name: getattr(measured, name) for name in ("dv", "censored", "lloq")},
        covariates=covariates,
        columns=column_law.use(columns, every, choices.ignore, without_effect(choices.drug)),
        left_out=[*table.left_out, *measured.left_out],
        notes=[*table.remarks(), *twice, *given.notes, *times.notes, *large(given, salt, choices.drug)],
        drug=choices.drug,
    )


def _quantity(columns: Columns, dvid: str | None) -> Columns:
    """Return the columns without the observations of another quantity than that in plasma.

    Raises:
        ScenarioError: more than one quantity, and nobody said which is meant.
    """
    if not columns.has("DVID"):
        if dvid is not None:
            raise ScenarioError(f"--dvid {dvid}: {columns.table.name} has no column DVID, YTYPE or PARAMCD")
        return columns
    table, header = columns.table, columns.roles["DVID"]
    amount = np.nan_to_num(columns.within("AMT", 0.0, np.inf, "mg"))
    evid = columns.whole("EVID", range(5), np.where(amount > 0, 1, 0))
    cells = np.array([_canonical(cell) for cell in columns.text("DVID")])
    there = sorted(set(cells[evid == 0].tolist()) - {""})
    if dvid is None and len(there) > 1:
        remedy = f"say which is the level in plasma, for example --dvid {there[0]}"
        raise ScenarioError(f"{table.name}: {header} holds {len(there)} quantities ({', '.join(there[:6])}); {remedy}")
    if dvid is not None and _canonical(dvid) not in there:
        raise ScenarioError(f"--dvid {dvid}: {header} holds {', '.join(there[:6]) or 'nothing'}")
    other = (evid == 0) & (cells != _canonical(dvid or (there[0] if there else ""))) & (cells != "")
    return columns._replace(table=table.leave_out(other, f"another quantity than {header} {dvid}"))


def _canonical(cell: str) -> str:
    value = tables.number(cell)
    return "" if tables.is_missing(cell) else cell if value is None else f"{value:.17g}"


def _subjects(columns: Columns) -> tuple[list[str], NDArray[np.int64]]:
    """Return subjects and their first records; IDs that are all numbers are compared as numbers (1 is 1.0)."""
    table, header = columns.table, columns.roles["ID"]
    cells, numeric = table.frame[header], table.plain_numbers(header)
    new = np.ones(numeric.size, bool)
    if np.isfinite(numeric).all():
        new[1:] = numeric[1:] != numeric[:-1]
        first = np.flatnonzero(new).astype(np.int64)
        keys, who = numeric[first].tolist(), cells.gather(first).to_list()
    else:
        empty = ((cells == "") | (cells == ".")).to_numpy()
        if empty.any():
            raise table.error(int(np.argmax(empty)), f"{header} is empty; every record belongs to a subject")
        _comments_among_numbers(table, header)
        new = (cells != cells.shift(1)).fill_null(True).to_numpy()
        first = np.flatnonzero(new).astype(np.int64)
        keys = who = cells.gather(first).to_list()
    if len(set(keys)) < len(keys):
        seen: set[object] = set()
        for record, name in zip(first, keys, strict=True):
            if name in seen:
                remedy = "keep a subject's records together"
                raise table.error(
                    int(record), f"{header} {cells[int(record)]!r} comes back after other subjects; {remedy}"
                )
            seen.add(name)
    return who, np.array([*first, table.height], np.int64)


def _comments_among_numbers(table: Table, header: str) -> None:
    """Refuse IDs such as C1 among numbers: NONMEM's IGNORE=C makes such rows comments."""
    texts = ~np.isfinite(table.plain_numbers(header))
    if texts.all():
        return
    suspect = table.frame[header].str.contains(r"^[Cc]\d*$").to_numpy() & texts
    if suspect.any():
        record = int(np.argmax(suspect))
        cell = table.text(header)[record]
        remedy = "remove the row if it is one, or name every subject alike"
        raise table.error(record, f"{header} is {cell!r} among numbers: a comment (IGNORE=C)? {remedy}")


def without_effect(drug: Drug | None) -> tuple[str, ...]:
    """Return the roles that change nothing where they are not used: covariates that another drug's model lacks."""
    return ("D1", "D2", "R1", "R2", *(COVARIATES if drug is not None else ()))


def _salt(columns: Columns, choices: ReadChoices, dose: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which amounts count salt, and the roles that say so."""
    name, basis = columns.table.name, choices.basis
    wanted = "salt (memantine hydrochloride, as tablets are labelled) or base"
    if choices.drug is not None:
        if basis is not None or columns.has("BASIS"):
            raise ScenarioError(f"{name}: salt or base is asked of memantine only; leave BASIS out with --model")
        return np.zeros(dose.size, bool), ()
    if basis is not None and basis not in BASES:
        raise ScenarioError(f"--basis: found {basis!r}, wanted {wanted}")
    if columns.has("BASIS"):
        if basis is not None:
            raise ScenarioError(f"{name}: --basis and a column BASIS; leave one out")
        return _by_record(columns, dose, wanted), ("BASIS",)
    if basis is None:
        raise ScenarioError(f"{name}: AMT counts salt or base? add --basis or a column BASIS: {wanted}")
    return np.full(dose.size, basis == "salt"), ()


def _by_record(columns: Columns, dose: NDArray[np.bool_], wanted: str) -> NDArray[np.bool_]:
    written = [text.casefold() for text in columns.text("BASIS")]
    for record, text in enumerate(written):
        if dose[record] and text not in BASES:
            raise columns.table.error(record, f"BASIS is {text[:40]!r}, wanted {wanted}")
    return np.array([text == "salt" for text in written], bool)


def _covariates(
    columns: Columns, starts: NDArray[np.int64], drug: Drug | None
) -> tuple[dict[str, NDArray[np.float64]], tuple[str, ...]]:
    """Return covariates and a person's own parameters, carried forward, and the roles they came from."""
    p = params()
    limits = {
        "WT": (p.lowest_weight, p.highest_weight, "kg"),
        "CRCL": (p.lowest_creatinine_clearance, p.highest_creatinine_clearance, "mL/min"),
        "PH": (p.lowest_ph, p.highest_ph, "(urine pH)"),
    }
    read_here = COVARIATES if drug is None else ("WT",) if drug.reference_weight is not None else ()
    nothing = np.full(columns.table.height, np.nan)
    values = {name: columns.within(name, *limits[name]) if name in read_here else nothing for name in COVARIATES}
    central, peripheral = roles.volumes(columns)
    sources = {name: name for name in OWN} | {"V": central or "V", "V2": peripheral or ""}
    for name, role in sources.items():
        parameter = columns.within(role, 0.0, 1.0 if name == "F1" else np.inf, "")
        wrong = parameter <= 0
        if name not in ("Q", "ALAG") and wrong.any():
            remedy = "wanted more; leave it out if unknown"
            raise columns.table.error(int(np.argmax(wrong)), f"{columns.roles[role]} is 0, {remedy}")
        values[name] = parameter
    used = (*read_here, *(role for role in sources.values() if role))
    return {name: carried(column, starts) for name, column in values.items()}, used


def carried(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the last value known of the same subject, or its first where none was known before."""
    known = ~np.isnan(values)
    if known.all() or not known.any():
        return values
    at = np.arange(values.size)
    subject = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    last = np.maximum.accumulate(np.where(known, at, -1))
    nearest_after = np.minimum.accumulate(np.where(known, at, values.size)[::-1])[::-1]
    last = np.where(last >= starts[subject], last, nearest_after)
    inside = last < starts[subject + 1]
    return np.where(inside, values[np.where(inside, last, 0)], np.nan)
