"""What the answers of a run stand on: the schedule, the time they stand for, the hypotheses switched on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report.words import known, number, probability, raised, ratio, spread


def when(summary: Mapping[str, Any]) -> str:
    """Return what the levels stand for: steady state, or the end of treatment where the schedule does not settle."""
    settled = (summary.get("regimen") or {}).get("settled", True)
    return "at steady state" if settled else "on average over the last 28 days of treatment"


def regimen(summary: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the regimen in words, its preset, and the notes on it; None where there is none."""
    entry = summary.get("regimen")
    if not entry or not entry.get("words"):
        return None
    share, preset = entry.get("share_taken"), entry.get("preset")
    return {
        "words": entry["words"],
        "share": spread({key: 100 * x for key, x in share.items() if known(x)} if share else None, "%"),
        "ceiling": number(entry.get("ceiling_mg_per_day")),
        "preset": preset,
        "notes": [
            {**note, "kind": {"stop": "failed", "caution": "assumed"}.get(note["level"], "input")}
            for note in entry.get("notes") or []
        ],
    }


def hypotheses(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each hypothesis beyond plain block would change, a row each, plain block first."""
    return [
        {
            "name": row["name"],
            "what": row["what"],
            "on": bool(row.get("on")),
            "source": row.get("source") or "",
            "sizes": "; ".join(_size(size) for size in row.get("sizes") or []) if row.get("source") else "",
            "block": spread(row.get("block_percent"), "%"),
            "threshold": raised(row.get("threshold_relative"), sign=True),
            "ratio": ratio(row.get("mechanistic_rate_ratio")),
            "chance": probability(row.get("p_at_least_half")),
        }
        for row in summary.get("hypotheses") or []
    ]


def switched_on(summary: Mapping[str, Any]) -> list[str]:
    """Return the hypotheses beyond plain block that the run was made with, in words."""
    rows = [row for row in summary.get("hypotheses") or [] if row.get("source")]
    return [f"{row['name']} ({row['what']}; {row['source']})" for row in rows if row.get("on")]


def _size(size: Mapping[str, Any]) -> str:
    drawn = ", drawn" if size.get("uncertainty") else ""
    return f"{str(size['name']).replace('_', ' ')} {number(size['value'])} ({size['tier']}{drawn})"
