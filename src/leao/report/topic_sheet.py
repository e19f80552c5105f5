"""How the report tells a wave over a sheet of cortex, and the aura it makes."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import sheet, sheet_words
from leao.report.figures import svg
from leao.report.topic import Draw, Head, Topic, drawn_by_name

SHOWN = 6  # rows of the table in a headline block


def _head(result: Result[Any]) -> Head:
    answer = result.summary
    sentence = sheet_words.aura if result.topic == "aura" else sheet_words.sheet
    _, rows = sheet_words.sheet_rows(answer)
    tiles = tuple((row[0], row[1], " ".join(row[2:])) for row in rows[:SHOWN])
    return Head(f"{sheet.TITLES[result.topic]}, preset {answer['preset']}", sentence(answer), (), tiles)


def _pictures(result: Result[Any]) -> dict[str, Draw]:
    return drawn_by_name(lambda: sheet.drawn(result.basis), sheet.names(result.basis))


def _page(result: Result[Any]) -> str:
    runs = sheet.datasets(result.basis)
    with svg.styled():
        pictures = sheet.drawn(result.basis, runs)
    return sheet.render(result.topic, result.summary, result.basis, runs, pictures)


_SHEET = Topic(_head, _page, _pictures)
TOPICS = {"sheet": _SHEET, "aura": _SHEET}
