"""The calendar of a diary: a column per week, headache by severity, doses beneath, the predicted level over it."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from leao.report.words import number

WIDTH, LEFT, RIGHT = 1080, 58, 8
LEVEL, GAP, DOSE, FOOT = 64, 12, 30, 20  # heights, pixels
BAND_WEEKS, LEAST_WEEKS, TALLEST = 53, 18, 17
MOVED = 30.0  # pixels a label may stand from its place
DAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")


class Days(NamedTuple):
    """What is drawn, each (day,) unless said."""

    first: date
    numbered: bool
    names: list[str]  # what the file calls each day where they are numbered
    headache: NDArray[np.int8]  # -1 missing
    severity: NDArray[np.float64]  # NaN where not known
    acute: NDArray[np.bool_]
    mg: NDArray[np.float64] | None  # taken; None without any dose
    missed: NDArray[np.bool_]
    over: NDArray[np.bool_]  # above the ceiling
    level: NDArray[np.float64] | None  # (3, day), ng/mL


def draw(days: Days) -> list[str]:
    """Return the calendar as inline SVG, one band for each year begun."""
    offset = 0 if days.numbered else days.first.weekday()
    weeks = -(-(offset + days.headache.size) // DAYS_PER_WEEK)
    top = None if days.level is None else max(float(days.level.max()), 1e-9)
    bands = range(0, weeks, BAND_WEEKS)
    return [_band(days, offset, (first, min(first + BAND_WEEKS, weeks)), top) for first in bands]


def _band(days: Days, offset: int, weeks: tuple[int, int], top: float | None) -> str:
    column = (WIDTH - LEFT - RIGHT) / max(weeks[1] - weeks[0], LEAST_WEEKS)
    side = min(column, TALLEST)
    head = LEVEL + GAP if top else 0
    shown = range(max(0, weeks[0] * DAYS_PER_WEEK - offset), min(days.headache.size, weeks[1] * DAYS_PER_WEEK - offset))
    place = _Place(weeks[0], offset, column, side, head)
    parts = [_cell(days, day, place) for day in shown] + _weekdays(days, place) + _months(days, shown, place)
    height = head + DAYS_PER_WEEK * side + FOOT + 4
    if days.mg is not None:
        parts += _doses(days, shown, place, height)
        height += DOSE
    if top and days.level is not None:
        parts += _level(days.level, shown, place, top)
    alt = _alt(days, shown)
    body = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(alt)}">{body}</svg>'


class _Place(NamedTuple):
    first_week: int
    offset: int
    column: float
    side: float
    head: float

    def x(self, day: float) -> float:
        """Return the left edge of a day on the running scale of weeks."""
        return LEFT + ((day + self.offset) / DAYS_PER_WEEK - self.first_week) * self.column

    def cell(self, day: int) -> tuple[float, float]:
        """Return the corner of a day's cell."""
        week, weekday = divmod(day + self.offset, DAYS_PER_WEEK)
        return LEFT + (week - self.first_week) * self.column, self.head + weekday * self.side


def _kind(state: int, severity: float) -> str:
    if state <= 0:
        return "blank" if state < 0 else "free"
    return "ache" if np.isnan(severity) else f"ache s{severity:.0f}"


def _cell(days: Days, day: int, place: _Place) -> str:
    x, y = place.cell(day)
    width, height = place.column - 1.5, place.side - 1.5
    kind = _kind(int(days.headache[day]), days.severity[day])
    title = escape(_says(days, day))
    shape = f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2">'
    text = f"{shape}<title>{title}</title></rect>"
    if days.acute[day]:
        text += (
            f'<circle class="pill" cx="{x + width / 2:.1f}" cy="{y + height / 2:.1f}" r="{min(2.4, width / 4):.1f}"/>'
        )
    return text


def _says(days: Days, day: int) -> str:
    when = days.names[day] if days.numbered else (days.first + timedelta(day)).strftime("%a %-d %b %Y")
    what = ("missing", "free", "headache")[int(days.headache[day]) + 1]
    grade = (
        "" if days.headache[day] != 1 or np.isnan(days.severity[day]) else f", severity {days.severity[day]:.0f} of 3"
    )
    medicine = ", acute medicine" if days.acute[day] else ""
    dose = "" if days.mg is None else f", {days.mg[day]:g} mg"
    return f"{when}: {what}{grade}{medicine}{dose}"


def _weekdays(days: Days, place: _Place) -> list[str]:
    if days.numbered:
        return []
    return [
        f'<text class="tick e" x="{LEFT - 7}" y="{place.head + (k + 0.75) * place.side:.1f}">{name}</text>'
        for k, name in enumerate(DAYS)
        if name
    ]


def _months(days: Days, shown: range, place: _Place) -> list[str]:
    """Return the names of the months under the columns in which they begin, or every fourth week's day number."""
    y = place.head + DAYS_PER_WEEK * place.side + 14
    values, last = [], -1e9
    for day in shown:
        when = days.first + timedelta(day)
        begins = (day % DAYS_PER_MONTH == 0) if days.numbered else (when.day == 1 or day == shown.start)
        x, _ = place.cell(day)
        if begins and x - last > 34:
            year = " %Y" if when.month == 1 or day == shown.start else ""
            name = days.names[day] if days.numbered else when.strftime(f"%b{year}")
            values.append(f'<text class="tick" x="{x:.1f}" y="{y:.1f}">{name}</text>')
            last = x + (34 if year else 0)
    return values


def _doses(days: Days, shown: range, place: _Place, top: float) -> list[str]:
    """Return bars of the daily dose, a mark on missed days, and the amount where it changes."""
    mg = np.zeros(days.headache.size) if days.mg is None else days.mg
    most = max(float(mg.max()), 1e-9)
    base = top + DOSE - 12
    rows = [f'<text class="tick e" x="{LEFT - 7}" y="{base:.1f}">mg/day</text>']
    wide = place.column / DAYS_PER_WEEK
    for day in shown:
        x = place.x(day)
        if mg[day] > 0:
            tall = 14 * mg[day] / most
            kind = "dose over" if days.over[day] else "dose"
            corner = f'x="{x:.2f}" y="{base - tall:.2f}" width="{wide + 0.05:.2f}" height="{tall:.2f}"'
            rows.append(f'<rect class="{kind}" {corner}/>')
        elif days.missed[day]:
            rows.append(f'<rect class="missed" x="{x:.2f}" y="{base - 3:.2f}" width="{wide:.2f}" height="3"/>')
    return rows + _amounts(np.where(days.missed, np.nan, mg), shown, place, base + 12)


def _amounts(taken: NDArray[np.float64], shown: range, place: _Place, y: float) -> list[str]:
    """Return the daily amount where it changes; one that would lie on the one before moves to its right."""
    values, before, end = [], 0.0, -1e9
    for day in shown:
        if np.isnan(taken[day]) or taken[day] == before:
            continue
        before = float(taken[day])
        text = f"{before:g} mg" if before else "none"
        x = max(place.x(day), end)
        end = x + 7.0 * len(text) + 5.0
        if x - place.x(day) < MOVED and end < WIDTH:
            values.append(f'<text class="tick" x="{x:.1f}" y="{y:.1f}">{text}</text>')
    return values


def _level(level: NDArray[np.float64], shown: range, place: _Place, top: float) -> list[str]:
    """Return the band and the median of the predicted plasma level above the columns."""
    x = [place.x(day + 0.5) for day in shown]
    low, middle, high = (LEVEL - (LEVEL - 12) * level[k, shown.start : shown.stop] / top for k in range(3))
    line = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, middle, strict=True))
    over = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, high, strict=True))
    under = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x[::-1], low[::-1], strict=True))
    end = level[1, shown.stop - 1]
    peak = int(np.argmax(level[1, shown.start : shown.stop]))
    label = f"{number(float(level[1, shown.start + peak]))} ng/mL"
    near = min(max(x[peak], LEFT + 30), WIDTH - RIGHT - 40)
    return [
        f'<path class="axis" d="M{LEFT} {LEVEL}H{WIDTH - RIGHT}"/>',
        f'<path class="band" d="M{over}L{under}Z"/><path class="level" d="M{line}"/>',
        f'<text class="tick e" x="{LEFT - 7}" y="{LEVEL}">level</text>',
        f'<text class="label m" style="fill: var(--drug)" x="{near:.1f}" y="{middle[peak] - 5:.1f}">{label}</text>'
        if end >= 0
        else "",
    ]


def _alt(days: Days, shown: range) -> str:
    part = days.headache[shown.start : shown.stop]
    text = f"Calendar of {len(shown)} days: {int((part == 1).sum())} with headache, {int((part == 0).sum())} free, "
    text += f"{int((part < 0).sum())} missing"
    return f"{text}; doses beneath, predicted level above." if days.mg is not None else f"{text}."
