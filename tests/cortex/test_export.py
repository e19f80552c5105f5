"""The exported node in libroadrunner against our own run of it, with and without drug."""

import csv

import numpy as np
import pytest

import leao
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.cross

roadrunner = pytest.importorskip("roadrunner")


@pytest.mark.parametrize("level", [None, "1 uM"])
def test_the_node_runs_elsewhere(tmp_path, level):
    leao.cortex.export(tmp_path, concentration=level, add_kcl="9 mM", duration="60 s")
    with (tmp_path / "node.csv").open(encoding="utf-8") as text:
        rows = [[float(value) for value in row] for row in list(csv.reader(text))[1:]]
    ours = np.array(rows).T
    runner = roadrunner.RoadRunner(str(tmp_path / "node.xml"))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-8, 1e-14
    runner.selections = ["time", "u", "K_ce", "Glu_ce", "alpha_e", "energy"]
    theirs = np.array(runner.simulate(0.0, float(ours[0, -1]), ours.shape[1])).T
    theirs[2] *= 1e3
    theirs[3] *= 1e6
    assert ours[1].max() > -30.0
    crossing = []
    for each in (ours, theirs):
        rising = slice(0, int(np.argmax(each[1])))
        crossing.append(float(np.interp(-30.0, each[1, rising], each[0, rising])))
    assert crossing[0] == pytest.approx(crossing[1], rel=0.02)
    lag = crossing[0] - crossing[1]
    for k in range(1, 6):
        aligned = np.interp(ours[0][20:-20] + lag, ours[0], ours[k])
        rms = np.sqrt(np.mean((aligned - theirs[k][20:-20]) ** 2))
        assert rms < 0.02 * np.ptp(theirs[k]), k


def test_the_first_model_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="--preset eaat"):
        leao.cortex.export(tmp_path, preset="leao")
