"""The page of printed examples names tests that are there, and says of every row how it came out."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.command
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "validation" / "trial_examples.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")][
    1:
]


def test_every_test_that_is_named_is_there():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "trial").glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert len(named) >= len(ROWS) - 1
    assert [name for name in named if f"def {name}(" not in code] == []


def test_what_was_not_reached_says_not_compared():
    assert all(len(row) == 4 and row[2] for row in ROWS)
    unreached = [row for row in ROWS if "none reached" in row[1] or "not at hand" in row[1]]
    assert len(unreached) >= 8
    assert all("not compared" in row[2] for row in unreached)
