"""Rows of a level table that say what the row before says: both count, and it is said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leao.core.tables import Table


def named(
    table: Table, subject: NDArray[np.int64], what: NDArray[np.bool_], words: str, values: list[NDArray]
) -> list[str]:
    """Return in a line which rows repeat the one before among those of one kind; nothing where none does.

    Args:
        table: the table.
        subject: whose each row is.
        what: which rows are of the kind.
        words: what the kind is called, ``doses``.
        values: columns that make rows alike, the time among them; NaN is like NaN.
    """
    rows = np.flatnonzero(what)
    alike = subject[rows[1:]] == subject[rows[:-1]]
    for column in values:
        before, after = column[rows[:-1]], column[rows[1:]]
        alike &= (before == after) | ((before != before) & (after != after))
    if not alike.any():
        return []
    first = int(np.argmax(alike))
    pair = table.rows[rows[first]], table.rows[rows[first + 1]]
    count = int(alike.sum())
    more = f", and {count - 1} more such rows" if count > 1 else ""
    return [f"row {pair[1]} says what row {pair[0]} says{more}: these {words} count each time"]
