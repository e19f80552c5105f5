"""How the report tells the results of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leao.core.result import Result
from leao.report import plan
from leao.report.topic import Head, Topic

if TYPE_CHECKING:
    from leao.plan.contract import Plan


def _plan_head(result: Result[Plan]) -> Head:
    summary = result.summary
    sentence = (
        f"Refused: {summary['refused']}"
        if summary["refused"]
        else "Not refused; cautions and limits stand on the page."
    )
    return Head(summary["asked"], sentence, (), tuple((row[0], row[1], "") for row in plan.levels(summary)))


def _pictures(result: Result[Plan]) -> dict[str, Callable[[], str]]:
    asked, forecast = result.summary["asked"], result.summary["forecast"]
    return {} if forecast is None else {"levels": lambda: plan.figure(asked, forecast)}


TOPICS = {
    "plan": Topic(
        _plan_head,
        lambda result: plan.render(result.summary),
        _pictures,
    ),
}
