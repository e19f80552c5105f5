"""Schedules in the run: the words of leao plan, the same people whatever is taken, hypotheses that do what they say."""

from typing import Any

import numpy as np
import pytest
from tests.chain.test_arms import asked

from leao.chain import answer_exposure, pipeline
from leao.chain.scenario import load
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.trial import effect, enrolment_dropout

pytestmark = pytest.mark.worlds


@pytest.fixture(scope="module")
def enrolled():
    question = asked()
    return enrolment_dropout.enrol(question.design, question.calibration, question.streams, range(4))


def states(enrolled, **changes):
    ask = asked(**changes)
    staying = enrolled._replace(last_day=np.full(enrolled.last_day.shape, np.inf))
    mechanistic: Any = ask.effect
    return mechanistic.states(staying, effect.doses(ask.design, staying, ask.planned).dense())


def test_a_bare_amount_is_once_daily(enrolled):
    bare, written = (states(enrolled, **{"arms.memantine.dose": d}) for d in ("10 mg", "10 mg daily"))
    for name, values in bare.items():
        np.testing.assert_array_equal(values, written[name])


def test_days_are_taken_alike_whatever_is_taken(enrolled):
    once = states(enrolled, **{"arms.memantine.dose": "10 mg daily"})["dose_taken"]
    twice = states(enrolled, **{"arms.memantine.dose": "5 mg twice daily"})
    np.testing.assert_array_equal(once, twice["dose_taken"])
    assert np.all(twice["intakes_taken"][..., 0] == twice["intakes_taken"][..., 1])


def test_a_noon_intake_is_taken_like_any_other(enrolled):
    twice = states(enrolled, **{"arms.memantine.dose": "5 mg twice daily"})
    noon = states(enrolled, **{"arms.memantine.dose": "5 mg in the morning and 5 mg at noon"})
    np.testing.assert_array_equal(noon["dose_taken"], twice["dose_taken"])
    late = slice(-28, None)
    level, other = (days["plasma_concentration"][..., late].sum() for days in (noon, twice))
    assert level == pytest.approx(other, rel=0.01)


def test_a_preset_is_its_schedule_and_starts_with_treatment(enrolled):
    taken = states(enrolled, **{"arms.memantine.preset": "eu_label", "arms.memantine.adherence": 1.0})["dose_taken"]
    treated = taken[enrolled.arm > 0]
    start = asked().design.baseline_days
    assert not treated[:, :start].any()
    assert np.unique(treated[:, start:], axis=0).tolist() == [[5.0] * 7 + [10.0] * 7 + [15.0] * 7 + [20.0] * 63]
    assert not taken[enrolled.arm == 0].any()


def test_a_later_change_leaves_earlier_days_alone(enrolled):
    stays, rises = (
        states(enrolled, **{"arms.memantine.dose": d})
        for d in ("10 mg daily", "10 mg daily for 4 weeks, then 20 mg daily")
    )
    before = asked().design.baseline_days + 28
    np.testing.assert_array_equal(stays["free_brain"][..., :before], rises["free_brain"][..., :before])
    later = enrolled.arm > 0
    assert np.all(rises["free_brain"][later][:, -1] >= stays["free_brain"][later][:, -1])


def steady(**changes):
    scenario = load("noruzzadeh2016", changes)
    return scenario, answer_exposure.steady(scenario, Streams(1, "test"), range(200), ("leao",))


def test_levels_are_linear_in_the_dose_and_alike_in_one_or_two_intakes():
    _, once = steady()
    _, double = steady(**{"arms.memantine.dose": "10 mg twice daily"})
    ratio = double.state["plasma_concentration"] / once.state["plasma_concentration"]
    np.testing.assert_allclose(ratio, 2.0, rtol=2e-3)  # not yet wholly settled in the slowest people


def test_the_answer_says_what_is_taken():
    scenario, summary = steady(**{"arms.memantine.dose": "10 mg daily for 8 weeks, then stop"})
    said = answer_exposure.regimen_answer(scenario, summary)
    assert said["words"] == "10 mg once daily, nothing from day 56"
    assert said["dose_mg_per_day"] == 0.0
    assert not said["settled"]
    assert said["notes"][0]["what"].startswith("starting at 10 mg/day skips the labelled titration")
    titrated = answer_exposure.regimen_answer(*steady(**{"arms.memantine.preset": "eu_label"}))
    assert titrated["settled"]
    assert titrated["preset"]["source"] == "memantine_smpc"
    assert not [note for note in titrated["notes"] if "skips" in note["what"]]
    research = {"setting": "research", "arms.memantine.dose": "20 mg twice daily"}
    assert answer_exposure.regimen_answer(*steady(**research))["notes"][0]["level"] == "stop"


def test_each_hypothesis_does_what_it_says():
    plain = steady()[1]
    uptake = steady(**{"exposure.hypotheses": ["brain-uptake"]})[1]
    np.testing.assert_allclose(uptake.state["free_brain"], 3.0 * plain.state["free_brain"], rtol=1e-12)
    np.testing.assert_array_equal(uptake.state["plasma_concentration"], plain.state["plasma_concentration"])
    rare = steady(**{"receptor.hypotheses": ["tonic-2C-2D"]})[1]
    only = plain.world._replace(receptor=plain.world.receptor._replace(share_2C_2D=1.0))
    wanted = pipeline.downstream(only, plain.state["free_brain"])["block_odds"]
    np.testing.assert_array_equal(rare.state["block_odds"], wanted)
    calcium = steady(**{"receptor.hypotheses": ["calcium"]})[1]
    stronger = calcium.state["block_odds"] > plain.state["block_odds"]
    assert stronger.mean() > 0.95  # the size is drawn, and its tail reaches no effect
    assert np.median(calcium.world.compound.ic50_2A / plain.world.compound.ic50_2A) == pytest.approx(0.47, abs=0.1)


def test_added_receptors_take_back_what_block_took_and_never_more():
    plain = steady()[1]
    chronic = steady(**{"receptor.hypotheses": ["chronic-receptors"]})[1]
    number = chronic.world.receptors
    assert number is not None
    assert plain.world.receptors is None
    assert 1.0 <= number.min() < number.max() <= 1.403
    blocked = plain.state["block_odds"] / (1.0 + plain.state["block_odds"])
    passing = number[..., None] * (1.0 - blocked)
    np.testing.assert_allclose(
        chronic.state["block_odds"], np.where(passing < 1.0, 1.0 / passing - 1.0, 0.0), rtol=1e-9, atol=1e-12
    )
    nobody = chronic.world._replace(receptors=np.ones_like(number))
    same = pipeline.downstream(nobody, chronic.state["free_brain"])["block_odds"]
    np.testing.assert_allclose(same, plain.state["block_odds"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("key", ["arms.memantine.doubled_after_missed", "fixed.taking.doubled_after_missed"])
def test_a_doubled_dose_keeps_the_ceiling_in_a_clinical_setting(key):
    doubled = {key: "0.2"} if key.startswith("arms") else {key: 0.2}
    load("noruzzadeh2016", {**doubled, "arms.memantine.dose": "10 mg"})
    for dose in ("20 mg", "5 mg daily for 1 week, then 12 mg daily"):
        with pytest.raises(ScenarioError, match="doubled_after_missed"):
            load("noruzzadeh2016", {**doubled, "arms.memantine.dose": dose})
        load("noruzzadeh2016", {**doubled, "arms.memantine.dose": dose, "setting": "research"})


def test_a_percent_of_a_dose_is_refused():
    with pytest.raises(ScenarioError, match="mg percent"):
        load("noruzzadeh2016", {"arms.memantine.dose": "20 mg percent daily"})
