"""A BibTeX list as readable references, each with a plain link to its DOI or address."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from leao.core import sources

DOI = "https://doi.org/"
ACCENTS = {"~": "\N{COMBINING TILDE}", '"': "\N{COMBINING DIAERESIS}", "'": "\N{COMBINING ACUTE ACCENT}"}


class Reference(NamedTuple):
    """One source: the key used in the ledgers, its text, and where to find it."""

    key: str
    text: str
    doi: str
    address: str


def references(bibtex: str) -> list[Reference]:
    """Return the entries of a BibTeX text in alphabetical order of their keys."""
    rows = [_reference(key, sources.fields(entry)) for key, entry in sources.parse(bibtex).items()]
    return sorted(rows, key=lambda reference: reference.key)


def reference(key: str) -> str | None:
    """Return one source in words with its DOI or address, None where a number is assumed."""
    for item in references(sources.bibtex([key])):
        return f"{item.text}. {DOI + item.doi if item.doi else item.address}".rstrip(". ")
    return None


def _plain(text: str) -> str:
    for mark, accent in ACCENTS.items():
        text = re.sub(r"\{?\\" + re.escape(mark) + r"\{?(\w)\}?\}?", rf"\1{accent}", text)
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "").replace("--", "\N{EN DASH}")).strip()


def _reference(key: str, entry: dict[str, str]) -> Reference:
    fields = {name: _plain(value) for name, value in entry.items()}
    authors = fields.get("author", "").replace(" and others", " et al.").replace(" and ", "; ")
    volume = " ".join(x for x in (fields.get("volume", ""), fields.get("pages", "")) if x)
    where = fields.get("journal") or fields.get("publisher") or fields.get("howpublished") or ""
    parts = [authors, fields.get("title", ""), where, volume, fields.get("year", "")]
    identifier = f"PMID {fields['pmid']}" if "pmid" in fields and "doi" not in fields else ""
    text = ". ".join(part.rstrip(".") for part in [*parts, identifier] if part)
    return Reference(key, text, fields.get("doi", ""), "" if "doi" in fields else fields.get("url", ""))
