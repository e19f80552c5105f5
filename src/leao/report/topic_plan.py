"""How the report tells the results of a plan."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import plan
from leao.report.topic import Head, Topic


def _plan_head(result: Result[Any]) -> Head:
    summary = result.summary
    said = (
        f"Refused: {summary['refused']}"
        if summary["refused"]
        else "Not refused; cautions and limits stand on the page."
    )
    rows = plan.levels(summary) if summary["forecast"] is not None else []
    return Head(str(summary["asked"]), said, (), tuple((row[0], row[1], "") for row in rows))


TOPICS = {
    "plan": Topic(
        _plan_head,
        lambda result: plan.render(result.summary),
        lambda result: {"levels": lambda: plan.figure(result.summary)} if result.summary["forecast"] else {},
    ),
}
