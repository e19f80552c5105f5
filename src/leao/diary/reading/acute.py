"""Acute medicines of a cell: each with its class of ICHD-3 8.2, ``unknown`` where the name is not in the table.

An unknown name does not stop the run: it is an acute medicine of unknown class, listed once with its count, and the
counts by class read "at least, at most". A medicine that is no acute headache medicine is listed, and not counted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from leao.diary.reading import cells
from leao.diary.reading.cells import Unread
from leao.diary.reading.words import bare, group, plain
from leao.dosing import medicines

UNKNOWN = "unknown"
CLASSES = {
    "combination_analgesic": "combination",
    "other_acute": "other",
    "triptan": "triptan",
    "ergot": "ergot",
    "opioid": "opioid",
}
SIMPLE = {"paracetamol": "paracetamol", "nsaid": "nsaid"}
_RELIEF = re.compile(r"\b(?:somewhat helpful|unhelpful|helpful|unsure)\b\s*[-:–]?\s*", re.IGNORECASE)  # noqa: RUF001
_DENIES = re.compile(
    r"(?:no|none|not|nothing|kein\w*|nichts|ohne|nicht|sin|ningun\w*|nada|sans|aucun\w*|rien|pas|nessun\w*|niente|senza|nenhum\w*|sem)\b"
)


class Taken(NamedTuple):
    """One acute medicine: the name as written or the international one, its class, and whether it is acute at all."""

    name: str
    acute_class: str | None  # None: a medicine that is no acute headache medicine


def taken(text: str, column: str | None = None) -> list[Taken]:
    """Return the medicines of a cell.

    Args:
        text: the cell.
        column: the medicine after which the column is named, where it is; then a mark or a number is that medicine.

    Raises:
        Unread: a cell that begins with a no and goes on.
    """
    if cells.is_missing(text) or cells.is_dash(text):
        return []
    word = bare(text)
    if len(text) > 4 * medicines.LONGEST:
        raise Unread(f"a cell of {len(text)} characters, wanted medicines")
    if word in group("cells", "no") or medicines.is_nothing(text):
        return []
    value = cells.number(text)
    if value is not None:
        return [] if value <= 0.0 else _named(column, "a number of tablets without a name")
    if word in group("cells", "yes") or word in group("dose", "taken"):
        return _named(column, "taken, without a name")
    named = medicines.read(_RELIEF.sub("; ", text))
    denied = _DENIES.match(plain(text)) or not any(sign.isalnum() for sign in text)
    if column is not None and not denied and not any(each.medicine for each in named):
        return _named(column, column)
    if not named or denied:
        raise Unread("wanted medicines, or none")
    return [_taken(each.written, each.medicine) for each in named]


def _named(column: str | None, otherwise: str) -> list[Taken]:
    medicine = None if column is None else medicines.find(column)
    return [_taken(otherwise if column is None else column, medicine)]


def _taken(text: str, medicine: medicines.Medicine | None) -> Taken:
    if medicine is None and bare(text) in group("remedies", "none_of_them"):
        return Taken(bare(text), None)
    if medicine is None:
        return Taken(" ".join(text.split()), UNKNOWN)
    if medicine.acute_class is None:
        return Taken(medicine.name, None)
    return Taken(medicine.name, CLASSES.get(medicine.acute_class) or SIMPLE.get(medicine.group, "nsaid"))


class Listed:
    """Counts the medicines of a file, each name once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count: Counter[Taken] = Counter()

    def add(self, named: list[Taken]) -> None:
        """Count the medicines of a cell."""
        self._count.update(set(named))

    @property
    def medicines(self) -> list[dict[str, Any]]:
        """Each name with its class and in how many cells it stands, the most frequent first."""
        return [
            {"name": each.name, "class": each.acute_class, "count": count}
            for each, count in sorted(self._count.items(), key=lambda item: (-item[1], item[0].name))
        ]

    @property
    def lines(self) -> list[str]:
        """What must be said of them, in lines."""
        unknown = [f"{m['name'][:40]} ({m['count']})" for m in self.medicines if m["class"] == UNKNOWN]
        not_acute = [f"{m['name']} ({m['count']})" for m in self.medicines if m["class"] is None]
        lines = []
        if unknown:
            lines.append(f"acute medicine of unknown class, counted as acute: {', '.join(unknown)}")
        if not_acute:
            lines.append(f"no acute headache medicine, not counted as one: {', '.join(not_acute)}")
        return lines
