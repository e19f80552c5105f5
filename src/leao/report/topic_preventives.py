"""How the report tells the preventives."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import preventives
from leao.report.topic import Head, Topic


def _head(result: Result[Any]) -> Head:
    answer = result.summary
    tiles = tuple((row[0], row[3], row[5]) for row in preventives.rows(answer) if ", worker" in row[0])
    return Head("Preventives through the same link", preventives.sentence(answer), (), tiles)


TOPICS = {
    "preventives": Topic(
        _head,
        lambda result: preventives.render(result.summary),
        lambda result: {
            "predicted_observed": lambda: preventives.figure(result.summary),
            "calibration": lambda: preventives.coverage(result.summary),
        },
    ),
}
