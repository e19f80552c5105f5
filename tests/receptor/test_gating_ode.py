"""The exact solution beside scipy's matrix exponential, its stiff solver and a symmetrised eigenproblem."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import eigh, expm

from leao.receptor import equilibrium_block, kinetic, protocols
from leao.receptor.kernels import gating as kernel

pytestmark = pytest.mark.cross

N = protocols.numbers()
OPEN = kernel.FREE + kernel.OPEN


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1e-5, 10.0))
def test_exponential_and_its_integral(seed, h):
    rng = np.random.default_rng(seed)
    condition = np.append(10.0 ** rng.uniform(-1, 2, 5), [1.0, 1.0]) * rng.choice([0.0, 1.0], 7)
    condition[[2, 4, 5, 6]] = 1.0, 1.3, 1.0, 1.0
    q = kernel.generator(10.0 ** rng.uniform(-1, 3, 6), 10.0 ** rng.uniform(-1, 1, 6), condition)
    e, integral = kernel.exponential(q, h)
    wide = np.zeros((16, 16))
    wide[:15, :15], wide[OPEN, 15] = q, 1.0
    np.testing.assert_allclose(e, expm(q * h), atol=1e-10)
    np.testing.assert_allclose(integral, expm(wide * h)[:15, 15], atol=1e-10 * h)
    assert e.min() >= 0.0


def test_symmetrised_eigenproblem():
    receptor = kinetic.load("memantine", "2A")
    row = kinetic.conditions(receptor, kinetic.Surround(10.0, -66.0, 1.0, 1.0))[0]
    q = kernel.generator(receptor.gates, receptor.coupling, row)
    root = np.sqrt(kernel.equilibrium(receptor.gates, receptor.coupling, row))
    values, vectors = eigh(root[:, None] * q / root)
    by_eigen = (vectors / root[:, None]) @ np.diag(np.exp(values * 0.3)) @ (vectors * root[:, None]).T
    np.testing.assert_allclose(kernel.exponential(q, 0.3)[0], by_eigen, atol=1e-10)


def test_trace_beside_lsoda():
    receptor = kinetic.load("memantine", "2B")
    bath = protocols.RecordingConditions(1.0, 1.0, -66.0)
    cut = protocols.pieces(receptor, "train", bath, N._replace(train_pulses=3))
    rows = kinetic.conditions(receptor, cut.surround)
    share, end = kernel.trace(cut.start, receptor.gates, receptor.coupling, cut.durations, rows, 1e-4)
    p, t, reference = cut.start, 0.0, np.full(share.size, np.nan)
    for duration, row in zip(cut.durations, rows, strict=True):
        q = kernel.generator(receptor.gates, receptor.coupling, row)
        at = np.arange(np.ceil((t - 1e-9) / 1e-4), np.floor((t + duration + 1e-9) / 1e-4) + 1).astype(int)
        at = at[at < share.size]
        times = np.clip(at * 1e-4, t, t + duration)
        solved = solve_ivp(
            lambda _, y, q=q: y @ q, (t, t + duration), p, "LSODA", rtol=1e-11, atol=1e-14, dense_output=True
        )
        reference[at] = solved.sol(times)[OPEN]
        p, t = solved.y[:, -1], t + duration
    np.testing.assert_allclose(share, reference, atol=1e-8 * share.max())
    np.testing.assert_allclose(end, p, atol=1e-9)


def test_pieces_that_end_between_samples():
    receptor = kinetic.load("ketamine", "2A")
    durations = np.array([0.01237, 0.00003, 0.00041, 0.02])
    rows = kinetic.conditions(receptor, kinetic.Surround([0.0, 1000.0, 50.0, 0.0], -66.0, 0.0, 1.0))
    start = kinetic.equilibrium(receptor, kinetic.Surround(1.0, -66.0, 0.0, 1.0))
    share, end = kernel.trace(start, receptor.gates, receptor.coupling, durations, rows, 1e-4)
    edges = np.append(0.0, np.cumsum(durations))
    for j in (0, 100, 123, 124, 128, 200, share.size - 1):
        p = start
        for begin, stop, row in zip(edges, edges[1:], rows, strict=False):
            inside = np.clip(j * 1e-4 - begin, 0.0, stop - begin)
            p = p @ expm(kernel.generator(receptor.gates, receptor.coupling, row) * inside)
        assert share[j] == pytest.approx(p[OPEN], abs=1e-13)
    _, states = kernel.open_time(start, receptor.gates, receptor.coupling, durations, rows)
    np.testing.assert_allclose(end, states[-1], atol=1e-13)


@pytest.mark.parametrize("frequency", [0.1, 20.0])
def test_a_long_series_reaches_the_pulse_train_equilibrium(frequency):
    receptor = kinetic.load("memantine", "2A", "P1")
    cut = protocols.pieces(
        receptor, "synaptic", protocols.RecordingConditions(1.0, 0.0, -66.0), N._replace(synaptic_rate=frequency)
    )
    propagator = np.eye(15)
    for duration, row in zip(cut.durations, kinetic.conditions(receptor, cut.surround), strict=True):
        propagator = propagator @ expm(kernel.generator(receptor.gates, receptor.coupling, row) * duration)
    np.testing.assert_allclose(np.full(15, 1 / 15) @ np.linalg.matrix_power(propagator, 20000), cut.start, atol=1e-9)


@pytest.mark.parametrize("subtype", equilibrium_block.SUBTYPES)
def test_six_slow_states_follow_the_fifteen_through_a_wave(subtype):
    """At 1 uM and 25 ms a step, as the tissue takes it."""
    receptor = kinetic.load("memantine", subtype)
    dt, steps = 0.025, 2600
    along = np.minimum((np.arange(steps) + 1) * dt / N.csd_rise, 1.0)
    glutamate = N.rest_glutamate + along * (N.csd_glutamate - N.rest_glutamate)
    voltage = N.rest_voltage + along * (N.csd_voltage - N.rest_voltage)
    pairs = {}
    for c in (0.0, 1.0):
        surround = kinetic.Surround(glutamate, voltage, 1.0, c)
        rows = kinetic.conditions(receptor, surround)
        start = kinetic.equilibrium(receptor, kinetic.Surround(N.rest_glutamate, N.rest_voltage, 1.0, c))
        whole, p = np.empty(steps), start
        for k in range(steps):
            p = kernel.backward_step(p, kernel.generator(receptor.gates, receptor.coupling, rows[k]), dt)
            whole[k] = p[OPEN]
        slow = kernel.reduced_trace(kernel.reduce(start), receptor.gates, receptor.coupling, rows, dt)
        pairs[c] = whole, slow
    drive = kinetic.passing(receptor, surround) * np.abs(voltage)
    block = [1.0 - pairs[1.0][i] / pairs[0.0][i] for i in (0, 1)]
    charge = [1.0 - np.sum(pairs[1.0][i] * drive) / np.sum(pairs[0.0][i] * drive) for i in (0, 1)]
    assert np.abs(block[0] - block[1]).max() < 0.0035
    assert charge[0] == pytest.approx(charge[1], abs=3e-4)
    whole, slow = pairs[0.0]
    assert np.abs(whole - slow).max() < 0.11 * whole.max()  # while the current rises; a step or two early
    assert np.abs(whole - slow)[40:].max() < 0.003 * whole.max()
