"""``evidence trials --add``: adjusted differences and medians are checked by what they are."""

import tomllib

import pytest

from leao.evidence.consistency import admit, check
from leao.evidence.published_trials import parse

pytestmark = pytest.mark.analytic

TRIAL = """
name = "mine"
source = "Somebody 2030"
url = "https://example.org/mine"
where = "abstract"
design = "parallel"
blinding = "double-blind"
population = "episodic migraine"
weeks = 12
pooled = false
not_pooled_because = "another drug"
arms = [
  { arm = "drug", treatment = "drug", analysed = 140 },
  { arm = "placebo", treatment = "placebo", analysed = 138 },
]
[[outcomes]]
outcome = "attacks"
unit = "per 4 weeks"
kind = "baseline"
week = 0
where = "table 1"
results = [
  { arm = "drug", value = 5.2, spread = 2.4, spread_kind = "SD" },
  { arm = "placebo", value = 6.4, spread = 2.6, spread_kind = "SD" },
]
[[outcomes]]
outcome = "attacks"
unit = "per 4 weeks"
kind = "end"
week = 12
where = "abstract"
results = [
  { arm = "drug", value = 3.5, spread = 2.6, spread_kind = "SD" },
  { arm = "placebo", value = 5.4, spread = 3.0, spread_kind = "SD" },
]
reported = { REPORTED }
"""


def trial(reported, **changes):
    table = tomllib.loads(TRIAL.replace("REPORTED", reported))
    for key, value in changes.items():
        table["outcomes"][1][key] = value
    return parse(table, "mine.toml")


def verdict(reported):
    added = trial(reported)
    return check(added, added.outcomes[1])


@pytest.mark.parametrize("difference", [-1.9, -1.1, -0.7])
def test_an_analysis_of_covariance_lies_between_the_ends_and_the_changes(difference):
    """The end means differ by -1.9, the changes by -0.7; a slope of 2/3 on the baseline gives -1.1."""
    added = trial(f"difference = {difference}, low = {difference - 0.66}, high = {difference + 0.66}")
    assert admit(added, "mine.toml") is added


@pytest.mark.parametrize("difference", [-2.4, -0.2, 1.1])
def test_what_no_slope_can_give_is_refused_unless_said(difference):
    text = f"difference = {difference}, low = {difference - 0.5}, high = {difference + 0.5}"
    with pytest.raises(Exception, match="the arms give -1.90; if a model adjusted it, write adjusted = true"):
        admit(trial(text), "mine.toml")
    assert verdict(text + ", adjusted = true").consistent


def test_an_adjusted_difference_is_still_checked_against_its_own_interval_and_p():
    outside = "difference = -1.1, low = -0.9, high = -0.6, adjusted = true"
    assert "lies outside its interval" in verdict(outside).problem
    wrong = "difference = -1.1, low = -1.6, high = -0.6, p = 0.4, adjusted = true"
    assert "its interval gives" in verdict(wrong).problem
    wide = "difference = -1.1, low = -3.1, high = 0.9, adjusted = true"
    assert "times as wide as the arms allow" in verdict(wide).problem


MEDIANS = [
    {"arm": "drug", "value": 3.0, "low": 1.0, "high": 5.0, "spread_kind": "IQR", "printed_kind": "IQR"},
    {"arm": "placebo", "value": 5.0, "low": 3.0, "high": 7.5, "spread_kind": "IQR", "printed_kind": "IQR"},
]


def test_medians_with_quartiles_are_no_means():
    added = trial("difference = -1.5, low = -2.5, high = -1.0, p = 0.0001, relation = '<'", results=MEDIANS)
    said = check(added, added.outcomes[1])
    assert (said.consistent, said.readings) == (True, ())  # no t-test on medians
    with pytest.raises(Exception, match="lies outside 4.0 to 5.0"):
        trial("p = 0.01", results=[{**MEDIANS[0], "low": 4.0}, MEDIANS[1]])
    with pytest.raises(Exception, match="CI95 and IQR go with low and high"):
        trial("p = 0.01", results=[{"arm": "drug", "value": 3.0, "spread": 2.0, "spread_kind": "IQR"}, MEDIANS[1]])


def test_medians_of_changes_are_not_ends_less_baselines():
    added = trial("p = 0.01", results=MEDIANS, kind="change")
    assert check(added, added.outcomes[1]).consistent
