"""A real trial's or registry's table: read, checked row by row, and laid out for the estimators.

Two shapes: one row per patient and month (``visit``: 0 or less is the baseline), or one row per patient and day
(``day``: 0 or less is before treatment, 1 its first day; the months are the 28 days from day 1 on). CDISC's names are
known without being told. Nothing is repaired: the first row that cannot be is named, with how many more there are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.errors import ScenarioError
from leao.trial.data import Data
from leao.trial.params import Params

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
KNOWN = {
    "subject": ("USUBJID", "subject", "patient", "id"),
    "arm": ("TRT01P", "ARM", "arm", "treatment"),
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
CONTROLS = ("placebo", "control")
PARAMETER = "PARAMCD"
DAY_WORDS = ("DAY",)


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


def read(path: Path, said: Columns) -> Table:
    """Return the checked table in ``path`` (.csv or .parquet).

    Raises:
        ScenarioError: no such file or column, or rows that contradict each other.
    """
    frame, names, endpoint = _frame(path, said)
    frame = _numbers(path, frame, names)
    arms = _arms(path, frame, said.control)
    _consistent(path, frame, names)
    _unique(path, frame, "day" if "day" in names else "visit")
    _apart(path, frame)
    month, least, fall = _rules()
    frame, windows = _monthly(path, frame, names, month)
    problems: list[str] = []
    if frame.filter(frame["visit"] > 0)["value"].fill_null(0.0).sum() == 0.0:
        raise ScenarioError(f"{path}: every value after the baseline is 0; there is nothing to compare")
    subjects = frame["subject"].unique(maintain_order=True).to_list()
    place = {name: at for at, name in enumerate(subjects)}
    at = np.array([place[name] for name in frame["subject"]])
    visit, value = frame["visit"].to_numpy(), frame["value"].to_numpy()
    arm = np.zeros(len(subjects), np.int8)
    arm[at] = [arms.index(name) for name in frame["arm"]]
    baseline = _baseline(frame, at, len(subjects))
    if not np.isfinite(baseline).any():
        raise ScenarioError(f"{path}: no baseline; wanted rows with visit (or day) 0 or less, or a column by --baseline")
    visits = np.full((len(subjects), len(windows)), np.nan)
    count, days = np.zeros(len(subjects)), np.zeros(len(subjects))
    whole = True
    for k, number in enumerate(windows):
        here = (visit == number) & np.isfinite(value)
        filled = frame["days"].to_numpy()[here]
        visits[at[here], k] = np.where(filled >= least * month, value[here], np.nan)
        count[at[here]] += frame["count"].to_numpy()[here]
        days[at[here]] += filled
    whole = bool(np.allclose(count, np.rint(count)))
    if not whole:
        problems.append("values are no whole numbers: estimators of counts are left out; give NEVENT and NDAYS for them")
    use = np.isfinite(baseline)
    if not use.all():
        problems.append(f"{int((~use).sum())} of {len(use)} patients have no baseline and are left out")
    data = Data(
        arm=arm[None],
        use=use[None],
        baseline=np.where(use, baseline, 0.0)[None],
        visits=visits[None],
        count=(np.rint(count) if whole else np.full(len(subjects), np.nan))[None],
        days=days[None],
        month=month,
        counts_days="DAY" in endpoint.upper() or "HEADACHE" == endpoint.upper(),
        drug=np.zeros((len(arms), len(windows)), bool),
        fall=fall,
    )
    labels = tuple(f"month {k + 1}" if "day" in names else f"visit {number:g}" for k, number in enumerate(windows))
    extra = _extra(frame, arms)
    return Table(data, arms, tuple(map(str, subjects)), labels, frame.height, endpoint, extra, problems)


def _rules() -> tuple[float, float, float]:
    rules = ledger.params(ledger.read("trial"), Params)
    return rules.month, rules.least_filled, rules.responder_fall


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
    raw = raw.with_columns(pl.int_range(2, raw.height + 2).alias(_ROW))
    raw, endpoint = _parameter(path, raw, said.parameter)
    names = _names(path, raw, said)
    if said.value is not None or not endpoint:
        endpoint = endpoint if said.value is None else said.value
    wanted = {source: role for role, source in names.items()}
    others = [name for name in ("AGE", "SEX", _ROW) if name in raw.columns and name not in wanted]
    frame = raw.select([pl.col(source).alias(role) for source, role in wanted.items()] + others)
    return frame, names, endpoint or names["value"]


_ROW = "row of the file"


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
    names: dict[str, str] = {}
    asked = said._asdict()
    for role, known in KNOWN.items():
        given = asked.get(role)
        if given is not None and given not in raw.columns:
            hint = ledger.nearest(given, raw.columns)
            raise ScenarioError(
                f"{path}: --{role} {given}: no such column{hint}; there are {', '.join(c for c in raw.columns if c != _ROW)}"
            )
        found = given or next((name for name in known if name in raw.columns), None)
        if found is not None:
            names[role] = found
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


def _numbers(path: Path, frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """Return the frame with numeric columns as floats; refuse words, negative counts and empty arms."""
    import polars as pl

    for role in ("visit", "day", "value", "baseline", "count", "days", "start", "end"):
        if role not in frame.columns:
            continue
        turned = frame[role].cast(pl.Float64, strict=False)
        _refuse(path, frame, frame[role].is_not_null() & turned.is_null(), f"column {names[role]!r}", "a number", role)
        frame = frame.with_columns(turned.alias(role))
        if role in ("value", "baseline", "count", "days"):
            _refuse(path, frame, (turned < 0).fill_null(False), f"column {names[role]!r}", "0 or more", role)
        if role in ("visit", "day"):
            _refuse(path, frame, turned.is_null(), f"column {names[role]!r}", "a number in every row", role)
    for role in ("arm", "subject"):
        text = frame[role].cast(pl.String).str.strip_chars()
        frame = frame.with_columns(text.alias(role))
        empty = text.is_null() | (text == "")
        _refuse(path, frame, empty, f"column {names[role]!r}", f"the {role} in every row", role)
    return frame


def _arms(path: Path, frame: pl.DataFrame, control: str | None) -> tuple[str, ...]:
    """Return the arms, the control first."""
    there = frame["arm"].unique(maintain_order=True).to_list()
    if len(there) < 2:
        raise ScenarioError(f"{path}: one arm ({there[0]}), wanted a control and another")
    found = control if control in there else next((arm for arm in there if arm.lower() in CONTROLS), None)
    if control is not None and control not in there:
        raise ScenarioError(
            f"{path}: --control {control}: unknown arm{ledger.nearest(control, there)}; there are {', '.join(there)}"
        )
    if found is None:
        raise ScenarioError(f"{path}: which arm is the control? found {', '.join(there)}; write --control NAME")
    return (found, *(arm for arm in sorted(there) if arm != found))


def _consistent(path: Path, frame: pl.DataFrame, names: dict[str, str]) -> None:
    import polars as pl

    other = frame.select(pl.col("arm") != pl.col("arm").first().over("subject")).to_series()
    _refuse(path, frame, other, f"column {names['arm']!r}", "one arm for each patient", "arm")


def _unique(path: Path, frame: pl.DataFrame, role: str) -> None:
    again = ~frame.select("subject", role).is_first_distinct()
    _refuse(path, frame, again, f"a second row for the same patient and {role}", "one", role)


def _apart(path: Path, frame: pl.DataFrame) -> None:
    """Refuse visits of one patient whose days overlap."""
    import polars as pl

    if not {"start", "end"} <= set(frame.columns):
        return
    _refuse(path, frame, (frame["end"] < frame["start"]).fill_null(False), "a visit that ends before it starts", "its days in order", "start")
    ordered = frame.sort("subject", "start")
    before = pl.col("end").shift(1).over("subject")
    overlaps = ordered.select((pl.col("start") <= before).fill_null(False)).to_series()
    _refuse(path, ordered, overlaps, "a visit that overlaps the one before", "visits apart", "start")


def _refuse(path: Path, frame: pl.DataFrame, bad: pl.Series, what: str, wanted: str, role: str) -> None:
    if not bad.any():
        return
    wrong = frame.filter(bad)
    more = f" (and {wrong.height - 1} more rows)" if wrong.height > 1 else ""
    raise ScenarioError(
        f"{path}, row {wrong[_ROW][0]}: {what}: found {wrong[role][0]!r}, wanted {wanted}{more}; mend the table"
    )


def _monthly(
    path: Path, frame: pl.DataFrame, names: dict[str, str], month: float
) -> tuple[pl.DataFrame, list[float]]:
    """Return one row per patient and month with value (per month), count and days, and the months after baseline."""
    import polars as pl

    if "day" in names:
        day = pl.col("day")
        when = pl.when(day <= 0).then(0).otherwise(((day - 1) // month) + 1).alias("visit")
        own = [pl.col(name).first() for name in ("arm", "baseline", "AGE", "SEX", _ROW) if name in frame.columns]
        known = pl.col("value").is_not_null()
        frame = frame.with_columns(when).group_by("subject", "visit", maintain_order=True)
        frame = frame.agg(*own, pl.col("value").sum().alias("count"), known.sum().cast(pl.Float64).alias("days"))
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
            mean: Callable[[], Any] = own["AGE"].mean
            row["age_mean"] = mean()
        if "SEX" in own.columns:
            row["female_percent"] = 100.0 * float((own["SEX"].cast(str).str.to_uppercase().str.starts_with("F")).sum()) / max(1, own.height)
        found[arm] = row
    return found
