"""The same question as a command line and as a Python call."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

Options = Mapping[str, Any]

NO_OPTIONS: Options = MappingProxyType({})


def command(words: str, places: Sequence[str] = (), options: Options = NO_OPTIONS) -> str:
    """Return the command line; an option that is None, False or empty is left out, a list repeats its option."""
    parts = ["leao", *words.split(), *places]
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            parts.append(flag)
        elif isinstance(value, (list, tuple)):
            parts += [part for each in value for part in (flag, str(each))]
        elif not _empty(value):
            parts += [flag, _short(value) if isinstance(value, float) else str(value)]
    return shlex.join(parts)


def call(name: str, places: Sequence[Any] = (), options: Options = NO_OPTIONS) -> str:
    """Return the Python call with the same options."""
    given = {key: value for key, value in options.items() if not _empty(value)}
    inner = [*(repr(place) for place in places), *(f"{key}={value!r}" for key, value in given.items())]
    line = f"leao.{name}({', '.join(inner)})"
    if len(line) <= 88:
        return line
    return f"leao.{name}(\n    " + ",\n    ".join(inner) + ",\n)"


def _empty(value: Any) -> bool:
    """Return whether an option is left out; 0 is a number."""
    return value is None or value is False or (isinstance(value, (str, list, tuple, dict)) and not value)


def _short(value: float) -> str:
    """Return the shortest text that reads as the same number."""
    text = f"{value:g}"
    return text if float(text) == value else repr(value)
