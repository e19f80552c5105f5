"""``leao evidence``: what a user types, good and bad; the contract's keys; a trial of one's own; the page."""

import json
import re
from importlib.resources import files

import pytest

from leao.evidence import claim_table, published_trials

TEMPLATE = (files("leao") / "evidence" / "template.toml").read_text("utf-8")


@pytest.fixture
def mine(tmp_path):
    """Write the template with some text replaced, and return its path."""

    def write(*changes):
        text = TEMPLATE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "mytrial.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_trials_are_listed_arm_by_arm(leao):
    said = leao("evidence", "trials", "--json")
    rows = json.loads(said.out)
    assert said.code == 0
    assert {row["trial"] for row in rows} == set(published_trials.names())
    assert all({"arm", "value", "spread_kind", "consistent", "problem"} <= row.keys() for row in rows)
    shanmugam = [row for row in rows if row["trial"] == "shanmugam2019" and row["outcome"] == "attacks"]
    assert (shanmugam[0]["value"], shanmugam[0]["spread"], shanmugam[0]["spread_kind"]) == (2.57, 0.38, "SE")
    assert shanmugam[0]["printed_kind"] == "not stated"


def test_synthesis_has_the_keys_of_the_contract_and_the_figures_to_reach(leao):
    answer = json.loads(leao("evidence", "synthesis", "--json").out)
    for name in ("neutral", "sceptical", "se_read_as_sd"):
        for key in ("difference_attacks_per_28d", "rate_ratio"):
            assert answer[name][key].keys() == {"estimate", "low", "high"}
    rounded = {key: [round(x, 1) for x in answer[key].values()] for key in answer if key.startswith("fixed_effect")}
    assert rounded["fixed_effect_check"] == [-2.4, -3.3, -1.4]
    assert rounded["fixed_effect_se_read_as_sd"] == [-2.5, -2.8, -2.2]
    assert 0 < answer["p_next_trial_2x150"] < 1
    assert all(row["tier"] == "assumed" and row["number"] for row in answer["priors"])
    assert answer["out"] is None


def test_claims_have_the_keys_of_the_contract(leao):
    rows = json.loads(leao("evidence", "claims", "--json").out)
    assert len(rows) == len(claim_table.claims())
    assert all({"claim", "says", "grade", "model", "verdict"} <= row.keys() for row in rows)
    dizziness = json.loads(leao("evidence", "claims", "dizziness", "--json").out)
    assert [row["claim"] for row in dizziness] == ["Side effect: dizziness"]


def test_what_is_printed_for_people(leao, monkeypatch):
    monkeypatch.setenv("COLUMNS", "220")
    for command in ("trials", "synthesis", "claims"):
        said = leao("evidence", command)
        assert said.code == 0
        assert said.err == ""
    assert "only SE reproduces the printed p" in " ".join(leao("evidence", "trials").out.split())
    said = leao("evidence", "claims", "rescue").out
    assert "zhou2022" in said
    assert "shanmugam2019" in said


def test_the_template_is_a_trial_that_is_admitted(leao, mine):
    said = leao("evidence", "trials", "--template")
    assert said.out == TEMPLATE
    rows = json.loads(leao("evidence", "trials", "--add", mine(), "--json").out)
    assert {row["trial"] for row in rows} == {*published_trials.names(), "mytrial"}


def test_a_trial_of_ones_own_moves_the_synthesis_and_is_not_kept(leao, mine):
    before = json.loads(leao("evidence", "synthesis", "--json").out)
    with_mine = json.loads(leao("evidence", "synthesis", "--add", mine(), "--json").out)
    assert [row["trial"] for row in with_mine["trials"]][-1] == "mytrial"
    estimate = [row["neutral"]["difference_attacks_per_28d"]["estimate"] for row in (before, with_mine)]
    assert estimate[0] < estimate[1] < 0
    assert json.loads(leao("evidence", "synthesis", "--json").out) == before


def test_a_pooled_trial_without_the_spreads_of_its_arms_is_refused(leao, mine):
    path = mine(
        ('value = -1.9, spread = 2.6, spread_kind = "SD", printed_kind = "SD"', "value = -1.9"),
        ('value = -1.1, spread = 2.5, spread_kind = "SD", printed_kind = "SD"', "value = -1.1"),
    )
    said = leao("evidence", "synthesis", "--add", path, "--json")
    assert said.code == 2
    assert "needs a spread in both arms" in said.err


BAD = {
    "a contradiction": ((("difference = -0.8", "difference = -1.8"),), "the arms give -0.80"),
    "a p-value that cannot be": ((("p = 0.13", "p = 0.0001"),), "check the printed figures"),
    "a wrong label": (
        (
            ('spread = 2.6, spread_kind = "SD"', 'spread = 2.6, spread_kind = "SE"'),
            ('spread = 2.5, spread_kind = "SD"', 'spread = 2.5, spread_kind = "SE"'),
        ),
        "the label SE cannot be right, record it as SD",
    ),
    "a spread without its kind": (
        (('value = -1.9, spread = 2.6, spread_kind = "SD", ', "value = -1.9, spread = 2.6, "),),
        "outcomes 2 (attacks), results 1 (memantine): arm memantine: a spread needs its spread_kind",
    ),
    "no identifier": ((('doi        = "10.1000/example"', "#"),), "has no identifier: add doi, pmid or url"),
    "a name that is taken": ((('"mytrial"', '"bigal2008"'),), "name: 'bigal2008' is taken"),
    "an unknown arm": (
        (('{ arm = "placebo", value = -1.1', '{ arm = "plazebo", value = -1.1'),),
        "did you mean 'placebo'",
    ),
    "not parallel": ((('design     = "parallel"', 'design     = "crossover"'),), "set pooled = false"),
    "no attacks": ((('outcome  = "attacks"', 'outcome  = "migraine days"'),), "without an outcome 'attacks'"),
    "not TOML": ((("[[arms]]", "[[arms"),), "not valid TOML"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("command", ["trials", "synthesis"])
def test_bad_tables_are_refused_in_one_line(leao, mine, case, command):
    changes, says = BAD[case]
    path = mine(*changes)
    said = leao("evidence", command, "--add", path)
    assert said.code == 2
    assert said.out == ""
    assert says in said.err
    assert said.err.startswith(f"leao: {path}")
    assert said.err.count("\n") == 1


def test_a_disputed_contradiction_is_kept(leao, mine):
    path = mine(
        ("difference = -0.8", "difference = -1.8"),
        ('# disputed = "why the paper', 'disputed = "why the paper'),
        ("low = -1.9, high = 0.3, ", "low = -2.9, high = -0.7, "),
    )
    rows = json.loads(leao("evidence", "trials", "--add", path, "--json").out)
    kept = [row for row in rows if row["trial"] == "mytrial" and row["kind"] == "change"]
    assert not kept[0]["consistent"]
    assert kept[0]["disputed"].startswith("why the paper")


def test_a_file_that_is_not_there(leao, tmp_path):
    said = leao("evidence", "trials", "--add", tmp_path / "none.toml")
    assert said.code == 2
    assert "cannot be read" in said.err


def test_an_unknown_claim_names_the_nearest(leao):
    said = leao("evidence", "claims", "dizzyness")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "did you mean 'Side effect: dizziness'" in said.err


def test_the_page_is_whole_and_asks_for_nothing_outside(leao, tmp_path, mine):
    page = tmp_path / "evidence.html"
    assert leao("evidence", "synthesis", "--out", page, "--add", mine()).code == 0
    text = page.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!#|https?://)|<script|<link|@import|url\((?!#)', text)
    for name in [*published_trials.names(), "mytrial"]:
        assert f'id="trial-{name}"' in text
    for row in claim_table.claims():
        assert row["claim"].replace("'", "&#39;") in text
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(re.findall(r'id="([^"]+)"', text))
    assert text.count("<svg") == 4
    assert "10.1000/example" in text


def test_the_page_is_the_same_twice(leao, tmp_path):
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page in pages:
        leao("evidence", "synthesis", "--out", page)
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_nothing_is_written_where_it_cannot_be(leao, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = leao("evidence", "synthesis", "--out", tmp_path / "file" / "evidence.html")
    assert said.code == 2
    assert "cannot write" in said.err


def test_a_number_names_its_reference(leao):
    number = json.loads(leao("number", "next_trial_sd_change", "--json").out)
    assert "https://doi.org/10.1111/head.12732" in number["reference"]
    assert json.loads(leao("number", "log_ratio_tau_sd", "--json").out)["reference"] is None
