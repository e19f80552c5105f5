"""Kinetic receptor: detailed balance, identities that hold for any rates, closed forms, and the equilibrium stage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.core import ledger
from leao.receptor import equilibrium_block, kinetic, library, protocols
from leao.receptor.kernels import gating as kernel
from leao.receptor.kinetic import Surround

pytestmark = pytest.mark.analytic

PARAMS = ledger.params(ledger.read("receptor"), equilibrium_block.ReceptorNumbers)
MEMANTINE = ledger.params(ledger.read("compounds/memantine"), equilibrium_block.Compound)
N = protocols.numbers()
OPEN = kernel.FREE + kernel.OPEN
SEEDS = st.integers(0, 2**32 - 1)


def some(seed, drug=True):
    """Random rates over several decades, every coupling away from one."""
    rng = np.random.default_rng(seed)
    gates = 10.0 ** rng.uniform(-1, 2.5, 6)
    coupling = 10.0 ** rng.uniform(-1, 1, 6)
    condition = 10.0 ** rng.uniform(-1, 2, 7)
    condition[[1, 3]] *= drug
    return gates, coupling, condition


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_detailed_balance_for_any_couplings(seed):
    rates = some(seed)
    flow = kernel.equilibrium(*rates)[:, None] * kernel.generator(*rates)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-12, atol=1e-15)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_slope_identity(seed):
    """Start of recovery over start of block = the share of current left, whatever the rates (glutamate steady)."""
    gates, coupling, with_drug = some(seed)
    without = with_drug.copy()
    without[[1, 3]] = 0.0
    free, blocked = (kernel.equilibrium(gates, coupling, c) for c in (without, with_drug))
    on = -(free @ kernel.generator(gates, coupling, with_drug))[OPEN] / free[OPEN]
    off = (blocked @ kernel.generator(gates, coupling, without))[OPEN] / free[OPEN]
    assert off / on == pytest.approx(blocked[OPEN] / free[OPEN], rel=1e-9)


@pytest.mark.parametrize("subtype", equilibrium_block.SUBTYPES)
@pytest.mark.parametrize("magnesium", [0.0, 1.0])
def test_plain_block_spares_no_synaptic_current(subtype, magnesium):
    """Symmetry: where affinity is the same in all gates, use-dependent and tonic block agree at any rate."""
    receptor = kinetic.load("memantine", subtype)
    bath = protocols.RecordingConditions(1.0, magnesium, -66.0)
    for rate in (0.1, 5.0, 40.0):
        assert protocols.sparing(receptor, bath, N._replace(synaptic_rate=rate)) == pytest.approx(1.0, rel=1e-8)


@pytest.mark.parametrize("subtype", equilibrium_block.SUBTYPES)
@pytest.mark.parametrize(("voltage", "magnesium"), [(-90.0, 0.0), (-66.0, 1.0), (-20.0, 1.2), (20.0, 0.8)])
def test_equilibrium_is_the_equilibrium_stages(subtype, voltage, magnesium):
    numbers = PARAMS._replace(magnesium=magnesium)
    wanted = float(equilibrium_block.ic50(numbers, MEMANTINE, subtype, voltage))
    receptor = kinetic.load("memantine", subtype)
    for glutamate in (0.1, 10.0, 1000.0):
        surround = Surround(glutamate, voltage, magnesium)
        assert kinetic.ic50(receptor, surround) == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("compound", library.compounds())
def test_the_ic50_put_in_comes_out_with_a_slope_of_one(compound):
    for preset in library.presets(compound):
        receptor = kinetic.load(compound, "2A", preset)
        surround = Surround(receptor.saturating, receptor.blocker.ic50_voltage, 0.0)
        half = kinetic.ic50(receptor, surround)
        assert half == pytest.approx(receptor.blocker.ic50_2A * receptor.blocker.potency, rel=1e-9)
        assert kinetic.hill(receptor, surround, half) == pytest.approx(1.0, abs=1e-9)


def test_rates_of_one_site_and_one_open_state_are_the_rates_put_in():
    receptor = kinetic.load("ketamine", "2A")
    gates = receptor.gates.copy()
    gates[[2, 4]] = 1e6, 1e-9  # always open, never desensitised
    receptor = receptor._replace(gates=gates)
    surround = Surround(1e6, receptor.blocker.ic50_voltage, 0.0)
    on, off = kinetic.rates(receptor, surround, kinetic.ic50(receptor, surround))
    assert on == pytest.approx(receptor.deep[0], rel=1e-3)
    assert off == pytest.approx(receptor.deep[1], rel=1e-3)


def test_a_sealed_trap_lets_nothing_out():
    receptor = kinetic.load("mk801", "2A")
    start = kernel.equilibrium(receptor.gates, receptor.coupling, np.array([0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]))
    empty = np.array([[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0]])
    _, states = kernel.open_time(start, receptor.gates, receptor.coupling, np.array([1e3]), empty)
    np.testing.assert_allclose(states[1], states[0], rtol=1e-9)
    assert states[1, kernel.TRAPPED] > 0.1


def test_voltage_dependence_comes_out_as_woodhulls():
    receptor = kinetic.load("memantine", "2B")
    low, high = (Surround(1000.0, voltage, 0.0) for voltage in (-90.0, -30.0))
    assert kinetic.electrical_distance(receptor, low, high) == pytest.approx(0.85, rel=1e-8)


def test_coupling_to_desensitisation_spares_synaptic_current():
    bath = protocols.RecordingConditions(1.0, 0.0, -70.0)
    assert protocols.sparing(kinetic.load("memantine", "2A", "P1"), bath, N) == pytest.approx(1.93, abs=0.03)
    assert kinetic.load("memantine", "2A", "P1").deep[0] == pytest.approx(1.373, rel=1e-3)


@pytest.mark.parametrize("preset", library.presets("memantine"))
def test_the_slow_states_rest_where_the_fifteen_do(preset):
    receptor = kinetic.load("memantine", "2D", preset)
    surround = Surround(3.0, -50.0, 1.0, 2.0, 0.7)
    row = kinetic.conditions(receptor, surround)[0]
    whole = kinetic.equilibrium(receptor, surround)
    q, share = kernel.reduced_generator(receptor.gates, receptor.coupling, row)
    slow = kernel.reduce(whole)
    np.testing.assert_allclose(slow @ q, 0.0, atol=1e-12)
    assert slow[1] * share == pytest.approx(whole[OPEN], rel=1e-10)
