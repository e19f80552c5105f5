"""Four people walk through the screens as they would: a clinician, a patient, a teacher, a neuroscientist."""

import pytest
from tests.app.conftest import until
from tests.app.test_accessible import serious
from tests.app.test_jobs import diary
from tests.app.test_keyboard import choose, walk
from tests.app.test_numbers_open import closed, opened

from leao.app import cases

pytestmark = [pytest.mark.command, pytest.mark.long]
WORDS = {1: "vielleicht", 4: "heftig"}


def german():
    rows = [
        f"{d:02d}.{m:02d}.2026;{WORDS.get(d * m % 9, 'nein' if d % 3 else 'ja')};{0 if d % 3 else d % 10};"
        f"{'' if d % 6 else 'Sumatriptan'}"
        for m in (1, 2, 3, 4, 5, 6)
        for d in range(1, 29)
    ]
    return "\n".join(["Datum;Kopfschmerz;Stärke;Tablette", *rows]) + "\n"


def whole(seen):
    assert serious(seen.page) == []
    assert seen.sideways <= 0
    assert seen.complaints == []


def test_a_clinician_with_a_german_diary_on_a_phone_by_keyboard(tab):
    with tab("/diary?lang=de", 390) as seen:
        page = seen.page
        choose(page, "#file", "kopfschmerz.csv", german())
        page.locator("#questions button").first.wait_for()
        whole(seen)
        while page.locator("#questions li").count():
            before = page.locator("#questions").inner_text()
            walk(page, "#questions button")
            page.keyboard.press("Enter")
            until(page, "before => document.querySelector('#questions').innerText !== before", before)
        page.wait_for_selector("#doses:not([hidden])")
        walk(page, "#dose-text")
        page.keyboard.type("10 mg daily")
        page.keyboard.press("Shift+Tab")
        page.evaluate("document.querySelector('#dose-day').focus()")
        page.fill("#dose-day", "2026-03-02")
        walk(page, "#dose-add")
        page.keyboard.press("Enter")
        page.locator(".same code", has_text="--start 2026-03-02").wait_for()
        page.wait_for_selector("iframe")
        assert "Kopfschmerztage" in page.frame_locator("iframe").locator("body").inner_text()
        assert "." not in page.locator("#tiles dd").nth(2).inner_text()
        whole(seen)
        walk(page, "nav a[href='/regimen']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/regimen*")
        assert page.locator("html").get_attribute("lang") == "de"
        walk(page, "#dose")
        page.keyboard.type("40 mg daily")
        page.wait_for_selector("#headline .banner.stop")
        assert "Abgelehnt" in page.inner_text("#headline")
        page.wait_for_selector("iframe")
        assert "Refused" not in page.frame_locator("iframe").locator("body").inner_text()
        whole(seen)


def test_a_patient_who_pastes_from_a_spreadsheet(tab):
    with tab("/diary", 390) as seen:
        page = seen.page
        page.click("#paste-open")
        page.fill("#pasted", diary(90).replace(",", "\t"))
        page.click("#paste-take")
        page.wait_for_selector("iframe")
        assert page.frame_locator("iframe").locator("h1").inner_text()
        assert page.frame_locator("iframe").locator(".offlabel").is_visible()
        whole(seen)
        page.click("#forget")
        page.wait_for_selector("#drop")
        assert page.locator("iframe").count() == 0


def test_a_teacher_with_the_shelf_of_eight(tab):
    with tab("/cases", 390) as seen:
        page = seen.page
        page.locator("#shelf button").nth(7).wait_for()
        for place, (name, case) in enumerate(cases.shelf().items()):
            page.locator("#shelf button").nth(place).click()
            page.locator("#case-head", has_text=str(place + 1)).wait_for()
            page.locator("#calendar button").first.wait_for()
            assert page.inner_text("#truth") == "", name
            page.locator("#guesses button").first.click()
            assert case["truth"][:20] in page.inner_text("#truth") if "truth" in case else page.inner_text("#truth")
        whole(seen)


def test_a_neuroscientist_with_a_wave_its_numbers_and_an_aura(tab):
    with tab("/wave", 390, reduced_motion="reduce") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.select_option("#preset", "eaat")
        page.select_option("#compound", "memantine")
        page.fill("#concentration", "1 uM")
        page.press("#concentration", "Enter")
        page.locator("#tiles", has_text="mm/min").wait_for(timeout=300_000)
        page.locator("#same code").first.wait_for()
        text = opened(page, page.locator("#tiles button").nth(1))
        for words in ("speed of the wave", "In animals, without drug", "klass2018", "How it is computed"):
            assert words in text
        page.locator("#number .chosen button").first.press("Enter")
        page.locator("#number-body svg").first.wait_for()
        closed(page)
        whole(seen)
        page.select_option("#over-kind", "aura")
        page.fill("#size", "2 mm")
        page.fill("#minutes", "0.2")
        page.press("#minutes", "Enter")
        page.locator("html[data-film=ready]").wait_for(state="attached", timeout=300_000)
        assert "%" in page.inner_text("#over-says")
        whole(seen)
