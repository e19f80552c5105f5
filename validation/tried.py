"""The table of what was tried, docs/validation/reliability.csv: every part of reliability.py appends to it."""

from __future__ import annotations

import csv
from pathlib import Path

from leao.core import files

TABLE = Path(__file__).parent.parent / "docs" / "validation" / "reliability.csv"
HEAD = ["part", "what", "seed", "tried", "survived", "failures"]


def rows() -> list[dict[str, str]]:
    """Return what was tried so far."""
    if not TABLE.is_file():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add(part: str, what: str, number: int, tried: int, failures: list[str]) -> None:
    """Append one batch to the table."""
    lines = [*rows(), dict(zip(HEAD, map(str, (part, what, number, tried, tried - len(failures), "; ".join(failures))),
                               strict=True))]  # fmt: skip
    text = ",".join(HEAD) + "\n"
    for line in lines:
        cells = ['"' + line[key].replace('"', "'").replace("\n", " ") + '"' for key in HEAD]
        text += ",".join(cells) + "\n"
    files.write_text(TABLE, text)
