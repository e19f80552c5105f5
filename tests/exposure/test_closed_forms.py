"""Closed forms of one compartment against the kernel's recursion, at equal rates as well."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leao.exposure import one_compartment

pytestmark = pytest.mark.analytic
RATES = st.tuples(st.floats(0.05, 3.0), st.floats(0.002, 0.3))


def fine(ka, ke, every, doses, step=0.01):
    """Amounts on a fine grid by Euler's exact exponential step, as an oracle."""
    n = round(every / step)
    gut = central = 0.0
    out = np.empty(n * doses)
    keep_gut, keep, cross = np.exp(-ka * step), np.exp(-ke * step), ka * float(one_compartment.transfer(ka, ke, step))
    for i in range(out.size):
        if i % n == 0:
            gut += 1.0
        central = central * keep + gut * cross
        gut *= keep_gut
        out[i] = central
    return out.reshape(doses, n)


@given(RATES)
@example((0.1, 0.1))
@example((0.1, 0.1 * (1 + 1e-9)))
@settings(max_examples=15, deadline=None)
def test_peaks_of_one_dose_and_at_steady_state(rates):
    ka, ke = rates
    every = 24.0
    course = fine(ka, ke, every, int(np.ceil(60.0 / (every * min(ka, ke)))) + 2 if min(ka, ke) > 0.02 else 160, 0.05)
    assert one_compartment.steady_peak(ka, ke, every) == pytest.approx(course[-1].max(), rel=2e-3)
    assert one_compartment.steady_peak_time(ka, ke, every) == pytest.approx((np.argmax(course[-1]) + 1) * 0.05, abs=0.2)
    at = float(one_compartment.peak_time(ka, ke))
    t = np.linspace(0.0, 3 * at, 3001)
    single_dose = ka * one_compartment.transfer(ka, ke, t)
    assert one_compartment.peak(ka, ke) == pytest.approx(single_dose.max(), rel=1e-5)


@given(RATES, st.floats(0.1, 200.0))
@example((0.1, 0.1), 24.0)
@settings(max_examples=40, deadline=None)
def test_what_is_eliminated_balances(rates, hours):
    ka, ke = rates
    left = np.exp(-ka * hours) + ka * one_compartment.transfer(ka, ke, hours)
    assert one_compartment.eliminated(ka, ke, hours) == pytest.approx(1.0 - left, abs=1e-12)
    mean = one_compartment.mean_amount(np.array([1.0]), np.array([ka]), np.array([ke]), hours)[0, 0]
    assert mean * ke * hours == pytest.approx(float(one_compartment.eliminated(ka, ke, hours)), abs=1e-12)


def test_the_mean_at_steady_state_is_inflow_over_rate():
    ka, ke = np.array([0.4, 0.1]), np.array([0.02, 0.1])
    mean = one_compartment.mean_amount(np.full(300, 5.0), ka, ke, 12.0)[:, -1]
    np.testing.assert_allclose(mean, (5.0 / 12.0) / ke, rtol=1e-6)
