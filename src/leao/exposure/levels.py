"""Measured levels of a table: DV in ng/mL, below the limit of quantification or not, and which are left out.

Three ways to say that a level is below its limit L: CENS or BLQ 1 with L in DV (Monolix) or LLOQ (NONMEM), DV ``<L``,
and CDISC's BLQFL Y with L in ALLOQ, where MDV is 1 and DV empty.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.tables import LeftOut, Table, is_missing
from leao.exposure import vocabulary as words
from leao.exposure.columns import Columns

BELOW = ("BLQ", "BQL", "BLOQ", "LLOQ")  # what is written in DV in place of a level below the limit
PLASMA = (0, 2)  # CMT of a level in plasma; 0: the default
ON_DOSE = (
    "a level in the row of a dose is not read: give it a row of its own (EVID 0) at the same TIME, before the dose"
)
REMEDY = "set CENS 1 with the limit in DV or in a column LLOQ (ng/mL), or MDV 1"


class Levels(NamedTuple):
    """Levels, arrays over records."""

    dv: NDArray[np.float64]  # ng/mL; NaN where nothing was measured; the limit where the level is below it
    censored: NDArray[np.bool_]
    lloq: NDArray[np.float64]  # ng/mL
    left_out: list[LeftOut]
    used: tuple[str, ...]  # roles


class _Written(NamedTuple):
    """What the cells say, before it is judged."""

    dv: NDArray[np.float64]  # ng/mL
    lloq: NDArray[np.float64]  # ng/mL
    word: NDArray[np.bool_]  # '<5' or BLQ
    flag: NDArray[np.bool_]


def levels(
    columns: Columns, evid: NDArray[np.int64], undosed: NDArray[np.bool_], molar_mass: float | None, needed: bool
) -> Levels:
    """Return the levels of a table.

    Args:
        columns: the table by roles.
        evid: event of each record.
        undosed: records at which no drug has been given yet.
        molar_mass: g/mol of what is measured; None refuses molar units.
        needed: whether a level that cannot be used stops the run; else it is left out and named.

    Raises:
        ScenarioError: the first level that contradicts itself.
    """
    table, observation = columns.table, evid == 0
    mdv, flagged = columns.whole("MDV", range(2)) == 1, _flagged(columns)
    by_flag = columns.has("CENS") and columns.roles["CENS"].casefold().startswith("blqf")
    measured = observation & (~mdv | (flagged & by_flag))
    written = _written(columns, measured, flagged & measured, molar_mass)
    left_out: list[LeftOut] = []

    def leave(out: NDArray[np.bool_], why: str) -> NDArray[np.bool_]:
        if out.any():
            left_out.append(LeftOut(tuple(table.rows[out].tolist()), why))
        return measured & ~out

    has_level = ~np.isnan(written.dv) | written.word | written.flag
    if (observation & mdv & ~measured).any():
        leave(observation & mdv & ~measured & _positive(columns), "a level with MDV 1")
    leave(~observation & (evid != 2) & ~mdv & _positive(columns), ON_DOSE)
    measured = leave(
        measured & undosed & (written.dv == 0) & ~written.flag, "a level of 0 before any dose says nothing"
    )
    measured = leave(_elsewhere(columns, measured & has_level, needed), "a level that is not plasma: its CMT is not 2")
    censored = measured & (written.word | written.flag)
    limit_in_dv = np.where(censored & (written.dv > 0), written.dv, np.nan)  # the limit, where it stands in DV
    limit = np.where(np.isnan(written.lloq), limit_in_dv, written.lloq)
    for wrong, message in _slips(written, measured, censored, limit):
        if wrong.any() and needed:
            record = int(np.argmax(wrong))
            raise table.error(record, f"{message} (DV {columns.text('DV')[record]!r})")
        measured = leave(wrong, f"a level that cannot be used: {message}")
        censored &= measured
    dv = np.where(measured, np.where(censored, limit, written.dv), np.nan)
    used = ("MDV", "DV", "CENS", "LLOQ", "DVU")
    return Levels(dv, censored, written.lloq, left_out, used)


def _flagged(columns: Columns) -> NDArray[np.bool_]:
    """Return where CENS, BLQ or BLQFL says that a level is below its limit."""
    if not columns.has("CENS"):
        return np.zeros(columns.table.height, bool)
    cells = [cell.casefold() for cell in columns.text("CENS")]
    if set(cells) & {"y", "n"}:
        for record, cell in enumerate(cells):
            if cell not in ("y", "n") and not is_missing(cell):
                raise columns.table.error(record, f"{columns.roles['CENS']} is {cell!r}, wanted Y or N")
        return np.array([cell == "y" for cell in cells], bool)
    return columns.whole("CENS", range(2)) == 1


def _written(
    columns: Columns, measured: NDArray[np.bool_], flag: NDArray[np.bool_], molar_mass: float | None
) -> _Written:
    units = dict(words.LEVEL_UNITS)
    if molar_mass is not None:
        units |= {unit: nmol * molar_mass * 1e-3 for unit, nmol in words.MOLAR_UNITS.items()}
    factor = columns.factors("DV", "DVU", units)
    limit_factor = columns.factors("LLOQ", "DVU", units) if columns.has("LLOQ") else 1.0
    lloq = columns.within("LLOQ", 0.0, np.inf, "ng/mL") * limit_factor
    word = np.zeros(columns.table.height, bool)
    if columns.has("DV") and columns.table.has_words(columns.roles["DV"]):
        text = columns.text("DV")
        word = np.array([cell.startswith("<") or cell.upper() in BELOW for cell in text], bool) & measured
        plain = [
            cell.removeprefix("<").strip() if kept and cell.upper() not in BELOW else ""
            for cell, kept in zip(text, measured, strict=True)
        ]
        dv = _numbers(columns, plain) * factor
    else:
        dv = np.where(measured, columns.numbers("DV"), np.nan) * factor
    return _Written(dv, lloq, word, flag)


def _numbers(columns: Columns, cells: list[str]) -> NDArray[np.float64]:
    from dataclasses import replace

    import polars as pl

    header = columns.roles["DV"]
    frame = columns.table.frame.with_columns(pl.Series(header, cells, dtype=pl.String))
    table: Table = replace(columns.table, columns=frame)
    return columns._replace(table=table).numbers("DV")


def _positive(columns: Columns) -> NDArray[np.bool_]:
    """Return where DV holds a number above 0."""
    if not columns.has("DV"):
        return np.zeros(columns.table.height, bool)
    return np.nan_to_num(columns.table.plain_numbers(columns.roles["DV"])) > 0


def _elsewhere(columns: Columns, has_level: NDArray[np.bool_], needed: bool) -> NDArray[np.bool_]:
    """Return levels in another compartment than the central one.

    Raises:
        ScenarioError: all of them are, and levels are needed.
    """
    if not (columns.has("CMT") and has_level.any()):
        return np.zeros(has_level.size, bool)
    cmt = columns.whole("CMT", range(100))
    elsewhere = has_level & ~np.isin(cmt, PLASMA)
    if needed and elsewhere.any() and elsewhere.sum() == has_level.sum():
        record = int(np.argmax(elsewhere))
        remedy = "write CMT 2 (central) or '.' if it is plasma"
        raise columns.table.error(record, f"every level is in CMT {cmt[record]}, none in plasma; {remedy}")
    return elsewhere


def _slips(
    written: _Written, measured: NDArray[np.bool_], censored: NDArray[np.bool_], limit: NDArray[np.float64]
) -> list[tuple[NDArray[np.bool_], str]]:
    dv, lloq = written.dv, written.lloq
    exact = written.word & ~np.isnan(dv) & measured
    return [
        (censored & ~(limit > 0), f"below quantification, but the limit is not given; {REMEDY}"),
        (exact & (dv != limit), "DV and LLOQ give two limits; make them agree"),
        (censored & (dv > limit), "CENS 1, but DV is above LLOQ; set CENS 0, or mend one of the two"),
        (measured & ~censored & (dv <= 0), f"DV is not above 0, so below quantification; {REMEDY}"),
        (measured & ~censored & (dv < lloq), "DV is below LLOQ without CENS 1; set CENS 1, or leave LLOQ out"),
    ]
