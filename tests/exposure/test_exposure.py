"""Closed forms of oral kinetics: Bateman curve, accumulation, steady-state mean, salt to base."""

import numpy as np
import pytest

from leao.chain import pipeline
from leao.core import ledger
from leao.dosing import adherence, prescription, regimen, schedule
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.kernels import oral

pytestmark = pytest.mark.analytic

HABITS = ledger.params(ledger.read("schedules"), adherence.AdherenceNumbers)
PARAMS = ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)


def test_bateman_curve():
    ka, ke, hours = 0.5, 0.012, np.arange(1, 200)
    dose = np.zeros((1, 199))
    dose[0, 0] = 10.0
    end, _ = oral.one_compartment(dose, np.array([ka]), np.array([ke]), 1.0)
    np.testing.assert_allclose(end[0], 10 * ka / (ka - ke) * (np.exp(-ke * hours) - np.exp(-ka * hours)), rtol=1e-12)


def test_steady_state_mean_is_dose_over_clearance():
    plasma = exposure.run(PARAMS, np.full((1, 1, 400, 1), 10.0))["plasma_concentration"]
    base = 10 * 179.307 / 215.76
    clearance = PARAMS.clearance * (PARAMS.weight / PARAMS.reference_weight) ** PARAMS.allometric_exponent
    assert plasma[0, 0, -1] == pytest.approx(base / (clearance * 24) * 1e3, rel=1e-9)
    assert plasma[0, 0, -1] == pytest.approx(float(exposure.steady_mean(PARAMS, 10.0)), rel=1e-9)


def test_accumulation_ratio():
    ke = float(exposure.elimination_rate(PARAMS))
    end, _ = oral.one_compartment(np.full((1, 300), 1.0), np.array([50.0]), np.array([ke]), 24.0)
    assert end[0, -1] / end[0, 0] == pytest.approx(1 / (1 - np.exp(-24 * ke)), rel=1e-9)


def test_salt_holds_831_permille_of_base():
    assert PARAMS.formula_weight_base / PARAMS.formula_weight_salt == pytest.approx(0.831, abs=5e-4)


def test_dose_linear_and_person_order_irrelevant():
    rng = np.random.default_rng(1)
    people = PARAMS._replace(clearance=rng.uniform(5, 11, (2, 6)), weight=rng.uniform(50, 90, (2, 6)))
    dose = rng.choice([0.0, 10.0], (2, 6, 30, 2))
    once, twice = exposure.run(people, dose), exposure.run(people, 2 * dose)
    np.testing.assert_allclose(twice["free_brain"], 2 * once["free_brain"], rtol=1e-13)
    turned = people._replace(clearance=people.clearance[:, ::-1], weight=people.weight[:, ::-1])
    again = exposure.run(turned, np.ascontiguousarray(dose[:, ::-1]))
    np.testing.assert_array_equal(again["plasma_concentration"][:, ::-1], once["plasma_concentration"])


def test_mass_balance():
    ka, ke = np.array([0.4]), np.array([0.02])
    dose = np.zeros((1, 500))
    dose[0, :20] = 10.0
    _, mean = oral.one_compartment(dose, ka, ke, 24.0)
    assert (mean * ke[0] * 24).sum() == pytest.approx(200.0, rel=1e-10)


def test_no_tablet_before_treatment_and_adherence_as_given():
    params = ledger.params(ledger.read("regimen"), regimen.RegimenNumbers)._replace(adherence=np.full((1, 200), 0.9))
    planned = np.zeros((1, 200, 112, 2))
    planned[0, 1:, 28:] = schedule.planned(prescription.parse("5 mg twice daily"), 84)
    uniforms, again = np.random.default_rng(2).random((2, 1, 200, 112))
    state = regimen.run(params, HABITS, regimen.RegimenInput(planned, uniforms, again))
    taken = state["dose_taken"]
    assert not taken[..., :28].any()
    assert not taken[0, 0].any()
    assert set(np.unique(taken)) == {0.0, 10.0}
    np.testing.assert_array_equal(state["intakes_taken"].sum(axis=-1), taken)
    assert (taken[0, 1:, 28:] > 0).mean() == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(("share", "streak", "doubled"), [(0.8, 2.0, 0.0), (0.7, 1.5, 0.6), (0.0, 1.5, 1.0)])
def test_the_mean_share_is_what_the_days_give(share, streak, doubled):
    habits = adherence.AdherenceNumbers(missed_streak=streak, doubled_after_missed=doubled)
    uniforms = np.random.default_rng(5).random((500, 900, 2))
    taken = adherence.run(habits, np.full(500, share), np.ones((900, 1)), uniforms)
    assert taken.mean() == pytest.approx(float(adherence.mean_share(habits, np.array(share))), abs=0.005)


def test_twice_daily_is_exact():
    """Bateman curves of every intake, morning and evening, integrated over each day."""
    ke, days = float(exposure.elimination_rate(PARAMS)), 20
    doses = np.random.default_rng(4).choice([0.0, 5.0, 10.0], (days, 2))
    levels = exposure.daily(PARAMS, doses[None])[0]
    ka, wanted = PARAMS.absorption_rate, np.zeros(days)
    scale = 1e3 * PARAMS.bioavailability * PARAMS.formula_weight_base / PARAMS.formula_weight_salt
    scale /= PARAMS.volume_per_weight * PARAMS.weight

    def area(t):  # of one mg until t hours after it
        return ka / (ka - ke) * (-np.expm1(-ke * t) / ke + np.expm1(-ka * t) / ka) * (t > 0)

    for day in range(days):
        for intake in range(2):
            after = 24.0 * np.arange(days + 1) - (24.0 * day + 12.0 * intake)
            wanted += doses[day, intake] * scale * np.diff(area(np.maximum(after, 0.0))) / 24.0
    np.testing.assert_allclose(levels, wanted, rtol=1e-11, atol=1e-12)


def test_the_month_end_is_the_mean_over_everybodys_luck():
    """Titration, streaks and doubling: the mean over many simulated courses is the level the answers are built on."""
    central = pipeline.world(lambda _: np.full((1, 1), 0.5), pipeline.ChainRequest(pipeline.PlannedIntake(), ("leao",)))
    plan = pipeline.PlannedIntake(prescription.parse("5 mg daily for 1 week, then 10 mg twice daily"), 0.75, 2.0, 0.3)
    uniforms = np.random.default_rng(6).random((3000, 84, 2))
    habits = adherence.AdherenceNumbers(missed_streak=2.0, doubled_after_missed=0.3)
    taken = adherence.run(habits, np.full(3000, 0.75), schedule.planned(plan.schedule, 84), uniforms)
    numbers = exposure.ExposureNumbers(*(float(np.squeeze(value)) for value in central.exposure))
    simulated = exposure.daily(numbers, taken)[:, -28:].mean()
    plasma = pipeline.month_end(central, plan, 84)["plasma_concentration"]
    assert float(np.squeeze(plasma)) == pytest.approx(simulated, rel=0.01)
