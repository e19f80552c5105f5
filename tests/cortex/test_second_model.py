"""The second model: rest, conservation, the first model as its limit, conditions and tissues."""

import numpy as np
import pytest

from leao.core.errors import ScenarioError
from leao.cortex import (
    edits,
    ensemble,
    experiments,
    preset_table,
    request,
    solve,
    spontaneous,
    variations,
    voltage_tables,
)
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ignition import threshold
from leao.cortex.kernels import line, node
from leao.cortex.wave_measures import arrivals

pytestmark = pytest.mark.property

VALENCE = np.array([1.0, 1.0, -1.0, 0.0])
LINE = solve.Grid(length=2.0, nodes=50, duration=40.0)
ENERGY = node.N_STATE


def march(cortex, stimulus, grid=LINE, drug=None):
    piece = preset_table.under(cortex, drug)
    return solve.integrate(piece, solve.drive(cortex, (stimulus,), grid), grid)


@pytest.fixture(scope="module")
def eaat():
    return preset_table.load("eaat")


@pytest.fixture(scope="module")
def wave(eaat):
    return march(eaat, solve.strong("kcl"))


def test_rest_does_not_drift(eaat):
    point = solve.Grid(length=0.12, nodes=3, dt=0.025, duration=1800.0, record=60.0)
    end = march(eaat, solve.Stimulus("kcl", 0.0, 0.1), point).state
    mv = voltage_tables.thermal_voltage(eaat.params)
    assert abs(end[:, node.V_N] - eaat.rest[node.V_N]).max() * mv < 1e-4
    assert abs(end[:, node.V_G] - eaat.rest[node.V_G]).max() * mv < 1e-4
    np.testing.assert_allclose(end[:, :12], np.broadcast_to(eaat.rest[:12], (3, 12)), rtol=1e-6)
    np.testing.assert_allclose(end[:, ENERGY], 1.0, atol=1e-6)


def test_mass_is_kept_to_rounding(eaat, wave):
    before = LINE.nodes * eaat.rest[:12].reshape(3, 4).sum(axis=0)
    kind, _, duration, amplitude = solve.drive(eaat, (solve.strong("kcl"),), LINE).events[0]
    assert kind == node.KCL
    on = ((np.arange(LINE.steps) + 0.5) * LINE.dt < duration).sum() * LINE.dt
    poured = amplitude * on * solve.zone_share(LINE, solve.strong("kcl").zone).sum()
    before[[1, 2]] += poured
    after = wave.state[:, :12].reshape(-1, 3, 4).sum(axis=(0, 1))
    np.testing.assert_allclose(after, before, rtol=1e-12)


def test_charge_sits_on_the_membranes(eaat, wave):
    gained = (wave.state[:, :12] - eaat.rest[:12]).reshape(-1, 3, 4) @ VALENCE
    c = eaat.tissue.capacitance
    neuron = c * (wave.state[:, node.V_N] - eaat.rest[node.V_N])
    glia = c * (wave.state[:, node.V_G] - eaat.rest[node.V_G])
    np.testing.assert_allclose(gained[:, 0], neuron, atol=1e-13)
    np.testing.assert_allclose(gained[:, 1], glia, atol=1e-13)
    np.testing.assert_allclose(gained[:, 2], -neuron - glia, atol=2e-13)


def test_bounds(eaat, wave):
    assert (wave.state[:, :12] > 0.0).all()
    assert (1.0 - wave.state[:, node.ALPHA_N] - wave.state[:, node.ALPHA_G] > eaat.tissue.floor).all()
    assert (wave.state[:, ENERGY] > 0.0).all()
    assert wave.seen[line.SEEN_ENERGY].min() < 0.2  # the wave spends the reserve
    np.testing.assert_allclose(wave.gate.sum(axis=1), 1.0, atol=1e-11)


def test_without_transport_and_reserve_it_is_the_first_model():
    params, _ = preset_table.numbers("leao")
    _, numbers = preset_table.numbers("eaat")
    params = params._replace(vascular_exchange=0.0)
    numbers = numbers._replace(
        uptake_saturable=0.0, pump_ceiling=np.inf, water_permeability_glia=params.water_permeability
    )
    first, second = preset_table.prepare("first", params), preset_table.prepare("second", params, numbers)
    ends = [march(each, solve.strong("kcl")) for each in (first, second)]
    mv = voltage_tables.thermal_voltage(params)
    times = np.arange(ends[0].seen.shape[1]) * LINE.record
    came = [arrivals(times, end.seen[0] * mv, -30.0) for end in ends]
    np.testing.assert_allclose(came[1], came[0], rtol=1e-4)  # two Newton turns against as many as it takes
    for name, field in (("potassium", 1), ("glutamate", 2), ("space", 4)):
        apart = abs(ends[1].seen[field] - ends[0].seen[field]).max()
        assert apart < 2e-3 * np.ptp(ends[0].seen[field]), name


def test_number_of_nodes_need_not_fill_a_tile(eaat):
    ends = []
    for nodes in (16, 17, 23):
        grid = solve.Grid(length=0.04 * nodes, nodes=nodes, duration=4.0)
        whole = march(eaat, solve.Stimulus("pulse", 5.0, grid.length), grid)
        ends.append(whole.state[0])
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-9)
    np.testing.assert_allclose(ends[2], ends[0], rtol=1e-9)


def test_anoxia_depolarises_and_full_block_does_not_save_it(eaat):
    anoxic = variations.prepare("anoxia", preset_table.numbers("eaat"), variations.Conditions("anoxia"))
    point = solve.Grid(length=0.12, nodes=3, dt=0.025, duration=120.0)
    still = solve.Stimulus("kcl", 0.0, 0.1)
    for share in (1.0, 0.0):
        piece = preset_table.under(anoxic, None, share)
        assert solve.integrate(piece, solve.drive(anoxic, (still,), point), point, probe=0).stop < 120.0
    assert solve.integrate(
        preset_table.under(eaat), solve.drive(eaat, (still,), point), point, probe=0
    ).stop == pytest.approx(120.0)


def test_a_tissue_that_depolarises_by_itself_has_no_wave_to_measure():
    ask = request.ExperimentRequest("eaat", conditions=edits.ConditionTexts(tissue="anoxia"))
    answer = experiments.wave_done(ask, experiments.Line(duration="60 s", length="4.4 mm", nodes=55)).answer
    assert answer["starts_by_itself"]
    assert answer["speed_mm_per_min"] is None
    assert "by itself" in answer["problem"]


def test_an_empty_reserve_stays_a_number():
    anoxic = variations.prepare("anoxia", preset_table.numbers("eaat"), variations.Conditions("anoxia"))
    point = solve.Grid(length=0.12, nodes=3, dt=0.025, duration=900.0, record=10.0)
    end = march(anoxic, solve.Stimulus("kcl", 0.0, 0.1), point)
    assert np.isfinite(end.state).all()
    assert end.state[0, ENERGY] > 0.0


def test_a_settled_tissue_rests(eaat):
    settled = variations.prepare("fhm2", preset_table.numbers("eaat"), variations.Conditions("fhm2"))
    assert settled.rest[node.K_E] != eaat.rest[node.K_E]
    end = march(settled, solve.Stimulus("kcl", 0.0, 0.1), solve.Grid(length=0.12, nodes=3, duration=60.0)).state
    assert abs(end[:, node.V_N] - settled.rest[node.V_N]).max() < 1e-4


def test_conditions_are_refused_where_the_model_has_none():
    ask = request.ExperimentRequest("leao", conditions=edits.ConditionTexts(oxygen="50%"))
    with pytest.raises(ScenarioError, match="--preset eaat"):
        request.tissue(ask)
    with pytest.raises(ScenarioError, match="wanted one of"):
        request.tissue(request.ExperimentRequest("eaat", conditions=edits.ConditionTexts(tissue="slise_ca1")))
    with pytest.raises(ScenarioError, match="0 to 100 %"):
        request.tissue(request.ExperimentRequest("eaat", conditions=edits.ConditionTexts(pump_glia="150%")))


@pytest.mark.parametrize(
    ("preset", "text", "words"),
    [
        ("eaat", "vascular_exchange=0.01 1/s", "not used"),
        ("eaat", "uptake_time=1 s", "transport_capacity"),
        ("leao", "transport_capacity=100 uM/s", "second model"),
        ("eaat", "pump_ceiling=0.9", "above 1"),
    ],
)
def test_a_number_that_is_not_used_is_refused(preset, text, words):
    with pytest.raises(ScenarioError, match=words):
        request.tissue(request.ExperimentRequest(preset, changes=(text,)))


def test_a_tissue_that_starts_by_itself_has_threshold_zero():
    params, second = preset_table.numbers("leao")
    restless = preset_table.prepare("restless", params._replace(release_sigmoid_half=-45.0), second)
    piece = preset_table.under(restless)
    assert spontaneous.starts_by_itself(piece)
    assert spontaneous.threshold(piece, "kcl") == 0.0


def test_the_second_model_has_no_sink_of_potassium():
    tissues = [*map(preset_table.load, ("eaat", "leao2")), *(member.cortex for member in ensemble.members("leao2"))]
    assert all(cortex.tissue.vascular == 0.0 for cortex in tissues)
    assert all(cortex.params.vascular_exchange == 0.0 for cortex in tissues)


@pytest.mark.parametrize("number", [0, 5])
def test_the_drug_effect_of_the_first_model_does_not_rest_on_its_sink(number):
    params = ensemble.members("leao")[number].cortex.params
    assert params.vascular_exchange > 0.0
    rises = []
    for cortex in (
        preset_table.prepare("with", params),
        preset_table.prepare("without", params._replace(vascular_exchange=0.0)),
    ):
        free = threshold(preset_table.under(cortex), "kcl")
        rises.append(threshold(preset_table.under(cortex, Drug("memantine", 0.2)), "kcl", near=free) / free)
    assert rises[1] == pytest.approx(rises[0], abs=0.003)
