"""Designs as data: who takes what when, washouts that know the half-life, people who stay the same."""

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.diary.options import DiaryOptions
from leao.trial import effect, sequences
from leao.trial.designs import settle
from leao.trial.enrolment_dropout import block_size, enrol, randomise
from leao.trial.options import TrialOptions
from leao.trial.placebo_response import Calibration

pytestmark = pytest.mark.property

TWO, THREE = ("placebo", "memantine"), ("placebo", "low", "high")
CALIBRATION = Calibration(-1.5, 0.7, 5.7, 2.5, -0.3, 2.0, (-1.0, 0.0), (-3.0, 0.0))


def design(kind="parallel", arms=TWO, weeks=12, **options):
    extra = {
        key: options.pop(key)
        for key in ("washout_days", "washout_half_lives", "cycles", "open_weeks")
        if key in options
    }
    return settle(
        TrialOptions(n_per_arm=12, weeks=weeks, design={"kind": kind} | extra, **options), arms, DiaryOptions()
    )


@pytest.mark.parametrize("kind", ["parallel", "titrated", "crossover", "n_of_1", "withdrawal"])
def test_every_group_has_the_same_days_and_windows_within_them(kind):
    settled = design(kind)
    treatment = settled.plan.treatment()
    assert treatment.shape == (len(settled.arms), settled.treatment_days)
    assert all(
        0 <= start < stop <= settled.treatment_days and stop - start == 28 for start, stop in settled.plan.windows
    )
    for group, row in enumerate(treatment):
        for (start, stop), drug in zip(settled.plan.windows, settled.plan.on_drug()[group], strict=True):
            assert len(set(row[start:stop])) == 1
            assert (row[start] > 0) == drug


def test_periods_of_own_controls_are_balanced():
    settled = design("n_of_1", cycles=2, weeks=6)
    on = settled.plan.on_drug()
    assert len(settled.arms) == 4
    assert np.all(on.sum(axis=1) == 2)
    assert np.all(on.reshape(-1, 2, 2).sum(axis=2) == 1)
    assert np.all(on.mean(axis=0) == 0.5)


@pytest.mark.parametrize("half_lives", [3.0, 5.0])
def test_washout_is_measured_in_half_lives(half_lives):
    settled = design("crossover", washout_half_lives=half_lives)
    assert settled.plan.washout == sequences.least_washout(half_lives) >= half_lives * sequences.half_life_days()
    assert sequences.carry_over(settled.plan) < sequences.carry_over(design("crossover", washout_half_lives=0.0).plan)


def test_carry_over_is_the_level_that_is_left():
    short = design("crossover", washout_half_lives=0.0, weeks=4).plan
    rate = np.log(2) / sequences.half_life_days()
    steady = 1 - np.exp(-28 * rate)
    wanted = steady * (1 - np.exp(-28 * rate)) / (28 * rate)
    assert sequences.carry_over(short) == pytest.approx(wanted, rel=1e-6)
    assert sequences.carry_over(design().plan) is None


@pytest.mark.parametrize(
    ("kind", "arms", "extra", "says"),
    [
        ("crossover", TWO, {"washout_days": 3}, "half-lives of"),
        ("parallel", THREE, {}, 'kind = "dose_finding"'),
        ("dose_finding", TWO, {}, "two or more doses"),
        ("parallel", ("placebo",), {}, "add an arm"),
    ],
)
def test_what_cannot_be(kind, arms, extra, says):
    with pytest.raises(ScenarioError, match=says):
        design(kind, arms, **extra)


def test_run_in_moves_everything_by_its_days():
    plain, later = design(), design(run_in_days=14)
    assert later.start == plain.start + 14
    assert later.shift_day == later.start
    assert design(run_in_days=14, placebo_run_in=True).shift_day == 0


def test_doses_follow_the_plan_until_the_patient_stops():
    settled = design("dose_finding", THREE)
    enrolled = enrol(settled, CALIBRATION, Streams(3, "plans"), range(2))
    planned = np.zeros((3, settled.days))
    planned[1], planned[2] = 10.0, 20.0
    dose = effect.doses(settled, enrolled, planned).dense()
    assert np.all(dose[..., : settled.start] == 0.0)
    for place, mg in enumerate((0.0, 10.0, 20.0)):
        of_arm = dose[enrolled.arm == place]
        last = enrolled.last_day[enrolled.arm == place]
        days = np.arange(settled.days)
        assert np.array_equal(of_arm, np.where((days >= settled.start) & (days < last[:, None]), mg, 0.0))
    assert np.isfinite(enrolled.last_day).any()


def test_a_schedule_begins_anew_with_each_period():
    settled = design("crossover", weeks=4)
    enrolled = enrol(settled, CALIBRATION, Streams(3, "plans"), range(1))._replace(
        last_day=np.full((1, settled.n), np.inf)
    )
    planned = np.zeros((2, settled.days))
    planned[1] = np.where(np.arange(settled.days) < 7, 5.0, 10.0)
    dose = effect.doses(settled, enrolled, planned).dense()[0]
    for row, group in zip(dose, enrolled.arm[0], strict=True):
        first = settled.start + (28 + settled.plan.washout if group == 0 else 0)
        assert np.array_equal(row[first : first + 28], planned[1, :28])
        assert row.sum() == planned[1, :28].sum()


def test_level_rises_to_one_and_halves_in_a_half_life():
    dose = np.zeros((1, 200))
    dose[:, :120] = 10.0
    level = effect.level_share(dose, 10.0)[0]
    assert level[119] == pytest.approx(1.0, abs=1e-6)
    days = 10
    fall = np.log(level[130] / level[130 + days]) / days
    assert np.log(2) / fall == pytest.approx(sequences.half_life_days(), rel=1e-6)
    np.testing.assert_allclose(effect.level_share(dose / 2, 10.0)[0], level / 2)


def test_link_is_exact_at_its_points_and_none_at_no_effect():
    link = effect.Link((-0.7, -0.3, 0.0), (-0.45, -0.2, 0.0))
    np.testing.assert_allclose(link.log_hazard(np.array([-0.45, -0.2, 0.0])), [-0.7, -0.3, 0.0])
    assert link.log_hazard(-0.9) == pytest.approx(-1.4)


def test_strata_are_balanced_each_for_itself():
    uniforms = np.random.default_rng(1).random((3, 40))
    high = np.random.default_rng(2).random((3, 40)) < 0.4
    arm = randomise(uniforms, 2, 4, high)
    for row in range(3):
        for stratum in (True, False):
            arms_of_stratum = arm[row][high[row] == stratum]
            whole = len(arms_of_stratum) // 4 * 4
            assert np.all(arms_of_stratum[:whole].reshape(-1, 4).sum(axis=1) == 2)
    assert np.array_equal(randomise(uniforms, 2, 4, high & False), randomise(uniforms, 2, 4))


def test_blocks_hold_every_group_equally_often():
    assert block_size(design()) == 4
    assert block_size(design("dose_finding", THREE)) == 6
    assert block_size(design("n_of_1", cycles=3, weeks=4)) == 8


def test_only_those_who_fill_in_their_baseline_are_enrolled():
    strict = design(min_filled_percent=90)
    loose = design()
    streams = Streams(4, "filled")
    assert (
        enrol(strict, CALIBRATION, streams, range(2)).screened.sum()
        > enrol(loose, CALIBRATION, streams, range(2)).screened.sum()
    )
