"""The trial's validation page is built from code and current; its error rates are those of the committed script."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leao.core import chunks
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


def test_a_small_sample_of_the_error_rates_agrees_with_the_committed(tmp_path):
    script = load("type_one_error")
    table = error_rates.table()
    assert table["seed"] == script.SEED
    committed = {(row["design"], row["estimator"], row["n_per_group"]): row["percent"] for row in table["row"]}
    trials = 200
    setting = script.settings("parallel", "small")
    with ThreadPoolExecutor(2) as pool:
        for shard, missing in ((chunks.Shard(1, 2), 2), (chunks.Shard(2, 2), 0)):  # as two machines of a cluster
            whole = script.ensemble(setting, trials, tmp_path, pool, shard)
            assert whole.missing == missing
    found = script.rejections(setting, whole.trials)
    assert {("parallel", *key) for key in found} <= committed.keys()
    for key, count in found.items():
        share = committed["parallel", *key] / 100
        reach = 4.5 * (share * (1 - share) / trials) ** 0.5  # of twelve shares
        assert abs(count / trials - share) < reach, key
