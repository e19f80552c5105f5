"""The validation page is built from code: every row finds its figure, and a miss is shown as a miss."""

import importlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.chain_page")


ROW = {"room": "r", "what": "w", "low": 1.0, "high": 2.0, "unit": "mM", "source": "s", "input": False}


def test_met_missed_and_input(script):
    assert "| met | predicted |" in script.line(ROW, 1.5)
    assert "| **missed** | predicted |" in script.line(ROW, 2.2)
    assert "| met | input |" in script.line({**ROW, "input": True}, 2.0)


def test_the_committed_page_has_every_row(script):
    page = (ROOT / "docs" / "validation" / "chain.md").read_text(encoding="utf-8")
    rows = script.rows()
    assert len(rows) > 15
    for row in rows:
        assert row["what"] in page


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows()} <= sources().keys()
