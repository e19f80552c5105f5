"""Dose words: one part of a written prescription, from words to the intakes of a day.

Reads: "5 mg in the morning and 10 mg at night x 7 days", "10 mg q12h", "10-0-10 mg", "10 mg every other day".
Writes: ``Part``: the amounts of a day in mg of salt, every how many days, how long, from which day.
A word that is not listed here makes the part one that is not understood: nothing is skipped over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.core.units import parse as quantity
from leao.dosing.schedule import LONGEST

EXAMPLE = "write for example '10 mg daily' or '5 mg daily for 1 week, then 10 mg daily'"
LONGEST_TEXT = 600  # characters
DAYS = {"day": 1, "week": 7, "wk": 7}
COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12}

MORNING, NOON, EVENING, TWICE, ONCE, DIVIDED = "morning", "noon", "evening", "twice", "once", "divided"
TIMES = {"three": 3, "four": 4, "six": 6}  # intakes a day by the name of the group that finds them
SHARES = {"thirds": 3, "quarters": 4}  # of an amount a day
ORDER = (MORNING, NOON, EVENING)  # of four places, the last the night's
_A_DAY = r"(?:daily|(?:an?|per|each|every)\s+day)"
_DOSES = r"(?:equal\s+|divided\s+|separate\s+)*(?:doses|intakes|parts)"
# Phrases by what they say of a day, longer ones first where one begins with another.
_SLOTS = (
    (
        DIVIDED,
        rf"(?:divided\s+)?(?:in|into|as)\s+(?:two|2)\s+{_DOSES}|divided",
    ),
    ("thirds", rf"(?:divided\s+)?(?:in|into|as)\s+(?:three|3)\s+{_DOSES}"),
    ("quarters", rf"(?:divided\s+)?(?:in|into|as)\s+(?:four|4)\s+{_DOSES}"),
    (
        "three",
        rf"tid|tds|thrice(?:\s+{_A_DAY})?|(?:(?:three|3)\s+times|3\s*x)\s*{_A_DAY}|(?:q|every)\s*8\s*h(?:rs?|ours?)?",
    ),
    ("four", rf"qid|qds|(?:(?:four|4)\s+times|4\s*x)\s*{_A_DAY}|(?:q|every)\s*6\s*h(?:rs?|ours?)?"),
    ("six", rf"(?:(?:six|6)\s+times|6\s*x)\s*{_A_DAY}|(?:q|every)\s*4\s*h(?:rs?|ours?)?"),
    (NOON, r"(?:at\s+)?(?:noon|midday|lunch(?:time)?)|(?:with|after|before)\s+lunch|in\s+the\s+afternoon"),
    (TWICE, rf"(?:twice|(?:two|2)\s+times|2\s*x)\s*{_A_DAY}|bid|bd|(?:q|every)\s*12\s*h(?:rs?|ours?)?|twice"),
    (MORNING, r"(?:in the|every|each)\s+mornings?|mornings?|q\s*am|mane|(?:with|at|before|after)\s+breakfast"),
    (
        EVENING,
        r"(?:in the|every|each)\s+(?:evening|night)s?|(?:at\s+)?(?:bedtime|night)|(?:once\s+)?nightly|evenings?|nights|"
        r"before\s+bed|nocte|q\s*hs|hs|q\s*pm|(?:with|at|before|after)\s+(?:dinner|supper)",
    ),
    (
        ONCE,
        rf"(?:(?:once|one\s+time|1\s*x)\s*)?{_A_DAY}|od|qd|(?:q|every)\s*24\s*h(?:rs?|ours?)?|once",
    ),
)  # fmt: skip
_SLOT = re.compile("|".join(rf"(?P<{slot}>(?<![a-z])(?:{phrase})(?![a-z]))" for slot, phrase in _SLOTS))
_EVERY = (
    (
        2,
        r"(?:every|each)\s+(?:other|second|2nd)\s+day|(?:on\s+)?alternate\s+days|qod|(?:q|every)\s*48\s*h(?:ours?)?|"
        r"every\s+(?:2|two)\s+days",
    ),
    (3, r"every\s+(?:third|3rd)\s+day|every\s+(?:3|three)\s+days|(?:q|every)\s*72\s*h(?:ours?)?"),
    (7, r"once\s+(?:an?|per)\s+week|once\s+weekly|weekly|every\s+week|every\s+(?:7|seven)\s+days"),
)  # fmt: skip
_SCHEME = re.compile(
    r"(?:(?P<each>\d[\d.]*\s*[a-z]+)\s+)?(?P<counts>\d+(?:\.\d+)?(?:\s*-\s*\d+(?:\.\d+)?){2,3})(?:\s*(?P<unit>[a-z]+))?(?:\s+daily)?"
)
_SPAN = r"(?P<span>day|week|wk|month)s?"
_LASTS = re.compile(
    rf"\s*(?<![a-z0-9])(?:for|during|over|x)\s*(?:the\s+first\s+)?(?P<count>\d+|{'|'.join(COUNTS)})\s*-?\s*{_SPAN}$"
)
_FROM = re.compile(r"\s*(?<![a-z])(?:from|starting(?:\s+on)?)\s+day\s+(?P<start>\d+)$")
_RANGE = r"(?:weeks?|wks?)\s*(?P<first>\d+)(?:\s*(?:-|to|and)\s*(?P<last>\d+)|\s*(?P<on>\+|on(?:wards?)?))?"
_AFTER = _RANGE.replace("first", "first2").replace("last", "last2").replace("<on>", "<on2>")
_WEEKS = re.compile(rf"^(?:(?:in|from|during)\s+)?{_RANGE}\s*:?\s+|\s+(?:(?:in|from|during)\s+)?{_AFTER}$")
_UNSURE = re.compile(  # a single dose or once a day; any dose below it
    r"(?<![a-z])once(?!\s*(?:daily|an?\b|per|each|every|in\b|at\b|with\b|before|after|nightly|weekly|on\b|q|morning|evening))"
    r"|(?<![a-z])(?:up|max(?:imum)?)\s+to(?![a-z])|(?<![a-z])(?:at most|at least|about|around)(?![a-z])"
)
_FILLER = re.compile(
    r"(?<![a-z0-9])(?:memantine|memantin|memantina|namenda|ebixa|axura|hydrochloride|hydrochlorid|hcl|po|by\s+mouth|orally|oral|"
    r"take|give|tablets?|tabs?|film-coated|immediate[- ]release|with(?:out)?\s+food|thereafter|indefinitely|ongoing|"
    r"continuously|continue(?:\s+(?:with|at|on))?|(?:increase|increasing|reduce|raise)\s+to|start(?:ing)?\s+(?:with|at)|start)(?![a-z0-9])"
)
_OTHER_PRODUCT = re.compile(r"(?<![a-z0-9])(?:xr|er|extended[- ]release|namzaric|capsules?|caps?)(?![a-z0-9])")
_TABLETS = re.compile(r"(?:\d+(?:[.,/⁄]\d+)?|one|two|three|half(?:\s+an?)?|an?)\s*(?:tablets?|tabs?|pills?)\b")
_NO_REGIMEN = re.compile(
    r"(?<![a-z0-9])(?:iv|intravenous(?:ly)?|im|sc|subcutaneous(?:ly)?|nasal(?:ly)?|infusion|inject(?:ed|ions?)|rectal(?:ly)?|"
    r"prn|(?:as|when|if)\s+needed|patch)(?![a-z0-9])"
)


class OtherProduct(ScenarioError):
    """The text names the extended-release capsules, which these schedules and rules do not cover."""


class Part(NamedTuple):
    """One step as written."""

    intakes: tuple[float, ...]  # mg of salt at times evenly apart: morning and evening, or more
    every: int  # days from one such day to the next
    start: int | None  # day, the first is 0; None where it follows the step before
    length: int | None  # days; None where it goes on


def plain(text: str) -> str:
    """Return a prescription in lower case, with decimal points, without the words that change nothing.

    Raises:
        OtherProduct: the extended-release capsules.
        ScenarioError: too long, another route or as needed, or a comma that may be of thousands.
    """
    if len(text) > LONGEST_TEXT:
        raise ScenarioError(f"dose: found {len(text)} characters, wanted {LONGEST_TEXT} at most; {EXAMPLE}")
    word = unicodedata.normalize("NFKC", text).lower().replace("×", "x").replace("–", "-").replace("\u03bc", "u")
    word = re.sub(r"\b(?:[a-z]\.){2,}", lambda match: match[0].replace(".", ""), word)  # b.i.d.
    if re.search(r"\d,\d{3}(?!\d)", word):
        raise ScenarioError(f"dose: found {shown(text)}; is the comma a decimal one? write the number with a point")
    word = re.sub(r"(?<=\d),(?=\d)", ".", word)
    word = re.sub(r"\s*/\s*(?:day|d|24\s*h)(?![a-z])", " daily", word)
    if match := _OTHER_PRODUCT.search(word):
        raise OtherProduct(
            "dose: extended-release memantine (Namenda XR: capsules of 7, 14, 21 and 28 mg, once daily, at most 28 mg) "
            "is another product; mg for mg it is not the immediate-release tablet, which alone is checked here"
        )
    if match := _NO_REGIMEN.search(word):
        raise ScenarioError(f"dose: found {match[0]!r}, wanted tablets taken by mouth at set times; {EXAMPLE}")
    if (match := _TABLETS.search(word)) and not re.search(r"\d\s*m?g\b", word):
        raise ScenarioError(f"dose: found {match[0]!r} without a strength, wanted mg; {EXAMPLE}")
    return " ".join(_FILLER.sub(" ", word.replace("(", " ").replace(")", " ")).split())


def read_part(text: str) -> Part:
    """Return one step of a prescription.

    Raises:
        ScenarioError: a word or an amount that is not understood.
    """
    if match := _UNSURE.search(text):
        raise ScenarioError(f"dose: found {match[0].strip()!r}, wanted what is taken, and how often; {EXAMPLE}")
    left, start, length = _when(text)
    every = 1
    for days, phrase in _EVERY:
        shorter, n_found = re.subn(rf"(?<![a-z])(?:{phrase})(?![a-z])", " ", left)
        if n_found:
            every, left = days, f"{shorter} once" if not slots(shorter) else shorter
    return Part(_intakes(" ".join(left.split()), text), every, start, length)


def slots(text: str) -> frozenset[str]:
    """Return what a part says of the times of a day."""
    return frozenset(str(match.lastgroup) for match in _SLOT.finditer(text))


def has_length(text: str) -> bool:
    """Return whether a part says how long it lasts or when it begins."""
    return bool(_LASTS.search(text) or _FROM.search(text) or _WEEKS.search(text))


def amount(text: str) -> float:
    """Return an amount in mg of salt, more than 0.

    Raises:
        ScenarioError: no such amount.
    """
    value = quantity(text, "mg", what="dose")
    if not 0.0 < value < float("inf"):
        raise ScenarioError(f"dose: found {shown(text)}, wanted more than 0 mg; {EXAMPLE}")
    return value


def days_of(count: str | None, span: str, text: str) -> int:
    """Return a length in days.

    Raises:
        ScenarioError: a month, or more days than a plan may have.
    """
    if span == "month":
        raise ScenarioError(f"dose: {shown(text)}: a month has 28 to 31 days; write days or weeks")
    number = COUNTS.get(count or "a") or int(count or 1)
    length = number * DAYS[span] if number <= LONGEST else LONGEST + 1
    if not 1 <= length <= LONGEST:
        raise ScenarioError(f"dose: {shown(text)} lasts {count} {span}s, wanted 1 to {LONGEST} days")
    return length


def shown(text: str, most: int = 60) -> str:
    """Return a text as an error quotes it: on one line, shortened."""
    return repr(text if len(text) <= most else text[:most] + "...")


def _when(text: str) -> tuple[str, int | None, int | None]:
    """Return a part without its dates, the day it begins on and the days it lasts, where it says so."""
    if match := _WEEKS.search(text):
        group = {key: match[key] or match[f"{key}2"] for key in ("first", "last", "on")}
        first = _whole(group["first"], text)
        last = _whole(group["last"], text) if group["last"] else first
        if not 1 <= first <= last <= LONGEST // DAYS["week"]:
            raise ScenarioError(f"dose: {shown(text)}: weeks are counted from 1 and in order; mend them")
        length = None if group["on"] else (last - first + 1) * DAYS["week"]
        return text[: match.start()] + " " + text[match.end() :], (first - 1) * DAYS["week"], length
    start = length = None
    for _ in range(2):  # "for 2 weeks from day 28" or the other way round
        if length is None and (match := _LASTS.search(text)):
            length, text = days_of(match["count"], match["span"], text), text[: match.start()]
        if start is None and (match := _FROM.search(text)):
            start, text = _whole(match["start"], text), text[: match.start()]
    return text, start, length


def _whole(digits: str, text: str) -> int:
    if len(digits) > len(str(LONGEST)):
        raise ScenarioError(f"dose: {shown(text)}: wanted {LONGEST} days at most; shorten it")
    return int(digits)


def _intakes(text: str, part: str) -> tuple[float, ...]:
    if match := _SCHEME.fullmatch(text):
        return _scheme(match, part)
    doses = [_dose(piece) for piece in re.split(r"\s*,?\s+(?:and|plus|&)\s+|\s*\+\s*|\s*,\s+", text)]
    (first, when), *others = doses
    if not others and when:
        return _one_amount(first, when, part)
    if len(others) == 1 and first and others[0][0] and not when and others[0][1] == {ONCE}:  # 5 mg and 10 mg daily
        return amount(first), amount(others[0][0])
    times = [slot_names - {ONCE} for _, slot_names in doses]
    each = first and not any(other for other, _ in others)  # 5 mg in the morning and at night
    if (each or all(dose for dose, _ in doses)) and all(len(names) == 1 and names <= {*ORDER} for names in times):
        amounts = {next(iter(names)): amount(dose or first) for names, (dose, _) in zip(times, doses, strict=True)}
        if len(amounts) == len(doses):
            return _at_times(amounts)
    if first and not slots(text) and len(doses) == 1 and re.fullmatch(r"\d[\d.]*\s*[a-z]+", text):
        raise ScenarioError(f"dose: {shown(part)} is not understood: how often? write for example '{text} daily'")
    raise ScenarioError(f"dose: {shown(part)} is not understood; {EXAMPLE}")


def _at_times(amounts: Mapping[str, float]) -> tuple[float, ...]:
    """Return the intakes of a day from the amounts in the morning, at noon and in the evening."""
    morning, noon, evening = (amounts.get(name, 0.0) for name in ORDER)
    return (morning, noon, evening, 0.0) if noon else (morning, evening)


def _one_amount(text: str, when: frozenset[str], part: str) -> tuple[float, ...]:
    value = amount(text)
    shares = [SHARES[name] for name in when & SHARES.keys()]
    if len(shares) == 1 and when - SHARES.keys() <= {ONCE}:
        return (value / shares[0],) * shares[0]
    often = [TIMES[name] for name in when & TIMES.keys()]
    if len(often) == 1 and when - TIMES.keys() <= {ONCE}:
        return (value,) * often[0]
    if DIVIDED in when and len(often) == 1:
        return (value / often[0],) * often[0]
    if DIVIDED in when and not when & {*ORDER, *TIMES, *SHARES}:
        return value / 2, value / 2
    if when == {TWICE} or (when & {*ORDER} >= {MORNING, EVENING} and when <= {TWICE, *ORDER}):
        return _at_times(dict.fromkeys(when - {TWICE} or (MORNING, EVENING), value))
    if len(when - {ONCE}) <= 1 and when <= {ONCE, *ORDER}:
        return _at_times(dict.fromkeys(when - {ONCE} or (MORNING,), value))
    raise ScenarioError(f"dose: {shown(part)} says two things of how often; {EXAMPLE}")


def _dose(piece: str) -> tuple[str, frozenset[str]]:
    """Return the amount of a piece as text, and what it says of the times of a day."""
    return " ".join(_SLOT.sub(" ", piece).split()), slots(piece)


def _scheme(match: re.Match[str], part: str) -> tuple[float, ...]:
    """Return the intakes of ``10-0-10 mg`` or ``10 mg 1-0-1``: morning, noon, evening and perhaps night."""
    counts = [float(number) for number in match["counts"].split("-")]
    if bool(match["each"]) == bool(match["unit"]):
        raise ScenarioError(f"dose: {shown(part)} is not understood; write for example '10-0-10 mg' or '10 mg 1-0-1'")
    each = amount(match["each"]) if match["each"] else amount(f"1 {match['unit']}")
    morning, noon, *late = (count * each for count in counts)
    if not 0.0 < sum(counts) * each < float("inf"):
        raise ScenarioError(f"dose: found {shown(part)}, wanted more than 0 mg; {EXAMPLE}")
    if noon or sum(amount_late > 0 for amount_late in late) > 1:
        return morning, noon, *late, *([0.0] * (2 - len(late)))
    return morning, sum(late)
