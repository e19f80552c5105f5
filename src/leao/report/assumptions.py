"""What the answers of a run stand on: the schedule, the time they stand for, the hypotheses switched on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.chain.beyond_contract import Ends, Size
from leao.chain.run_contract import RunSummary
from leao.core.rows import picked
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
    return [_hypothesis(row) for row in summary["hypotheses"]]


def _hypothesis(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = picked(row, ("name", "what", "on")) | {
        "regimen": row["regimen"] or "",
        "source": row["source"] or "",
        "block": spread(row["block_percent"], "%"),
        "threshold": raised(row["threshold_relative"], sign=True),
        "ratio": ratio(row["mechanistic_rate_ratio"]),
        "chance": probability(row["p_at_least_half"]),
        "sizes": "",
    }
    if row["source"]:
        shown["sizes"] = "; ".join(map(_size, row["sizes"]))
    return shown


def also_occupied(summary: RunSummary) -> list[list[str]]:
    """Return what else the drug occupies at the run's median free level: target, half-blocked at, occupied, source."""
    return [
        [
            row["target"],
            _ends(row["half_blocked_uM"], "\N{MICRO SIGN}M"),
            _ends(row["occupied_percent"], "%"),
            f"{row['tier']}{'' if row['source'] == 'assumed' else ': ' + row['source']}",
        ]
        for row in summary["also_occupied"]
    ]


def _ends(pair: Ends, unit: str) -> str:
    low, high = number(pair["low"]), number(pair["high"])
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def switched_on(summary: RunSummary) -> list[str]:
    """Return the hypotheses beyond plain block that the run was made with, in words."""
    rows = [row for row in summary["hypotheses"] if row["source"]]
    return [f"{row['name']} ({row['what']}; {row['source']})" for row in rows if row["on"]]


def _size(size: Size) -> str:
    drawn = ", drawn" if size["uncertainty"] else ""
    return f"{size['name'].replace('_', ' ')} {number(size['value'])} ({size['tier']}{drawn})"
