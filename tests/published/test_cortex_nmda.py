"""The NMDA-dependent presets: the physiology they were searched for, and the positive controls."""

import numpy as np
import pytest

from leao.stages.cortex import controls, solve
from leao.stages.cortex.wave import unblocked, wave


@pytest.mark.parametrize("preset", ["nmda_s4", "nmda_s2"])
def test_wave_is_physiological(preset):
    w = wave(solve.load(preset), unblocked(), solve.strong("kcl"), solve.Grid(length=6.0, nodes=150, duration=150.0))
    assert w.propagated
    assert w.recovered
    assert 2.0 < w.speed_mm_per_min < 6.0
    assert 30.0 < w.k_peak_mM < 80.0
    assert -25.0 < w.dc_shift_mV < -9.0
    assert 30.0 < w.duration_s < 90.0
    assert 0.05 < w.ecs_min_fraction < 0.13


def test_controls_of_an_nmda_dependent_preset():
    found = controls.controls("nmda_s4", unblocked() + 5.0)
    status = {control.name.split(",")[0]: control.status for control in found}
    assert status == {
        "full NMDA block": "passed",
        "MK-801": "passed",
        "50 % block of NMDA current": "passed",
        "memantine at rat exposure under continuous KCl": "not run",
    }
    assert not controls.qualified(found)


def test_a_control_can_fail():
    found = controls.controls("tuttle2019", None)
    assert [control.status for control in found] == ["failed", "not run", "failed", "not run"]


def test_more_magnesium_slows_the_wave():
    cortex = solve.load("nmda_s4")
    speeds = []
    for magnesium in (0.5e-3, 1.0e-3, 1.5e-3):
        other = solve.prepare("magnesium", cortex.params._replace(magnesium=magnesium))
        grid = solve.Grid(length=6.0, nodes=75, dt=0.05, duration=110.0)
        speeds.append(wave(other, unblocked(), solve.strong("kcl"), grid).speed_mm_per_min)
    assert np.all(np.diff(speeds) < 0.0)
