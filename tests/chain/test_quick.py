"""The chain at once is the head of what a run computes, and numbers held fixed act through all that follows them."""

import numpy as np
import pytest

from leao.chain import exposure, pipeline, quick, scenario, scenario_text
from leao.core.errors import ScenarioError
from leao.core.random import Streams

pytestmark = pytest.mark.cross


@pytest.fixture(scope="module")
def asked():
    return scenario.load("noruzzadeh2016")


def test_it_is_the_head_of_the_run(asked):
    drawn = quick.draw(asked, {}, 40)
    run = exposure.steady(asked, Streams(asked.seed, asked.name), range(40), asked.cortex.carry)
    for name in ("plasma_concentration", "free_brain", "block_odds", "threshold_relative"):
        np.testing.assert_array_equal(drawn.state[name], run.state[name])
    switched = scenario.load("noruzzadeh2016", {"receptor.hypotheses": ["tonic-2C-2D"]})
    again = quick.draw(switched, {}, 20)
    whole = exposure.steady(switched, Streams(asked.seed, asked.name), range(20), asked.cortex.carry)
    np.testing.assert_array_equal(again.state["block_odds"], whole.state["block_odds"])


def test_the_trials_are_those_that_a_run_pairs(asked):
    from leao.chain.summary import published_effect

    whole = published_effect(asked)
    for name, said in quick.published(asked, 50).items():
        np.testing.assert_allclose(said.draws, whole[name].draws[:50], rtol=1e-12)
        assert said.interval_95 == whole[name].interval_95


def test_a_number_acts_on_what_follows_and_on_nothing_before(asked):
    plain, held = quick.draw(asked, {}, 30), quick.draw(asked, {"headache.kappa": 5.0}, 30)
    np.testing.assert_array_equal(plain.state["threshold_relative"], held.state["threshold_relative"])
    assert np.all(np.asarray(held.world.headache.kappa) == 5.0)
    slope = quick.draw(asked, {quick.SLOPE: 2.0}, 30)
    logs = pipeline.observed_log_ratio(slope.world, slope.state)
    steeper = quick.draw(asked, {quick.SLOPE: 4.0}, 30)
    assert np.all(pipeline.observed_log_ratio(steeper.world, steeper.state) <= logs)
    alkaline = quick.draw(asked, {"urine_ph": 8.0}, 30)
    assert np.all(alkaline.state["free_brain"].mean(axis=(1, 2)) > plain.state["free_brain"].mean(axis=(1, 2)))
    brain = quick.draw(asked, {"exposure.free_brain_ratio": 1.0}, 30)
    assert np.median(brain.state["free_brain"]) > np.median(plain.state["free_brain"])


def test_the_range_of_a_number_is_recomputed_and_no_line_between_two_points(asked):
    said = quick.verdict_over(asked, {}, "headache.kappa")
    values = [row["value"] for row in said["over"]]
    ratios = [row["rate_ratio"]["median"] for row in said["over"]]
    assert values == sorted(values)
    assert len(values) == len(quick.OVER)
    assert all(after <= before for before, after in zip(ratios[:-1], ratios[1:], strict=True))
    assert said["number"]["source"]
    assert said["number"]["tier"]


def test_an_unknown_number_is_refused_with_a_hint(asked):
    with pytest.raises(ScenarioError, match=r"exposure\.clearance"):
        quick.answer(asked, {"exposure.clearence": 1.0}, 5)


@pytest.mark.parametrize("name", scenario.available())
def test_a_scenarios_text_is_read_back_as_the_same_question(name, tmp_path):
    whole = scenario.load(name)
    (tmp_path / "again.toml").write_text(scenario_text.text(whole), encoding="utf-8")
    assert scenario.load(str(tmp_path / "again.toml")) == whole
