"""The validation page of headache and tolerability is what the code gives today, with its misses and its gaps."""

import importlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
ROW = {"area": "a", "what": "w", "low": 1.0, "high": 2.0, "unit": "h", "source": "s", "input": False}


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.headache_page")


def test_the_committed_page_is_current(script):
    page = (ROOT / "docs" / "validation" / "headache.md").read_text(encoding="utf-8")
    assert page == script.page(), "run validation/headache_page.py"
    assert "**missed**" in page
    assert "no data" in page


def test_met_missed_input_and_no_data(script):
    assert "| met | predicted |" in script.line(ROW, 1.5)
    assert "| **missed** | predicted |" in script.line(ROW, 2.2)
    assert "| met | input |" in script.line({**ROW, "input": True}, 2.0)
    bare = {"area": "a", "what": "w", "unit": "h"}
    assert "| no data | 1.5 h | no data |" in script.line(bare, 1.5)
    assert "| no data | no data | no data |" in script.line(bare, None)


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows() if "source" in row} <= sources().keys()
