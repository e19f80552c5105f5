"""A single attack in either arm, as rows of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.chain.run_contract import Attack, RunSummary
from leao.report.arms import arms
from leao.report.sections import Table
from leao.report.words import NO_DATA, number, spread

SHARES = (
    ("A wave begins it, %", "wave_percent"),
    ("Headache follows the wave, %", "headache_after_wave_percent"),
    ("A meningeal nociceptor on record fires after the wave, %", "nociceptor_percent"),
    ("Dorsal pons active, %", "brainstem_percent"),
    ("Central trigeminal neurones sensitised, %", "sensitised_percent"),
    ("Medicine taken, %", "treated_percent"),
    ("Pain-free two hours later, %", "pain_free_2h_percent"),
    ("Pain back within a day, % of those", "back_within_24h_percent"),
)
TIMES = (
    ("Pain begins after the wave, h", "onset_after_wave_h"),
    ("Length untreated, h", "untreated_h"),
    ("Hours of pain with medicine", "pain_h"),
)


def attack(summary: RunSummary) -> Table:
    """Return what one attack is like in each arm."""
    shown = arms(summary)
    both = [summary["headache"][arm] for arm in shown]
    columns: list[Mapping[str, Any]] = [*both]
    rows = [[label, *(number(arm[key]) for arm in columns)] for label, key in SHARES]
    rows += [[label, *(spread(arm[key]) for arm in columns)] for label, key in TIMES]
    rows.insert(5, ["Mild / moderate / severe at worst, %", *(_mix(arm) for arm in both)])
    return Table(["One attack", *shown], rows)


def _mix(arm: Attack) -> str:
    shares: Mapping[str, Any] | None = arm["severity"]
    return NO_DATA if shares is None else " / ".join(number(share) for share in shares.values())
