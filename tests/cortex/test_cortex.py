"""The cortex against closed forms: rest, diffusion, equilibria, tables."""

import numpy as np
import pytest

from leao.core.errors import ScenarioError, SolverError
from leao.cortex import drugged_receptors, homeostasis, preset_table, solve, voltage_tables
from leao.cortex.kernels import glutamate, line, nmda, subtypes
from leao.cortex.kernels import membrane as m
from leao.cortex.kernels import node as kernel
from leao.cortex.kernels.tissue import Drive, March, Snap
from leao.cortex.wave_measures import arrivals
from leao.receptor import kinetic
from leao.receptor.kernels import gating

pytestmark = pytest.mark.analytic

PRESETS = ["tuttle2019", "leao"]


def march(piece, stimulus, grid):
    return solve.integrate(piece, solve.drive(piece.cortex, (stimulus,), grid), grid)


@pytest.mark.parametrize("preset", PRESETS)
def test_rest_stays_at_rest(preset):
    cortex = preset_table.load(preset)
    grid = solve.Grid(length=0.4, nodes=4, duration=300.0)
    end = march(solve.cut(cortex), solve.Stimulus("kcl", 0.0, 0.1), grid)
    np.testing.assert_allclose(end.state, np.tile(cortex.rest, (4, 1)), rtol=5e-6, atol=1e-12)


def test_table_follows_its_functions():
    cortex = preset_table.load("leao")
    piece = solve.cut(cortex)
    v = np.linspace(-99.97, 39.93, 4321)
    row = (v - voltage_tables.VOLTAGES[0]) / voltage_tables.STEP
    exact = {
        kernel.GHK: voltage_tables.goldman(v / voltage_tables.thermal_voltage(cortex.params)),
        kernel.NAP: voltage_tables.channels(v, cortex.params, cortex.gates)[0],
        kernel.OPEN: 1.0 / (1.0 + 1.0 / (3.57 * np.exp(0.062 * v))),
        kernel.RELEASE: voltage_tables.release_activation(v, cortex.params),
    }
    assert cortex.receptors.names[0] == "2A"
    for column, values in exact.items():
        read = np.interp(row, np.arange(voltage_tables.VOLTAGES.size), piece.table[:, column])
        np.testing.assert_allclose(read, values, atol=3e-4 * np.abs(values).max(), rtol=2e-4)


def test_series_are_the_library_s():
    x = np.linspace(-20.0, 20.0, 5001)
    np.testing.assert_allclose([glutamate.exponential(each) for each in x], np.exp(x), rtol=1e-13)
    s = np.linspace(-m.LARGEST_RATIO_STEP, m.LARGEST_RATIO_STEP, 1001)
    np.testing.assert_allclose([m.twice_artanh(each) for each in s], 2.0 * np.arctanh(s), rtol=1e-15)


def test_logarithms_follow_their_ratios_over_many_steps():
    """Ratios that wander by up to a tenth a step, ten thousand steps: the sum of the series is their logarithm."""
    t = np.zeros(m.TILE)
    lanes = slice(m.ALPHA_N, m.ALPHA_N + m.LANES), slice(m.ALPHA_G, m.ALPHA_G + m.LANES)
    t[lanes[0]], t[lanes[1]] = 0.4, 0.4
    draws, amounts = np.random.default_rng(3), np.full((12, m.LANES), 1e-2)
    rows = [slice(m.NA_N + k * m.ROW, m.NA_N + k * m.ROW + m.LANES) for k in range(12)]
    for k, row in enumerate(rows):
        t[row] = amounts[k]
    m.concentrations(t)
    m.ratios(t)
    m.exact_logarithms(t)
    for _ in range(10_000):
        amounts = np.clip(amounts * np.exp(draws.uniform(-0.02, 0.02, amounts.shape)), 1e-4, 1.0)
        for k, row in enumerate(rows):
            t[row] = amounts[k]
        assert m.sense(t)
    for k in range(6):
        ratio = t[m.RATIO + k * m.ROW :][: m.LANES]
        np.testing.assert_allclose(t[m.LOG + k * m.ROW :][: m.LANES], np.log(ratio), atol=2e-13)
        cell, ion = divmod(k, 3)
        share = 0.4
        np.testing.assert_allclose(ratio, amounts[4 * cell + ion] / share / (amounts[8 + ion] / 0.2), rtol=1e-14)


def test_goldman_flux_vanishes_at_the_nernst_potential():
    u = np.log(140.0 / 10.0)
    b = voltage_tables.goldman(np.array([u]))[0]
    assert 10.0 * (b + u) - 140.0 * b == pytest.approx(0.0, abs=1e-12)
    assert voltage_tables.goldman(np.zeros(1))[0] == 1.0


def diffused(nodes: int) -> float:
    """Return the relative error of a cosine of glutamate after it has diffused alone for 40 s."""
    cortex = preset_table.load("leao")
    still = cortex.tissue._replace(release=0.0, uptake_neuron=0.0, uptake_glia=0.0, shuttle=0.0, water=0.0)
    length, amplitude, seconds, dt = 0.1, 0.1, 40.0, 2e-3
    dx = length / nodes
    x = (np.arange(nodes) + 0.5) * dx
    state = np.tile(cortex.rest, (nodes, 1))
    shape = np.cos(np.pi * x / length)
    start = state[0, kernel.GLU_E]
    state[:, kernel.GLU_E] *= 1.0 + amplitude * shape
    plan = March(dt, dx, round(seconds / dt), 1000, 1000, -1, 0.0)
    piece = preset_table.under(cortex, None, 0.0)
    gate = np.repeat(piece.gate[:, :, None], nodes, axis=2)
    nothing = Drive(np.zeros((0, 4)), np.zeros(nodes), np.ones(nodes))
    snap = Snap(np.empty((0, nodes, kernel.N_STATE)), np.empty((0, len(piece.receptors.names), nmda.N_GATE, nodes)))
    seen = np.empty((line.SEEN_ENERGY, 0, nodes))
    constants = still, homeostasis.switched_off(still)
    status, *_ = line.march(
        state, gate, piece.table, piece.receptors.constants, constants, np.zeros(2), nothing, plan, seen, snap
    )
    assert status == kernel.OK
    exact = amplitude * np.exp(-still.diffusion_glutamate * (np.pi / length) ** 2 * seconds)
    projected = 2.0 * np.mean((state[:, kernel.GLU_E] / start - 1.0) * shape)
    return abs(projected / exact - 1.0)


def test_diffusion_alone_is_second_order_in_the_node_length():
    errors = [diffused(nodes) for nodes in (8, 16)]
    assert errors[0] < 0.01
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)


CONDITIONS = (
    (("glutamate", 0.05), ("voltage", -70.0)),
    (("glutamate", 3.0), ("voltage", -40.0)),
    (("glutamate", 200.0), ("voltage", -10.0)),
)


def chain(cortex, drug, s, glutamate, voltage):
    """Return the constants, the surroundings and the generator (8, 8) of one subtype, written out state by state."""
    r = drugged_receptors.build(cortex.params, drug)
    row = int(np.argmin(np.abs(voltage_tables.VOLTAGES - voltage)))
    opened, leave, c = r.open_share[s, row], r.leave[s, row], r.constants
    climb, fall = nmda.bind(c, s, glutamate)
    bound = nmda.share_bound(c, s, glutamate)
    q = np.zeros((8, 8))
    for layer, shut, enter, recover in (
        (0, nmda.SHUT, nmda.ENTER, nmda.RECOVER),
        (4, nmda.SHUT_T, nmda.ENTER_T, nmda.RECOVER_T),
    ):
        q[layer, layer + 1], q[layer + 1, layer] = climb, fall * c[s, shut]
        q[layer + 1, layer + 2], q[layer + 2, layer + 1] = c[s, enter] * bound, c[s, recover]
        q[layer + 2, layer + 3], q[layer + 3, layer + 2] = c[s, nmda.DEEPEN], c[s, nmda.LIFT]
    q[1, 5], q[5, 1] = c[s, nmda.ON] * opened * bound, leave * bound
    np.fill_diagonal(q, -q.sum(axis=1))
    return c, (glutamate, bound, opened, leave), q


def receptor_step(p, c, s, dt, surround, drugged):
    """Return the eight states and the open share after one step of the tissue's kernel, all lanes the same."""
    glutamate, opened, leave = surround
    block = np.zeros((m.BLOCK // m.ROW, m.ROW))
    block[: nmda.N_GATE] = np.asarray(p)[:, None]
    block[m.BOUND // m.ROW], block[m.FREE // m.ROW], block[m.LEFT // m.ROW] = glutamate, opened, dt * leave
    k, flat, weight = nmda.per_step(c, dt)[s], block.ravel(), c[s, nmda.WEIGHT]
    if c[s, nmda.INSTANT] != 0.0:
        subtypes.instant_step(flat, k, c, s)
    elif drugged:
        subtypes.drugged_step(flat, k, weight)
    else:
        subtypes.free_step(flat, k, weight)
    after = flat.reshape(block.shape)[:, m.PAD :]
    assert (after == after[:, :1]).all()
    return after[: nmda.N_GATE, 0].copy(), float(after[m.OPENED // m.ROW, 0])


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("dt", [0.025, 1.0, 1e4])
def test_a_receptor_step_solves_its_chain(preset, condition, dt):
    cortex = preset_table.load(preset)
    where = dict(condition)
    for s in range(len(cortex.receptors.names)):
        c, (glutamate, bound, opened, leave), q = chain(
            cortex, drugged_receptors.Drug("memantine", 2.0), s, where["glutamate"] * 1e-6, where["voltage"]
        )
        p = np.random.default_rng(1).dirichlet(np.ones(8))
        if c[s, nmda.INSTANT]:
            p[[nmda.R, nmda.R_T]] = 0.0
            p /= p.sum()
        exact = np.linalg.solve((np.eye(8) - dt * q).T, p)
        after, share = receptor_step(p, c, s, dt, (glutamate, opened, leave), True)
        np.testing.assert_allclose(after, exact, rtol=1e-9, atol=1e-13)
        assert share == pytest.approx(c[s, nmda.WEIGHT] * bound * after[nmda.L])
        assert after.sum() == pytest.approx(1.0, abs=1e-12)
        assert (after >= 0.0).all()
        rest = nmda.equilibrium(c, s, glutamate, opened, leave)
        np.testing.assert_allclose(rest @ q, 0.0, atol=1e-12 * np.abs(q).max())


@pytest.mark.parametrize("subtype", ["2A", "2B", "2C", "2D"])
def test_eight_states_block_as_the_full_scheme_does(subtype):
    """A depolarisation with glutamate, as in a wave: blocked charge of the tissue's states and of all fifteen."""
    cortex = preset_table.load("leao")
    params = cortex.params._replace(desensitise_deep=0.0, gating_speed=1.0)
    dt, seconds = 0.025, 65.0
    t = np.arange(1, round(seconds / dt) + 1) * dt
    ramp = np.minimum(t / 5.0, 1.0)
    glutamate, voltage = 0.1 + 199.9 * ramp, -66.0 + 56.0 * ramp
    charge = []
    for level in (0.0, 1.0):
        r = drugged_receptors.build(params, drugged_receptors.Drug("memantine", level))
        s = r.names.index(subtype)
        rows = np.clip(
            ((voltage - voltage_tables.VOLTAGES[0]) / voltage_tables.STEP).round().astype(int),
            0,
            voltage_tables.VOLTAGES.size - 1,
        )
        opened, leave = r.open_share[s, rows], r.leave[s, rows]
        p, total = nmda.equilibrium(r.constants, s, 0.1e-6, opened[0], leave[0]), 0.0
        for g, o, x in zip(glutamate, opened, leave, strict=True):
            p, _ = receptor_step(p, r.constants, s, dt, (g * 1e-6, o, x), level > 0.0)
            total += p[nmda.L] * o
        charge.append(total)
    ours = 1.0 - charge[1] / charge[0]
    full = []
    for level in (0.0, 1.0):
        receptor = kinetic.load("memantine", subtype)
        around = kinetic.Surround(glutamate, voltage, 1.0, level)
        start = kinetic.equilibrium(receptor, kinetic.Surround(0.1, -66.0, 1.0, level))
        pieces = kinetic.conditions(receptor, around)
        time, _ = gating.open_time(start, receptor.gates, receptor.coupling, np.full(t.size, dt), pieces)
        full.append((time * kinetic.passing(receptor, around)).sum())
    assert ours == pytest.approx(1.0 - full[1] / full[0], abs=0.004)


def test_arrival_is_read_between_records():
    voltage = np.array([[-70.0, -70.0], [-40.0, -70.0], [-20.0, -70.0]])
    assert arrivals(np.array([0.0, 1.0, 2.0]), voltage, -30.0)[0] == pytest.approx(1.5)
    assert np.isnan(arrivals(np.array([0.0, 1.0, 2.0]), voltage, -30.0)[1])


def test_errors_name_place_and_remedy():
    cortex = preset_table.load("leao")
    piece = solve.cut(cortex)
    with pytest.raises(SolverError, match=r"cortex leao: the time step is too long .* half the dt"):
        march(piece, solve.strong("kcl"), solve.Grid(length=1.0, nodes=1000, dt=0.05))
    with pytest.raises(SolverError, match=r"leao: .* at .* s, node \d+"):
        march(piece, solve.Stimulus("charge", 1e6, 0.5), solve.Grid(length=1.0, nodes=25))
    with pytest.raises(ScenarioError, match="wanted 0 or more"):
        preset_table.under(cortex, drugged_receptors.Drug("memantine", -1.0))
    with pytest.raises(ScenarioError, match="strength below zero"):
        march(piece, solve.Stimulus("kcl", -1.0, 0.5), solve.Grid(length=1.0, nodes=25))
    with pytest.raises(ScenarioError, match="excitability"):
        solve.drive(cortex, (solve.strong("kcl"),), solve.Grid(nodes=50), np.ones(3))
    with pytest.raises(ScenarioError, match="did you mean 'leao'"):
        preset_table.load("leo")
    with pytest.raises(SolverError, match="at rest: the neuronal pump"):
        preset_table.prepare("odd", cortex.params._replace(voltage_neuron=-110.0))
