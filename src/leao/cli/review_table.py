"""A review as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leao.cli.plan import STYLES, _line, _table

ODDITIES = 8


def print_review(found: Mapping[str, Any], out: Path | None) -> None:
    """Print the answer, what stands against it, the counts, the flags and how the diary was read."""
    from rich.console import Console

    from leao.report import review_words as words

    console = Console()
    for note in found["notes"]:
        _line(console, f"note, {note['date'] or 'no date'}: {note['text']}", "")
    _line(console, words.headline(found), "bold" if found["converged"] else "bold red")
    for line in words.sentences(found):
        _line(console, line, "")
    for flag in found["flags"]:
        counted = f"{flag['days']} day{'' if flag['days'] == 1 else 's'}"
        _line(console, f"{flag['level']}: {flag['what']} ({counted}; {flag['rule']})", STYLES[flag["level"]])
    _table(console, ["per 28 recorded days", *words.periods(found)], words.count_rows(found))
    _line(console, words.migraine_words(found), "dim")
    if found["change_percent"]:
        _table(console, ["", "weak prior", "synthesis", "before reading"], words.prior_rows(found))
    if found["what_would_settle"]:
        _table(console, ["what would settle it", "weeks to 80 %", "clear in a year"], words.course_rows(found))
    for line in found["not_checked"]:
        _line(console, f"not checked: {line}", "dim")
    _read(found, console)
    _line(console, found["red_flags"]["before"], "dim")
    _line(console, "; ".join(found["red_flags"]["items"]) + f" ({found['red_flags']['source']}).", "dim")
    if out is not None:
        _line(console, f"page: {out}", "dim")


def _read(found: Mapping[str, Any], console: Any) -> None:
    for line in found["read"]["understood"]:
        _line(console, f"understood: {line}", "dim")
    oddities = found["read"]["oddities"]
    for odd in oddities[:ODDITIES]:
        place = "" if odd["row"] is None else f"row {odd['row']}: "
        _line(console, f"{place}{odd['what']}", "yellow")
    if len(oddities) > ODDITIES:
        _line(console, f"and {len(oddities) - ODDITIES} more; leao review --check lists all", "yellow")
