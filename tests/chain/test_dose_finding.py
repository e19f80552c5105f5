"""Several doses side by side: each arm is taken as its own line of the scenario says."""

import numpy as np
import pytest

import leao
from leao.chain.effects import Mechanistic
from leao.chain.power_answer import PowerRequest, ensemble
from leao.trial import effect as effects
from leao.trial.enrolment_dropout import enrol

pytestmark = pytest.mark.worlds


def taken(low, high):
    """Return the share of planned tablets that each arm takes when the arms' adherence is given."""
    change = {"trial.design": "dose_finding", "trial.n_per_arm": 30, "arms.high.drug": "memantine"}
    change |= {"arms.memantine.dose": "10 mg daily", "arms.high.dose": "20 mg daily"}
    change |= {f"arms.{name}.adherence": share for name, share in (("memantine", low), ("high", high)) if share}
    scenario = leao.load("noruzzadeh2016", change)
    asked = ensemble(scenario, PowerRequest(effect="mechanistic"))
    enrolled = enrol(asked.design, asked.calibration, asked.streams, range(2))
    dose = effects.doses(asked.design, enrolled, asked.planned).dense()
    assert isinstance(asked.effect, Mechanistic)
    states = asked.effect.states(enrolled, dose)
    shares = [states["dose_taken"][enrolled.arm == k].sum() / dose[enrolled.arm == k].sum() for k in (1, 2)]
    return dict(zip(scenario.active_arms, shares, strict=True)), states, enrolled.arm


def test_each_arm_has_its_own_adherence():
    shares, _, _ = taken(0.3, 0.95)
    assert shares["memantine"] == pytest.approx(0.3, abs=0.06)
    assert shares["high"] == pytest.approx(0.95, abs=0.06)


def test_another_arms_adherence_changes_nobody_here():
    _, few, arm = taken(0.3, None)
    _, many, _ = taken(0.9, None)
    others = arm != 1
    np.testing.assert_array_equal(few["dose_taken"][others], many["dose_taken"][others])
    assert few["dose_taken"][arm == 1].sum() < 0.5 * many["dose_taken"][arm == 1].sum()
