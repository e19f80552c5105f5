"""A scenario as the text of a scenario file: what ``leao run FILE`` reads back as the same question."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from leao.chain.scenario import Scenario


def text(scenario: Scenario) -> str:
    """Return a scenario as TOML, every choice written out; what the ledgers decide is left to them."""
    kept = scenario.model_dump(mode="json", exclude_none=True)
    return "\n".join(_table(kept, "")).strip() + "\n"


def _table(table: Mapping[str, Any], path: str) -> list[str]:
    """Return the plain keys of a table, then its tables, each under its own head."""
    plain = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    lines = ([f"[{path}]"] if path and plain else []) + plain + ([""] if plain else [])
    for key, value in table.items():
        if _is_table(value):
            lines += _table(value, f"{path}.{_key(key)}" if path else _key(key))
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _key(key: str) -> str:
    return key if key.replace("_", "a").replace("-", "a").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(each) for each in value if each is not None)}]"
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
