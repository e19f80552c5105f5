"""An answer's page in the language of the screen: its headings, labels and days, and the numbers of its tables.

The pages are written in English by ``leao.report``; what stands in the table of words under ``page_`` is put in the
reader's language where it is the whole text of a heading, a label or a cell. Sentences stay as they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from leao.app import language

if TYPE_CHECKING:
    from leao.report.off_label import OffLabel

KEYS, RATES = "page_", "rate_"
_TAGS = "h1|h2|h3|summary|th|td|strong|dt|dd|span|li|p"
_TEXT = re.compile(rf"(<(?:{_TAGS})\b[^>]*>(?:<i [^>]*></i>)?)([^<>]{{1,260}})(?=</)")
_CELL = re.compile(r"(<td[^>]*>)([^<>]{1,60})(?=</td>)")
_NUMBER = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
_PLAIN = re.compile(r"[\d\s.,%()+\-–−:/×<>≤≥a-zA-Zµ]*")  # noqa: RUF001
_DAY = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


def page(html: str, lang: str) -> str:
    """Return a page with what is known of it in another language; in English as it is."""
    if lang == language.DEFAULT:
        return html
    table = _table(lang)

    def text(match: re.Match[str]) -> str:
        inner = match[2]
        stripped = inner.strip()
        ending = stripped[-1:] if stripped.endswith((":", ".")) else ""
        word = table.get(stripped) or (table.get(stripped[:-1]) if ending else None)
        if word is None:
            return match[1] + _rates(inner, lang) if "on placebo" in inner else match[0]
        spoken = word + (ending if stripped not in table else "")
        return match[1] + inner.replace(stripped, spoken)

    return _DAY.sub(lambda day: _day(day, lang), _CELL.sub(_numbers, _TEXT.sub(text, html)))


def off_label(block: OffLabel, lang: str) -> OffLabel:
    """Return the block on off-label use in a language of the screens."""
    if lang == language.DEFAULT:
        return block
    table = _table(lang)
    return block._replace(
        status=table.get(block.status, block.status),
        report=tuple(table.get(each, each) for each in block.report),
        effects=tuple(
            (table.get(name, name), table.get(known) or _rates(known, lang)) for name, known in block.effects
        ),
        caution=table.get(block.caution, block.caution),
    )


def _rates(text: str, lang: str) -> str:
    for key, entry in language.table().items():
        if key.startswith(RATES):
            text = text.replace(entry[language.DEFAULT], entry[lang])
    return _NUMBER.sub(r"\1,\2", text)


def _numbers(match: re.Match[str]) -> str:
    """Return a cell with a decimal comma, as both languages write it; one that holds a sentence as it is."""
    if len(match[2].split()) > 6 or not _PLAIN.fullmatch(match[2]):
        return match[0]
    return match[1] + _NUMBER.sub(r"\1,\2", match[2])


def _day(match: re.Match[str], lang: str) -> str:
    months = _table(lang)
    named = months[match[2]]
    return f"{match[1]}. {named}" if lang == "de" else f"{match[1]} de {named}"


@cache
def _table(lang: str) -> dict[str, str]:
    """Return by the English words of a page those of a language."""
    return {
        entry[language.DEFAULT]: entry.get(lang, entry[language.DEFAULT])
        for key, entry in language.table().items()
        if key.startswith(KEYS)
    }
