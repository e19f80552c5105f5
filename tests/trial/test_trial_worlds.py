"""Minimally different worlds: a change touches what it must and nothing else, bit for bit."""

from functools import cache

import numpy as np
import pytest
from tests.trial.given_effect import setting

from leao.core.errors import SolverError
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.options import DiaryOptions
from leao.trial import completers, enrolment_dropout, simulation
from leao.trial.designs import settle
from leao.trial.diaries import diaries
from leao.trial.enrolment_dropout import candidates, enrol
from leao.trial.options import TrialOptions
from leao.trial.placebo_response import calibrate

pytestmark = pytest.mark.worlds

STREAMS = Streams(11, "worlds")
ARMS = ("placebo", "memantine")


@cache
def trial(n_per_arm=10):
    design = settle(TrialOptions(n_per_arm=n_per_arm), ARMS, DiaryOptions())
    return design, calibrate(design)


def chain(design, ratio):
    def of(enrolled):
        factor = np.ones((*enrolled.arm.shape, design.days))
        factor[..., design.baseline_days :] = np.where(enrolled.arm[..., None] > 0, ratio, 1.0)
        return factor

    return of


def same(left, right):
    return all(np.array_equal(left[name], right[name], equal_nan=left[name].dtype.kind == "f") for name in left)


def test_drug_without_effect_is_placebo():
    design, calibration = trial()
    enrolled = enrol(design, calibration, STREAMS, range(3))
    placebo = diaries(design, enrolled, np.ones((*enrolled.arm.shape, design.days)))
    assert same(placebo, diaries(design, enrolled, chain(design, 1.0)(enrolled)))
    _, trials = completers.chunk(setting(design, calibration, 1.0, STREAMS), range(3))
    assert np.all(trials["paired_rate_ratio"] == 1)


def test_drug_changes_the_treated_after_randomisation_only():
    design, calibration = trial()
    enrolled = enrol(design, calibration, STREAMS, range(3))
    none = diaries(design, enrolled, chain(design, 1.0)(enrolled))
    half = diaries(design, enrolled, chain(design, 0.5)(enrolled))
    treated = enrolled.arm == 1
    for name, days in none.items():
        assert np.array_equal(days[~treated], half[name][~treated]), name
        assert np.array_equal(days[..., : design.baseline_days], half[name][..., : design.baseline_days]), name
    assert half["attacks"][treated].sum() < none["attacks"][treated].sum()


def test_one_more_candidate_changes_nobody():
    design, calibration = trial()
    few, more = (candidates(design, calibration, STREAMS, range(2), range(n)) for n in (20, 21))
    for name, value in few._asdict().items():
        assert np.array_equal(value, getattr(more, name)[:, : value.shape[1]]), name


def test_candidates_are_the_same_in_two_rounds():
    design, calibration = trial()
    whole = candidates(design, calibration, STREAMS, range(2), range(30))
    rounds = [candidates(design, calibration, STREAMS, range(2), part) for part in (range(11), range(11, 30))]
    for name in (name for name in whole._fields if name != "key"):
        joined = np.concatenate([getattr(people, name) for people in rounds], axis=1)
        assert np.array_equal(getattr(whole, name), joined), name


@pytest.mark.parametrize("margin", [-3.0, 0.0])
def test_how_many_are_screened_at_once_changes_nobody_enrolled(margin, monkeypatch):
    design, calibration = trial(12)
    wide = enrol(design, calibration, STREAMS, range(8))
    monkeypatch.setattr(enrolment_dropout, "_MARGIN", margin)
    monkeypatch.setattr(enrolment_dropout, "_FURTHER", 0.0)
    narrow = enrol(design, calibration, STREAMS, range(8))
    assert same(wide.people._asdict(), narrow.people._asdict())
    for name in ("arm", "shift", "last_day", "screened"):
        assert np.array_equal(getattr(wide, name), getattr(narrow, name)), name


def test_lives_without_the_drug_are_lived_again_only_where_it_did_something():
    design, calibration = trial()
    asked = setting(design, calibration, 0.6, STREAMS)
    simulated = simulation.simulate_diaries(asked, range(3))
    everybody = diaries(design, simulated.randomised, np.ones((1, 1, design.days)))
    assert same(simulation.untreated(asked, simulated), everybody)
    assert not same(simulated.with_drug, everybody)
    nothing = setting(design, calibration, 1.0, STREAMS)
    assert same(simulation.untreated(nothing, simulation.simulate_diaries(nothing, range(3))), everybody)


def test_one_more_person_changes_no_other_diary():
    design, calibration = trial()
    diaries = []
    for n in (20, 21):
        people = candidates(design, calibration, STREAMS, range(2), range(n))
        upstream = process.DiaryInput(np.ones((2, n, 112)), people, np.zeros((2, n)), 28)
        diaries.append(process.run(design.diary, upstream, design.counting))
    assert all(np.array_equal(days, diaries[1][name][:, :20]) for name, days in diaries[0].items())


def test_order_of_people_is_irrelevant():
    design, calibration = trial()
    people = candidates(design, calibration, STREAMS, range(1), range(30))
    order = np.random.default_rng(2).permutation(30)[None]
    shuffled = patient_traits.select(people, order)
    run = [
        process.run(design.diary, process.DiaryInput(np.ones((1, 30, 56)), who, np.zeros((1, 30)), 28), design.counting)
        for who in (people, shuffled)
    ]
    assert all(np.array_equal(days[:, order[0]], run[1][name]) for name, days in run[0].items())


def test_one_more_block_changes_nobody_enrolled_before():
    (small, calibration), (large, _) = trial(10), trial(12)
    before, after = (enrol(design, calibration, STREAMS, range(3)) for design in (small, large))
    assert np.array_equal(before.arm, after.arm[:, : small.n])
    assert np.array_equal(before.people.identity, after.people.identity[:, : small.n])
    assert np.array_equal(before.shift, after.shift[:, : small.n])
    assert np.array_equal(before.last_day, after.last_day[:, : small.n])


def test_longer_diary_begins_the_same():
    design, calibration = trial()
    people = candidates(design, calibration, STREAMS, range(1), range(30))
    short, long = (
        process.run(
            design.diary, process.DiaryInput(np.ones((1, 30, n)), people, np.zeros((1, 30)), 28), design.counting
        )
        for n in (28, 112)
    )
    assert all(np.array_equal(days, long[name][..., :28]) for name, days in short.items())


def test_asking_for_fewer_columns_changes_none():
    design, calibration = trial()
    people = candidates(design, calibration, STREAMS, range(2), range(30))
    whole = process.DiaryInput(np.ones((2, 30, 56)), people, np.zeros((2, 30)), 28)
    alike = whole._replace(attack_rate_ratio=np.ones((1, 1, 56)))
    every = process.run(design.diary, whole, design.counting)
    for columns in (("attacks", "missing"), ("rescue",), ("attacks_free_gap", "severity", "menses"), None):
        some = process.run(design.diary, alike, design.counting, columns)
        assert set(some) == set(columns or every)
        assert all(np.array_equal(days, every[name]) for name, days in some.items())


@pytest.mark.parametrize("cuts", [(0, 6), (0, 1, 4, 6), (0, 2, 3, 6)])
def test_chunks_do_not_matter(cuts):
    design, calibration = trial()
    asked = setting(design, calibration, 0.7, STREAMS)
    parts = [completers.chunk(asked, range(a, b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    for whole, cut in zip(completers.chunk(asked, range(6)), zip(*parts, strict=True), strict=True):
        for name, value in whole.items():
            joined = np.concatenate([part[name] for part in cut])
            assert np.array_equal(value, joined, equal_nan=value.dtype.kind == "f"), name


@pytest.mark.parametrize("ratio", [1.5, np.nan, 0.0])
def test_impossible_ratio_is_refused(ratio):
    design, calibration = trial()
    with pytest.raises(SolverError, match="above 0 and at most 1"):
        completers.chunk(setting(design, calibration, ratio, STREAMS), range(1))
