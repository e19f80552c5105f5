"""One compartment against the matrix exponential (SciPy's Pade approximation), dose by dose, to 1e-8 of the peak."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from leao.exposure.kernels import oral

pytestmark = pytest.mark.cross


def by_exponential(dose, ka, ke, h):
    """Return amount at the end of each step and its mean: exp of the system of gut, centre and area."""
    step = expm(h * np.array([[-ka, 0.0, 0.0], [ka, -ke, 0.0], [0.0, 1.0, 0.0]]))
    gut, central, end, mean = 0.0, 0.0, [], []
    for amount in dose:
        gut, central, area = step @ [gut + amount, central, 0.0]
        end.append(central)
        mean.append(area / h)
    return np.array(end), np.array(mean)


def test_the_exponential_is_what_a_stiff_solver_gives():
    ka, ke, h = 1.7, 0.004, 24.0
    rates = lambda _, y: [-ka * y[0], ka * y[0] - ke * y[1], y[1]]  # noqa: E731
    solved = solve_ivp(rates, (0, h), [10.0, 3.0, 0.0], method="Radau", rtol=1e-9, atol=1e-11).y[:, -1]
    single_step = by_exponential([10.0], ka, ke, h)
    central = 3.0 * np.exp(-ke * h)  # what stood there before leaves by itself
    np.testing.assert_allclose(solved[1], single_step[0][0] + central, rtol=1e-7)
    np.testing.assert_allclose(solved[2], single_step[1][0] * h + (3.0 - central) / ke, rtol=1e-7)


@settings(max_examples=100, deadline=None)
@given(
    dose=st.lists(st.sampled_from([0.0, 5.0, 10.0, 20.0]), min_size=2, max_size=6),
    ka=st.floats(0.05, 2.0),
    ke=st.floats(0.004, 0.2),
    h=st.sampled_from([1.0, 12.0, 24.0]),
)
@example(dose=[10.0, 0.0, 10.0], ka=0.1, ke=0.1, h=24.0)
@example(dose=[10.0, 0.0, 10.0], ka=0.1, ke=0.1 * (1 + 1e-9), h=24.0)
def test_against_the_matrix_exponential(dose, ka, ke, h):
    end, mean = oral.one_compartment(np.array([dose]), np.array([ka]), np.array([ke]), h)
    want_end, want_mean = by_exponential(dose, ka, ke, h)
    peak = max(want_end.max(), want_mean.max(), 1e-3)
    np.testing.assert_allclose(end[0], want_end, atol=1e-8 * peak, rtol=0)
    np.testing.assert_allclose(mean[0], want_mean, atol=1e-8 * peak, rtol=0)
