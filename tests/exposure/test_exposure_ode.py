"""One compartment against a stiff ODE solver of high accuracy, dose by dose, to 1e-8 of the peak."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from leao.exposure.kernels import oral

pytestmark = pytest.mark.cross


def by_ode(dose, ka, ke, h):
    gut, central, end, mean = 0.0, 0.0, [], []
    for amount in dose:
        start = [gut + amount, central, 0.0]
        rates = lambda _, y: [-ka * y[0], ka * y[0] - ke * y[1], y[1]]  # noqa: E731
        solved = solve_ivp(rates, (0, h), start, method="Radau", rtol=1e-12, atol=1e-14)
        gut, central, area = solved.y[:, -1]
        end.append(central)
        mean.append(area / h)
    return np.array(end), np.array(mean)


@settings(max_examples=12, deadline=None)
@given(
    dose=st.lists(st.sampled_from([0.0, 5.0, 10.0, 20.0]), min_size=2, max_size=6),
    ka=st.floats(0.05, 2.0),
    ke=st.floats(0.004, 0.2),
    h=st.sampled_from([1.0, 12.0, 24.0]),
)
@example(dose=[10.0, 0.0, 10.0], ka=0.1, ke=0.1, h=24.0)
@example(dose=[10.0, 0.0, 10.0], ka=0.1, ke=0.1 * (1 + 1e-9), h=24.0)
def test_against_stiff_ode(dose, ka, ke, h):
    end, mean = oral.one_compartment(np.array([dose]), np.array([ka]), np.array([ke]), h)
    want_end, want_mean = by_ode(dose, ka, ke, h)
    peak = max(want_end.max(), want_mean.max(), 1e-3)
    np.testing.assert_allclose(end[0], want_end, atol=1e-8 * peak, rtol=0)
    np.testing.assert_allclose(mean[0], want_mean, atol=1e-8 * peak, rtol=0)
