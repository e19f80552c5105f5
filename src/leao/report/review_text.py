"""One review as plain text to copy into a chart: who, what needs action, before and now, the drug or chance."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leao.report import off_label, review_first, review_words, words
from leao.report.plan_text import block

if TYPE_CHECKING:
    from leao.review.contract import ReviewSummary


def text(answer: ReviewSummary, version: str, today: date | None = None) -> str:
    """Return the review as text, its lines broken to the width of a chart."""
    return words.broken(lines(answer, version, today))


def lines(answer: ReviewSummary, version: str, today: date | None = None) -> list[str]:
    """Return the review as lines of plain text, each whole.

    Args:
        answer: the summary of ``leao.review.diary``.
        version: the version that answered.
        today: the date at its head; today where it is left out.
    """
    doses = "; ".join(f"{step['dose']} from {step['from']}" for step in answer["doses"])
    rows = [
        f"Headache diary, reviewed {(today or date.today()).isoformat()} (Leão {version}); decision support, no device",
        review_first.patient(answer, doses),
    ]
    rows += block("Notes, word for word", [f"{note['date'] or 'no date'}: {note['text']}" for note in answer["notes"]])
    acts = [f"{row['head']}. {row['said']} {row['rule']}" for row in review_first.actions(answer)]
    rows += block("Needs action", acts)
    rows += block("Side effects written down", review_first.side_effects(answer))
    header, counts = review_first.now_rows(answer)
    rows += block(f"{header[0]} ({', then '.join(header[1:])})", [f"{row[0]}: {', '.join(row[1:])}" for row in counts])
    said = [review_first.responder(answer), review_words.headline(answer), *review_first.chance(answer)]
    rows += block("The drug, or chance?" if answer["doses"] else "The diary alone", [line for line in said if line])
    checked = [*review_first.not_met(answer), *(f"not checked: {what}" for what in answer["not_checked"])]
    rows += block("Criteria", [*checked, *filter(None, [review_first.unread(answer)])])
    rows += ["", *off_label.lines()]
    return rows
