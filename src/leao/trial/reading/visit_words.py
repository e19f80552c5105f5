"""A visit's words: is it the baseline, a planned visit, an early end, an extra one, or after treatment? And when?"""

from __future__ import annotations

import re
from typing import NamedTuple

from leao.trial.reading.visit_languages import in_english

BEFORE, PLANNED, EARLY, EXTRA, AFTER, DERIVED = (
    "before",
    "planned",
    "early termination",
    "unscheduled",
    "follow-up",
    "derived",
)
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_DAYS = {"d": 1.0, "w": 7.0, "m": 365.25 / 12.0}  # of a unit, to put visits in their order
_TIMED = re.compile(
    r"(?P<unit>months?|mth|weeks?|wk|days?|visits?|periods?|cycles?|[vwmdt])"
    r"(?:-|[\s._]*)(?P<at>(?<!\w)-?\d+(?:\.\d+)?|\d+(?:\.\d+)?)"  # week-4 is week 4, week -4 is before the first
    r"(?:\s*(?:-|to|–)\s*(?P<end>-?\d+))?(?:\s*\(.*\))?"
)
_HYPHENED = re.compile(r"[dw]-\d")  # D-7: day 7, or a week before the first day?
_TIMED_AFTER = re.compile(
    r"(?P<at>-?\d+(?:\.\d+)?)(?:\s*(?:-|to|–)\s*(?P<end>-?\d+))?[\s._-]*(?P<unit>months?|mth|weeks?|wk|days?|[wmd])"
)
_MARK = "x"  # alone it marks something, and is no tenth visit
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = re.compile(rf"(?P<unit>(?:months?|weeks?|visits?|periods?|cycles?)[\s._-]+)?(?P<at>{'|'.join(_NUMERALS)})")
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (EXTRA, re.compile(r"unsch|unplan|\buns?\b|\bunsch?\b|interim|extra\b|repeat")),
    (EARLY, re.compile(r"early|terminat|discontin|withdr[ae]w|premature|\bet\b|\bed\b|drop.?out|left study")),
    (AFTER, re.compile(r"follow|\bf/?u\b|\bfu\d*\b|wash.?out|post.?(treat|stud|trial)|safety|taper|"
                       r"extension|open.label")),
    (DERIVED, re.compile(r"locf|bocf|end.?point|last (visit|obs)|end of (treat|stud|trial)|\beot\b|\beos\b|"
                         r"average|overall|mean\b")),
    (BEFORE, re.compile(r"base.?line|\bbl\b|screen|\bscr\b|run.?in|pre.?treat|^pre\b|"
                        r"randomi[sz]ation|before|prospective")),
)  # fmt: skip

_FIRST_DAY = -0.5  # after a screening (-1), before what is called baseline (0)
_END = re.compile(r"end of (treatment|study|trial)|eot|eos|final( visit)?|completion")
_BOTH = re.compile(
    r"(?P<first>(months?|weeks?|days?|visits?|[vwmd])[\s._-]*\d+)\s*[/(,;:-]\s*"
    r"(?P<rest>end of (treatment|study|trial)|eot|eos|final( visit)?|completion|et|ed|early.*|.*terminat.*|"
    r".*withdraw.*)\)?"
)


class Word(NamedTuple):
    """What a visit's word says: its kind, when it is, in which unit, and the unit's days it covers."""

    kind: str
    at: float | None = None  # in its unit; in days where units are mixed
    unit: str = ""
    span: float | None = None  # days, where the word names its beginning and end


def _in_digits(word: str) -> str:
    """Return a visit counted in Roman numerals (``visit III``, ``IV``) in digits; another word as it stands."""
    roman = _ROMAN.fullmatch(word)
    if roman is None or word == _MARK:
        return word
    return f"{roman['unit'] or ''}{_NUMERALS.index(roman['at']) + 1}"


def parse(text: str) -> Word | None:
    """Return what a visit's word says; None where it is not understood."""
    word = _in_digits(in_english(text.replace("\u2212", "-")))
    if _NUMBER.fullmatch(word):
        at = float(word.replace(",", "."))
        return Word(BEFORE if at <= 0.0 else PLANNED, at)
    both = _BOTH.fullmatch(word)
    if both is not None:  # "week 12 / end of treatment" is planned; "week 12 / ET" holds two kinds of visit: asked
        return parse(both["first"]) if _END.fullmatch(both["rest"]) else None
    for kind, pattern in _WORDS:
        if pattern.search(word):
            order = -1.0 if re.search(r"screen|\bscr\b", word) else 0.0
            return Word(kind, order if kind == BEFORE else None)
    timed = _TIMED.fullmatch(word) or _TIMED_AFTER.fullmatch(word)
    if timed is None or _HYPHENED.match(word):
        return None
    unit = timed["unit"][0]
    first, last = float(timed["at"]), float(timed["end"] or timed["at"])
    counted = timed["end"] is not None and unit in _DAYS and not first < 0.0 <= last  # there is no week 0 to count
    span = None if not counted else (last - first + 1.0) * _DAYS[unit]
    if unit == "d" and last == 1.0:  # the first day of treatment: a visit then is the baseline
        return Word(BEFORE, _FIRST_DAY, unit)
    return Word(BEFORE if last <= 0.0 else PLANNED, last, unit, span)


def days(word: Word) -> float | None:
    """Return when a visit is in days, to put visits of different units in their order; None where no unit says it."""
    return None if word.at is None or word.unit not in _DAYS else word.at * _DAYS[word.unit]
