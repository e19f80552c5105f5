"""How the report tells the results of a run."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import figures, headline, run
from leao.report.topic import Draw, Head, Topic


def _run_head(result: Result[Any]) -> Head:
    summary = result.summary
    card = headline.card(summary)
    title = f"{summary['scenario']}: {headline.what(summary)}"
    return Head(title, f"{card['status'][0].upper()}{card['status'][1:]}", tuple(card["failed"]), tuple(card["tiles"]))


def _run_page(result: Any) -> str:
    return run.render(result.summary, result.groups, result.diary, result.manifest)


def _run_pictures(result: Any) -> dict[str, Draw]:
    def bound(make: Any) -> Draw:
        return lambda: make(result.summary, result.groups, result.diary)

    return {name: bound(make) for name, make in figures.drawings().items()}


TOPICS = {
    "run": Topic(_run_head, _run_page, _run_pictures),
}
