"""Mass and charge: what leaves one compartment enters another, to round-off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.kernels import cortex as kernel
from leao.stages.cortex import solve, tables
from leao.stages.cortex.wave import unblocked

VALENCE = np.array([1.0, 1.0, -1.0, 0.0])
GRID = solve.Grid(length=2.0, nodes=50, duration=40.0)


@pytest.fixture(scope="module", params=["tuttle2019", "nmda_s4"])
def run(request):
    cortex = solve.load(request.param)
    cortex = cortex._replace(tissue=cortex.tissue._replace(vascular=0.0))
    stimulus = solve.Stimulus("kcl", 80.0, 0.5)
    end, seen, _ = solve.march(cortex, solve.voltage_table(cortex, unblocked()), stimulus, GRID)
    assert (seen[kernel.SEEN_V] > -1.0).any()  # there was a wave
    return cortex, stimulus, end


def test_mass(run):
    cortex, stimulus, end = run
    before = GRID.nodes * cortex.rest[:12].reshape(3, 4).sum(axis=0)
    after = end[:, :12].reshape(-1, 3, 4).sum(axis=(0, 1))
    drive = solve.drive(cortex, stimulus)
    poured = drive.kcl_rate * drive.kcl_duration * solve.zone_share(GRID, stimulus.zone).sum()
    np.testing.assert_allclose(after, before + poured * np.array([0.0, 1.0, 1.0, 0.0]), rtol=1e-12)


def test_vessels_swap_potassium_for_sodium():
    cortex = solve.load("nmda_s4")
    end, _, _ = solve.march(cortex, solve.voltage_table(cortex, unblocked()), solve.Stimulus("pulse", 5.0, 0.5), GRID)
    cations = [a[..., kernel.NA_N] + a[..., kernel.NA_G] + a[..., kernel.NA_E] for a in (cortex.rest, end)]
    cations = [
        s + a[..., kernel.K_N] + a[..., kernel.K_G] + a[..., kernel.K_E]
        for s, a in zip(cations, (cortex.rest, end), strict=True)
    ]
    assert cations[1].sum() == pytest.approx(GRID.nodes * cations[0], rel=1e-12)


def test_charge_sits_on_the_membranes(run):
    cortex, _, end = run
    gained = (end[:, :12] - cortex.rest[:12]).reshape(-1, 3, 4) @ VALENCE  # (node, compartment)
    c = cortex.tissue.capacitance
    neuron = c * (end[:, kernel.V_N] - cortex.rest[kernel.V_N])
    glia = c * (end[:, kernel.V_G] - cortex.rest[kernel.V_G])
    np.testing.assert_allclose(gained[:, 0], neuron, atol=1e-13)
    np.testing.assert_allclose(gained[:, 1], glia, atol=1e-13)
    np.testing.assert_allclose(gained[:, 2], -neuron - glia, atol=2e-13)


def test_bounds(run):
    cortex, _, end = run
    outside = 1.0 - end[:, kernel.ALPHA_N] - end[:, kernel.ALPHA_G]
    assert (end[:, :12] > 0.0).all()
    assert (outside > cortex.tissue.floor).all()
    for gate in (kernel.H_NAP, kernel.D1, kernel.D2, kernel.POOL):
        assert ((end[:, gate] >= 0.0) & (end[:, gate] <= 1.0)).all()


@settings(max_examples=50, deadline=None)
@given(
    dt=st.floats(1e-3, 1e3),
    glutamate=st.tuples(*[st.floats(1e-12, 1e-2)] * 3),
    activation=st.floats(0.0, 1.0),
)
def test_glutamate_stays_positive_at_any_step(dt, glutamate, activation):
    cortex = solve.load("nmda_s4")
    state = cortex.rest[None, :].copy()
    state[0, [kernel.GLU_N, kernel.GLU_G, kernel.GLU_E]] = glutamate
    c = state[:, :12] / np.repeat([0.5, 0.3, 0.2], 4)
    kernel.cycle_glutamate(state, c, 0, cortex.tissue, dt, activation)
    after = state[0, [kernel.GLU_N, kernel.GLU_G, kernel.GLU_E]]
    assert (after > 0.0).all()
    assert after.sum() == pytest.approx(sum(glutamate), rel=1e-9)


def test_same_answer_twice():
    cortex = solve.load("nmda_s4")
    table = solve.voltage_table(cortex, unblocked())
    ends = [solve.march(cortex, table, solve.strong("kcl"), GRID)[0] for _ in range(2)]
    assert (ends[0] == ends[1]).all()


def test_full_block_equals_no_permeability():
    cortex = solve.load("nmda_s4")
    blocked = solve.voltage_table(cortex, np.full_like(tables.VOLTAGES, np.inf))
    none = cortex._replace(tissue=cortex.tissue._replace(nmda_sodium=0.0, nmda_potassium=0.0))
    one = solve.march(cortex, blocked, solve.strong("kcl"), GRID)[0]
    other = solve.march(none, solve.voltage_table(none, unblocked()), solve.strong("kcl"), GRID)[0]
    np.testing.assert_allclose(one, other, rtol=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    preset=st.sampled_from(["tuttle2019", "nmda_s4", "nmda_s2"]),
    kind=st.sampled_from(["kcl", "pulse"]),
    exponent=st.floats(-2.0, 2.3),
    odds=st.sampled_from([0.0, 0.1, 1.0, np.inf]),
)
def test_any_stimulus_up_to_the_limits_can_be_solved(preset, kind, exponent, odds):
    cortex = solve.load(preset)
    grid = solve.Grid(length=1.2, nodes=30, duration=15.0)
    end, _, _ = solve.march(
        cortex, solve.voltage_table(cortex, unblocked() + odds), solve.Stimulus(kind, 10.0**exponent, 0.5), grid
    )
    assert np.isfinite(end).all()
    assert (end[:, :12] > 0.0).all()
