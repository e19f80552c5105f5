"""The days of an N-of-1 trial: boxes back to back, each with days that are not counted and 28 that are.

The days at the head of each box let the drug wash out or build up: as many as the slowest of twenty patients who
answered the same would need for either (the plan's forecast, 95th percentile), titration included. So no box is only
washout, and a change of boxes tells the patient nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.core.units import DAYS_PER_WEEK
from leao.diary.reading.dates import FIRST_YEAR, TOO_FAR, latest
from leao.trial import sequences
from leao.trial.options import NOf1

ARMS = ("placebo", "memantine")
MOST_WEEKS, CYCLES = 52, (2, 6)


class Calendar(NamedTuple):
    """Who takes what when is not in it."""

    begin: date
    cycles: int
    period: int  # days of a box
    window: int  # days of it that are counted, its last

    @property
    def boxes(self) -> list[tuple[date, date, date]]:
        """First day, first counted day and last day of each box."""
        days = [self.begin + timedelta(k * self.period) for k in range(2 * self.cycles)]
        return [
            (day, day + timedelta(self.period - self.window), day + timedelta(self.period - 1))
            for day in days
        ]  # fmt: skip

    @property
    def last(self) -> date:
        """The last day."""
        return self.boxes[-1][2]

    def looks(self) -> list[date]:
        """First day on which each look may be made: after the second cycle and each further one."""
        return [self.boxes[2 * cycle - 1][2] + timedelta(1) for cycle in range(2, self.cycles + 1)]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the boxes as the contract words them."""
        return [
            {"box": k, "first": str(first), "counted_from": str(counted), "last": str(last)}
            for k, (first, counted, last) in enumerate(self.boxes, start=1)
        ]


def planned(begin: str, cycles: int, weeks: int | None, forecast: Mapping[str, Any], window: int) -> Calendar:
    """Return the calendar.

    Args:
        begin: first day, year-month-day.
        cycles: pairs of boxes.
        weeks: of a box; None for as few as the drug needs.
        forecast: of the plan, with ``washout_days`` and ``days_to_90_percent``.
        window: counted days.

    Raises:
        ScenarioError: a date that is none, cycles out of bounds, or boxes too short for the drug.
    """
    try:
        first = date.fromisoformat(begin)
    except ValueError:
        raise ScenarioError(
            f"--begin: found {begin!r}, wanted a date; write year-month-day, such as 2027-01-04"
        ) from None
    if not date(FIRST_YEAR, 1, 1) <= first <= latest(date.today()):
        raise ScenarioError(f"--begin: found {begin}, {TOO_FAR}; check the year")
    if not CYCLES[0] <= cycles <= CYCLES[1]:
        raise ScenarioError(f"--cycles: found {cycles}, wanted {CYCLES[0]} to {CYCLES[1]} pairs of boxes")
    lead = math.ceil(max(forecast["washout_days"]["p95"], forecast["days_to_90_percent"]["p95"]))
    least = math.ceil((lead + window) / DAYS_PER_WEEK)
    if least > MOST_WEEKS:
        raise ScenarioError(
            f"--dose: the level takes up to {lead} days to settle or wash out, wanted boxes of at most {MOST_WEEKS} "
            "weeks; an N-of-1 trial does not suit this regimen"
        )
    if weeks is not None and not least <= weeks <= MOST_WEEKS:
        raise ScenarioError(
            f"--weeks: found {weeks}, wanted {least} to {MOST_WEEKS}: up to {lead} days wash out or build up, then "
            f"{window} are counted; leave it out for {least}"
        )
    return Calendar(first, cycles, (weeks or least) * DAYS_PER_WEEK, window)


def orders(calendar: Calendar) -> tuple[tuple[int, ...], ...]:
    """Return every order of treatments (0 placebo, 1 drug) that may be drawn: each cycle has both."""
    kind = NOf1(cycles=calendar.cycles, washout_half_lives=0.0, washout_days=0)
    plan = sequences.build(kind, ARMS, calendar.period // DAYS_PER_WEEK, calendar.window)
    return tuple(tuple(int(treatment) for treatment, _ in segments) for segments in plan.segments)
