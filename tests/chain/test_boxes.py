"""A run holds the numbers its scenario holds fixed, and stands in the boxes of a screen as the quick answer does."""

import numpy as np
import pytest
from tests import shared

import leao
from leao.chain import boxes, quick

pytestmark = pytest.mark.cross
HELD = {"fixed.exposure.clearance": 5.5, "fixed.urine_ph": 6.5}
SMALL = {"trial.n_per_arm": 4, "trials": 60, "cortex.presets": ["leao"], "cortex.carry": ["leao"]}


@pytest.fixture(scope="module")
def run(tmp_path_factory, session_folder):
    folder = shared.for_runs(tmp_path_factory.mktemp("held"), session_folder)
    return leao.run("noruzzadeh2016", folder, set=SMALL | HELD, workers=1)


def test_the_boxes_are_the_quick_answers_with_more_draws(run):
    whole, head = boxes.of(run), quick.answer(leao.load("noruzzadeh2016", SMALL | HELD))
    assert whole["fixed"] == head["fixed"] == {"exposure.clearance": 5.5, "urine_ph": 6.5}
    assert not whole["quick"]
    for box, name in (
        ("regimen", "share_taken_percent"),
        ("exposure", "plasma_ng_per_mL"),
        ("exposure", "free_brain_uM"),
        ("receptor", "mixture_block_percent"),
        ("cortex", "threshold_relative"),
        ("headache", "rate_ratio"),
    ):
        np.testing.assert_allclose(whole[box][name]["median"], head[box][name]["median"], rtol=0.1)
    assert head.keys() <= whole.keys()
    assert len(whole["densities"]["mechanistic"]) == len(whole["densities"]["neutral"])
    assert whole["trial"]["fewer_attacks_percent"].keys() == {"median", "p05", "p95"}


def test_the_run_says_what_it_holds_and_ranks_the_rest(run):
    assert "held fixed: exposure.clearance 5.5 L/h, urine_ph 6.5" in run.summary["what"]
    assert "exposure.clearance" not in {row["number"] for row in run.summary["moved"]}
