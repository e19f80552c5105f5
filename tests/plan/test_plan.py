"""The regimen check: ceilings fall with the kidneys, unknown is never normal, no text gives a traceback."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leao.core import ledger
from leao.core.errors import LeaoError
from leao.dosing import adherence, prescription, schedule
from leao.exposure import clearance as renal
from leao.exposure import level_forecast
from leao.exposure import plasma_and_brain as exposure
from leao.exposure.kernels import oral
from leao.exposure.one_compartment import mean_amount
from leao.exposure.patient import Patient
from leao.plan import regimen_check
from leao.plan.patient_answers import Answers, ask

pytestmark = pytest.mark.property

CLEARANCE = st.floats(0, 300)
TOLERATED = st.sampled_from(["yes", "no"])
HEPATIC = st.sampled_from([None, "none", "mild", "moderate", "severe"])
WORDS = ["10 mg", "5", "mg", "daily", "twice daily", "for 1 week", "then", ",", "and", "from day 9", "stop", "taper by"]


def limit(patient, region):
    """A missing ceiling permits nothing beyond what is known: it counts as lowest."""
    ceiling = regimen_check.ceilings(patient)[region]["mg_per_day"]
    return -1 if ceiling is None else ceiling


@given(CLEARANCE, CLEARANCE, TOLERATED, HEPATIC, st.sampled_from(regimen_check.REGIONS))
@settings(deadline=None)
def test_a_ceiling_never_rises_as_clearance_falls(clearance, another, tolerated, hepatic, region):
    low, high = (
        Patient(creatinine_clearance=x, tolerated=tolerated, hepatic=hepatic) for x in sorted((clearance, another))
    )
    assert limit(low, region) <= limit(high, region)


@given(CLEARANCE, TOLERATED, HEPATIC, st.sampled_from(regimen_check.REGIONS))
@settings(deadline=None)
def test_an_unknown_renal_function_is_never_within_a_ceiling(clearance, tolerated, hepatic, region):
    known = Patient(creatinine_clearance=clearance, tolerated=tolerated, hepatic=hepatic)
    unknown = known.model_copy(update={"creatinine_clearance": None})
    assert limit(unknown, region) <= 0
    assert limit(unknown, region) <= max(limit(known, region), 0)
    assert "creatinine_clearance" in regimen_check.unknown(unknown)


@given(st.sets(st.sampled_from(["weight", "age", "sex", "urine_ph", "taking", "history", "hepatic", "pregnant"])))
@settings(deadline=None)
def test_what_is_left_out_reads_unknown_and_silences_no_question(left_out):
    everything = {
        "weight": 70.0,
        "age": 40.0,
        "sex": "female",
        "creatinine_clearance": 90.0,
        "urine_ph": 6.2,
        "taking": "none",
        "history": "none",
        "hepatic": "none",
        "pregnant": "no",
        "breast_feeding": "no",
    }
    kept = {name: value for name, value in everything.items() if name not in left_out}
    answers = ask(kept)
    assert set(regimen_check.unknown(answers.patient)) == left_out
    whole = ask(everything)
    steps = prescription.parse("10 mg daily")
    before = {row["what"] for row in regimen_check.cautions(steps, whole)}
    assert before <= {row["what"] for row in regimen_check.cautions(steps, answers)}


@given(st.floats(20.001, 1e6), CLEARANCE | st.none())
@settings(deadline=None)
def test_above_the_labels_is_always_refused(dose, clearance):
    checked = regimen_check.check(
        prescription.parse(f"{dose} mg daily"), Answers(Patient(creatinine_clearance=clearance), None, None, None)
    )
    assert checked["refused"]
    assert checked["forecast"] is None


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_schedule_or_one_line(text):
    try:
        steps = prescription.parse(text)
    except LeaoError as error:
        assert "\n" not in " ".join(str(error).split())
        return
    days = [step.from_day for step in steps]
    assert days == sorted(set(days))
    assert max(step.per_day for step in steps) > 0


@given(st.floats(0.5, 20), st.integers(1, 20))
@settings(deadline=None)
def test_a_taper_ends_at_nothing(dose, days):
    steps = prescription.parse(f"{dose} mg daily for {days} days, then taper by 1 mg per day")
    doses = [step.per_day for step in steps]
    assert doses == sorted(doses, reverse=True)
    assert doses[-1] == 0
    assert schedule.planned(steps, days)[:, 0] == pytest.approx(np.full(days, dose))


def test_dates_count_from_the_first():
    dated = prescription.parse("10 mg/day from 2026-11-25, then 20 mg/day from 2026-12-02")
    assert dated == prescription.parse("10 mg daily, then 20 mg daily from day 7")
    for text in ("10 mg daily, then 20 mg daily from 2026-12-02", "10 mg daily from 2026-02-30"):
        with pytest.raises(LeaoError, match="date"):
            prescription.parse(text)


def test_a_gap_between_steps_is_without_a_dose():
    doses = schedule.planned(prescription.parse("5 mg daily for 1 week, then 5 mg and 10 mg daily from day 9"), 11)
    assert doses.sum(axis=1).tolist() == [5] * 7 + [0, 0] + [15, 15]


@given(st.floats(0.3, 1.0), st.floats(1.0, 6.0))
@settings(max_examples=15, deadline=None)
def test_streaks_keep_the_long_run_share(share, streak):
    numbers = adherence.AdherenceNumbers(missed_streak=streak, doubled_after_missed=0.0)
    uniforms = np.random.default_rng(3).random((400, 1500))
    taken = adherence.days_taken(numbers, np.full(400, share), uniforms)
    assert taken.mean() == pytest.approx(share, abs=0.015)
    if share < 0.9:
        starts = (~taken[:, 1:] & taken[:, :-1]).sum()
        assert (~taken).sum() / starts == pytest.approx(max(streak, (1 - share) / share), rel=0.06)


def test_a_double_follows_a_missed_day_and_nothing_else():
    planned = np.full((6, 2), 5.0)
    uniforms = np.zeros((1, 6, 2))
    uniforms[0, 2, 0] = 1.0
    numbers = adherence.AdherenceNumbers(missed_streak=1.0, doubled_after_missed=1.0)
    taken = adherence.run(numbers, np.array([0.9]), planned, uniforms)
    assert taken[0].sum(axis=1).tolist() == [10, 10, 0, 20, 10, 10]
    nobody = adherence.run(numbers, np.array([0.0]), planned, uniforms + 1e-9)
    assert nobody.sum() == 0


def test_the_forecast_agrees_with_the_exposure_ledger_at_its_reference():
    usual = renal.central()
    numbers = ledger.params(ledger.read("exposure"), exposure.ExposureNumbers)
    base = 10 * numbers.formula_weight_base / numbers.formula_weight_salt
    kidneys, ph = usual.reference_creatinine_clearance, usual.reference_ph
    well = Patient(weight=70, creatinine_clearance=kidneys, urine_ph=ph)
    median = level_forecast.forecast(prescription.parse("10 mg daily"), well)["plasma_ng_per_mL"]["median"]
    assert median == pytest.approx(1e3 * base / (24 * numbers.clearance), rel=0.04)


@given(st.floats(5, 150), st.floats(5, 8))
@settings(deadline=None)
def test_clearance_falls_with_the_kidneys_and_with_alkaline_urine(clearance, ph):
    p = renal.central()
    here = renal.relative(p, clearance, ph)
    assert renal.relative(p, clearance * 0.9, ph) < here
    assert renal.relative(p, clearance, ph + 0.1) < here


@pytest.mark.parametrize(("clearance", "rise", "low", "high"), [(40, 58, 24, 97), (17, 140, 77, 152)])
def test_exposure_in_renal_impairment_within_the_labels_interval(clearance, rise, low, high):
    """Periclou 2006: AUC +60 % (24 to 97) at 30 to 49 mL/min; +115 % (77 to 152) at 5 to 29."""
    p = renal.central()
    increase = 100 * (1 / renal.relative(p, clearance, p.reference_ph) - 1)
    assert increase == pytest.approx(rise, abs=2)
    assert low < increase < high


def test_renal_clearance_in_acid_and_alkaline_urine():
    """Freudenthaler 1998: 210 to 219 mL/min in acid, 19 to 31 mL/min in alkaline urine (taken as pH 8)."""
    p = renal.central()
    assert 210 < renal.renal_clearance(p, p.reference_creatinine_clearance, 5.0) < 219
    assert 19 < renal.renal_clearance(p, p.reference_creatinine_clearance, 8.0) < 31


def test_missed_days_lower_the_level_and_widen_its_band():
    well, steps = Patient(weight=70, creatinine_clearance=100, urine_ph=6.2), prescription.parse("10 mg daily")
    whole, most = (level_forecast.with_adherence(steps, well, share)["plasma_ng_per_mL"] for share in (1.0, 0.8))
    every = level_forecast.forecast(steps, well)["plasma_ng_per_mL"]
    assert whole["median"] == pytest.approx(every["median"], rel=0.02)
    assert most["median"] == pytest.approx(0.8 * whole["median"], rel=0.05)
    assert most["p95"] / most["p05"] > whole["p95"] / whole["p05"]


@given(
    st.floats(0.05, 3.0), st.floats(0.002, 0.3), st.lists(st.sampled_from([0.0, 5.0, 10.0]), min_size=1, max_size=40)
)
@example(0.1, 0.1, [10.0, 0.0, 5.0])
@example(0.1, 0.1 * (1 + 1e-9), [10.0, 0.0, 5.0])
@settings(max_examples=40, deadline=None)
def test_the_levels_of_one_patient_are_the_kernels(ka, ke, doses):
    rates = np.array([ka]), np.array([ke])
    _, wanted = oral.one_compartment(np.array([doses]), *rates, 12.0)
    amount = mean_amount(np.array([doses]), *rates, 12.0)
    np.testing.assert_allclose(amount, wanted, rtol=1e-11, atol=1e-12 * max(wanted.max(), 1e-9))


def test_levels_follow_the_dose():
    well = Patient(weight=70, creatinine_clearance=100, urine_ph=6.2)
    low, high = (level_forecast.forecast(prescription.parse(f"{dose} mg daily"), well) for dose in (5, 10))
    assert high["plasma_ng_per_mL"]["p95"] == pytest.approx(2 * low["plasma_ng_per_mL"]["p95"])
    assert high["days_to_90_percent"] == low["days_to_90_percent"]
    last = high["weeks"][-1]["plasma_ng_per_mL"]["median"]
    assert last == pytest.approx(high["plasma_ng_per_mL"]["median"], rel=0.02)


@pytest.mark.parametrize(("text", "days"), [("10 mg every other day", 2), ("15 mg every 3 days", 3)])
def test_an_interval_of_days_has_the_mean_level_of_its_share(text, days):
    """The mean over the interval of doses every n days is that of an n-th every day, from the first day on."""
    people = level_forecast.draw(Patient(weight=70, creatinine_clearance=100, urine_ph=6.2))
    steps, daily = prescription.parse(text), prescription.parse("5 mg daily")
    levels = level_forecast._over_days(level_forecast.daily(people, steps, 60), days)
    np.testing.assert_allclose(levels, level_forecast.daily(people, daily, 60), rtol=1e-9)
    assert level_forecast.steady(people, steps[0]) == pytest.approx(level_forecast.steady(people, daily[0]))


def test_nothing_heavy_is_loaded_for_one_patient():
    script = (
        "import sys; from leao.cli import call; call(['plan', '--dose', '10 mg daily', '--json']);"
        "sys.exit(bool({'numba', 'jax', 'zarr', 'polars', 'xarray'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_the_mean_level_is_that_of_the_days_dose_however_it_is_parted():
    """Linear kinetics: at steady state 15 mg a day give one mean, in one intake or in three; tid swings less."""
    people = level_forecast.draw(Patient(weight=70, creatinine_clearance=100, urine_ph=6.2))
    means = [
        level_forecast.daily(people, prescription.parse(text), 90)[:, -1]
        for text in ("15 mg daily", "5 mg tid", "5 mg 1-1-1", "15 mg daily in three divided doses")
    ]
    for other in means[1:]:
        np.testing.assert_allclose(other, means[0], rtol=0.02)
    np.testing.assert_allclose(means[1], means[3], rtol=1e-12)
