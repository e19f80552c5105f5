"""The preset as published, against what converged solvers of the same equations gave (250 nodes of 40 um)."""

import pytest

from leao.cortex import preset_table, solve
from leao.cortex.wave_measures import wave

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def tuttle():
    return wave(preset_table.under(preset_table.load("tuttle2019")), solve.strong("pulse"), solve.Grid(duration=100.0))


def test_speed_is_that_of_converged_solvers(tuttle):
    assert 5.02 < tuttle.speed_mm_per_min < 5.07  # CVODE at rtol 1e-6: 5.03


def test_peaks(tuttle):
    assert tuttle.k_peak_mM == pytest.approx(79.7, abs=0.3)
    assert tuttle.glutamate_peak_uM == pytest.approx(414.0, abs=4.0)
    assert tuttle.voltage_peak_mV == pytest.approx(-5.24, abs=0.2)
    assert tuttle.dc_shift_mV == pytest.approx(-15.5, abs=0.3)
    assert tuttle.ecs_min_fraction == pytest.approx(0.125, abs=0.001)
    assert tuttle.duration_s == pytest.approx(20.2, abs=0.5)
    assert tuttle.recovered


def test_it_is_nearly_blind_to_nmda_receptors(tuttle):
    full = preset_table.under(preset_table.load("tuttle2019"), None, 0.0)
    blocked = wave(full, solve.strong("pulse"), solve.Grid(duration=100.0))
    assert blocked.speed_mm_per_min == pytest.approx(tuttle.speed_mm_per_min, rel=0.01)
    assert blocked.duration_s < tuttle.duration_s
