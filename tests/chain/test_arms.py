"""Minimally different worlds: arms differ by the drug alone, and people by themselves alone."""

import numpy as np
import pytest

from leao.chain import patients
from leao.chain.scenario import load
from leao.trial import enrolment

pytestmark = pytest.mark.worlds

CARRY = ("leao",)
SMALL = {"trial.n_per_arm": 6, "trials": 4}


def asked(**changes):
    return patients.run_request(load("noruzzadeh2016", SMALL | changes), CARRY)


@pytest.fixture(scope="module")
def base():
    return asked()


def test_a_dose_of_zero_is_placebo_bit_for_bit(base):
    none = patients.chunk(asked(**{"arms.memantine.dose": "0 mg"}), range(4))
    enrolled = enrolment.enrol(base.design, base.calibration, base.streams, range(4))
    ratio = np.ones((*enrolled.arm.shape, base.design.days))
    untreated = patients.ensemble.diaries(base.design, enrolled, ratio)
    attacks = patients.ensemble.endpoints.final(untreated, base.design)["attacks"]
    np.testing.assert_array_equal(none.rows["end_attacks"], attacks.ravel())
    assert np.all(none.trials["paired_rate_ratio"] == 1.0)


def test_the_drug_moves_the_active_arm_alone(base):
    treated = patients.chunk(base, range(4))
    none = patients.chunk(asked(**{"arms.memantine.dose": "0 mg"}), range(4))
    control = treated.rows["arm"] == 0
    for name, column in treated.rows.items():
        np.testing.assert_array_equal(column[control], none.rows[name][control], err_msg=name)


def test_chunks_of_any_size_give_the_same_patients(base):
    whole = patients.chunk(base, range(4))
    parts = [patients.chunk(base, range(0, 1)), patients.chunk(base, range(1, 4))]
    for name in whole.rows:
        np.testing.assert_array_equal(whole.rows[name], np.concatenate([part.rows[name] for part in parts]))


def test_more_trials_change_no_earlier_trial(base):
    few, more = patients.chunk(base, range(2)), patients.chunk(base, range(4))
    for name, column in few.rows.items():
        np.testing.assert_array_equal(column, more.rows[name][: column.size])
