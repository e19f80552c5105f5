"""Published trials as data: what is printed agrees with itself, and a wrong label is objected to."""

import copy
import re
import tomllib
from importlib.resources import files

import pytest

from leao.core.errors import LedgerError, ScenarioError
from leao.evidence import claim_table, consistency, published_trials

pytestmark = pytest.mark.published

SHANMUGAM = tomllib.loads((files("leao") / "evidence" / "published" / "shanmugam2019.toml").read_text("utf-8"))


def with_kind(kind):
    table = copy.deepcopy(SHANMUGAM)
    for result in table["outcomes"][0]["results"]:
        result["spread_kind"] = kind
    return published_trials.parse(table, "test")


def test_only_the_standard_error_reproduces_the_printed_p():
    right, wrong = with_kind("SE"), with_kind("SD")
    assert consistency.check(right, right.outcomes[0])[:3] == (True, True, None)
    checked = consistency.check(wrong, wrong.outcomes[0])
    assert not checked.consistent
    assert "the label SD cannot be right, record it as SE" in checked.problem
    assert "\n" not in checked.problem


def test_recomputed_p_values():
    outcome = with_kind("SE").outcomes[0]
    values = tuple(result.value for result in outcome.results)
    assert consistency.welch_p(values, (0.38, 0.69), (28, 29)) == pytest.approx(0.0027, abs=4e-4)
    assert consistency.share_p((24, 15), (28, 29)) == pytest.approx(0.0055, abs=5e-4)


def test_noruzzadehs_interval_follows_from_its_arms():
    trial = published_trials.read("noruzzadeh2016")
    assert consistency.check(trial, trial.find("attacks", "change"))[:3] == (True, True, None)


def test_a_wrong_difference_is_objected_to():
    table = tomllib.loads((files("leao") / "evidence" / "published" / "noruzzadeh2016.toml").read_text("utf-8"))
    table["outcomes"][0]["reported"]["difference"] = -1.3
    trial = published_trials.parse(table, "test")
    assert "difference -1.3 is printed, the arms give -2.40" in consistency.check(trial, trial.outcomes[0]).problem


def test_both_readings_of_a_spread_are_shown():
    readings = {r.kind: r for r in consistency.check(with_kind("SE"), with_kind("SE").outcomes[0]).readings}
    assert readings["SE"].p == pytest.approx(0.0028, abs=1e-4)
    assert readings["SE"].agrees
    assert readings["SD"].p < 1e-15
    assert not readings["SD"].agrees


def test_midas_of_the_same_patients_would_differ_at_baseline_if_read_as_sd():
    trial = published_trials.read("karunaikadal2020")
    p_values = {r.kind: r.p for r in consistency.check(trial, trial.outcomes[0]).readings}
    assert p_values == pytest.approx({"SD": 0.037, "SE": 0.69}, abs=0.005)


def test_the_shipped_trials_that_disagree_with_themselves_say_so():
    rows = consistency.table(published_trials.shipped())
    assert {row["trial"] for row in rows if not row["consistent"]} == {"vazquez2023", "bigal2008"}
    assert all(row["disputed"] for row in rows if not row["consistent"])
    assert all(row["spread_kind"] in (None, "CI95", "SD", "SE") for row in rows)


@pytest.mark.parametrize("name", published_trials.names())
def test_every_shipped_trial_is_admitted(name):
    assert consistency.admit(published_trials.read(name), name).name == name


def test_every_study_of_the_evidence_is_there():
    known = {"noruzzadeh2016", "shanmugam2019", "karunaikadal2020", "bigal2008", "charles2007", "assarzadegan2017"}
    assert known | {"vazquez2023", "kashipazha2018", "lindelof2009"} <= set(published_trials.names())


def test_what_was_not_seen_reads_none():
    trial = published_trials.read("kashipazha2018")
    assert trial.randomised == 54
    assert all(arm.randomised is None for arm in trial.arms)
    assert all(result.value is None for outcome in trial.outcomes for result in outcome.results)


def test_shares_that_no_whole_patients_give_are_objected_to():
    table = copy.deepcopy(SHANMUGAM)
    table["outcomes"][2]["results"][0] = {"arm": "memantine", "value": 86.9}
    trial = published_trials.parse(table, "test")
    with pytest.raises(LedgerError, match="86.9 % is printed, 24 of 28 are 85.7 %") as caught:
        consistency.admit(trial, "mine.toml")
    assert "mine.toml, outcome" in str(caught.value)
    assert "disputed" in str(caught.value)


def test_a_dispute_without_a_contradiction_is_refused():
    table = copy.deepcopy(SHANMUGAM)
    table["outcomes"][0]["disputed"] = "no reason"
    with pytest.raises(LedgerError, match="the numbers agree; remove disputed"):
        consistency.admit(published_trials.parse(table, "test"), "test")


def test_a_p_value_that_its_interval_denies_is_objected_to():
    table = tomllib.loads((files("leao") / "evidence" / "published" / "noruzzadeh2016.toml").read_text("utf-8"))
    for result in table["outcomes"][0]["results"]:
        for key in ("low", "high", "spread_kind", "printed_kind"):
            result.pop(key)
    table["outcomes"][0]["reported"] |= {"p": 0.04, "relation": "="}
    trial = published_trials.parse(table, "test")
    assert "its interval gives 0.00017" in consistency.check(trial, trial.outcomes[0]).problem


def test_two_placebo_controlled_trials_are_pooled():
    assert [trial.name for trial in published_trials.pooled()] == ["noruzzadeh2016", "shanmugam2019"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t["outcomes"][0]["results"][0].pop("spread_kind"), "needs its spread_kind"),
        (lambda t: t["outcomes"][0]["results"][0].update(arm="mematine"), "arm mematine is none of"),
        (lambda t: t["arms"][0].update(analysed=31), "31 analysed of 30 randomised"),
        (lambda t: t.update(wekks=24), "wekks: unknown key; remove it; did you mean 'weeks'"),
        (lambda t: t["outcomes"][0]["results"][0].pop("arm"), "results 1, arm: is missing; add it"),
        (lambda t: t["outcomes"][0]["results"][0].update(value="2,57"), "found '2,57'"),
        (lambda t: t["outcomes"][0]["results"][0].pop("value"), "a spread without its value"),
        (lambda t: t.update(pooled=False), "not_pooled_because"),
        (lambda t: t.update(source="somebody2027"), "has no identifier: add doi, pmid or url"),
        (lambda t: t.update(doi="11.1/x"), "doi '11.1/x' has not the form"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(change, words):
    table = copy.deepcopy(SHANMUGAM)
    change(table)
    with pytest.raises(LedgerError, match=words) as caught:
        published_trials.parse(table, "trials/test.toml")
    assert str(caught.value).startswith("trials/test.toml, ")
    assert "\n" not in str(caught.value)


def test_an_unknown_trial_names_the_known_ones():
    with pytest.raises(LedgerError, match="shanmugam2019"):
        published_trials.read("shanmugan2019")


def test_a_trial_with_an_identifier_of_its_own_needs_no_entry():
    table = copy.deepcopy(SHANMUGAM) | {"source": "Somebody 2027", "pmid": "12345678"}
    assert published_trials.parse(table, "test").pmid == "12345678"


def test_claims_are_whole_and_a_bad_row_is_refused():
    rows = claim_table.claims()
    assert len(rows) == 33
    assert all(row["model"] or row["verdict"] != "contradicted" for row in rows)
    assert all(row["because"] and row["grade"] in claim_table.scale() for row in rows)
    good = '[[claims]]\nclaim = "x"\nsays = []\ngrade = "low"\nbecause = ""\ncommand = ""\nverdict = "untested"\n'
    assert claim_table.parse(good)
    with pytest.raises(LedgerError, match=r"row 1: lacks command"):
        claim_table.parse(good.replace('command = ""\n', ""))
    with pytest.raises(LedgerError, match=r"verdict 'true'; wanted one of supported"):
        claim_table.parse(good.replace("untested", "true"))
    with pytest.raises(LedgerError, match=r"grade 'so'; wanted one of high"):
        claim_table.parse(good.replace("low", "so"))


def test_a_verdict_agrees_with_its_grade():
    for row in claim_table.claims():
        if row["verdict"] == "supported":
            assert row["grade"] in ("high", "moderate"), row["claim"]
        if row["grade"] == "none":
            assert row["verdict"] == "untested", row["claim"]


def test_claims_are_found_by_their_words_and_an_unknown_one_names_the_nearest():
    assert [row["claim"] for row in claim_table.claims("dizziness")] == ["Side effect: dizziness"]
    assert [row["claim"] for row in claim_table.claims("Attacks fewer")] == ["Fewer attacks"]
    with pytest.raises(ScenarioError, match="did you mean 'Side effect: dizziness'"):
        claim_table.claims("dizzyness")
    with pytest.raises(ScenarioError, match="did you mean"):
        claim_table.claims("")


@pytest.mark.parametrize("row", claim_table.claims(), ids=lambda row: row["claim"])
def test_the_command_of_a_claim_finds_it(row):
    command = re.fullmatch(r'leao evidence claims "(.+)"', row["command"])
    if command:
        assert row["claim"] in [claim["claim"] for claim in claim_table.claims(command.group(1))]
