"""How the report tells the results of a provocation."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import provoke, words
from leao.report.topic import Draw, Head, Tile, Topic


def _provocation_head(result: Result[Any]) -> Head:
    answer = result.summary
    header, body = provoke.rows(answer)
    lines = (f"Extrapolated: {answer['extrapolated']}.",) if answer["extrapolated"] else ()
    tiles = tuple(_three(row) for row in [header, *body])
    delayed = words.number(answer["delayed_migraine_percent"], places=1)
    sentence = f"{delayed} % have migraine within 12 h" + (" with the drug." if answer["without_drug"] else ".")
    return Head(provoke.head(answer), sentence, lines, tiles)


def _three(row: list[str]) -> Tile:
    return row[0], row[1], row[2] if len(row) > 2 else ""


def _provocation_pictures(result: Result[Any]) -> dict[str, Draw]:
    answer = result.summary
    return {"onset": lambda: provoke.figure(answer)} if answer["cumulative_percent"] else {}


TOPICS = {
    "provocation": Topic(_provocation_head, lambda result: provoke.render(result.summary), _provocation_pictures),
}
