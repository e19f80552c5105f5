"""The law of columns: what can change an answer is read or stops the run; what is not used is named.

Each column of a table is used, known as harmless, left out because the user said so, or not read. One that is not read
stops the run where its name is a word of the trade (the caller's list) or its cells are dates, clock times, durations
or flags that select rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.core.table_text import fold
from leao.core.tables import MISSING, Table

FIRST_VALUES = 3
LONGEST_MARK = 2  # characters
SAMPLE = 5_000  # rows by which the cells of an unknown column are judged
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?|\d{1,2}[- ]?[a-z]{3}[- ]?\d{2,4}"
)
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.h]\d{2}(:\d{2})?( ?[ap]m)?")
DURATION = re.compile(
    r"\d+([.,]\d+)? ?(h|hr|hrs|hours?|min|mins|minutes?|s|sec|days?|d|weeks?|std|stunden|heures?|ore|uur|horas?)"
    r"|\d+ ?h ?\d+ ?(m|min)?|\d+:\d{2}:\d{2}|p(\d+[ymwd])*t?(\d+[hms])+"
)
YES_NO = frozenset({"y", "n", "yes", "no", "true", "false", "t", "f", "x", "*"})
BINARY = frozenset({"0", "1", "0.0", "1.0"})


class ColumnUse(NamedTuple):
    """What became of each column of a table."""

    used: list[str]
    harmless: list[str]
    not_read: list[dict[str, object]]  # column, first_values
    dropped: list[str]  # left out because the user said so

    def as_json(self) -> dict[str, object]:
        """Return ``columns`` of ``--json``."""
        return self._asdict()

    def sentence(self) -> str:
        """Return what was not used, in one line; empty where everything was."""
        unread = [
            f"{part['column']} ({', '.join(map(str, part['first_values']))})"  # type: ignore[arg-type]
            for part in self.not_read
        ]
        parts = [
            f"columns not read: {', '.join(unread)}" if unread else "",
            f"columns left out as asked: {', '.join(self.dropped)}" if self.dropped else "",
            f"columns without effect here: {', '.join(self.harmless)}" if self.harmless else "",
        ]
        return "; ".join(part for part in parts if part)


class Law(NamedTuple):
    """A caller's vocabulary beside the columns it uses; names are folded (``table_text.fold``)."""

    harmless: Collection[str] = ()
    trade: Mapping[str, str] = {}  # name: why it matters and what to do
    option: str = "--ignore"  # how the user says that a column is to be left out
    group: str | None = None  # the subject's column: a 0/1 column that varies within a subject selects rows
    stop_for: Collection[str] = ("dates", "clock times", "durations", "flags")


def sort_columns(table: Table, used: Collection[str], law: Law, dropped: Collection[str] = ()) -> ColumnUse:
    """Return what becomes of each column.

    Args:
        table: the table.
        used: names, as in its header, that the caller reads.
        law: the caller's vocabulary.
        dropped: names that the user told to leave out.

    Raises:
        ScenarioError: a column that can change the answer and is not read, or a column told that is not there.
    """
    wanted_out = {fold(name): name for name in dropped}
    there = {fold(name) for name in table.header}
    for folded, name in wanted_out.items():
        if folded not in there:
            raise ScenarioError(f"{law.option} {name}: no such column; there are {', '.join(table.header)}")
    use = ColumnUse([], [], [], [])
    for name in table.header:
        folded = fold(name)
        if folded in wanted_out:
            use.dropped.append(name)
        elif name in used:
            use.used.append(name)
        elif folded in law.harmless:
            use.harmless.append(name)
        else:
            values = first_values(table, name)
            _judge(table, name, values, law)
            use.not_read.append({"column": name, "first_values": values})
    return use


def _judge(table: Table, name: str, values: list[str], law: Law) -> None:
    if not values:
        return
    text = f"{table.name}: column {name} (first values {', '.join(values)})"
    leave = f"{law.option} {name!r}" if " " in name else f"{law.option} {name}"
    reason = law.trade.get(fold(name))
    if reason is not None:
        raise ScenarioError(f"{text}: {reason}; or leave it out with {leave}")
    cells = nature(table, name, law.group)
    if cells in law.stop_for:
        what = "flags that may select rows" if cells == "flags" else cells
        raise ScenarioError(f"{text} is not read and holds {what}; if it changes nothing, leave it out with {leave}")


def first_values(table: Table, name: str) -> list[str]:
    """Return the first different values of a column that are not missing."""
    values: dict[str, None] = {}
    for cell in table.frame[name].head(SAMPLE).to_list():
        if cell.casefold() not in MISSING:
            values.setdefault(cell[:40])
            if len(values) == FIRST_VALUES:
                break
    if not values:  # a rare flag stands below the sample
        rest = table.frame[name].unique(maintain_order=True).to_list()
        values = {cell[:40]: None for cell in rest if cell.casefold() not in MISSING}
    return list(values)[:FIRST_VALUES]


def nature(table: Table, name: str, group: str | None = None) -> str:
    """Return what a column's cells are: dates, clock times, durations, flags, numbers, text, constant or empty.

    Args:
        table: the table.
        name: the column.
        group: the subject's column; a column of 0 and 1 that never varies within a subject is a number, not a flag.
    """
    column = table.frame[name]
    distinct = [cell.casefold() for cell in column.unique(maintain_order=True).head(SAMPLE).to_list()]
    known = [cell for cell in distinct if cell not in MISSING]
    if not known:
        return "empty"
    for word, pattern in (("dates", DATE), ("clock times", CLOCK), ("durations", DURATION)):
        plain = word == "clock times" and not any(":" in cell or "h" in cell for cell in known)
        if not plain and all(pattern.fullmatch(cell) for cell in known):
            return word
    if len(distinct) == 1:
        return "constant"
    mark = len(known) == 1 and len(known[0]) <= LONGEST_MARK and not known[0].isdigit()  # C, #, *: the rest is empty
    if mark or set(known) <= YES_NO or (set(known) <= BINARY and _within(table, name, group)):
        return "flags"
    numeric = all(re.fullmatch(r"[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?", cell, re.ASCII) for cell in known)
    return "numbers" if numeric else "text"


def _within(table: Table, name: str, group: str | None) -> bool:
    """Return whether a column takes more than one value within one subject."""
    if group is None:
        return True
    import polars as pl

    counts = table.frame.group_by(group).agg(pl.col(name).n_unique().alias("values"))
    return bool((counts["values"] > 1).any())
