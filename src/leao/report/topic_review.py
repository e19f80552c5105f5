"""How the report tells the results of a diary's review."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import review, review_words
from leao.report.topic import Head, Topic


def _review_head(result: Result[Any]) -> Head:
    found = result.summary
    return Head("What the diary shows", review_words.headline(found), tuple(review_words.sentences(found)))


TOPICS = {
    "review": Topic(_review_head, lambda result: review.render(result.basis)),
}
