"""The shipped map: computed from the code and numbers that ship with it."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from leao.errors import LedgerError
from leao.stages.cortex import ensemble, stage, threshold_map
from leao.stages.cortex.threshold import threshold
from leao.stages.cortex.wave import unblocked

BASES = ["nmda_s4", "nmda_s2"]


def rows():
    with (files("leao") / "stages" / "cortex" / "threshold_map.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_hash_is_that_of_the_kernel_and_the_ledgers():
    assert threshold_map.about()["sha256"] == threshold_map.fingerprint()


@pytest.mark.parametrize(
    "pick", [("nmda_s4", 0, "kcl", 0.05), ("nmda_s2", -1, "pulse", 0.2), ("nmda_s4", -1, "kcl", 0.35)]
)
def test_three_cells_are_computed_again(pick):
    base, place, kind, odds = pick
    draw = int(threshold_map.read(base).draws[place])
    row = next(
        r for r in rows() if (r["base"], int(r["draw"]), r["stimulus"], float(r["odds"])) == (base, draw, kind, odds)
    )
    shipped = float(row["threshold"])
    cortex = ensemble.draw(base, draw, threshold_map.about()["seed"])
    found = threshold_map.cell(cortex, kind, odds, near=shipped)
    assert found == pytest.approx(shipped, rel=1e-3)


@pytest.mark.parametrize("base", BASES)
def test_curves_start_at_one_and_rise(base):
    curves = threshold_map.read(base)
    assert curves.draws[0] == 0
    assert curves.draws.size == threshold_map.about()["accepted"][base] + 1
    assert (curves.relative[:, :, 0] == 1.0).all()
    with np.errstate(invalid="ignore"):
        steps = np.diff(curves.relative, axis=2)
    assert (steps[np.isfinite(steps)] > -1e-3).all()
    at_two_percent = curves.relative[:, :, np.searchsorted(curves.odds, 0.02)]
    assert ((at_two_percent > 1.002) & (at_two_percent < 1.06)).all()
    assert np.isinf(curves.relative[:, :, -1]).all()


def test_the_published_preset_hardly_moves():
    curves = threshold_map.read("tuttle2019")
    assert (curves.relative < 1.02).all()


def test_an_unknown_preset_is_named():
    with pytest.raises(LedgerError, match="nmda_s4"):
        threshold_map.read("nmda_s9")


def test_interpolation_meets_its_rows_and_ends_in_infinity():
    at = np.array([0.0, 0.1, 1.0, 10.0])
    curve = np.array([1.0, 1.1, 2.0, np.inf])
    found = threshold_map.interpolate(curve, at, np.array([0.0, 0.1, 1.0, 5.0, 10.0, 50.0]))
    np.testing.assert_allclose(found[:3], curve[:3])
    assert 2.0 < found[3] < np.inf
    assert np.isinf(found[4:]).all()


def test_stage_keeps_its_shape_and_raises_thresholds():
    odds = np.random.Generator(np.random.Philox(1)).uniform(0.0, 0.1, (10, 30, 112))
    even = np.linspace(0.01, 0.99, 10)[:, None]
    pick = stage.Pick(("nmda_s4", "nmda_s2"), even, even)
    found = stage.run(pick, odds)["threshold_relative"]
    assert found.shape == odds.shape
    assert (found >= 1.0).all()
    assert (stage.run(pick, np.zeros((10, 1, 1)))["threshold_relative"] == 1.0).all()


def test_a_threshold_does_not_depend_on_the_guess():
    cortex = ensemble.draw("nmda_s4", 0, 0)
    found = [threshold(cortex, unblocked(), "kcl", near=near) for near in (None, 11.0, 13.0)]
    np.testing.assert_allclose(found, found[0], rtol=1e-3)


def test_draws_repeat_and_differ():
    one, same, other = (ensemble.draw("nmda_s4", index, 7).params for index in (1, 1, 2))
    assert one == same
    assert one != other
