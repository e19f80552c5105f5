"""What stands in two rooms because stages are independent says the same in both."""

import numpy as np
import pytest

from leao.chain import pipeline, preventives
from leao.chain.scenario import ceiling_mg_per_day
from leao.core import ledger
from leao.core.spreads import quantile
from leao.cortex import threshold_map
from leao.plan import label_rules
from leao.receptor import equilibrium_block as receptor
from leao.receptor import hypotheses, kinetic

pytestmark = pytest.mark.property

PARAMS = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)


def test_the_tissue_has_the_receptor_ledgers_magnesium_and_shares():
    tissue = ledger.read("cortex/leao").numbers
    for name in ("magnesium", "share_2C_2D"):
        assert tissue[name].value == ledger.read("receptor").numbers[name].value


@pytest.mark.parametrize(
    ("name", "reading", "key"),
    [
        ("kappa", "all_attacks", "new_drug"),
        ("kappa_wave", "wave_attacks", "new_drug"),
        ("wave_share", "wave_attacks", "wave_share"),
    ],
)
def test_the_links_numbers_are_those_of_the_fit(name, reading, key):
    number = ledger.find(f"headache.{name}")
    fit = preventives.committed()[reading][key]
    for u, wanted in zip((0.05, 0.25, 0.5, 0.75, 0.95), fit[1:6], strict=True):
        mine = float(quantile(number.uncertainty, number.value, np.array(u)))
        # the committed quantiles of the share fall on twelve nodes
        assert mine == pytest.approx(wanted, rel=0.1, abs=0.06 if name == "wave_share" else 0.02)


@pytest.mark.parametrize(("reading", "free_share"), [("free", 1.0), ("plasma", 0.52)])
def test_under_the_occupancy_the_median_receptor_is_held_as_in_the_rat(reading, free_share):
    assert free_share in (1.0, ledger.find("exposure.free_brain_ratio").value)
    median = ledger.params(ledger.read("receptor_posterior"), receptor.Compound)
    switches = (f"in-vivo-occupancy-{reading}",)
    params, compound = hypotheses.assume(PARAMS, median, hypotheses.central(), switches)
    voltage = threshold_map.shape().reference_voltage
    odds = [float(receptor.mixture_odds(params, compound, level * free_share, voltage)) for level in (1.0, 5.0)]
    logs = np.log(odds) - np.log([0.327 / 0.673, 0.657 / 0.343])
    assert np.mean(logs) == pytest.approx(0.0, abs=0.01)
    assert logs == pytest.approx([0.0, 0.0], abs=0.03)


def test_magnesium_as_a_compound_is_the_receptors_magnesium():
    magnesium = ledger.params(ledger.read("blockers/magnesium"), kinetic.Blocker)
    for subtype in receptor.SUBTYPES:
        mine = kinetic.load("magnesium", subtype)
        for voltage in (-80.0, -66.0, -20.0, 20.0):
            whole = PARAMS._replace(magnesium=1.0)
            theirs = 1e3 / (float(receptor.magnesium_factor(whole, subtype, voltage)) - 1.0)
            ic50 = kinetic.ic50(mine, kinetic.Surround(1e3, voltage, 0.0))
            assert ic50 == pytest.approx(theirs, rel=1e-3)
    assert magnesium.superficial_share == 0.0


def test_plan_and_run_refuse_above_the_same_dose():
    assert label_rules.read()["highest"]["mg_per_day"] == ceiling_mg_per_day()


def test_calcium_moves_the_ic50_as_the_whole_scheme_does():
    size = hypotheses.central()
    plain, calcium = (kinetic.load("memantine", "2A", preset) for preset in ("P0", "P2"))
    surround = kinetic.Surround(1e3, -58.0, 1.0)
    whole = kinetic.ic50(calcium, surround._replace(calcium=1.0)) / kinetic.ic50(plain, surround)
    assert float(hypotheses.calcium_factor(size)) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("stage", sorted(pipeline.LEDGERS.keys() - set(pipeline.VARIED)))
def test_people_differ_only_where_the_pipeline_varies_them(stage):
    numbers = ledger.read(pipeline.LEDGERS[stage][0]).numbers.values()
    assert not [number.name for number in numbers if number.between_subject]
