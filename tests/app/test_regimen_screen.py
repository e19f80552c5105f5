"""Screen 2 in a browser: a form filled by keyboard, the plan checked meanwhile; what is not asked stays unknown."""

import pytest
from tests.app.conftest import until
from tests.app.test_diary_screen import PAYLOAD

pytestmark = pytest.mark.command


def command(page):
    return page.locator(".same code").first.inner_text()


def test_from_empty_to_answer_by_keyboard(tab):
    with tab("/regimen") as seen:
        page = seen.page
        page.focus("#dose")
        page.keyboard.type("10 mg daily")
        page.wait_for_selector("iframe")
        assert page.locator("#headline .banner.ask").count() == 1
        assert page.locator(".not-asked[data-for=age]").get_attribute("aria-pressed") == "true"
        page.focus("#age")
        page.keyboard.type("71")
        page.focus("#serum_creatinine")
        page.keyboard.type("160")
        page.select_option("select[data-unit=serum_creatinine]", "umol/L")
        page.focus("#weight")
        page.keyboard.type("62")
        page.locator('.choice[data-name="sex"] button[value="female"]').press("Enter")
        page.locator(".same code", has_text="--serum-creatinine '160 umol/L'").first.wait_for()
        page.locator(".same code", has_text="--sex female").first.wait_for()
        until(page, "document.querySelector('#tiles')?.textContent.includes('mL/min')")
        page.focus("#taking")
        page.keyboard.type("Imigran")
        page.keyboard.press("Enter")
        page.locator(".same code", has_text="--taking Imigran").first.wait_for()
        page.locator(".not-asked[data-for=weight]").press("Enter")
        until(page, "!document.querySelector('.same code').textContent.includes('--weight')")
        assert page.locator("#taking-names option").count() > 500
        assert seen.complaints == []


def test_the_words_of_a_screen_are_said_once_and_its_block_in_the_language(tab):
    with tab("/regimen?lang=es") as seen:
        choices = seen.page.locator('.choice[data-name="pregnant"]').inner_text().split("\n")
        assert [each for each in choices if each] == ["sí", "no", "no preguntado"]
        assert "Fuera de indicación" in seen.page.locator(".offlabel").inner_text()
        assert "Report" not in seen.page.locator(".offlabel").inner_text()


def test_above_the_ceiling_is_red_and_bad_words_are_a_line(tab):
    with tab("/regimen", 390) as seen:
        page = seen.page
        page.fill("#dose", "40 mg daily")
        page.wait_for_selector("#headline .banner.stop")
        page.fill("#dose", f"{PAYLOAD} mg")
        page.wait_for_selector("#answering .banner")
        assert page.locator("iframe").count() == 0
        page.fill("#dose", "10 mg daily")
        page.fill("#history", PAYLOAD)
        page.press("#history", "Enter")
        page.wait_for_selector("iframe")
        assert page.locator("img, script:not([src])").count() == 0
        assert seen.sideways <= 0
        assert seen.complaints == []
