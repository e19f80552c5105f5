"""The words that every machine-readable answer shares.

The ``contract`` module of each science holds the shapes that its commands print with ``--json``: extend them, never
rename; a key without an answer is null, never absent. A test holds what is printed to them, key by key, and the JSON
schemas in ``docs/schemas`` are written from them.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class Distribution(TypedDict):
    """A quantity over people and over what is not known."""

    median: float
    p05: float
    p95: float


class OpenDistribution(TypedDict):
    """The same where a quantile may lie beyond what can be reached, for example no stimulus ignites: null."""

    median: float | None
    p05: float | None
    p95: float | None


class DistributionWithMean(TypedDict):
    """The same with its mean."""

    median: float
    p05: float
    p95: float
    mean: float


class Estimate(TypedDict):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float


class Evidence(TypedDict):
    """What a source says for or against something."""

    text: str
    source: str


class Severity(TypedDict):
    """Shares of attacks, which add up to one."""

    mild: float
    moderate: float
    severe: float


class Spread(TypedDict):
    """How a number is spread: the name of a distribution and its parameters."""

    dist: str
    low: NotRequired[float]
    high: NotRequired[float]
    cv: NotRequired[float]
    sd_log: NotRequired[float]
    sd: NotRequired[float]
    a: NotRequired[float]
    b: NotRequired[float]


class Row(TypedDict):
    """A number of a ledger, as printed."""

    name: str
    ledger: str
    value: float
    unit: str
    source: str
    where: str
    tier: str
    uncertainty: Spread | None
    between_subject: Spread | None
    note: str


class UnreadColumn(TypedDict):
    """A column of a table that was not read, with its first values."""

    column: str
    first_values: list[str]


class ColumnsUsed(TypedDict):
    """What became of the columns of a table."""

    used: list[str]
    harmless: list[str]
    not_read: list[UnreadColumn]
    dropped: list[str]


class RowsLeftOut(TypedDict):
    """Rows of a table that were left out, and why."""

    rows: list[int]
    why: str


class TableUse(TypedDict):
    """What of a table was not used, and what else must be known of it."""

    columns: ColumnsUsed
    left_out: list[RowsLeftOut]
    warnings: list[str]
