"""Medicines: which substance a written name means, its class as an acute headache medicine, and the rules that name it.

Reads: a name as people write it ("2x Imitrex 50 mg", "Maxalt MLT", "sumatriptán", "ácido valproico", "-").
Writes: ``Medicine``, or None for a name that the table does not hold. A name is never guessed and no other substance
is ever suggested: two substances that look alike are two substances.
Data and sources: ``medicines.toml``; classes of ICHD-3 8.2.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError

ACUTE_CLASSES = ("triptan", "ergot", "simple_analgesic", "combination_analgesic", "opioid", "other_acute")
LONGEST = 200  # characters of one name; a longer text is no name

_NUMBER = r"\d+(?:[.,]\d+)?"
_NUMBERS = rf"{_NUMBER}(?:\s*/\s*{_NUMBER})*"  # 500, 2,5, 30/500
_COUNTS = re.compile(
    rf"(?<![a-z0-9])(?:x\s*{_NUMBER}|{_NUMBER}\s*x(?![a-z])|\(\s*x?\s*{_NUMBER}\s*x?\s*\)|×\s*{_NUMBER}|{_NUMBER}\s*×)(?![a-z0-9])"
)
_BARE = re.compile(rf"(?<![a-z0-9#.-]){_NUMBERS}(?![a-z0-9])")
_CLOCK = re.compile(
    r"(?<![a-z0-9])(?:(?:at|um)\s+)?\d{1,2}(?:[:.]\d{2}\s*(?:h|uhr|am|pm)?|\s*(?:am|pm|uhr))(?![a-z0-9])"
)
_PARTS = re.compile(r"[,;|\n]+|\s+(?:\+|&|and|und|y|e|et|plus|then|dann)\s+|\s*\+\s*|\s+/\s+")
_REMARK = re.compile(r"\(([^()]{1,60})\)")
_JOINED = re.compile(r"\s*(?:/|\+|&|\bwith\b|\bmit\b|\bcon\b|\bcom\b|\bavec\b|\band\b|\bund\b|\bet\b)\s*")
_SPELLED = (("ph", "f"), ("th", "t"), ("rh", "r"), ("y", "i"), ("ae", "e"), ("oe", "e"))
_ENDING = re.compile(r"(?:um|e|a|o)$")
_SHORT = 7  # letters; shorter names are compared letter by letter only


class Medicine(NamedTuple):
    """One substance, or one fixed combination, under its international name."""

    name: str  # international name, such as "sumatriptan" or "aspirin/paracetamol/caffeine"
    group: str  # key of medicines.toml, such as "triptan", "nsaid", "paracetamol", "ssri"
    what: str  # the group in words
    acute_class: str | None  # one of ACUTE_CLASSES; None where it is no acute headache medicine
    ichd3: str | None  # the code of its overuse headache, such as "8.2.2"
    rule: tuple[str, ...]  # keys under which plan/label_rules.toml names it, beside its name and group

    @property
    def keys(self) -> frozenset[str]:
        """All words by which a rule may name it."""
        return frozenset((self.name, self.group, *self.rule))


class Named(NamedTuple):
    """One medicine as somebody wrote it."""

    written: str
    medicine: Medicine | None  # None where the table does not hold it


def find(text: str) -> Medicine | None:
    """Return the medicine that ``text`` names, without counts, strengths, forms, times and accents; None if unknown."""
    if len(text) > LONGEST:
        return None
    names, spelled = _names(), _spelled()
    for candidate in _candidates(text):
        name = names.get(candidate) or names.get(_sorted_parts(candidate)) or spelled.get(spelling(candidate))
        if name is None and candidate.endswith("s"):  # two Maxalts
            name = names.get(candidate[:-1])
        if name is not None:
            return table()[name]
    remark = _REMARK.search(text)  # Tylenol (acetaminophen)
    named = find(_REMARK.sub(" ", text, count=1)) if remark else None
    return named if remark and named is not None and named == find(remark[1]) else None


def is_nothing(text: str) -> bool:
    """Return whether a cell says that no medicine was taken: empty, a dash, ``none``, ``keine``, ``ninguno`` ..."""
    word = plain(text)
    return not re.sub(r"[-–—_./\s]", "", word) or word in _data()["words"]["nothing"]


def refuse_unknown(option: str, text: str) -> None:
    """Refuse an answer that says that the answer is not known: it is left out instead, and then asked first.

    Raises:
        ScenarioError: such a word.
    """
    if plain(text) in _data()["words"]["unknown"]:
        raise ScenarioError(f"{option}: found {text[:60]!r}; leave {option} out where it is not known")


def read(text: str) -> tuple[Named, ...]:
    """Return each medicine of a cell or a list: ``"Imitrex x2 + ibuprofen 400"``; nothing for ``-`` or ``keine``.

    A text that names one combination as a whole (``paracetamol/codeine``) is one medicine.
    """
    if is_nothing(text):
        return ()
    whole = find(text)
    if whole is not None:
        return (Named(text.strip(), whole),)
    named: list[Named] = []
    for part in _PARTS.split(text):
        if not is_nothing(part) and _reduced(plain(part)):
            named += _part(part.strip())
    return tuple(named) or (Named(text.strip(), None),)  # "2 tablets": something was taken, and nothing says what


def plain(text: str) -> str:
    """Return a text in lower case without accents, with single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.replace("ß", "ss")) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[®™*\"“”„]", " ", bare.lower()).split()).strip(" .:!?")


def spelling(word: str) -> str:
    """Return what stays of an international name when it passes from language to language: topiramato, topiramat."""
    for item, other in _SPELLED:
        word = word.replace(item, other)
    word = re.sub(r"(.)\1", r"\1", word.replace("ck", "k"))
    return _ENDING.sub("", word)


def apart(word: str, other: str, most: int = 2) -> int:
    """Return how many letters must be changed, added, dropped or swapped with a neighbour; ``most + 1`` where more."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(word, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if earlier and j > 1 and a == other[j - 2] and word[i - 2] == b:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return min(row[-1], most + 1)


def other_names(name: str) -> tuple[str, ...]:
    """Return the brands and spellings of the substance ``name``."""
    return tuple(written for written, known in _names().items() if known == name and written != name)


def written_names() -> dict[str, str]:
    """Return every name that the table holds, as written there, with the international name it stands for."""
    rows: dict[str, str] = {}
    for entry in _data()["groups"].values():
        for name, others in entry["names"].items():
            rows |= dict.fromkeys((name, *others), name)
    return dict(sorted(rows.items()))


def of_rule(keys: Iterable[str]) -> list[Medicine]:
    """Return the medicines that any of the keys of a rule names, by name."""
    wanted = frozenset(keys)
    return sorted((medicine for medicine in table().values() if medicine.keys & wanted), key=lambda m: m.name)


@cache
def table() -> Mapping[str, Medicine]:
    """Return every medicine by its international name."""
    extra: dict[str, tuple[str, ...]] = {}
    for rule, substances in _data()["rules"].items():
        for name in substances:
            extra[name] = (*extra.get(name, ()), rule)
    return {
        name: Medicine(
            name,
            group,
            entry["what"],
            entry.get("acute"),
            entry.get("ichd3"),
            (*entry.get("rules", ()), *extra.get(name, ())),
        )
        for group, entry in _data()["groups"].items()
        for name in entry["names"]
    }


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("leao") / "dosing" / "medicines.toml").read_text("utf-8"))


@cache
def _names() -> Mapping[str, str]:
    """Return by every written name, plain, the international name."""
    entries: dict[str, str] = {}
    for entry in _data()["groups"].values():
        for name, others in entry["names"].items():
            for written in (name, *others):
                word = plain(written)
                for key in (word, word.replace("-", " "), word.replace("-", ""), _sorted_parts(word)):
                    entries.setdefault(key, name)
    return entries


@cache
def _spelled() -> Mapping[str, str]:
    """Return by spelling the international name of single substances long enough not to meet by chance."""
    return {spelling(name): name for name in table() if name.isalpha() and len(name) >= _SHORT}


@cache
def _any_of(kind: str) -> re.Pattern[str]:
    """Return the pattern of the words of one kind, longest first, apart from letters and hyphens beside them."""
    listed = sorted(_data()["words"][kind], key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9-])(?:{'|'.join(map(re.escape, listed))})(?![a-z0-9-])")


@cache
def _strengths() -> re.Pattern[str]:
    """Return the pattern of a strength: ``50 mg``, ``500/30 mg``, ``10 mg/2 ml``, ``25 mcg/h``."""
    unit = "|".join(map(re.escape, sorted(_data()["words"]["units"], key=len, reverse=True)))
    per = r"(?:\s*/\s*(?:\d+\s*)?(?:ml|h|hr|day|d|tag|jour|dia|giorno|week|month))?"
    return re.compile(rf"(?<![a-z0-9]){_NUMBERS}\s*(?:{unit})(?![a-z]){per}")


def _candidates(text: str) -> list[str]:
    """Return the name with less and less beside it, most literal first: ``tylenol 3`` is not ``tylenol``."""
    word = plain(text)
    reduced = _reduced(word)
    salts = _any_of("salts")
    bare = _squeezed(salts.sub(" ", reduced))
    rows = [word, _squeezed(_COUNTS.sub(" ", word)), reduced, bare]
    rows += [candidate.replace("-", " ") for candidate in rows]
    rows.append(_squeezed(salts.sub(" ", _reduced(word.replace("-", " ")))))
    remarked = _reduced(_squeezed(_any_of("remarks").sub(" ", _REMARK.sub(_remark, word))))
    rows += [remarked, _squeezed(salts.sub(" ", remarked))]
    made = _reduced(_squeezed(_any_of("makers").sub(" ", word.replace("-", " "))))  # Sumatriptan-ratiopharm 100
    rows += [made, _squeezed(salts.sub(" ", made))]
    return [candidate for candidate in dict.fromkeys(rows) if candidate]


def _remark(match: re.Match[str]) -> str:
    """Return what stands in brackets where it may name a medicine, else nothing."""
    inside = re.findall(r"[a-z]{4,}", match[1])
    return match[0] if any(part in _names() or spelling(part) in _spelled() for part in inside) else " "


def _reduced(word: str) -> str:
    for pattern in (_COUNTS, _strengths(), _CLOCK, _any_of("often"), _any_of("forms"), _BARE, _any_of("numbers")):
        word = _squeezed(pattern.sub(" ", word))
    return word


def _squeezed(text: str) -> str:
    return " ".join(text.split()).strip(" -/().:,@")


def _sorted_parts(word: str) -> str:
    """Return the parts of a combination in one order: ``codeine with paracetamol`` is ``codeine/paracetamol``."""
    parts = [part.strip() for part in _JOINED.split(word) if part.strip()]
    return "/".join(sorted(parts)) if len(parts) > 1 else word


def _part(text: str) -> list[Named]:
    """Return the medicine of one part of a list, or those that a slash or a word such as ``with`` parts."""
    whole = find(text)
    pieces = [piece for piece in _JOINED.split(plain(text)) if _reduced(piece)]
    each = [find(piece) for piece in pieces]
    if whole is None and len(pieces) > 1 and all(each):
        return [Named(piece, medicine) for piece, medicine in zip(pieces, each, strict=True)]
    return [Named(text, whole)]
