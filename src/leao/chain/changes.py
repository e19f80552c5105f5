"""Changes of a scenario as a user writes them, ``--set key=value``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leao.chain.scenario import LONGEST_NAME
from leao.core import toml
from leao.core.errors import ScenarioError, each_once


def parse_changes(changes: Mapping[str, Any] | Sequence[str] | None) -> dict[str, Any]:
    """Return keys and values of all that is to be changed, each key once.

    Raises:
        ScenarioError: a text that is no ``key=value``, or a key that stands twice.
    """
    if isinstance(changes, Mapping):
        return dict(changes)
    pairs = [parse_change(text) for text in changes or ()]
    each_once("--set", (key for key, _ in pairs))
    return dict(pairs)


def parse_change(text: str) -> tuple[str, Any]:
    """Return key and value of a ``--set key=value``; the value is read as TOML, else as text."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise ScenarioError(
            f"--set: found {text!r}, wanted key=value; write for example --set arms.memantine.dose='20 mg'"
        )
    try:
        table = toml.loads(f"x = {value}", f"--set {key.strip()[:LONGEST_NAME]}")
    except ScenarioError:  # no TOML: a text without quotes
        return key.strip(), value.strip()
    if len(table) > 1:
        raise ScenarioError(f"--set {key.strip()}: found more than one line, wanted one value; repeat --set")
    return key.strip(), table["x"]
