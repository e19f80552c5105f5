"""Conditions: everyday words of a history, by the names that the rules know.

Data: ``history.toml``. A word that is not known is kept as it was written and said to be unchecked; one that is a slip
of the pen away from a word with a rule is a question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.dosing import medicines
from leao.dosing.medicines import apart, is_nothing, plain

LONGEST_LIST = 4000  # characters
_OTHER = "other:"  # before a word that is meant as it stands
_NEAR = 2  # letters
_INSIDE_FROM = 4  # letters from which a word with a rule is looked for within a longer text in any case
_NEAR_FROM = 6  # letters a word must have for two of them to be a slip of the pen


class Condition(NamedTuple):
    """One word of a history."""

    written: str
    name: str  # key of history.toml; the word itself where it is not known
    known: bool
    what: str


def read(text: str, ruled: frozenset[str]) -> tuple[Condition, ...]:
    """Return the conditions of a list separated by commas; nothing where it says ``none``.

    Args:
        text: as the user wrote it.
        ruled: names that a rule knows.

    Raises:
        ScenarioError: an empty list, ``none`` beside something, or a word two letters from one with a rule.
    """
    if len(text) > LONGEST_LIST:
        raise ScenarioError(f"--history: found {len(text)} characters, wanted {LONGEST_LIST} at most; shorten it")
    written = [word for piece in re.split(r"[,;\n|]+", text) if (word := " ".join(piece.split()))]
    said_none = [word for word in written if is_nothing(word)]
    if not written or (said_none and len(written) > len(said_none)):
        raise ScenarioError(f"--history: found {text[:60]!r}, wanted words separated by commas, or none alone")
    return () if said_none else tuple(_condition(word, ruled) for word in written)


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return what each name of a history means and how it is written."""
    return tomllib.loads((files("leao") / "plan" / "history.toml").read_text("utf-8"))


def _condition(word: str, ruled: frozenset[str]) -> Condition:
    key = _key(word)
    if key.startswith(_OTHER):
        meant = word.partition(":")[2].strip()
        return Condition(meant, plain(meant), False, meant)
    medicines.refuse_unknown("--history", word)
    name = _words().get(key)
    if name is not None and (option := table()[name].get("option")):
        raise ScenarioError(
            f"--history: found {word[:60]!r}, which has a question of its own; write {option} and leave it out here"
        )
    if name is None:
        _not_inside(word, key, ruled)
        for known, meant in _words().items():
            if meant in ruled and min(len(key), len(known)) >= _NEAR_FROM and apart(key, known, _NEAR) <= _NEAR:
                raise ScenarioError(
                    f"--history: found {word[:60]!r}, which is no word known here and near {known!r}; "
                    f"write {known!r} if that is meant, or '{_OTHER} {word[:60]}' if not"
                )
    if name is None:
        return Condition(word, key, False, word)
    return Condition(word, name, True, str(table()[name]["what"]))


def _not_inside(word: str, key: str, ruled: frozenset[str]) -> None:
    """Ask about a longer text that holds a word with a rule: no epilepsy, father has epilepsy, epilepsy as a child."""
    for known, meant in _words().items():
        if not (meant in ruled or table()[meant].get("option")):
            continue
        is_short = len(known) < _INSIDE_FROM  # MI, HF: as an abbreviation is written
        text, sought = (word, known.upper()) if is_short else (key, known)
        if re.search(rf"(?<![A-Za-z]){re.escape(sought)}(?![A-Za-z])", text):
            raise ScenarioError(
                f"--history: found {word[:60]!r}, which holds {known!r}; write {known!r} if the patient has or had it, "
                f"leave it out if not, or write '{_OTHER} {word[:60]}'"
            )


def _key(word: str) -> str:
    return plain(word).removeprefix("history of ").removeprefix("h/o ").replace("_", " ")


@cache
def _words() -> Mapping[str, str]:
    """Return by every written word the name it stands for."""
    words: dict[str, str] = {}
    for name, entry in table().items():
        for word in (name, *entry["words"]):
            words.setdefault(_key(word), name)
    return words
