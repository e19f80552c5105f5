"""The block that every page about one person carries: off-label, who decides, what to report, what is known of rates.

Data: ``dosing/off_label.toml``; rates: ``diary/labels``. One text for plan, review and the local pages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple

from leao.diary.labels import labels
from leao.report.words import NO_BREAK


class OffLabel(NamedTuple):
    """The block, as data."""

    status: str
    report: tuple[str, ...]
    effects: tuple[tuple[str, str], ...]  # name, what is known of its rate
    caution: str  # where the rates come from
    sources: tuple[str, ...]


@cache
def block() -> OffLabel:
    """Return the block."""
    data = tomllib.loads((files("leao") / "dosing" / "off_label.toml").read_text("utf-8"))
    rates = [_rate(effect) for effect in data["effects"]]
    return OffLabel(
        data["status"],
        tuple(data["report"]),
        tuple((effect["name"], known) for effect, (known, _) in zip(data["effects"], rates, strict=True)),
        labels()["caution"],
        tuple(dict.fromkeys([data["source"], *chain.from_iterable(rate for _, rate in rates)])),
    )


def lines() -> list[str]:
    """Return the block as lines of text."""
    words_of_label = block()
    return [
        words_of_label.status,
        f"Report promptly: {'; '.join(words_of_label.report)}.",
        "Known of rates:",
        *(f"- {name}: {known}" for name, known in words_of_label.effects),
        words_of_label.caution,
    ]


def _rate(effect: dict[str, Any]) -> tuple[str, list[str]]:
    """Return what is known of the rate of an effect, and the sources that say so."""
    if "known" in effect:
        return effect["known"], [effect["source"]]
    event = effect.get("event", effect["name"])
    rows = [(table, row) for table in labels()["labelled"] for row in table["rows"] if row["event"] == event]
    if rows:
        return ", ".join(_against(table, row) for table, row in rows), [table["source"] for table, _ in rows]
    listed = [group for group in labels()["without_rate"] if event in group["events"]]
    return "listed, no rate known", [group["source"] for group in listed]


def _against(table: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    drug, placebo = f"{row['drug']:g}{NO_BREAK}%", f"{row['placebo']:g}{NO_BREAK}%"
    return f"{drug} against {placebo} on placebo ({table['label']} label, dementia)"
