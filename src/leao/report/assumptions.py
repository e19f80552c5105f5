"""What the answers of a run stand on: the schedule, the time they stand for, the hypotheses switched on."""

from __future__ import annotations

from typing import Any

from leao.chain.run_contract import RunSummary, Size
from leao.report.words import number, percentages, probability, raised, ratio, spread


def when(summary: RunSummary) -> str:
    """Return what the levels stand for: steady state, or the end of treatment where the schedule does not settle."""
    return "at steady state" if summary["regimen"]["settled"] else "on average over the last 28 days of treatment"


def regimen(summary: RunSummary) -> dict[str, Any]:
    """Return the regimen in words, its preset, and the notes on it."""
    entry = summary["regimen"]
    return {
        "words": entry["words"],
        "share": spread(percentages(entry["share_taken"]), "%"),
        "ceiling": number(entry["ceiling_mg_per_day"]),
        "preset": entry["preset"],
        "notes": [
            {**note, "kind": {"stop": "failed", "caution": "assumed"}.get(note["level"], "input")}
            for note in entry["notes"]
        ],
    }


def hypotheses(summary: RunSummary) -> list[dict[str, Any]]:
    """Return what each hypothesis beyond plain block would change, a row each, plain block first."""
    return [
        {
            "name": row["name"],
            "what": row["what"],
            "on": row["on"],
            "source": row["source"] or "",
            "sizes": "; ".join(_size(size) for size in row["sizes"]) if row["source"] else "",
            "block": spread(row["block_percent"], "%"),
            "threshold": raised(row["threshold_relative"], sign=True),
            "ratio": ratio(row["mechanistic_rate_ratio"]),
            "chance": probability(row["p_at_least_half"]),
        }
        for row in summary["hypotheses"]
    ]


def switched_on(summary: RunSummary) -> list[str]:
    """Return the hypotheses beyond plain block that the run was made with, in words."""
    rows = [row for row in summary["hypotheses"] if row["source"]]
    return [f"{row['name']} ({row['what']}; {row['source']})" for row in rows if row["on"]]


def _size(size: Size) -> str:
    drawn = ", drawn" if size["uncertainty"] else ""
    return f"{size['name'].replace('_', ' ')} {number(size['value'])} ({size['tier']}{drawn})"
