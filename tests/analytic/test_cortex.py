"""The cortex against closed forms: rest, diffusion, equilibria, tables."""

import numpy as np
import pytest

from leao.errors import ScenarioError, SolverError
from leao.kernels import cortex as kernel
from leao.kernels.tissue import Drive, March
from leao.stages.cortex import solve, tables, threshold_map
from leao.stages.cortex.wave import arrivals, unblocked

PRESETS = ["tuttle2019", "nmda_s4", "nmda_s2"]


@pytest.mark.parametrize("preset", PRESETS)
def test_rest_stays_at_rest(preset):
    cortex = solve.load(preset)
    grid = solve.Grid(length=0.4, nodes=4, duration=300.0)
    end, _, _ = solve.march(cortex, solve.voltage_table(cortex, unblocked()), solve.Stimulus("kcl", 0.0, 0.1), grid)
    np.testing.assert_allclose(end, np.tile(cortex.rest, (4, 1)), rtol=2e-6, atol=1e-12)


def test_table_follows_its_functions():
    cortex = solve.load("nmda_s4")
    table = solve.voltage_table(cortex, unblocked())
    v = np.linspace(-99.97, 39.93, 4321)
    row = (v - tables.VOLTAGES[0]) / tables.STEP
    exact = {
        kernel.GHK: tables.goldman(v / tables.thermal_voltage(cortex.params)),
        kernel.NAP: tables.channels(v, cortex.params, cortex.gates)[0],
        kernel.NMDA: tables.unblocked(v, cortex.params, np.zeros_like(v)),
        kernel.RELEASE: tables.release_activation(v, cortex.params),
    }
    for column, values in exact.items():
        read = np.array([kernel.look(table, x, column) for x in row])
        np.testing.assert_allclose(read, values, atol=3e-4 * np.abs(values).max(), rtol=2e-4)


def test_goldman_flux_vanishes_at_the_nernst_potential():
    u = np.log(140.0 / 10.0)
    b = tables.goldman(np.array([u]))[0]
    assert 10.0 * (b + u) - 140.0 * b == pytest.approx(0.0, abs=1e-12)
    assert tables.goldman(np.zeros(1))[0] == 1.0


def diffused(nodes: int) -> float:
    """Return the relative error of a cosine of glutamate after it has diffused alone for 40 s."""
    cortex = solve.load("nmda_s4")
    still = cortex.tissue._replace(release=0.0, uptake_neuron=0.0, uptake_glia=0.0, shuttle=0.0, water=0.0)
    length, amplitude, seconds, dt = 0.1, 0.1, 40.0, 2e-3
    dx = length / nodes
    x = (np.arange(nodes) + 0.5) * dx
    state = np.tile(cortex.rest, (nodes, 1))
    shape = np.cos(np.pi * x / length)
    start = state[0, kernel.GLU_E]
    state[:, kernel.GLU_E] *= 1.0 + amplitude * shape
    plan = March(dt, dx, round(seconds / dt), 1000, -1, 0.0)
    table = solve.voltage_table(cortex, np.full_like(tables.VOLTAGES, np.inf))
    seen = np.empty((kernel.N_SEEN, 0, nodes))
    status, *_ = kernel.march(state, table, still, Drive(0.0, 0.0, 0.0, 0.0), np.zeros(nodes), plan, seen)
    assert status == kernel.OK
    exact = amplitude * np.exp(-still.diffusion_glutamate * (np.pi / length) ** 2 * seconds)
    found = 2.0 * np.mean((state[:, kernel.GLU_E] / start - 1.0) * shape)
    return abs(found / exact - 1.0)


def test_diffusion_alone_is_second_order_in_the_node_length():
    errors = [diffused(nodes) for nodes in (8, 16)]
    assert errors[0] < 0.01
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)


def test_desensitisation_reaches_its_equilibrium():
    cortex = solve.load("nmda_s4")
    t = cortex.tissue
    state = cortex.rest[None, :].copy()
    table = solve.voltage_table(cortex, unblocked())
    for _ in range(20000):
        kernel.relax_gates(state, 0.8, 0, table, t, 1.0, 0.0)
    k1, k2, k3, k4 = 0.8 * t.desensitise, t.resensitise, t.desensitise_deep, t.resensitise_deep
    total = k1 * k3 + k1 * k4 + k2 * k4
    assert state[0, kernel.D1] == pytest.approx(k1 * k4 / total, rel=1e-9)
    assert state[0, kernel.D2] == pytest.approx(k1 * k3 / total, rel=1e-9)


def test_plain_block_has_the_published_shape():
    odds = threshold_map.plain_block(1.0, 0.1)
    s = threshold_map.shape()
    at = lambda v: float(np.interp(v, tables.VOLTAGES, odds))  # noqa: E731
    assert at(s.reference_voltage) == pytest.approx(0.1, rel=1e-6)
    thermal = 1e3 * tables.GAS * s.temperature / tables.FARADAY
    affinity = lambda v: 3.57 * np.exp(0.062 * v)  # noqa: E731
    expected = np.exp(0.85 * 20.0 / thermal) * (1 + 1 / affinity(0.0)) / (1 + 1 / affinity(-20.0))
    assert at(-20.0) / at(0.0) == pytest.approx(expected, rel=1e-6)


def test_arrival_is_read_between_records():
    voltage = np.array([[-70.0, -70.0], [-40.0, -70.0], [-20.0, -70.0]])
    assert arrivals(np.array([0.0, 1.0, 2.0]), voltage, -30.0)[0] == pytest.approx(1.5)
    assert np.isnan(arrivals(np.array([0.0, 1.0, 2.0]), voltage, -30.0)[1])


def test_errors_name_place_and_remedy():
    cortex = solve.load("nmda_s4")
    table = solve.voltage_table(cortex, unblocked())
    with pytest.raises(SolverError, match=r"cortex nmda_s4: the time step is too long .* half the dt"):
        solve.march(cortex, table, solve.strong("kcl"), solve.Grid(length=1.0, nodes=1000, dt=0.05))
    with pytest.raises(SolverError, match=r"nmda_s4: .* at .* s, node \d+"):
        solve.march(cortex, table, solve.Stimulus("kcl", 1e6, 0.5), solve.Grid(length=1.0, nodes=25))
    with pytest.raises(ScenarioError, match="below zero"):
        solve.voltage_table(cortex, unblocked() - 1.0)
    with pytest.raises(ScenarioError, match="shape"):
        solve.voltage_table(cortex, np.zeros(3))
    with pytest.raises(SolverError, match="at rest: the neuronal pump"):
        solve.prepare("odd", cortex.params._replace(voltage_neuron=-110.0))
