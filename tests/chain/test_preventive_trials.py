"""Preventives lived in simulated trials: no effect shows none, a strong one shows itself as trials see it."""

import numpy as np
import pytest

from leao.chain import preventive_trials
from leao.core import ledger

pytestmark = pytest.mark.worlds


def test_a_drug_without_effect_shows_none():
    said = preventive_trials.simulated(np.zeros(preventive_trials.TRIALS))
    assert said["rate_ratio"]["median"] == pytest.approx(1.0, abs=0.08)
    assert said["effect_shown"] <= 0.1


def test_a_strong_drug_shows_the_observed_ratio_not_the_hazard():
    saturation = ledger.read("headache").numbers["saturation"].value
    hazard = 0.5
    said = preventive_trials.simulated(np.full(preventive_trials.TRIALS, np.log(hazard)))
    assert said["rate_ratio"]["median"] == pytest.approx(hazard**saturation, abs=0.1)
    assert said["effect_shown"] > 0.7
