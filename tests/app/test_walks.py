"""Five people walk through the screens: a clinician, a patient, a teacher, a neuroscientist and a trialist."""

import pytest
from tests.app.conftest import until
from tests.app.test_accessible import serious
from tests.app.test_jobs import diary
from tests.app.test_keyboard import choose, walk
from tests.app.test_numbers_open import closed, opened

from leao.app import cases

pytestmark = [pytest.mark.command, pytest.mark.long]
WORDS = {1: "vielleicht", 4: "heftig"}
# Attacks before treatment and after it, a patient a word, placebo and drug in turn; the last of some is of a visit 99,
# at which they left early: it must not become the endpoint.
LEFT_EARLY = """
18-6-11-14 9-5-1-2 6-7-4-4 1-2-1-1 9-10-9-6 5-1-7-2 15-13-6-10 12-6-7-6 2-3-4-5 3-4-5-4 10-6-5-6 2-2-1-1
9-1-4-9 5-2-3-4 10-7-7-7 4-1-4-2 6-2-3-5 9-2-1-8 8-5-8-7 5-0-2-1 11-9-4-*6 7-2-7-*9 11-6-8-*5 5-2-5-*11
"""
DROP = """({text, name}) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/csv"}));
  document.querySelector("#drop").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
}"""


def german():
    rows = [
        f"{d:02d}.{m:02d}.2026;{WORDS.get(d * m % 9, 'nein' if d % 3 else 'ja')};{0 if d % 3 else d % 10};"
        f"{'' if d % 6 else 'Sumatriptan'}"
        for m in (1, 2, 3, 4, 5, 6)
        for d in range(1, 29)
    ]
    return "\n".join(["Datum;Kopfschmerz;Stärke;Tablette", *rows]) + "\n"


def left_early():
    rows = ["pat;gruppe;besuch;anfaelle"]
    for who, word in enumerate(LEFT_EARLY.split()):
        for visit, count in enumerate(word.split("-")):
            group = "memantine" if who % 2 else "placebo"
            rows.append(f"P{who:02d};{group};{99 if count.startswith('*') else visit};{count.lstrip('*')}")
    return "\n".join(rows) + "\n"


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


@pytest.mark.parametrize("width", [1200, 390])
def test_a_trialist_who_plans_by_keyboard_and_drops_a_table(tab, width):
    with tab("/trial", width, reduced_motion="reduce") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        for slider, key, says in (
            ("#largest", "Home", "20 per group"),
            ("#effect", "ArrowRight", "25 % fewer"),
            ("#weeks", "ArrowLeft", "8 weeks"),
            ("#repeats", "Home", "100"),
        ):
            walk(page, slider)
            page.keyboard.press(key)
            assert page.inner_text(f"{slider}-says") == says
            assert page.locator(slider).get_attribute("aria-valuetext") == says
        walk(page, "#compute")
        page.keyboard.press("Enter")
        page.locator("#design-same section").wait_for(timeout=300_000)
        assert page.locator("#power svg").count() == 1
        assert "100 of 100 simulated trials" in page.inner_text("#characteristics")
        walk(page, "#characteristics button.named")
        text = opened(page, page.locator("#characteristics button.named").first)
        for words in ("100 simulated trials", "Clicked", "How it is computed", "Monte Carlo error", "How to read it"):
            assert words in text, words
        page.locator("#number summary").press("Enter")
        page.locator("#number details button").first.press("Enter")
        page.locator("#number-body dt", has_text="How people differ").wait_for()
        whole(seen)
        closed(page)
        walk(page, "#design-same summary")
        page.keyboard.press("Enter")
        protocol = page.inner_text("#design-same pre")
        for words in ("8 weeks", "memantine", "placebo", "power"):
            assert words in protocol, words
        whole(seen)
        page.evaluate(DROP, {"text": left_early(), "name": "study.csv"})
        page.locator("#role-arm").wait_for()
        assert page.inner_text("#name") == "study.csv: 96 rows"
        for role, column in (("arm", "gruppe"), ("visit", "besuch"), ("subject", "pat"), ("value", "anfaelle")):
            walk(page, f"#role-{role}")
            page.keyboard.type(column)
        walk(page, "#role-kind")
        page.keyboard.type("count")
        page.locator("#same code", has_text="--kind count").first.wait_for(timeout=300_000)
        sheet = page.frame_locator("#sheet iframe").locator("body")
        text = sheet.inner_text()
        for words in ("99", "mmrm", "negative binomial", "memantine"):
            assert words in text.lower(), words
        whole(seen)
