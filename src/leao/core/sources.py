"""The sources: a minimal reader of ``ledgers/sources.bib`` and BibTeX of exactly the keys asked for.

An entry without doi, pmid or url cannot be found by a reader and is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from leao.core.errors import LedgerError

IDENTIFIERS = ("doi", "pmid", "url")
_ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)
_FIELD = re.compile(r"(\w+)\s*=\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")


@cache
def sources() -> dict[str, str]:
    """Return the text of every BibTeX entry under its key, in the order of the file.

    Raises:
        LedgerError: a key that stands twice, or an entry without doi, pmid or url.
    """
    path = files("leao") / "ledgers" / "sources.bib"
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, str]:
    """Return the entries of a BibTeX text whose entries each begin a line."""
    starts = list(_ENTRY.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)]
    entries: dict[str, str] = {}
    for match, end in zip(starts, ends, strict=False):  # without an entry there is no start for the text's end
        key, entry = match.group(1), text[match.start() : end].strip()
        if key in entries:
            raise LedgerError(f"sources.bib, {key}: stands twice; keep one entry")
        if not any(fields(entry).get(name) for name in IDENTIFIERS):
            raise LedgerError(f"sources.bib, {key}: no identifier; add one of {', '.join(IDENTIFIERS)}")
        entries[key] = entry
    return entries


def fields(entry: str) -> dict[str, str]:
    """Return the fields of one entry, names in lower case."""
    return {name.lower(): value for name, value in _FIELD.findall(entry)}


def bibtex(keys: Iterable[str]) -> str:
    """Return the BibTeX of the given keys, sorted, each once; ``assumed`` has no source and is passed over.

    Raises:
        LedgerError: a key that is not in ``sources.bib``.
    """
    known = sources()
    wanted = sorted(set(keys) - {"assumed"})
    for key in wanted:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            raise LedgerError(
                f"source {key!r}: not in sources.bib; " + (f"did you mean {close[0]!r}?" if close else "add its entry")
            )
    return "\n\n".join(known[key] for key in wanted) + ("\n" if wanted else "")
