"""The node without space: its resting point is that of the tissue, its fold and thresholds are where it gives way."""

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.cortex import fold, portrait, preset_table, request, solve
from leao.receptor import library

pytestmark = pytest.mark.property


@pytest.fixture(scope="module")
def eaat():
    piece = preset_table.under(preset_table.load("eaat"))
    return piece, portrait.portrait(piece)


def test_the_lowest_resting_point_is_the_tissue_at_rest(eaat):
    piece, whole = eaat
    assert whole.resting[0].voltage_mV == pytest.approx(piece.cortex.params.voltage_neuron, abs=0.2)
    assert whole.resting[0].stable
    assert whole.rest_potassium == pytest.approx(3.4)
    assert whole.rest_glutamate == pytest.approx(0.025)


def test_balanced_glutamate_at_rest_is_that_of_the_tissue(eaat):
    piece, _ = eaat
    level = np.interp(piece.cortex.params.voltage_neuron, fold.VOLTAGES, fold.balanced(piece)) * fold.UM
    assert level == pytest.approx(0.025, rel=0.02)


def test_rest_is_lost_at_the_fold(eaat):
    piece, whole = eaat
    opened = fold.receptors_open(piece.receptors, fold.balanced(piece))
    for factor, lost in ((0.99, False), (1.01, True)):
        points = fold.zeros(fold.current(piece, factor * whole.fold_potassium, opened))
        assert (min(point.voltage_mV for point in points if point.stable) > -52.0) is lost


def test_the_threshold_parts_what_depolarises(eaat):
    piece, whole = eaat
    seen = portrait._march(piece, "potassium", whole.threshold_potassium * np.array([0.99, 1.01]))
    fires = seen[0].max(axis=0) > solve.stimuli().ignition_voltage / 26.7
    assert list(fires) == [False, True]
    assert whole.threshold_potassium < 12.0
    assert 1.0 < whole.threshold_glutamate < 100.0


def test_block_raises_the_threshold_and_the_fold(eaat):
    piece, whole = eaat
    half = preset_table.under(piece.cortex, None, 0.5)
    assert portrait._threshold(half, "potassium") > whole.threshold_potassium
    assert not fold.fold(half, "potassium") <= whole.fold_potassium


@pytest.mark.parametrize(
    ("text", "name"),
    [("MK-801", "mk801"), ("(+)-MK-801", "mk801"), ("dizocilpine", "mk801"), ("S-ketamine", "esketamine"),
     ("Ketamine", "ketamine"), ("PCP", "pcp"), ("Mg2+", "magnesium")],
)  # fmt: skip
def test_compounds_as_people_write_them(text, name):
    assert library.named(text) == name
    assert request.tissue(request.ExperimentRequest("leao", text, "1 uM")).compound == name


def test_a_compound_nobody_knows_is_refused():
    with pytest.raises(ScenarioError, match="ketamine"):
        library.named("ketamin")
