"""The arms of a table: who is in which, and which is the control. A role is what the user or the table says of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.trial.reading import vocabulary
from leao.trial.reading.records import ROW, refuse
from leao.trial.reading.visit_languages import folded

if TYPE_CHECKING:
    import polars as pl

WHEN = ("visit", "day")


def placed(name: str, frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, list[str]]:
    """Return the records with an arm each, spelt one way, and what the reader should know.

    Raises:
        ScenarioError: a row without an arm.
    """
    entered = frame["subject"].n_unique()
    frame, merged = _spelt(frame)
    frame, empty = _later(frame)
    refuse(name, frame[ROW].to_numpy(), empty.to_numpy(), f"column {column!r}: found '', wanted the arm in every row")
    lost = entered - frame["subject"].n_unique()
    if lost > 0:
        return frame, [*merged, f"{lost} of {entered} patients have a baseline and no arm, and are left out"]
    return frame, merged


def ordered(name: str, frame: pl.DataFrame, control: str | None) -> tuple[str, ...]:
    """Return the arms, the control first.

    Raises:
        ScenarioError: no telling which the control is.
    """
    there = frame["arm"].unique(maintain_order=True).to_list()
    if control is not None:
        alike = [arm for arm in there if arm == control] or [
            arm for arm in there if arm.casefold() == control.casefold()
        ]
        if len(alike) != 1:
            raise ScenarioError(
                f"{name}: --control {control}: unknown arm{nearest(control, there)}; there are {', '.join(there)}"
            )
        return (alike[0], *sorted(arm for arm in there if arm != alike[0]))
    if len(there) < 2:
        return (there[0],)
    known = [arm for arm in there if folded(arm.replace("-", " ")) in vocabulary.CONTROLS]
    if len(known) != 1:
        raise ScenarioError(f"{name}: which arm is the control? found {', '.join(there)}; write --control NAME")
    return (known[0], *sorted(arm for arm in there if arm != known[0]))


def changes(frame: pl.DataFrame) -> bool:
    """Return whether half of the patients or more change treatment after the baseline."""
    import polars as pl

    when = next(role for role in WHEN if role in frame.columns)
    several = frame.filter(pl.col(when) > 0).group_by("subject").agg(pl.col("arm").n_unique() > 1)["arm"]
    return bool(several.len()) and bool(several.mean() >= 0.5)  # type: ignore[operator]


def one_each(name: str, frame: pl.DataFrame, column: str) -> None:
    """Refuse a patient in two arms."""
    import polars as pl

    other = frame.select(pl.col("arm") != pl.col("arm").first().over("subject")).to_series()
    if other.any():
        row = frame.filter(other)
        more = f" (and {row.height - 1} more rows)" if row.height > 1 else ""
        raise ScenarioError(
            f"{name}, row {row[ROW][0]}: column {column!r}: found {row['arm'][0]!r}, wanted one arm for each patient"
            f"{more}; mend the table"
        )


def _spelt(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return arms that differ by capitals and blanks alone in their commonest spelling, and which those are."""
    import polars as pl

    counts = Counter(dict(frame["arm"].value_counts().iter_rows()))
    alike: dict[str, str] = {}
    for arm, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        alike.setdefault("".join(arm.casefold().split()), arm)
    spelling = {arm: alike["".join(arm.casefold().split())] for arm in counts}
    others = [arm for arm, kept in spelling.items() if arm != kept]
    if not others:
        return frame, []
    text = (
        f"arms {', '.join(repr(arm) for arm in others)}: taken for {', '.join(repr(spelling[arm]) for arm in others)}"
    )
    return frame.with_columns(pl.col("arm").replace(spelling)), [text]


def _later(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return the frame with empty arms of baseline rows filled from the patient's later ones, and what stays empty.

    A patient who has nothing but a baseline, and no arm, cannot be placed and is not in the frame.
    """
    import polars as pl

    empty = frame["arm"] == ""
    if not empty.any():
        return frame, empty
    when = next(role for role in WHEN if role in frame.columns)
    frame = frame.with_columns(pl.when(pl.col("arm") != "").then(pl.col("arm")).alias("arm"))
    arm, after = pl.col("arm"), pl.col(when) > 0
    last_arm = arm.sort_by(after, descending=True, maintain_order=True).drop_nulls().first().over("subject")
    frame = frame.filter(arm.is_not_null().any().over("subject") | after.any().over("subject"))
    frame = frame.with_columns(pl.when(after).then(arm).otherwise(pl.coalesce(arm, last_arm)).alias("arm"))
    return frame, frame["arm"].is_null()
