"""Hours of every record: elapsed hours, clock times, dates with clock times, day numbers with clock times, restarts.

TIME with DATE or DAY is a clock time, as in NONMEM, unless TIME itself runs on in step with them; where both readings
are possible and differ, the file is asked, not guessed. TIME may start again at a reset (EVID 3 or 4).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import ScenarioError
from leao.core.tables import Table, is_missing
from leao.core.units import HOURS_PER_DAY

CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?", re.ASCII)
OFFSET = re.compile(r"(?<=\d)(?:Z|([+-])(\d{2}):?(\d{2}))$", re.ASCII)  # from UTC, after a clock time
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
PACKED = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})", re.ASCII)
NAMED = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[a-z]*[- ]?(\d{4})", re.ASCII)
SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[- ]?[A-Za-z]{3}[- ]?\d{2}", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_DAY = dt.date(1990, 1, 1).toordinal()  # earlier, or later than a year from today, a date is a slip
YEAR = 366  # days


class Times(NamedTuple):
    """Hours of the records."""

    elapsed: NDArray[np.float64]  # never runs back within a subject: what is solved
    written: NDArray[np.float64]  # as the file counts; runs back where it starts again at a reset
    used: tuple[str, ...]  # roles that were read
    notes: list[str]


def clock_hours(text: str) -> float | None:
    """Return the hours of a clock time such as 08:00, 14:30:15 or 2:30 PM; None where it is none."""
    matched = CLOCK.fullmatch(text.strip())
    if not matched:
        return None
    hours, minutes, seconds, half = matched.groups()
    hour = int(hours)
    if int(minutes) > 59 or int(seconds or 0) > 59 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return hour + int(minutes) / 60 + int(seconds or 0) / 3600


def day_number(text: str, day_first: bool | None = None) -> int | None:
    """Return the day of a date as a running number; None where the text is no date.

    Args:
        text: 2026-03-02, 20260302, 02.03.2026, 02MAR2026, or 02/03/2026 where ``day_first`` is known.
        day_first: the order of 02/03/2026.
    """
    text = text.strip()
    parts = _parts(text, day_first)
    if parts is None:
        return None
    year, month, day = parts
    try:
        day_result = dt.date(year, month, day).toordinal()
    except ValueError:
        return None
    return day_result if FIRST_DAY <= day_result <= _last_day() else None


def _last_day() -> int:
    return dt.date.today().toordinal() + YEAR  # noqa: DTZ011  (the reader's own day)


def _parts(text: str, day_first: bool | None) -> tuple[int, int, int] | None:
    """Return year, month and day as they are written."""
    if matched := ISO.fullmatch(text):
        return int(matched[1]), int(matched[2]), int(matched[3])
    if matched := PACKED.fullmatch(text):
        return int(matched[1] + matched[2]), int(matched[3]), int(matched[4])
    if (matched := NAMED.fullmatch(text)) and matched[2].lower() in MONTHS:
        return int(matched[3]), MONTHS.index(matched[2].lower()) + 1, int(matched[1])
    if not (matched := YEAR_LAST.fullmatch(text)):
        return None
    first, second, year = int(matched[1]), int(matched[3]), int(matched[4])
    if matched[2] == ".":
        day_first = True
    if day_first is None:
        return None
    return (year, second, first) if day_first else (year, first, second)


def days(table: Table, column: str, dialect: str) -> NDArray[np.float64]:
    """Return the day number of every record from a column of dates or of day numbers.

    Raises:
        ScenarioError: a date that is missing, none, of a two-digit year, or of unknown order.
    """
    cells = table.text(column)
    first_rows: dict[str, int] = {}
    for record, cell in enumerate(cells):
        first_rows.setdefault(cell, record)
    if all(re.fullmatch(r"-?\d{1,5}(\.0*)?", cell) for cell in first_rows):
        return np.array([float(cell) for cell in cells])
    order = _order(first_rows, dialect)
    numbers: dict[str, int] = {}
    for cell, record in first_rows.items():
        value = day_number(_month_first(cell) if dialect == "dat3" else cell, order)
        if value is None:
            raise table.error(record, f"{column} is {cell[:40]!r}, {_why_no_date(cell)}")
        numbers[cell] = value
    return np.array([numbers[cell] for cell in cells], float)


def _order(cells: dict[str, int], dialect: str) -> bool | None:
    """Return whether the day stands first in dates such as 02/03/2026; None where nothing tells."""
    pairs = [(int(m[1]), int(m[3])) for cell in cells if (m := YEAR_LAST.fullmatch(cell.strip()))]
    if dialect == "dat1" or any(first > 12 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else None


def _month_first(cell: str) -> str:
    """Return a date of NONMEM's DAT3, year, day, month, as year, month, day."""
    matched = ISO.fullmatch(cell.strip())
    return f"{matched[1]}-{matched[3]}-{matched[2]}" if matched else cell


def _why_no_date(cell: str) -> str:
    if is_missing(cell):
        return "missing; wanted a date on every row, or hours in TIME and no dates"
    if SHORT.fullmatch(cell.strip()):
        return "a year of two digits; write for example 2026-03-02"
    if YEAR_LAST.fullmatch(cell.strip()):
        return "month or day first? write for example 2026-03-02"
    if ISO.fullmatch(cell.strip()) or PACKED.fullmatch(cell.strip()) or NAMED.fullmatch(cell.strip()):
        until = dt.date.fromordinal(_last_day())
        return f"no date from 1990 to {until}; is the year right? give hours in TIME where dates are made up"
    return "no date; write for example 2026-03-02"


def moments(table: Table, column: str) -> NDArray[np.float64] | None:
    """Return hours of a column of dates with clock times (2026-03-02 08:00); None where it holds something else.

    Raises:
        ScenarioError: some cells are such moments and one is not.
    """
    cells = table.text(column)
    zoned = [cell for cell in dict.fromkeys(cells) if OFFSET.search(cell)]
    if zoned and len(zoned) < len(set(cells)):
        record = next(record for record, cell in enumerate(cells) if not OFFSET.search(cell))
        raise table.error(record, f"{column} is {cells[record][:40]!r}, without the offset from UTC that others have")
    values = np.full(len(cells), np.nan)
    cached: dict[str, float | None] = {}
    for record, cell in enumerate(cells):
        if cell not in cached:
            cached[cell] = _moment(cell)
        value = cached[cell]
        if value is None:
            if record == 0:
                return None
            raise table.error(
                record, f"{column} is {cell[:40]!r}, wanted a date with a clock time as in the rows above"
            )
        values[record] = value
    return values


def _moment(cell: str) -> float | None:
    date, _, clock = cell.strip().replace("T", " ", 1).partition(" ")
    if ":" in date and (matched := re.fullmatch(r"(\d{2}[A-Za-z]{3}\d{4}):(.+)", cell.strip())):  # SAS datetime
        date, clock = matched.groups()
    zone = OFFSET.search(clock)
    day, hours = day_number(date), clock_hours(OFFSET.sub("", clock))
    if day is None or hours is None:
        return None
    ahead = (
        0.0 if zone is None or zone[1] is None else (int(zone[2]) + int(zone[3]) / 60) * (-1 if zone[1] == "-" else 1)
    )
    return day * HOURS_PER_DAY + hours - ahead


def clocks(table: Table, column: str) -> NDArray[np.float64] | None:
    """Return hours of a column of clock times; None where it holds numbers.

    Raises:
        ScenarioError: some cells are clock times and one is not.
    """
    if np.isfinite(table.plain_numbers(column)).all() or not table.frame[column].str.contains(":", literal=True).any():
        return None
    cells = table.text(column)
    cached = {cell: clock_hours(cell) for cell in dict.fromkeys(cells)}
    for record, cell in enumerate(cells):
        if cached[cell] is None:
            raise table.error(record, f"{column} is {cell[:40]!r}, wanted a clock time such as 14:30 on every row")
    return np.array([cached[cell] for cell in cells], float)


def since_first(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return values less that of the subject's first record."""
    return values - np.repeat(values[starts[:-1]], np.diff(starts))


def combined(
    table: Table, day: NDArray[np.float64], time: NDArray[np.float64], starts: NDArray[np.int64], names: tuple[str, str]
) -> tuple[NDArray[np.float64], bool]:
    """Return hours from day numbers with TIME, and whether TIME was a clock time (else it runs on by itself).

    Args:
        table: for messages.
        day: day of every record.
        time: TIME of every record, h.
        starts: first record of each subject.
        names: of the column of days, and of TIME.

    Raises:
        ScenarioError: TIME fits neither reading, or fits both and they differ.
    """
    as_clock = since_first(day * HOURS_PER_DAY + time, starts)
    alone = since_first(time, starts)
    whole_days = since_first(day, starts)
    # TIME runs on by itself where, for some clock time of the first record, the days passed are those of the dates
    low = np.maximum.reduceat(whole_days * HOURS_PER_DAY - alone, starts[:-1])
    high = np.minimum.reduceat((whole_days + 1) * HOURS_PER_DAY - alone, starts[:-1])
    runs_on = bool((np.maximum(low, 0.0) < np.minimum(high, HOURS_PER_DAY)).all())
    is_clock = bool(((time >= 0) & (time <= HOURS_PER_DAY)).all())
    if is_clock and runs_on and not np.allclose(as_clock, alone, atol=1e-6):
        record = int(np.argmax(~np.isclose(as_clock, alone, atol=1e-6)))
        remedy = f"leave out {names[0]} (--ignore {names[0]}) or write the clock time as hh:mm"
        raise table.error(record, f"{names[1]} may be a clock time or hours since the first record; {remedy}")
    if is_clock:
        return as_clock, True
    if runs_on:
        return alone, False
    record = int(np.argmax((time < 0) | (time > HOURS_PER_DAY)))
    remedy = f"give elapsed hours and leave out {names[0]} (--ignore {names[0]}), or clock times"
    raise table.error(record, f"{names[1]} is {time[record]:g} and does not fit {names[0]}; {remedy}")


def restarted(
    table: Table, written: NDArray[np.float64], starts: NDArray[np.int64], reset: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return elapsed hours: where TIME goes back at a reset, it goes on from the record before.

    Raises:
        ScenarioError: TIME goes back at another record.
    """
    back = np.zeros(written.size, dtype=bool)
    back[1:] = np.diff(written) < 0
    back[starts[:-1]] = False
    wrong = back & ~reset
    if wrong.any():
        record = int(np.argmax(wrong))
        remedy = "sort each subject by time; only a reset (EVID 3 or 4) may start again"
        raise table.error(record, f"TIME {written[record]:g} comes after {written[record - 1]:g}; {remedy}")
    if not back.any():
        return written
    elapsed = written.copy()
    for record in np.flatnonzero(back):
        end = int(starts[np.searchsorted(starts, record, side="right")])
        elapsed[record:end] += elapsed[record - 1] - elapsed[record]
    return elapsed


def one_day(table: Table, name: str) -> ScenarioError:
    """Return the error of a table that has days without a clock time."""
    return ScenarioError(f"{table.name}: {name} without TIME; add clock times in a column TIME")
