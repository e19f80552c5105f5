"""Short visits added up to months, and the days of a diary likewise: counts and days, so that gaps do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from leao.core.errors import ScenarioError
from leao.core.tables import LeftOut
from leao.trial.params import TrialNumbers
from leao.trial.reading.records import ROW
from leao.trial.reading.request import TableRequest

if TYPE_CHECKING:
    import polars as pl


class Timed(NamedTuple):
    """Records with ``value`` per month (or visit), ``count`` and ``days`` behind it, and ``baseline`` likewise."""

    frame: pl.DataFrame
    labels: dict[float, str]
    unit: str  # "per 28 days", "per visit", "points" or "change"
    month: float  # days of a unit; 1 where days are counted in visits
    nominal: dict[float, float]  # days of each visit when nothing is missing
    left_out: list[LeftOut]
    problems: list[str]


def months(nominal: dict[float, float], rules: TrialNumbers) -> dict[float, float]:
    """Return the month in which each visit ends, the visits one after the other."""
    ends = np.cumsum([nominal[at] for at in sorted(nominal)])
    return {at: float(np.ceil(end / rules.month - 1e-9)) for at, end in zip(sorted(nominal), ends, strict=True)}


def pooled_as_asked(name: str, state: Timed, request: TableRequest) -> Timed:
    """Return the records with as many visits in a row made one as the user says.

    Raises:
        ScenarioError: fewer than one.
    """
    if request.pool is None:
        return state
    if request.pool < 1:
        raise ScenarioError(f"{name}: --pool {request.pool}: wanted how many visits make one, 2 or more")
    ordered = sorted(state.nominal)
    return pooled(state, {at: float(k // request.pool + 1) for k, at in enumerate(ordered)}, None)


def pooled(state: Timed, period: dict[float, float], rules: TrialNumbers | None) -> Timed:
    """Return the records with visits added up to months: counts and days, so that days without entry do not count."""
    import polars as pl

    frame = state.frame.with_columns(
        pl.when(pl.col("visit") > 0.0)
        .then(pl.col("visit").replace_strict(period, default=0.0, return_dtype=pl.Float64))
        .otherwise(pl.col("visit"))
        .alias("visit")
    )
    kept = [c for c in frame.columns if c not in ("subject", "visit", "value", "count", "days")]
    frame = frame.group_by("subject", "visit", maintain_order=True).agg(
        *(pl.col(c).first() for c in kept), pl.col("count").sum(), pl.col("days").sum()
    )
    rate = pl.when(pl.col("days") > 0.0).then(pl.col("count") * state.month / pl.col("days")).otherwise(float("nan"))
    members: dict[float, list[float]] = {}
    for at, month in period.items():
        members.setdefault(month, []).append(at)
    nominal = {month: sum(state.nominal[at] for at in visits) for month, visits in members.items()}
    labels = {}
    for month, visits in members.items():
        ends = [state.labels.get(at, f"visit {at:g}") for at in (visits[0], visits[-1])]
        labels[month] = f"month {month:g}" if rules is not None else f"{ends[0]} to {ends[1]}"
    last = max(nominal)
    problems = [f"{len(period)} visits are pooled to {len(nominal)} {'months' if rules is not None else 'longer ones'}"]
    left_out = list(state.left_out)
    frame = frame.with_columns(rate.alias("value"))
    if len(nominal) > 1 and nominal[last] < 0.5 * max(nominal.values()):
        problems.append(f"{labels[last]} is cut short by the end of the table and is left out")
        left_out.append(
            LeftOut(tuple(frame.filter(pl.col("visit") == last)[ROW].to_list()), f"{labels.pop(last)} is cut short")
        )
        frame, _ = frame.filter(pl.col("visit") != last), nominal.pop(last)
    return state._replace(
        frame=frame, labels=labels, nominal=nominal, problems=[*state.problems, *problems], left_out=left_out
    )


def daily(
    frame: pl.DataFrame, month: float, *, is_mean: bool
) -> tuple[pl.DataFrame, dict[float, str], dict[float, float], list[str]]:
    """Return one row per patient and month of a daily diary: value per month, count and days, what months are called.

    Months begin at day 1 of treatment; one of which nobody filled in half is not kept. ``is_mean``: a month's value is
    the mean of its days, not their sum.
    """
    import polars as pl

    day = pl.col("day")
    when = pl.when(day <= 0).then(0.0).otherwise(((day - 1) // month) + 1).alias("visit")
    kept = [c for c in frame.columns if c not in ("subject", "day", "value", "count", "days")]
    known = pl.col("value").is_finite()
    frame = (
        frame.with_columns(when)
        .group_by("subject", "visit", maintain_order=True)
        .agg(
            *(pl.col(c).first() for c in kept),
            pl.when(known).then(pl.col("value")).otherwise(0.0).sum().alias("count"),
            known.sum().cast(pl.Float64).alias("days"),
        )
    )
    scale = 1.0 if is_mean else month
    rate = pl.when(pl.col("days") > 0).then(pl.col("count") * scale / pl.col("days")).otherwise(float("nan"))
    frame = frame.with_columns(rate.alias("value"))
    last = frame.filter(pl.col("visit") > 0).group_by("visit").agg(pl.col("days").max()).sort("visit")
    short = [float(at) for at, days in last.iter_rows() if days < month / 2.0]
    problems = [f"month {at:g}: nobody filled in half of it: left out" for at in short]
    frame = frame.filter(~pl.col("visit").is_in(short))
    months = [float(at) for at, _ in last.iter_rows() if float(at) not in short]
    return frame, {at: f"month {at:g}" for at in months}, dict.fromkeys(months, month), problems
