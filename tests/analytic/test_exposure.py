"""Closed forms of oral kinetics: Bateman curve, accumulation, steady-state mean, salt to base."""

import numpy as np
import pytest

from leao import ledger
from leao.kernels import pk
from leao.stages.exposure import model as exposure
from leao.stages.regimen import model as regimen

PARAMS = ledger.params(ledger.read("exposure"), exposure.Params)


def test_bateman_curve():
    ka, ke, hours = 0.5, 0.012, np.arange(1, 200)
    dose = np.zeros((1, 199))
    dose[0, 0] = 10.0
    end, _ = pk.one_compartment(dose, np.array([ka]), np.array([ke]), 1.0)
    np.testing.assert_allclose(end[0], 10 * ka / (ka - ke) * (np.exp(-ke * hours) - np.exp(-ka * hours)), rtol=1e-12)


def test_steady_state_mean_is_dose_over_clearance():
    plasma = exposure.run(PARAMS, np.full((1, 1, 400), 10.0))["plasma_concentration"]
    base = 10 * 179.307 / 215.76
    clearance = PARAMS.clearance * (PARAMS.weight / PARAMS.reference_weight) ** PARAMS.allometric_exponent
    assert plasma[0, 0, -1] == pytest.approx(base / (clearance * 24) * 1e3, rel=1e-9)


def test_accumulation_ratio():
    ke = float(exposure.elimination_rate(PARAMS))
    end, _ = pk.one_compartment(np.full((1, 300), 1.0), np.array([50.0]), np.array([ke]), 24.0)
    assert end[0, -1] / end[0, 0] == pytest.approx(1 / (1 - np.exp(-24 * ke)), rel=1e-9)


def test_salt_holds_831_permille_of_base():
    assert PARAMS.formula_weight_base / PARAMS.formula_weight_salt == pytest.approx(0.831, abs=5e-4)


def test_dose_linear_and_person_order_irrelevant():
    rng = np.random.default_rng(1)
    people = PARAMS._replace(clearance=rng.uniform(5, 11, (2, 6)), weight=rng.uniform(50, 90, (2, 6)))
    dose = rng.choice([0.0, 10.0], (2, 6, 30))
    once, twice = exposure.run(people, dose), exposure.run(people, 2 * dose)
    np.testing.assert_allclose(twice["free_brain"], 2 * once["free_brain"], rtol=1e-13)
    turned = people._replace(clearance=people.clearance[:, ::-1], weight=people.weight[:, ::-1])
    again = exposure.run(turned, np.ascontiguousarray(dose[:, ::-1]))
    np.testing.assert_array_equal(again["plasma_concentration"][:, ::-1], once["plasma_concentration"])


def test_mass_balance():
    ka, ke = np.array([0.4]), np.array([0.02])
    dose = np.zeros((1, 500))
    dose[0, :20] = 10.0
    _, mean = pk.one_compartment(dose, ka, ke, 24.0)
    assert (mean * ke[0] * 24).sum() == pytest.approx(200.0, rel=1e-10)


def test_no_tablet_before_treatment_and_adherence_as_given():
    params = ledger.params(ledger.read("regimen"), regimen.Params)._replace(adherence=np.full((1, 200), 0.9))
    luck = np.random.default_rng(2).random((1, 200, 112))
    taken = regimen.run(params, regimen.Upstream(np.full((1, 200), 10.0), luck, 28))["dose_taken"]
    assert not taken[..., :28].any()
    assert (taken[..., 28:] > 0).mean() == pytest.approx(0.9, abs=0.01)
