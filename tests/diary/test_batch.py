"""Batches of draws: the generator's own numbers, and elementary functions against libraries."""

import numba as nb
import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from leao.diary.kernels import batch
from leao.diary.kernels.random import philox

pytestmark = pytest.mark.analytic

WHO, BLOCK = 7, np.uint32(1001)
K0, K1 = np.uint32(0xA4093822), np.uint32(0x299F31D0)


def apply(function):
    """Return a compiled loop of one of the functions that are written for loops."""

    @nb.njit(error_model="numpy")
    def loop(values):
        out = np.empty(values.size)
        for i in range(values.size):
            out[i] = function(values[i])
        return out

    return loop


@pytest.mark.parametrize("n", [1, 8, 32, 37])
def test_blocks_are_philox(n):
    words = np.zeros(4 * n, np.uint32)
    batch.blocks(K0, K1, np.uint32(WHO), 5, BLOCK, n, words)
    wanted = [philox(K0, K1, np.uint32(WHO), np.uint32(5 + i), np.uint32(0), BLOCK) for i in range(n)]
    assert np.array_equal(words.reshape(4, n).T, np.array(wanted))


def test_a_series_does_not_depend_on_its_length():
    long = np.zeros(batch.room(500), np.uint32)
    batch.series(K0, K1, np.uint32(WHO), BLOCK, 500, long)
    for n in (1, 128, 129, 300):
        short = np.zeros(batch.room(n), np.uint32)
        batch.series(K0, K1, np.uint32(WHO), BLOCK, n, short)
        assert np.array_equal(short[:n], long[:n])
    assert np.unique(long).size == long.size


def test_exp_and_ln():
    x = np.concatenate([np.linspace(-690.0, 690.0, 20_001), np.linspace(-1e-9, 1e-9, 11)])
    assert apply(batch.exp)(x) == pytest.approx(np.exp(x), rel=1e-13)
    y = np.concatenate([np.exp(x), np.linspace(0.5, 2.0, 10_001), [2.0**-33, 1.0 - 2.0**-33]])
    y = y[(y > 1e-300) & (y < 1e300)]
    assert apply(batch.ln)(y) == pytest.approx(np.log(y), rel=1e-13, abs=1e-15)


def test_normal_quantile():
    u = np.concatenate([np.linspace(3e-7, 1.0 - 3e-7, 100_001), [0.5]])
    assert apply(batch.normal)(u) == pytest.approx(ndtri(u), abs=1e-5)
    ends = apply(batch.normal)(np.array([2.0**-33, 1.0 - 2.0**-33]))
    assert ends == pytest.approx([-6.34, 6.34], abs=0.02)


def test_draws_have_their_distribution():
    n = 20_000
    words = np.zeros(batch.room(n), np.uint32)
    batch.series(K0, K1, np.uint32(WHO), BLOCK, n, words)
    u = apply(batch.unit)(words[:n])
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert stats.kstest(-apply(batch.ln)(u), "expon").pvalue > 1e-3
    assert stats.kstest(apply(batch.normal)(u), "norm").pvalue > 1e-3
