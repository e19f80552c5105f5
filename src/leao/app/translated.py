"""An answer's page in the language of the screen: its headings, labels and days, and the numbers of its tables.

The pages are written in English by ``leao.report``; what stands in the table of words under ``page_`` is put in the
reader's language where it is the whole text of a heading, a label or a cell. Sentences stay as they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import escape

from leao.app import language

if TYPE_CHECKING:
    from leao.report.off_label import OffLabel

KEYS, RATES = "page_", "rate_"
SENTENCE = 20  # letters
_TAGS = "h1|h2|h3|summary|th|td|strong|dt|dd|span|li|p"
_TEXT = re.compile(rf"(<(?:{_TAGS})\b[^>]*>(?:<i [^>]*></i>)?)([^<>]{{1,260}})(?=</)")
_CELL = re.compile(r"(<td[^>]*>)([^<>]{1,60})(?=</td>)")
_NUMBER = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
_PLAIN = re.compile(r"[\d\s.,%()+\-–−:/×<>≤≥a-zA-Zµ]*")  # noqa: RUF001
_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = re.compile(rf"(?<=>)({_NAMES}) (\d{{4}})(?=</text>)")  # of a calendar, and nowhere in anybody's own words
_NOTES = re.compile(r'(<section class="notes".*?</section>)', re.DOTALL)


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

    def part(html: str) -> str:
        if _NOTES.fullmatch(html):  # word for word as the patient wrote them
            return html
        spoken = _CELL.sub(_numbers, _TEXT.sub(text, _whole(html, table)))
        return _MONTH.sub(lambda month: _month(month, lang), spoken)

    return "".join(part(each) for each in _NOTES.split(html))


def _whole(html: str, table: dict[str, str]) -> str:
    """Return a page with the sentences that are long enough to mean themselves wherever they stand."""
    for english, word in table.items():
        if len(english) >= SENTENCE:
            html = html.replace(str(escape(english)), str(escape(word)))
    return html


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


def _month(match: re.Match[str], lang: str) -> str:
    named = _table(lang)[match[1]]
    return f"{named} {match[2]}" if lang == "de" else f"{named} de {match[2]}"


@cache
def _table(lang: str) -> dict[str, str]:
    """Return by the English words of a page those of a language."""
    return {
        entry[language.DEFAULT]: entry.get(lang, entry[language.DEFAULT])
        for key, entry in language.table().items()
        if key.startswith(KEYS)
    }
