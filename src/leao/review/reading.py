"""The diary: rows of a table to days, each recorded or missing, with every oddity under its row.

A row per day, or a row per attack with start and end; an attack over midnight reaches into the days it touches.
Missing is not headache-free unless the diary says so. Nothing is repaired in silence: what was changed stands in
``understood``, what could not be read in ``oddities``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.review import cells, dates, missing_columns, table
from leao.review.entries import FLAGS, Days, Entry, merge
from leao.review.mapping import COLUMNS, DATES, REQUIRED, Mapping, plainly

LONGEST = 9_132  # days between the first and the last row: 25 years
LEAST_DAYS = 14  # recorded, for an inference: fewer say nothing of a month
Column = Callable[[str], Any]
PARSERS: dict[str, Column] = {
    "headache": cells.yes_no, "severity": cells.scale, "acute_medication": cells.medicines,
    "disability": cells.scale, "dose_taken": cells.dose, **dict.fromkeys(FLAGS, cells.yes_no),
}  # fmt: skip


class Diary(NamedTuple):
    """A diary by days (day,); -1 in a flag and NaN in a number are not recorded, None a column absent or empty."""

    first: date
    numbered: bool  # days are numbered, the date is arbitrary
    headache: NDArray[np.int8]
    hours: NDArray[np.float64] | None  # of headache
    severity: NDArray[np.float64] | None  # 0 none to 3 severe
    flags: dict[str, NDArray[np.int8]]
    acute: dict[str, NDArray[np.bool_]] | None  # by class; None without the column
    disability: NDArray[np.float64] | None
    taken: NDArray[np.int8]  # -1 not recorded
    taken_mg: NDArray[np.float64]
    side_effects: list[tuple[int, str]] | None  # day, text; None without the column
    understood: list[str]
    oddities: list[dict[str, Any]]
    problem: str | None  # why no inference can be made from it

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which days say whether there was headache."""
        return self.headache >= 0

    def day(self, when: date) -> int:
        """Return the place of a date."""
        return (when - self.first).days

    def name(self, day: int) -> str:
        """Return what the file calls a day: its date, or its number."""
        when = self.first + timedelta(day)
        return f"day {(when - dates.ARBITRARY_START).days}" if self.numbered else str(when)


def read(path: Path, mapping: Mapping | None = None) -> Diary:
    """Return the diary of a file.

    Raises:
        ScenarioError: it is no diary: no table, no dates, no headache column, dates that read two ways.
    """
    asked = plainly() if mapping is None else mapping
    found = table.read(path, asked.separator, asked.encoding)
    names = _columns(path, found, asked)
    rows, said = _chosen(path, found, asked)
    place = names["date"]
    texts = [(row.number, row.cells[place]) for row in rows if not cells.is_empty(row.cells[place])]
    when = dates.read(texts, DATES[asked.dates] if asked.dates else None)
    reader = _Reader(names, asked, when)
    entries = [entry for row in rows if (entry := reader.entry(row)) is not None]
    if not entries:
        raise ScenarioError(f"{path}: no row has a date that reads; write dates like 2026-03-02")
    oddities = sorted([*found.oddities, *reader.oddities], key=lambda odd: odd[0])
    understood = [*found.understood, *said, f"{len(rows)} rows, {len(entries)} with a date", when.said]
    return _diary(entries, names, asked, (understood, oddities, when.order == "day number"))


def _columns(path: Path, found: table.Table, asked: Mapping) -> dict[str, str]:
    """Return our columns that the table has, with its names; the others are listed, not dropped in silence."""
    theirs = {ours: cells.plain(name).replace(" ", "_") for ours, name in asked.columns.items()}
    names = {ours: name for ours, name in theirs.items() if name in found.columns}
    for ours in REQUIRED:
        if ours not in names:
            raise ScenarioError(
                f"{path}, row 1: no column {theirs[ours]!r}{nearest(theirs[ours], found.columns)}; found "
                f"{', '.join(found.columns)[:120]}; rename it, or say which it is with --map"
            )
    mapped = [ours for ours in COLUMNS if asked.columns[ours] != ours and ours not in names]
    for ours in mapped:
        raise ScenarioError(f"{path}, row 1: no column {theirs[ours]!r}, which the mapping names for {ours}")
    unused = [name for name in found.columns if name and name not in names.values() and name not in asked.only]
    if unused:
        found.oddities.append((1, f"columns not read: {', '.join(unused)}"))
    return names


def _chosen(path: Path, found: table.Table, asked: Mapping) -> tuple[list[table.Row], list[str]]:
    """Return the rows the mapping asks for."""
    rows, said = found.rows, []
    for name, wanted in asked.only.items():
        column = name.replace(" ", "_")
        if column not in found.columns:
            raise ScenarioError(f"{path}, row 1: no column {name!r}, by which rows are chosen")
        rows = [row for row in rows if cells.plain(row.cells[column]) == cells.plain(wanted)]
        said.append(f"rows whose {name} is {wanted}: {len(rows)} of {len(found.rows)}")
    if not rows:
        raise ScenarioError(f"{path}: no rows to read{' (' + said[-1] + ')' if said else ''}")
    return rows, said


class _Reader:
    """Reads one row after another, and keeps what was odd."""

    def __init__(self, names: dict[str, str], asked: Mapping, when: dates.Dates) -> None:
        self.names, self.asked, self.when = names, asked, when
        self.oddities: list[tuple[int, str]] = []

    def entry(self, row: table.Row) -> Entry | None:
        """Return what a row says, or None where it has no date that reads."""
        text = row.cells[self.names["date"]]
        day = self.when.found.get(text)
        if day is None:
            said = "no date" if cells.is_empty(text) else f"date {text!r} does not read {self.when.order}"
            self.oddities.append((row.number, f"{said}: the row is not used"))
            return None
        read = {name: self._cell(row, name, parse) for name, parse in PARSERS.items() if name in self.names}
        start, end = (self._moment(row, name, day) for name in ("start", "end"))
        medicines, strange = read.pop("acute_medication", None) or ([], [])
        for name in strange:
            self.oddities.append((row.number, f"acute_medication {name!r}: class unknown, counted as acute medicine"))
        side = row.cells[self.names["side_effects"]].strip() if "side_effects" in self.names else ""
        if cells.plain(side) in (*cells.EMPTY, *cells.NO, "-"):
            side = ""
        given = frozenset(name for name, theirs in self.names.items() if not cells.is_empty(row.cells[theirs]))
        return Entry(row.number, day, read, start, end, medicines, given, side)

    def _cell(self, row: table.Row, name: str, parse: Column) -> Any:
        text = row.cells[self.names[name]]
        text = self.asked.values.get(name, {}).get(cells.plain(text), text)
        try:
            return parse(text)
        except cells.Unread as wanted:
            self.oddities.append((row.number, f"{name} {text[:40]!r}: {wanted}; the cell is not used"))
            return None

    def _moment(self, row: table.Row, name: str, day: date) -> float | None:
        """Return hours after the midnight that begins ``day``, of a time or of a date with its time."""
        if name not in self.names:
            return None
        text = row.cells[self.names[name]]
        head, _, tail = text.strip().replace("T", " ").partition(" ")
        other = dates.as_date(head, self.when.order) if tail and self.when.order != "day number" else None
        try:
            hour = cells.hour(tail if other else text)
        except cells.Unread as wanted:
            self.oddities.append((row.number, f"{name} {text[:40]!r}: {wanted}; the cell is not used"))
            return None
        return None if hour is None else hour + 24.0 * ((other - day).days if other else 0)


def _diary(
    entries: list[Entry], names: dict[str, str], asked: Mapping, said: tuple[list[str], list[tuple[int, str]], bool]
) -> Diary:
    understood, oddities, numbered = said
    first, last = (end(entries, key=lambda entry: entry.day) for end in (min, max))
    n_day = (last.day - first.day).days + 1
    if n_day > LONGEST:
        raise ScenarioError(
            f"dates: row {first.row} says {first.day} and row {last.row} {last.day}, {n_day} days apart, wanted "
            f"{LONGEST} at most; mend the one that is wrong"
        )
    days, odd = merge(entries, first.day, n_day, asked)
    understood += days.understood
    problem = _problem(days, asked, names)
    listed = [{"row": row, "what": what} for row, what in sorted([*oddities, *odd], key=lambda each: each[0])]
    missing = int((days.headache < 0).sum())
    span = f"{n_day} days" if numbered else f"{first.day} to {first.day + timedelta(n_day - 1)}, {n_day} days"
    understood.append(f"{span}: {n_day - missing} recorded, {missing} missing")
    filled = frozenset().union(*(entry.given for entry in entries))
    understood += missing_columns.lines(days, entries, names.keys(), filled)
    return Diary(
        first=first.day, numbered=numbered, headache=days.headache, hours=days.hours, severity=days.severity,
        flags={name: days.flags[name] for name in FLAGS if name in filled},
        acute=days.acute if "acute_medication" in filled else None, disability=days.disability,
        taken=days.taken, taken_mg=days.taken_mg,
        side_effects=days.side_effects if "side_effects" in filled else None,
        understood=understood, oddities=listed, problem=problem,
    )  # fmt: skip


def _problem(days: Days, asked: Mapping, names: dict[str, str]) -> str | None:
    """Return why the days cannot be read as a diary of headache and freedom, or None."""
    seen = days.headache >= 0
    recorded = int(seen.sum())
    if recorded and days.headache[seen].all() and not seen.all() and asked.unlisted == "missing":
        by_attack = "start" in names or recorded < 0.75 * seen.size
        if by_attack:
            return (
                "every row is a headache and the days between have no row: were they free? Say --unlisted free if "
                "they were; missing days are not taken as free"
            )
    if recorded < LEAST_DAYS:
        say = "1 day says" if recorded == 1 else f"{recorded} days say"
        return f"{say} whether there was headache, wanted {LEAST_DAYS} at least"
    return None
