"""The verdict against cases whose answer is known."""

import numpy as np
import pytest
from scipy.stats import norm

from leao.chain.verdict import Evidence, distribution, failed_controls, judge, rank, share

pytestmark = pytest.mark.analytic

N = 40_000
Z = norm.ppf((np.arange(N) + 0.5) / N)


def evidence(mean, sd):
    draws = np.random.default_rng(3).permutation(mean + sd * Z)
    return Evidence(draws, mean, (mean - 1.96 * sd, mean + 1.96 * sd), (mean - 1.645 * sd, mean + 1.645 * sd))


SAID = {"neutral": evidence(-0.7, 0.2), "sceptical": evidence(-0.3, 0.3)}


def test_probability_of_at_least_half_is_that_of_two_normals():
    mechanistic = -0.4 + 0.1 * Z
    found = judge(mechanistic, {}, SAID, [])
    assert found["p_at_least_half"] == pytest.approx(norm.cdf(0.05 / np.hypot(0.1, 0.1)), abs=0.006)
    assert found["qualified"] is True
    assert found["mechanistic_rate_ratio"]["median"] == pytest.approx(np.exp(-0.4), rel=1e-3)
    assert found["empirical_rate_ratio"]["neutral"]["estimate"] == pytest.approx(np.exp(-0.7))


def test_no_share_where_the_trials_do_not_exclude_no_effect():
    assert share(np.zeros(N), SAID["sceptical"]) is None
    assert judge(np.zeros(N), {}, SAID, [])["share_explained_by_prior"]["sceptical"] is None


def test_a_mechanism_that_gives_it_all_explains_it_all():
    everything = SAID["neutral"].draws
    found = judge(everything, {}, SAID, [])
    assert found["share_explained"]["median"] == pytest.approx(1.0)
    assert found["p_at_least_half"] > 0.999


def test_a_mechanism_without_effect_carries_no_half_even_where_the_trials_show_harm():
    assert judge(np.zeros(N), {}, SAID, [])["p_at_least_half_by_prior"]["sceptical"] == 0.0


def test_what_is_not_finite_has_no_number():
    assert distribution(np.array([1.0, 2.0, np.inf, np.inf])) == {"median": 2.0, "p05": 1.0, "p95": None}


def test_a_mechanism_without_effect_explains_nothing():
    found = judge(np.zeros(N), {}, SAID, [])
    assert found["share_explained"]["p95"] == pytest.approx(0.0)
    assert found["p_at_least_half"] < 0.001


def test_a_control_that_was_not_run_disqualifies():
    rows = {"a": [{"name": "full block", "status": "passed"}, {"name": "rat", "status": "not run"}]}
    failed = failed_controls(rows)
    assert failed == ["a: rat (not run)"]
    found = judge(np.zeros(N), {}, SAID, failed)
    assert found["qualified"] is False
    assert found["text"].startswith("Mechanism not qualified: a: rat (not run)")


def test_rank_is_by_size():
    assert [row["swing"] for row in rank([{"swing": 1.0}, {"swing": -3.0}, {"swing": 2.0}])] == [-3.0, 2.0, 1.0]
