"""Continuous KCl: how waves are counted, timed and measured, on hand-made traces and in the published set."""

import numpy as np
import pytest

from leao.cortex import kcl_waves, request

pytestmark = pytest.mark.analytic


def test_a_wave_counts_once_until_the_neurones_have_recovered():
    voltage = np.array([-70, -20, -40, -20, -70, -20, -20, -61.0])
    assert kcl_waves.beginnings(voltage).tolist() == [1, 5]


def test_arrivals_are_sharper_than_the_record():
    voltage = np.array([-70, -50.0, -10.0, -5.0])
    np.testing.assert_allclose(kcl_waves._sharp(voltage, np.array([2])), 1.5)


def test_a_wave_from_elsewhere_has_no_speed():
    before = np.array([10.0, 200.0])
    assert kcl_waves._lag(18.0, -np.inf, before) == pytest.approx(8.0)
    assert kcl_waves._lag(100.0, 18.0, before) == 0.0  # none passed the near place since the last arrival
    assert kcl_waves._lag(9.0, -np.inf, before) == 0.0


def test_an_amplitude_is_read_from_the_baseline_before_the_front():
    phi = np.array([0.0, 0.0, 1.0, -4.0, -14.0, -3.0, 2.0, 2.0, 2.0])
    assert kcl_waves._amplitude(phi, 3, phi.size, 2) == pytest.approx(14.0)
    assert kcl_waves._amplitude(phi, 3, 6, 2) == pytest.approx(4.0)  # the next wave's front is not this wave's


def test_a_wave_cut_by_the_end_has_no_duration():
    assert np.isnan(kcl_waves._lasted(np.array([True, True])))
    assert kcl_waves._lasted(np.array([True, True, False, True])) == 2.0


def test_a_train_of_the_published_set():
    train = kcl_waves.train(request.untreated(request.tissue(request.ExperimentRequest("tuttle2019"))), 4.0)
    assert train.times.size >= 2
    assert np.all(np.diff(train.times) > 30)
    assert 10 < train.amplitudes[0] < 20
    assert 15 < train.durations[0] < 25
    assert 4 < train.speeds[0] < 6.5
    assert train.dc.shape == train.time.shape
