"""An answer in the language of the screen: its pages, its text for the chart, its lines on the screen.

The answers are written in English. ``words.toml`` holds under ``sentences`` what they say, by the English words, with
places for numbers, days and words of the user's own. What stands there is put in the reader's language; words of the
user's own (``translate="no"`` on a page) and titles of sources (``lang="en"``) stay as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import escape

from leao.app import language
from leao.report import words

if TYPE_CHECKING:
    from leao.report.off_label import OffLabel

LONGEST = 1_000  # characters of what is looked up; longer is nobody's sentence
NO_BREAK = "\u00a0"
OWN_WORDS = ("Notes, word for word", "Side effects written down")  # titles of a chart's blocks
NO_LINES = ("notes", "side_effects", "first_rows", "header", "mapping", "toml", "film")  # of an answer
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_SPOKEN_ATTRIBUTE = re.compile(r'((?:aria-label|title|alt|placeholder)=")([^"]+)(?=")')
_AS_IT_IS = re.compile(r'^<(?:style|script|code|pre|cite)\b|\stranslate="no"|\slang="en"', re.IGNORECASE)
_PLACE = re.compile(r"\{([ndwxy]\d?)\}")
_MATCHES = {
    "n": r"[-−+]?\d[\d.,]*(?:e[-+]?\d+)?",  # noqa: RUF001
    "d": r"\d{4}-\d\d-\d\d|(?:day )?\d+|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}",
    "w": r".+?",
    "x": r".+?",
    "y": r"[^;]+?",
}
_WEAK = 8  # letters; a sentence with fewer of its own holds only where all in its places is known
_POINT = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DAYS = {"de": r"\3.\2.\1", "es": r"\3/\2/\1"}
_UNIT = re.compile(r"(?<=\d) (?=%)")
_FIRST_LETTER = re.compile(r"^[¿¡]?[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]")
_FEW_LETTERS = re.compile(r"[\d\s.,%()+\-–−:/×<>≤≥²·°]*(?:[a-zA-Zµ°/²]{1,6}[\d\s.,%()+\-–−:/×<>≤≥²·°]*){0,2}")  # noqa: RUF001
_WHOLE = (re.compile(r"(?<=[.?!]) (?=[^a-z])"), re.compile(r"(?<=;) "), re.compile(r"(?<=:) "))


class Sentence(NamedTuple):
    """A sentence with places: what matches it, what it must hold to be tried, and how it is said."""

    pattern: re.Pattern[str]
    holds: str
    said: str
    weak: bool


def page(markup: str, lang: str) -> str:
    """Return a page in another language as far as it is known; in English as it is."""
    if lang == language.DEFAULT:
        return markup
    parts = _TAG.split(markup)
    return "".join(_parts(parts, lang)).replace('<html lang="en">', f'<html lang="{lang}">', 1)


def _parts(parts: list[str], lang: str) -> Iterator[str]:
    """Yield texts and tags, each text looked up, but for the elements that stay as they are."""
    kept, depth = "", 0  # the element within which nothing is looked up, and how deep in its like
    for place, part in enumerate(parts):
        is_tag = place % 2 == 1
        if not is_tag:
            yield part if kept or not part.strip() else _node(part, lang)
            continue
        match = _NAME.match(part)
        name = match[1].lower() if match else ""
        if kept:
            if name == kept and not part.endswith("/>"):
                depth += -1 if part.startswith("</") else 1
            kept = kept if depth else ""
        elif name != "html" and _AS_IT_IS.search(part) and not part.startswith("</") and not part.endswith("/>"):
            kept, depth = name, 1
        yield part if kept else _SPOKEN_ATTRIBUTE.sub(lambda m: m[1] + str(escape(_of(m[2], lang))), part)


def _node(part: str, lang: str) -> str:
    said = _of(part, lang)
    return part if said == html.unescape(part) else str(escape(said))


def _of(part: str, lang: str) -> str:
    plain = html.unescape(part)
    inner = plain.strip(" \n\t\r")
    return plain.replace(inner, text(inner, lang), 1) if inner else plain


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
    return _figures(english, lang) if lang != language.DEFAULT and _FEW_LETTERS.fullmatch(english) else english


def _said(plain: str, lang: str) -> str | None:
    """Return a text in a language: as a whole, as a sentence with places, or in its parts; None where nothing is."""
    for way in (_exact, _in_small_letters, _as_sentence, _before_its_end, _of_a_name, _in_parts):
        said = way(plain, lang)
        if said is not None:
            return said
    return None


def _as_sentence(plain: str, lang: str) -> str | None:
    for sentence in _sentences(lang):
        if sentence.holds in plain and (match := sentence.pattern.fullmatch(plain)):
            values = [value for name, value in match.groupdict().items() if name[0] in "xy"]
            if not sentence.weak or all(_piece(value, lang) is not None for value in values):
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


def _in_parts(plain: str, lang: str) -> str | None:
    for between in _WHOLE:
        pieces = between.split(plain)
        if len(pieces) > 1 and (said := _joined(pieces, " ", lang, whole=False)) is not None:
            return said
    pieces = plain.split(", ")
    return _joined(pieces, ", ", lang, whole=True) if len(pieces) > 1 else None


def _exact(plain: str, lang: str) -> str | None:
    return _exactly(lang).get(plain)


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
    return _figures(piece, lang) if lang != language.DEFAULT and _FEW_LETTERS.fullmatch(piece) else None


def _filled(sentence: Sentence, match: re.Match[str], lang: str) -> str:
    values = match.groupdict()

    def place(which: re.Match[str]) -> str:
        name = which[1]
        value = values[name]
        if name[0] in "xy":
            return text(value, lang)
        if name[0] == "d" and _LETTERS.search(value):
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
    weak = len(_LETTERS.findall("".join(literal))) < _WEAK
    return Sentence(re.compile(pattern), max(literal, key=len, default=""), said, weak)


def chart(rows: list[str], lang: str) -> str:
    """Return the lines of a text for the chart in a language, broken to its width; notes word for word."""
    said, title = [], ""
    for row in rows:
        entry = row.removeprefix("- ")
        title = title if entry != row else row
        bullet = row[: len(row) - len(entry)]
        said.append(row if bullet and title.startswith(OWN_WORDS) else bullet + text(entry, lang))
    return words.broken(said)


def off_label(block: OffLabel, lang: str) -> OffLabel:
    """Return the block on off-label use in a language of the screens."""
    say: Callable[[str], str] = lambda line: text(line, lang)  # noqa: E731
    return block._replace(
        status=say(block.status),
        report=tuple(map(say, block.report)),
        effects=tuple((say(name), say(known)) for name, known in block.effects),
        caution=say(block.caution),
    )


def lines_of(answer: Any, lang: str) -> dict[str, str]:
    """Return by their English words the lines of an answer that are said otherwise in a language."""
    said = {line: text(line, lang) for line in set(_strings(answer)) if _LETTERS.search(line)}
    return {line: spoken for line, spoken in said.items() if spoken != line}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in NO_LINES:
                yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)
