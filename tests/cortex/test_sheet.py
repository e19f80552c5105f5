"""A sheet of cortex: the line's wave, symmetry, conservation, what dies and what spreads, the same bits, bad input."""

import numpy as np
import pytest

import leao
from leao.cli.contracts import checked
from leao.core.errors import ScenarioError
from leao.cortex import (
    edits,
    experiments,
    preset_table,
    request,
    sheet_experiment,
    sheet_field,
    sheet_march,
    sheet_request,
    sheet_state,
    solve,
    voltage_tables,
)
from leao.cortex.kernels import node
from leao.cortex.kernels import sheet as kernel
from leao.cortex.sheet_keep import Keeper
from leao.cortex.wave_measures import arrivals

pytestmark = pytest.mark.property

VALENCE = np.array([1.0, 1.0, -1.0, 0.0])
SQUARE = sheet_march.SheetGrid(2.56, 2.56, 0.08, 0.04, 24.0, 2.0)
PLAIN = sheet_march.SheetOptions()


def march(name, grid, zone, options=PLAIN, strength=None, factors=None):
    cortex = preset_table.load(name)
    stimulus = solve.strong("kcl") if strength is None else solve.Stimulus("kcl", strength, 0.8)
    line = solve.Grid(length=1.0, nodes=10, dt=grid.dt, duration=grid.duration)
    events = solve.drive(cortex, (stimulus,), line).events
    factors = np.ones((grid.ny, grid.nx)) if factors is None else factors
    driven = sheet_march.SheetDrive(events, zone, factors)
    return sheet_march.march(preset_table.under(cortex), driven, grid, options)


@pytest.fixture(scope="module")
def circle():
    """A wave from the middle of a small square, over before the run ends."""
    return march("eaat", SQUARE, sheet_request.disk(SQUARE, (1.28, 1.28), 0.5))


@pytest.mark.parametrize("name", ["leao", "eaat"])
def test_a_plane_wave_is_that_of_the_line(name):
    cortex = preset_table.load(name)
    line = solve.Grid(length=3.2, nodes=40, dt=0.04, duration=30.0, record=0.04)
    driven = solve.drive(cortex, (solve.strong("kcl"),), line)
    marched = solve.integrate(preset_table.under(cortex), driven, line)
    times = np.arange(marched.seen.shape[1]) * line.dt
    wanted = arrivals(times, marched.seen[0] * voltage_tables.thermal_voltage(cortex.params), -30.0)
    grid = sheet_march.SheetGrid(3.2, 0.24, 0.08, 0.04, 30.0, 0.04)
    options = sheet_march.SheetOptions(reference=(0, grid.nx - 1))
    sheet = march(name, grid, np.tile(driven.zone, (grid.ny, 1)), options)
    assert np.isfinite(wanted).sum() > 25
    speed = np.polyfit(np.arange(20, 26), sheet.arrival[1, 20:26], 1)[0]
    assert speed == pytest.approx(np.polyfit(np.arange(20, 26), wanted[20:26], 1)[0], rel=0.01)
    np.testing.assert_allclose(sheet.arrival[1], wanted, atol=0.02)
    dc = sheet.seen[kernel.SEEN_PHI, :, 1]
    np.testing.assert_allclose(dc, marched.seen[3], atol=1e-2 * np.ptp(marched.seen[3]))


def test_a_symmetric_sheet_stays_symmetric(circle):
    for mirrored in (circle.arrival[::-1], circle.arrival[:, ::-1], circle.arrival[::-1, ::-1]):
        np.testing.assert_allclose(mirrored, circle.arrival, atol=1e-6)
    # A tile of sixteen nodes along x chooses the way to its voltages together: equal along y only to their tolerance.
    np.testing.assert_allclose(circle.arrival.T, circle.arrival, atol=5e-3)


@pytest.mark.parametrize("back", [None, 1.0])
def test_mass_and_charge_are_kept(back):
    cortex = preset_table.load("eaat")
    grid = SQUARE._replace(duration=8.0)
    zone = sheet_request.disk(grid, (0.6, 1.0), 0.5)
    end = march("eaat", grid, zone, sheet_march.SheetOptions(return_length=back))
    assert np.isfinite(end.arrival).any()
    before = grid.nx * grid.ny * cortex.rest[:12].reshape(3, 4).sum(axis=0)
    _, _, duration, amplitude = solve.drive(
        cortex, (solve.strong("kcl"),), solve.Grid(length=1.0, nodes=10, dt=0.04, duration=8.0)
    ).events[0]
    on = ((np.arange(grid.steps) + 0.5) * grid.dt < duration).sum() * grid.dt
    before[[1, 2]] += amplitude * on * zone.sum()
    after = end.state[:, :, :12].reshape(-1, 3, 4).sum(axis=(0, 1))
    # What leaves to the layer comes back elsewhere: to the tolerance of the potentials, not to rounding.
    np.testing.assert_allclose(after, before, rtol=1e-12 if back is None else 1e-8)
    gained = (end.state[:, :, :12] - cortex.rest[:12]).reshape(grid.ny, grid.nx, 3, 4) @ VALENCE
    neuron = cortex.tissue.capacitance * (end.state[:, :, node.V_N] - cortex.rest[node.V_N])
    glia = cortex.tissue.capacitance * (end.state[:, :, node.V_G] - cortex.rest[node.V_G])
    scale = np.abs(neuron).max()
    # The neurone's charge is exact, the others' what the last step's potentials leave: it does not add up.
    np.testing.assert_allclose(gained[:, :, 0], neuron, atol=1e-9 * scale)
    np.testing.assert_allclose(gained[:, :, 1], glia, atol=3e-4 * scale)
    np.testing.assert_allclose(gained[:, :, 2], -neuron - glia, atol=3e-4 * scale)


@pytest.mark.parametrize("back", [None, 1.0])
def test_what_a_wave_has_not_reached_need_not_be_computed(back):
    grid = sheet_march.SheetGrid(5.12, 0.64, 0.08, 0.04, 24.0, 4.0)
    zone = sheet_request.disk(grid, (0.0, 0.2), 0.5)
    whole, spared = (
        march("leao", grid, zone, sheet_march.SheetOptions(return_length=back, rests=rests)) for rests in (False, True)
    )
    assert 0.2 < np.isfinite(whole.arrival).mean() < 0.6
    np.testing.assert_array_equal(np.isfinite(spared.arrival), np.isfinite(whole.arrival))
    np.testing.assert_allclose(spared.arrival, whole.arrival, atol=1e-4)
    far = spared.seen[kernel.SEEN_V, :, :, -8:]
    np.testing.assert_allclose(far, np.broadcast_to(far[0], far.shape), atol=1e-3)


def test_tissue_that_does_not_rest_is_computed_everywhere():
    grid = sheet_march.SheetGrid(1.28, 0.16, 0.08, 0.04, 60.0, 10.0)
    assert sheet_state.stays_at_rest(preset_table.under(preset_table.load("eaat")), grid)
    without_oxygen = request.tissue(request.ExperimentRequest("eaat", conditions=edits.ConditionTexts(oxygen="0%")))
    assert not sheet_state.stays_at_rest(request.untreated(without_oxygen), grid)


def test_what_the_solver_leaves_does_not_add_up(circle):
    cortex = preset_table.load("eaat")
    charge = (circle.state[:, :, :12] - cortex.rest[:12]).reshape(SQUARE.ny, SQUARE.nx, 3, 4) @ VALENCE
    glia = cortex.tissue.capacitance * (circle.state[:, :, node.V_G] - cortex.rest[node.V_G])
    np.testing.assert_allclose(charge[:, :, 1], glia, atol=3e-4 * np.abs(charge[:, :, 0]).max())


def test_any_number_of_threads_gives_the_same_bits_and_a_snapshot_goes_on():
    grid = sheet_march.SheetGrid(1.92, 1.6, 0.08, 0.04, 6.0, 1.0)
    zone = sheet_request.disk(grid, (0.5, 0.8), 0.5)
    whole = march("eaat", grid, zone)
    threaded = march("eaat", grid, zone, sheet_march.SheetOptions(threads=3))
    np.testing.assert_array_equal(threaded.state, whole.state)
    np.testing.assert_array_equal(threaded.seen, whole.seen)
    kept = []

    def keep(snapshot):
        kept.append({name: np.copy(value) for name, value in snapshot.items()})

    march("eaat", grid, zone, sheet_march.SheetOptions(keep=keep, keep_every=0.0))
    middle = {name: value if value.ndim else value.item() for name, value in kept[17].items()}
    assert middle["step"] == 72
    resumed = march("eaat", grid, zone, sheet_march.SheetOptions(start=middle))
    np.testing.assert_array_equal(resumed.state, whole.state)
    np.testing.assert_array_equal(resumed.seen, whole.seen)
    np.testing.assert_array_equal(resumed.arrival, whole.arrival)


def test_snapshots_are_taken_only_for_the_same_question_and_whole(tmp_path):
    keeper = Keeper(tmp_path, "sheet", {"a": 1})
    assert keeper.last() is None
    keeper.keep({"step": 3, "packed": np.arange(4.0)})
    assert keeper.last()["step"] == 3
    np.testing.assert_array_equal(keeper.last()["packed"], np.arange(4.0))
    assert Keeper(tmp_path, "sheet", {"a": 2}).last() is None
    path = tmp_path / "sheet.snapshot"
    path.write_bytes(path.read_bytes()[:-9])
    assert keeper.last() is None
    keeper.drop()
    assert not path.exists()


def test_the_potentials_are_solved_closely_enough():
    grid = sheet_march.SheetGrid(2.4, 0.64, 0.08, 0.04, 20.0, 2.0)
    zone = sheet_request.disk(grid, (0.0, 0.32), 0.8)
    usual = march("eaat", grid, zone)
    fine = march("eaat", grid, zone, sheet_march.SheetOptions(tolerance=1e-9))
    assert np.isfinite(usual.arrival).mean() > 0.6
    np.testing.assert_allclose(usual.arrival, fine.arrival, rtol=1e-3)


def test_a_small_stimulus_dies_and_a_large_spreads():
    place = {"preset": "eaat", "size": "2.4 mm", "at": "1.2,1.2 mm", "strength": "40 mM", "minutes": 0.35, "threads": 1}
    small, large = (leao.cortex.sheet(**place, radius=radius) for radius in ("0.03 mm", "0.5 mm"))
    checked("cortex-sheet", large.summary)
    assert not small.summary["propagated"]
    assert large.summary["propagated"]
    assert large.summary["invaded_mm2"] > 2.0
    data = large.data
    assert data["potassium_outside"].dims == ("time", "y", "x")
    assert data["potassium_outside"].attrs["units"] == "mM"
    assert data["arrival"].shape == (30, 30)
    assert float(data["voltage"].isel(time=0).max()) < -60.0


def written(folder, text):
    path = folder / "field.csv"
    path.write_text(text)
    return path


def test_a_field_of_disks_and_one_of_points(tmp_path):
    grid, cortex = sheet_march.SheetGrid(1.6, 0.8, 0.08), preset_table.load("leao")
    path = written(tmp_path, "x_mm,y_mm,radius_mm,scar,share_2C_2D\n0.4,0.4,0.2,1,\n1.2,0.4,0.2,,0.45\n")
    field = sheet_field.read(path, grid, cortex)
    assert field.excitability[5, 4] == 0.0
    assert field.excitability[5, 14] == 1.0
    np.testing.assert_array_equal(field.receptors[:, 5, 4], 0.0)
    np.testing.assert_allclose(field.receptors[:, 5, 14], [0.55 / 0.85, 0.55 / 0.85, 3.0, 3.0])
    np.testing.assert_array_equal(field.receptors[:, 0, 0], 1.0)
    points = "".join(f"{x},{y},{x}\n" for x in (0.0, 0.8, 1.6) for y in (0.0, 0.8))
    field = sheet_field.read(written(tmp_path, f"x_mm,y_mm,excitability\n{points}"), grid, cortex)
    np.testing.assert_allclose(field.excitability[3, [0, 9, 19]], [0.0, 0.8, 1.6])
    assert field.receptors is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y,scar\n1,1,1\n", "wanted x_mm, y_mm"),
        ("x_mm,y_mm,radius_mm\n1,1,1\n", "at least one of"),
        ("x_mm,y_mm,excitability,fibrosis\n1,1,1,1\n", "no other"),
        ("x_mm,y_mm,radius_mm,scar\n0.5,0.5,0.1,2\n", "row 2: scar: found 2, wanted 0 to 1"),
        ("x_mm,y_mm,radius_mm,scar\n9,0.5,0.1,1\n", "x_mm: found 9"),
        ("x_mm,y_mm,radius_mm,excitability\n0.5,0.5,0,1\n", "radius_mm: found 0, wanted above 0"),
        ("x_mm,y_mm,excitability\n0,0,1\n0,0.4,1\n", "found no point near"),
        ("x_mm,y_mm,excitability\n0,0,strong\n", "finite number"),
    ],
)
def test_a_field_that_is_not_understood_is_refused(tmp_path, text, words):
    grid = sheet_march.SheetGrid(1.6, 0.8, 0.08)
    with pytest.raises(ScenarioError, match=words) as error:
        sheet_field.read(written(tmp_path, text), grid, preset_table.load("leao"))
    assert "\n" not in str(error.value)


def test_a_scar_by_file_stops_the_wave(tmp_path):
    place = {"preset": "eaat", "size": "2.88,0.32 mm", "at": "0,0.16 mm", "minutes": 0.55, "threads": 1}
    path = written(tmp_path, "x_mm,y_mm,radius_mm,scar\n2.0,0.16,0.6,1\n")
    free, stopped = leao.cortex.sheet(**place), leao.cortex.sheet(**place, field=path)
    assert free.summary["reached_mm"] > 2.0
    assert stopped.summary["reached_mm"] < 1.8
    assert stopped.summary["field"] == "field.csv"
    assert 30 < stopped.summary["field_percent"] < 50
    assert free.summary["mean_speed_mm_per_min"] == pytest.approx(2.75, rel=0.15)
    with pytest.raises(ScenarioError, match="the one or the other"):
        leao.cortex.sheet(**place, field=path, excitability=np.ones((4, 36)))
    with pytest.raises(ScenarioError, match="No such file"):
        leao.cortex.sheet(**place, field=tmp_path / "none.csv")


def test_dead_tissue_is_not_invaded():
    grid = sheet_march.SheetGrid(2.88, 0.32, 0.08, 0.04, 28.0, 4.0)
    factors, zone = np.ones((grid.ny, grid.nx)), np.zeros((grid.ny, grid.nx))
    factors[:, 18:], zone[:, :8] = 0.0, 1.0
    end = march("eaat", grid, zone, factors=factors)
    assert np.isfinite(end.arrival[:, :14]).all()
    assert np.isnan(end.arrival[:, 26:]).all()


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"node": "150 um"}, "too coarse"),
        ({"at": "30,10 mm"}, "off the sheet"),
        ({"at": "3 mm"}, "wanted x and y"),
        ({"size": "1,2,3 mm"}, "wanted x and y"),
        ({"size": "400 mm"}, "GB of memory"),
        ({"return_path": "dura"}, "none, csf"),
        ({"minutes": 0.0}, "minutes"),
        ({"every": "1 h"}, "picture"),
        ({"threads": 0}, "threads"),
        ({"dt": "10 s"}, "dt: found"),
        ({"preset": "tuttle2019"}, "--preset leao"),
        ({"excitability": np.ones((3, 3))}, "excitability"),
    ],
)
def test_bad_input_is_one_line(texts, words):
    with pytest.raises(ScenarioError, match=words) as error:
        leao.cortex.sheet(**{"size": "2 mm"} | texts)
    assert "\n" not in str(error.value)


def test_memory_of_the_largest_is_told_before_anything_is_made():
    with pytest.raises(ScenarioError, match=r"would take [\d.]+ GB"):
        sheet_request.check_memory(sheet_march.SheetGrid(160.0, 160.0), 4, 2)
    sheet_request.check_memory(sheet_march.SheetGrid(40.96, 40.96), 4, 1)


def test_the_answer_names_its_control():
    ask = request.ExperimentRequest("eaat", "memantine", "3 uM")
    texts = sheet_request.SheetTexts(size="2 mm", minutes=0.1, threads=1)
    done = sheet_experiment.sheet_done(ask, texts)
    assert done.answer["control"] is not None
    assert done.answer["block_percent"] == experiments.blocks((done.pair[1], done.pair[0]))
