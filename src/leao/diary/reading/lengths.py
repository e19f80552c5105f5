"""Lengths of time as people and apps write them: ``4h``, ``06h 00m``, ``1d 02h``, ``6:30``, ``90 min``, ``PT2H30M``."""

from __future__ import annotations

import re

from leao.core.units import HOURS_PER_DAY
from leao.diary.reading.words import plain

HOURS = {"hours": 1.0, "minutes": 1.0 / 60.0, "days": HOURS_PER_DAY}
LONGEST = 2_400.0  # h; 100 days: longer is a slip of the pen or another unit
_NUMBER = r"\d{1,6}(?:[.,]\d{1,6})?"
_DAYS = r"(?:d|days?|tage?n?|dias?|jours?|j|giorn[oi])"
_HOURS = r"(?:h|hrs?|hours?|std|stunden?|stdn|horas?|hs|heures?|or[ae]|uur)"
_MINUTES = r"(?:m|mins?|minutes?|minuten?|minutos?|minut[oi]|')"
_SECONDS = r"(?:s|secs?|seconds?)"
_PARTS = re.compile(
    rf"(?:({_NUMBER})\s*{_DAYS}\.?)?[\s,]*(?:and|und|y|et|e)?\s*(?:({_NUMBER})\s*{_HOURS}\.?)?[\s,]*(?:and|und|y|et|e)?\s*"
    rf"(?:({_NUMBER})\s*{_MINUTES}\.?)?\s*(?:\d{{1,6}}\s*{_SECONDS}\.?)?"
)
_HOUR_MINUTE = re.compile(rf"(\d{{1,4}})\s*{_HOURS}\.?\s*(\d{{1,2}})()")  # 4h30
_CLOCK = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2}))?\s*(?:h|hrs?|std|hours?|stunden|horas|heures|ore)?")
_ISO = re.compile(r"p(?:(\d{1,5})d)?(?:t(?:(\d{1,6}(?:\.\d{1,6})?)h)?(?:(\d{1,6}(?:\.\d{1,6})?)m)?(?:[\d.]{1,9}s)?)?")
_HALF = {"½": ".5", "¼": ".25", "¾": ".75"}  # noqa: RUF001


def hours(text: str, unit: str | None = None) -> float | None:
    """Return a length in hours, or None where it does not read as one.

    Args:
        text: the cell.
        unit: one of ``HOURS`` for a number without a unit; None where none is known, and then it does not read.
    """
    length = _hours(text, unit)
    return None if length is None or length > LONGEST else length


def _hours(text: str, unit: str | None) -> float | None:
    for sign, decimals in _HALF.items():
        text = re.sub(rf"(\d)\s*{sign}", rf"\g<1>{decimals}", text)
        text = re.sub(rf"\s*{sign}", f"0{decimals}", text)  # no digit before it: "½ h" is 0.5 h
    word = plain(text).strip(" .")
    if not any(sign.isdigit() for sign in word):
        return None
    if re.fullmatch(_NUMBER, word):
        return None if unit is None else _float(word) * HOURS[unit]
    if unit == "minutes" and _CLOCK.fullmatch(word):  # hours and minutes, or minutes and seconds?
        return None
    if clock := (_CLOCK.fullmatch(word) or _HOUR_MINUTE.fullmatch(word)):
        minutes, seconds = int(clock[2]), int(clock[3] or 0)
        return int(clock[1]) + minutes / 60.0 + seconds / 3600.0 if minutes < 60 and seconds < 60 else None
    if iso := _ISO.fullmatch(word):
        return HOURS_PER_DAY * float(iso[1] or 0) + float(iso[2] or 0) + float(iso[3] or 0) / 60.0
    parts = _PARTS.fullmatch(word)
    if parts is None or not any(parts.groups()):
        return None
    return HOURS_PER_DAY * _float(parts[1]) + _float(parts[2]) + _float(parts[3]) / 60.0


def has_unit(text: str) -> bool:
    """Return whether a cell reads as a length by itself, with its unit or as hours and minutes."""
    return hours(text) is not None


def _float(text: str | None) -> float:
    return float((text or "0").replace(",", "."))
