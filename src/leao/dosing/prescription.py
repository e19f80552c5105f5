"""Prescription: from a regimen as people write it to the steps of a schedule.

Reads: parts as dose_words.py reads them, joined by ``then``, commas, semicolons or lines; ``nothing for 1 week``;
       ``stop``; ``taper by 5 mg per week``; ``increase by 5 mg weekly to 20 mg daily``; ``weeks 1-2: 5 mg daily``.
Writes: ``Schedule``. What is not understood is refused in one line; nothing is guessed.
"""

from __future__ import annotations

import math
import re
from datetime import date

from leao.core.errors import ScenarioError
from leao.core.units import parse as quantity
from leao.dosing import dose_words
from leao.dosing.dose_words import EXAMPLE, ORDER, amount, shown
from leao.dosing.schedule import LONGEST, Schedule, Step

_ROUNDING = 1e-9  # of a step; sums of written doses carry rounding
_BETWEEN = re.compile(
    r"[,;\n]?\s*(?<![a-z])(?:and\s+then|then|followed\s+by|afterwards|after\s+that)(?![a-z])\s*,?|\s*(?:->|=>|→)\s*|[;\n,]"
)
_DATE = re.compile(r"(?<![a-z])(?:from|starting(?:\s+on)?)\s+(\d{4}-\d{2}-\d{2})(?!\d)")
_PAUSE = re.compile(r"(?:stop|nothing|pause|none|off|no dose)(?P<rest>(?:\s+.*)?)")
_PER = r"(?:(?:per|every|each|a)\s+(?:(?P<count>\d+)\s+)?(?P<span>day|week|wk)s?|(?P<weekly>weekly))"
_TAPER = re.compile(
    rf"(?:taper|reduce|decrease|lower)(?:\s+it)?\s+by\s+(?P<amount>.+?)\s+{_PER}(?:\s+(?:to\s+(?:zero|nothing|0)|and\s+stop))?"
)
_RISE = re.compile(
    rf"(?:increase|raise|titrate|increasing|up)(?:\s+it)?\s+by\s+(?P<amount>.+?)\s+{_PER}\s+(?:up\s+)?to\s+(?P<top>.+)"
)
_BARE = re.compile(r"[-+.\deE]+\s*[^\s/,;]*")


def parse(text: str) -> Schedule:
    """Return the steps of a written prescription.

    Raises:
        OtherProduct: the extended-release capsules.
        ScenarioError: a part that is not understood, or steps that overlap or have no end.
    """
    raw = _BETWEEN.split(dose_words.plain(text))
    parts = _joined(_dated([part for piece in raw if (part := piece.strip(" ."))]))
    steps: list[Step] = []
    end: int | None = 0
    for part in parts:
        if (match := _TAPER.fullmatch(part)) is not None:
            added, end = _taper(match, steps, end, part), None
        elif (match := _RISE.fullmatch(part)) is not None:
            added, end = _rise(match, steps, end, part), None
        else:
            added, end = _placed(part, steps, end)
        steps += added
    return _checked(steps, end, text)


def read(text: str) -> Schedule:
    """Return the steps of a written prescription, in which a bare amount means once daily and may be 0 mg.

    Raises:
        ScenarioError: as ``parse``; a negative amount.
    """
    if not _BARE.fullmatch(text.strip()):
        return parse(text)
    value = quantity(text, "mg", what="dose")
    if not 0.0 <= value < float("inf"):
        raise ScenarioError(f"dose: found {text!r}, wanted 0 mg or more; write for example '10 mg'")
    return (Step(0, (value, 0.0)),)


def _checked(steps: list[Step], end: int | None, text: str) -> Schedule:
    if not any(step.per_day for step in steps):
        raise ScenarioError(f"dose: found {shown(text)}, wanted a dose; {EXAMPLE}")
    if end is not None and steps[-1].per_day:
        steps.append(Step(end, (0.0, 0.0)))
    if steps[-1].from_day > LONGEST:
        raise ScenarioError(
            f"dose: the last step begins on day {steps[-1].from_day}, wanted {LONGEST} at most; shorten it"
        )
    return tuple(steps)


def _joined(parts: list[str]) -> list[str]:
    """Return the parts with the amounts of one day's morning, noon and evening in one: ``5 mg qam, 10 mg qpm``."""
    joined: list[str] = []
    for part in parts:
        before, now = (dose_words.slots(joined[-1]) if joined else frozenset()), dose_words.slots(part)
        one_day = before and now and before | now <= {*ORDER} and not before & now
        if one_day and not dose_words.has_length(joined[-1]):
            joined[-1] = f"{joined[-1]} and {part}"
        else:
            joined.append(part)
    return joined


def _dated(parts: list[str]) -> list[str]:
    """Return the parts with every date as a day counted from the date of the first part."""
    dates = [_DATE.search(part) for part in parts]
    if not any(dates):
        return parts
    if dates[0] is None:
        raise ScenarioError(
            f"dose: {shown(parts[0])} has no date beside steps that have; write '{parts[0]} from 2026-12-01'"
        )
    first = _date(dates[0])
    return [
        part if match is None else part.replace(match[0], f"from day {(_date(match) - first).days}")
        for part, match in zip(parts, dates, strict=True)
    ]


def _date(match: re.Match[str]) -> date:
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        raise ScenarioError(f"dose: found {match[1]!r}, wanted a date that exists; write year-month-day") from None


def _placed(part: str, before: list[Step], end: int | None) -> tuple[list[Step], int | None]:
    """Return a step, with a gap before it where there is one, and the day on which it ends; None where it goes on."""
    pause = _PAUSE.fullmatch(part)
    words = dose_words.read_part(f"1 mg daily{pause['rest']}" if pause else part)  # a pause has a length like a dose
    start = _start(words.start, before, end, part)
    step = Step(start, (0.0, 0.0)) if pause else Step(start, words.intakes, words.every)
    gap = [Step(end, (0.0, 0.0))] if before and end is not None and start > end else []
    return [*gap, step], None if words.length is None else start + words.length


def _start(start: int | None, before: list[Step], end: int | None, part: str) -> int:
    if start is not None:
        least = end if end is not None else before[-1].from_day + 1
        if not least <= start <= LONGEST:
            raise ScenarioError(f"dose: {shown(part)} begins before the step ahead of it ends, on day {least}; move it")
        return start
    if end is None:
        raise ScenarioError(f"dose: the step before {shown(part)} has no end; add 'for 1 week' to it")
    return end


def _taper(match: re.Match[str], before: list[Step], end: int | None, part: str) -> list[Step]:
    """Return the steps downwards from the last dose to nothing."""
    if not before or end is None or before[-1].per_day == 0:
        raise ScenarioError(
            f"dose: {shown(part)} wants a dose before it that ends; write '20 mg daily for 8 weeks, then {part}'"
        )
    down, length = _pace(match, part)
    whole = before[-1]
    n_step = _steps_between(whole.per_day, down, length, part)
    steps = []
    for k in range(1, n_step + 1):
        left = max(0.0, whole.per_day - k * down) / whole.per_day
        steps.append(Step(end + (k - 1) * length, tuple(each * left for each in whole.intakes), whole.every))
    return [*steps[:-1], Step(steps[-1].from_day, (0.0, 0.0))]


def _rise(match: re.Match[str], before: list[Step], end: int | None, part: str) -> list[Step]:
    """Return the steps upwards from the last dose to the top, in the shape of the top's day."""
    top = dose_words.read_part(match["top"])
    up, length = _pace(match, part)
    whole = sum(top.intakes)
    if not before or top.length or top.start or not 0.0 < before[-1].per_day < whole:
        raise ScenarioError(
            f"dose: {shown(part)} wants a lower dose before it; write for example "
            "'5 mg daily, increase by 5 mg weekly to 20 mg daily'"
        )
    start = before[-1].from_day + length if end is None else end
    steps = []
    for k in range(1, _steps_between(whole - before[-1].per_day, up, length, part) + 1):
        share = min(whole, before[-1].per_day + k * up) / whole
        steps.append(Step(start + (k - 1) * length, tuple(each * share for each in top.intakes), top.every))
    return steps


def _pace(match: re.Match[str], part: str) -> tuple[float, int]:
    """Return by how much a dose changes, mg, and every how many days."""
    span = "week" if match["weekly"] else match["span"]
    return amount(match["amount"]), dose_words.days_of(match["count"] or "1", span, part)


def _steps_between(distance: float, step: float, length: int, part: str) -> int:
    if distance / step * length > LONGEST:
        raise ScenarioError(f"dose: {shown(part)} takes more than {LONGEST} days; take larger steps")
    return math.ceil(distance / step - _ROUNDING)
