"""A random number depends on who it is for, never on how the work was cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leao.core.random import Streams

pytestmark = pytest.mark.worlds

STREAMS = Streams(7, "test")
WHOLE = STREAMS.uniforms("luck", range(4), range(12), 5)


@given(st.integers(0, 3), st.integers(1, 4), st.integers(0, 11), st.integers(1, 12))
def test_any_cut_gives_the_same_numbers(first_trial, trials, first_person, people):
    rows = range(first_trial, min(first_trial + trials, 4))
    columns = range(first_person, min(first_person + people, 12))
    part = STREAMS.uniforms("luck", rows, columns, 5)
    np.testing.assert_array_equal(part, WHOLE[rows.start : rows.stop, columns.start : columns.stop])


@given(st.integers(1, 5))
def test_asking_for_fewer_numbers_changes_none(n):
    np.testing.assert_array_equal(STREAMS.uniforms("luck", range(4), range(12), n), WHOLE[..., :n])


@given(st.integers(0, 30), st.integers(1, 10))
def test_a_trial_keeps_its_number(first, count):
    every = STREAMS.per_trial("world", range(40))
    np.testing.assert_array_equal(STREAMS.per_trial("world", range(first, first + count)), every[first : first + count])
    assert np.unique(every).size == 40


def test_purpose_seed_scenario_and_trial_separate():
    others = [
        STREAMS.uniforms("other", range(4), range(12), 5),
        Streams(8, "test").uniforms("luck", range(4), range(12), 5),
        Streams(7, "tests").uniforms("luck", range(4), range(12), 5),
        STREAMS.uniforms("luck", range(4, 8), range(12), 5),
    ]
    for other in others:
        assert not np.any(other == WHOLE)


def test_numbers_are_uniform():
    sample = STREAMS.uniforms("shape", range(1), range(20_000), 1).ravel()
    counts, _ = np.histogram(sample, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-squared, 19 degrees of freedom, p = 0.001
