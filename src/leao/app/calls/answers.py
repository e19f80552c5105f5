"""What a call gives back to the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NotRequired, TypedDict

Say = Callable[[str, Any], None]
Files = Mapping[str, tuple[str, bytes]]  # by the field of what was asked: name, content


class Answer(TypedDict):
    """An answer: ``summary`` is what the command prints with ``--json``, the rest is for the screen."""

    summary: Any
    page: NotRequired[str | None]
    command: NotRequired[str | None]
    python: NotRequired[str | None]
    text: NotRequired[str | None]
    lines: NotRequired[list[str]]  # of the text, before they are broken
    shown: NotRequired[Any]


def ticks(say: Say) -> Callable[[str, int, int], None]:
    """Return a progress function that tells the screen."""
    return lambda step, done, of: say("progress", {"step": step, "done": done, "of": of})


def page(result: Any) -> str:
    """Return the whole page of a result as text."""
    from leao.report import topics

    return topics.page(result)
