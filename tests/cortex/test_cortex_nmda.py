"""The NMDA-dependent preset: the physiology it was searched for, and the positive controls."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leao.cortex import controls, ensemble, kcl_waves, preset_table, solve
from leao.cortex.wave_measures import wave

pytestmark = pytest.mark.published

GRID = solve.Grid(length=5.0, nodes=125, duration=150.0)


@pytest.mark.parametrize("member", [0, 5, -1])
def test_members_are_physiological(member):
    member_tissue = ensemble.members("leao")[member]
    w = wave(solve.cut(member_tissue.cortex), solve.strong("kcl"), GRID)
    assert w.propagated
    assert w.recovered
    assert 2.0 < w.speed_mm_per_min < 6.0
    assert 30.0 < w.k_peak_mM < 70.0
    assert -25.0 < w.dc_shift_mV < -9.0
    assert 25.0 < w.duration_s < 90.0
    assert 0.05 < w.ecs_min_fraction < 0.12


def test_a_control_can_fail():
    with ThreadPoolExecutor(1) as pool:
        control = controls._full_block(preset_table.load("tuttle2019"), "tuttle2019", pool)
    assert control.status == controls.FAILED
    assert "mm/min" in control.found


def test_one_failed_or_missing_control_disqualifies():
    good = controls.Control("a", "b", "c", controls.PASSED)
    assert controls.qualified([good])
    assert not controls.qualified([good, good._replace(status=controls.FAILED)])
    assert not controls.qualified([good, good._replace(status=controls.NOT_RUN)])
    assert not controls.qualified([])


def test_more_magnesium_slows_the_wave():
    cortex = preset_table.load("leao")
    speeds = []
    for magnesium in (0.5e-3, 1.0e-3, 1.5e-3):
        other = preset_table.prepare("magnesium", cortex.params._replace(magnesium=magnesium))
        grid = solve.Grid(length=5.0, nodes=63, dt=0.05, duration=110.0)
        speeds.append(np.nan_to_num(wave(solve.cut(other), solve.strong("kcl"), grid).speed_mm_per_min))
    assert np.all(np.diff(speeds) < 0.0)


def test_a_second_stimulus_fails_soon_and_works_late():
    cortex = preset_table.load("leao")
    grid = solve.Grid(length=2.4, nodes=60, duration=340.0, record=0.5)
    peaks, mv = [], solve.voltage_tables.thermal_voltage(cortex.params)
    for after in (60.0, 240.0):
        both = (solve.strong("kcl"), solve.strong("kcl")._replace(start=after))
        seen = solve.integrate(solve.cut(cortex), solve.drive(cortex, both, grid), grid).seen
        peaks.append(seen[0, int((after + 25.0) / grid.record) :, 45].max() * mv)
    assert peaks[0] < -50.0
    assert peaks[1] > -30.0


def test_waves_under_a_bath_are_counted_once_each():
    voltage = np.array([-70, -20, -25, -40, -29, -35, -61, -10, -10, -70.0])
    assert kcl_waves.beginnings(voltage).tolist() == [1, 7]
