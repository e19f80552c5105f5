"""The claims table: each claim of the story, what sources say, what the model gives, and the verdict.

Data: ``evidence/claims.toml``. A claim the model has not computed has ``model`` None; its verdict is then
``untested`` unless the sources alone settle it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from leao.errors import LedgerError

VERDICTS = ("supported", "partly", "contradicted", "untested")
KEYS = {"claim", "says", "grade", "model", "command", "verdict"}
REQUIRED = KEYS - {"model"}


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    path = files("leao") / "evidence" / "claims.toml"
    return tuple(parse(path.read_text(encoding="utf-8")))


def claims() -> list[dict[str, Any]]:
    """Return the rows of the claims table, keyed as the machine-readable contract words it."""
    return [dict(row) for row in _rows()]


def parse(text: str) -> list[dict[str, Any]]:
    """Return the checked rows of a claims table.

    Raises:
        LedgerError: one line naming the row, the field and the remedy.
    """
    return [_row(place, entry) for place, entry in enumerate(tomllib.loads(text)["claims"], start=1)]


def markdown() -> str:
    """Return the README's table: claim, the command that tests it, today's verdict."""
    head = "| Claim | Test it with | Verdict today |\n| --- | --- | --- |\n"
    return head + "".join(f"| {row['claim']} | `{row['command']}` | {row['verdict']} |\n" for row in _rows())


def _row(place: int, entry: dict[str, Any]) -> dict[str, Any]:
    where = f"claims.toml, row {place}"
    for missing in sorted(REQUIRED - entry.keys()):
        raise LedgerError(f"{where}: lacks {missing}; every claim needs {', '.join(sorted(REQUIRED))}")
    for extra in sorted(entry.keys() - KEYS):
        raise LedgerError(f"{where}: unknown key {extra!r}; remove it")
    if entry["verdict"] not in VERDICTS:
        raise LedgerError(f"{where}: verdict {entry['verdict']!r}; wanted one of {', '.join(VERDICTS)}")
    for say in entry["says"]:
        if say.keys() != {"text", "source"}:
            raise LedgerError(f"{where}: says needs text and source; found {', '.join(sorted(say))}")
    return {
        "claim": entry["claim"],
        "says": entry["says"],
        "grade": entry["grade"],
        "model": entry.get("model"),
        "command": entry["command"],
        "verdict": entry["verdict"],
    }
