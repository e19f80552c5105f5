"""What a diary leaves unsaid: columns that are absent or empty, and empty cells with what was assumed of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leao.diary.reading.column_names import role_of
from leao.diary.reading.entry import Entry
from leao.diary.reading.mapping import COLUMNS

COUNTED = {"acute_medication": "no acute medicine", "side_effects": "no side effect"}


def lines(
    entries: list[Entry], names: Iterable[str], filled: frozenset[str], wordless: Sequence[str] = ()
) -> list[str]:
    """Return what is said of it under ``understood``.

    Args:
        entries: the rows.
        names: our columns that the file has.
        filled: those with at least one cell that says something.
        wordless: names of the file's columns that hold no word.
    """
    remarks = []
    there = {*names, *filter(None, map(role_of, wordless))}
    absent = [name for name in COLUMNS if name not in there and name != "note"]
    if absent:
        remarks.append(f"columns absent: {', '.join(absent)}")
    empty = [*(name for name in COLUMNS if name in {*names} - filled and name != "note"), *wordless]
    if empty:
        remarks.append(f"columns without a word, read as absent: {', '.join(empty)}")
    for name, means in COUNTED.items():
        if name in filled:
            silent = {entry.day for entry in entries} - {entry.day for entry in entries if name in entry.given}
            if silent:
                remarks.append(f"{name} is empty on {len(silent)} days of the file: counted as {means}")
    return remarks
