"""Philox4x32-10 against the known answers published with Random123, Philox4x64-10 and a tabulated function numpy's."""

import numpy as np
import pytest

from leao.core.random import Streams
from leao.diary import patient_traits
from leao.diary.kernels import tabulated
from leao.diary.kernels.random import philox, uniforms4

pytestmark = pytest.mark.analytic

FULL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((FULL, FULL), (FULL,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(key, counter, words):
    got = philox(*(np.uint32(k) for k in key), *(np.uint32(c) for c in counter))
    assert tuple(int(word) for word in got) == words


@pytest.mark.parametrize("people", [range(1), range(7, 300), range(2**40, 2**40 + 3)])
def test_people_of_trials_have_the_numbers_of_numpy(people):
    streams = Streams(5, "philox")
    ours = patient_traits.uniforms_of(streams, "people", [0, 3, 9], people)
    np.testing.assert_array_equal(ours, streams.uniforms("people", [0, 3, 9], people, patient_traits.LUCK))


def test_a_tabulated_function_is_what_numpy_interpolates():
    rng = np.random.default_rng(1)
    at = np.sort(rng.random(300) ** 6)  # most points in one cell
    values = np.cumsum(rng.random(300))
    u = np.concatenate([rng.random(10_000), rng.random(10_000) ** 9, at, [0.0, np.nextafter(1.0, 0.0), 1.0]])
    np.testing.assert_array_equal(tabulated.straight(u, at, values, tabulated.guide(at)), np.interp(u, at, values))


def test_uniforms_fill_the_open_interval():
    draws = np.array([uniforms4(1, 2, i, 0, 0, 0) for i in range(5000)]).ravel()
    assert 0.0 < draws.min() < 0.001
    assert 0.999 < draws.max() < 1.0
    assert abs(draws.mean() - 0.5) < 4 / np.sqrt(12 * draws.size)
