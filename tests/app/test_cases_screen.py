"""The shelf of eight cases: each reads without a question, and shows what was put in only after a guess."""

import json

import pytest

from leao.app import cases
from leao.diary import reading

pytestmark = pytest.mark.command


@pytest.mark.parametrize("name", cases.shelf())
def test_each_diary_reads_whole(name):
    result = reading.read(f"{name}.csv", cases.diary(name))
    assert result.questions == [] or name == "half_missing"
    assert result.diary is None or result.diary.headache.size >= 100
    entry = cases.shelf()[name]
    assert entry["answer"] in ("drug", "chance", "other", "unsure")
    assert len(cases.diary(name)) < 10_000


def test_there_are_eight_and_no_guess_is_given_away(tab):
    with tab("/cases", 390) as seen:
        page = seen.page
        page.locator("#shelf button").nth(7).wait_for()
        page.locator("#shelf button").nth(1).press("Enter")
        page.locator("#calendar button").first.wait_for()
        assert page.inner_text("#truth") == ""
        page.locator("#guesses button").nth(0).press("Enter")
        assert "No drug effect at all" in page.inner_text("#truth")
        assert seen.sideways <= 0
        page.locator("#truth a").press("Enter")
        page.locator(".same code", has_text="--start 2026-02-02").wait_for()
        assert seen.complaints == []


def test_an_unknown_case_is_a_line(server):
    from tests.app.test_guard import request

    status, _, text = request(server, "POST", "/api/cases/none")
    assert status == 422
    assert "responder" in json.loads(text)["line"]
