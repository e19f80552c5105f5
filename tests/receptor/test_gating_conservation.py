"""Bounds that hold for any rates: shares stay shares, probability is kept, more drug never means more current."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.receptor import hypotheses, kinetic, library, protocols
from leao.receptor.kernels import gating as kernel

pytestmark = pytest.mark.property

N = protocols.numbers()
RECEPTOR = kinetic.load("memantine", "2A")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1e-4, 2.0), st.floats(0, 1e3), st.floats(-90, 40), st.floats(0, 50)), max_size=8),
    st.floats(0, 2),
)
def test_occupancies_stay_shares(pieces, magnesium):
    start = kinetic.equilibrium(RECEPTOR, kinetic.Surround(0.1, -66.0, magnesium, 0.3))
    pieces = pieces or [(1.0, 0.0, -66.0, 0.0)]
    durations, glutamate, voltage, drug = map(np.array, zip(*pieces, strict=True))
    rows = kinetic.conditions(RECEPTOR, kinetic.Surround(glutamate, voltage, magnesium, drug))
    time, states = kernel.open_time(start, RECEPTOR.gates, RECEPTOR.coupling, durations, rows)
    assert states.min() >= 0.0
    np.testing.assert_allclose(states.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all((time >= 0.0) & (time <= durations))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1e-4, 1e3))
def test_the_slow_states_keep_probability_at_any_step(seed, dt):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(6))
    condition = np.append(10.0 ** rng.uniform(-3, 3, 5), [1.0, 1.0])
    q, share = kernel.reduced_generator(RECEPTOR.gates, RECEPTOR.coupling, condition)
    after = kernel.backward_step(p, q, dt)
    assert after.min() >= 0.0
    assert after.sum() == pytest.approx(1.0, abs=1e-9)
    assert 0.0 < share < 1.0


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(protocols.PROTOCOLS),
    st.sampled_from(library.compounds()),
    st.floats(0, 20),
    st.floats(0, 2),
)
def test_more_drug_blocks_more_in_every_protocol(protocol, compound, concentration, magnesium):
    receptor = kinetic.load(compound, "2B")
    n = N._replace(train_pulses=5)
    lower, upper = (
        protocols.charge_blocked(receptor, protocol, protocols.RecordingConditions(c, magnesium, -66.0), n)
        for c in (concentration, concentration * 1.2 + 0.01)
    )
    assert -1e-9 <= lower < upper < 1.0


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS)
def test_without_drug_nothing_is_blocked(protocol):
    assert protocols.charge_blocked(RECEPTOR, protocol, protocols.RecordingConditions(0.0, 1.0, -66.0), N) == 0.0


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS)
def test_the_trace_holds_the_charge(protocol):
    bath = protocols.RecordingConditions(1.0, 1.0, -40.0)
    n = N._replace(train_pulses=5)
    seen = protocols.trace(RECEPTOR, protocol, bath, n, 1e-4)
    ratio = np.trapezoid(seen.drug, seen.time) / np.trapezoid(seen.control, seen.time)
    assert 1.0 - ratio == pytest.approx(protocols.charge_blocked(RECEPTOR, protocol, bath, n), abs=1e-4)


def test_hypotheses_are_off_unless_asked_for():
    bath = protocols.RecordingConditions(0.3, 1.0, -66.0)
    plain = protocols.asked(kinetic.ReceptorRequest("memantine", "2A"), "tonic", bath)
    assert plain == protocols.charge_blocked(RECEPTOR, "tonic", bath, N)
    for name in protocols.HYPOTHESES:
        under = protocols.asked(kinetic.ReceptorRequest("memantine", "2A"), "tonic", bath, (name,))
        if name in hypotheses.WEAKER:
            assert under == pytest.approx(1.0 - hypotheses.central().chronic_receptors * (1.0 - plain))
        else:
            assert under > 1.5 * plain
    rows = protocols.consequences("ketamine", bath)
    assert rows["calcium"] == dict.fromkeys(protocols.PROTOCOLS)


def test_every_kinetic_ledger_loads_and_says_where_nothing_was_found():
    for compound in library.compounds():
        for preset in library.presets(compound):
            for subtype in ("2A", "2B", "2C", "2D"):
                kinetic.load(compound, subtype, preset)
    for compound in ("pcp", "mk801", "amantadine"):
        numbers = ledger.read(f"blockers/{compound}").numbers
        assert {numbers[f"ic50_{k}"].tier for k in ("2B", "2C", "2D")} == {"assumed"}
    assert "lester1992" in library.schemes()


def test_an_unknown_name_suggests_the_nearest():
    for arguments, nearest in (
        (("memantin", "2A"), "memantine"),
        (("memantine", "2E"), "2A"),
        (("memantine", "2A", "P3"), "P0"),
        (("memantine", "2A", "P0", "lester"), "lester1992"),
    ):
        with pytest.raises(ScenarioError, match="wanted one of") as error:
            kinetic.load(*arguments)
        assert nearest in str(error.value)
