"""Minimally different worlds: arms differ by the drug alone, and people by themselves alone."""

import numpy as np
import pytest

from leao.chain import answer_trial, power_answer
from leao.chain.scenario import load
from leao.trial import completers, endpoints, enrolment_dropout, simulation
from leao.trial.diaries import diaries

pytestmark = pytest.mark.worlds

SMALL = {"trial.n_per_arm": 6, "trials": 4}


def asked(**changes):
    return answer_trial.run_request(load("noruzzadeh2016", SMALL | changes)).setting


@pytest.fixture(scope="module")
def base():
    return asked()


def test_a_dose_of_zero_is_placebo_bit_for_bit(base):
    rows, trials = completers.chunk(asked(**{"arms.memantine.dose": "0 mg"}), range(4))
    enrolled = enrolment_dropout.enrol(base.design, base.calibration, base.streams, range(4))
    untreated = diaries(base.design, enrolled, np.ones((1, 1, base.design.days)))
    attacks = endpoints.final(untreated, base.design)["attacks"]
    np.testing.assert_array_equal(rows["end_attacks"], attacks.ravel())
    assert np.all(trials["paired_rate_ratio"] == 1.0)


def test_the_drug_moves_the_active_arm_alone(base):
    treated, _ = completers.chunk(base, range(4))
    none, _ = completers.chunk(asked(**{"arms.memantine.dose": "0 mg"}), range(4))
    control = treated["arm"] == 0
    for name, column in treated.items():
        if not name.startswith("dose_month"):  # tablets without drug
            np.testing.assert_array_equal(column[control], none[name][control], err_msg=name)


def test_chunks_of_any_size_give_the_same_patients(base):
    whole, _ = completers.chunk(base, range(4))
    parts = [completers.chunk(base, range(0, 1))[0], completers.chunk(base, range(1, 4))[0]]
    for name in whole:
        np.testing.assert_array_equal(whole[name], np.concatenate([part[name] for part in parts]))


def test_more_trials_change_no_earlier_trial(base):
    few, more = completers.chunk(base, range(2))[0], completers.chunk(base, range(4))[0]
    for name, column in few.items():
        np.testing.assert_array_equal(column, more[name][: column.size])


def test_the_run_and_the_trial_simulate_the_same_patients(base):
    """One engine: the same people, doses and diaries stand behind ``leao run`` and ``leao trial``."""
    scenario = load("noruzzadeh2016", SMALL | {"arms.memantine.dose": "5 mg twice daily"})
    in_run, in_trial = (
        answer_trial.run_request(scenario).setting,
        power_answer.setting(scenario, power_answer.PowerRequest()),
    )
    both = [simulation.simulate_diaries(setting, range(2)) for setting in (in_run, in_trial)]
    np.testing.assert_array_equal(both[0].dose, both[1].dose)
    np.testing.assert_array_equal(both[0].dosed.ratio.dense(), both[1].dosed.ratio.dense())
    rows, _ = simulation.chunk(in_trial, range(2))
    completed, _ = completers.chunk(in_run, range(2))
    stayed = completed["completed"]
    least = in_trial.design.rules.least_filled * in_trial.design.month
    full = stayed & (completed["baseline_filled"] >= least) & (completed["end_filled"] == in_trial.design.month)
    np.testing.assert_allclose(rows["attacks|drug|last"][full], completed["end_attacks"][full], rtol=1e-6)
    assert full.any()
