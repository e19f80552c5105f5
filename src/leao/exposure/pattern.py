"""What "as before" means: the whole pattern of the last days of dosing, continued; where there is none, a question.

The doses of a subject up to the last record are laid out one by one, whatever way they were written (rows, ADDL,
several courses at once). The pattern is the shortest run of doses that comes again: the same amounts, one period
later. Where the last doses follow no pattern, a record that says its own interval (II) and is still running is
continued, all such records together; else the file is asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.exposure.records import Records

MOST_IN_PATTERN = 42  # doses: a week of six a day
LEAST_PERIOD = 1e-3  # h
TOLERANCE = 0.1  # of the period: real doses are not taken to the minute
LEAST_TOLERANCE = 1e-6  # of the period: beneath, times are taken as exact
ROUND_PERIODS = (4.0, 6.0, 8.0, 12.0, 24.0, 48.0, 72.0, 168.0)  # h
NEAR = 0.05  # of a round period: jittered times mean the round one
REMEDY = "say what is taken from now on, for example --dose '10 mg' --every '24 h'"


class Course(NamedTuple):
    """One dose that is repeated."""

    first: float  # h of the next dose
    amt: float  # mg as written
    rate: float  # mg/h, 0 for a bolus
    cmt: int
    every: float  # h


class Given(NamedTuple):
    """Doses one by one, in order of time."""

    time: NDArray[np.float64]
    amt: NDArray[np.float64]
    rate: NDArray[np.float64]
    cmt: NDArray[np.int64]


def given(records: Records, rows: NDArray[np.int64]) -> Given:
    """Return every dose of a subject up to the last record, of what follows the last reset.

    Args:
        records: the records.
        rows: those of one subject.
    """
    resets = rows[records.evid[rows] >= 3]
    if resets.size:
        rows = rows[rows >= resets[-1]]
    end = records.time[rows[-1]]
    doses = rows[records.dose[rows]]
    parts: list[list[NDArray[Any]]] = []
    for row in doses:
        most = MOST_IN_PATTERN * 3  # earlier ones of a long course change nothing
        count = int(records.addl[row])
        if records.ii[row] > 0:
            count = min(count, int(np.floor((end - records.time[row]) / records.ii[row] + 1e-9)))
        first = max(0, count - most)
        repeats = np.arange(first, count + 1)
        if records.ss[row] > 0 and records.ii[row] > 0:  # at steady state the doses before are like this one
            repeats = np.concatenate([np.arange(-3, first), repeats])
        times = records.time[row] + repeats * records.ii[row]
        parts.append([times] + [np.full(times.size, float(c[row])) for c in (records.amt, records.rate, records.cmt)])
    if not parts:
        raise records.table.error(int(rows[0]), "a subject without any dose; give EVID 1 and AMT")
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    time, amt, rate, cmt = (column[order] for column in columns)
    return Given(time, amt, rate, cmt.astype(np.int64))


def as_before(records: Records, rows: NDArray[np.int64]) -> list[Course]:
    """Return the courses that continue what the subject took.

    Raises:
        ScenarioError: the last doses follow no pattern.
    """
    doses, end = given(records, rows), float(records.time[rows[-1]])
    declared = _declared(records, rows, end)
    best: tuple[int, int, float] | None = None  # doses that follow the pattern, doses in it, hours
    for count in range(1, min(MOST_IN_PATTERN, doses.time.size // 2) + 1):
        followed, period = _followed(doses, count)
        if followed and (best is None or followed > best[0]):  # of two that reach equally far back, the shorter
            best = followed, count, period
    if best is not None:
        return [_course(doses, k, best[2], end) for k in range(-best[1], 0)]
    if declared:
        return declared
    last = int(rows[records.dose[rows]][-1])
    why = "one dose and no II" if doses.time.size == 1 else "the last doses follow no pattern"
    raise records.table.error(last, f"{why}: {REMEDY}")


def courses(records: Records, rows: NDArray[np.int64], dose_mg: float | None, every_h: float | None) -> list[Course]:
    """Return the courses under a dose, an interval, or both that the user says; what is not said stays as before.

    Raises:
        ScenarioError: only one of the two is said and the other is not clear.
    """
    doses, end = given(records, rows), float(records.time[rows[-1]])
    if every_h is None:
        return [course._replace(amt=float(dose_mg or 0.0), rate=0.0) for course in as_before(records, rows)]
    amt = dose_mg
    if amt is None:
        within = doses.time > doses.time[-1] - HOURS_PER_DAY + 1e-6
        recent = np.unique(doses.amt[within])
        if recent.size > 1:
            last = int(rows[records.dose[rows]][-1])
            amounts = ", ".join(f"{x:g}" for x in recent)
            raise records.table.error(last, f"doses of {amounts} mg within a day: {REMEDY}")
        amt = float(doses.amt[-1])
    rate = float(doses.rate[-1]) if dose_mg is None else 0.0
    first = max(float(doses.time[-1]) + every_h, end)
    return [Course(first, float(amt), rate, int(doses.cmt[-1]), every_h)]


def _followed(doses: Given, count: int) -> tuple[int, float]:
    """Return how many of the last doses follow a pattern of ``count`` doses, 0 where it is none, and its period in h.

    The last ``count`` doses must be those before them, one period earlier, and two intervals must agree where there
    are as many. A pattern that reaches further back is the better one: a week of five days is not daily on a Friday.
    """
    apart = doses.time[count:] - doses.time[:-count]
    period = float(np.mean(apart[-count:]))
    if period < LEAST_PERIOD:
        return 0, period
    alike = np.ones(apart.size, bool)
    for column in (doses.amt, doses.rate, doses.cmt):
        alike &= column[count:] == column[:-count]
    on_time = np.abs(apart - period) <= TOLERANCE * period
    timed, both = _run(on_time), _run(on_time & alike)
    if both < count or timed < min(max(count, 2), apart.size):
        return 0, period
    worst = float(np.abs(apart[-both:] - period).max())
    if worst > LEAST_TOLERANCE * period:  # real times: a round period is meant where it is near
        period = float(np.mean(apart[-both:]))
        nearest = min(ROUND_PERIODS, key=lambda each: abs(each - period))
        period = nearest if abs(nearest - period) <= NEAR * nearest else period
    return both + count, period


def _run(true: NDArray[np.bool_]) -> int:
    """Return how many values at the end are true without a break."""
    false = np.flatnonzero(~true)
    return int(true.size - 1 - false[-1]) if false.size else int(true.size)


def _course(doses: Given, at: int, period: float, end: float) -> Course:
    """Return the dose at a place repeated from the first time that is not before the end."""
    time = float(doses.time[at])
    ahead = max(1.0, float(np.ceil((end - time) / period - 1e-9)))
    return Course(time + ahead * period, float(doses.amt[at]), float(doses.rate[at]), int(doses.cmt[at]), period)


def _declared(records: Records, rows: NDArray[np.int64], end: float) -> list[Course]:
    """Return the records with an II of their own that still run at the end, else the last one where it has an II."""
    at = rows[records.dose[rows]]
    ii, addl, time = records.ii[at], records.addl[at], records.time[at]
    running = at[(ii > 0) & (time + addl * ii > end + 1e-9)]
    if not running.size and ii[-1] > 0:
        running = at[-1:]
    written = Given(records.time, records.amt, records.rate, records.cmt)
    return [_course(written, int(row), float(records.ii[row]), end) for row in running]
