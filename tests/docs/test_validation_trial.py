"""The trial's validation page is built from code and current; its error rates are those of the committed script."""

import importlib
from pathlib import Path

import pytest

from leao.trial import error_rates

pytestmark = pytest.mark.published

ROOT = Path(__file__).resolve().parents[2]


def load(name):
    return importlib.import_module(f"validation.{name}")


@pytest.mark.long
def test_the_page_is_current():
    page = (ROOT / "docs" / "validation" / "trial.md").read_text(encoding="utf-8")
    assert load("trial_page").page() == page
    assert "**missed**" in page


def test_a_small_sample_of_the_error_rates_agrees_with_the_committed():
    script = load("type_one_error")
    table = error_rates.table()
    assert table["seed"] == script.SEED
    committed = {(row["design"], row["estimator"], row["n_per_group"]): row["percent"] for row in table["row"]}
    trials = 200
    counted = script.rejections(script.p_values("parallel", "small", range(trials)))
    assert {("parallel", *key) for key in counted} <= committed.keys()
    for key, count in counted.items():
        share = committed["parallel", *key] / 100
        reach = 4.5 * (share * (1 - share) / trials) ** 0.5  # of twelve shares
        assert abs(count / trials - share) < reach, key
