"""The read-outs of the shipped map: what was computed reads as the map does, what was not says so."""

import numpy as np
import pytest

from leao.core.errors import LedgerError
from leao.cortex import blind_controls, readouts, threshold_map

pytestmark = pytest.mark.property


def test_thresholds_read_as_the_map():
    curves = threshold_map.read("leao")
    every = readouts.read("leao")
    assert tuple(every) == readouts.READ_OUTS
    for name, kind in (("kcl_threshold", "kcl"), ("pulse_threshold", "pulse")):
        read_out = every[name]
        assert read_out.status == readouts.COMPUTED
        assert read_out.weights.sum() == pytest.approx(1.0)
        ratio, error = readouts.at(read_out, curves.odds)
        column = threshold_map.KINDS.index(kind)
        for member in range(curves.members.size):
            wanted = threshold_map.interpolate(curves.relative[member, column], curves.odds, curves.odds)
            np.testing.assert_allclose(ratio[member], wanted)
        assert (error[:, 0] == 0.0).all()
        assert (error[:, 1:] > 0.0).all()


def test_a_count_that_was_not_computed_says_so():
    count = readouts.read("leao")["kcl_count"]
    assert count.status == readouts.NOT_COMPUTED
    assert count.ratio is None
    with pytest.raises(LedgerError, match="not computed"):
        readouts.at(count, np.array([0.1]))


def test_counts_of_the_second_model_start_at_one_and_carry_their_error():
    count, curves = readouts.read("leao2")["kcl_count"], threshold_map.read("leao2")
    assert count.status == readouts.COMPUTED
    assert count.ratio is not None
    assert count.log_error is not None
    assert set(count.members) <= set(curves.members)
    assert count.weights.sum() == pytest.approx(1.0)
    assert count.effective == pytest.approx(blind_controls.effective(count.weights))
    assert (count.ratio[:, 0] == 1.0).all()
    assert (count.ratio[:, 1:] > 0.0).all()  # none at all has a logarithm
    assert (count.log_error[:, 1:] > 0.0).all()
    assert (np.diff(count.odds, axis=1) > 0.0).all()
    ratio, error = readouts.at(count, np.array([0.0, count.odds[0, 1]]))
    assert ratio[0].tolist() == pytest.approx([1.0, count.ratio[0, 1]])
    assert error[0].tolist() == pytest.approx([0.0, count.log_error[0, 1]])


def test_the_weights_of_the_map_are_those_of_the_ensemble():
    curves = threshold_map.read("leao2")
    assert curves.members.size == threshold_map.about()["members"]["leao2"] >= 30
    assert curves.weights.sum() == pytest.approx(1.0)
    assert blind_controls.may_judge(curves.weights)
    first = threshold_map.read("leao")
    assert first.weights == pytest.approx(np.full(first.members.size, 1.0 / first.members.size))


def test_beyond_its_last_row_a_curve_goes_on_with_its_slope():
    odds = np.array([0.0, 1.0, 3.0, 7.0])
    gone_on = threshold_map._gone_on(np.array([1.0, 1.1]), odds[:2], odds)
    assert np.diff(np.log(gone_on)) == pytest.approx(np.log(1.1))  # rows doubled in 1 + odds
    assert np.isinf(threshold_map._gone_on(np.array([1.0, np.inf]), odds[:2], odds)[1:]).all()
