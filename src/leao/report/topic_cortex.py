"""How the report tells the results of cortex: waves, thresholds, presets."""

from __future__ import annotations

from typing import Any

from leao.core.result import Result
from leao.report import cortex, cortex_words, words
from leao.report.figures import svg
from leao.report.topic import Draw, Head, Topic, drawn_by_name

SENTENCES = {
    "wave": cortex_words.wave,
    "threshold": cortex_words.threshold,
    "kcl": cortex_words.kcl,
    "phase": cortex_words.phase,
}
ROWS = {
    "wave": cortex_words.wave_rows,
    "threshold": cortex_words.threshold_rows,
    "kcl": cortex_words.kcl_rows,
    "phase": cortex_words.phase_rows,
}
SHOWN = 6  # rows of a table in a headline block


def _experiment_head(result: Result[Any]) -> Head:
    kind, answer = result.topic, result.summary
    problem = answer.get("problem")
    _, rows = ROWS[kind](answer)
    tiles = tuple((row[0], row[1], " ".join(row[2:])) for row in rows[:SHOWN])
    lines = (f"Not to be trusted: {problem}.",) if problem else ()
    return Head(f"{cortex.TITLES[kind]}, preset {answer['preset']}", SENTENCES[kind](answer), lines, tiles)


def _experiment_pictures(result: Result[Any]) -> dict[str, Draw]:
    kind, done = result.topic, result.basis
    if kind == "wave" and result.data is None:
        return {}
    return drawn_by_name(lambda: cortex.drawn(kind, done), cortex.names(kind, done))


def _experiment_page(result: Result[Any]) -> str:
    pictures = []
    if result.topic != "wave" or result.data is not None:
        with svg.styled():
            pictures = cortex.drawn(result.topic, result.basis)
    return cortex.render(result.topic, result.summary, pictures)


def _presets_head(result: Result[Any]) -> Head:
    good = [row["preset"] for row in result.summary if row["qualified"]]
    answer = f"All controls passed with {words.listed(good)}." if good else "With no preset did all controls pass."
    tiles = tuple((row["preset"], words.CONTROLS[row["qualified"]], "") for row in result.summary)
    return Head("Positive controls of the cortex presets", answer, (), tiles)


_EXPERIMENT = Topic(_experiment_head, _experiment_page, _experiment_pictures)

TOPICS = {
    "wave": _EXPERIMENT,
    "threshold": _EXPERIMENT,
    "kcl": _EXPERIMENT,
    "phase": _EXPERIMENT,
    "presets": Topic(_presets_head),
}
