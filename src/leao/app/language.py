"""The words of the screens, from one table that a person can translate: ``words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
DEFAULT = "en"


@cache
def table() -> dict[str, dict[str, str]]:
    """Return by key the words in each language."""
    return tomllib.loads((files("leao") / "app" / "words.toml").read_text("utf-8"))


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
