"""Preventives lived in simulated trials: no effect shows none, a strong one shows itself as trials see it."""

import numpy as np
import pytest

from leao.chain import preventive_trials
from leao.core import ledger
from leao.evidence import preventives

pytestmark = pytest.mark.worlds


def test_a_drug_without_effect_shows_none():
    said = preventive_trials.simulated(np.zeros(preventive_trials.TRIALS))
    assert said["rate_ratio"]["median"] == pytest.approx(1.0, abs=0.08)
    assert said["effect_shown"] <= 0.1


def test_each_drug_has_its_own_trials_size():
    sizes = {drug.drug: drug.trial_size for drug in preventives.drugs()}
    assert sizes["methysergide"] == 60
    assert sizes["topiramate"] == 117
    assert sizes["propranolol"] is sizes["memantine"] is None  # a pool whose patients were not seen; no trial in it


def test_a_small_trial_spreads_as_its_size_says():
    zero = np.zeros(preventive_trials.TRIALS)
    large, small = (preventive_trials.simulated(zero, n) for n in (90, 20))
    assert (large["n_per_arm"], large["size_seen"], small["n_per_arm"]) == (90, True, 20)
    wide = [np.log(row["rate_ratio"]["p95"] / row["rate_ratio"]["p05"]) for row in (large, small)]
    assert wide[1] / wide[0] == pytest.approx(np.sqrt(90 / 20), rel=0.4)


def test_a_strong_drug_shows_the_observed_ratio_not_the_hazard():
    saturation = ledger.read("headache").numbers["saturation"].value
    hazard = 0.5
    said = preventive_trials.simulated(np.full(preventive_trials.TRIALS, np.log(hazard)))
    assert said["rate_ratio"]["median"] == pytest.approx(hazard**saturation, abs=0.1)
    assert said["effect_shown"] > 0.7
