"""How long visits and baseline are, and counts per 28 days; where nobody says it, counts stay per visit.

Lengths come from the table (days with an entry: NDAYS; first and last day: ASTDY and AENDY, or ADaM's window AWLO and
AWHI), from the user (``--visit-days``, ``--baseline-days``), or from words such as "weeks 9-12". Visits shorter than
half a month are pooled to months of 28 days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import fold
from leao.trial.params import TrialNumbers
from leao.trial.reading.pooling import Timed, months, pooled, pooled_as_asked
from leao.trial.reading.records import ROW, Records, refuse
from leao.trial.reading.request import TableRequest, listed
from leao.trial.reading.visit_lengths import fit_words

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
UNKNOWN = (
    "how many days a visit counts is not said: values are compared per visit, and the baseline is taken to be as long; "
    "write --visit-days and --baseline-days"
)
_LONGEST = 10_000.0  # days of a visit or a baseline
_SAME = 0.02  # share by which a printed rate may differ from its count by rounding


def timed(
    name: str,
    records: Records,
    labels: dict[float, str],
    spans: dict[float, float],
    request: TableRequest,
    rules: TrialNumbers,
) -> Timed:
    """Return the records with values that can be compared.

    Raises:
        ScenarioError: lengths that are not known or do not fit.
    """
    frame = records.frame
    if records.kind in ("score", "change"):
        percent = "per cent " if fold(records.endpoint).startswith("p") else ""
        unit = f"{percent}change from baseline" if records.kind == "change" else "points"
        return _plain(frame, labels, unit)
    frame, known, problems = _days(name, records, spans, request, rules.month)
    if not known:
        state = _plain(frame, labels, "per visit")._replace(problems=[*problems, UNKNOWN])
        return pooled_as_asked(name, state, request)
    problems = [*problems, *fit_words(name, frame, labels, records.names, request)]
    frame = _per_month(name, frame, records, request, rules.month)
    nominal = {at: float(d) for at, d in frame.group_by("visit").agg(_longest()).iter_rows() if at > 0.0}
    state = Timed(frame, labels, f"per {rules.month:g} days", rules.month, nominal, [], problems)
    if request.pool is not None:
        return pooled_as_asked(name, state, request)
    if nominal and max(nominal.values()) < rules.least_filled * rules.month:
        return pooled(state, months(nominal, rules), rules)
    return state


def _longest() -> pl.Expr:
    import polars as pl

    return pl.col("days").max()


def _plain(frame: pl.DataFrame, labels: dict[float, str], unit: str) -> Timed:
    """Return the records as they stand: a visit is the unit of time."""
    import polars as pl

    known = pl.col("value").is_finite()
    frame = frame.with_columns(
        known.cast(pl.Float64).alias("days"), pl.when(known).then(pl.col("value")).otherwise(0.0).alias("count")
    )
    visits = frame.filter(pl.col("visit") > 0)["visit"].unique().to_list()
    return Timed(frame, labels, unit, 1.0, dict.fromkeys(visits, 1.0), [], [])


def _days(
    name: str, records: Records, spans: dict[float, float], request: TableRequest, month: float
) -> tuple[pl.DataFrame, bool, list[str]]:
    """Return the frame with the days of each row, whether they are known, and what the reader should know."""
    frame, names = records.frame, records.names
    rows, visit = frame[ROW].to_numpy(), frame["visit"].to_numpy()
    if request.visit_days is not None:
        days = _given(name, frame, request.visit_days)
        days, problems = _baseline_days(name, frame, days, request, month)
    elif "days" in frame.columns:
        days, problems = frame["days"].to_numpy().copy(), []
        missing = ~np.isfinite(days) & np.isfinite(frame["value"].to_numpy())
        refuse(name, rows, missing, f"column {names['days']!r}: found nothing, wanted the days behind the value")
    elif {"start", "end"} <= set(frame.columns):
        days, problems = frame["end"].to_numpy() - frame["start"].to_numpy() + 1.0, []
        if not np.isfinite(days[visit <= 0.0]).all():
            days, problems = _baseline_days(name, frame, days, request, month)
        if _has_baseline_column(frame) and request.baseline_days is None and np.all(days[np.isfinite(days)] == month):
            problems = [f"the baseline is taken to be {month:g} days long, as the visits are; write --baseline-days"]
        missing = ~np.isfinite(days) & np.isfinite(frame["value"].to_numpy())
        refuse(name, rows, missing, f"columns {names['start']!r} and {names['end']!r}: found no length of the visit")
    elif set(spans) >= set(visit[visit > 0].tolist()) and spans:
        days = np.array([spans.get(at, np.nan) for at in visit])
        days, problems = _baseline_days(name, frame, days, request, month)
    else:
        return frame, False, []
    refuse(
        name,
        rows,
        (days <= 0.0) & np.isfinite(frame["value"].to_numpy()),
        "found a value on 0 days or fewer, wanted its days",
    )
    return _with(frame, "days", np.nan_to_num(days)), True, problems


def _with(frame: pl.DataFrame, name: str, values: NDArray) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.Series(name, values))


def _given(name: str, frame: pl.DataFrame, text: str) -> Array:
    """Return the days of each row as the user says: one number, one a visit, or a column (read as ``visit days``)."""
    visit = frame["visit"].to_numpy()
    if "visit days" in frame.columns:
        return frame["visit days"].to_numpy().copy()
    try:
        lengths = [float(part) for part in listed(text)]
    except ValueError:
        raise ScenarioError(
            f"{name}: --visit-days {text}: wanted days, for example 28 or 28,28,56, or a column"
        ) from None
    there = sorted({float(at) for at in visit if at > 0})
    if not lengths or not all(0.0 < length < _LONGEST for length in lengths) or len(lengths) not in (1, len(there)):
        raise ScenarioError(
            f"{name}: --visit-days {text}: wanted one length, or one for each of {len(there)} visits, above 0"
        )
    by_visit = dict(zip(there, lengths * len(there) if len(lengths) == 1 else lengths, strict=True))
    return np.array([by_visit.get(float(at), lengths[0]) for at in visit])


def _baseline_days(
    name: str, frame: pl.DataFrame, days: Array, request: TableRequest, month: float
) -> tuple[Array, list[str]]:
    """Return the days with those of the baseline: said, or a month where all visits are months; else asked."""
    before = frame["visit"].to_numpy() <= 0.0
    if "visit days" in frame.columns and request.baseline_days is None and not _has_baseline_column(frame):
        return days, []
    length, problems = request.baseline_days, []
    if length is None:
        if not np.all(days[~before] == month):
            raise ScenarioError(f"{name}: how many days was the baseline counted over? write --baseline-days")
        length = month
        problems = [
            f"the baseline is taken to be {month:g} days long, as the visits are; write --baseline-days otherwise"
        ]
    if not 0.0 < length < _LONGEST:
        raise ScenarioError(f"{name}: --baseline-days {length:g}: wanted days, more than 0 and fewer than {_LONGEST:g}")
    return np.where(before, length, days), problems


def _has_baseline_column(frame: pl.DataFrame) -> bool:
    return "baseline" in frame.columns


def _per_month(name: str, frame: pl.DataFrame, records: Records, request: TableRequest, month: float) -> pl.DataFrame:
    """Return the frame with counts, and values per month."""
    import polars as pl

    value, days = frame["value"].to_numpy(), frame["days"].to_numpy()
    rows = frame[ROW].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        if "count" in frame.columns:
            count = frame["count"].to_numpy()
            rate = np.where(days > 0.0, count * month / days, np.nan)
            as_count = np.abs(value - count) <= _SAME * np.maximum(1.0, count)
            fits = np.abs(value - rate) <= _SAME * np.maximum(1.0, rate)
            both = np.isfinite(value) & np.isfinite(rate)
            odd = both & ~fits & ~(as_count if (as_count | ~both).all() else np.zeros(both.shape, bool))
            message = (
                f"found {{}}, wanted {records.names.get('count')} per {month:g} days of {records.names.get('days')}"
            )
            refuse(name, rows, odd, message, value)
            is_rate = True
        else:
            is_rate = _is_rate(name, value, days, records, request, month)
            count = value * days / month if is_rate else value
            rate = value if is_rate else np.where(days > 0.0, value * month / days, np.nan)
        too_many = np.isfinite(count) & (count > days + 0.5) if records.kind == "days" else np.zeros(rows.shape, bool)
        refuse(name, rows, too_many, f"found {{}} days with headache in a visit of fewer ({records.endpoint})", value)
        columns = {"value": rate, "count": np.nan_to_num(count), "days": np.where(np.isfinite(rate), days, 0.0)}
        if "baseline" in frame.columns and not is_rate:
            length = request.baseline_days
            if length is None:
                given = days[frame["visit"].to_numpy() <= 0.0]
                if not given.size or not np.all(given == given[0]):
                    if not np.all(days[np.isfinite(value)] == month):
                        raise ScenarioError(
                            f"{name}: how many days was the baseline counted over? write --baseline-days"
                        )
                    given = np.array([month])
                length = float(given[0])
            columns["baseline"] = frame["baseline"].to_numpy() * month / length
    return frame.with_columns(*(pl.Series(column, numbers) for column, numbers in columns.items()))


def _is_rate(name: str, value: Array, days: Array, records: Records, request: TableRequest, month: float) -> bool:
    """Return whether values are per month already, not counts of their visit; asked where they could be either."""
    if request.kind is not None:
        return request.kind == "rate"
    there = np.isfinite(value) & (days > 0.0)
    if np.all(days[there] == month):
        return False
    whole = bool(np.all(value[there] == np.rint(value[there])))
    if request.visit_days is not None and whole:
        return False
    back = value[there] * days[there] / month
    turned = bool(np.all(np.abs(back - np.rint(back)) <= _SAME))
    if whole != turned:
        return turned
    raise ScenarioError(
        f"{name}: {records.names.get('value', 'the values')}: counts of their visit, or per {month:g} days already? "
        "write --kind count or --kind rate"
    )
