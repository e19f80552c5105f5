"""A real trial's or registry's table, from the bytes of a file to what the estimators take.

Three shapes: a row per patient and visit (0 or less is the baseline), a row per patient and day (1 is the first day of
treatment), a row per patient with a column a visit. CDISC's names are known without being told. Nothing is repaired:
what cannot be is refused with its row, what could be meant in two ways is asked, what is not used is named.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leao.core import files
from leao.core.columns import ColumnUse, Law, sort_columns
from leao.core.errors import ScenarioError
from leao.core.tables import LeftOut, ReadOptions, Table, fold, read
from leao.trial.params import TrialNumbers
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading import arms as arm_column
from leao.trial.reading import lengths, pooling, records, vocabulary
from leao.trial.reading.request import TableRequest
from leao.trial.reading.roles import Roles, assign
from leao.trial.reading.selection import Selection, select
from leao.trial.reading.visits import planned

if TYPE_CHECKING:
    import polars as pl


class Loaded(NamedTuple):
    """Checked records, a row per patient and visit, and everything that is known of them."""

    frame: pl.DataFrame
    endpoint: str
    kind: str  # count, rate, days, score or change
    unit: str
    month: float
    nominal: dict[float, float]  # days of each visit
    labels: dict[float, str]
    arms: tuple[str, ...]  # the control first
    changes_treatment: bool
    is_daily: bool
    covariates: tuple[str, ...]
    strata: tuple[str, ...]
    stopped: str | None
    subgroups: tuple[str, ...]
    rows: int
    columns: ColumnUse
    left_out: list[LeftOut]
    problems: list[str]

    @property
    def counts(self) -> bool:
        """Whether values are counts of something, so that rates and responders mean something."""
        return self.kind in ("count", "rate", "days")


class Held(NamedTuple):
    """A table that is in memory: what messages call it, and its bytes."""

    name: str
    content: bytes

    def __str__(self) -> str:
        """Return its name."""
        return self.name


def load(path: str | Path | Held, request: TableRequest) -> Loaded:
    """Return the checked records of a table.

    Raises:
        ScenarioError: one line: what, where, found, wanted, and what to write instead.
    """
    return load_table(cells(path, request.sheet), request)


def cells(path: str | Path | Held, sheet: str | None) -> Table:
    """Return the cells of a table, its header row told by the names that are known of trials.

    Raises:
        ScenarioError: one line: no table, or one that cannot be read.
    """
    options = ReadOptions(sheet=sheet, known=frozenset(chain.from_iterable(vocabulary.KNOWN.values())))
    held = path.content if isinstance(path, Held) else files.read_bytes(Path(path))
    return read(str(path), held, options)


def load_table(table: Table, request: TableRequest) -> Loaded:
    """Return the checked records of a table that has been read."""
    if table.height == 0:
        raise ScenarioError(f"{table.name}: no rows; wanted one per patient and visit or day")
    rules = trial_numbers()
    selection = select(table, request)
    roles = assign(selection.table, request)
    use = _columns(selection, roles, request)
    rows = records.collect(selection.table, roles, request, selection.parameter)
    problems = [
        *table.remarks(),
        *selection.problems,
        *records.special_missing(selection.table, roles),
        *_shape(roles),
    ]
    state = _planned(table.name, rows, request)
    frame, values = arm_column.placed(table.name, state.frame, roles.names["arm"])
    arms = arm_column.ordered(table.name, frame, request.control)
    changes = arm_column.changes(frame)
    if not changes:
        arm_column.one_each(table.name, frame, roles.names["arm"])
    elif "day" in frame.columns:
        raise ScenarioError(
            f"{table.name}: patients change treatment; wanted a row per patient and period, not per day; name its "
            "column with --visit"
        )
    _unique(table.name, frame)
    _apart(table.name, frame)
    timed = _timed(table.name, rows._replace(frame=frame), state, request, rules)
    if not timed.nominal:
        lost = "; ".join(part.why for part in state.left_out)
        hint = f" ({lost}: list the planned ones with --visits)" if lost else ""
        raise ScenarioError(f"{table.name}: nothing after the baseline; wanted visits (or days) above 0{hint}")
    if roles.stopped is not None and "day" not in rows.frame.columns:
        _not_pooled(table.name, state.frame, timed.frame)
    return Loaded(
        timed.frame,
        rows.endpoint,
        rows.kind,
        timed.unit,
        timed.month,
        timed.nominal,
        timed.labels,
        arms,
        changes,
        "day" in rows.frame.columns,
        roles.covariates,
        roles.strata,
        roles.stopped,
        roles.subgroups,
        frame.height,
        use,
        [*selection.table.left_out, *state.left_out, *timed.left_out],
        [*problems, *_treatments(selection.table, roles), *state.problems, *values, *timed.problems],
    )


def _not_pooled(name: str, before: pl.DataFrame, after: pl.DataFrame) -> None:
    """Refuse a stop by visit where visits were pooled: their numbers are others then."""
    counts = [int((frame["visit"].unique() > 0.0).sum()) for frame in (before, after)]
    if counts[0] != counts[1]:
        raise ScenarioError(
            f"{name}: --stopped: {counts[0]} visits were pooled to {counts[1]}, so that a stop by visit is not known; "
            "leave --pool out, or give the table's months"
        )


class _State(NamedTuple):
    frame: pl.DataFrame
    labels: dict[float, str]
    spans: dict[float, float]
    left_out: list[LeftOut]
    problems: list[str]


def _planned(name: str, rows: records.Records, request: TableRequest) -> _State:
    """Return the records of the baseline and of planned visits; a diary's days are all planned."""
    import polars as pl

    frame = rows.frame
    if "day" not in frame.columns:
        done = planned(name, frame, request)
        return _State(done.frame, done.labels, done.spans, done.left_out, done.problems)
    missing = ~np.isfinite(frame["day"].to_numpy())
    message = f"column {rows.names['day']!r}: found nothing, wanted a number in every row"
    records.refuse(name, frame[records.ROW].to_numpy(), missing, message)
    if rows.kind == "days":
        worse = frame["value"].to_numpy() > 1.0
        message = f"column {rows.names['value']!r}: found {{}} on one day, wanted 0 or 1, yes or no; else write --kind"
        records.refuse(name, frame[records.ROW].to_numpy(), worse, message, frame["value"].to_numpy())
    if "flag" not in frame.columns or not (frame["flag"].str.to_uppercase() == "Y").any():
        return _State(frame, {}, {}, [], [])
    out = frame.filter((pl.col("day") <= 0) & (pl.col("flag").str.to_uppercase() != "Y"))
    kept = frame.filter((pl.col("day") > 0) | (pl.col("flag").str.to_uppercase() == "Y"))
    left_out = [LeftOut(tuple(out[records.ROW].to_list()), "before the baseline")] if out.height else []
    text = f"{out.height} days before the baseline are not used"
    return _State(kept, {}, {}, left_out, [text] if out.height else [])


def _timed(
    name: str, rows: records.Records, state: _State, request: TableRequest, rules: TrialNumbers
) -> lengths.Timed:
    if "day" not in rows.frame.columns:
        return lengths.timed(name, rows, state.labels, state.spans, request, rules)
    is_mean = rows.kind in ("score", "change")
    frame, labels, nominal, problems = pooling.daily(rows.frame, rules.month, is_mean=is_mean)
    unit = "points" if is_mean else f"per {rules.month:g} days"
    return lengths.Timed(frame, labels, unit, rules.month, nominal, [], problems)


def _columns(selection: Selection, roles: Roles, request: TableRequest) -> ColumnUse:
    """Return what becomes of each column.

    Raises:
        ScenarioError: a column that can change the answer and is not read.
    """
    table = selection.table
    constant = {fold(name) for name in table.header if table.frame[name].n_unique() == 1}
    trade = {word: why for word, why in vocabulary.TRADE.items() if word not in constant}
    law = Law(harmless=vocabulary.HARMLESS | (constant & set(vocabulary.TRADE)), trade=trade, group=roles.subject[0])
    compared = [name for name in table.header if fold(name) in vocabulary.ACTUAL and _is_planned(roles)]
    return sort_columns(table, [*roles.used(), *selection.used, *compared], law, request.ignore)


def _is_planned(roles: Roles) -> bool:
    """Return whether the arm that is read is the one planned, so that the treatment taken is compared with it."""
    arm = fold(roles.names["arm"])
    return arm in vocabulary.TREATMENTS and arm not in vocabulary.ACTUAL


def _shape(roles: Roles) -> list[str]:
    if not roles.wide:
        return []
    return [f"a column a visit: {roles.names['baseline']} is the baseline, then {', '.join(roles.wide)}"]


def _treatments(table: Table, roles: Roles) -> list[str]:
    """Return how the arm that is read differs from the other columns of treatment, in words."""
    import polars as pl

    read_as = fold(roles.names["arm"])
    if read_as not in vocabulary.TREATMENTS:
        return []
    if read_as in vocabulary.ACTUAL:
        return [f"arms are those of {roles.names['arm']}: as treated, not as randomised"]
    rows = []
    for name in table.header:
        if fold(name) not in vocabulary.ACTUAL or name == roles.names["arm"]:
            continue
        other = table.frame.filter(
            (pl.col(name) != "") & (pl.col(roles.names["arm"]) != "") & (pl.col(name) != pl.col(roles.names["arm"]))
        )
        if other.height:
            people = other[roles.subject[0]].n_unique()
            rows.append(f"{people} patients took another treatment than planned ({name}); analysed as planned")
    return rows


def _unique(name: str, frame: pl.DataFrame) -> None:
    """Refuse a second row of one patient for the same visit or day."""
    import polars as pl

    role = "day" if "day" in frame.columns else "visit"
    again = ~frame.select(pl.struct("subject", role).is_first_distinct()).to_series().to_numpy()
    message = (
        f"a second row for the same patient and {role}: found {{}}, wanted one; keep the rows you mean with --where "
        "COLUMN=VALUE, or name a further column of the subject with --subject A,B"
    )
    records.refuse(name, frame[records.ROW].to_numpy(), again, message, frame[role].to_numpy())


def _apart(name: str, frame: pl.DataFrame) -> None:
    """Refuse visits of one patient whose days overlap."""
    import polars as pl

    if not {"start", "end"} <= set(frame.columns):
        return
    backwards = (frame["end"] < frame["start"]).to_numpy()
    records.refuse(name, frame[records.ROW].to_numpy(), backwards, "found a visit that ends before it starts")
    ordered = frame.sort("subject", "start")
    overlaps = ordered.select((pl.col("start") <= pl.col("end").shift(1).over("subject")).fill_null(False)).to_series()
    message = "a visit that overlaps the one before: found start {}, wanted visits apart"
    records.refuse(name, ordered[records.ROW].to_numpy(), overlaps.to_numpy(), message, ordered["start"].to_numpy())
