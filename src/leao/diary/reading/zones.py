"""Times in UTC to the patient's own: a day of headache is a day of the patient, not of Greenwich.

A time with another offset is the patient's local time as it stands, and its offset is not used. A time with Z or +00:00
may be either; it is turned into a zone that the file names or the user gives, else it is asked about.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leao.core.errors import ScenarioError
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.sheet import Sheet

LOCAL = "local"
_UTC = re.compile(r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d{1,9})?\s*(?:[Zz]|UTC|GMT|\+00:?00)")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def localised(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table with its times in UTC as local ones, where a zone is known."""
    wanted = mapping.utc or sheet.zone
    if wanted is None:
        return sheet
    zone = None if wanted == LOCAL else _zone(wanted)
    changed = 0
    rows: list[tuple[int, list[str]]] = []
    for row, texts in sheet.rows:
        read = [_local(text, zone) for text in texts]
        changed += read != texts
        rows.append((row, read))
    if not changed:
        return sheet
    by = "as you said" if mapping.utc else "by the schedules of medicines in the file; --utc says another"
    what = "taken as the patient's own" if zone is None else f"turned into {wanted}"
    return sheet._replace(rows=rows, understood=[*sheet.understood, f"times in UTC {what}, {by}"])


def _local(text: str, zone: tzinfo | None) -> str:
    match = _UTC.fullmatch(text.strip())
    if not match:
        return text
    written = match[1].replace("T", " ")
    if zone is None:
        return written
    try:
        moment = datetime.fromisoformat(written).replace(tzinfo=UTC)
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return text


def _zone(text: str) -> tzinfo:
    """Return the zone of an offset such as ``+01:00`` or a name such as ``Europe/Berlin``.

    Raises:
        ScenarioError: neither.
    """
    match = _OFFSET.fullmatch(text.strip())
    if match:
        minutes = 60 * int(match[2]) + int(match[3])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    elif re.fullmatch(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*", text.strip()):
        try:
            return ZoneInfo(text.strip())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise ScenarioError(
        f"--utc: found {text!r}, wanted local, an offset such as +01:00 or a zone such as Europe/Berlin"
    )
