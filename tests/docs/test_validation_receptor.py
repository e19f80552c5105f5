"""The receptor's validation page is what the code gives today, with its misses and its gaps."""

import importlib
from pathlib import Path

import pytest
from tests import shared

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
ROW = {"what": "w", "subtype": "2A", "low": 1.0, "high": 2.0, "unit": "uM", "source": "s", "input": False}


@pytest.fixture(scope="module")
def script():
    return importlib.import_module("validation.receptor_page")


def test_a_sample_of_the_committed_page_is_current(script):
    page = (ROOT / "docs" / "validation" / "pharmacology.md").read_text(encoding="utf-8").splitlines()
    quick = [row for row in script.rows() if row["model"] in ("ic50", "on_rate", "off_rate")]
    for row in quick[::9]:
        line = script.line(row, script.band(row))
        current = shared.DRAWN_ALIKE and line in page
        current |= not shared.DRAWN_ALIKE and any(shared.same_figures(line, other, 0.25) for other in page)
        assert current, "run validation/pharmacology_page.py"


@pytest.mark.long
def test_the_committed_page_is_current(script):
    page = (ROOT / "docs" / "validation" / "pharmacology.md").read_text(encoding="utf-8")
    assert page.endswith("\n".join(script.section()) + "\n"), "run validation/pharmacology_page.py"


def test_inside_missed_bound_and_no_data(script):
    band = script.Band(1.5, 1.2, 1.5, 1.9)
    assert "| inside | held out |" in script.line(ROW, band)
    assert "| **missed** | held out |" in script.line({**ROW, "low": 3.0, "high": 4.0}, band)
    assert "| inside | input |" in script.line({**ROW, "input": True}, band)
    assert "| inside | in the posterior |" in script.line({**ROW, "posterior": True}, band)
    assert "| inside, wide | held out |" in script.line(ROW, script.Band(1.5, 0.1, 1.5, 1.9))
    assert "| inside |" in script.line({**ROW, "low": 0.0, "high": 2.0}, band)
    assert "| **missed** |" in script.line({**ROW, "low": 2.5, "high": float("inf")}, band)
    empty = {"what": "w", "subtype": "2B", "unit": "uM"}
    assert "| no data | 1.5 uM | 1.5 (1.2 to 1.9) | no data | assumed |" in script.line(empty, band)


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.rows() if "source" in row} <= sources().keys()
