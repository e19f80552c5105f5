"""What the kernels' loops are made of: elementary functions against libraries, words against published answers."""

import numba as nb
import numpy as np
import pytest

from leao.diary.kernels import batch, narrow

pytestmark = pytest.mark.analytic

FULL = 0xFFFFFFFF


def apply(function):
    """Return a compiled loop of one of the functions that are written for loops."""

    @nb.njit(error_model="numpy")
    def loop(values):
        out = np.empty_like(values)
        for i in range(values.size):
            out[i] = function(values[i])
        return out

    return loop


@nb.njit
def words(key, counter):
    return narrow.philox(key[0], key[1], counter[0], counter[1], counter[2], counter[3])


@pytest.mark.parametrize(
    ("key", "counter", "wanted"),
    [
        ((0, 0), (0, 0, 0, 0), (0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48)),
        ((FULL, FULL), (FULL,) * 4, (0x5207DDC2, 0x45165E59, 0x4D8EE751, 0x8C52F662)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0x4DFCCABA, 0x190A87F0, 0xC47362BA, 0xB6B5242A),
        ),
    ],
)
def test_seven_rounds_give_the_published_answers(key, counter, wanted):
    """Of Random123, file kat_vectors, philox4x32 7: remembered, and met."""
    got = words(np.array(key, np.uint64), np.array(counter, np.uint64))
    assert tuple(int(word) & FULL for word in got) == wanted  # what stands above 32 bits is no part of a word


def test_exp_and_ln():
    x = np.concatenate([np.linspace(-690.0, 690.0, 20_001), np.linspace(-1e-9, 1e-9, 11)])
    assert apply(batch.exp)(x) == pytest.approx(np.exp(x), rel=1e-13)
    y = np.concatenate([np.exp(x), np.linspace(0.5, 2.0, 10_001), [2.0**-33, 1.0 - 2.0**-33]])
    y = y[(y > 1e-300) & (y < 1e300)]
    assert apply(batch.ln)(y) == pytest.approx(np.log(y), rel=1e-13, abs=1e-15)


def test_exp_and_ln_in_single_precision():
    x = np.concatenate([np.linspace(-85.0, 85.0, 20_001), np.linspace(-1e-6, 1e-6, 11)]).astype(np.float32)
    assert apply(narrow.exp)(x) == pytest.approx(np.exp(x.astype(float)), rel=3e-7)
    y = np.concatenate([np.exp(x.astype(float)), np.linspace(0.5, 2.0, 10_001), [2.0**-25, 1.0 - 2.0**-24]])
    y = y.astype(np.float32)
    assert apply(narrow.ln)(y) == pytest.approx(np.log(y.astype(float)), rel=3e-7, abs=1e-7)


def test_unit_fills_the_open_interval():
    ends = [apply(batch.unit)(np.array([word], np.uint32).astype(np.float64))[0] for word in (0, FULL)]
    assert 0.0 < ends[0] < 1e-9
    assert 1.0 - 1e-9 < ends[1] < 1.0
