"""What an answer says, in another language: looked up by its English words in the table of words.

An entry under ``sentences`` may have places for numbers, days, words of the user's own and words that are looked up in
their turn. A text is taken as a whole, as a sentence with places, or in its sentences, clauses and lists, in this
order.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from leao.app import language

LONGEST = 1_000  # characters of what is looked up; longer is nobody's sentence
NO_BREAK = "\u00a0"
LETTERS = re.compile(r"[^\W\d_]")
_PLACE = re.compile(r"\{([ndwxyz]\d?)\}")
_MATCHES = {
    "n": r"[-−+]?\d[\d.,]*(?:e[-+]?\d+)?",  # noqa: RUF001
    "d": r"\d{4}-\d\d-\d\d|(?:day )?\d+|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}",
    "w": r".+?",
    "x": r".+?",
    "y": r"[^;]+?",
    "z": r"(?:(?!\. ).)+?",
}
_WEAK = 8  # letters; a sentence with fewer of its own holds only where all in its places is known
_POINT = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DAYS = {"de": r"\3.\2.\1", "es": r"\3/\2/\1"}
_UNIT = re.compile(r"(?<=\d) (?=%)")
_FIRST_LETTER = re.compile(r"^[¿¡]?[^\W\d_]")
_SIGNS = r"[\d\s.,%()+\-–−:/×<>≤≥]*"  # noqa: RUF001
_UNITS = "mg|kg|ng|mL|dL|mmol|µmol|umol|mM|µM|uM|mV|mm|min|h|s|day"
_FIGURES = re.compile(rf"{_SIGNS}(?:(?:{_UNITS})(?![^\W\d_]){_SIGNS})*")
_SENTENCES = re.compile(r"(?<=[.?!]) (?=[^a-z])")
_CLAUSES, _COLONS = re.compile(r"(?<=;) "), re.compile(r"(?<=:) ")


class Sentence(NamedTuple):
    """A sentence with places: what matches it, what it must hold to be tried, and how it is said."""

    pattern: re.Pattern[str]
    holds: str
    said: str
    weak: bool


@lru_cache(maxsize=20_000)
def text(english: str, lang: str) -> str:
    """Return a line of an answer in a language, as far as it is known."""
    if len(english) > LONGEST:
        return english
    plain = " ".join(re.split(r"[ \n\t\r\u00a0]+", english))
    try:
        said = _said(plain, lang)
    except RecursionError:  # nobody's sentence: the same few words again and again
        return english
    if said is not None:
        return _UNIT.sub(NO_BREAK, said)
    return _figures(english, lang) if lang != language.DEFAULT and _FIGURES.fullmatch(english) else english


def _said(plain: str, lang: str) -> str | None:
    """Return a text in a language: as a whole, as a sentence with places, or in its parts; None where nothing is."""
    for way in _WAYS:
        said = way(plain, lang)
        if said is not None:
            return said
    return None


def _exact(plain: str, lang: str) -> str | None:
    return _exactly(lang).get(plain)


def _as_sentence(plain: str, lang: str) -> str | None:
    for sentence in _sentences(lang):
        if not sentence.weak and sentence.holds in plain and (match := sentence.pattern.fullmatch(plain)):
            return _filled(sentence, match, lang)
    return None


def _as_weak_sentence(plain: str, lang: str) -> str | None:
    for sentence in _sentences(lang):
        if sentence.weak and sentence.holds in plain and (match := sentence.pattern.fullmatch(plain)):
            values = [value for name, value in match.groupdict().items() if name[0] in "xyz"]
            if all(_piece(value, lang) is not None for value in values):
                return _filled(sentence, match, lang)
    return None


def _before_its_end(plain: str, lang: str) -> str | None:
    inner = plain.rstrip(".:")  # one of them, or nothing is said so
    known = _said(inner, lang) if len(plain) == len(inner) + 1 else None
    return None if known is None else known + plain[-1]


def _in_small_letters(plain: str, lang: str) -> str | None:
    known = _exact(plain[:1].lower() + plain[1:], lang) if plain[:1].isupper() else None
    return None if known is None else _FIRST_LETTER.sub(lambda letter: letter[0].upper(), known)


def _of_a_name(plain: str, lang: str) -> str | None:
    """Return a name of the user's, and what is said of it."""
    head, _, rest = plain.partition(": ")
    known = _exact(rest, lang)
    return None if known is None else f"{_said(head, lang) or head}: {known}"


def _in_sentences(plain: str, lang: str) -> str | None:
    pieces = _SENTENCES.split(plain)
    return _joined(pieces, " ", lang, whole=False) if len(pieces) > 1 else None


def _in_clauses(plain: str, lang: str) -> str | None:
    pieces = _CLAUSES.split(plain)
    return _joined(pieces, " ", lang, whole=True) if len(pieces) > 1 else None


def _in_parts(plain: str, lang: str) -> str | None:
    for between in (_CLAUSES, _COLONS):
        pieces = between.split(plain)
        if len(pieces) > 1 and (said := _joined(pieces, " ", lang, whole=False)) is not None:
            return said
    pieces = plain.split(", ")
    return _joined(pieces, ", ", lang, whole=True) if len(pieces) > 1 else None


_WAYS = (
    _exact, _in_small_letters, _as_sentence, _in_sentences, _before_its_end, _in_clauses, _as_weak_sentence,
    _of_a_name, _in_parts,
)  # fmt: skip


def _joined(pieces: list[str], between: str, lang: str, *, whole: bool) -> str | None:
    """Return the pieces, each in the language; None where none of them is known, or, with ``whole``, not all."""
    said = [_piece(piece, lang) for piece in pieces]
    known = [each is not None for each in said]
    if not (all(known) if whole else any(known)):
        return None
    return between.join(piece if each is None else each for piece, each in zip(pieces, said, strict=True))


def _piece(piece: str, lang: str) -> str | None:
    for ending in (";", ":", ""):
        if piece.endswith(ending) and (said := _said(piece.removesuffix(ending), lang)) is not None:
            return said + ending
    return _figures(piece, lang) if lang != language.DEFAULT and _FIGURES.fullmatch(piece) else None


def _filled(sentence: Sentence, match: re.Match[str], lang: str) -> str:
    values = match.groupdict()

    def place(which: re.Match[str]) -> str:
        name = which[1]
        value = values[name]
        if name[0] in "xyz":
            return text(value, lang)
        if name[0] == "d" and LETTERS.search(value):
            return _named_day(value, lang)
        return _figures(value, lang) if name[0] in "nd" else value

    return _PLACE.sub(place, sentence.said)


def _named_day(value: str, lang: str) -> str:
    """Return ``Mon 5 Jan 2026``, or ``day 5`` of a diary that numbers its days, in a language."""
    weekday, *rest = value.split()
    if len(rest) == 1:
        return text(value, lang)
    day, month, year = rest
    return f"{text(weekday, lang)} {day}{'.' if lang == 'de' else ''} {text(month, lang)} {year}"


def _figures(value: str, lang: str) -> str:
    """Return numbers with a decimal comma and days in the order of the language; in English as they are."""
    if lang == language.DEFAULT:
        return value
    return _POINT.sub(r"\1,\2", _DAY.sub(_DAYS[lang], value))


@cache
def _exactly(lang: str) -> dict[str, str]:
    """Return what has no places, by its English words."""
    return {
        english: entry[lang]
        for english, entry in language.sentences().items()
        if lang in entry and not _PLACE.search(english)
    }


@cache
def _sentences(lang: str) -> list[Sentence]:
    """Return what has places, the longest first, so that the most particular is tried before the general."""
    rows = [(english, entry[lang]) for english, entry in language.sentences().items() if lang in entry]
    return [
        _sentence(english, said)
        for english, said in sorted(rows, key=lambda row: -len(_PLACE.sub("", row[0])))
        if _PLACE.search(english)
    ]


def _sentence(english: str, said: str) -> Sentence:
    pieces = _PLACE.split(english)
    literal = [piece for piece in pieces[::2] if piece]
    pattern = "".join(
        re.escape(piece) if k % 2 == 0 else f"(?P<{piece}>{_MATCHES[piece[0]]})" for k, piece in enumerate(pieces)
    )
    weak = len(LETTERS.findall("".join(literal))) < _WEAK
    return Sentence(re.compile(pattern), max(literal, key=len, default=""), said, weak)
