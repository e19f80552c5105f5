"""What a diary leaves unsaid: columns that are absent or empty, and empty cells with what was assumed of them."""

from __future__ import annotations

from collections.abc import Iterable

from leao.review.entries import Days, Entry
from leao.review.mapping import COLUMNS

COUNTED = {"acute_medication": "no acute medicine", "side_effects": "no side effect"}


def lines(days: Days, entries: list[Entry], names: Iterable[str], filled: frozenset[str]) -> list[str]:
    """Return what is said of it under ``understood``.

    Args:
        days: the days.
        entries: the rows.
        names: our columns that the file has.
        filled: those with at least one cell that says something.
    """
    found = []
    there = set(names)
    absent = [name for name in COLUMNS if name not in there and name != "note"]
    if absent:
        found.append(f"columns absent: {', '.join(absent)}")
    empty = [name for name in COLUMNS if name in there - filled and name != "note"]
    if empty:
        found.append(f"columns without a word, read as absent: {', '.join(empty)}")
    for name, means in COUNTED.items():
        if name in filled:
            said = {entry.day for entry in entries if name in entry.given}
            silent = {entry.day for entry in entries} - said
            if silent:
                found.append(f"{name} is empty on {len(silent)} days of the file: counted as {means}")
    return found
