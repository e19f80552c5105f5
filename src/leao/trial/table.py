"""A real trial's or registry's table: read, checked row by row, and laid out for the estimators.

Two shapes: one row per patient and month (``visit``: 0 or less is the baseline), or one row per patient and day
(``day``: 0 or less is before treatment, 1 its first day; the months are the 28 days from day 1 on). CDISC's names are
known without being told. Nothing is repaired: the first row that cannot be is named, with how many more there are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.trial import checks, warnings
from leao.trial.data import Data
from leao.trial.params import Params

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
KNOWN = {
    "subject": ("USUBJID", "subject", "patient", "id"),
    "arm": ("TRT01P", "TRTP", "ARM", "arm", "treatment"),
    "visit": ("AVISITN", "visit", "month"),
    "day": ("ADY", "day"),
    "value": ("AVAL", "value", "count", "attacks", "migraine_days", "headache_days", "headache"),
    "baseline": ("BASE", "baseline"),
    "count": ("NEVENT",),
    "days": ("NDAYS", "days_recorded"),
    "start": ("ASTDY", "start_day"),
    "end": ("AENDY", "end_day"),
}
NEEDED = ("subject", "arm", "value")
PARAMETER = "PARAMCD"


class Columns(NamedTuple):
    """Which column is what, as the user says; None: by the names that are known."""

    arm: str | None = None
    visit: str | None = None
    day: str | None = None
    subject: str | None = None
    value: str | None = None
    baseline: str | None = None
    parameter: str | None = None  # value of PARAMCD
    control: str | None = None  # name of the control arm


class Table(NamedTuple):
    """A checked table: what estimators take, and who is who."""

    data: Data
    arms: tuple[str, ...]
    subjects: tuple[str, ...]
    visits: tuple[str, ...]
    rows: int
    endpoint: str
    extra: dict[str, dict[str, Any]]  # AGE, SEX: by arm
    problems: list[str]


class Loaded(NamedTuple):
    """Rows whose cells are what they should be, not yet compared with each other."""

    frame: pl.DataFrame  # columns by their role
    names: dict[str, str]  # of the file's columns by role
    endpoint: str
    arms: tuple[str, ...]  # the control first
    problems: list[str]


def load(path: Path, said: Columns) -> Loaded:
    """Return the rows of ``path`` (.csv or .parquet).

    Raises:
        ScenarioError: no such file or column, or a cell that cannot be.
    """
    frame, names, endpoint = _frame(path, said)
    entered = frame["subject"].n_unique()
    frame = checks.numbers(path, frame, names)
    lost = entered - frame["subject"].n_unique()
    problems = [f"{lost} of {entered} patients have a baseline and no arm, and are left out"] * (lost > 0)
    return Loaded(frame, names, endpoint, checks.arms(path, frame, said.control), problems)


def read(path: Path, loaded: Loaded) -> Table:
    """Return the table of a trial whose patients keep their arm.

    Raises:
        ScenarioError: rows that contradict each other.
    """
    frame, names, endpoint, arms, _ = loaded
    checks.consistent(path, frame, names)
    checks.unique(path, frame, "day" if "day" in names else "visit")
    checks.apart(path, frame)
    rows, month = frame.height, _rules().month
    frame, windows = monthly(path, frame, names, month)
    if frame.filter(frame["visit"] > 0)["value"].fill_nan(0.0).sum() == 0.0:
        raise ScenarioError(f"{path}: every value after the baseline is 0; there is nothing to compare")
    subjects = frame["subject"].unique(maintain_order=True).to_list()
    place = {name: at for at, name in enumerate(subjects)}
    at = np.array([place[name] for name in frame["subject"]])
    windows, late = warnings.reached(_data(frame, at, arms, windows), windows)
    data = _data(frame, at, arms, windows)._replace(counts_days=_is_day(endpoint))
    if not data.use.any():
        raise ScenarioError(
            f"{path}: no baseline; wanted rows with visit (or day) 0 or less, or a column by --baseline"
        )
    labels = tuple(f"month {k + 1}" if "day" in names else f"visit {number:g}" for k, number in enumerate(windows))
    problems = [*loaded.problems, *warnings.of(data), *late]
    return Table(data, arms, tuple(map(str, subjects)), labels, rows, endpoint, _extra(frame, arms), problems)


def _data(frame: pl.DataFrame, at: NDArray[np.int64], arms: tuple[str, ...], windows: list[float]) -> Data:
    """Return the rows laid out for the estimators, one trial; ``at`` is the place of each row's patient."""
    rules, n = _rules(), int(at.max()) + 1
    arm = np.zeros(n, np.int8)
    arm[at] = [arms.index(name) for name in frame["arm"]]
    baseline = _baseline(frame, at, n)
    visit, value, filled = (frame[name].to_numpy() for name in ("visit", "value", "days"))
    visits, count, days = np.full((n, len(windows)), np.nan), np.zeros(n), np.zeros(n)
    for k, number in enumerate(windows):
        here = (visit == number) & np.isfinite(value)
        enough = filled[here] >= rules.least_filled * rules.month
        visits[at[here], k] = np.where(enough, value[here], np.nan)
        count[at[here]] += frame["count"].to_numpy()[here]
        days[at[here]] += filled[here]
    whole = np.allclose(count, np.rint(count))
    use = np.isfinite(baseline)
    return Data(
        arm=arm[None],
        use=use[None],
        baseline=np.where(use, baseline, 0.0)[None],
        visits=visits[None],
        events=(np.rint(count) if whole else np.full(n, np.nan))[None],
        days=days[None],
        month=rules.month,
        counts_days=False,
        drug=np.zeros((len(arms), len(windows)), bool),
        fall=rules.responder_fall,
    )


def _is_day(endpoint: str) -> bool:
    return "DAY" in endpoint.upper() or endpoint.upper() == "HEADACHE"


def _rules() -> Params:
    return ledger.params(ledger.read("trial"), Params)


def _frame(path: Path, said: Columns) -> tuple[pl.DataFrame, dict[str, str], str]:
    """Return the rows with columns by their role, a ``row`` for messages, which column each is, and the endpoint."""
    import polars as pl

    try:
        raw = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema_length=None)
    except FileNotFoundError:
        raise ScenarioError(f"{path}: not found; wanted a .csv or .parquet table") from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError) as error:
        raise ScenarioError(f"{path}: cannot be read ({' '.join(str(error).split())[:120]}); wanted a table") from None
    if raw.height == 0:
        raise ScenarioError(f"{path}: no rows; wanted one per patient and month or day")
    raw = raw.with_columns(pl.int_range(2, raw.height + 2).alias(checks.ROW))
    raw, endpoint = _parameter(path, raw, said.parameter)
    names = _names(path, raw, said)
    if said.value is not None or not endpoint:
        endpoint = endpoint if said.value is None else said.value
    wanted = {source: role for role, source in names.items()}
    others = [name for name in ("AGE", "SEX", checks.ROW) if name in raw.columns and name not in wanted]
    frame = raw.select([pl.col(source).alias(role) for source, role in wanted.items()] + others)
    return frame, names, endpoint or names["value"]


def _parameter(path: Path, raw: pl.DataFrame, wanted: str | None) -> tuple[pl.DataFrame, str]:
    if PARAMETER not in raw.columns:
        return raw, ""
    there = raw[PARAMETER].unique(maintain_order=True).to_list()
    if wanted is None and len(there) == 1:
        wanted = there[0]
    if wanted not in there:
        found = "none chosen" if wanted is None else f"{wanted!r}"
        raise ScenarioError(f"{path}: {PARAMETER}: found {found}, wanted one of {', '.join(there)}; write --param NAME")
    return raw.filter(raw[PARAMETER] == wanted), str(wanted)


def _names(path: Path, raw: pl.DataFrame, said: Columns) -> dict[str, str]:
    named = {role: _name(path, raw, role, said._asdict().get(role)) for role in KNOWN}
    names = {role: found for role, found in named.items() if found is not None}
    if said.day is not None or "visit" not in names:
        names.pop("visit", None)
    else:
        names.pop("day", None)
    if said.value is not None:
        names.pop("count", None)
    for role in NEEDED:
        if role not in names:
            raise ScenarioError(f"{path}: no column for the {role}; name it with --{role}")
    if "visit" not in names and "day" not in names:
        raise ScenarioError(f"{path}: no column for the visit; name it with --visit (months) or --day (a daily diary)")
    return names


def _name(path: Path, raw: pl.DataFrame, role: str, given: str | None) -> str | None:
    if given is None:
        return next((name for name in KNOWN[role] if name in raw.columns), None)
    if given not in raw.columns:
        there = ", ".join(name for name in raw.columns if name != checks.ROW)
        raise ScenarioError(
            f"{path}: --{role} {given}: no such column{ledger.nearest(given, raw.columns)}; there are {there}"
        )
    return given


def monthly(path: Path, frame: pl.DataFrame, names: dict[str, str], month: float) -> tuple[pl.DataFrame, list[float]]:
    """Return one row per patient and month with value (per month), count and days, and the months after baseline."""
    import polars as pl

    if "day" in names:
        day = pl.col("day")
        when = pl.when(day <= 0).then(0).otherwise(((day - 1) // month) + 1).alias("visit")
        own = [pl.col(name).first() for name in ("arm", "baseline", "AGE", "SEX", checks.ROW) if name in frame.columns]
        known = pl.col("value").is_not_null()
        frame = (
            frame.with_columns(when)
            .group_by("subject", "visit", maintain_order=True)
            .agg(*own, pl.col("value").sum().alias("count"), known.sum().cast(pl.Float64).alias("days"))
        )
        rate = pl.when(pl.col("days") > 0).then(pl.col("count") * month / pl.col("days")).alias("value")
        frame = frame.with_columns(rate)
    else:
        if "days" not in frame.columns:
            frame = frame.with_columns(pl.when(pl.col("value").is_not_null()).then(month).otherwise(0.0).alias("days"))
        if "count" not in frame.columns:
            frame = frame.with_columns((pl.col("value") * pl.col("days") / month).alias("count"))
        frame = frame.with_columns(pl.col("days").fill_null(0.0), pl.col("count").fill_null(0.0))
    frame = frame.with_columns(pl.col("value").fill_null(float("nan")))
    windows = sorted(float(k) for k in frame.filter(pl.col("visit") > 0)["visit"].unique())
    if "day" in names:
        last = frame.filter(pl.col("visit") > 0).group_by("visit").agg(pl.col("days").max())
        windows = [k for k in windows if last.filter(pl.col("visit") == k)["days"][0] >= month / 2.0]
    if not windows:
        raise ScenarioError(f"{path}: nothing after the baseline; wanted visits (or days) above 0")
    return frame, windows


def _baseline(frame: pl.DataFrame, at: NDArray[np.int64], n: int) -> Array:
    """Return each patient's baseline per month: its column, else the last visit at or before 0."""
    found = np.full(n, np.nan)
    if "baseline" in frame.columns:
        given = frame["baseline"].to_numpy().astype(np.float64)
        known = np.isfinite(given)
        found[at[known]] = given[known]
    visit, value = frame["visit"].to_numpy(), frame["value"].to_numpy()
    for number in sorted({float(k) for k in visit if k <= 0}):
        here = (visit == number) & np.isfinite(value)
        if "baseline" not in frame.columns:
            found[at[here]] = value[here]
    return found


def _extra(frame: pl.DataFrame, arms: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    people = frame.unique("subject", maintain_order=True)
    found: dict[str, dict[str, Any]] = {}
    for arm in arms:
        own = people.filter(people["arm"] == arm)
        row: dict[str, Any] = {}
        if "AGE" in own.columns:
            row["age_mean"] = own["AGE"].cast(float).mean()
        if "SEX" in own.columns:
            is_female = own["SEX"].cast(str).str.to_uppercase().str.starts_with("F")
            row["female_percent"] = 100.0 * float(is_female.sum()) / max(1, own.height)
        found[arm] = row
    return found
