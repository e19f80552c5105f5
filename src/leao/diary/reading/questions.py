"""Questions that a file leaves open: no number is computed while one of them stands.

A question is a column, a word as it stands there, how often, and what to type; a cell is never a question by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from leao.core.errors import ScenarioError
from leao.diary.reading.words import shown

LISTED = 30  # questions that a message lists


class Question(NamedTuple):
    """What is open: the file's column (None: the file as a whole), its word, the count, the question, the answer."""

    column: str | None
    word: str
    times: int
    asks: str
    answer: str
    row: int | None = None  # the first row in which the word stands

    @property
    def line(self) -> str:
        """The question in one line."""
        often = f"{self.times} time{'' if self.times == 1 else 's'}"
        first = "" if self.row is None else f", first in row {self.row}"
        place = "" if self.column is None else f"{shown(self.column)}: "
        word = f'"{shown(self.word)}" ' if self.word else ""
        return f"{place}{word}({often}{first}): {self.asks}; type {self.answer}"


class OpenQuestions(ScenarioError):
    """A diary with words that are not understood; ``questions`` are what the contract calls ``open``."""

    def __init__(self, name: str, questions: Iterable[Question], columns: dict[str, Any] | None = None) -> None:
        """Keep the questions, and how the columns were taken so far."""
        self.name = name
        self.questions = list(questions)
        self.columns = columns
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        listed = [question.line for question in self.questions[:LISTED]]
        more = len(self.questions) - len(listed)
        tail = [f"and {more} more"] if more > 0 else []
        number = len(self.questions)
        head = f"{self.name}: {number} open question{'' if number == 1 else 's'}, nothing is computed: "
        return head + " | ".join([*listed, *tail])

    @property
    def open(self) -> list[dict[str, Any]]:
        """The questions as the contract's ``open``."""
        return [
            {"column": q.column, "word": q.word, "count": q.times, "asks": q.asks, "answer": q.answer, "row": q.row}
            for q in self.questions
        ]


class Words:
    """Collects the words that are not understood, each once with its count."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[tuple[str | None, str], Question] = {}

    def ask(self, question: Question) -> None:
        """Add a question; the same word of the same column raises its count."""
        key = (question.column, question.word)
        before = self._open.get(key)
        if before is None:
            self._open[key] = question
        else:
            self._open[key] = before._replace(times=before.times + question.times)

    def __bool__(self) -> bool:
        """Return whether anything is open."""
        return bool(self._open)

    @property
    def questions(self) -> list[Question]:
        """The questions in the order in which they came up."""
        return list(self._open.values())
