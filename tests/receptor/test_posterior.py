"""The posterior over published receptor numbers: committed results are the code's, and the chain draws from them."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from tests import shared
from validation import fit_receptor, receptor_posterior

from leao.chain import stage_numbers
from leao.core import ledger
from leao.receptor import kinetic, uncertainty

pytestmark = pytest.mark.inference

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def posterior():
    return receptor_posterior.fit(receptor_posterior.rows())


def test_the_committed_fit_and_ledger_are_current(posterior):
    summary = fit_receptor.summary(posterior)
    committed = tomllib.loads((ROOT / "docs" / "validation" / "receptor_fit.toml").read_text("utf-8"))["fit"]
    for name, row in committed["over_laboratories"].items():
        assert summary["over_laboratories"][name] == pytest.approx(row, rel=2e-3 if shared.DRAWN_ALIKE else 0.03)
    assert fit_receptor.LEDGER.read_text("utf-8") == fit_receptor.ledger_text(summary)


def test_the_chain_draws_potency_from_the_posterior():
    name, _ = stage_numbers.LEDGERS["compound"]
    shipped, scale = ledger.read(name).numbers, ledger.read("compounds/memantine").numbers
    assert shipped["potency"].tier == "fitted"
    assert scale["potency"].value == 1.0  # the scale on which the threshold map is keyed
    assert all(shipped[key] == scale[key] for key in scale if key != "potency")


def test_the_bands_of_a_receptor_take_the_posteriors_potency():
    shipped = ledger.read("receptor_posterior").numbers["potency"]
    for preset in ("P0", "P1"):
        choice = kinetic.ReceptorRequest("memantine", "2A", preset)
        drawn = np.log([receptor.blocker.potency for receptor in uncertainty.receptors(choice, 400, 1)])
        assert np.median(drawn) == pytest.approx(np.log(shipped.value), abs=0.1)
        assert shipped.uncertainty is not None
        assert drawn.std() == pytest.approx(shipped.uncertainty["sd_log"], rel=0.1)
        assert "receptor_posterior.potency" in uncertainty.drawn(choice)
    assert "compounds/memantine.potency" not in uncertainty.drawn(kinetic.ReceptorRequest("memantine", "2A"))
    assert not [x for x in uncertainty.drawn(kinetic.ReceptorRequest("ketamine", "2A")) if "posterior" in x]


def test_nothing_held_out_is_in_the_fit():
    table = tomllib.loads((ROOT / "docs" / "validation" / "receptor_data.toml").read_text("utf-8"))["number"]
    assert {entry["source"] for entry in table}.isdisjoint({"xia2010", "emnett2013"})
    assert all(entry.get("voltage", -66) <= -66 for entry in table)  # no figure in Mg2+ at -30 mV


def test_one_exact_laboratory_is_given_back():
    """Without spread between laboratories and with tiny errors the posterior's mean is the figure."""
    row = receptor_posterior.PublishedNumber("a", "memantine", "ic50", "2A", float(np.log(2.0)), 1e-4)
    many = tuple(row._replace(laboratory=f"lab {k}") for k in range(40))
    fitted = receptor_posterior.fit(many, draws=500)
    assert np.exp(np.median(fitted.half("memantine", "2A"))) == pytest.approx(2.0, rel=0.02)
