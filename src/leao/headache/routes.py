"""Pathways: by which route the drug reaches each outcome, and what speaks for and against it.

Data: ``routes.toml``. A route is on by default, or switched on in ``headache`` of the scenario; an outcome none of
whose routes is on reads ``no modelled effect``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leao.core.errors import LedgerError

NO_EFFECT = None
REQUIRED = {"outcome", "route", "text", "default", "supports", "against"}


class Pathway(NamedTuple):
    """One route from block to one outcome."""

    outcome: str
    route: str
    text: str
    default: bool
    supports: tuple[dict[str, str], ...]
    against: tuple[dict[str, str], ...]

    @property
    def name(self) -> str:
        """Name of the switch: outcome and route."""
        return f"{self.outcome}.{self.route}"

    def sources(self) -> set[str]:
        """Return the sources of what speaks for the route and against it."""
        return {entry["source"] for entry in (*self.supports, *self.against)}


@cache
def read() -> tuple[Pathway, ...]:
    """Return the checked routes.

    Raises:
        LedgerError: a route that lacks a field, or a piece of evidence without text or source.
    """
    text = (files("leao") / "headache" / "routes.toml").read_text("utf-8")
    return tuple(_checked(place, row) for place, row in enumerate(tomllib.loads(text)["pathway"], start=1))


def table(on: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return every route with ``on``; ``on`` names the routes that were switched on."""
    chosen = frozenset(on)
    switched = {name.split(".")[0] for name in chosen}
    return [
        row._asdict() | {"on": row.name in chosen or (row.default and row.outcome not in switched)} for row in read()
    ]


def modelled(on: Iterable[str] = ()) -> dict[str, str | None]:
    """Return each outcome's route in words, None where none is on."""
    entries: dict[str, str | None] = {}
    for row in table(on):
        entries.setdefault(row["outcome"], NO_EFFECT)
        if row["on"]:
            entries[row["outcome"]] = row["text"]
    return entries


def sources() -> set[str]:
    """Return the sources that the routes' evidence names."""
    return set().union(*(row.sources() for row in read()))


def _checked(place: int, row: dict[str, Any]) -> Pathway:
    if row.keys() != REQUIRED:
        text = ", ".join(sorted(row.keys() ^ REQUIRED))
        raise LedgerError(f"routes.toml, route {place}: {text}; wanted {', '.join(sorted(REQUIRED))}")
    for entry in (*row["supports"], *row["against"]):
        if entry.keys() != {"text", "source"}:
            raise LedgerError(f"routes.toml, route {place}: evidence wants text and source")
    sides = tuple(row["supports"]), tuple(row["against"])
    return Pathway(row["outcome"], row["route"], row["text"], row["default"], *sides)


# outcome -> route of the drug as it stands by default
PATHWAYS: tuple[tuple[str, str | None], ...] = tuple(modelled().items())
