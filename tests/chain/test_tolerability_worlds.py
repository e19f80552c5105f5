"""Minimally different worlds of tolerability: no excess is placebo, a later decision leaves the days before alone."""

from functools import cache

import numpy as np
import pytest
from tests.trial.given_effect import Factor, setting

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import adverse_events, labels
from leao.diary.options import DiaryOptions
from leao.dosing.policies import read
from leao.trial import completers, titration
from leao.trial.designs import settle
from leao.trial.enrolment_dropout import enrol
from leao.trial.options import TrialOptions
from leao.trial.placebo_response import calibrate
from leao.trial.simulation import simulate_diaries

pytestmark = pytest.mark.worlds

STREAMS = Streams(13, "tolerability-worlds")
PARAMS = ledger.params(ledger.read("tolerability"), adverse_events.AdverseEventNumbers)
LABEL = labels.simulated()
DAYS, START = 140, 28


@cache
def trial():
    design = settle(TrialOptions(n_per_arm=15), ("placebo", "memantine"), DiaryOptions())
    calibration = calibrate(design)
    return design, calibration, enrol(design, calibration, STREAMS, range(4))


def draws(n=400):
    kinds = len(LABEL.events)
    return STREAMS.uniforms("luck", range(1), range(n), kinds * adverse_events.LUCK).reshape(
        1, n, kinds, adverse_events.LUCK
    )


def path(mg, n=400, stop=DAYS):
    day = np.arange(DAYS)
    return np.broadcast_to(np.where((day >= START) & (day < stop), mg, 0.0), (1, n, DAYS)).copy()


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def follow(design, enrolled, factor, rules):
    return titration.by_rules(titration.TitrationRequest(design, enrolled, Factor(factor), STREAMS), rules)


def test_a_drug_without_excess_is_placebo():
    harmless = PARAMS._replace(transfer=0.0)
    assert same(adverse_events.run(harmless, LABEL, path(20.0), START, draws()),
                adverse_events.run(harmless, LABEL, path(0.0), START, draws()))  # fmt: skip
    placebo = adverse_events.run(PARAMS, LABEL, path(0.0), START, draws())
    assert np.isinf(placebo.onset[..., 1]).all()
    assert same(
        (placebo.onset[..., 0],), (adverse_events.run(PARAMS, LABEL, path(20.0), START, draws()).onset[..., 0],)
    )


def test_a_dose_without_dependence_on_its_size_is_any_dose():
    flat = PARAMS._replace(dose_exponent=0.0)
    assert same(*(adverse_events.run(flat, LABEL, path(mg), START, draws()) for mg in (5.0, 20.0)))


def test_more_drug_brings_events_forward_in_the_same_people():
    onsets = [adverse_events.run(PARAMS, LABEL, path(mg), START, draws()).onset[..., 1] for mg in (5.0, 10.0, 20.0)]
    assert np.all((onsets[0] >= onsets[1]) & (onsets[1] >= onsets[2]))
    assert np.isfinite(onsets[2]).sum() > np.isfinite(onsets[0]).sum()


def test_nothing_of_the_drug_before_its_first_tablet():
    events = adverse_events.run(PARAMS, LABEL, path(20.0), START, draws())
    assert events.onset.min() >= START
    begun = np.isfinite(events.onset)
    assert np.all(events.end[begun] > events.onset[begun])


def test_stopping_ends_what_the_drug_caused_and_changes_nothing_before():
    on, off = (
        adverse_events.run(PARAMS._replace(length=1e6), LABEL, path(20.0, stop=stop), START, draws())
        for stop in (140, 70)
    )
    begun = on.onset[..., 1] < 70
    np.testing.assert_array_equal(on.onset[..., 1][begun], off.onset[..., 1][begun])
    assert begun.sum() > 20
    assert np.median(off.end[..., 1][begun]) < 80.0
    assert np.median(on.end[..., 1][begun]) > 1e3
    np.testing.assert_array_equal(on.end[..., 0], off.end[..., 0])


def test_one_more_person_changes_nobody():
    few, more = (adverse_events.run(PARAMS, LABEL, path(20.0, n), START, draws(n)) for n in (40, 41))
    assert same(few, (part[:, :40] for part in more))


@pytest.mark.parametrize("name", ["fixed_10", "fixed_20", "titrated"])
def test_a_drug_that_does_nothing_leaves_both_arms_alike(name, monkeypatch):
    design, _, enrolled = trial()
    real = titration.side_effects
    monkeypatch.setattr(titration, "side_effects", lambda d, e, dose, s: real(d, e, np.zeros_like(dose), s))
    swapped = enrolled._replace(arm=(1 - enrolled.arm).astype(np.int8))
    plain, exchanged = (follow(design, who, 1.0, read(name)) for who in (enrolled, swapped))
    np.testing.assert_array_equal(plain.prescribed.dense(), exchanged.prescribed.dense())
    np.testing.assert_array_equal(plain.left, exchanged.left)
    np.testing.assert_array_equal(plain.enrolled.last_day, exchanged.enrolled.last_day)


def test_titration_never_reaches_back_and_keeps_its_bounds():
    design, _, enrolled = trial()
    rules = read("titrated")
    followed = follow(design, enrolled, 0.5, rules)
    assert followed.prescribed.dense().max() <= rules.ceiling
    assert np.all(followed.prescribed.dense()[..., : design.baseline_days] == 0.0)
    assert np.all(
        followed.prescribed.dense()[..., design.baseline_days : design.baseline_days + design.month] == rules.start
    )
    within = np.diff(followed.prescribed.dense(), axis=-1)
    visits = np.arange(design.baseline_days, design.days, design.month)
    changed = np.unique(np.argwhere(within != 0.0)[:, -1] + 1)
    assert set(changed) <= set(visits)
    assert np.all(followed.dose.dense()[enrolled.arm == 0] == 0.0)


def test_the_first_decision_does_not_depend_on_what_comes_after():
    design, _, enrolled = trial()
    longer = design._replace(treatment_days=design.treatment_days + 28)
    short, long = (follow(d, enrolled, 0.5, read("titrated")) for d in (design, longer))
    np.testing.assert_array_equal(short.prescribed.dense(), long.prescribed.dense()[..., : design.days])


def test_response_holds_the_dose():
    design, _, enrolled = trial()
    cured, usual = (follow(design, enrolled, factor, read("titrated")) for factor in (1e-9, 1.0))
    drug = enrolled.arm == 1
    assert (
        np.mean(cured.prescribed.dense()[drug][:, -1] == 20.0)
        < 0.1
        < np.mean(usual.prescribed.dense()[drug][:, -1] == 20.0)
    )


def test_who_leaves_for_intolerance_is_not_analysed():
    design, calibration, _ = trial()
    ask = setting(design, calibration, 0.5, STREAMS, policy=read("fixed_20"))
    simulated = simulate_diaries(ask, range(4))
    rows, _ = completers.analyse(ask, simulated)
    left = rows["left_intolerant"]
    assert left.any()
    assert not rows["completed"][left].any()
    assert np.all(rows["dose_month_3"][left] == 0.0)
    assert np.all(simulated.dosed.prescribed.dense()[..., -1][simulated.dosed.left] == 0.0)
    gone = simulated.enrolled.last_day
    assert np.all(simulated.dose[np.arange(design.days) >= gone[..., None]] == 0.0)  # who left takes nothing more
