"""The rules of the blind controls: a control that could not fail is void, one that can passes or fails by the datum."""

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.cortex import blind_controls as controls

pytestmark = pytest.mark.property

DRAWS = 400
RAT = controls.Observed(7.7, 2.0, 1.8, 8)


def predicted(treated, half, free=7.7, spread=0.4, seed=1):
    draw = np.random.default_rng(seed)
    untreated, drug, weak = (
        np.maximum(mean + spread * draw.standard_normal(DRAWS), 0.0) for mean in (free, treated, half)
    )
    return controls.Predicted(untreated, drug, weak, np.ones(DRAWS))


def test_a_sharp_true_prediction_passes():
    outcome = controls.outcome(predicted(2.0, 5.2), RAT, seed=3, experiments=400)
    assert outcome.status == controls.PASSED
    assert outcome.power.as_is >= 0.8
    assert outcome.power.none <= 0.05
    assert outcome.low < 2.0 < outcome.high


def test_a_sharp_wrong_prediction_fails():
    outcome = controls.outcome(predicted(4.5, 6.3, spread=0.2), RAT._replace(between=0.9), seed=3, experiments=400)
    assert outcome.status == controls.FAILED
    near_silent = controls.outcome(predicted(0.0, 4.0), RAT._replace(treated=3.5), seed=3, experiments=400)
    assert near_silent.status == controls.FAILED  # a near-silent cortex is as wrong as an unmoved one


def test_a_drug_half_as_strong_that_passes_too_makes_the_control_void():
    assert controls.outcome(predicted(2.0, 2.1), RAT, seed=3, experiments=400).status == controls.VOID


def test_a_prediction_wide_enough_for_anything_is_void():
    assert controls.outcome(predicted(4.0, 5.0, spread=4.0), RAT, seed=3, experiments=400).status == controls.VOID


def test_power_does_not_see_the_observed_count():
    prediction = predicted(2.0, 5.2)
    rule = controls.Rule()
    first = controls.powers(prediction, RAT, 5, rule, 200)
    assert first == controls.powers(prediction, RAT._replace(treated=7.0), 5, rule, 200)


def test_weights_leave_each_datum_out():
    misses = np.array([[0.0, 0.0], [0.0, 4.0], [2.0, 0.0]])
    out = controls.without_each(misses)
    np.testing.assert_allclose(out.sum(axis=1), 1.0)
    assert out[1, 0] == out[1, 1]  # without the second datum the second member is as good as the first
    assert out[0, 1] < 1e-3
    assert list(controls.implausibility(misses) > controls.IMPLAUSIBLE) == [False, True, False]


def test_few_effective_members_give_no_verdict():
    assert controls.effective(np.ones(7)) == pytest.approx(7.0)
    assert controls.may_judge(np.ones(7))
    assert not controls.may_judge(np.array([1.0, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3]))
    with pytest.raises(ScenarioError, match="calibrate"):
        controls.outcome(predicted(2.0, 5.2)._replace(weight=np.zeros(DRAWS)), RAT, seed=1)
