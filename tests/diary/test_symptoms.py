"""Figures the diary's symptoms, medicine and scores are given, and one they are not."""

from functools import cache

import numpy as np
import pytest

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import disability, frames, patient_traits, process, symptoms
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.published

N, DAYS = 4000, 84
NUMBERS = symptoms.numbers()


@cache
def clinic():
    params, frame, streams = (
        ledger.params(ledger.read("diary"), DiaryNumbers),
        frames.read("migr"),
        Streams(2, "symptoms"),
    )
    uniforms = streams.uniforms("people", range(1), range(N), patient_traits.LUCK)
    people = patient_traits.draw(frames.applied(params, frame), frame.log_rate, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, N, DAYS)), people, np.zeros((1, N)), DAYS)
    options = DiaryOptions(missing_entries=False)
    days = {name: value[0] for name, value in process.run(params, upstream, options).items()}
    episodes = process.episodes(params, upstream, options)
    return days, episodes, people, symptoms.of_episodes(NUMBERS, episodes, people, aura=True)


def migraine():
    return clinic()[1][:, process.EPISODE.MIGRAINE] == 1


def test_classes_and_pain_at_dosing_are_those_of_the_diaries():
    _, people_drawn, _, beside = clinic()
    share = np.bincount(beside.drug[migraine()], minlength=4) / migraine().sum()
    assert share[0] == pytest.approx(0.58, abs=0.02)
    assert share[1] + share[2] == pytest.approx(0.299, abs=0.02)
    assert share[3] == pytest.approx(0.121, abs=0.02)
    assert np.all(beside.drug_hour >= people_drawn[:, process.EPISODE.START])
    assert np.all(beside.drug_hour <= people_drawn[:, process.EPISODE.PEAK_FROM] + 1e-9)


def test_symptoms_come_at_least_as_often_as_the_ledger_says_at_moderate_pain():
    _, episodes, _, beside = clinic()
    moderate = migraine() & (episodes[:, process.EPISODE.SEVERITY] == 2)
    assert beside.nausea[moderate].mean() == pytest.approx(NUMBERS.nausea, abs=0.02)
    for name in ("photophobia", "phonophobia"):  # the criteria add what they ask for
        assert getattr(beside, name)[moderate].mean() >= getattr(NUMBERS, name) - 0.02
    severe = migraine() & (episodes[:, process.EPISODE.SEVERITY] == 3)
    assert beside.nausea[severe].mean() > beside.nausea[moderate].mean()


def test_aura_has_its_people_its_share_and_its_length():
    _, episodes, _, beside = clinic()
    has = beside.aura_minutes > 0
    people = np.unique(episodes[migraine(), 0])
    prone = np.unique(episodes[has, 0])
    assert prone.size / people.size == pytest.approx(NUMBERS.aura_people, abs=0.04)
    assert np.median(beside.aura_minutes[has]) == pytest.approx(30.0, rel=0.05)
    assert (beside.aura_minutes[has] > 60.0).mean() == pytest.approx(0.14, abs=0.02)


def test_midas_of_a_clinics_episodic_patients():
    days, _, people, _ = clinic()
    headache = days["headache"].sum(axis=1)
    near = (headache > 12) & (headache < 19)
    score = disability.midas(NUMBERS, symptoms.keys(people), days["headache"], days["severity"], window=0)
    assert score[near].mean() == pytest.approx(19.3, rel=0.1)
    again = disability.midas(NUMBERS, symptoms.keys(people), days["headache"], days["severity"], window=1)
    assert not np.array_equal(score, again)
    assert np.corrcoef(score, again)[0, 1] > 0.8


def test_hit6_of_episodic_and_chronic_people():
    who = symptoms.keys(clinic()[2])
    few, many = (np.full(N, float(days)) for days in (4, 20))
    for days, mean in ((few, 60.2), (many, 62.5)):
        scores = disability.hit6(NUMBERS, who, days, days, window=0)
        assert scores.mean() == pytest.approx(mean, abs=0.3)
        assert scores.std() == pytest.approx(6.8, abs=0.3)


def test_work_missed_at_moderate_pain():
    days, _, people, _ = clinic()
    lost = disability.disability(NUMBERS, symptoms.keys(people), days["headache"], days["severity"])
    moderate = (days["headache"] > 0) & (days["severity"] == 2)
    assert (lost[moderate] == 3).mean() == pytest.approx(2.3 / 15.5, abs=0.01)
    assert (lost[days["headache"] == 0] == 0).all()
