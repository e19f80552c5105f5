"""The checks a real table must pass, each refusing the first row that fails it and saying how many more do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leao.core import ledger
from leao.core.errors import ScenarioError

if TYPE_CHECKING:
    import polars as pl

ROW = "row of the file"
_CONTROLS = ("placebo", "control")
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")


def numbers(path: Path, frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """Return the frame with numeric columns as floats; refuse words, negative counts and empty arms."""
    import polars as pl

    frame = _answered(frame)
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
        if role == "arm":  # what a patient takes later may be left out in the baseline
            frame, empty = _later(frame, empty)
        _refuse(path, frame, empty, f"column {names[role]!r}", f"the {role} in every row", role)
    return frame


def arms(path: Path, frame: pl.DataFrame, control: str | None) -> tuple[str, ...]:
    """Return the arms, the control first."""
    there = frame["arm"].unique(maintain_order=True).to_list()
    if len(there) < 2 and control is None:
        return (there[0],)
    found = control if control in there else next((arm for arm in there if arm.lower() in _CONTROLS), None)
    if control is not None and control not in there:
        raise ScenarioError(
            f"{path}: --control {control}: unknown arm{ledger.nearest(control, there)}; there are {', '.join(there)}"
        )
    if found is None:
        raise ScenarioError(f"{path}: which arm is the control? found {', '.join(there)}; write --control NAME")
    return (found, *(arm for arm in sorted(there) if arm != found))


def _later(frame: pl.DataFrame, empty: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Return the frame with empty arms of baseline rows filled from the patient's later ones, and what stays empty.

    A patient who has nothing but a baseline, and no arm, cannot be placed and is not in the frame.
    """
    import polars as pl

    when = next((name for name in ("visit", "day") if name in frame.columns), None)
    if when is None or not empty.any():
        return frame, empty
    frame = frame.with_columns(pl.when(pl.col("arm") != "").then(pl.col("arm")).alias("arm"))
    arm, after = pl.col("arm"), pl.col(when) > 0
    own = arm.sort_by(after, descending=True, maintain_order=True).drop_nulls().first().over("subject")
    frame = frame.filter(arm.is_not_null().any().over("subject") | after.any().over("subject"))
    frame = frame.with_columns(pl.when(after).then(arm).otherwise(pl.coalesce(arm, own)).alias("arm"))
    return frame, frame["arm"].is_null() | (frame["arm"] == "")


def _answered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a column of yes and no as ones and zeros; anything else as it is."""
    import polars as pl

    if frame["value"].dtype != pl.String:
        return frame
    text = pl.col("value").str.strip_chars().str.to_lowercase()
    said = frame.select(text.alias("value"))["value"].drop_nulls()
    if said.is_empty() or not said.is_in([*_YES, *_NO]).all():
        return frame
    return frame.with_columns(text.is_in(_YES).cast(int).alias("value"))  # null stays null


def consistent(path: Path, frame: pl.DataFrame, names: dict[str, str]) -> None:
    """Refuse a patient in two arms."""
    import polars as pl

    other = frame.select(pl.col("arm") != pl.col("arm").first().over("subject")).to_series()
    _refuse(path, frame, other, f"column {names['arm']!r}", "one arm for each patient", "arm")


def unique(path: Path, frame: pl.DataFrame, role: str) -> None:
    """Refuse a second row of one patient for the same visit or day."""
    import polars as pl

    again = ~frame.select(pl.struct("subject", role).is_first_distinct()).to_series()
    _refuse(path, frame, again, f"a second row for the same patient and {role}", "one", role)


def apart(path: Path, frame: pl.DataFrame) -> None:
    """Refuse visits of one patient whose days overlap."""
    import polars as pl

    if not {"start", "end"} <= set(frame.columns):
        return
    backwards = (frame["end"] < frame["start"]).fill_null(False)
    _refuse(path, frame, backwards, "a visit that ends before it starts", "its days in order", "start")
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
        f"{path}, row {wrong[ROW][0]}: {what}: found {wrong[role][0]!r}, wanted {wanted}{more}; mend the table"
    )
