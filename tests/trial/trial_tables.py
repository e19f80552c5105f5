"""Made-up trial tables for the tests of the reading, and the least squares and REML that they are held against."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl
import statsmodels.api as sm

ARMS = ("placebo", "memantine")


def months(n: int = 20, visits: int = 3, seed: int = 1) -> list[dict[str, Any]]:
    """Return rows of a trial of two arms of ``n``, one per patient and visit, visit 0 the baseline."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(2 * n):
        arm, level = ARMS[who % 2], rng.gamma(4.0, 2.0)
        rows.append({"subject": f"X{who:03d}", "arm": arm, "visit": 0, "attacks": int(rng.poisson(level) + 2)})
        for visit in range(1, visits + 1):
            mean = level * (0.85 if arm == ARMS[0] else 0.6)
            rows.append({"subject": f"X{who:03d}", "arm": arm, "visit": visit, "attacks": int(rng.poisson(mean))})
    return rows


def csv(rows: Iterable[dict[str, Any]], separator: str = ",") -> str:
    """Return rows as the text of a table; None is an empty cell."""
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    stream = io.StringIO()
    frame.write_csv(stream, separator=separator)
    return stream.getvalue()


def wide(rows: Sequence[dict[str, Any]], value: str = "attacks") -> pl.DataFrame:
    """Return a row per patient, a column a visit."""
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    return frame.pivot("visit", index=["subject", "arm"], values=value)


def least_squares(rows: Sequence[dict[str, Any]], last: int = 3, covariates: Sequence[str] = ()) -> tuple[float, float]:
    """Return estimate and standard error of the arm in the ANCOVA of the change at ``last`` (statsmodels)."""
    table = wide(rows)
    y = (table[str(last)] - table["0"]).to_numpy().astype(float)
    columns = [np.ones(len(y)), (table["arm"] == ARMS[1]).to_numpy().astype(float), table["0"].to_numpy().astype(float)]
    people = pl.DataFrame(list(rows), infer_schema_length=None).unique("subject", maintain_order=True)
    order = table.select("subject").join(people, on="subject", how="left", maintain_order="left")
    columns += [order[name].to_numpy().astype(float) for name in covariates]
    keep = np.isfinite(y)
    fit = sm.OLS(y[keep], np.column_stack(columns)[keep]).fit()
    return float(fit.params[1]), float(fit.bse[1])
