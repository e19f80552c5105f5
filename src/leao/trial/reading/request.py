"""What a user says of a trial's table: columns, rows, visits, lengths, the kind of the endpoint."""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("count", "rate", "days", "score", "change")


class TableRequest(NamedTuple):
    """Which column is what, and how it is meant; None or empty: by the names and words that are known."""

    arm: str | None = None
    visit: str | None = None
    day: str | None = None
    subject: str | None = None  # several, separated by commas, make up the subject together
    value: str | None = None  # several, separated by commas, are the visits of a wide table
    baseline: str | None = None
    parameter: str | None = None  # value of PARAMCD
    control: str | None = None  # name of the control arm
    where: tuple[str, ...] = ()  # COLUMN=VALUE: rows to keep
    ignore: tuple[str, ...] = ()  # columns that need not be read
    visits: str | None = None  # the scheduled visits after the baseline, in their order
    move_visit: tuple[str, ...] = ()  # FROM=TO, or FROM=next
    visit_days: str | None = None  # a number, one a visit, or a column
    baseline_days: float | None = None
    pool: int | None = None  # so many visits are one
    kind: str | None = None  # one of KINDS
    better: str | None = None  # "lower" or "higher", of a score
    missing: str | None = None  # further codes of a missing value
    keep_imputed: bool = False
    covariates: str | None = None
    strata: str | None = None
    sheet: str | None = None
    stopped: str | None = None  # column of the treatment's stop
    subgroup: str | None = None  # columns of subgroups


def listed(text: str | None) -> list[str]:
    """Return the parts of a list separated by commas, blanks around them cut."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]
