"""The first cortex's validation page is what the code gives today, with its misses and its gaps."""

import importlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("speed", "potassium", "full_block", "occupied_1", "half_threshold")


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.cortex_page")


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "validation" / "cortex_first.md").read_text(encoding="utf-8")


def test_the_page_holds_every_row_the_controls_and_the_ensemble(script, page):
    lines = page.splitlines()
    for row in script.rows():
        assert sum(line.startswith(f"| {row['what']} |") for line in lines) == 1, "run validation/cortex_page.py"
    for part in (script.controls(), script.members()):
        assert "\n".join(part) in page, "run validation/cortex_page.py"
    assert "**missed**" in page
    assert "no data" in page


def test_quick_rows_are_current(script, page):
    figures = script.Figures(None)
    for row in script.rows():
        if row["model"] in QUICK:
            assert script.line(row, getattr(figures, row["model"])()) in page, "run validation/cortex_page.py"


def test_met_missed_and_none(script):
    row = {"what": "w", "unit": "mM", "low": 1.0, "high": 2.0, "input": False, "source": "s"}
    assert "| met | predicted |" in script.line(row, 1.5)
    assert "| **missed** | predicted |" in script.line(row, 2.5)
    assert "| none found | **missed** |" in script.line(row, float("inf"))
    assert "| no data | predicted |" in script.line({"what": "w", "unit": "", "input": False}, 1.5)


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows() if row["source"]} <= sources().keys()
