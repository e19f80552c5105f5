"""What the patient gets: a calendar file (iCalendar, RFC 5545) and an empty diary with every day of the trial."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from leao.chain.n_of_1.calendar import Calendar
from leao.diary.reading.mapping import COLUMNS

_OCTETS = 75  # of a line, by RFC 5545
_STEP = timedelta(1)


def calendar_file(calendar: Calendar, key: str) -> str:
    """Return the calendar: boxes, the daily diary, looks. It says nothing of a box's content.

    Args:
        calendar: the days.
        key: tells this trial's entries from another's.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Leao//N-of-1 trial//EN", "CALSCALE:GREGORIAN"]
    stamp = f"{calendar.begin:%Y%m%d}T000000Z"
    for number, (first, _, last) in enumerate(calendar.boxes, start=1):
        text = f"Box {number} begins: take its capsules until {last}, then open the next"
        lines += _event(f"box-{number}-{key}", stamp, (first, first + _STEP), text)
    days = (calendar.last - calendar.begin).days + 1
    rule = [f"RRULE:FREQ=DAILY;COUNT={days}"]
    lines += _event(
        f"diary-{key}", stamp, (calendar.begin, calendar.begin + _STEP), "Headache diary: fill in today", rule
    )
    for number, day in enumerate(calendar.looks(), start=1):
        lines += _event(
            f"look-{number}-{key}", stamp, (day, day + _STEP), f"Send the diary to the clinic: look {number}"
        )
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def diary_file(calendar: Calendar) -> str:
    """Return the diary of ``leao review --template`` with the date of every day; empty is missing, not free."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for day in range((calendar.last - calendar.begin).days + 1):
        writer.writerow([calendar.begin + timedelta(day), *[""] * (len(COLUMNS) - 1)])
    return stream.getvalue()


def _event(uid: str, stamp: str, days: tuple[date, date], text: str, more: list[str] | None = None) -> list[str]:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return [
        "BEGIN:VEVENT", f"UID:{uid}@leao", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{days[0]:%Y%m%d}",
        f"DTEND;VALUE=DATE:{days[1]:%Y%m%d}", *(more or []), f"SUMMARY:{escaped}", "TRANSP:TRANSPARENT", "END:VEVENT",
    ]  # fmt: skip


def _folded(line: str) -> list[str]:
    """Return a line in pieces of at most 75 octets, each but the first after a blank."""
    pieces, rest = [], line
    while len(rest.encode()) > _OCTETS:
        cut = _OCTETS
        while len(rest[:cut].encode()) > _OCTETS:
            cut -= 1
        pieces.append(rest[:cut])
        rest = " " + rest[cut:]
    return [*pieces, rest]
