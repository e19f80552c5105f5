"""How the report tells the results of levels."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report.figures import levels
from leao.report.figures.predictive_check import picture, styled
from leao.report.topic import Draw, Topic


def _bands(result: Result[Any]) -> dict[str, Draw]:
    return {"levels": lambda: levels.bands(result.data)}


def _vpc_figure(result: Result[Any]) -> Any:
    with styled():
        return picture(*result.basis)


TOPICS = {
    "vpc": Topic(None, None, lambda result: {"check": lambda: _vpc_figure(result)}),
    **dict.fromkeys(("fit", "forecast", "population"), Topic(None, None, _bands)),
}
