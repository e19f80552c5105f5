"""Levels of every record as a table with ADPPK names (CDISC ADaM, population pharmacokinetics)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from leao.core import files
from leao.core.errors import ScenarioError
from leao.exposure import solve
from leao.exposure.records import Records

FORMATS = (".parquet", ".csv")
CARRY = ("backward", "forward")


def table(records: Records, seed: int | None = None, carry: str = "backward") -> pl.DataFrame:
    """Return one row per record: identifiers, times, doses, covariates, predicted plasma and free brain level.

    Args:
        records: checked records.
        seed: draw each person's CL, V and ka around the typical with this seed; None keeps them typical.
        carry: which interval a record's covariates hold for, see ``model.kernel``.
    """
    subjects = len(records.who)
    solved = solve.solve(records, None if seed is None else solve.persons(subjects, seed), carry)
    counts = np.diff(records.starts)
    columns: dict[str, Any] = {
        "USUBJID": np.repeat(np.array(records.who, dtype=object), counts).tolist(),
        "AFRLT": records.time - np.repeat(records.time[records.starts[:-1]], counts),
        "TIME": records.time,
        "EVID": records.evid,
        "CMT": records.cmt,
        "AMT": records.amt,
        "BASIS": np.where(records.salt, "salt", "base").tolist(),
        "RATE": records.rate,
        "II": records.ii,
        "ADDL": records.addl,
        "SS": records.ss,
        "MDV": np.isnan(records.dv).astype(np.int64),
        "DV": records.dv,
        "DVU": ["ng/mL"] * records.time.size,
        "IPRED": solved.plasma,
        "FREEBR": solved.free_brain,
    }
    if records.censored.any():
        columns |= {"CENS": records.censored.astype(np.int64), "LLOQ": records.lloq}
    columns |= {name: values for name, values in records.covariates.items() if not np.isnan(values).all()}
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def simulate(records: Records, out: Path, seed: int | None = None, carry: str = "backward") -> dict[str, Any]:
    """Write the table to ``out`` (.parquet or .csv) and return what was done.

    Raises:
        ScenarioError: another ending of ``out``, or another word for ``carry``.
    """
    if out.suffix not in FORMATS:
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .parquet or .csv")
    if carry not in CARRY:
        raise ScenarioError(f"--carry: found {carry!r}, wanted backward (as NONMEM) or forward")
    frame = table(records, seed, carry)
    buffer = BytesIO()
    if out.suffix == ".csv":
        frame.write_csv(buffer)
    else:
        frame.write_parquet(buffer)
    files.write_bytes(out, buffer.getvalue())
    usual = [name for name in ("WT", "CRCL", "PH") if np.isnan(records.covariates[name]).any()]
    return {
        "subjects": len(records.who),
        "rows": frame.height,
        "out": str(out),
        "taken_as_usual": usual,
        "ignored_columns": records.ignored,
    }
