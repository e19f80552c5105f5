"""The chain at once is the head of what a run computes, and numbers held fixed act through all that follows them."""

import numpy as np
import pytest

from leao.chain import answer_exposure, pipeline, quick, scenario, scenario_text
from leao.core.errors import ScenarioError
from leao.core.random import Streams

pytestmark = pytest.mark.cross


@pytest.fixture(scope="module")
def asked():
    return scenario.load("noruzzadeh2016")


def holding(whole, **numbers):
    return scenario.changed(whole, {f"fixed.{name.replace('__', '.')}": value for name, value in numbers.items()})


def test_it_is_the_head_of_the_run(asked):
    drawn = quick.draw(asked, 40)
    run = answer_exposure.steady(asked, Streams(asked.seed, asked.name), range(40), asked.cortex.carry)
    for name in ("plasma_concentration", "free_brain", "block_odds", "threshold_relative"):
        np.testing.assert_array_equal(drawn.state[name], run.state[name])
    switched = scenario.load("noruzzadeh2016", {"receptor.hypotheses": ["tonic-2C-2D"]})
    again = quick.draw(switched, 20)
    whole = answer_exposure.steady(switched, Streams(asked.seed, asked.name), range(20), asked.cortex.carry)
    np.testing.assert_array_equal(again.state["block_odds"], whole.state["block_odds"])


def test_the_trials_are_those_that_a_run_pairs(asked):
    from leao.chain.summary import published_effect

    whole = published_effect(asked)
    for name, said in quick.published(asked, 50).items():
        np.testing.assert_allclose(said.draws, whole[name].draws[:50], rtol=1e-12)
        assert said.interval_95 == whole[name].interval_95


def test_a_number_acts_on_what_follows_and_on_nothing_before(asked):
    plain, held = quick.draw(asked, 30), quick.draw(holding(asked, headache__kappa=5.0), 30)
    np.testing.assert_array_equal(plain.state["threshold_relative"], held.state["threshold_relative"])
    assert np.all(np.asarray(held.world.headache.kappa) == 5.0)
    slope = quick.draw(holding(asked, link__slope=2.0), 30)
    logs = pipeline.observed_log_ratio(slope.world, slope.state)
    steeper = quick.draw(holding(asked, link__slope=4.0), 30)
    assert np.all(pipeline.observed_log_ratio(steeper.world, steeper.state) <= logs)
    alkaline = quick.draw(holding(asked, urine_ph=8.0), 30)
    assert np.all(alkaline.state["free_brain"].mean(axis=(1, 2)) > plain.state["free_brain"].mean(axis=(1, 2)))
    brain = quick.draw(holding(asked, exposure__free_brain_ratio=1.0), 30)
    assert np.median(brain.state["free_brain"]) > np.median(plain.state["free_brain"])


def test_the_range_of_a_number_is_recomputed_and_no_line_between_two_points(asked):
    said = quick.verdict_over(asked, "headache.kappa")
    values = [row["value"] for row in said["over"]]
    ratios = [row["rate_ratio"]["median"] for row in said["over"]]
    assert values == sorted(values)
    assert len(values) == len(quick.OVER)
    assert all(after <= before for before, after in zip(ratios[:-1], ratios[1:], strict=True))
    assert said["number"]["source"]
    assert said["number"]["tier"]


def test_an_unknown_number_is_refused_with_a_hint(asked):
    with pytest.raises(ScenarioError, match=r"exposure\.clearance"):
        holding(asked, exposure__clearence=1.0)


@pytest.mark.parametrize("name", ["urine_ph", "link.slope", "dose", "adherence"])
def test_what_is_no_ledgers_number_has_a_range_too(asked, name):
    said = quick.verdict_over(asked, name)
    values = [row["value"] for row in said["over"]]
    assert values == sorted(values)
    assert len({row["rate_ratio"]["median"] for row in said["over"]}) > 1
    assert said["number"]["source"]
    if name == "dose":
        assert max(values) == scenario.ceiling_mg_per_day()


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("exposure.clearance", -1.0, "above 0"),
        ("exposure.clearance", float("nan"), "above 0"),
        ("receptor.share_2C_2D", 1.5, "0 to 1"),
        ("urine_ph", 12.0, "4 to 9"),
        ("regimen.ceiling", 5.0, "does not read"),
    ],
)
def test_a_value_that_cannot_be_is_refused(asked, name, value, wanted):
    with pytest.raises(ScenarioError, match=wanted):
        quick.draw(scenario.changed(asked, {f"fixed.{name}": value}), 2)


def test_a_number_that_an_arm_says_too_is_refused(asked):
    with pytest.raises(ScenarioError, match="says it, too"):
        scenario.changed(asked, {"fixed.regimen.adherence": 0.5, "arms.memantine.adherence": 0.6})


def test_what_takes_anothers_place_is_refused_beside_it(asked):
    with pytest.raises(ScenarioError, match="takes its place"):
        scenario.changed(asked, {"fixed.link.slope": 2.0, "fixed.headache.kappa": 1.0})


def test_a_run_holds_what_the_scenario_holds(asked):
    from leao.chain import fixed, sensitivity, stage_numbers

    held = holding(asked, exposure__clearance=5.0, urine_ph=6.0)
    run = answer_exposure.steady(held, Streams(held.seed, held.name), range(20), held.cortex.carry)
    drawn = quick.draw(held, 20)
    np.testing.assert_array_equal(drawn.state["free_brain"], run.state["free_brain"])
    assert "clearance 5" in held.asked
    assert "exposure.clearance" not in sensitivity.uncertain_numbers(held)
    assert list(fixed.LEDGERS.items()) == [(stage, name) for stage, (name, _) in stage_numbers.LEDGERS.items()]


@pytest.mark.parametrize("name", scenario.available())
def test_a_scenarios_text_is_read_back_as_the_same_question(name, tmp_path):
    whole = scenario.changed(scenario.load(name), {"fixed.exposure.clearance": 5.5, "fixed.urine_ph": 6.5})
    (tmp_path / "again.toml").write_text(scenario_text.text(whole), encoding="utf-8")
    assert scenario.load(str(tmp_path / "again.toml")) == whole
