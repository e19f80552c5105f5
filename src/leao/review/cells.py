"""One cell of a diary: what it says, or ``Unread`` with what was wanted; an empty cell says nothing."""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

EMPTY = ("", "na", "n/a", "nan", "null", "?", "missing", "unknown", "skipped")
YES = ("yes", "y", "true", "t", "x", "1", "\N{CHECK MARK}")
NO = ("no", "n", "false", "f", "0", "none", "free", "nothing")
WORDS = {
    "none": 0, "no": 0, "free": 0, "mild": 1, "light": 1, "slight": 1, "weak": 1, "moderate": 2, "medium": 2,
    "middle": 2, "severe": 3, "strong": 3, "bad": 3, "very severe": 3,
}  # fmt: skip
LONGEST_HOURS = 96.0  # an end given as hours after the day's midnight
MILD_OF_TEN, MODERATE_OF_TEN = 3.0, 6.0  # 1-3 mild, 4-6 moderate, 7-10 severe: the usual cuts of a 0-10 scale
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]m)?|(\d{1,2})\s*([ap]m)")
_MEDICINE_CUT = re.compile(r"\s*(?:[;,+|&]|\band\b)\s*")
_AMOUNT = re.compile(r"\s*\d+([.,]\d+)?\s*(mg|g|ml|x)?\b|\s*\(.*?\)")


class Unread(Exception):  # noqa: N818  (not an error of the program: the reader lists it with its row)
    """A cell that says something nobody can read; the text says what was wanted."""


class Grade(float):
    """A severity given in words: 0 none to 3 severe, whatever scale the numbers of the file have."""


class Dose(NamedTuple):
    """What a dose cell says: whether it was taken, and how much where it says so (mg of salt)."""

    taken: bool
    mg: float | None


def plain(text: str) -> str:
    """Return a cell without the spaces around and between, in lower case."""
    return " ".join(text.strip().lower().split())


def is_empty(text: str) -> bool:
    """Return whether a cell says nothing."""
    return plain(text) in EMPTY


def yes_no(text: str) -> bool | None:
    """Return yes or no; a number or word of severity is yes above 0."""
    word = plain(text)
    if word in EMPTY:
        return None
    if word in YES or word in NO:
        return word in YES
    if word in WORDS:
        return WORDS[word] > 0
    value = number(word)
    if value is None or not 0.0 <= value <= 10.0:
        raise Unread("wanted yes or no, a number from 0 to 10, or none, mild, moderate, severe")
    return value > 0.0


def number(text: str) -> float | None:
    """Return a finite number, with a decimal point or comma; None where the cell is none."""
    word = plain(text).replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{0,12})?", word):
        return None
    return float(word)


def scale(text: str) -> float | None:
    """Return a number from 0 to 10, or 0 to 3 for a word; None where the cell says nothing or only yes."""
    word = plain(text)
    if word in EMPTY or word in ("yes", "y", "true", "t", "x"):
        return None
    if word in WORDS:
        return Grade(WORDS[word])
    value = number(word)
    if value is None or not 0.0 <= value <= 10.0:
        raise Unread("wanted a number from 0 to 3 or 0 to 10, or none, mild, moderate, severe")
    return value


def of_three(value: float) -> float:
    """Return a 0-10 value as none 0, mild 1, moderate 2, severe 3."""
    if value <= 0.0:
        return 0.0
    if value <= MILD_OF_TEN:
        return 1.0
    return 2.0 if value <= MODERATE_OF_TEN else 3.0


def hour(text: str) -> float | None:
    """Return the hour of a time such as ``08:30``, ``8:30 pm`` or ``8.5``; hours beyond 24 are the next day's."""
    word = plain(text)
    if word in EMPTY:
        return None
    match = _CLOCK.fullmatch(word)
    if match and not (match[1] and "." in word and not match[4]):
        return _clock(match)
    value = number(word)
    if value is None or not 0.0 <= value <= LONGEST_HOURS:
        raise Unread("wanted a time such as 08:30")
    return value


def _clock(match: re.Match[str]) -> float:
    hours, half = int(match[1] or match[5]), match[4] or match[6]
    minutes, seconds = int(match[2] or 0), int(match[3] or 0)
    wrong = hours > 24 or minutes > 59 or seconds > 59 or (half and not 1 <= hours <= 12)
    if wrong:
        raise Unread("wanted a time that exists, such as 08:30")
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours + minutes / 60.0 + seconds / 3600.0


def dose(text: str) -> Dose | None:
    """Return whether the day's dose was taken, and its mg where the cell gives a number."""
    word = plain(text)
    if word in EMPTY:
        return None
    bare = word.removesuffix("mg").strip()
    if word in ("yes", "y", "true", "t", "x", "taken"):
        return Dose(True, None)
    if word in ("no", "n", "false", "f", "none", "missed", "forgotten"):
        return Dose(False, None)
    value = number(bare)
    if value is None or value < 0.0 or not math.isfinite(value):
        raise Unread("wanted yes, no or the mg taken, such as 10")
    return Dose(value > 0.0, value)


def medicines(text: str) -> tuple[list[str], list[str]]:
    """Return the classes of the acute medicines named in a cell, and the names that belong to none.

    ``yes`` and unknown names count as the class ``unknown``; ``no`` and an empty cell are no medicine.
    """
    word = plain(text)
    if word in EMPTY or word in NO:
        return [], []
    if word in YES:
        return ["unknown"], []
    known = _classes()
    if word in known:
        return [known[word]], []
    names = [_AMOUNT.sub("", part).strip() for part in _MEDICINE_CUT.split(word)]
    named = [name for name in names if name]
    found = {known.get(name, known.get(name.removesuffix("s"), "unknown")) for name in named}
    strange = [name for name in named if name not in known and name.removesuffix("s") not in known]
    return sorted(found or {"unknown"}), strange


@cache
def _classes() -> dict[str, str]:
    table = tomllib.loads((files("leao") / "review" / "medicines.toml").read_text("utf-8"))
    return {name: kind for kind, names in table.items() if isinstance(names, list) for name in names}
