"""Equilibrium block: closed forms, published potencies in Mg2+, bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leao.core import ledger
from leao.receptor import equilibrium_block as receptor

pytestmark = pytest.mark.analytic

PARAMS = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)
MEMANTINE = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)


def test_half_block_at_ic50():
    for subtype in receptor.SUBTYPES:
        c = receptor.ic50(PARAMS, MEMANTINE, subtype, -40.0)
        assert receptor.block(PARAMS, MEMANTINE, c, -40.0)[subtype] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(("subtype", "published"), [("2A", 13.0), ("2B", 10.0)])
def test_magnesium_shift_of_2a_and_2b_is_predicted(subtype, published):
    """From the potency without Mg2+ alone; 2C and 2D are fitted and prove nothing here."""
    assert receptor.ic50(PARAMS, MEMANTINE, subtype, -66.0) == pytest.approx(published, rel=0.15)


def test_without_magnesium_the_potency_is_the_ledgers():
    free = PARAMS._replace(magnesium=0.0)
    assert receptor.ic50(free, MEMANTINE, "2A", -66.0) == pytest.approx(0.80, rel=1e-12)
    e_fold = 1e3 * 8.617333262e-5 * 295.0 / 0.85
    assert receptor.ic50(free, MEMANTINE, "2A", -66.0 + e_fold) == pytest.approx(0.80 * np.e, rel=1e-9)


@given(st.floats(0, 1e3), st.floats(-90, 40))
def test_block_is_a_share_and_grows_with_the_drug(c, voltage):
    lower, upper = (receptor.block(PARAMS, MEMANTINE, x, voltage) for x in (c, c * 1.1 + 1e-3))
    for subtype in receptor.SUBTYPES:
        assert 0.0 <= lower[subtype] < upper[subtype] <= 1.0


def test_mixture_odds_agree_with_the_stage_at_the_reference_voltage():
    at = np.array([PARAMS.reference_voltage])
    stage = receptor.run(PARAMS, MEMANTINE, np.array([[[0.3]]]), PARAMS.reference_voltage)["block_odds"]
    assert receptor.mixture_odds(PARAMS, MEMANTINE, 0.3, at)[0] == pytest.approx(stage[0, 0, 0], rel=1e-12)


def test_shares_sum_to_one():
    assert sum(receptor.shares(PARAMS).values()) == pytest.approx(1.0)


def test_one_subtype_gives_c_over_ic50():
    only = PARAMS._replace(share_2C_2D=0.0, share_2A_of_2A_2B=1.0)
    odds = receptor.run(only, MEMANTINE, np.array([[[0.3]]]), -20.0)["block_odds"][0, 0, 0]
    assert odds == pytest.approx(0.3 / receptor.ic50(only, MEMANTINE, "2A", -20.0), rel=1e-12)
