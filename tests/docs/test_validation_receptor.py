"""The receptor's validation page is what the code gives today, with its misses and its gaps."""

import importlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
ROW = {"what": "w", "subtype": "2A", "low": 1.0, "high": 2.0, "unit": "uM", "source": "s", "input": False}


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.receptor_page")


def test_the_committed_page_is_current(script):
    page = (ROOT / "docs" / "validation" / "pharmacology.md").read_text(encoding="utf-8")
    assert page.endswith("\n".join(script.page().splitlines()[1:]) + "\n"), "run validation/pharmacology_page.py"
    assert "**missed**" in page
    assert "no data" in page


def test_met_missed_input_and_no_data(script):
    assert "| met | predicted |" in script.line(ROW, 1.5)
    assert "| **missed** | predicted |" in script.line(ROW, 2.2)
    assert "| met | input |" in script.line({**ROW, "input": True}, 2.0)
    assert "| no data | 1.5 uM | no data | assumed |" in script.line({"what": "w", "subtype": "2B", "unit": "uM"}, 1.5)


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows() if "source" in row} <= sources().keys()
