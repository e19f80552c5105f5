"""The one reader of TOML that a user wrote: of bounded size and depth, every fault one line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from leao.core import files
from leao.core.errors import LeaoError, ScenarioError
from leao.core.limits import DEEPEST, LARGEST_TEXT

_LONG_KEY = re.compile(rf"^[^=\n\"'#]*(?:\.[^=\n\"'#.]*){{{DEEPEST}}}", re.MULTILINE)
_REASON = 160  # characters of a parser's reason that are passed on


def read(path: Path, place: str | None = None, kind: type[LeaoError] = ScenarioError) -> dict[str, Any]:
    """Return the table that a user's file holds.

    Args:
        path: the file.
        place: what messages call it; else its path.
        kind: of the error.

    Raises:
        LeaoError: of ``kind``: a file that cannot be read, is not TOML, or is too large or too deep.
    """
    place = place or str(path)
    try:
        text = files.read_text(path, LARGEST_TEXT)
    except ScenarioError as error:
        raise kind(f"{place}: cannot be read ({error})") from None
    return loads(text, place, kind)


def loads(text: str, place: str, kind: type[LeaoError] = ScenarioError) -> dict[str, Any]:
    """Return the table of a text; arguments and error as in ``read``."""
    if _LONG_KEY.search(text):  # the parser's time grows with the square of a key's parts
        raise kind(f"{place}: a key of many parts, wanted at most {DEEPEST} joined by points")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:  # ValueError: a number of 5,000 digits
        reason = " ".join(str(error).split())[:_REASON]
        raise kind(f"{place}: not valid TOML ({reason}); mend the line named") from None
    if _depth(table) > DEEPEST:
        raise kind(f"{place}: tables and lists within each other, wanted at most {DEEPEST} deep")
    return table


def _depth(table: Any) -> int:
    """Return how deep tables and lists lie within each other, at most one more than is allowed."""
    layer, depth = [table], 0
    while layer and depth <= DEEPEST:
        depth += 1
        inner = [part for each in layer for part in (each.values() if isinstance(each, dict) else each)]
        layer = [part for part in inner if isinstance(part, (dict, list))]
    return depth
