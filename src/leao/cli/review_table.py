"""A review as a person reads it in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from leao.cli.screen import Screen

if TYPE_CHECKING:
    from leao.review.contract import ReviewSummary

ODDITIES = 8
STYLES = {"stop": "bold red", "caution": "yellow", "note": "dim"}


def print_review(answer: ReviewSummary, out: Path | None) -> None:
    """Print what needs action, before and now, chance, all counts, the model and how the diary was read."""
    page = Screen(row_styles=STYLES)
    _first(answer, page)
    _model(answer, page)
    _read(answer, page)
    page.line(answer["red_flags"]["before"], "dim")
    page.line("; ".join(answer["red_flags"]["items"]) + f" ({answer['red_flags']['source']}).", "dim")
    if out is not None:
        page.path(f"page: {out}")


def _first(answer: ReviewSummary, page: Screen) -> None:
    """Print the first screen: patient, notes, what needs action, before and now, chance."""
    from leao.report import review_first as first
    from leao.report import review_words as words

    doses = "; ".join(f"{step['dose']} from {step['from']}" for step in answer["doses"])
    lines = [(first.patient(answer, doses), "bold")]
    notes = [(f"note, {note['date'] or 'no date'}: {note['text']}", bool(note["words"])) for note in answer["notes"]]
    lines += [(note, "bold" if urgent else "") for note, urgent in notes]
    for row in first.actions(answer):
        lines.append((f"{row['level']}: {row['head']}. {row['said']} {row['rule']}", STYLES[row["level"]]))
    lines += [(f"side effect written down: {line}", "") for line in first.side_effects(answer)]
    lines += [(line, "dim") for line in first.not_met(answer)]
    lines += [(line, "bold") for line in filter(None, [first.unread(answer)])]
    for text, style in lines:
        page.line(text, style)
    page.table(*first.now_rows(answer))
    for line in filter(None, (first.responder(answer), words.headline(answer))):
        page.line(line, "bold" if answer["converged"] else "bold red")
    for line in first.chance(answer):
        page.line(line, "")
    page.line(words.migraine_words(answer), "dim")


def _model(answer: ReviewSummary, page: Screen) -> None:
    """Print all counts, the model's words, the priors, what would settle it, and what was not checked."""
    from leao.report import review_words as words

    page.table(["all counts, per 28 written days", *words.periods(answer)], words.count_rows(answer))
    for line in words.sentences(answer):
        page.line(f"model: {line}", "dim")
    if answer["change_percent"]:
        page.table(["", "weak prior", "with the trials", words.BEFORE_DIARY], words.prior_rows(answer))
    if answer["what_would_settle"]:
        page.table(["what would settle it", "weeks to 80 %", "clear in a year"], words.course_rows(answer))
    for line in answer["not_checked"]:
        page.line(f"not checked: {line}", "dim")


def _read(answer: ReviewSummary, page: Screen) -> None:
    for line in answer["read"]["understood"]:
        page.line(f"understood: {line}", "dim")
    oddities = answer["read"]["oddities"]
    for odd in oddities[:ODDITIES]:
        place = "" if odd["row"] is None else f"row {odd['row']}: "
        page.line(f"{place}{odd['what']}", "yellow")
    if len(oddities) > ODDITIES:
        page.line(f"and {len(oddities) - ODDITIES} more; leao review --check lists all", "yellow")
