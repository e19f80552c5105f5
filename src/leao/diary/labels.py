"""Labelled adverse events: rates against placebo as data, with the population they come from.

Data: ``adverse_events.toml``. One table for the regimen check and for the simulated diaries.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

SIMULATED = "US"  # the label with more rows
_PERCENT = 100.0


class Label(NamedTuple):
    """One label's table: events, and the share of people on drug and on placebo who reported each."""

    events: tuple[str, ...]
    drug: tuple[float, ...]
    placebo: tuple[float, ...]
    population: str
    source: str


@cache
def labels() -> Mapping[str, Any]:
    """Return the labelled rates against placebo, and the effects known without a rate."""
    return tomllib.loads((files("leao") / "diary" / "adverse_events.toml").read_text("utf-8"))


@cache
def simulated() -> Label:
    """Return the table that the diary simulates."""
    table = next(row for row in labels()["labelled"] if row["label"] == SIMULATED)
    rows = table["rows"]
    return Label(
        tuple(row["event"] for row in rows),
        tuple(row["drug"] / _PERCENT for row in rows),
        tuple(row["placebo"] / _PERCENT for row in rows),
        table["population"],
        table["source"],
    )


def sources() -> set[str]:
    """Return the sources that the tables name."""
    table = labels()
    return {row["source"] for name in ("labelled", "without_rate", "any") for row in table[name]}
