"""The numbers in the sentences of the claims table, each with the name under which it opens.

``claims.ROW.says-K.PLACE`` of what the K-th source says, ``claims.ROW.model.PLACE`` of what this package computes;
``leao.chain.computed_claims`` says what each is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

STAGE = "claims"
_ONE = r"(?<![\w.,/–-])[-−]?\d+(?:[.,]\d+)*(?: %)?(?![\w/]|\.\d)"  # noqa: RUF001
_RANGE = rf"{_ONE}(?: (?:to|±) {_ONE})?"
NUMERAL = re.compile(rf"{_RANGE}(?: \({_RANGE}\))?")
YEAR = re.compile(r"(?:19|20)\d\d")


class Part(TypedDict):
    """A piece of a sentence; ``opens`` is the name of the number that it is, None where it is words."""

    text: str
    opens: str | None


def numerals(text: str, key: str) -> list[Part]:
    """Return a sentence in pieces, which together are the sentence; each number opens as ``key`` and its place."""
    pieces, end, place = list[Part](), 0, 0
    for match in NUMERAL.finditer(text):
        if YEAR.fullmatch(match[0]):
            continue
        pieces += [Part(text=text[end : match.start()], opens=None), Part(text=match[0], opens=f"{key}.{place}")]
        end, place = match.end(), place + 1
    return [piece for piece in [*pieces, Part(text=text[end:], opens=None)] if piece["text"]]


def parted(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return a row of the claims table with its sentences in pieces whose numbers open."""
    key = f"{STAGE}.{place}"
    says = [dict(said) | {"parts": numerals(said["text"], f"{key}.says-{k}")} for k, said in enumerate(row["says"])]
    model = None if row["model"] is None else numerals(row["model"], f"{key}.model")
    return dict(row) | {"says": says, "model_parts": model}
