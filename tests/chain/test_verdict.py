"""The verdict against cases whose answer is known."""

import numpy as np
import pytest
from scipy.stats import norm

from leao.chain.verdict import Ends, Evidence, distribution, ends, judge, rank, share

pytestmark = pytest.mark.analytic

N = 40_000
Z = norm.ppf((np.arange(N) + 0.5) / N)


def evidence(mean, sd):
    draws = np.random.default_rng(3).permutation(mean + sd * Z)
    return Evidence(draws, mean, (mean - 1.96 * sd, mean + 1.96 * sd), (mean - 1.645 * sd, mean + 1.645 * sd))


PASSED = Ends([("leao: full NMDA block", "passed")], "passed")
RAT = np.log(0.77) + 0.1 * Z
SAID = {"neutral": evidence(-0.7, 0.2), "sceptical": evidence(-0.3, 0.3)}


def test_probability_of_at_least_half_is_that_of_two_normals():
    mechanistic = -0.4 + 0.1 * Z
    judged = judge(mechanistic, {}, SAID, PASSED, RAT)
    assert judged["p_at_least_half"] == pytest.approx(norm.cdf(0.05 / np.hypot(0.1, 0.1)), abs=0.006)
    assert judged["qualified"] is True
    assert judged["mechanistic_rate_ratio"]["median"] == pytest.approx(np.exp(-0.4), rel=1e-3)
    assert judged["empirical_rate_ratio"]["neutral"]["estimate"] == pytest.approx(np.exp(-0.7))


def test_no_share_where_the_trials_do_not_exclude_no_effect():
    assert share(np.zeros(N), SAID["sceptical"]) is None
    assert judge(np.zeros(N), {}, SAID, PASSED, RAT)["share_explained_by_prior"]["sceptical"] is None


def test_a_mechanism_that_gives_it_all_explains_it_all():
    everything = SAID["neutral"].draws
    judged = judge(everything, {}, SAID, PASSED, RAT)
    assert judged["share_explained"]["median"] == pytest.approx(1.0)
    assert judged["p_at_least_half"] > 0.999


def test_a_mechanism_without_effect_carries_no_half_even_where_the_trials_show_harm():
    assert judge(np.zeros(N), {}, SAID, PASSED, RAT)["p_at_least_half_by_prior"]["sceptical"] == 0.0


def test_what_is_not_finite_has_no_number():
    assert distribution(np.array([1.0, 2.0, np.inf, np.inf])) == {"median": 2.0, "p05": 1.0, "p95": None}


def test_a_mechanism_without_effect_explains_nothing():
    judged = judge(np.zeros(N), {}, SAID, PASSED, RAT)
    assert judged["share_explained"]["p95"] == pytest.approx(0.0)
    assert judged["p_at_least_half"] < 0.001


def test_a_control_that_was_not_run_is_said_before_the_numbers():
    rows = {"a": [{"name": "full block", "status": "passed"}, {"name": "rat", "status": "not run"}]}
    both = ends(rows, "passed")
    assert both.failed == ["a: rat (not run)"]
    judged = judge(np.zeros(N), {}, SAID, both, RAT)
    assert judged["qualified"] is False
    assert judged["controls"] == {"cortex": "not run", "clinical": "passed"}
    assert judged["text"].startswith("Tested at two ends. Cortex: 1 passed, 1 not run (rat).")


@pytest.mark.parametrize("clinical", ["failed", "void", "not run"])
def test_the_clinical_end_must_pass_as_well(clinical):
    judged = judge(np.zeros(N), {}, SAID, PASSED._replace(clinical=clinical), RAT)
    assert judged["qualified"] is False
    assert judged["failed_controls"] == [f"preventives: clinical control ({clinical})"]
    assert f"each left out in turn): {clinical}" in judged["text"]
    assert "not vouched for" in judged["text"]


def test_the_trials_interval_and_what_was_not_tested_stand_in_the_sentence():
    text = judge(np.zeros(N), {}, SAID, PASSED, RAT)["text"]
    assert "the trials show 50 % (95 % interval 27 to 66 %)" in text
    assert "one route and not the whole" in text
    assert "Not tested: chronic adaptation" in text
    assert "qualified" not in text
    assert "rats showed at their own dose makes, by the same link, 23 % fewer attacks (90 % range 9.2 to 35 %)" in text


def test_rank_is_by_size():
    assert [row["swing"] for row in rank([{"swing": 1.0}, {"swing": -3.0}, {"swing": 2.0}])] == [-3.0, 2.0, 1.0]
