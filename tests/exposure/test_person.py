"""One draw of a person: what is known is kept, each thing counts once, plan and run agree where they assume alike."""

import numpy as np
import pytest

from leao.chain import pipeline
from leao.core import ledger
from leao.core.random import Streams
from leao.dosing import prescription
from leao.exposure import clearance, level_forecast, person
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.patient import Patient

pytestmark = pytest.mark.worlds
N = 4000
NUMBERS, RENAL = person.central()


def moments(values):
    """Mean and SD of logarithms, with their standard errors."""
    logs = np.log(values)
    return (logs.mean(), logs.std() / np.sqrt(logs.size)), (logs.std(), logs.std() / np.sqrt(2 * logs.size))


def test_plan_with_a_runs_assumptions_is_the_run():
    doses = prescription.parse("10 mg daily")
    plan = level_forecast.steady(level_forecast.draw(Patient(), enrolled=True), doses[-1])
    asked = pipeline.ChainRequest(pipeline.PlannedIntake(doses, adherence=1.0), ("leao",))
    streams, trials = Streams(3, "plan and run"), range(1500)
    drawn = pipeline.drawn_world(streams, trials, asked)
    persons = pipeline.persons(drawn, lambda name: streams.per_trial(f"steady.{name}", trials))
    run = pipeline.month_end(persons, asked.plan, 168)["plasma_concentration"].ravel()
    for (planned, planned_se), (simulated, simulated_se) in zip(moments(plan), moments(run), strict=True):
        assert abs(planned - simulated) < 3.5 * np.hypot(planned_se, simulated_se)


def test_the_plans_bridge_is_the_runs_level():
    doses = prescription.parse("10 mg daily")
    bridge = level_forecast.as_in_a_run(doses, Patient(weight=50.0, creatinine_clearance=40.0))
    asked = pipeline.ChainRequest(pipeline.PlannedIntake(doses), ("leao",))
    streams, trials = Streams(4, "plan and run"), range(1500)
    drawn = pipeline.drawn_world(streams, trials, asked)
    persons = pipeline.persons(drawn, lambda name: streams.per_trial(f"steady.{name}", trials))
    run = pipeline.month_end(persons, asked.plan, 168)["plasma_concentration"]
    assert bridge["plasma_ng_per_mL"]["median"] == pytest.approx(np.median(run), rel=0.05)
    assert [row["what"].split()[0] for row in bridge["differs"]] == ["79", "weight,"]


def test_what_is_known_is_kept_and_nan_is_not_known():
    known = person.Known(np.array([60.0, np.nan]), np.array([np.nan, 40.0]), 7.0)
    drawn = person.population(range(2), 1, known)
    free = person.population(range(2), 1)
    assert drawn.levels.weight[0] == 60.0
    assert drawn.levels.weight[1] == free.levels.weight[1]
    assert drawn.creatinine_clearance.tolist() == [free.creatinine_clearance[0], 40.0]
    assert (drawn.urine_ph == 7.0).all()


def test_a_person_depends_on_seed_and_number_alone():
    whole, part = person.population(range(50), 7), person.population(range(20, 30), 7)
    np.testing.assert_array_equal(whole.levels.clearance[20:30], part.levels.clearance)


def test_each_thing_counts_once_in_the_spread_of_clearance():
    """Rest, urine pH, kidneys and weight add up as variances; urine pH is not hidden in the rest as well."""
    whole = np.log(exposure.clearance(person.population(range(N), 1).levels)).var()
    rest = ledger.read("exposure").numbers["clearance"].between_subject["sd_log"] ** 2
    alone = [
        person.Known(None, RENAL.reference_creatinine_clearance, RENAL.reference_ph),
        person.Known(NUMBERS.weight, None, RENAL.reference_ph),
        person.Known(NUMBERS.weight, RENAL.reference_creatinine_clearance, None),
    ]
    parts = [np.log(exposure.clearance(person.population(range(N), 1, known).levels)).var() - rest for known in alone]
    assert whole == pytest.approx(rest + sum(parts), rel=0.08)


def test_volunteers_differ_as_bioequivalence_studies_print():
    """7 to 21 % of the area between people of much the same weight."""
    weight = 63.0 * np.exp(0.08 * np.random.default_rng(1).standard_normal(N))
    people = person.population(range(N), 2, person.Known(weight)).levels
    area = exposure.steady_mean(people, 10.0)
    assert 0.07 < area.std() / area.mean() < 0.21


def test_uncertainty_and_people_stay_apart():
    numbers, renal = person.uncertain(lambda name: np.full(1, 0.5))
    for name, value in NUMBERS._asdict().items():
        assert float(np.squeeze(getattr(numbers, name))) == pytest.approx(value, rel=0.02), name
    assert float(np.squeeze(renal.unchanged_share)) == pytest.approx(RENAL.unchanged_share)
    usual = person.draw(NUMBERS, RENAL, lambda name: np.full(1, 0.5))
    assert float(usual.levels.clearance[0]) == pytest.approx(NUMBERS.clearance, rel=1e-5)


def test_factors_of_the_usual_person_are_one():
    usual = person.typical(NUMBERS, RENAL)
    np.testing.assert_allclose(person.factors(usual, usual), np.ones(3))
    covariance = person.log_factor_covariance(person.NOTHING, 2000)
    known = person.log_factor_covariance(person.Known(70.0, 100.0, 6.3), 2000)
    assert (np.diag(known)[:2] < np.diag(covariance)[:2]).all()
    assert np.linalg.eigvalsh(covariance).min() > 0


@pytest.mark.parametrize("kidneys", [17.0, 40.0, 65.0, 100.0])
def test_clearance_falls_with_the_kidneys_and_the_ph(kidneys):
    here = clearance.relative(RENAL, kidneys, 6.3)
    assert clearance.relative(RENAL, 0.9 * kidneys, 6.3) < here
    assert clearance.relative(RENAL, kidneys, 6.8) < here
    parts = clearance.renal_clearance(RENAL, kidneys, 6.3) + clearance.nonrenal_clearance(RENAL, kidneys)
    healthy = clearance.renal_clearance(RENAL, 100.0, 6.3) / RENAL.unchanged_share
    assert parts / healthy == pytest.approx(float(here))


def test_nothing_is_reabsorbed_from_acid_urine():
    assert clearance.renal_clearance(RENAL, 100.0, 5.0) == pytest.approx(RENAL.renal_clearance_acid)
    assert clearance.renal_clearance(RENAL, 100.0, 4.5) == pytest.approx(RENAL.renal_clearance_acid)
    assert clearance.renal_clearance(RENAL, 100.0, 8.0) == pytest.approx(RENAL.renal_clearance_alkaline)
