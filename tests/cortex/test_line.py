"""Experiments on a line of cortex: labelled fields, antagonists, excitability, the rules on hand-made traces."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import leao
from leao.core.errors import ScenarioError
from leao.core.variables import BY_NAME
from leao.cortex import antagonists, experiments, fields, refractory, request, simulation, solve
from leao.cortex.kernels import nmda

pytestmark = pytest.mark.analytic

SHORT = {"length": "4.4 mm", "nodes": 44, "duration": "40 s", "every": "1 s"}


@pytest.fixture(scope="module")
def dataset():
    return leao.cortex.wave("leao", "memantine", "1 uM", **SHORT).data


def test_every_field_has_unit_and_long_name(dataset):
    for name in [*dataset.data_vars, "time", "x"]:
        assert dataset[name].attrs["units"] == BY_NAME[name].unit
        assert dataset[name].attrs["long_name"] == BY_NAME[name].meaning
    assert dataset["voltage"].dims == ("time", "x")
    assert dataset["receptor"].dims == ("subtype", "layer", "state", "time", "x")
    assert dataset.sizes["time"] == 40
    np.testing.assert_allclose(np.diff(dataset["x"]), 0.1)
    np.testing.assert_allclose(np.diff(dataset["time"]), 1.0)


def test_the_fields_are_whole(dataset):
    np.testing.assert_allclose(sum(dataset[f"volume_{part}"] for part in fields.PLACES), 1.0, rtol=1e-12)
    np.testing.assert_allclose(dataset["receptor"].sum(("layer", "state")), 1.0, rtol=1e-9)
    rest = dataset.isel(time=0, x=-1)
    assert float(rest["voltage"]) == pytest.approx(-70, abs=0.5)
    assert float(rest["potassium_outside"]) == pytest.approx(3.4, abs=0.1)
    assert float(rest["glutamate_outside"]) == pytest.approx(0.01, rel=0.1)
    assert float(dataset["dc"].isel(x=-1).max()) == 0.0
    assert 0 < float(dataset["receptor_block"].min()) < float(dataset["receptor_block"].max()) < 100


def test_attributes_carry_the_measures_and_their_rules(dataset):
    assert dataset.attrs["propagated"] == 1
    assert dataset.attrs["speed_mm_per_min"] > 1
    assert "speed_mm_per_min" in dataset.attrs["rules"]
    at = dataset["potassium_outside"].sel(x=dataset.attrs["watched_mm"], method="nearest")
    assert float(at.max()) == pytest.approx(dataset.attrs["k_peak_mM"], rel=0.02)


def test_without_drug_nothing_is_blocked_or_trapped():
    free = leao.cortex.wave("leao", **SHORT | {"duration": "5 s"}).data
    np.testing.assert_allclose(free["receptor_block"], 0.0, atol=1e-9)
    assert float(free["receptor"].sel(layer="trapped").max()) == 0.0


def test_what_does_not_release_glutamate_carries_no_wave():
    factors = np.where(np.arange(44) * 0.1 < 0.9, 1.0, 0.0)
    stopped = leao.cortex.wave("leao", excitability=factors, **SHORT).data
    assert stopped.attrs["propagated"] == 0
    np.testing.assert_array_equal(stopped["excitability"], factors)
    with pytest.raises(ScenarioError, match="wanted \\(44,\\)"):
        leao.cortex.wave("leao", excitability=np.ones(43), **SHORT)


def test_arguments_are_checked():
    with pytest.raises(TypeError, match="lenght"):
        leao.cortex.wave("leao", lenght="4 mm")  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match="length"):
        leao.cortex.threshold("leao", length="4 mm")  # pyright: ignore[reportCallIssue]


def test_antagonists_scale_the_subtypes_they_reach():
    free = request.tissue(request.ExperimentRequest()).cortex.receptors
    for spelt in ("CP-101,606", "cp101606", "Ro 25-6981"):
        left = antagonists.apply(free, antagonists.named(spelt, 0.9))
        share = left.constants[:, nmda.WEIGHT] / free.constants[:, nmda.WEIGHT]
        np.testing.assert_allclose(share, [0.1 if name == "2B" else 1.0 for name in free.names])
    left = antagonists.apply(free, antagonists.named("APV", 0.5))
    np.testing.assert_allclose(left.constants[:, nmda.WEIGHT], 0.5 * free.constants[:, nmda.WEIGHT])


def test_full_block_by_apv_starts_no_wave():
    ask = request.ExperimentRequest(antagonist="APV", block="100%")
    done = experiments.wave_done(
        ask, experiments.Line(length="4.4 mm", nodes=44, duration="40 s"), extras=experiments.Extras(with_error=False)
    )
    assert not done.run.wave.propagated
    assert done.control is not None
    assert done.answer["antagonist"]["entered_as"] == "scaled conductance"
    assert done.answer["block_percent"]["-20mV"] == pytest.approx(100)


def test_acute_magnesium_keeps_pumps_and_a_change_of_the_tissue_does_not():
    preset = request.tissue(request.ExperimentRequest())
    acute = request.tissue(request.ExperimentRequest(magnesium="2 mM"))
    anew = request.tissue(request.ExperimentRequest(changes=("magnesium=2 mM",)))
    assert acute.cortex.tissue == preset.cortex.tissue
    assert anew.cortex.tissue != preset.cortex.tissue
    sliced = request.slice_at(acute, 0.0).receptors.open_share
    np.testing.assert_array_equal(sliced, anew.cortex.receptors.open_share)


def test_levels_take_one_unit_at_the_end():
    assert request.levels("0, 0.1,1e1 uM") == [0.0, 0.1, 10.0]
    assert request.levels("100 nM, 2 uM") == pytest.approx([0.1, 2.0])


def _trace(*spans):
    times = np.arange(0.0, 400.0, 0.5)
    voltage = np.full(times.size, -70.0)
    for low, high in spans:
        voltage[(times >= low) & (times < high)] = -10.0
    return voltage, times


@pytest.mark.parametrize(
    ("spans", "start", "wanted"),
    [
        (((30, 80),), 100.0, False),  # the first wave alone
        (((30, 80), (130, 170)), 100.0, True),
        (((30, 80), (90, 120)), 100.0, False),  # a wave of its own before the second stimulus
        (((30, 80), (250, 270)), 100.0, False),  # too late to be its answer
        (((130, 170),), 100.0, False),  # the first stimulus failed
    ],
)
def test_when_a_second_stimulus_is_answered(spans, start, wanted):
    assert refractory.answered(*_trace(*spans), start) is wanted


def test_depolarisation_that_never_recovered_is_no_second_wave():
    voltage, times = _trace((30, 80), (130, 170))
    voltage[(times >= 80) & (times < 130)] = -40.0
    assert refractory.answered(voltage, times, 100.0) is False
    assert simulation.second_wave(voltage, times, 100.0) is False


def test_the_shortest_answered_interval_is_bracketed():
    tried = [(30.0, False), (60.0, False), (90.0, True), (120.0, False)]
    asked = []

    def answers(interval):
        asked.append(interval)
        return interval >= 71.3

    assert refractory.shortest(answers, tried, 0.5) == pytest.approx(71.3, abs=0.5)
    assert min(asked) > 60.0
    assert refractory.shortest(answers, tried[:2], 0.5) == float("inf")
    assert refractory.shortest(lambda interval: interval >= 12.0, [(30.0, True)], 0.5) == pytest.approx(12.0, abs=0.5)


def test_refractory_time_of_the_published_set(monkeypatch):
    few = request.numbers()._replace(longest_interval=90.0, interval_tolerance=4.0)
    monkeypatch.setattr(request, "numbers", lambda: few)
    piece = request.untreated(request.tissue(request.ExperimentRequest("tuttle2019")))
    grid = solve.Grid(length=2.4, nodes=30, dt=0.05, record=0.5)
    with ThreadPoolExecutor(2) as pool:
        refractory_time = refractory.strong(piece, "kcl", pool, grid)
        assert refractory.strong(piece, "kcl", pool, grid) == refractory_time
    assert 20 < refractory_time.interval_s < 90
    assert refractory_time.strength == solve.strong("kcl").strength


def test_a_dose_curve_does_not_depend_on_its_order():
    ask = request.ExperimentRequest("tuttle2019", "memantine")
    up = experiments.threshold_done(ask, [1.0, 10.0], "pulse").thresholds
    down = experiments.threshold_done(ask, [10.0, 1.0], "pulse").thresholds
    np.testing.assert_array_equal(up, down[::-1])


def test_the_converged_speed_is_extrapolated_at_order_two():
    ask = request.ExperimentRequest("eaat")
    line = experiments.Line(length="4.4 mm", nodes=110, duration="100 s")
    answer = experiments.wave_done(ask, line, extras=experiments.Extras(False, converged=True)).answer[
        "speed_converged"
    ]
    assert answer["order"] == 2
    assert abs(answer["usual_error_percent"]) < 12.0
    fine = answer["speeds_mm_per_min"]
    assert answer["speed_mm_per_min"] == pytest.approx((4.0 * fine[1] - fine[0]) / 3.0)
