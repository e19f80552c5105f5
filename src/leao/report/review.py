"""One review as one self-contained HTML page: it states what the diary shows, never what to prescribe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from leao.core.units import DAYS_PER_WEEK
from leao.report import off_label, page, review_first, review_words, words
from leao.report.figures import calendar, months
from leao.review import counts_and_response
from leao.review.answer import Review

if TYPE_CHECKING:
    from leao.core.contract import Distribution
    from leao.review.contract import NoteShown, ReviewSummary

MONTHS = 6  # on the first screen
NOTES = 12  # without a word of the alarm list, on the first screen
SCALE = (-100.0, 100.0)  # per cent, of the drawn interval
CHECKS = {
    "after_free": "headache after a free day",
    "after_headache": "headache after a headache day",
    "headache_run": "length of headache runs, days",
    "free_run": "length of free runs, days",
}


def render(review: Review, today: date | None = None) -> str:
    """Return the review as the text of one HTML page.

    Args:
        review: what ``leao.review`` returned.
        today: the date printed beside the line for the name; today where it is left out.
    """
    summary = review.summary
    days = _days(review)
    blocks = months.draw(days)
    first, later = notes(summary["notes"])
    return page.render(
        "review.html.j2",
        summary=summary,
        today=(today or date.today()).isoformat(),
        patient=review_first.patient(summary, _doses(review)),
        notes_first=first,
        notes_later=later,
        actions=review_first.actions(summary),
        side_effects=review_first.side_effects(summary),
        not_met=review_first.not_met(summary),
        unread=review_first.unread(summary),
        now=review_first.now_rows(summary),
        responder=review_first.responder(summary),
        headline=review_words.headline(summary),
        chance=review_first.chance(summary),
        months_last=blocks[-MONTHS:],
        months_earlier=blocks[:-MONTHS],
        off_label=off_label.block(),
        before_diary=review_words.BEFORE_DIARY,
        sentences=review_words.sentences(summary),
        interval=interval(summary["change_percent"]),
        calendar=calendar.draw(days),
        dosed=review.treatment is not None,
        periods=review_words.periods(summary),
        counts=review_words.count_rows(summary),
        priors=review_words.prior_rows(summary) if summary["change_percent"] else [],
        weeks=weeks(review),
        checks=checks(summary),
        courses=review_words.course_rows(summary),
        migraine=review_words.migraine_words(summary),
    )


def notes(written: Sequence[NoteShown]) -> tuple[list[NoteShown], list[NoteShown]]:
    """Return the notes that stand open on the first screen, and those that follow in a fold above the counts."""
    first = [note for note in written if note["words"]]
    rest = [note for note in written if not note["words"]]
    return first + rest[:NOTES], rest[NOTES:]


def interval(change: Distribution | None) -> dict[str, float] | None:
    """Return places in per cent of the drawn scale: median, ends, zero; None without an answer."""
    if not change:
        return None
    low, high = SCALE
    ends = {"median": change["median"], "p05": change["p05"], "p95": change["p95"]}
    place = {key: 100.0 * (min(max(value, low), high) - low) / (high - low) for key, value in ends.items()}
    return place | {"width": place["p95"] - place["p05"]}


def weeks(review: Review) -> tuple[list[str], list[list[str]]]:
    """Return the calendar as a table, header and rows: what the diary has, by week, mg and level per day."""
    days, diary = _days(review), review.diary
    counted = {"headache days": days.headache == 1, "recorded days": days.headache >= 0}
    if diary.severity is not None:
        counted["severe days"] = days.severity >= counts_and_response.SEVERE
    if diary.acute is not None:
        counted["acute medicine"] = days.acute
    level = None if days.level is None else days.level[1]
    means = {name: values for name, values in (("mg/day", days.mg), ("level, ng/mL", level)) if values is not None}
    rows = []
    for first in range(0, days.headache.size, DAYS_PER_WEEK):
        part = slice(first, first + DAYS_PER_WEEK)
        row = [diary.name(first), *(str(int(each[part].sum())) for each in counted.values())]
        row += [words.number(float(each[part].mean()), places=1) for each in means.values()]
        rows.append(row)
    return ["week from", *counted, *means], rows


def checks(answer: ReviewSummary) -> list[list[str]]:
    """Return the model check: statistic, the diary's value, its place among replicated diaries."""
    check = answer["model_check"]
    if check is None:
        return []
    return [
        [title, words.number(check[name]["observed"]), words.probability(check[name]["p"])]
        for name, title in CHECKS.items()
        if check[name]["observed"] is not None
    ]


def _days(review: Review) -> calendar.Days:
    diary, taken = review.diary, review.treatment
    n_day = diary.headache.size
    none = np.zeros(n_day, dtype=bool)
    acute = np.logical_or.reduce([*diary.acute.values(), none]) if diary.acute else none
    limit = next((flag["limit"] for flag in review.summary["flags"] if "limit" in flag), np.inf)
    mg = None if taken is None else taken.per_day
    level = None
    if review.levels is not None and taken is not None:
        level = review.levels.plasma[:, taken.lead :]
    return calendar.Days(
        first=diary.first,
        numbered=diary.numbered,
        names=[diary.name(day) for day in range(n_day)] if diary.numbered else [],
        headache=diary.headache,
        severity=np.full(n_day, np.nan) if diary.severity is None else diary.severity,
        acute=acute,
        mg=mg,
        missed=none if taken is None else taken.on & (taken.per_day == 0),
        over=none if mg is None else mg > limit + 1e-9,
        level=level,
    )


def _doses(review: Review) -> str:
    steps = review.summary["doses"]
    return "; ".join(f"{step['dose']} from {step['from']}" for step in steps)
