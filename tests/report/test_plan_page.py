"""The plan's page and text: three levels in their order, one patient, one sheet, nothing that a user typed runs."""

from datetime import date

import pytest

from leao.dosing import prescription
from leao.plan import regimen_check
from leao.plan.patient_answers import ask
from leao.report import off_label, plan, plan_text, words

pytestmark = pytest.mark.property

DAY = date(2026, 11, 26)


def checked(dose, **answers):
    steps = prescription.parse(dose)
    return {"asked": dose, "preset": None} | regimen_check.check(steps, ask(answers))


@pytest.fixture(scope="module")
def red():
    return checked("10 mg daily", sex="m", age=70, weight=75, serum_creatinine="1.8 mg/dL", taking="amantadine, Zoloft")


def test_the_first_screen_in_its_order(red):
    page = plan.render(red, DAY)
    places = [
        page.index(text)
        for text in (
            "<span>Name</span>",
            "checked 2026-11-26",
            "creatinine 1.8 mg/dL = clearance 41 mL/min, Cockcroft-Gault",
            "10 mg daily</h1>",
            'role="alert"',
            "another NMDA-receptor blocker",
            "Not checked:</strong> Zoloft (sertraline)",
            "Ask first:",
            "Schedule as entered",
            "Advice for the patient",
            "Forecast",
            "not approved for migraine by the FDA or the EMA",
        )
    ]
    assert places == sorted(places)


def test_red_only_where_something_must_not_be_done(red):
    well = checked(
        "10 mg daily", sex="m", age=40, creatinine_clearance=90, taking="none", history="none", hepatic="none"
    )
    assert plan.forbidden(well) == []
    assert 'role="alert"' not in plan.render(well, DAY)
    assert 'class="banner' not in plan.render(well, DAY)
    assert len(plan.forbidden(red)) == 1
    over = checked("25 mg daily", sex="m", age=40)
    assert plan.forbidden(over) == [over["refused"]]


def test_the_text_for_a_chart(red):
    text = plan_text.text(red, "1.2.3", DAY)
    assert text.splitlines()[0].startswith("Memantine regimen, checked 2026-11-26")
    assert max(len(line) for line in text.splitlines()) <= words.WIDTH
    places = [
        text.index(word) for word in ("Man, 70", "DO NOT:", "ASK FIRST:", "NOT CHECKED:", "Ceilings:", "Off-label")
    ]
    assert places == sorted(places)


def test_a_regimen_that_starts_with_nothing_and_one_without_a_schedule():
    late = checked("nothing for 1 week, then 10 mg every other day")
    assert "from day 7: 10 mg in the morning, every 2 days" in plan_text.text(late, "1", DAY)
    refused = checked("10 mg daily", pregnant="yes", taking="ketamine")
    for page in (plan_text.text(refused, "1", DAY), plan.render(refused, DAY)):
        assert "pregnancy: the EU label advises against" in page
        assert "another NMDA-receptor blocker" in page


def test_what_a_user_typed_does_not_run():
    payload = "<script>alert(1)</script>"
    page = plan.render(checked("10 mg daily", taking=f"{payload}, <img src=x onerror=y>", history=payload), DAY)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_the_block_of_every_page_names_what_is_known_of_rates():
    block = off_label.block()
    known = dict(block.effects)
    assert list(known) == ["tingling", "fatigue", "dizziness", "nausea", "changes in sexual function"]
    assert "no rate known" in known["tingling"]
    assert known["fatigue"].replace("\N{NO-BREAK SPACE}", " ").startswith("2 % against 1 % on placebo (US")
    assert known["dizziness"].count("against") == 2
    assert any("swelling of the face" in what for what in block.report)
    assert any("any unusual symptom" in what for what in block.report)
