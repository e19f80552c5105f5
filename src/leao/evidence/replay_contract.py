"""What ``leao evidence history`` prints with ``--json``, and ``leao.evidence.history`` gives as ``summary``."""

from __future__ import annotations

from typing_extensions import TypedDict

from leao.core.contract import Estimate


class Moved(TypedDict):
    """By how much the logarithm of the rate ratio moved, under each prior."""

    neutral: float
    sceptical: float


class Differences(TypedDict):
    """The difference per 28 days under each prior."""

    neutral: Estimate
    sceptical: Estimate


class HistoryRow(TypedDict):
    """A row of ``leao evidence history``: the synthesis after one more study, as rate ratios."""

    date: str | None
    added: str
    entered: bool
    why_not: str | None
    neutral: Estimate
    sceptical: Estimate
    difference_attacks_per_28d: Differences
    moved: Moved
