"""Which columns tell the time of a record, read together: TIME, DATE or DAY, dates with clock times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leao.core.dotted_times import differs, dotted, has_minutes
from leao.core.errors import ScenarioError
from leao.core.units import HOURS_PER_DAY
from leao.exposure import clock, vocabulary
from leao.exposure.columns import Columns

SPREADSHEET_FIRST = 32_874  # 1 January 1990 in the day numbers of spreadsheets
NEAR = 0.02  # h, about a minute: two columns of time that differ by less agree


def times(columns: Columns, starts: NDArray[np.int64], reset: NDArray[np.bool_]) -> clock.Times:
    """Return hours from TIME, from DATE or DAY with TIME, or from dates with clock times.

    Args:
        columns: the table by roles.
        starts: first record of each subject.
        reset: records at which TIME may start again.

    Raises:
        ScenarioError: no column of time, or columns that do not agree.
    """
    table = columns.table
    stamps = clock.moments(table, columns.roles["STAMP"]) if columns.has("STAMP") else None
    if not columns.has("TIME"):
        day_role = next((role for role in ("DATE", "DAY") if columns.has(role)), None)
        if day_role is not None:
            raise clock.one_day(table, columns.roles[day_role])
        if stamps is None and columns.has("STAMP"):
            header = columns.roles["STAMP"]
            cell = table.text(header)[0][:40]
            raise table.error(0, f"{header} is {cell!r}, wanted a date with a clock time, such as 2026-03-02 08:00")
        if stamps is None:
            raise ScenarioError(f"{table.name}: no column TIME; wanted at least ID, TIME, AMT and EVID")
        written = clock.since_first(stamps, starts)
        return clock.Times(clock.restarted(table, written, starts, reset), written, ("STAMP",), [])
    written, used, notes = _from_time(columns, starts)
    if stamps is not None:
        apart = np.abs(clock.since_first(stamps, starts) - clock.since_first(written, starts))
        if (apart > NEAR).any():
            names = columns.roles["TIME"], columns.roles["STAMP"]
            remedy = f"leave one out (--ignore {names[1]})"
            raise table.error(int(np.argmax(apart)), f"{names[0]} and {names[1]} do not agree; {remedy}")
        used = (*used, "STAMP")
    return clock.Times(clock.restarted(table, written, starts, reset), written, used, notes)


def _from_time(columns: Columns, starts: NDArray[np.int64]) -> tuple[NDArray[np.float64], tuple[str, ...], list[str]]:
    """Return hours as the file counts them, the roles that were read, and what was understood."""
    table, header = columns.table, columns.roles["TIME"]
    first = table.frame[header][0]
    if clock.day_number(first.replace("T", " ").partition(" ")[0]) is not None and len(first) > len("20260302"):
        moments = clock.moments(table, header)
        if moments is None:
            raise table.error(0, f"{header} is {first[:40]!r}, wanted hours, or a date with a clock time")
        return clock.since_first(moments, starts), ("TIME",), [f"{header} holds dates with clock times"]
    clocks = clock.clocks(table, header)
    hours = clocks
    if hours is None:
        hours = columns.numbers("TIME") * columns.factors("TIME", "TIMEU", vocabulary.TIME_UNITS)
    if np.isnan(hours).any():
        raise table.error(int(np.argmax(np.isnan(hours))), f"{header} is missing; wanted hours")
    day_roles = [role for role in ("DATE", "DAY") if columns.has(role)]
    if not day_roles:
        notes = [f"{header} holds clock times without a date: hours of one day"] if clocks is not None else []
        return hours, ("TIME", "TIMEU"), notes
    days = [clock.days(table, columns.roles[role], columns.roles[role].casefold()) for role in day_roles]
    apart = np.abs(clock.since_first(days[0], starts) - clock.since_first(days[-1], starts))
    if apart.any():
        names = [columns.roles[role] for role in day_roles]
        remedy = f"leave one out (--ignore {names[-1]})"
        raise table.error(int(np.argmax(apart)), f"{names[0]} and {names[-1]} do not agree; {remedy}")
    name = columns.roles[day_roles[0]]
    _refuse_parts_of_days(columns, hours, days[0], name)
    if clocks is not None and (hours <= HOURS_PER_DAY).all():  # written hh:mm: never elapsed hours
        written, is_clock = clock.since_first(days[0] * HOURS_PER_DAY + hours, starts), True
    else:
        written, is_clock = clock.combined(table, days[0], hours, starts, (name, header))
    _refuse_dotted(columns, is_clock=is_clock)
    note = f"{header} is a clock time of {name}" if is_clock else f"{header} counts hours and agrees with {name}"
    return (written if is_clock else hours), ("TIME", "TIMEU", *day_roles), [note]


def _refuse_dotted(columns: Columns, *, is_clock: bool) -> None:
    """Refuse clock times such as 8.30 beside dates: half past eight, or 8.3 hours?

    Raises:
        ScenarioError: nothing says which.
    """
    if not is_clock or "TIME" in columns.units or columns.has("TIMEU"):
        return
    cells = columns.text("TIME")
    times = dotted(cells)
    record = next((k for k, cell in enumerate(cells) if cell in times and differs(times[cell])), None)
    if record is not None and has_minutes(times.values()):
        header, time = columns.roles["TIME"], times[cells[record]]
        asked = f"{header} is {cells[record]}: a clock time, or parts of an hour?"
        raise columns.table.error(record, f"{asked} write {time}, or name the column '{header} (h)'")


def _refuse_parts_of_days(columns: Columns, hours: NDArray[np.float64], days: NDArray[np.float64], name: str) -> None:
    """Refuse numbers below 1 beside a spreadsheet's day numbers: there, 0.5 is noon, and half an hour elsewhere.

    Raises:
        ScenarioError: nothing says which.
    """
    unit_given = "TIME" in columns.units or columns.has("TIMEU")
    if unit_given or (days < SPREADSHEET_FIRST).any() or not ((hours >= 0) & (hours < 1)).all() or not hours.any():
        return
    header = columns.roles["TIME"]
    remedy = f"name the column '{header} (day)' or '{header} (h)', or write clock times as 14:30"
    record = int(np.argmax(hours > 0))
    raise columns.table.error(
        record, f"{header} is {hours[record]:g} beside {name} in day numbers: parts of a day, or hours? {remedy}"
    )
