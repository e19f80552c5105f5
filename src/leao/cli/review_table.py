"""A review as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leao.cli.screen import Screen

ODDITIES = 8
STYLES = {"stop": "bold red", "caution": "yellow", "note": "dim"}


def print_review(found: Mapping[str, Any], out: Path | None) -> None:
    """Print what needs action, before and now, chance, all counts, the model and how the diary was read."""
    page = Screen(row_styles=STYLES)
    _first(found, page)
    _model(found, page)
    _read(found, page)
    page.line(found["red_flags"]["before"], "dim")
    page.line("; ".join(found["red_flags"]["items"]) + f" ({found['red_flags']['source']}).", "dim")
    if out is not None:
        page.path(f"page: {out}")


def _first(found: Mapping[str, Any], page: Screen) -> None:
    """Print the first screen: patient, notes, what needs action, before and now, chance."""
    from leao.report import review_first as first
    from leao.report import review_words as words

    doses = "; ".join(f"{step['dose']} from {step['from']}" for step in found["doses"])
    lines = [(first.patient(found, doses), "bold")]
    notes = [(f"note, {note['date'] or 'no date'}: {note['text']}", bool(note["words"])) for note in found["notes"]]
    lines += [(note, "bold" if urgent else "") for note, urgent in notes]
    for row in first.actions(found):
        lines.append((f"{row['level']}: {row['head']}. {row['said']} {row['rule']}", STYLES[row["level"]]))
    lines += [(f"side effect written down: {line}", "") for line in first.side_effects(found)]
    lines += [(line, "dim") for line in first.not_met(found)]
    lines += [(line, "bold") for line in filter(None, [first.unread(found)])]
    for text, style in lines:
        page.line(text, style)
    page.table(*first.now_rows(found))
    for line in filter(None, (first.responder(found), words.headline(found))):
        page.line(line, "bold" if found["converged"] else "bold red")
    for line in first.chance(found):
        page.line(line, "")
    page.line(words.migraine_words(found), "dim")


def _model(found: Mapping[str, Any], page: Screen) -> None:
    """Print all counts, the model's words, the priors, what would settle it, and what was not checked."""
    from leao.report import review_words as words

    page.table(["all counts, per 28 written days", *words.periods(found)], words.count_rows(found))
    for line in words.sentences(found):
        page.line(f"model: {line}", "dim")
    if found["change_percent"]:
        page.table(["", "weak prior", "with the trials", words.BEFORE_DIARY], words.prior_rows(found))
    if found["what_would_settle"]:
        page.table(["what would settle it", "weeks to 80 %", "clear in a year"], words.course_rows(found))
    for line in found["not_checked"]:
        page.line(f"not checked: {line}", "dim")


def _read(found: Mapping[str, Any], page: Screen) -> None:
    for line in found["read"]["understood"]:
        page.line(f"understood: {line}", "dim")
    oddities = found["read"]["oddities"]
    for odd in oddities[:ODDITIES]:
        place = "" if odd["row"] is None else f"row {odd['row']}: "
        page.line(f"{place}{odd['what']}", "yellow")
    if len(oddities) > ODDITIES:
        page.line(f"and {len(oddities) - ODDITIES} more; leao review --check lists all", "yellow")
