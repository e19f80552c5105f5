"""The diary's validation page is what the code gives today, to the digits that processors agree on."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
ROW = {"what": "w", "value": 2.0, "se": 0.5, "unit": "d", "role": "predicted", "source": "s"}


def load(name):
    return importlib.import_module(f"validation.{name}")


@pytest.fixture(scope="module")
def script():
    return load("diary_page")


@pytest.mark.long
def test_the_committed_page_is_current(script):
    committed, today = (ROOT / "docs" / "validation" / "diary.md").read_text(encoding="utf-8"), script.page()
    assert NUMBER.sub("#", committed) == NUMBER.sub("#", today), "run validation/diary_page.py"
    old, new = (np.array([float(number) for number in NUMBER.findall(text)]) for text in (committed, today))
    np.testing.assert_allclose(old, new, rtol=0.03, atol=0.02, err_msg="run validation/diary_page.py")
    assert "**missed**" in committed


def test_met_missed_input(script):
    assert "| met | predicted |" in script.line(ROW, 2.9)
    assert "| **missed** | predicted |" in script.line(ROW, 3.1)
    assert "| met | input (fitted) |" in script.line({**ROW, "role": "fitted"}, 2.0)


def test_predictive_p_is_two_sided(script):
    values = np.arange(100.0)
    assert script.two_sided(values, 49.5) == pytest.approx(1.0)
    assert script.two_sided(values, 98.5) == pytest.approx(0.02)
    assert script.two_sided(values, 200.0) == 0.0


def test_the_sources_are_known(script):
    from leao.core.sources import sources

    assert {row["source"] for row in script.published()} <= sources().keys()


def test_fitted_numbers_in_the_ledgers_are_the_fits():
    fit = load("fit_diary")
    fitted = load("diary_page").result()
    from leao.core import ledger

    for place, knob in enumerate(fit.KNOBS):
        number = ledger.read(f"frames/{knob.cohort}" if knob.cohort else "diary").numbers[knob.name]
        assert number.value == pytest.approx(fitted["chosen"][place], rel=5e-3, abs=1e-9), knob
        assert number.tier == "fitted"
        assert number.uncertainty["sd"] == pytest.approx(fitted["sd"][place], rel=5e-3)


def test_no_memantine_trial_is_fitted(script):
    fitted = {row["source"] for row in script.published() if row["role"] == "fitted"}
    assert not fitted & {"noruzzadeh2016", "shanmugam2019", "karunaikadal2020", "vazquez2023"}


def test_statistics_of_the_real_clinic_are_those_of_the_evidence():
    cohorts = load("diary_cohorts")
    real = cohorts.clinic_statistics(cohorts.real())
    assert real["mean"] == pytest.approx(18.0, abs=0.05)
    assert real["sd"] == pytest.approx(7.5, abs=0.05)
    assert (real["p01"], real["p11"]) == pytest.approx((0.365, 0.783), abs=5e-4)
    assert (real["run_headache"], real["run_free"]) == pytest.approx((2.73, 2.32), abs=0.005)
    assert (real["or_lag1"], real["or_lag2"], real["or_lag3"]) == pytest.approx((2.16, 1.34, 1.01), abs=0.005)


def test_runs_and_odds_by_hand():
    cohorts = load("diary_cohorts")
    days = np.array([[0, 1, 1, 0, 1, 2, 1, 0, 0, 1]], dtype=np.int8)
    assert cohorts.runs(days, 1).tolist() == [2]  # the later ones touch an unknown day or an edge
    assert cohorts.runs(days, 0).tolist() == [1, 2]
    assert cohorts.pairs(days, 1).tolist() == [[1, 3, 2, 1]]
    assert cohorts.odds_ratio(np.array([[4.0, 2.0, 2.0, 2.0]])) == pytest.approx(2.0)
    even = np.tile([1, 0], (1, 14)).astype(np.int8)
    assert cohorts.overdispersion(even) == 0.0
