"""The words of the screens, from one table that a person can translate: ``words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
DEFAULT = "en"
SENTENCES = "sentences"


@cache
def _whole() -> dict[str, Any]:
    return tomllib.loads((files("leao") / "app" / "words.toml").read_text("utf-8"))


@cache
def table() -> dict[str, dict[str, str]]:
    """Return by key the words of the screens in each language."""
    return {key: entry for key, entry in _whole().items() if key != SENTENCES}


def sentences() -> dict[str, dict[str, str]]:
    """Return by its English words what the answers say, in the other languages."""
    return _whole()[SENTENCES]


@cache
def words(language: str) -> dict[str, str]:
    """Return the words of one language by key; what is not translated stands in English."""
    return {key: entry.get(language, entry[DEFAULT]) for key, entry in table().items()}


def chosen(wanted: str | None, kept: str | None, accepted: str) -> str:
    """Return the language asked for in the address, else the one kept, else the first the browser accepts.

    Args:
        wanted: of the address.
        kept: of the cookie.
        accepted: the header Accept-Language.
    """
    for name in (wanted, kept, *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(","))):
        if name in LANGUAGES:
            return name
    return DEFAULT
