"""Philox4x32-10 against the known answers published with Random123."""

import numpy as np
import pytest

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


def test_uniforms_fill_the_open_interval():
    draws = np.array([uniforms4(1, 2, i, 0, 0, 0) for i in range(5000)]).ravel()
    assert 0.0 < draws.min() < 0.001
    assert 0.999 < draws.max() < 1.0
    assert abs(draws.mean() - 0.5) < 4 / np.sqrt(12 * draws.size)
