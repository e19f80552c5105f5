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

_CODE_FIRST = re.compile(r"(?<![\d.,-])(\d{1,3})\s*[=:]\s*([^\W\d_][^\d,;:|/()\[\]{}=]*)")
_WORD_FIRST = re.compile(r"([^\W\d_][^\d,;:|/()\[\]{}=]*?)\s*=\s*(\d{1,3})(?![\d.,]*\d)")
_JOINING = re.compile(r"\s+(?:and|or|und|oder|y|o|et|ou|e)\s*$")
_ENDS = (3.0, 4.0, 5.0, 10.0, 100.0)
_SEVERAL = 2  # pairs that make a legend where the word stands first, as a name may, too


def _parts(kind: str) -> frozenset[str]:
    return frozenset(words.table("headers")["parts"][kind])


def role_of(header: str) -> str | None:
    """Return our column for a name of a column, ``harmless``, or None where the name is not known."""
    known, header = words.roles(), without_legend(header)
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


def legend_of(header: str) -> dict[float, str]:
    """Return the word of each number that a column's name explains; none where it explains none."""
    pairs = list(_CODE_FIRST.findall(header))
    if not pairs:
        turned = [(code, word) for word, code in _WORD_FIRST.findall(header)]
        pairs = turned if len(turned) >= _SEVERAL else []
    return {float(code): _JOINING.sub("", word.strip()) for code, word in pairs}


def without_legend(header: str) -> str:
    """Return a column's name without what it explains of its numbers."""
    return _CODE_FIRST.sub(" ", header) if len(_CODE_FIRST.findall(header)) >= _SEVERAL else header


def scale_of(header: str) -> str | None:
    """Return the scale that a column's name gives, such as ``0-10``, or None."""
    match = _SCALE.search(words.plain(header))
    if match is None:
        return None
    explained = [f"{code:g}" for code in sorted(legend_of(header)) if code in _ENDS]
    given = next(filter(None, match.groups()))
    return f"0-{explained[-1] if explained and given in explained else given}"


def unit_of(header: str) -> str | None:
    """Return the unit of lengths that a column's name gives, or None."""
    inside = _BRACKET.findall(words.plain(header))
    parts = re.findall(r"[a-z]+", " ".join([*inside, name_of(header)]))
    units = [unit for unit in UNITS if _parts(unit) & set(parts)]
    return units[0] if len(units) == 1 else None


def says_milligrams(header: str) -> bool:
    """Return whether a column's name gives its numbers in mg."""
    return "mg" in re.findall(r"[a-z]+", words.plain(header))
