"""The prescriber's rule: what it may never do, for any patient and any policy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leao.core.errors import ScenarioError
from leao.dosing.policies import names, read, rules
from leao.trial.titration import FELT, GONE, INTOLERABLE, decide

pytestmark = pytest.mark.property

DOSES = st.sampled_from([0.0, 5.0, 10.0, 15.0, 20.0])
FALLS = st.one_of(st.floats(-2.0, 1.0), st.just(float("nan")))
WHOLE = {
    "what": "w", "source": "bigal2008", "where": "", "tier": "assumed", "start": "10 mg/day", "ramp": "0 mg/day",
    "step_up": "10 mg/day", "step_down": "5 mg/day", "floor": "5 mg/day", "ceiling": "20 mg/day", "enough": 0.5,
}  # fmt: skip


def single_patient(dose, state, fall, name):
    return float(decide(np.array([dose]), np.array([state]), np.array([fall]), read(name))[0])


@given(DOSES, st.sampled_from([GONE, FELT, INTOLERABLE]), FALLS, st.sampled_from(names()))
def test_bounds(dose, state, fall, name):
    after = single_patient(dose, state, fall, name)
    limit = read(name)
    assert after == 0.0 or limit.floor <= after <= limit.ceiling or after == dose
    assert after <= limit.ceiling
    if dose == 0.0:
        assert after == 0.0
    if state == INTOLERABLE and dose > 0.0:
        assert after < dose
    if state == FELT:
        assert after == min(dose, limit.ceiling)


@given(DOSES, FALLS, FALLS)
def test_a_better_response_never_raises_the_dose_more(dose, one_fall, other):
    if np.isnan(one_fall) or np.isnan(other):
        assert single_patient(dose, GONE, float("nan"), "titrated") == dose
        return
    low, high = sorted((one_fall, other))
    assert single_patient(dose, GONE, high, "titrated") <= single_patient(dose, GONE, low, "titrated")


def test_the_titrated_ladder():
    assert single_patient(10.0, GONE, 0.2, "titrated") == 20.0
    assert single_patient(10.0, GONE, 0.6, "titrated") == 10.0
    assert single_patient(20.0, INTOLERABLE, 0.6, "titrated") == 15.0
    assert single_patient(5.0, INTOLERABLE, 0.6, "titrated") == 0.0
    assert single_patient(10.0, INTOLERABLE, 0.0, "fixed_10") == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ceiling": "5 mg/day"}, "wanted 0 < floor <= start <= ceiling"),
        ({"floor": "0 mg/day"}, "wanted 0 < floor <= start <= ceiling"),
        ({"start": "10"}, "without a unit"),
        ({"steps": "1 mg/day"}, "unknown key 'steps'"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(change, words):
    with pytest.raises(ScenarioError, match=words):
        rules("mine", WHOLE | change)
    assert rules("mine", WHOLE).start == 10.0


def test_an_unknown_policy_suggests_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'titrated'"):
        read("titrate")
