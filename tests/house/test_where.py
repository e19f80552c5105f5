"""The table of a stranger's questions: each answer is a file that exists, and whose own first line bears it out."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.property

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (.+\?) \| `(.+\.py)` \|$", re.MULTILINE)
QUESTIONS = dict(ROW.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")))


def test_there_are_fifteen_at_least_and_every_subject_is_asked_for():
    assert len(QUESTIONS) >= 15
    assert len({path.split("/")[0] for path in QUESTIONS.values()}) >= 11


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_a_file_that_says_what_it_holds(question):
    path = ROOT / "src" / "leao" / QUESTIONS[question]
    assert path.is_file(), f"docs/architecture.md: {path} is no more; name the file that answers {question!r}"
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
