"""How the report tells the results of a diary's review."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import review, review_words
from leao.report.topic import Head, Topic


def _review_head(result: Result[Any]) -> Head:
    summary = result.summary
    return Head("What the diary shows", review_words.headline(summary), tuple(review_words.sentences(summary)))


def _weeks(result: Result[Any]) -> str:
    from leao.report.figures import review_weeks  # matplotlib only where a picture is drawn

    return review_weeks.draw(result.basis)


TOPICS = {
    "review": Topic(
        _review_head,
        lambda result: review.render(result.basis),
        lambda result: {"weeks": lambda: _weeks(result)},
    ),
}
