"""Mass and charge: what leaves one compartment enters another, to round-off, whatever the stimulus and the drug."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from leao.cortex import preset_table, solve
from leao.cortex.drugged_receptors import Drug
from leao.cortex.kernels import membrane
from leao.cortex.kernels import node as kernel
from leao.cortex.kernels.glutamate import cycle

pytestmark = pytest.mark.property

VALENCE = np.array([1.0, 1.0, -1.0, 0.0])
GRID = solve.Grid(length=2.0, nodes=50, duration=40.0)
STRENGTH = {"kcl": 80.0, "glutamate": 2000.0, "pulse": 10.0, "charge": 100.0, "bath": 1.0}


@njit
def cycled(t, constants, homeostat, dt):
    cycle(t, constants, homeostat, dt, 0.0)  # no door to Python of its own


def march(cortex, stimulus, grid=GRID, under=None):
    piece = solve.cut(cortex, under)
    return solve.integrate(piece, solve.drive(cortex, (stimulus,), grid), grid)


@pytest.fixture(scope="module", params=[(p, k) for p in ("tuttle2019", "leao") for k in STRENGTH])
def run(request):
    preset, kind = request.param
    cortex = preset_table.load(preset)
    cortex = cortex._replace(tissue=cortex.tissue._replace(vascular=0.0))
    stimulus = solve.Stimulus(kind, STRENGTH[kind], 0.5)
    return cortex, stimulus, march(cortex, stimulus)


def poured(cortex, stimulus):
    """Return what a stimulus adds in all, mmol per cm2 of cross-section over the node length: Na, K, Cl, glutamate."""
    events, zone, _ = solve.drive(cortex, (stimulus,), GRID)
    _, _, duration, amplitude = events[0]
    steps = np.arange(GRID.steps)
    on = ((steps + 0.5) * GRID.dt < duration).sum() * GRID.dt
    total = amplitude * on * zone.sum()
    return {"kcl": total * np.array([0, 1, 1, 0]), "glutamate": total * np.array([0, 0, 0, 1])}.get(
        stimulus.kind, np.zeros(4)
    )


def test_mass(run):
    cortex, stimulus, end = run
    before = GRID.nodes * cortex.rest[:12].reshape(3, 4).sum(axis=0)
    after = end.state[:, :12].reshape(-1, 3, 4).sum(axis=(0, 1))
    if stimulus.kind == "bath":  # K+ for Na+: their sum stays
        before[0], after[0] = before[:2].sum(), after[:2].sum()
        before[1] = after[1] = 0.0
    np.testing.assert_allclose(after, before + poured(cortex, stimulus), rtol=1e-12)


def test_charge_sits_on_the_membranes(run):
    cortex, _, end = run
    gained = (end.state[:, :12] - cortex.rest[:12]).reshape(-1, 3, 4) @ VALENCE  # (node, compartment)
    c = cortex.tissue.capacitance
    neuron = c * (end.state[:, kernel.V_N] - cortex.rest[kernel.V_N])
    glia = c * (end.state[:, kernel.V_G] - cortex.rest[kernel.V_G])
    np.testing.assert_allclose(gained[:, 0], neuron, atol=1e-13)
    np.testing.assert_allclose(gained[:, 1], glia, atol=1e-13)
    np.testing.assert_allclose(gained[:, 2], -neuron - glia, atol=2e-13)


def test_bounds(run):
    cortex, _, end = run
    outside = 1.0 - end.state[:, kernel.ALPHA_N] - end.state[:, kernel.ALPHA_G]
    assert (end.state[:, :12] > 0.0).all()
    assert (outside > cortex.tissue.floor).all()
    for gate in (kernel.H_NAP, kernel.POOL):
        assert ((end.state[:, gate] >= 0.0) & (end.state[:, gate] <= 1.0)).all()
    assert (end.gate >= 0.0).all()
    np.testing.assert_allclose(end.gate.sum(axis=1), 1.0, atol=1e-11)


def test_vessels_swap_potassium_for_sodium():
    cortex = preset_table.load("leao")
    end = march(cortex, solve.Stimulus("pulse", 5.0, 0.5)).state
    cations = [
        sum(a[..., place] for place in (kernel.NA_N, kernel.NA_G, kernel.NA_E, kernel.K_N, kernel.K_G, kernel.K_E))
        for a in (cortex.rest, end)
    ]
    assert np.sum(cations[1]) == pytest.approx(GRID.nodes * cations[0], rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    dt=st.floats(1e-3, 1e3),
    glutamate=st.tuples(*[st.floats(1e-12, 1e-2)] * 3),
    activation=st.floats(0.0, 1.0),
)
def test_glutamate_stays_positive_at_any_step(dt, glutamate, activation):
    for preset in ("leao", "eaat"):
        cortex = preset_table.load(preset)
        t = np.zeros((membrane.TILE // membrane.ROW, membrane.ROW))
        state = cortex.rest[:, None].copy()
        state[[kernel.GLU_N, kernel.GLU_G, kernel.GLU_E], 0] = glutamate
        t[: len(state)] = state
        t[membrane.EXCITABILITY // membrane.ROW], t[membrane.RELEASE // membrane.ROW] = 1.0, activation
        flat = t.ravel()
        membrane.concentrations(flat)
        membrane.ratios(flat)
        membrane.exact_logarithms(flat)
        cycled(flat, cortex.tissue, solve.homeostat(cortex)[0], dt)
        after = t[[kernel.GLU_N, kernel.GLU_G, kernel.GLU_E], membrane.PAD]
        assert (after > 0.0).all()
        assert after.sum() == pytest.approx(sum(glutamate), rel=1e-9)


def test_same_answer_twice():
    cortex = preset_table.load("leao")
    ends = [march(cortex, solve.strong("kcl")).state for _ in range(2)]
    assert (ends[0] == ends[1]).all()


def test_full_block_equals_no_permeability():
    cortex = preset_table.load("leao")
    blocked = preset_table.under(cortex, None, 0.0).receptors
    none = cortex._replace(tissue=cortex.tissue._replace(nmda_sodium=0.0, nmda_potassium=0.0))
    fully_blocked = march(cortex, solve.strong("kcl"), under=blocked).state
    other = march(none, solve.strong("kcl")).state
    np.testing.assert_allclose(fully_blocked, other, rtol=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    preset=st.sampled_from(["tuttle2019", "leao"]),
    kind=st.sampled_from(["kcl", "pulse", "glutamate", "charge"]),
    share=st.floats(-5.0, 0.0),
    level=st.sampled_from([0.0, 0.1, 10.0]),
)
def test_any_stimulus_up_to_the_limits_can_be_solved(preset, kind, share, level):
    cortex = preset_table.load(preset)
    grid = solve.Grid(length=1.2, nodes=30, duration=15.0)
    strength = 10.0**share * getattr(solve.stimuli(), f"{kind}_limit")
    piece = preset_table.under(cortex, Drug("memantine", level))
    end = solve.integrate(piece, solve.drive(cortex, (solve.Stimulus(kind, strength, 0.5),), grid), grid).state
    assert np.isfinite(end).all()
    assert (end[:, :12] > 0.0).all()
