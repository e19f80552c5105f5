"""The tools of the second cortex's calibration: scales, emulators, the members' weights, counts matched to a rat."""

import numpy as np
import pytest
from validation import cortex_controls, cortex_emulator, cortex_members, cortex_stages
from validation.cortex_emulator import Scale
from validation.cortex_members import Judged

pytestmark = pytest.mark.property


def member(lineage, loss, saturable=True):
    return Judged(lineage, 0, saturable, 2.0, loss, {}, {}, {})


def test_a_window_lies_on_the_scale_as_it_is_written():
    scale = Scale(2.0, 5.0, 0.5, log=True)
    assert scale.place(2.0) == pytest.approx(0.0)
    assert scale.place(5.0) == pytest.approx(scale.width)
    assert scale.miss(1.0) == pytest.approx(2.0)
    assert scale.miss(6.0) == pytest.approx(2.0)
    assert scale.miss(3.0) == 0.0
    assert 3.0 < scale.miss(50.0) < 20.0  # far misses are compressed, and still grow
    assert scale.miss(60.0) > scale.miss(50.0)


def test_an_emulator_learns_a_curved_figure_and_knows_what_it_does_not():
    draw = np.random.default_rng(1)
    inputs = draw.random((120, 4))

    def figure(x):
        return np.stack([x[:, 0] - 2.0 * x[:, 1], np.sin(3.0 * x[:, 2]) + x[:, 3] ** 2], axis=1)

    emulator = cortex_emulator.fit(inputs, figure(inputs))
    at = 0.2 + 0.6 * draw.random((50, 4))
    mean, sd = cortex_emulator.predict(emulator, at)
    assert np.abs(mean - figure(at)).max() < 0.1
    far = cortex_emulator.predict(emulator, np.full((1, 4), 3.0))[1]
    assert (far > 3.0 * sd.max(axis=0)).all()


def test_expected_loss_is_the_mean_of_squared_misses():
    draw = np.random.default_rng(2).standard_normal(400_000)
    for mean, sd, width in ((-1.0, 0.5, 2.0), (1.0, 0.3, 2.0), (3.0, 2.0, 1.0)):
        figure = mean + sd * draw
        miss = np.maximum(np.maximum(figure - width, -figure), 0.0)
        given = cortex_emulator.expected_loss(np.array([mean]), np.array([sd]), np.array([width]))
        assert float(given[0]) == pytest.approx(float((miss**2).mean()), rel=0.02, abs=1e-3)


def test_every_figure_of_the_search_has_a_scale_and_guides_judge_nothing():
    names = [name for stage in cortex_stages.NAMES for name in stage]
    assert sorted(names) == sorted(cortex_stages.scales())
    figures = {"weak_early_mV": -15.0, "guide_weak": 1.3}
    assert cortex_stages.loss(figures) == 0.0


def test_a_lineage_without_a_member_takes_from_its_structure():
    alike = [member(0, 1.0), member(1, 1.0), member(3, 1.0, saturable=False)]
    weight = cortex_members.weights(alike)
    # 12 saturable lineages, two with a member; four at first order, one with a member
    assert weight.sum() == pytest.approx(1.0)
    assert weight[0] == pytest.approx(weight[1])
    assert weight[2] / weight[0] == pytest.approx(12.0 / 4.0)
    twice = cortex_members.weights([member(0, 1.0), member(0, 1.0), member(1, 1.0)])
    assert twice[0] + twice[1] == pytest.approx(twice[2])  # a lineage counts once, whatever its members


def test_strengths_are_matched_to_a_vehicle_rat():
    counts = np.array([[0.0, 7.0, 8.0, 20.0], [0.0, 2.0, 3.0, 15.0]])
    fit = cortex_controls.matched(counts)
    assert fit is not None
    assert fit.weight[[0, 3]].max() < 1e-4
    assert 7.0 < float(fit.counts[0] @ fit.weight) < 8.0
    assert cortex_controls.matched(np.array([[0.0, 1.0, 30.0]])) is None


def test_counts_between_levels_are_linear_in_the_logarithm():
    means = np.array([8.0, 6.0, 4.0, 2.0, 0.0])
    given = cortex_controls.at_exposures(means, np.array([1.0, 2.0**0.5, 4.0]), 1.0)
    np.testing.assert_allclose(given, [4.0, 3.0, 0.0])
    np.testing.assert_allclose(cortex_controls.at_exposures(means, np.array([2.0]), 0.5), [4.0])
