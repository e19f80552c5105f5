"""Four answers to patients who stopped the treatment, side by side (ICH E9 R1).

treatment policy   every value counts, whatever was taken; what is missing is missing at random
hypothetical       had nobody stopped: values after the stop are put aside and taken as missing at random
composite          stopping is an outcome: from the stop on a patient counts as unimproved (change 0, no responder)
while on treatment the last value before the stop, and rates over the time on treatment

The stop comes from a column of the table (``--stopped``): the last visit (or day) on treatment, empty where there was
none; or, a row a visit, yes from the visit on at which the treatment was no longer taken.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import is_missing, number
from leao.trial import estimates, reasons
from leao.trial.estimators import METHODS
from leao.trial.reading import vocabulary
from leao.trial.reading.layout import Table, lay_out, people, visit_numbers
from leao.trial.reading.records import PERSON, ROW
from leao.trial.reading.table import Loaded

Array = NDArray[np.float64]
WORDS = {
    "treatment_policy": "every value counts, whatever was taken; missing values are missing at random",
    "hypothetical": "had nobody stopped: values after the stop are put aside and missing at random",
    "composite": "stopping is an outcome: from the stop on a patient counts as unimproved (change 0, no responder)",
    "while_on_treatment": "up to the stop: the last value before it, and rates over the time on treatment",
}
RETRIEVED = (
    "nothing was recorded after a stop: treatment policy rests on missing at random alone, as the hypothetical does"
)


class Stops(NamedTuple):
    """Who stopped, and when."""

    last: Array  # (subject,), the last visit on treatment; infinite: to the end
    after: NDArray[np.bool_]  # (record,), rows after their patient's stop


def answer(name: str, loaded: Loaded, table: Table, column: str) -> tuple[dict[str, Any], list[str]]:
    """Return the estimands side by side, and what stands against them.

    Args:
        name: of the table.
        loaded: its records.
        table: the same, laid out.
        column: of the stop.

    Raises:
        ScenarioError: a cell that is no stop.
    """
    stops = _stops(name, loaded, column)
    used = table.data.use[0]
    stopped = np.isfinite(stops.last) & used
    arms = {arm: int((stopped & (table.data.arm[0] == k)).sum()) for k, arm in enumerate(table.arms)}
    if not stopped.any():
        raise ScenarioError(f"{name}: --stopped {column}: nobody stopped; leave it out, or name the right column")
    problems, rows = [], []
    values = loaded.frame["value"].to_numpy()
    retrieved = int((stops.after & np.isfinite(values)).sum())
    if not retrieved:
        problems.append(RETRIEVED)
    untreated = _without(name, loaded, stops, table, problems)
    variants = {
        "treatment_policy": ((table, "mmrm"), (table, "negative_binomial")),
        "hypothetical": ((untreated, "mmrm"),),
        "composite": ((_composite(table, stops), "mmrm"), (_composite(table, stops), "responder")),
        "while_on_treatment": ((_last_on(table, stops), "ancova"), (untreated, "negative_binomial")),
    }
    for strategy, asked in variants.items():
        for variant, method in asked:
            row = _row(strategy, method, variant, table)
            if row is not None:
                rows.append(row)
    return {"column": column, "stopped": arms, "recorded_after": retrieved, "rows": rows}, problems


def _stops(name: str, loaded: Loaded, column: str) -> Stops:
    """Return who stopped when, from flags or from visits."""
    cells = loaded.frame[PERSON + column].to_list()
    subjects, at = people(loaded.frame)
    visit = loaded.frame["visit"].to_numpy()
    known = [cell for cell in cells if not is_missing(cell)]
    flags = {*vocabulary.YES, *vocabulary.NO}
    if known and {number(cell) for cell in known} <= {0.0, 1.0}:
        raise ScenarioError(
            f"{name}: --stopped {column}: found 0 and 1 alone: a visit, or yes and no? write yes and no for rows in "
            "which the treatment was no longer taken, or the last visit on it"
        )
    if known and all(cell.casefold() in flags for cell in known):
        if loaded.is_daily:
            raise ScenarioError(
                f"{name}: --stopped {column}: found yes or no in a daily table, wanted the last day on treatment"
            )
        _flags_tell_when(f"{name}: --stopped {column}", loaded, cells, at)
        last = _by_flags(loaded, cells, at, len(subjects))
    else:
        last = _by_visits(name, loaded, column, (at, len(subjects)))
    return Stops(last, visit > last[at])


def _flags_tell_when(what: str, loaded: Loaded, cells: list[str], at: NDArray[np.int64]) -> None:
    """Refuse flags that say who stopped, not when, or that say yes and later no."""
    yes = np.array([not is_missing(cell) and cell.casefold() in vocabulary.YES for cell in cells])
    visit = loaded.frame["visit"].to_numpy()
    who = np.unique(at[yes])
    whole = [bool(yes[at == person].all()) for person in who]
    if (yes & (visit <= 0.0)).any() or (len(who) and all(whole)):
        raise ScenarioError(
            f"{what}: says yes in every row of a patient, so who stopped, not when; wanted the last visit on "
            "treatment, or yes from the visit on at which it was no longer taken"
        )
    for person in who:
        here = at == person
        flags = yes[here][np.argsort(visit[here], kind="stable")]
        if (np.diff(flags.astype(int)) < 0).any():
            row = loaded.frame[ROW].to_numpy()[here & yes][0]
            raise ScenarioError(
                f"{what}, row {row}: yes, and no at a later visit: taken again? wanted one stop; mend it"
            )


def _by_flags(loaded: Loaded, cells: list[str], at: NDArray[np.int64], n: int) -> Array:
    """Return each patient's last visit before the first that says yes."""
    last, planned = np.full(n, np.inf), [0.0, *sorted(loaded.nominal)]
    for place, cell, when in zip(at, cells, loaded.frame["visit"].to_list(), strict=True):
        if when > 0.0 and not is_missing(cell) and cell.casefold() in vocabulary.YES:
            last[place] = min(last[place], max(before for before in planned if before < when))
    return last


def _by_visits(name: str, loaded: Loaded, column: str, who: tuple[NDArray[np.int64], int]) -> Array:
    """Return each patient's last visit as a cell says it; ``who``: whose each record is, and how many they are."""
    at, n = who
    last = np.full(n, np.inf)
    known: set[int] = set()
    rows, cells = loaded.frame[ROW].to_list(), loaded.frame[PERSON + column].to_list()
    for place, cell, row in zip(at.tolist(), cells, rows, strict=True):
        if is_missing(cell):
            continue
        value = _visit(name, loaded, column, cell, int(row))
        if place in known and last[place] != value:
            raise ScenarioError(
                f"{name}, row {row}: {column} differs within a patient, wanted one last visit; mend the table"
            )
        known.add(place)
        last[place] = value
    return last


def _visit(name: str, loaded: Loaded, column: str, cell: str, row: int) -> float:
    """Return the last visit on treatment that a cell says; of a daily table the last whole month."""
    value = number(cell)
    if value is None:
        alike = [at for at, label in loaded.labels.items() if label.casefold() == cell.casefold()]
        if len(alike) != 1:
            raise ScenarioError(
                f"{name}, row {row}: {column} is {cell[:40]!r}, wanted the last visit (or day) on treatment, or "
                "nothing where it was taken to the end"
            )
        return alike[0]
    if not np.isfinite(value):
        raise ScenarioError(f"{name}, row {row}: {column} is {cell!r}, wanted a visit or a day")
    return float(np.floor(value / loaded.month)) if loaded.is_daily else max(value, 0.0)


def _without(name: str, loaded: Loaded, stops: Stops, whole: Table, problems: list[str]) -> Table | None:
    """Return the table without what was recorded after a stop; None where the last visit is then nobody's."""
    import polars as pl

    kept = loaded.frame.filter(pl.Series(~stops.after))
    try:
        table = lay_out(name, loaded._replace(frame=kept))
    except ScenarioError as error:
        problems.append(f"without the values after a stop: {error}")
        return None
    if table.visits[-1] != whole.visits[-1] or len(table.subjects) != len(whole.subjects):
        problems.append(f"too few are on treatment at {whole.visits[-1]}: the hypothetical strategy gives no number")
        return None
    return table


def _composite(table: Table, stops: Stops) -> Table:
    off = np.array(visit_numbers(table)) > stops.last[:, None]
    values = np.where(off, table.data.baseline[0][:, None], table.values)
    return _with(table, values)


def _last_on(table: Table, stops: Stops) -> Table:
    """Return the table whose last visit holds each patient's last value on treatment, if they stopped."""
    on = np.isfinite(table.values) & (np.array(visit_numbers(table)) <= stops.last[:, None])
    place = on.shape[1] - 1 - np.argmax(on[:, ::-1], axis=1)
    last = np.where(on.any(axis=1), table.values[np.arange(len(on)), place], np.nan)
    values = table.values.copy()
    values[:, -1] = np.where(np.isfinite(stops.last), last, values[:, -1])
    return _with(table, values)


def _with(table: Table, values: Array) -> Table:
    return table._replace(values=values, data=table.data._replace(visits=values[:, table.modelled][None]))


def _row(strategy: str, method: str, table: Table | None, whole: Table) -> dict[str, Any] | None:
    """Return one answer; None where the method does not suit the endpoint."""
    if method == "mmrm" and whole.data.visits.shape[-1] < 2:
        method = "ancova"
    if table is None:
        return None if method != "mmrm" and method != "ancova" else _nothing(strategy, method, whole)
    if reasons.unfit(method, table, day_counts=METHODS[method].day_counts):
        return None
    figures = estimates.of(method, table)
    values = table.data.visits[0]
    there = np.isfinite(values[:, -1] if method == "ancova" else values).reshape(len(values), -1).any(axis=1)
    used = there & table.data.use[0] if method in ("mmrm", "ancova") else table.data.use[0]
    return {
        "strategy": strategy,
        "estimand": WORDS[strategy],
        "estimator": method,
        "scale": figures["scale"],
        "visit": table.visits[-1],
        "patients": {arm: int((used & (table.data.arm[0] == k)).sum()) for k, arm in enumerate(table.arms)},
        "comparisons": {
            arm: {key: value for key, value in row.items() if key != "kenward_roger"}
            for arm, row in figures["comparisons"].items()
        },
    }


def _nothing(strategy: str, method: str, whole: Table) -> dict[str, Any]:
    keys = ("estimate", "low", "high", "se", "p", "degrees_of_freedom")
    return {
        "strategy": strategy,
        "estimand": WORDS[strategy],
        "estimator": method,
        "scale": METHODS[method].scale,
        "visit": whole.visits[-1],
        "patients": dict.fromkeys(whole.arms, 0),
        "comparisons": {arm: dict.fromkeys(keys) for arm in whole.arms[1:]},
    }
