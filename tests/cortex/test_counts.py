"""A count as an expectation: the lines, the ratio, its standing, and the likelihood of no wave at all."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.stats import poisson

from leao.core.errors import ScenarioError
from leao.cortex import counts, preset_table

pytestmark = pytest.mark.property


def test_more_lines_begin_with_the_same_ones():
    few, many = counts.animals(5), counts.animals(20)
    np.testing.assert_array_equal(few.strength, many.strength[:5])
    np.testing.assert_array_equal(few.excitability, many.excitability[:5])
    assert counts.STRENGTH[0] <= many.strength.min() < many.strength.max() <= counts.STRENGTH[1]
    with pytest.raises(ScenarioError, match="2 or more"):
        counts.animals(1)


def test_equal_counts_have_ratio_one_without_error_beyond_the_half_wave():
    free = np.array([5.0, 9.0, 7.0, 8.0])
    ratio, error = counts.ratio(free, free)
    assert ratio == 1.0
    assert error == pytest.approx(np.sqrt(0.5) / 29.5)
    ratio, error = counts.ratio(np.zeros(4), free)
    assert 0.0 < ratio < 0.02
    assert error > 1.0


def test_a_ratio_that_moves_with_the_grid_or_rises_is_not_identified():
    free = np.full(20, 8.0)
    steady = [(np.array([np.full(20, 6.0), np.full(20, 4.0)]), free)] * 2
    assert [row.status for row in counts.judged(steady, (0.1, 0.2))] == [counts.IDENTIFIED] * 2
    moved = [(np.array([np.full(20, 7.0), np.full(20, 4.0)]), free), steady[1]]
    rows = counts.judged(moved, (0.1, 0.2))
    assert [row.status for row in rows] == [counts.NOT_IDENTIFIED, counts.IDENTIFIED]
    assert rows[0].log_error >= np.log(7.0 / 6.0) * 0.99
    rising = [(np.array([np.full(20, 4.0), np.full(20, 6.0)]), free)] * 2
    assert counts.judged(rising, (0.1, 0.2))[1].status == counts.NOT_IDENTIFIED


def test_no_wave_is_a_datum():
    none = np.zeros(8)
    assert counts.log_likelihood(none, 0.1) > counts.log_likelihood(none, 5.0)
    seen = np.array([0.0, 1.0, 3.0])
    assert counts.log_likelihood(seen, 2.0) == pytest.approx(poisson.logpmf(seen, 2.0).sum())
    assert np.isfinite(counts.log_likelihood(seen, 2.0, between=1.5))


def test_lines_are_counted_the_same_in_any_pool():
    piece = preset_table.under(preset_table.load("eaat"))
    who = counts.animals(3)
    grid = counts.kcl_waves.GRID._replace(nodes=25, dt=0.04)
    tables = []
    for workers in (1, 2):
        with ThreadPoolExecutor(workers) as pool:
            tables.append(counts.count(piece, who, 4.0, pool, grid))
    np.testing.assert_array_equal(*tables)
    assert tables[0].min() >= 1.0


def test_weights_of_lines_stand_for_as_many_lines():
    free, treated = np.array([5.0, 9.0, 7.0, 8.0]), np.array([2.0, 5.0, 3.0, 0.0])
    alike = counts.ratio(treated, free, np.full(4, 0.3))
    assert alike == pytest.approx(counts.ratio(treated, free))
    without_last = counts.ratio(treated, free, np.array([1.0, 1.0, 1.0, 0.0]))[0]
    assert without_last == pytest.approx(counts.ratio(treated[:3], free[:3])[0])
