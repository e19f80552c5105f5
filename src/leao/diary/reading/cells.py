"""One cell of a diary: what it says, or ``Unread`` with what was wanted; an empty cell says nothing (None)."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from leao.diary.reading import lengths
from leao.diary.reading.words import LONGEST_CELL, bare, group, plain

LONGEST_HOURS = 96.0  # an end given as hours after the day's midnight
MILD_OF_TEN, MODERATE_OF_TEN = 3.0, 6.0  # 1-3 mild, 4-6 moderate, 7-10 severe: the usual cuts of a 0-10 scale
LARGEST_SEVERITY = 100.0
LARGEST_DOSE = 1_000.0  # mg; no day of any trial was near it
SAID_MISSING = ("missing", "ignore")  # what ``--say word=`` may mean for any cell
WHICH_UNIT = "hours or minutes?"
GRADES = ("none", "mild", "moderate", "severe")
_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?\s?m\.?|uhr|h)?|(\d{1,2})\s*([ap]\.?\s?m\.?|uhr|h)"
)
_OF = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s*(?:/|of|von|de|sur|su)\s*(3|4|5|10|100)")
_WORDED = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?\s*[-=:(–]\s*([^\d()]{2,20}?)\s*\)?")  # noqa: RUF001  ("2 (mild)")
_PARTED = re.compile(r"\s*[;,/+&|()\[\]]\s*|\s+-\s+|:\s+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DOSE = re.compile(r"(?:(\d{1,2})\s*[x×*]\s*)?(\d{1,6}(?:[.,]\d{1,6})?)\s*(mg|g)?(?:\s*[x×*]\s*(\d{1,2}))?")  # noqa: RUF001


class Unread(Exception):  # noqa: N818  (not an error of the program: the reader asks about the word)
    """A cell that says something nobody can read; the text says what was wanted."""


class Grade(float):
    """A severity that already is 0 none to 3 severe, whatever scale the numbers of the file have."""


class Ache(NamedTuple):
    """What a headache cell says: headache or none, its grade and kind where the words tell them."""

    headache: bool
    grade: Grade | None = None
    number: float | None = None
    migraine: bool = False
    aura: bool = False


class Dose(NamedTuple):
    """What a dose cell says: whether it was taken, and how much where it says so (mg of salt)."""

    taken: bool
    mg: float | None
    unit: bool = False  # whether the cell says mg itself


def is_missing(text: str) -> bool:
    """Return whether a cell says nothing: blank, n/a, ?, unknown, in six languages; a dash is not among them."""
    return not text.strip() or bare(text) in group("cells", "missing") or bare(text) in SAID_MISSING


def is_dash(text: str) -> bool:
    """Return whether a cell is a dash or a dot alone."""
    return plain(text) in group("cells", "dash")


def _word(text: str, wanted: str) -> str:
    if len(text) > LONGEST_CELL:
        raise Unread(f"a cell of {len(text)} characters, {wanted}")
    return bare(text)


def number(text: str) -> float | None:
    """Return a finite number, with a decimal point or comma; None where the cell is none."""
    word = plain(text).replace(",", ".")
    return float(word) if re.fullmatch(r"[+-]?\d{1,9}(\.\d{0,12})?", word) else None


def headache(text: str) -> Ache | None:
    """Return whether a cell says headache; its parts may add a grade and a kind (``severe migraine``)."""
    wanted = "wanted headache or free"
    word = _word(text, wanted)
    if is_missing(text):
        return None
    if is_dash(text):
        raise Unread("free, or not recorded?")
    value = _of_scale(word)
    if value is not None:
        return Ache(value > 0.0, number=value)
    simple = _ache(word)
    if simple is not None:
        return simple
    parts = [part for part in _PARTED.split(word) if part]
    if len(parts) == 1:
        parts = _adjective(word)
    read = [_ache(part) for part in parts]
    if len(parts) < 2 or any(part is None for part in read):
        raise Unread(wanted)
    return _joined([part for part in read if part is not None], wanted)


def _joined(parts: list[Ache], wanted: str) -> Ache:
    if len({part.headache for part in parts}) > 1:
        raise Unread(f"says both, {wanted}")
    grades = [part.grade for part in parts if part.grade is not None]
    return Ache(
        parts[0].headache, max(grades, default=None), None, any(p.migraine for p in parts), any(p.aura for p in parts)
    )


def _ache(word: str) -> Ache | None:
    """Return what one known word says of headache, or None."""
    word = word.strip(" .!")
    if word in group("headache", "free") or word in group("cells", "no"):
        return Ache(False)
    if word in group("headache", "headache") or word in group("cells", "yes"):
        aura = word in group("headache", "with_aura") or word in ("with aura", "aura")
        return Ache(True, migraine=word in group("headache", "migraine"), aura=aura)
    grade = severity_word(word)
    return None if grade is None else Ache(grade > 0.0, grade)


def _adjective(word: str) -> list[str]:
    """Return a word of severity and the rest, in either order."""
    head, _, rest = word.partition(" ")
    start, _, tail = word.rpartition(" ")
    if severity_word(head) is not None:
        return [head, rest]
    return [start, tail] if tail and severity_word(tail) is not None else [word]


def severity_word(word: str) -> Grade | None:
    """Return the grade that a word of severity means, or None."""
    return next((Grade(k) for k, name in enumerate(GRADES) if word in group("severity", name)), None)


def _of_scale(word: str) -> float | None:
    value = number(word)
    if value is not None:
        return value if 0.0 <= value <= 10.0 else None
    share = _OF.fullmatch(word)
    if share is None:
        return None
    given, whole = number(share[1]), float(share[2])
    return given if given is not None and given <= whole else None


def scale_in(text: str) -> str | None:
    """Return the scale that a cell such as ``3/10`` names, ``0-10``; None where it names none."""
    share = _OF.fullmatch(bare(text)) if len(text) <= LONGEST_CELL else None
    return None if share is None else f"0-{share[2]}"


def severity(text: str) -> float | None:
    """Return a number from 0 to 100 or a ``Grade``; None where the cell says nothing or only yes."""
    wanted = "wanted a number of the scale, or none, mild, moderate, severe"
    word = _word(text, wanted)
    if is_missing(text) or is_dash(text):
        return None
    grade = severity_word(word)
    if grade is not None:
        return grade
    if share := _OF.fullmatch(word):
        given = number(share[1])
        if given is None or given > float(share[2]):
            raise Unread(wanted)
        return Grade(of_three(given, f"0-{share[2]}"))
    value = number(word)
    if value is None and (both := _WORDED.fullmatch(word)) and (grade := severity_word(bare(both[1]))) is not None:
        return grade
    if value is None and word in group("cells", "yes"):
        return None
    if value is None or not 0.0 <= value <= LARGEST_SEVERITY:
        raise Unread(wanted)
    return value


def of_three(value: float, scale: str) -> float:
    """Return a value of a scale as none 0, mild 1, moderate 2, severe 3.

    Only the cuts of 0 to 10 are usual; 0 to 100 is cut in the same places, of 0 to 4 and 0 to 5 the words of the
    five-point verbal scales are taken (1 mild, 2 moderate, 3 and more severe; 1, 2 mild, 3 moderate, 4, 5 severe).
    """
    if value <= 0.0:
        return 0.0
    if scale == "0-3":
        return min(float(round(value)), 3.0)
    if scale == "0-4":
        return min(float(math.ceil(value)), 3.0)
    if scale == "0-5":
        return _cut(value, 2.0, 3.0)
    return _cut(value / 10.0 if scale == "0-100" else value, MILD_OF_TEN, MODERATE_OF_TEN)


def _cut(value: float, mild: float, moderate: float) -> float:
    """Return 1 up to ``mild``, 2 up to ``moderate``, 3 above."""
    if value <= mild:
        return 1.0
    return 2.0 if value <= moderate else 3.0


def flag(text: str, symptom: str | None = None) -> bool | None:
    """Return yes or no; a number or word of severity is yes above 0, and so is the name of the column's symptom."""
    wanted = "wanted yes or no"
    word = _word(text, wanted)
    if is_missing(text):
        return None
    if is_dash(text) or word in group("cells", "no"):
        return False
    if word in group("cells", "yes"):
        return True
    grade = severity_word(word)
    if grade is not None:
        return grade > 0.0
    if symptom is not None and {part for part in _PARTED.split(word) if part} <= group("symptoms", symptom):
        return True
    value = number(word)
    if value is None or not 0.0 <= value <= 10.0:
        raise Unread(wanted)
    return value > 0.0


def score(text: str, largest: float = 300.0) -> float | None:
    """Return the number of a questionnaire or a scale; None where the cell says nothing."""
    if is_missing(text) or is_dash(text):
        return None
    value = number(_word(text, "wanted a number"))
    if value is None or not 0.0 <= value <= largest:
        raise Unread("wanted a number")
    return value


def disability(text: str) -> float | None:
    """Return a number from 0 to 10, or 0 to 3 for a word."""
    value = severity(text)
    if value is not None and not isinstance(value, Grade) and value > 10.0:
        raise Unread("wanted a number from 0 to 3 or 0 to 10, or none, mild, moderate, severe")
    return value


def hour(text: str) -> float | None:
    """Return the hour of a time such as ``08:30``, ``8:30 pm`` or ``8.5``; hours beyond 24 are the next day's."""
    wanted = "wanted a time such as 08:30"
    word = _word(text, wanted)
    if is_missing(text) or is_dash(text):
        return None
    match = _CLOCK.fullmatch(word)
    if match and not (match[1] and "." in word and not match[4]):
        return _clock(match)
    value = number(word)
    if value is None or not 0.0 <= value <= LONGEST_HOURS:
        raise Unread(wanted)
    return value


def _clock(match: re.Match[str]) -> float:
    half = (match[4] or match[6] or "").replace(".", "").replace(" ", "")
    hours, minutes, seconds = int(match[1] or match[5]), int(match[2] or 0), int(match[3] or 0)
    if hours > 24 or minutes > 59 or seconds > 59 or (half in ("am", "pm") and not 1 <= hours <= 12):
        raise Unread("wanted a time that exists, such as 08:30")
    if half in ("am", "pm"):
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours + minutes / 60.0 + seconds / 3600.0


def length(text: str, unit: str | None) -> float | None:
    """Return a length in hours; a number needs its unit from the column's name or from ``--length``."""
    wanted = "wanted a length such as 4h, 6h 30m or 0:45"
    _word(text, wanted)
    if is_missing(text) or is_dash(text):
        return None
    if unit == "minutes" and _THOUSANDS.fullmatch(plain(text)):
        raise Unread("decimals or thousands?")
    value = lengths.hours(text, unit)
    if value is not None:
        return value
    if lengths.hours(text, "hours") is not None:
        raise Unread(WHICH_UNIT if unit is None else "hours and minutes, or minutes and seconds?")
    raise Unread(wanted)


def dose(text: str) -> Dose | None:
    """Return whether the day's dose was taken, and its mg where the cell gives a number."""
    wanted = "wanted yes, no or the mg taken, such as 10 mg"
    word = _word(text, wanted)
    if is_missing(text):
        return None
    if is_dash(text):
        raise Unread("not taken, or not recorded?")
    if word in group("dose", "taken") or (word in group("cells", "yes") and word != "1"):
        return Dose(True, None)
    if word in group("dose", "missed") or (word in group("cells", "no") and word != "0"):
        return Dose(False, None)
    match = _DOSE.fullmatch(word)
    amount = number(match[2]) if match else None
    if match is None or amount is None or (match[1] and match[4]):
        raise Unread(wanted)
    mg = amount * int(match[1] or match[4] or 1) * (1000.0 if match[3] == "g" else 1.0)
    if mg > LARGEST_DOSE:
        raise Unread(wanted)
    return Dose(mg > 0.0, mg, match[3] is not None)
