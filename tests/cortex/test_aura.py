"""Half of the visual field on V1: the published magnification, there and back, what is drawn of a wave."""

import numpy as np
import pytest

import leao
from leao.core.errors import ScenarioError
from leao.cortex import retinotopy, sheet_march, visual_field

pytestmark = pytest.mark.published

ECCENTRICITIES = (1.0, 2.5, 5.0, 10.0, 40.0)
PUBLISHED = {1.0: 9.886, 2.5: 5.323, 5.0: 3.009, 10.0: 1.609, 40.0: 0.4245}  # 17.3 / (E + 0.75) mm/deg, by hand


@pytest.mark.parametrize("eccentricity", ECCENTRICITIES)
def test_the_map_has_the_published_magnification(eccentricity):
    step = 1e-5
    near, _ = retinotopy.on_cortex(eccentricity - step, 0.0)
    far, _ = retinotopy.on_cortex(eccentricity + step, 0.0)
    assert float(far - near) / (2 * step) == pytest.approx(PUBLISHED[eccentricity], rel=1e-3)
    assert float(retinotopy.magnification(eccentricity)) == pytest.approx(PUBLISHED[eccentricity], rel=1e-3)


@pytest.mark.parametrize("eccentricity", ECCENTRICITIES)
@pytest.mark.parametrize("angle", [-1.2, -0.4, 0.0, 0.7, 1.5])
def test_there_and_back(eccentricity, angle):
    back = retinotopy.in_field(*retinotopy.on_cortex(eccentricity, angle))
    np.testing.assert_allclose(back, (eccentricity, angle), atol=1e-9)


def test_the_map_is_the_same_in_all_directions():
    step = 1e-6
    here = np.array(retinotopy.on_cortex(6.0, 0.5))
    outward = np.hypot(*(np.array(retinotopy.on_cortex(6.0 + step, 0.5)) - here)) / step
    around = np.hypot(*(np.array(retinotopy.on_cortex(6.0, 0.5 + step / 6.0)) - here)) / step
    assert outward == pytest.approx(around, rel=1e-4)


def test_the_march_along_the_meridian_is_the_map():
    x, _ = retinotopy.on_cortex(1.0, 0.0)
    eccentricity, _ = retinotopy.in_field(x + 12.0, 0.0)
    assert float(retinotopy.along(1.0, 12.0)) == pytest.approx(float(eccentricity))


def test_left_and_right_are_mirrors_and_the_upper_bank_sees_below():
    grid = sheet_march.SheetGrid(10.0, 6.0)
    left, right = (retinotopy.field_of(grid, side, (0.5, 40.0)) for side in retinotopy.HEMIFIELDS)
    np.testing.assert_array_equal(left.across, -right.across)
    assert (right.across[right.seen] >= 0.0).all()
    assert (right.up[grid.ny // 2 + 1 :][right.seen[grid.ny // 2 + 1 :]] < 0.0).all()


def test_a_field_grows_blind_by_the_area_of_its_nodes():
    grid = sheet_march.SheetGrid(8.0, 4.0, 0.1, 0.04, 60.0)
    field = retinotopy.field_of(grid, "left", (0.5, 40.0))
    arrival = np.full((grid.ny, grid.nx), np.nan)
    arrival[:, :40] = 10.0
    ended = arrival + 40.0
    marched = sheet_march.Marched(np.zeros((6, 1, 1, 1), np.float32), arrival, ended, np.zeros((1, 1, 19)), 0.0, 0.0)
    half, whole = visual_field.scotoma(marched, grid, field)
    assert half["minute"] == 0.5
    assert half["blind_deg2"] == half["touched_deg2"] > 0.0
    assert half["outer_deg"] == pytest.approx(float(retinotopy.along(0.5, 4.0)), rel=0.05)
    assert whole["outer_deg"] is None
    assert whole["blind_deg2"] == 0.0
    assert whole["touched_mm2"] == pytest.approx(0.01 * (field.seen & np.isfinite(arrival)).sum())
    assert set(np.unique(visual_field.states(marched, 15.0))) == {visual_field.UNTOUCHED, visual_field.EDGE}
    assert set(np.unique(visual_field.states(marched, 55.0))) == {visual_field.UNTOUCHED, visual_field.PASSED}


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"hemifield": "up"}, "left, right"),
        ({"eccentricity": "40"}, "0.5-40"),
        ({"eccentricity": "40-0.5"}, "0.5-40"),
        ({"eccentricity": "a-b"}, "eccentricity"),
        ({"size": "90 mm"}, "wanted a width of"),
        ({"eccentricity": "0.5-2", "size": "20 mm"}, "beyond the 2 deg"),
    ],
)
def test_bad_input_is_one_line(texts, words):
    with pytest.raises(ScenarioError, match=words) as error:
        leao.cortex.aura(**{"size": "2 mm"} | texts)
    assert "\n" not in str(error.value)
