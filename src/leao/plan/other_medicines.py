"""Companions: the other medicines somebody takes, as written, by the substances that the rules know.

Names and rules: ``dosing/medicines``. A name that the table does not hold is kept and said to be unchecked. Nothing is
taken for another substance: a word near the name of a medicine that must not be taken with memantine is a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.dosing import medicines
from leao.dosing.medicines import Medicine, apart, plain

LONGEST_LIST = 4000  # characters
_NEAR = 2  # letters
_NEAR_FROM = 6  # letters a name must have for two of them to be a slip of the pen
_OTHER = "other:"  # before a word that is meant as it stands


class Companion(NamedTuple):
    """One other medicine."""

    written: str
    name: str  # international name; the word itself where it is not known
    medicine: Medicine | None
    within: bool = False  # named inside a longer text: "acetazolamide for altitude"

    @property
    def keys(self) -> frozenset[str]:
        """All words by which a rule may name it."""
        return frozenset((self.name,)) if self.medicine is None else self.medicine.keys


def read(text: str, forbidden: frozenset[str]) -> tuple[Companion, ...]:
    """Return the medicines of a list separated by commas, ``+`` or ``and``; nothing where it says ``none`` or ``-``.

    Args:
        text: as the user wrote it.
        forbidden: keys of the medicines that must not be taken together with memantine.

    Raises:
        ScenarioError: an empty list, ``none`` beside a medicine, or a word near the name of a forbidden one.
    """
    if len(text) > LONGEST_LIST:
        raise ScenarioError(f"--taking: found {len(text)} characters, wanted {LONGEST_LIST} at most; shorten it")
    pieces = [piece.strip() for piece in re.split(r"(?<!\d),+|,+(?!\d)|[;\n|]+", text) if piece.strip()]
    for piece in pieces:
        medicines.refuse_unknown("--taking", piece)
    nothing = [piece for piece in pieces if medicines.is_nothing(piece)]
    if not pieces or (nothing and len(nothing) < len(pieces)):
        raise ScenarioError(f"--taking: found {text[:60]!r}, wanted names separated by commas, or none alone")
    companions: dict[str, Companion] = {}
    for piece in pieces if not nothing else []:
        for companion in _companions(piece, forbidden):
            companions.setdefault(companion.name, companion)
    return tuple(companions.values())


def keys_of(names: tuple[str, ...] | None) -> Mapping[str, frozenset[str]]:
    """Return by the name of each medicine the words by which a rule may name it."""
    known = medicines.table()
    return {name: known[name].keys if name in known else frozenset((name,)) for name in names or ()}


def _companions(piece: str, forbidden: frozenset[str]) -> list[Companion]:
    if plain(piece).startswith(_OTHER):
        word = " ".join(piece.split()).partition(":")[2].strip()
        return [Companion(word, plain(word), None)]
    rows: list[Companion] = []
    for named in medicines.read(piece):
        if named.medicine is None:
            _not_near(named.written, forbidden)
            inside = _inside(named.written)
            rows += inside or [Companion(named.written, plain(named.written), None)]
        else:
            _spelled(named.written, named.medicine, forbidden)
            rows.append(Companion(named.written, named.medicine.name, named.medicine))
    return rows


def _inside(text: str) -> list[Companion]:
    """Return the medicines that single words or pairs of words of a longer text name."""
    words = re.findall(r"[^\s()\[\]/]+", text)
    inside: dict[str, Companion] = {}
    for length in (2, 1):
        for start in range(len(words) - length + 1):
            medicine = medicines.find(" ".join(words[start : start + length]))
            if medicine is not None and len(words) > length:
                inside.setdefault(medicine.name, Companion(text, medicine.name, medicine, within=True))
    return list(inside.values())


def _not_near(text: str, forbidden: frozenset[str]) -> None:
    """Ask where a word of an unknown name is, or is two letters from, the name of a forbidden medicine."""
    words = [word for word in {plain(text), *plain(text).split()} if len(word) >= _NEAR_FROM]
    near = [
        (letters, medicine.name, medicine)
        for medicine in medicines.of_rule(forbidden)
        for name in (medicine.name, *medicines.other_names(medicine.name))
        if len(name) >= _NEAR_FROM
        for word in words
        if (letters := apart(word, name, _NEAR)) <= _NEAR
    ]
    if near:
        _, _, nearest = min(near)
        _ask(text, nearest)


def _spelled(text: str, medicine: Medicine, forbidden: frozenset[str]) -> None:
    """Ask where the name of a forbidden medicine is written almost as the international one."""
    if not medicine.keys & forbidden:
        return
    for word in plain(text).split():
        if word != medicine.name and 0 < apart(word, medicine.name, _NEAR) <= _NEAR:
            _ask(text, medicine)


def _ask(text: str, medicine: Medicine) -> None:
    raise ScenarioError(
        f"--taking: found {text[:60]!r}; is {medicine.name!r} meant, which must not be taken with memantine? "
        f"write {medicine.name!r} if so, or '{_OTHER} {text[:60]}' if it is another medicine"
    )
