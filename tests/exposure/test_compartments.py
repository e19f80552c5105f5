"""The step between two records: exp to the last bits, modes against Newton's form and the matrix exponential."""

import numba as nb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from leao.exposure.kernels import compartments as c
from leao.exposure.kernels import records

pytestmark = pytest.mark.analytic

NOTHING = (0.0, 0.0, 0.0, 0.0)


@nb.njit
def decays(x):
    return np.array([c.decay(v) for v in x])


def test_decay_is_exp():
    rng = np.random.default_rng(1)
    x = -np.concatenate(
        [[0.0, 1e-300], rng.uniform(0, 1e-3, 4000), rng.uniform(0, 40, 40000), rng.uniform(0, 708, 4000)]
    )
    wanted = np.exp(x.astype(np.longdouble))
    assert np.abs(decays(x) / wanted - 1).max() < 1.8 * np.finfo(float).eps
    assert decays(np.array([-709.0, -1e300, -np.inf])).max() < 1e-300
    assert decays(np.zeros(1))[0] == 1.0


rate = st.floats(1e-3, 5.0)
sets = st.tuples(rate, st.floats(0.5, 30), st.floats(10, 900), st.sampled_from([0.0, 1e-6, 5.0, 40.0]),
                 st.floats(5, 500), st.sampled_from([0.0, 0.05, 0.3, 2.0]))  # fmt: skip


def matrix(p):
    """dx/dt = M x, states G, A, P, E."""
    ka, cl, v, cl_d, v_p, ke0 = p
    m = np.zeros((4, 4))
    m[0, 0], m[1, 0], m[1, 1], m[1, 2] = -ka, ka, -(cl + cl_d) / v, cl_d / v_p
    m[2, 1], m[2, 2], m[3, 1], m[3, 3] = cl_d / v, -cl_d / v_p, ke0 / v, -ke0
    return m


@settings(max_examples=200, deadline=None)
@given(p=sets, h=st.floats(1e-3, 100.0), flowing=st.booleans())
@example(p=(0.1, 10.0, 100.0, 0.0, 50.0, 0.1), h=5.0, flowing=True)  # ka = CL/V = ke0
@example(p=(0.5, 5.0, 10.0, 1e-6, 1e-6 / 0.5, 0.5), h=3.0, flowing=False)
def test_one_step_is_the_matrix_exponential(p, h, flowing):
    table = np.empty((9, 16))
    n, apart = c.prepare(np.array([*p, 0.0, 1.0]), table)
    newton = np.empty((5, 16))
    nodes = c.system(np.array([*p, 0.0, 1.0]), newton)
    x, r = (7.0, 3.0, 2.0 if p[3] else 0.0, 0.01), (0.5, 0.2, 0.0, 0.0) if flowing else NOTHING
    big = np.zeros((5, 5))
    big[:4, :4], big[:4, 4] = matrix(p), r
    wanted = (expm(big * h) @ np.array([*x, 1.0]))[:4]
    scale = np.abs(wanted) + np.array([12.0, 12.0, 12.0, 12.0 / p[2]]) * (1 + h * flowing)
    moved = records.move(x, r, h, (n, apart, flowing), table)
    np.testing.assert_allclose(np.array(moved) / scale, wanted / scale, atol=1e-11)
    newtons = c.move_by_newton(x, r, h, nodes, flowing, newton)
    np.testing.assert_allclose(np.array(newtons) / scale, wanted / scale, atol=1e-11)


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-6, 1e-4])
def test_modes_that_meet_are_left_to_newton(gap):
    p = np.array([0.1 * (1 + gap), 10.0, 100.0, 0.0, 50.0, 0.3, 0.0, 1.0])
    assert c.prepare(p, np.empty((9, 16))) == (3, False)


def test_modes_that_are_apart_are_used():
    p = np.array([0.45, 8.5, 700.0, 0.0, 50.0, 0.3, 0.0, 1.0])
    assert c.prepare(p, np.empty((9, 16))) == (3, True)
