"""How the report tells the result of a sweep."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import page as pages
from leao.report import words
from leao.report.figures import sweep
from leao.report.topic import Head, Topic


def _head(result: Result[Any]) -> Head:
    rows, keys = result.summary, result.basis
    medians = [row["mechanistic_rate_ratio"]["median"] for row in rows]
    text = (
        f"{len(rows)} runs over {', '.join(keys)}: the ratio of attacks by the chain goes from "
        f"{words.number(min(medians), 3)} to {words.number(max(medians), 3)}."
    )
    passed = sum(row["qualified"] for row in rows)
    line = f"Every control passed, at both ends, in {passed} of {len(rows)} runs."
    return Head("A sweep of runs", text, (line,))


def _page(result: Result[Any]) -> str:
    drawn = sweep.draw(result.summary, result.basis)
    return pages.render("picture.html.j2", head=_head(result), kicker="sweep", picture=drawn)


TOPICS = {"sweep": Topic(_head, _page, lambda result: {"sweep": lambda: sweep.draw(result.summary, result.basis)})}
