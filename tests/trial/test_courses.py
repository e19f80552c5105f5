"""Patients of one course of doses are worked out once: every patient gets his own course back."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from leao.core.errors import SolverError
from leao.diary import courses
from leao.trial import effect, titration
from leao.trial.enrolment_dropout import EnrolledPatients

pytestmark = pytest.mark.property


def test_every_row_is_one_of_the_different_rows():
    random = np.random.default_rng(4)
    plans = random.choice([0.0, 5.0, 10.0], (7, 112))
    rows = plans[random.integers(0, 7, 5_000)]
    shared = courses.told_apart(rows[None])
    assert np.array_equal(shared.dense()[0], rows)
    assert len(shared.days) < 100


def test_rows_of_the_same_sum_are_told_apart(monkeypatch):
    rows = np.array([[[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]])
    alike = SimpleNamespace(random=np.ones)
    monkeypatch.setattr(courses.np.random, "default_rng", lambda seed: alike)
    assert np.array_equal(courses.told_apart(rows).dense(), rows)


@pytest.mark.parametrize("shape", [(1, 1, 6), (3, 1, 6), (1, 5, 6), (3, 5, 6)])
def test_what_spreads_to_the_people_is_shared(shape):
    values = np.random.default_rng(2).random(shape)
    shared = courses.shared(values, (3, 5))
    assert np.array_equal(shared.dense(), np.broadcast_to(values, (3, 5, 6)))
    with pytest.raises(ValueError, match="broadcast"):
        courses.shared(np.ones((2, 5, 6)), (3, 5))


def test_an_effect_that_returns_an_array_is_told_what_to_return():
    with pytest.raises(SolverError, match="found ndarray, wanted leao.diary.courses.Courses; return Courses.each"):
        titration.checked(np.ones((1, 1, 6)), courses.Courses.each(np.ones((1, 1, 6))))


def test_keys_are_ranked_in_their_order():
    keys, place = courses.ranked(np.array([[7, 2, 7], [0, 2, 2]]), 9)
    assert keys.tolist() == [0, 2, 7]
    assert place.tolist() == [[2, 1, 2], [0, 1, 1]]


def test_a_patient_who_left_takes_nothing():
    last_day = np.array([[np.inf, 3.5, 0.0]])
    enrolled = cast("EnrolledPatients", SimpleNamespace(last_day=last_day))
    taken = effect.while_there(enrolled, np.full(6, 10))
    assert taken.tolist() == [[[10.0] * 6, [10.0] * 4 + [0.0] * 2, [0.0] * 6]]
