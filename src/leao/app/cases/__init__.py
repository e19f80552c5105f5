"""The shelf of made-up diaries to teach with: what is seen, what was put in, what it teaches."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from leao.core.errors import ScenarioError

TOLD = ("title", "asks", "put_in", "teaches")  # the sentences of a case


@cache
def shelf() -> dict[str, dict[str, Any]]:
    """Return every case by name, as ``cases.toml`` has it."""
    return tomllib.loads((files("leao") / "app" / "cases" / "cases.toml").read_text("utf-8"))


def diary(name: str) -> bytes:
    """Return the diary of a case.

    Raises:
        ScenarioError: no such case.
    """
    if name not in shelf():
        raise ScenarioError(f"case: found {name!r}, wanted one of {', '.join(shelf())}")
    return (files("leao") / "app" / "cases" / f"{name}.csv").read_bytes()
