"""Levels of every record as a table with ADPPK names (CDISC ADaM, population pharmacokinetics)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leao.core import files
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_REPLICATED
from leao.core.random import Streams
from leao.core.spreads import quantile
from leao.exposure import priors, solve
from leao.exposure.records import Records

FORMATS = (".parquet", ".csv")
MOST_ROWS = 20_000_000
MOST_REPLICATES = 1_000_000  # keeps the seeds of replicates apart


class Simulation(NamedTuple):
    """What to simulate."""

    seed: int | None = None  # of the people; None keeps everybody typical
    carry: str = "backward"  # which interval a record's covariates hold for, see ``solve.solve``
    replicates: int | None = None  # so many times, with typical values, people and errors of measurement redrawn


def table(records: Records, choices: Simulation | None = None) -> pl.DataFrame:
    """Return one row per record: identifiers, times, doses, covariates, predicted plasma and free brain level.

    Args:
        records: checked records.
        choices: what to simulate.
    """
    choices = choices or Simulation()
    people = None if choices.seed is None else priors.persons(records, choices.seed)
    solved = solve.solve(records, people, choices.carry)
    counts = np.diff(records.starts)
    columns: dict[str, Any] = {
        "USUBJID": np.repeat(np.array(records.who, dtype=object), counts).tolist(),
        "AFRLT": records.time - np.repeat(_first_dose(records), counts),
        "TIME": records.written,
        "EVID": records.evid,
        "CMT": records.cmt,
        "AMT": records.amt,
        **({} if records.drug else {"BASIS": np.where(records.salt, "salt", "base").tolist()}),
        "RATE": records.rate,
        "II": records.ii,
        "ADDL": records.addl,
        "SS": records.ss,
        "MDV": np.isnan(records.dv).astype(np.int64),
        "DV": records.dv,
        "DVU": ["ng/mL"] * records.time.size,
        "IPRED": solved.plasma,
        **({} if records.drug else {"FREEBR": solved.free_brain}),
    }
    if records.censored.any():
        columns |= {"CENS": records.censored.astype(np.int64), "LLOQ": records.lloq}
    columns |= {name: values for name, values in records.covariates.items() if not np.isnan(values).all()}
    return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def _first_dose(records: Records) -> NDArray[np.float64]:
    """Return the time of each subject's first dose, of the first record where there is none."""
    first = np.minimum.reduceat(np.where(records.dose, records.time, np.inf), records.starts[:-1])
    return np.where(np.isfinite(first), first, records.time[records.starts[:-1]])


def replicated(records: Records, choices: Simulation) -> pl.DataFrame:
    """Return the table ``replicates`` times: REP, IPRED of that replicate's people, and SIMDV measured with error.

    Each replicate draws the typical values anew from how well they are known, then people around them.

    Raises:
        ScenarioError: more rows than can be held.
    """
    count, seed = int(choices.replicates or 1), choices.seed or 0
    rows = records.time.size
    if count > MOST_REPLICATED:
        raise ScenarioError(f"--replicates: found {count}, wanted at most {MOST_REPLICATED}")
    if not 1 <= count * rows <= MOST_ROWS:
        raise ScenarioError(f"--replicates: {count} times {rows} rows, wanted at most {MOST_ROWS} rows; write fewer")
    plain = table(records, choices._replace(seed=None))
    streams, parts = Streams(seed, "pk replicates"), []
    error = {"dist": "lognormal", "sd_log": priors.residual(records.drug)}
    for k in range(count):
        person_seed = seed * MOST_REPLICATES + k
        people = priors.persons(records, person_seed) * priors.typical(records, person_seed)
        solved = solve.solve(records, people, choices.carry)
        u = streams.uniforms("error", range(k, k + 1), range(rows), 1)[0, :, 0]
        columns = [
            pl.lit(k + 1).alias("REP"),
            pl.Series("IPRED", solved.plasma),
            pl.Series("SIMDV", solved.plasma * quantile(error, 1.0, u)),
        ]
        if records.drug is None:
            columns.append(pl.Series("FREEBR", solved.free_brain))
        parts.append(plain.with_columns(columns))
    return pl.concat(parts)


def simulated(records: Records, choices: Simulation | None = None) -> pl.DataFrame:
    """Return the table, once or in replicates.

    Raises:
        ScenarioError: another word for ``carry``, or more rows than can be held.
    """
    choices = choices or Simulation()
    if choices.carry not in solve.CARRY:
        raise ScenarioError(f"--carry: found {choices.carry!r}, wanted backward (as NONMEM) or forward")
    return table(records, choices) if choices.replicates is None else replicated(records, choices)


def write(frame: pl.DataFrame, out: Path) -> None:
    """Write a table to ``out``, .parquet or .csv.

    Raises:
        ScenarioError: another ending.
    """
    checked(out)
    buffer = BytesIO()
    if out.suffix == ".csv":
        frame.write_csv(buffer)
    else:
        frame.write_parquet(buffer)
    files.write_bytes(out, buffer.getvalue(), files.PRIVATE)


def checked(out: Path) -> Path:
    """Return the name of a table that can be written.

    Raises:
        ScenarioError: another ending.
    """
    if out.suffix not in FORMATS:
        raise ScenarioError(f"--out: found {str(out)!r}, wanted a name that ends in .parquet or .csv")
    return out


def facts(records: Records, frame: pl.DataFrame, choices: Simulation) -> dict[str, Any]:
    """Return what was done, and what of the table was not used."""
    unknown = [] if records.drug else [n for n in ("WT", "CRCL", "PH") if np.isnan(records.covariates[n]).any()]
    return {
        "subjects": len(records.who),
        "rows": frame.height,
        "out": None,
        "replicates": choices.replicates,
        "taken_as_usual": unknown,
        "ignored_columns": [part["column"] for part in records.columns.not_read],
    } | records.not_used()


def simulate(records: Records, out: Path, choices: Simulation | None = None) -> dict[str, Any]:
    """Write the table to ``out`` (.parquet or .csv) and return what was done.

    Raises:
        ScenarioError: another ending of ``out``, or another word for ``carry``.
    """
    choices = choices or Simulation()
    checked(out)
    frame = simulated(records, choices)
    write(frame, out)
    return facts(records, frame, choices) | {"out": str(out)}
