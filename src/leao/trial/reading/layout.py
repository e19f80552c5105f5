"""Records laid out for the estimators: a row a patient, a column a visit, and who can be compared where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import is_missing, number
from leao.trial.monthly_counts import Data
from leao.trial.params import numbers as trial_numbers
from leao.trial.reading.covariates import Covariates, covariates_of
from leao.trial.reading.other_languages import women_of
from leao.trial.reading.records import PERSON, ROW
from leao.trial.reading.table import Loaded

if TYPE_CHECKING:
    import polars as pl

Array = NDArray[np.float64]
_FEWEST = 2  # patients of an arm with whom a visit is compared


class Table(NamedTuple):
    """A checked table: what estimators take, and who is who."""

    data: Data
    loaded: Loaded
    subjects: tuple[str, ...]
    visits: tuple[str, ...]  # all planned ones that can be compared
    values: Array  # (subject, visit), NaN where missing
    modelled: NDArray[np.bool_]  # which of them the models of several visits take
    covariates: Covariates
    people: dict[str, dict[str, Any]]  # age and sex by arm
    has_baseline: bool
    problems: list[str]

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, the control first."""
        return self.loaded.arms

    @property
    def responders_mean_something(self) -> bool:
        """Whether a fall by half means something: counts of something."""
        return self.loaded.counts


class _Laid(NamedTuple):
    values: Array  # (subject, visit)
    counts: Array
    days: Array
    problems: list[str]


def lay_out(name: str, loaded: Loaded) -> Table:
    """Return the table of a trial whose patients keep their arm.

    Raises:
        ScenarioError: nothing to compare.
    """
    frame = loaded.frame
    subjects, at = people(frame)
    arm = np.zeros(len(subjects), np.int8)
    arm[at] = (
        frame["arm"].replace_strict({item: k for k, item in enumerate(loaded.arms)}, return_dtype=_int8()).to_numpy()
    )
    windows = sorted(loaded.nominal)
    laid = _matrix(loaded, at, len(subjects), windows)
    baseline, entry = _baseline(name, loaded, at, len(subjects))
    is_change = loaded.kind == "change"
    based = bool(np.isfinite(baseline).any())
    if not based and not is_change:
        raise ScenarioError(
            f"{name}: no baseline; wanted rows with visit (or day) 0 or less, a column by --baseline, or the visit "
            "that is the baseline by --move-visit NAME=0"
        )
    covariates = covariates_of(name, loaded, at, len(subjects))
    use = (np.isfinite(baseline) if based else np.ones(len(subjects), bool)) & covariates.known
    laid, windows, late = _compared(laid, windows, arm, use, loaded)
    if not is_change and np.nansum(np.abs(laid.values)) == 0.0:
        raise ScenarioError(f"{name}: every value after the baseline is 0; there is nothing to compare")
    values = laid.values + (np.nan_to_num(baseline)[:, None] if is_change and based else 0.0)
    modelled, constant = _varying(laid.values, use, loaded, windows)
    varies = bool(use.any()) and float(np.ptp(np.nan_to_num(baseline)[use])) > 0.0
    if based and not varies:
        constant.append("the baseline is the same in all patients; it is not adjusted for")
    data = _data(loaded, (arm, use, baseline), values[:, modelled], laid)
    data = data._replace(based=based and varies, covariates=covariates.columns[None] if covariates.names else None)
    labels = tuple(_label(loaded, at_) for at_ in windows)
    problems = [*entry, *laid.problems, *late, *constant, *covariates.problems, *_left(data, loaded), *_not_ages(frame)]
    return Table(data, loaded, subjects, labels, values, modelled, covariates, _extra(frame, loaded), based, problems)


def _int8() -> Any:
    import polars as pl

    return pl.Int8


def people(frame: pl.DataFrame) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the patients in the order of the file, and whose each record is."""
    subjects = frame.select("subject").unique(maintain_order=True).with_row_index("place")
    at = frame.select("subject").join(subjects, on="subject", how="left", maintain_order="left")["place"].to_numpy()
    return tuple(subjects["subject"].to_list()), at.astype(np.int64)


def visit_numbers(table: Table) -> list[float]:
    """Return the number of each visit that can be compared."""
    return [at for at in sorted(table.loaded.nominal) if _label(table.loaded, at) in table.visits]


def _label(loaded: Loaded, at: float) -> str:
    return loaded.labels.get(at, f"visit {at:g}")


def _matrix(loaded: Loaded, at: NDArray[np.int64], n: int, windows: list[float]) -> _Laid:
    """Return values, counts and days by patient and visit; too little filled in counts as missing, and is said."""
    frame, rules = loaded.frame, trial_numbers()
    visit, value, count, days = (frame[c].to_numpy() for c in ("visit", "value", "count", "days"))
    after = (visit > 0.0) & np.isfinite(value)
    place = np.searchsorted(windows, visit[after])
    values, counts, filled = (
        np.full((n, len(windows)), np.nan),
        np.zeros((n, len(windows))),
        np.zeros((n, len(windows))),
    )
    least = rules.least_filled * np.array([loaded.nominal[w] for w in windows])
    if loaded.unit == f"per {rules.month:g} days":
        least = np.minimum(least, rules.least_filled * rules.month)
    who, enough = at[after], days[after] >= least[place]
    values[who, place] = np.where(enough, value[after], np.nan)
    counts[who, place], filled[who, place] = count[after], days[after]
    short = int((~enough).sum())
    share = f"{100.0 * rules.least_filled:.0f} %"
    text = f"{short} visits of which less than {share} was filled in count as missing, but for their counts"
    return _Laid(values, counts, filled, [text] if short > 0 else [])


def _baseline(name: str, loaded: Loaded, at: NDArray[np.int64], n: int) -> tuple[Array, list[str]]:
    """Return each patient's baseline: its column, else the visit before treatment."""
    frame = loaded.frame
    seen = np.full(n, np.nan)
    visit, value = frame["visit"].to_numpy(), frame["value"].to_numpy()
    before = (visit <= 0.0) & np.isfinite(value)
    seen[at[before]] = value[before]
    if "baseline" not in frame.columns:
        return seen, []
    given = frame["baseline"].to_numpy()
    known = np.isfinite(given)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, at[known], given[known])
    np.maximum.at(high, at[known], given[known])
    torn = high - low > 1e-6 * np.maximum(1.0, np.abs(high))
    if torn.any():
        row = frame.filter(pl_series(torn[at] & known & (given != low[at])))[ROW][0]
        raise ScenarioError(
            f"{name}, row {row}: a patient's baseline is {low[torn][0]:g} and {high[torn][0]:g}, wanted one; mend it"
        )
    baseline = np.where(np.isfinite(high), high, np.nan)
    both = np.isfinite(baseline) & np.isfinite(seen)
    differ = int((np.abs(baseline - seen) > 1e-6 * np.maximum(1.0, np.abs(seen)))[both].sum())
    text = f"in {differ} patients the baseline's column differs from the visit before treatment; the column is used"
    return baseline, [text] if differ > 0 else []


def pl_series(mask: NDArray[np.bool_]) -> pl.Series:
    """Return a mask as polars takes it."""
    import polars as pl

    return pl.Series(mask)


def _compared(
    laid: _Laid, windows: list[float], arm: NDArray[np.int8], use: NDArray[np.bool_], loaded: Loaded
) -> tuple[_Laid, list[float], list[str]]:
    """Leave out the visits that fewer than two patients of an arm have, and name them."""
    there = np.isfinite(laid.values) & use[:, None]
    people = np.array([there[arm == place].sum(axis=0) for place in range(len(loaded.arms))])
    enough = (people >= _FEWEST).all(axis=0)
    if not enough.any():
        return laid, windows, []
    rows = []
    for k in np.flatnonzero(~enough):
        least = int(people[:, k].argmin())
        has = "no patient" if people[least, k] == 0 else "one patient alone"
        where = _label(loaded, windows[k])
        rows.append(f"{where}: {has} of {loaded.arms[least]} has a value there: left out, it cannot be compared")
    kept = laid._replace(values=laid.values[:, enough], counts=laid.counts[:, enough], days=laid.days[:, enough])
    return kept, [windows[k] for k in np.flatnonzero(enough)], rows


def _varying(
    values: Array, use: NDArray[np.bool_], loaded: Loaded, windows: list[float]
) -> tuple[NDArray[np.bool_], list[str]]:
    """Return which visits a model of several visits takes: none where all are alike, no copy of the one before."""
    keep, entry = np.ones(len(windows), bool), []
    for k in range(len(windows)):
        here = values[use, k][np.isfinite(values[use, k])]
        label = _label(loaded, windows[k])
        if here.size and np.ptp(here) == 0.0:
            entry.append(f"{label}: every value is {here[0]:g}: it tells the arms not apart" + _model(k, windows))
            keep[k] = k == len(windows) - 1
        elif k and np.array_equal(values[use, k], values[use, k - 1], equal_nan=True):
            entry.append(
                f"{label}: the same values as {_label(loaded, windows[k - 1])} in every patient: carried forward?"
            )
            keep[k - 1] = False
    return keep, entry


def _model(k: int, windows: list[float]) -> str:
    return "" if k == len(windows) - 1 else "; left out of the models of several visits"


def _data(
    loaded: Loaded, people: tuple[NDArray[np.int8], NDArray[np.bool_], Array], values: Array, laid: _Laid
) -> Data:
    """Return what the estimators take; ``people``: the arm, who is analysed, the baseline."""
    arm, use, baseline = people
    rules = trial_numbers()
    count = laid.counts.sum(axis=1)
    whole = loaded.counts and np.allclose(count, np.rint(count), atol=1e-6)
    return Data(
        arm=arm[None],
        use=use[None],
        baseline=np.where(use & np.isfinite(baseline), baseline, 0.0)[None],
        visits=values[None],
        events=(np.rint(count) if whole else np.full(len(arm), np.nan))[None],
        days=laid.days.sum(axis=1)[None],
        month=loaded.month,
        counts_days=loaded.kind == "days" and loaded.month > 1.0,
        drug=np.zeros((len(loaded.arms), values.shape[1]), bool),
        fall=rules.responder_fall,
    )


def _left(data: Data, loaded: Loaded) -> list[str]:
    rows = []
    if loaded.counts and not np.isfinite(data.events).all():
        rows.append("values are no whole numbers: estimators of counts are left out; give NEVENT and NDAYS for them")
    lost = int((~data.use).sum())
    if lost:
        rows.append(f"{lost} of {data.use.size} patients have no baseline or no covariate and are left out")
    return rows


def _not_ages(frame: pl.DataFrame) -> list[str]:
    """Say where the column of ages holds something else."""
    columns = [
        name for name in frame.columns if name.startswith(PERSON) and name.removeprefix(PERSON).casefold() == "age"
    ]
    for name in columns:
        odd = [
            cell
            for cell in frame[name].unique(maintain_order=True).to_list()
            if not is_missing(cell) and number(cell) is None
        ]
        if odd:
            return [
                f"{name.removeprefix(PERSON)} is {odd[0][:40]!r} in some rows, no number: not in the baseline table"
            ]
    return []


def _extra(frame: pl.DataFrame, loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Return age and sex by arm, where the table has them."""
    people = frame.unique("subject", maintain_order=True)
    columns = {name.removeprefix(PERSON).casefold(): name for name in people.columns if name.startswith(PERSON)}
    age, sex = columns.get("age"), columns.get("sex") or columns.get("gender")
    by_arm: dict[str, dict[str, Any]] = {}
    for arm in loaded.arms:
        here = people.filter(people["arm"] == arm)
        row: dict[str, Any] = {}
        if age is not None:
            ages = [value for value in (number(cell) for cell in here[age].to_list()) if value is not None]
            row["age_mean"] = float(np.mean(ages)) if ages else None
        if sex is not None:
            women, known = women_of(people[sex].to_list(), here[sex].to_list())
            if known:
                row["female_percent"] = 100.0 * women / known
        by_arm[arm] = row
    return by_arm
