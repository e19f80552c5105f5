"""What stands in two rooms because stages are independent says the same in both."""

import numpy as np
import pytest

from leao import ledger, pipeline
from leao.evidence import anchors
from leao.spreads import quantile
from leao.stages.cortex import tables, threshold_map
from leao.stages.receptor import model as receptor

PARAMS = ledger.params(ledger.read("receptor"), receptor.Params)
MEMANTINE = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)


def test_the_maps_block_shape_is_the_receptors():
    only = PARAMS._replace(share_2C_2D=0.0, share_2A_of_2A_2B=1.0)
    odds = receptor.mixture_odds(only, MEMANTINE, 0.3, np.asarray(tables.VOLTAGES))
    key = receptor.mixture_odds(only, MEMANTINE, 0.3, threshold_map.shape().reference_voltage)
    shape = threshold_map.plain_block(PARAMS.magnesium, float(key))
    inside = np.abs(tables.VOLTAGES) < 100.0
    np.testing.assert_allclose(shape[inside], odds[inside], rtol=1e-9)


def test_the_ledgers_kappa_is_the_blind_anchors():
    number = ledger.find("headache.kappa")
    prior = anchors.kappa_prior()
    for u in (0.1, 0.25, 0.5, 0.75):
        mine = float(quantile(number.uncertainty, number.value, np.array(u)))
        assert mine == pytest.approx(prior.quantile(u), abs=0.06)


@pytest.mark.parametrize("stage", sorted(pipeline.LEDGERS.keys() - {"regimen", "exposure"}))
def test_people_differ_only_where_the_pipeline_varies_them(stage):
    numbers = ledger.read(pipeline.LEDGERS[stage][0]).numbers.values()
    assert not [number.name for number in numbers if number.between_subject]
