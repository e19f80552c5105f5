"""Days behind a value held against the words of its visit: month 1 holds no 56 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leao.trial.reading import visit_words as words
from leao.trial.reading.records import ROW, refuse
from leao.trial.reading.request import TableRequest

if TYPE_CHECKING:
    import polars as pl

_LOOSE = 1.5  # times the time since the visit before: windows of visits are loose, a second month is not


def fit_words(
    name: str, frame: pl.DataFrame, labels: dict[float, str], names: dict[str, str], request: TableRequest
) -> list[str]:
    """Return what is odd of lengths that the user gave; refuse those of a column that are longer than their visit.

    A visit is as long as the time since the one before, where their words say months, weeks or days.

    Raises:
        ScenarioError: a row whose days cannot have passed since the visit before.
    """
    longest = _longest(labels)
    visit, days = frame["visit"].to_numpy(), frame["days"].to_numpy()
    room = np.array([longest.get(float(at), np.inf) for at in visit])
    beyond = np.isfinite(frame["value"].to_numpy()) & (days > _LOOSE * room)
    if not beyond.any():
        return []
    first = int(np.argmax(beyond))
    label = labels[float(visit[first])]
    column = names.get("visit days") or names.get("days") or names.get("end")
    if request.visit_days is not None and "visit days" not in names:
        return [f"{label}: {days[first]:g} days, as you say, more than the {room[first]:.0f} its words leave for it"]
    message = (
        f"column {column!r}: found {{}} days in {label!r}, {room[first]:.0f} days after the visit before: days since "
        f"the start? leave it out with --ignore {column} and write --visit-days N"
    )
    refuse(name, frame[ROW].to_numpy(), beyond, message, days)
    return []


def _longest(labels: dict[float, str]) -> dict[float, float]:
    """Return the days from the visit before to each visit, where the words of both say when they are."""
    longest: dict[float, float] = {}
    before: float | None = 0.0
    for at in sorted(labels):
        word = words.parse(labels[at])
        end = None if word is None else words.days(word)
        if before is not None and end is not None and end > before:
            longest[at] = end - before
        before = end
    return longest
