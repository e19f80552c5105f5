"""What must hold whatever is asked: bounds, balance, proration, and refusals in one line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.trial.given_effect import setting

from leao.core import ledger
from leao.core.errors import LeaoError, ScenarioError
from leao.core.random import Streams
from leao.diary import counting, dials
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers as Diary
from leao.trial import example, simulation
from leao.trial.designs import inputs, settle
from leao.trial.diaries import diaries
from leao.trial.endpoints import is_eligible
from leao.trial.enrolment_dropout import enrol, randomise
from leao.trial.options import TrialOptions
from leao.trial.placebo_response import calibrate

pytestmark = pytest.mark.property

ARMS = ("placebo", "memantine")


def small(**options):
    design = settle(TrialOptions(n_per_arm=8, **options), ARMS, DiaryOptions())
    return design, calibrate(design)


@given(st.integers(1, 40), st.integers(2, 4), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_blocks_balance_the_arms(n_per_arm, arms, seed):
    uniforms = np.random.default_rng(seed).random((3, n_per_arm * arms))
    arm = randomise(uniforms, arms, 2 * arms)
    counts = np.stack([(arm == place).sum(axis=1) for place in range(arms)])
    assert np.all(counts == n_per_arm)


def test_block_that_cannot_hold_all_arms_is_refused():
    with pytest.raises(ScenarioError, match="multiple of the 3 arms"):
        randomise(np.zeros((1, 6)), 3, 4)


@given(st.integers(0, 2**31), st.floats(0.0, 0.9))
@settings(max_examples=60, deadline=None)
def test_proration_keeps_the_rate(seed, missing):
    rng = np.random.default_rng(seed)
    absent = rng.random((4, 28)) < missing
    one_a_day = counting.prorated(np.ones((4, 28)), absent, 28.0)
    filled = ~absent.all(axis=1)
    assert one_a_day[filled] == pytest.approx(28.0)
    assert np.isnan(one_a_day[~filled]).all()


@given(st.floats(0.0, 23.99), st.floats(1.0, 60.0))
@settings(max_examples=60, deadline=None)
def test_clock_runs_forward_from_midnight_to_midnight(peak, ratio):
    dial = dials.clock(peak, ratio)
    assert dial[0] == 0.0
    assert dial[-1] == pytest.approx(1.0)
    assert np.all(np.diff(dial) > 0.0)


def test_enrolled_are_eligible_and_their_diaries_consistent():
    design, calibration = small()
    enrolled = enrol(design, calibration, Streams(1, "x"), range(5))
    days = diaries(design, enrolled, np.ones((*enrolled.arm.shape, design.days)))
    before = counting.prorated(days["attacks"][..., :28], days["missing"][..., :28].astype(bool), 28.0)
    assert is_eligible(before, design).all()
    assert np.all(days["migraine"] <= days["headache"])
    assert np.all(days["rescue"] <= days["migraine"])
    assert np.all((days["severity"] >= days["headache"]) & (days["severity"] <= 3))
    assert np.all((days["migraine_hours"] >= 0) & (days["migraine_hours"] <= 24.001))
    assert days["missing"].mean() == pytest.approx(0.10, abs=0.04)


def test_complete_diaries_have_no_gaps():
    design = settle(TrialOptions(n_per_arm=8), ARMS, DiaryOptions(missing_entries=False))
    enrolled = enrol(design, calibrate(design), Streams(1, "x"), range(1))
    assert not diaries(design, enrolled, np.ones((*enrolled.arm.shape, design.days)))["missing"].any()


def test_example_is_what_patients_hand_in():
    design, calibration = small()
    asked = setting(design, calibration, 1.0, Streams(1, "x"))
    simulated = simulation.simulate_diaries(asked, range(1))
    enrolled, days = simulated.enrolled, simulated.with_drug
    table = example.diary_table(asked, simulated, simulated.dose)
    assert len({len(column) for column in table.values()}) == 1
    assert set(table["arm"]) == set(ARMS)
    gone = np.array(table["missing"])
    assert all((value is None) == bool(absent) for value, absent in zip(table["headache"], gone, strict=True))
    begun = [(start, end) for start, end in zip(table["start"], table["end"], strict=True) if start is not None]
    assert all(0.0 <= start < 24.0 and end > start for start, end in begun)
    kept = np.arange(design.days) < np.floor(enrolled.last_day[0])[:, None]
    recorded = days["headache"][0].astype(bool) & ~days["missing"][0].astype(bool) & kept
    assert sum(bool(value) for value in table["headache"]) == recorded.sum()


@pytest.mark.parametrize(
    ("options", "arms", "words"),
    [
        ({"baseline_attacks_per_28d": 1.0}, ARMS, "eligibility"),
        ({"dropout": {"memantin": 0.1}}, ARMS, "no such arm"),
        ({}, ("placebo",), "wanted a control and another"),
    ],
)
def test_impossible_designs_are_refused(options, arms, words):
    with pytest.raises(ScenarioError, match=words):
        settle(TrialOptions(**options), arms, DiaryOptions())


@pytest.mark.parametrize(
    "options",
    [
        {"n_per_arm": 0},
        {"n_per_am": 30},
        {"weeks": 1},
        {"dropout": {"placebo": 1.5}},
        {"min_attacks_per_28d": 5, "max_attacks_per_28d": 3},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ValidationError):
        TrialOptions(**options)


@pytest.mark.parametrize(
    ("options", "counting", "words"),
    [
        ({"placebo_change": -5.5}, DiaryOptions(), "placebo_change"),
        ({}, DiaryOptions(attack_rule="free_gap"), "more than these patients reach"),
    ],
)
def test_inputs_out_of_reach_are_refused(options, counting, words):
    with pytest.raises(ScenarioError, match=words) as error:
        calibrate(settle(TrialOptions(**options), ARMS, counting))
    assert "\n" not in str(error.value)


def test_rate_that_is_none_is_refused():
    design, calibration = small()
    with pytest.raises(LeaoError, match="attacks a day"):
        enrol(design, calibration._replace(log_rate=12.0), Streams(1, "x"), range(1))


def test_published_figures_are_named_as_inputs():
    design = settle(TrialOptions(), ARMS, DiaryOptions())
    assert "placebo_change" in inputs(design)
    assert ledger.params(ledger.read("diary"), Diary) == design.diary
