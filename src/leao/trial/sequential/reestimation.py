"""Sample size re-estimated without unblinding: what scatters is estimated from all patients together.

Counts: one negative-binomial distribution for everybody gives the pooled rate and dispersion; the control's rate
follows from the ratio assumed at planning, 2 pooled / (1 + ratio) (Friede and Schmidli 2010, Stat Med 29:1145).
Changes: the variance of everybody less what the assumed difference adds, d^2 / 4 (Zucker et al. 1999, Stat Med
18:3493). Neither looks at the arm; what that does to the type I error is simulated (docs/validation/sequential.md).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import files, tables
from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.trial.kernels import negative_binomial as kernel
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.one_row import one_row_each
from leao.trial.reading.records import LARGEST
from leao.trial.sequential import sample_size
from leao.trial.sequential.planning import described
from leao.trial.sequential.sample_size import Changes, Counts

Array = NDArray[np.float64]
FEWEST = 10  # patients


class Planned(NamedTuple):
    """What was planned and how far it may be changed; patients per arm."""

    endpoint: Counts | Changes  # the effect assumed; what scatters is looked at anew
    alpha: float  # of one side
    power: float
    n: int | None = None  # never fewer
    most: int | None = None
    inflation: float = 1.0  # of a trial with looks


def pooled_counts(events: Array, months: Array) -> tuple[Array, Array]:
    """Return pooled rate per month and dispersion of each trial, NaN where they cannot be had, each (trial,).

    Args:
        events: of each patient, whatever the arm, (trial, patient).
        months: followed, (trial, patient); 0: not there yet.
    """
    use = months > 0.0
    offset = np.log(np.where(use, months, 1.0))
    ones = np.ones((*events.shape, 1))
    fitted, _, status = kernel.negative_binomial(np.where(use, events, 0.0), ones, offset, use)
    good = status != kernel.FAILED
    return np.where(good, np.exp(fitted[:, 0]), np.nan), np.where(good, fitted[:, -1], np.nan)


def patients(planned: Planned, scatter: tuple[float, float]) -> int:
    """Return the patients per arm that the scatter seen so far wants, within the limits.

    Args:
        planned: the trial.
        scatter: pooled rate and dispersion, or pooled standard deviation twice.
    """
    seen = _seen(planned.endpoint, scatter)
    wanted = sample_size.fixed(seen, planned.alpha, planned.power) * planned.inflation
    wanted = max(wanted, planned.n or 0.0)
    return math.ceil(min(wanted, math.inf if planned.most is None else planned.most) - 1e-9)


def _seen(endpoint: Counts | Changes, scatter: tuple[float, float]) -> Counts | Changes:
    if isinstance(endpoint, Counts):
        return endpoint._replace(rate=2.0 * scatter[0] / (1.0 + endpoint.ratio), dispersion=scatter[1])
    if abs(endpoint.difference) >= 2.0 * scatter[0]:
        raise ScenarioError(
            f"the standard deviation of all patients is {scatter[0]:.3g}: smaller than the assumed difference of "
            f"{abs(endpoint.difference):g} would leave it; mend --difference"
        )
    return endpoint._replace(sd=math.sqrt(scatter[0] ** 2 - endpoint.difference**2 / 4.0))


class Columns(NamedTuple):
    """Names of columns: events with the days they were counted on, or changes."""

    events: str | None
    days: str | None
    change: str | None


def reestimate(path: str, columns: Columns, planned: Planned) -> dict[str, Any]:
    """Return the answer of ``leao trial reestimate``.

    Raises:
        ScenarioError: a table or a column that cannot be used.
    """
    table = tables.read(path, files.read_bytes(Path(path)))
    one_row_each(table)
    counts = isinstance(planned.endpoint, Counts)
    if counts != (columns.events is not None) or counts == (columns.change is not None):
        wanted = "--events (and --days) with a --ratio" if counts else "--change with a --difference"
        raise ScenarioError(f"{path}: wanted {wanted}; name the column")
    month = trial_numbers().month
    values = _column(table, columns.events if counts else columns.change)
    problems = table.remarks()
    days = np.full(len(values), planned.endpoint.months * month) if isinstance(planned.endpoint, Counts) else None
    if counts and columns.days is not None:
        days = _column(table, columns.days)
    known = np.isfinite(values) & (np.isfinite(days) & (days > 0.0) if days is not None else True)
    if not known.all():
        problems.append(f"{int((~known).sum())} of {len(values)} rows have no value and are left out")
    if known.sum() < FEWEST:
        raise ScenarioError(f"{path}: found {int(known.sum())} patients with a value, wanted {FEWEST} or more")
    unread = [name for name in table.header if name not in columns]
    problems += [f"not read: {', '.join(unread)}"] if unread else []
    if days is not None:
        scatter = _pooled_of(path, table, values, days, known, month)
    else:
        sd = float(np.std(values[known], ddof=1))
        scatter = (sd, sd)
    n = patients(planned, scatter)
    return _answer(path, planned, scatter, n, (int(known.sum()), problems))


def _pooled_of(
    path: str, table: tables.Table, values: Array, days: Array, known: NDArray[np.bool_], month: float
) -> tuple[float, float]:
    bad = known & ((values < 0.0) | (values != np.rint(values)))
    if bad.any():
        record = int(np.argmax(bad))
        raise table.error(record, f"found {values[record]:g} events, wanted whole numbers of 0 or more")
    if values[known].sum() == 0.0:
        raise ScenarioError(f"{path}: no event at all; nothing can be said of their scatter yet")
    rate, dispersion = pooled_counts(values[known][None], days[known][None] / month)
    if not np.isfinite(rate[0]):
        raise ScenarioError(f"{path}: no negative-binomial distribution fits these counts; look at them")
    return float(rate[0]), float(dispersion[0])


def _column(table: tables.Table, name: str | None) -> Array:
    if name not in table.header:
        hint = nearest(str(name), list(table.header))
        raise ScenarioError(f"{table.name}: no column {name!r}; there are {', '.join(table.header)}{hint}")
    return table.bounded(name, LARGEST)


def _answer(
    path: str, planned: Planned, scatter: tuple[float, float], n: int, seen: tuple[int, list[str]]
) -> dict[str, Any]:
    counts = isinstance(planned.endpoint, Counts)
    people, problems = seen
    if planned.most is not None and n == planned.most:
        problems = [
            *problems,
            f"the largest size allowed, {planned.most} per arm, may leave the power below what is wanted",
        ]
    kept = planned.n is not None and n == planned.n
    what = f"rate {scatter[0]:.3g} a month, dispersion {scatter[1]:.3g}" if counts else f"SD {scatter[0]:.3g}"
    return {
        "file": path,
        "patients": people,
        "kind": "counts" if counts else "changes",
        "unit": "events per 28 days" if counts else "as in the table",
        "pooled_rate": scatter[0] if counts else None,
        "pooled_dispersion": scatter[1] if counts else None,
        "pooled_sd": None if counts else scatter[0],
        "assumed": described(planned.endpoint),
        "planned_n_per_arm": planned.n,
        "n_per_arm": n,
        "most_n_per_arm": planned.most,
        "alpha": planned.alpha,
        "power": planned.power,
        "text": f"{people} patients, arms not looked at: {what}; {n} patients per arm"
        + (", as planned (never fewer)" if kept else f" for {100 * planned.power:.0f} % power"),
        "problems": problems,
    }
