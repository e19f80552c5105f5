"""The verdict's validation page is what the committed fits give, and its indices are of today's numbers and cortex."""

import importlib
import tomllib
from pathlib import Path

import pytest

from leao.chain import pipeline, scenario

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "validation"


@pytest.fixture(scope="module")
def page():
    return (PAGES / "verdict.md").read_text(encoding="utf-8")


def test_the_page_holds_the_control_the_calibration_the_assumed_numbers_and_the_indices(page):
    script = importlib.import_module("validation.verdict_page")
    for part in (script.control_rows(), script.calibration_rows(), script.assumed_rows(), script.sobol_rows.rows()):
        assert "\n".join(part) in page, "run python -m validation.verdict_page"


def test_the_indices_are_of_the_numbers_the_cortex_and_the_read_outs_of_the_headline():
    kept = tomllib.loads((PAGES / "cortex_sobol.toml").read_text(encoding="utf-8"))
    carry = scenario.load("noruzzadeh2016").cortex.carry
    plan = pipeline.PlannedIntake.of(scenario.load("noruzzadeh2016").arms["memantine"])
    assert (kept["preset"],) == tuple(carry)
    assert tuple(kept["read_outs"]) == pipeline.ChainRequest(plan, carry).mixed
    chosen = {"cortex.parameter_set", "cortex.read_out"}
    assert kept["rate_ratio"].keys() == pipeline.uncertain_numbers().keys() | chosen, "run validation.sobol_cortex"
