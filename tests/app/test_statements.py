"""The numbers of a review and of a plan say what they are, in every language of the screens."""

import pytest
from tests.app.test_translated import ENGLISH, OTHERS, answered

from leao.app import asked, cases, translated
from leao.app.calls import diary, numbers, plan
from leao.core.errors import LeaoError

pytestmark = pytest.mark.property
PLANS = (
    {"dose": "10 mg daily"},
    {"dose": "10 mg daily", "creatinine_clearance": "40 mL/min"},
    {"dose": "10 mg daily", "age": "71", "sex": "female", "weight": "62", "serum_creatinine": "160 umol/L"},
    {"dose": "40 mg daily", "creatinine_clearance": "20"},
)


@pytest.fixture(scope="module")
def reviewed():
    entry = cases.shelf()["responder"]
    held = {"file": ("responder.csv", cases.diary("responder"))}
    start, dose = entry["doses"][0]
    return [
        answered(diary.review, asked.Review(file="f", start=start, dose=dose), held),
        answered(diary.review, asked.Review(file="f"), held),
    ]


@pytest.fixture(scope="module")
def planned():
    return [answered(plan.check, asked.Plan(**given), {}) for given in PLANS]


def lines(stated):
    """What of a number is said in words: names of sources and of ledgers are left as they are."""
    number = stated["number"]
    said = [number["label"], number["where"], stated["no_range"], *(text for row in stated["facts"] for text in row)]
    return said if number["reference"] else [*said, number["source"]]


def test_every_tile_with_an_answer_is_stated(reviewed, planned):
    treated, bare = (answer["shown"]["stated"] for answer in reviewed)
    assert set(treated) == {
        *("review.days_written", "review.baseline", "review.now", "review.change_percent"),
        *("review.p_better", "review.p_50"),
    }
    assert set(bare) == {"review.days_written", "review.baseline", "review.now"}
    clearance = {"plan.creatinine_clearance", "plan.ceiling_EU", "plan.ceiling_US"}
    stated = [set(answer["shown"]["stated"]) for answer in planned]
    assert stated == [clearance | {"plan.plasma_ng_per_mL"}] * 3 + [clearance]
    for answer in (*reviewed, *planned):
        for key, each in answer["shown"]["stated"].items():
            assert each["number"]["key"] == key
            assert each["number"]["unit"]
            assert each["number"]["where"]
            assert "How well it is known" in [name for name, _ in each["facts"]]


def test_a_monte_carlo_error_is_of_its_draws(reviewed):
    summary, stated = reviewed[0]["summary"], reviewed[0]["shown"]["stated"]
    draws = summary["diagnostics"]["effective_draws"]
    p = summary["p_50"]
    error = dict(stated["review.p_50"]["facts"])["Monte Carlo error"]
    assert (
        error == f"about {100 * (p * (1 - p) / draws) ** 0.5:.1g} percentage points, with {draws:.0f} effective draws"
    )


def test_what_is_behind_opens(reviewed, planned):
    behind = [
        row["key"]
        for answer in (*reviewed, *planned)
        for each in answer["shown"]["stated"].values()
        for row in each["behind"]
    ]
    assert "ledger.review.effect_sd" in behind
    assert "ledger.plan.gault_age" in behind
    for key in sorted(set(behind)):
        stated = answered(numbers.ledger, asked.LedgerNumber(number=key), {})["summary"]["number"]
        assert stated["key"] == key
        assert stated["source"]
    for wrong in ("ledger.nowhere.clearance", "ledger.exposure.nothing", "clearance", "<b>"):
        with pytest.raises(LeaoError, match="such as ledger"):
            answered(numbers.ledger, asked.LedgerNumber(number=wrong), {})


@pytest.mark.parametrize("lang", OTHERS)
def test_no_sentence_of_a_number_stays_english(reviewed, planned, lang):
    said = {
        line for answer in (*reviewed, *planned) for each in answer["shown"]["stated"].values() for line in lines(each)
    }
    spoken = {line: translated.text(line, lang) for line in said if not line.isdigit()}
    assert [line for line, other in spoken.items() if line == other or ENGLISH.search(other)] == []
