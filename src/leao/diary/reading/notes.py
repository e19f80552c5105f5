"""Notes, word for word with their dates; a fixed list of words in six languages sorts some of them to the top.

Nothing is concluded from a note, and no absence reassures.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leao.diary.reading.words import plain


class Note(NamedTuple):
    """A note as it was written, the day of its row (None where the row has none), and the words that sort it first."""

    date: date | None
    text: str
    words: tuple[str, ...]


@cache
def sources() -> tuple[str, ...]:
    """Return the keys of the sources of the signs (sources.bib)."""
    return tuple(_listed()["source"])


@cache
def _listed() -> dict[str, Any]:
    return tomllib.loads((files("leao") / "diary" / "reading" / "alarm.toml").read_text("utf-8"))


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return one pattern of all the words at the beginning of a word, and each word by its spelling without accents."""
    listed = {
        plain(word) + (" " if word.endswith(" ") else ""): word
        for words in _listed()["words"].values()
        for word in words
    }
    longest_first = sorted(listed, key=lambda word: (-len(word), word))
    each = (re.escape(word.rstrip()) + (r"(?!\w)" if word.endswith(" ") else "") for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})"), {key.rstrip(): word.strip() for key, word in listed.items()}


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of the list that stand in a text, in any language of the list."""
    pattern, words = _pattern()
    return tuple(dict.fromkeys(words[match[0]] for match in pattern.finditer(plain(text))))


def ordered(noted: list[tuple[date | None, str]]) -> list[Note]:
    """Return the notes, those with a word of the list first, then by date."""
    notes = [Note(day, text, words_in(text)) for day, text in noted]
    return sorted(notes, key=lambda note: (not note.words, note.date or date.max))
