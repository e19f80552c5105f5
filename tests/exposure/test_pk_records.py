"""Closed forms of dose records: Bateman, infusion, steady state, two compartments, clearance changed in mid-course."""

import numpy as np
import pytest

from leao.exposure.kernels import records as pk
from leao.exposure.kernels import regular

pytestmark = pytest.mark.analytic


def solve(doses, times, p):
    """Central and effect level at ``times`` after doses (time, amt, cmt, rate, ii, addl, ss)."""
    rows = [(t, 1, a, c, r, ii, addl, ss) for t, a, c, r, ii, addl, ss in doses]
    rows = sorted(rows + [(t, 0, 0.0, 2, 0.0, 0.0, 0, 0) for t in times], key=lambda row: (row[0], -row[1]))
    columns = list(zip(*rows, strict=True))
    number = [np.array(columns[i], float) for i in (0, 2, 4, 5)]
    evid, cmt, ss = (np.array(columns[i], np.int8) for i in (1, 3, 7))
    addl, which = np.array(columns[6], np.int32), np.zeros(len(rows), np.int32)
    starts = np.array([0, len(rows)], np.int64)
    levels, status = pk.population(starts, tuple(number), evid, cmt, addl, ss, which, np.array([p], float))
    assert status[0, 0] == pk.OK
    return levels[evid == 0]


KA, CL, V = 0.45, 8.5, 700.0
KE = CL / V
ONE = [KA, CL, V, 0.0, 1.0, 0.3, 0.0, 1.0]
TIMES = np.array([0.5, 1.0, 3.0, 8.0, 24.0, 100.0, 400.0])


def bateman(t, ka=KA, ke=KE):
    return 10 / V * ka / (ka - ke) * (np.exp(-ke * t) - np.exp(-ka * t))


def test_bateman_with_effect_compartment():
    levels = solve([(0.0, 10.0, 1, 0.0, 0.0, 0, 0)], TIMES, ONE)
    np.testing.assert_allclose(levels[:, 0], bateman(TIMES), rtol=1e-12)
    k = 0.3
    terms = [np.exp(-a * TIMES) / np.prod([b - a for b in (KA, KE, k) if b != a]) for a in (KA, KE, k)]
    np.testing.assert_allclose(levels[:, 1], 10 / V * KA * k * sum(terms), rtol=1e-10)


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-10, 1e-6, 1e-3])
def test_absorption_as_fast_as_elimination(gap):
    ka, t = KE * (1 + gap), TIMES
    levels = solve([(0.0, 10.0, 1, 0.0, 0.0, 0, 0)], t, [ka, CL, V, 0.0, 1.0, KE, 0.0, 1.0])
    x = (ka - KE) * t
    series = 1 - x / 2 + x**2 / 6 - x**3 / 24 + x**4 / 120 - x**5 / 720
    np.testing.assert_allclose(levels[:, 0], 10 / V * ka * t * np.exp(-KE * t) * series, rtol=1e-12)
    if gap == 0.0:
        np.testing.assert_allclose(levels[:, 1], 10 / V * (KE * t) ** 2 / 2 * np.exp(-KE * t), rtol=1e-12)


def test_infusion_into_the_central_compartment():
    levels = solve([(0.0, 40.0, 2, 8.0, 0.0, 0, 0)], TIMES, ONE)[:, 0]
    during, after = 1 - np.exp(-KE * np.minimum(TIMES, 5)), np.exp(-KE * np.maximum(TIMES - 5, 0))
    np.testing.assert_allclose(levels, 8 / CL * during * after, rtol=1e-12)


def test_steady_state_bolus_and_infusion():
    after = np.array([1.0, 12.0, 23.0])
    bolus = solve([(0.0, 10.0, 2, 0.0, 24.0, 0, 1)], after, ONE)[:, 0]
    np.testing.assert_allclose(bolus, 10 / V * np.exp(-KE * after) / (1 - np.exp(-24 * KE)), rtol=1e-11)
    constant = solve([(0.0, 0.0, 2, 3.0, 0.0, 0, 1)], [0.0], ONE)
    np.testing.assert_allclose(constant[0], [3 / CL, 3 / CL], rtol=1e-12)
    mean_in = solve([(0.0, 48.0, 2, 2.0, 24.0, 0, 1)], [10.0], ONE)[0]  # an infusion that fills its interval
    np.testing.assert_allclose(mean_in, [2 / CL, 2 / CL], rtol=1e-11)


def test_additional_doses_and_lag_are_single_doses_shifted():
    p = [*ONE[:6], 1.5, 0.7]
    levels = solve([(0.0, 10.0, 1, 0.0, 12.0, 3, 0)], TIMES, p)[:, 0]
    wanted = sum(np.where(s < TIMES, 0.7 * bateman(np.maximum(TIMES - s, 0)), 0) for s in 1.5 + 12.0 * np.arange(4))
    np.testing.assert_allclose(levels, wanted, rtol=1e-11, atol=1e-18)


def test_two_compartments_keep_their_area():
    p = [KA, CL, 100.0, 20.0, 300.0, 0.0, 0.0, 1.0]
    t = np.arange(0.0, 3000.0, 0.05)
    level = solve([(0.0, 10.0, 1, 0.0, 0.0, 0, 0)], t, p)[:, 0]
    assert np.trapezoid(level, t) == pytest.approx(10 / CL, rel=1e-4)


def test_clearance_doubles_in_mid_course():
    time, evid, zero = np.array([0.0, 10.0, 20.0]), np.array([1, 2, 0], np.int8), np.zeros(3)
    two, none, many = np.full(3, 2, np.int8), np.zeros(3, np.int8), np.zeros(3, np.int32)
    which, sets = np.array([0, 0, 1], np.int32), np.array([ONE, [KA, 2 * CL, *ONE[2:]]])
    records = (time, np.array([10.0, 0, 0]), zero, zero)
    levels, _ = pk.population(np.array([0, 3]), records, evid, two, many, none, which, sets)
    assert levels[2, 0] == pytest.approx(10 / V * np.exp(-KE * 10 - 2 * KE * 10), rel=1e-13)


def test_the_regular_grid_is_the_same_model():
    dose = np.full((2, 20), 10.0, np.float32)
    dose[1, 5:9] = 0.0
    ka, ke, scale = np.array([KA, KE]), np.array([KE, KE]), np.array([1 / V, 1 / V])
    grid = np.empty((2, 20, 24), np.float32)
    daily = np.empty((2, 20, 2), np.float32)
    regular.grid(dose, ka, ke, scale, grid)
    regular.daily(dose, ka, ke, scale, daily)
    for i in range(2):
        doses = [(24.0 * day, 10.0, 1, 0.0, 0.0, 0, 0) for day in range(20) if dose[i, day] > 0]
        level = solve(doses, np.arange(1.0, 480.0), [ka[i], *ONE[1:]])[:, 0]
        np.testing.assert_allclose(grid[i].ravel()[:-1], level, rtol=3e-6)
        np.testing.assert_allclose(daily[i, :, 1], grid[i, :, -1], rtol=3e-6)
    fine = np.empty((2, 20, 2400), np.float32)
    regular.grid(dose, ka, ke, scale, fine)
    np.testing.assert_allclose(daily[:, :, 0], fine.mean(axis=2), rtol=1e-3)
