"""Words of a diary, compared without case, accents and outer punctuation, in six languages (``vocabulary.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

LONGEST_CELL = 2_000  # characters that a cell of a counting column may have
SHOWN = 40  # characters of a word that a message repeats
TYPED = 160  # characters of a word in what is to be typed: longer is mended in the file
_OUTER = " \t.!;:,'\"`´‘’“”«»()[]\u200b\ufeff"  # noqa: RUF001  (typographic quotation marks of word processors)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(text: str) -> str:
    """Return a text in one spelling: full-width digits and letters as usual ones, no accents, lower case, one space."""
    if text.isascii():
        lowered = text.lower()
    else:
        marks = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
        lowered = "".join(sign for sign in marks if not unicodedata.combining(sign))
    return " ".join(lowered.replace("\u2019", "'").split())


def bare(text: str) -> str:
    """Return ``plain`` without outer punctuation; a text of punctuation alone stays as it is."""
    word = plain(text)
    return word.strip(_OUTER) or word


def spellings(word: str) -> set[str]:
    """Return how a word of the vocabulary may stand in ``bare`` form: without accents, or umlauts written out."""
    return {bare(word), bare(word.casefold().translate(_GERMAN))}


def shown(text: str, most: int = SHOWN) -> str:
    """Return a cell as a message repeats it: one line, cut where it is long."""
    line = " ".join(text[: 2 * LONGEST_CELL].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def typed(text: str) -> str:
    """Return a cell as what is to be typed repeats it: whole, but for what is mended in the file."""
    return shown(text, TYPED)


@cache
def table(name: str) -> dict[str, dict[str, Any]]:
    """Return a table of words of this folder, as it is written."""
    return tomllib.loads((files("leao") / "diary" / "reading" / f"{name}.toml").read_text("utf-8"))


@cache
def group(section: str, key: str) -> frozenset[str]:
    """Return the words of one group of the vocabulary in ``bare`` form."""
    return frozenset(_forms(table("vocabulary")[section][key]))


@cache
def roles() -> dict[str, str]:
    """Return our column for each name of a column that is known."""
    by_form: dict[str, str] = {}
    for role, names in table("headers")["roles"].items():
        by_form |= dict.fromkeys(_forms(names), role)
    return by_form


@cache
def harmless() -> frozenset[str]:
    """Return the names of columns that are known to change no count."""
    return frozenset(_forms(table("headers")["harmless"]["names"]))


def _forms(names: Iterable[str]) -> Iterator[str]:
    return chain.from_iterable(map(spellings, names))


def trade_word(name: str) -> str | None:
    """Return the part of a column's name that belongs to what is counted, or None."""
    trade = table("headers")["trade"]
    word = bare(name)
    for innocent in trade["not_trade"]:
        word = word.replace(innocent, "")
    return next((stem for stem in trade["stems"] if plain(stem) in word), None)


def selects(name: str) -> bool:
    """Return whether a column's name is one by which other programs choose or drop rows."""
    return bool(set(bare(name).replace("_", " ").split()) & set(table("headers")["trade"]["selecting"]))


def name_of(header: str) -> str:
    """Return a column's name for comparing: camelCase parted, _ a space, without what stands in brackets."""
    text = _CAMEL.sub(" ", header).replace("_", " ")
    return bare(re.sub(r"[(\[{][^)\]}]{0,60}[)\]}]", " ", text)).strip(" ?\u00bf:")
