"""What may be answered to an open question, as options of ``leao review``: for a screen that has buttons.

The words are those that the question itself tells its reader to type; "do not know" is ``missing``: the cell then says
nothing, which is never the same as no headache.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leao.diary.reading.entry import FLAGS
from leao.diary.reading.mapping import CHOICES
from leao.diary.reading.questions import Question
from leao.diary.reading.words import shown

SAY, COLUMN, IGNORE, ONLY, UTC = "say", "column", "ignore", "only", "utc"
UNKNOWN = "missing"
_HIDDEN = ("\ue000", "\ue001", "\ue002")  # stand for the file's own words while the sentence is taken apart
_TOKEN = re.compile(r'--(?P<option>[a-z]+)|"(?P<quoted>[^"]*)"|(?P<bare>[A-Za-z0-9+:/-]+)')
_BLANK = ("NAME", "TAG", "...")
_OURS = "OURS="  # stands for one of our columns
_OFTEN = ("headache", "severity", "acute_medication", "note")  # of our columns, those offered for it
_NO_HEADACHE = "no column says whether there was a headache"
_NO_TAG = "no tag says headache"
_CODES = "codes of yes and no, or numbers of headaches?"
_ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
_SILENT = ("headache", "migraine", "severity", "start", "end", "duration", "dose_taken", *FLAGS)
_CLOSED = ("headache", "free", "missing", "yes", "no", "above", "ignore")  # where there is nothing else to say
_DAY = "2026-03-02"


class Choice(NamedTuple):
    """One answer: what it means in a word, and the options that give it."""

    means: str
    options: tuple[tuple[str, str], ...]


class Answers(NamedTuple):
    """The answers to one question; ``other`` is what a free word is put behind, None where none may be written."""

    choices: list[Choice]
    other: str | None
    option: str = SAY  # of the free word


def of(question: Question, columns: Mapping[str, Any], header: Sequence[str] = ()) -> Answers:
    """Return what may be answered to a question.

    Args:
        question: from ``Reading.questions``.
        columns: ``Reading.columns``.
        header: ``Reading.header``, whose columns may say headache where none does yet.
    """
    whole = _whole(question, columns, header)
    if whole is not None:
        return Answers(whole, None)
    words = tuple(sorted({question.word, shown(question.word), shown(question.word, 160)} - {""}, key=len)[::-1])
    given = _options(question.answer, words, question.column)
    says = [value for option, value in given if option == SAY]
    if question.asks.startswith("which of these columns"):
        return Answers(_one_of([value for option, value in given if option == COLUMN]), None)
    role = _role(question, columns, says)
    choices = [
        Choice(_meaning(option, value), ((option, value),))
        for option, value in given
        if not value.endswith(_BLANK) and not value.startswith(_OURS) and _DAY not in value
    ]
    theirs = [value.removeprefix(_OURS) for _, value in given if value.startswith(_OURS)]
    choices += [Choice(f"= {ours}", ((COLUMN, f"{ours}={name}"),)) for name in theirs for ours in _OFTEN]
    if any(option == UTC for option, _ in given):
        return Answers([*choices, *(Choice(zone, ((UTC, zone),)) for zone in _ZONES)], "", UTC)
    other = None
    if says:
        head = says[0].rpartition("=")[0] + "="
        choices += _beside(role, head, {choice.means for choice in choices})
        closed = all(value.rpartition("=")[2] in _CLOSED for value in says)
        other = None if closed else head
    return Answers(choices, other)


def _options(answer: str, words: tuple[str, ...], column: str | None) -> list[tuple[str, str]]:
    """Return the options that a sentence tells its reader to type."""
    hidden = answer
    theirs = [*words[:2], *([column] if column else [])]
    kept: dict[str, str] = {_HIDDEN[k]: text for k, text in enumerate(theirs)}
    for sign, text in kept.items():
        hidden = _hidden(hidden, text, sign) if len(text) > 1 or text not in "=-," else hidden
    option, last, options = None, "", []
    for token in _TOKEN.finditer(hidden):
        if token["option"]:
            option = token["option"]
            continue
        value = token["quoted"] if token["quoted"] is not None else token["bare"]
        bare = token["quoted"] is None
        if option is None or (bare and value not in (*CHOICES.get(option, ()), "local")):
            continue
        if value.startswith("=") and last:
            value = last.rpartition("=")[0] + value
        last = value
        for sign, text in kept.items():
            value = value.replace(sign, text)
        options.append((option, value))
    return list(dict.fromkeys(options))


def _whole(question: Question, columns: Mapping[str, Any], header: Sequence[str]) -> list[Choice] | None:
    """Return the answers to a question whose sentence cannot name them all; None where it does."""
    if question.asks == _NO_HEADACHE:
        return _saying_headache(columns, header)
    if question.asks == _NO_TAG:
        tags = [Choice(f"{tag}: headache", ((SAY, f"{tag}=headache"),)) for tag in question.word.split(", ")]
        return [*tags, Choice(IGNORE, ((IGNORE, question.column or ""),))]
    return _codes(question.column or "") if question.asks == _CODES else None


def _hidden(sentence: str, text: str, sign: str) -> str:
    """Return the sentence with the file's own words hidden, but not where they are part of an option (``--dates``)."""
    before = r"(?<![\w-])" if text[0].isalnum() else ""
    after = r"(?![\w-])" if text[-1].isalnum() else ""
    return re.sub(f"{before}{re.escape(text)}{after}", sign, sentence)


def _saying_headache(columns: Mapping[str, Any], header: Sequence[str]) -> list[Choice]:
    """Return for each column that is no date that it says headache; or that each row is one."""
    dates = columns.get("read_as", {}).get("date", [])
    names = [name for name in header if name and name not in dates]
    choices = [Choice(f"= headache: {name}", ((COLUMN, f"headache={name}"),)) for name in names]
    return [*choices, Choice("every row", ((SAY, "every row=headache"),))]


def _codes(name: str) -> list[Choice]:
    """Return what 1 and 2 may mean in a column of headache."""
    meanings = (("headache", "free"), ("free", "headache"), ("headache", "headache"))
    spoken = ("1: headache; 2: free", "1: free; 2: headache", "numbers")
    pairs = [((SAY, f"headache:1={first}"), (SAY, f"headache:2={second}")) for first, second in meanings]
    by_code = [Choice(word, options) for word, options in zip(spoken, pairs, strict=True)]
    return [*by_code, Choice("= severity", ((COLUMN, f"severity={name}"),))]


def _role(question: Question, columns: Mapping[str, Any], says: list[str]) -> str | None:
    """Return which of our columns a word belongs to."""
    read_as = columns.get("read_as", {})
    named = says[0].partition(":")[0] if says else ""
    if named in read_as:
        return named
    return next((role for role, names in read_as.items() if question.column in names), None)


def _beside(role: str | None, head: str, there: set[str]) -> list[Choice]:
    """Return answers that the sentence leaves out: yes and no of a flag, and that the cell says nothing."""
    words = [word for word in ("yes", "no") if role in FLAGS and word not in there]
    words += [UNKNOWN] if role in _SILENT and UNKNOWN not in there else []
    prefix = head if role is None or head.startswith(f"{role}:") else f"{role}:{head}"
    return [Choice(word, ((SAY, f"{prefix}{word}"),)) for word in words]


def _one_of(pairs: list[str]) -> list[Choice]:
    """Return for each of several columns of one role: this one, and the others are left out."""
    names = [pair.partition("=")[2] for pair in pairs]
    return [
        Choice(name, ((COLUMN, pair), *((IGNORE, other) for other in names if other != name)))
        for pair, name in zip(pairs, names, strict=True)
    ]


def _meaning(option: str, value: str) -> str:
    if option in (SAY, ONLY):
        return value.rpartition("=")[2]
    if option == COLUMN:
        return f"= {value.partition('=')[0]}"
    return option if option == IGNORE else value
