"""Order in the time step on a smooth problem, and how far the usual grid is from a finer one."""

import numpy as np
import pytest

from leao.cortex import preset_table, solve
from leao.cortex.drugged_receptors import Drug
from leao.cortex.kernels import node as kernel
from leao.cortex.wave_measures import wave

pytestmark = pytest.mark.convergence


@pytest.mark.parametrize("preset", ["tuttle2019", "leao"])
def test_first_order_in_the_time_step(preset):
    """Uneven K+ that ignites nothing: ions, volumes and voltages relax smoothly."""
    cortex = preset_table.load(preset)
    piece = preset_table.under(cortex, Drug("memantine", 1.0))
    ends = []
    for dt in (0.02, 0.01, 0.005):
        grid = solve.Grid(length=1.0, nodes=10, dt=dt, duration=4.0)
        ends.append(solve.integrate(piece, solve.drive(cortex, (solve.Stimulus("kcl", 2.0, 0.4),), grid), grid).state)
    for column in (kernel.V_N, kernel.V_G, kernel.K_E, kernel.NA_N, kernel.ALPHA_N):
        coarse = np.abs(ends[0][:, column] - ends[1][:, column]).max()
        fine = np.abs(ends[1][:, column] - ends[2][:, column]).max()
        assert np.log2(coarse / fine) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(("preset", "kind"), [("tuttle2019", "pulse"), ("leao", "kcl")])
def test_speed_is_converged_in_time(preset, kind):
    speeds = []
    for dt in (0.025, 0.0125):
        grid = solve.Grid(length=5.0, nodes=125, dt=dt, duration=90.0)
        speeds.append(wave(preset_table.under(preset_table.load(preset)), solve.strong(kind), grid).speed_mm_per_min)
    assert speeds[0] == pytest.approx(speeds[1], rel=0.01)


def test_speed_changes_little_with_the_node_length():
    speeds = []
    for nodes in (125, 250):
        grid = solve.Grid(length=5.0, nodes=nodes, dt=0.0125, duration=60.0)
        speeds.append(
            wave(preset_table.under(preset_table.load("tuttle2019")), solve.strong("pulse"), grid).speed_mm_per_min
        )
    assert speeds[0] == pytest.approx(speeds[1], rel=0.03)
