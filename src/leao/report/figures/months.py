"""The diary as a calendar on paper: a month a block, a day a square with its number, the week from Monday."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import timedelta
from html import escape

from leao.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from leao.report.figures.calendar import Days

SIDE, GAP, HEAD = 26, 2, 38  # pixels
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WIDTH = DAYS_PER_WEEK * SIDE
KINDS = ("blank", "free", "ache s1", "ache", "ache s3")


def draw(days: Days) -> list[str]:
    """Return one inline SVG for each month, the first first."""
    return [_month(days, title, start, place) for title, start, place in _blocks(days)]


def _blocks(days: Days) -> Iterator[tuple[str, range, int]]:
    """Yield the title, the days of the diary and the square of the first of them, for each month."""
    total = days.headache.size
    if days.numbered:
        for first in range(0, total, DAYS_PER_MONTH):
            shown = range(first, min(first + DAYS_PER_MONTH, total))
            yield f"{days.names[shown[0]]} to {days.names[shown[-1]].removeprefix('day ')}", shown, 0
        return
    first = 0
    while first < total:
        when = days.first + timedelta(first)
        left = monthrange(when.year, when.month)[1] - when.day + 1
        shown = range(first, min(first + left, total))
        yield when.strftime("%B %Y"), shown, when.replace(day=1).weekday() + when.day - 1
        first += left


def _month(days: Days, title: str, shown: range, place: int) -> str:
    """Return the SVG of one month: squares by kind, numbers, dots of acute medicine, lines of the dose."""
    squares: dict[str, list[str]] = {}
    numbers, pills, doses = [], [], []
    for k, day in enumerate(shown):
        row, column = divmod(place + k, DAYS_PER_WEEK)
        x, y = column * SIDE, HEAD + row * SIDE
        kind = _kind(days, day)
        squares.setdefault(kind, []).append(f"M{x} {y}h{SIDE - GAP}v{SIDE - GAP}h-{SIDE - GAP}z")
        dark = " i" if kind in ("ache", "ache s3") else ""
        numbers.append(f'<text class="n{dark}" x="{x + 3}" y="{y + 10}">{_number(days, day)}</text>')
        if days.acute[day]:
            pills.append(f'<circle class="pill{dark}" cx="{x + 17.5}" cy="{y + 14}" r="3.4"/>')
        if days.mg is not None and days.mg[day] > 0:
            over = " over" if days.over[day] else ""
            doses.append(f'<path class="dose{over}" d="M{x} {y + SIDE - GAP - 2.5}h{SIDE - GAP}v2.5h-{SIDE - GAP}z"/>')
        elif days.missed[day]:
            doses.append(f'<path class="missed" d="M{x + 8} {y + SIDE - GAP - 2.5}h8v2.5h-8z"/>')
    body = "".join(f'<path class="{kind}" d="{"".join(squares[kind])}"/>' for kind in KINDS if kind in squares)
    rows = (place + len(shown) - 1) // DAYS_PER_WEEK + 1
    height = HEAD + rows * SIDE
    week = (
        ""
        if days.numbered
        else "".join(f'<text class="n" x="{k * SIDE + 3}" y="{HEAD - 5}">{name}</text>' for k, name in enumerate(NAMES))
    )
    label = escape(f"{title}: {_alt(days, shown)}")
    head = f'<text class="month" x="0" y="15">{escape(title)}</text>'
    inside = f"{head}{week}{body}{''.join(doses)}{''.join(numbers)}{''.join(pills)}"
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{inside}</svg>'


def _kind(days: Days, day: int) -> str:
    state, severity = int(days.headache[day]), float(days.severity[day])
    if state < 1:
        return "blank" if state < 0 else "free"
    if severity < 1.5:
        return "ache s1"
    return "ache s3" if severity >= 2.5 else "ache"  # the middle, and where none is written


def _number(days: Days, day: int) -> str:
    return days.names[day].removeprefix("day ") if days.numbered else str((days.first + timedelta(day)).day)


def _alt(days: Days, shown: range) -> str:
    part = days.headache[shown.start : shown.stop]
    acute = int(days.acute[shown.start : shown.stop].sum())
    return f"{int((part == 1).sum())} headache days, {int((part < 0).sum())} missing, {acute} with acute medicine"
