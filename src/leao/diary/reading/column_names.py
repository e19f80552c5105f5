"""What a column's name says: our column, the medicine it is named after, its scale and its unit."""

from __future__ import annotations

import re

from leao.diary.reading import words
from leao.diary.reading.mapping import UNITS
from leao.diary.reading.words import bare, name_of

_BRACKET = re.compile(r"[(\[{]([^)\]}]{1,60})[)\]}]")
_SCALE = re.compile(
    r"\b[01]\s*(?:-|–|to|bis|a|/|\.\.)\s*(3|4|5|10|100)\b|/\s*(3|4|5|10|100)\b"  # noqa: RUF001
    r"|\b([345])\s*=|\bout of (3|4|5|10|100)\b"
)


def _parts(kind: str) -> frozenset[str]:
    return frozenset(words.table("headers")["parts"][kind])


def role_of(header: str) -> str | None:
    """Return our column for a name of a column, ``harmless``, or None where the name is not known."""
    known = words.roles()
    name = _SCALE.sub(" ", name_of(header)).strip(" ,:")
    tried = [bare(header), name, re.sub(r"\s*\d+$", "", name).strip(" .#")]
    tried.append(" ".join(part for part in name.split() if part not in _parts("fillers")))
    for form in tried:
        if form in known:
            return known[form]
        if form in words.harmless():
            return "harmless"
    measured = [part.strip() for part in re.split(r"[/,&+|]", name) if part.strip()]
    if len(measured) > 1 and all(part in _parts("measures") for part in measured[1:]):  # Medikament / Menge
        return known.get(measured[0])
    units = {"mg"}.union(*(_parts(unit) for unit in UNITS))
    without = known.get(" ".join(part for part in name.split() if part not in units))
    return without if without in ("duration", "dose_taken") else None


def medicine_of(header: str) -> str | None:
    """Return the substance that a column's name names, or None."""
    from leao.dosing import medicines

    medicine = medicines.find(name_of(header)) if len(header) <= 40 else None
    return None if medicine is None else medicine.name


def scale_of(header: str) -> str | None:
    """Return the scale that a column's name gives, such as ``0-10``, or None."""
    match = _SCALE.search(words.plain(header))
    return None if match is None else f"0-{next(filter(None, match.groups()))}"


def unit_of(header: str) -> str | None:
    """Return the unit of lengths that a column's name gives, or None."""
    inside = _BRACKET.findall(words.plain(header))
    parts = re.findall(r"[a-z]+", " ".join([*inside, name_of(header)]))
    units = [unit for unit in UNITS if _parts(unit) & set(parts)]
    return units[0] if len(units) == 1 else None


def says_milligrams(header: str) -> bool:
    """Return whether a column's name gives its numbers in mg."""
    return "mg" in re.findall(r"[a-z]+", words.plain(header))
