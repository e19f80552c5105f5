"""The read-outs of the shipped map: what was computed reads as the map does, what was not says so."""

import numpy as np
import pytest

from leao.core.errors import LedgerError
from leao.cortex import readouts, threshold_map

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
    if count.status == readouts.COMPUTED:
        assert count.ratio is not None
        assert (count.ratio[:, 0] == 1.0).all()
        return
    assert count.ratio is None
    with pytest.raises(LedgerError, match="not computed"):
        readouts.at(count, np.array([0.1]))
