"""How the report tells the results of the published evidence, and numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from leao.core.result import Result
from leao.report import evidence, evidence_history, evidence_words, words
from leao.report import page as pages
from leao.report.figures import forest
from leao.report.topic import Head, Topic


def _synthesis_head(result: Result[Any]) -> Head:
    sentence = result.summary
    return Head("Published trials, pooled", evidence_words.answer(sentence), (), tuple(evidence.tiles(sentence)))


def _claims_head(result: Result[Any]) -> Head:
    tiles = tuple((row["verdict"], row["claim"], f"grade {row['grade']}") for row in result.summary)
    counts = Counter(row["verdict"] for row in result.summary)
    sentence = words.listed([f"{count} {verdict}" for verdict, count in counts.items()])
    return Head("Claims of the story", f"{sentence}.", (), tiles)


def _number_head(result: Result[Any]) -> Head:
    entry = result.summary
    sentence = f"{entry['value']:g} {entry['unit']} ({entry['tier']}; {entry['reference'] or entry['source']})"
    return Head(f"{entry['ledger']}.{entry['name']}", sentence, (entry["note"],) if entry["note"] else ())


def _history_head(result: Result[Any]) -> Head:
    tiles = tuple((row[1], row[2], row[0]) for row in evidence_history.rows(result.summary) if row[5] == "enters")
    return Head("How the published answer moved", evidence_history.sentence(result.summary), (), tiles)


def _claims_page(result: Result[Any]) -> str:
    header = ["claim", "what sources say", "grade", "what Leão computes", "verdict"]
    rows = [
        [
            row["claim"],
            " ".join(f"{say['text']} ({say['source']})" for say in row["says"]),
            f"{row['grade']}: {row['because']}",
            row["model"] or evidence_words.NOT_COMPUTED,
            row["verdict"],
        ]
        for row in result.summary
    ]
    table = {"title": "Claim by claim", "header": header, "rows": rows}
    return pages.render("answer.html.j2", head=_claims_head(result), pictures=[], tables=[table])


TOPICS = {
    "synthesis": Topic(
        _synthesis_head,
        lambda result: evidence.render(result.summary, result.basis),
        lambda result: {
            "forest": lambda: forest.draw(result.summary),
            "ratios": lambda: forest.ratios(result.summary),
        },
    ),
    "claims": Topic(_claims_head, _claims_page),
    "history": Topic(
        _history_head,
        lambda result: evidence_history.render(result.summary),
        lambda result: {"history": lambda: evidence_history.figure(result.summary)},
    ),
    "number": Topic(_number_head),
}
