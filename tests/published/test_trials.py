"""Published trials as data: what is printed agrees with itself, and a wrong label is objected to."""

import copy
import tomllib
from importlib.resources import files

import pytest

from leao.errors import LedgerError
from leao.evidence import claims, consistency, trials

SHANMUGAM = tomllib.loads((files("leao") / "evidence" / "trials" / "shanmugam2019.toml").read_text("utf-8"))


def with_kind(kind):
    table = copy.deepcopy(SHANMUGAM)
    for result in table["outcomes"][0]["results"]:
        result["spread_kind"] = kind
    return trials.parse(table, "test")


def test_only_the_standard_error_reproduces_the_printed_p():
    right, wrong = with_kind("SE"), with_kind("SD")
    assert consistency.check(right, right.outcomes[0]) == (True, True, None)
    found = consistency.check(wrong, wrong.outcomes[0])
    assert not found.consistent
    assert "the label SD cannot be right, record it as SE" in found.problem
    assert "\n" not in found.problem


def test_recomputed_p_values():
    outcome = with_kind("SE").outcomes[0]
    values = tuple(result.value for result in outcome.results)
    assert consistency.welch_p(values, (0.38, 0.69), (28, 29)) == pytest.approx(0.0027, abs=4e-4)
    assert consistency.share_p((24, 15), (28, 29)) == pytest.approx(0.0055, abs=5e-4)


def test_noruzzadehs_interval_follows_from_its_arms():
    trial = trials.read("noruzzadeh2016")
    assert consistency.check(trial, trial.find("attacks", "change")) == (True, True, None)


def test_a_wrong_difference_is_objected_to():
    table = tomllib.loads((files("leao") / "evidence" / "trials" / "noruzzadeh2016.toml").read_text("utf-8"))
    table["outcomes"][0]["reported"]["difference"] = -1.3
    trial = trials.parse(table, "test")
    assert "difference -1.3 is printed, the arms give -2.40" in consistency.check(trial, trial.outcomes[0]).problem


def test_only_vazquez_disagrees_with_itself_among_the_shipped_trials():
    rows = consistency.table()
    assert {row["trial"] for row in rows if not row["consistent"]} == {"vazquez2023"}
    assert all(row["spread_kind"] in (None, "CI95", "SD", "SE") for row in rows)


def test_two_placebo_controlled_trials_are_pooled():
    assert [trial.name for trial in trials.pooled()] == ["noruzzadeh2016", "shanmugam2019"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["outcomes"][0]["results"][0].pop("spread_kind"), "needs its spread_kind"),
        (lambda t: t["outcomes"][0]["results"][0].update(arm="mematine"), "arm mematine is none of"),
        (lambda t: t["arms"][0].update(analysed=31), "31 analysed of 30 randomised"),
        (lambda t: t.update(wekks=24), "wekks"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(change, words):
    table = copy.deepcopy(SHANMUGAM)
    change(table)
    with pytest.raises(LedgerError, match=words) as caught:
        trials.parse(table, "trials/test.toml")
    assert "trials/test.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_trial_names_the_known_ones():
    with pytest.raises(LedgerError, match="shanmugam2019"):
        trials.read("shanmugan2019")


def test_claims_are_whole_and_a_bad_row_is_refused():
    rows = claims.claims()
    assert len(rows) >= 22
    assert all(row["model"] or row["verdict"] != "contradicted" for row in rows)
    with pytest.raises(LedgerError, match=r"row 1: lacks command"):
        claims.parse('[[claims]]\nclaim = "x"\nsays = []\ngrade = ""\nverdict = "untested"\n')
    with pytest.raises(LedgerError, match=r"verdict 'true'; wanted one of supported"):
        claims.parse('[[claims]]\nclaim = "x"\nsays = []\ngrade = ""\ncommand = ""\nverdict = "true"\n')
