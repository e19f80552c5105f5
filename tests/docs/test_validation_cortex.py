"""The cortex's validation page is what the code gives today, with its misses and its gaps."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICK = ("speed", "potassium", "full_block", "occupied_1", "half_threshold")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("validation_cortex", ROOT / "scripts" / "validation_cortex.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "validation" / "cortex.md").read_text(encoding="utf-8")


def test_the_page_holds_every_row_the_controls_and_the_indices(script, page):
    lines = page.splitlines()
    for row in script.rows():
        assert sum(line.startswith(f"| {row['what']} |") for line in lines) == 1, "run scripts/validation_cortex.py"
    for part in (script.controls(), script.members(), script.sobol()):
        assert "\n".join(part) in page, "run scripts/validation_cortex.py"
    assert "**missed**" in page
    assert "no data" in page


def test_quick_rows_are_current(script, page):
    figures = script.Figures(None)
    for row in script.rows():
        if row["model"] in QUICK:
            assert script.line(row, getattr(figures, row["model"])()) in page, "run scripts/validation_cortex.py"


def test_met_missed_and_none(script):
    row = {"what": "w", "unit": "mM", "low": 1.0, "high": 2.0, "input": False, "source": "s"}
    assert "| met | predicted |" in script.line(row, 1.5)
    assert "| **missed** | predicted |" in script.line(row, 2.5)
    assert "| none found | **missed** |" in script.line(row, float("inf"))
    assert "| no data | predicted |" in script.line({"what": "w", "unit": "", "input": False}, 1.5)


def test_the_sources_are_known(script):
    from leao.cite import sources

    assert {row["source"] for row in script.rows() if row["source"]} <= sources().keys()
