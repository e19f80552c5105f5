"""The claims table: each claim of the story, what sources say, what the model gives, and the verdict.

Data: ``evidence/claims.toml``, with the scale of the grades. A claim the model has not computed has ``model`` None;
its verdict is then ``untested`` unless the sources alone settle it.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any

from leao.core.errors import LedgerError, ScenarioError
from leao.core.rows import picked

VERDICTS = ("supported", "partly", "contradicted", "untested")
GRADES = ("high", "moderate", "low", "very low", "none")
REQUIRED = {"claim", "says", "grade", "because", "command", "verdict"}
SEARCHED = ("what", "where", "date", "result")
KEYS = REQUIRED | {"model"}
SAY = {"text", "source"}
SHORT = 4  # letters below which a word names no claim
NEAR = 0.6


@cache
def _text() -> str:
    return (files("leao") / "evidence" / "claims.toml").read_text(encoding="utf-8")


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(parse(_text()))


def claims(about: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of the claims table, keyed as the machine-readable contract words it.

    Args:
        about: words that a claim must hold; all of them, in any order.

    Raises:
        ScenarioError: no claim holds the words; names the nearest.
    """
    rows = [dict(row) for row in _rows()]
    if about is None:
        return rows
    wanted = _words(about)
    for place in (lambda row: row["claim"], lambda row: " ".join([row["claim"], *(s["text"] for s in row["says"])])):
        entries = [row for row in rows if _holds(place(row), wanted)]
        if entries:
            return entries
    raise ScenarioError(
        f"evidence claims: no claim about {about!r}; did you mean {nearest(about)!r}? All of them: leao evidence claims"
    )


def _holds(text: str, wanted: Collection[str]) -> bool:
    """Return whether each of some words stands in a text, or is a part of one of its words."""
    have = _words(text)
    return bool(wanted) and all(any(word in each for each in have) for word in wanted)


def nearest(about: str) -> str:
    """Return the claim nearest to some words: by its most similar word, else by the whole text."""
    rows = [row["claim"] for row in _rows()]
    by_word = {word: claim for claim in reversed(rows) for word in _words(claim) if len(word) >= SHORT}
    for word in sorted(_words(about), key=len, reverse=True):
        close = difflib.get_close_matches(word, list(by_word), n=1, cutoff=NEAR)
        if close:
            return by_word[close[0]]
    return max(rows, key=lambda claim: difflib.SequenceMatcher(None, about.lower(), claim.lower()).ratio())


def scale() -> dict[str, str]:
    """Return what each grade means, from high to none."""
    table = tomllib.loads(_text())["grades"]
    return {grade: table[grade] for grade in GRADES}


def searched() -> list[dict[str, str]]:
    """Return what was searched for and not found, or found without figures, with place and date."""
    text = (files("leao") / "evidence" / "searched.toml").read_text(encoding="utf-8")
    return [picked(row, SEARCHED) for row in tomllib.loads(text)["searched"]]


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


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _row(place: int, entry: dict[str, Any]) -> dict[str, Any]:
    where = f"claims.toml, row {place}"
    for missing in sorted(REQUIRED - entry.keys()):
        raise LedgerError(f"{where}: lacks {missing}; every claim needs {', '.join(sorted(REQUIRED))}")
    for extra in sorted(entry.keys() - KEYS):
        raise LedgerError(f"{where}: unknown key {extra!r}; remove it")
    for key, known in (("verdict", VERDICTS), ("grade", GRADES)):
        if entry[key] not in known:
            raise LedgerError(f"{where}: {key} {entry[key]!r}; wanted one of {', '.join(known)}")
    if entry["verdict"] == "untested" and entry["grade"] in GRADES[:2]:
        raise LedgerError(
            f"{where}: grade {entry['grade']!r} beside 'untested'; a claim that is well graded is settled"
        )
    for say in entry["says"]:
        if say.keys() != SAY:
            raise LedgerError(f"{where}: says needs text and source; found {', '.join(sorted(say))}")
    return {
        "claim": entry["claim"],
        "says": entry["says"],
        "grade": entry["grade"],
        "because": entry["because"],
        "model": entry.get("model"),
        "command": entry["command"],
        "verdict": entry["verdict"],
    }
