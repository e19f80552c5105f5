"""The exported SBML in libroadrunner, stepped from dose to dose, against the exact engine."""

import numpy as np
import pytest

from leao.exposure import sbml, solve
from leao.exposure.kernels import records as pk

pytestmark = pytest.mark.cross

roadrunner = pytest.importorskip("roadrunner")


def test_export_runs_elsewhere(tmp_path):
    out = tmp_path / "memantine.xml"
    values = sbml.write(out, 62.0, 45.0, 7.0)["parameters"]
    runner = roadrunner.RoadRunner(str(out))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-12, 1e-14
    simulated, now = [], 0.0
    for day in range(10):
        runner.setValue("Gut", runner.getValue("Gut") + 8.31)
        runner.simulate(now, 24.0 * day + 24.0, 2)
        now = 24.0 * day + 24.0
        simulated.append((runner.getValue("plasma_ng_per_mL"), runner.getValue("free_brain_uM")))
    times = 24.0 * np.arange(11)
    evid, zero, which = np.array([1] + [0] * 10, np.int8), np.zeros(11, np.int8), np.zeros(11, np.int32)
    first = np.eye(11)[0]
    sets = np.array([[values["KA"], values["CL"], values["V"], 0.0, 0.0, values["KE0"], 0.0, 1.0]])
    records = (times, 8.31 * first, 0 * first, 24.0 * first)
    addl = 9 * evid.astype(np.int32)
    unity = zero + np.int8(1)
    levels, status = pk.population(np.array([0, 11]), records, evid, unity, addl, zero, which, sets)
    assert status[0, 0] == pk.OK
    # the engine gives the tenth day's level at its end, where the next dose would stand in the gut only
    wanted = np.stack([levels[1:, 0] * solve.NG_PER_ML, solve.brain(levels[1:, 1])], axis=1)
    np.testing.assert_allclose(np.array(simulated), wanted, rtol=1e-8)
