"""What patients did not tolerate, how the dose followed, and which routes the drug has, as rows of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leao.chain.run_contract import DiaryArm, RunSummary
from leao.report.arms import arms
from leao.report.words import NO_EFFECT, number

LEFT = "left for intolerance"
STOPPED = "0 mg"


class Rows(NamedTuple):
    """Header and rows of a table."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def adverse(arm: DiaryArm) -> str:
    """Return the share of patients with any adverse event, and who left for one, or ``no data``."""
    entry = arm["adverse_events_percent"]
    if entry is None:
        return number(None)
    left = entry.get(LEFT)
    return number(entry.get("any")) + (f", left {number(left)}" if left else "")


def events(summary: RunSummary) -> Rows | None:
    """Return every kind of adverse event with its share of patients in each arm; None where none was simulated."""
    shown = arms(summary)
    shares = {arm: summary["diary"][arm]["adverse_events_percent"] for arm in shown}
    kinds = next(iter(shares.values()), None)
    if not kinds:
        return None
    return Rows(["Patients with, %", *shown], [[kind, *(_share(shares[arm], kind) for arm in shown)] for kind in kinds])


def _share(entry: Mapping[str, Any] | None, kind: str) -> str:
    return number(None if entry is None else entry.get(kind))


def policy(summary: RunSummary) -> Rows | None:
    """Return the doses prescribed month by month, per cent of patients; None where nobody changes them."""
    entry = summary["policy"]
    if not entry:
        return None
    doses = entry["dose_by_month_percent"]
    months = max(len(rows) for rows in doses.values())
    body = [[arm, *map(_mix, rows)] for arm, rows in doses.items()]
    header = [f"dose under policy {entry['name']}", *(f"month {month}" for month in range(1, months + 1))]
    return Rows(header, body)


def routes(summary: RunSummary) -> list[dict[str, Any]]:
    """Return each outcome's routes with ``shown``: modelled, or no modelled effect."""
    return [
        {**row, "text": row["text"].replace("->", "→"), "shown": "modelled" if row["on"] else NO_EFFECT}
        for row in summary["pathways"]
    ]


def _mix(shares: Mapping[str, float]) -> str:
    ordered = sorted(shares.items(), key=lambda item: float(item[0].split()[0]))
    return ", ".join(f"{'stopped' if dose == STOPPED else dose} {number(share)} %" for dose, share in ordered)
