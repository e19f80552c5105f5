"""An answer in the language of the screen: its pages, its text for the chart, its lines on the screen.

The answers are written in English. ``words.toml`` holds under ``sentences`` what they say, by the English words, with
places for numbers, days and words of the user's own. What stands there is put in the reader's language; words of the
user's own (``translate="no"`` on a page) and titles of sources (``lang="en"``) stay as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import escape

from leao.app import language
from leao.app.sentences import LETTERS, text
from leao.report import words

OWN_WORDS = ("Notes, word for word", "Side effects written down")  # titles of a chart's blocks
NO_LINES = ("notes", "side_effects", "first_rows", "header", "mapping", "toml", "film", "behind")  # of an answer
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_SPOKEN_ATTRIBUTE = re.compile(r'((?:aria-label|title|alt|placeholder|data-head)=")([^"]+)(?=")')
_AS_IT_IS = re.compile(r'^<(?:style|script|code|pre|cite)\b|\stranslate="no"|\slang="en"', re.IGNORECASE)


def page(markup: str, lang: str) -> str:
    """Return a page in another language as far as it is known; in English as it is."""
    if lang == language.DEFAULT:
        return markup
    parts = _TAG.split(markup)
    return "".join(_parts(parts, lang)).replace('<html lang="en">', f'<html lang="{lang}">', 1)


def _parts(parts: list[str], lang: str) -> Iterator[str]:
    """Yield texts and tags, each text looked up, but for the elements that stay as they are."""
    kept, depth = "", 0  # the element within which nothing is looked up, and how deep in its like
    for place, part in enumerate(parts):
        is_tag = place % 2 == 1
        if not is_tag:
            yield part if kept or not part.strip() else _node(part, lang)
            continue
        match = _NAME.match(part)
        name = match[1].lower() if match else ""
        if kept:
            if name == kept and not part.endswith("/>"):
                depth += -1 if part.startswith("</") else 1
            kept = kept if depth else ""
        elif name != "html" and _AS_IT_IS.search(part) and not part.startswith("</") and not part.endswith("/>"):
            kept, depth = name, 1
        yield part if kept else _SPOKEN_ATTRIBUTE.sub(lambda m: m[1] + str(escape(_of(m[2], lang))), part)


def _node(part: str, lang: str) -> str:
    said = _of(part, lang)
    return part if said == html.unescape(part) else str(escape(said))


def _of(part: str, lang: str) -> str:
    plain = html.unescape(part)
    inner = plain.strip(" \n\t\r")
    return plain.replace(inner, text(inner, lang), 1) if inner else plain


def chart(rows: list[str], lang: str) -> str:
    """Return the lines of a text for the chart in a language, broken to its width; notes word for word."""
    said, title = [], ""
    for row in rows:
        entry = row.removeprefix("- ")
        title = title if entry != row else row
        bullet = row[: len(row) - len(entry)]
        said.append(row if bullet and title.startswith(OWN_WORDS) else bullet + text(entry, lang))
    return words.broken(said)


def lines_of(answer: Any, lang: str) -> dict[str, str]:
    """Return by their English words the lines of an answer that are said otherwise in a language."""
    said = {line: text(line, lang) for line in set(_strings(answer)) if LETTERS.search(line)}
    return {line: spoken for line, spoken in said.items() if spoken != line}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in NO_LINES:
                yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)
