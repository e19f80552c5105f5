"""Screen 1 in a browser: from a dropped file to the review, by keyboard alone, at any width, whatever the file says."""

import pytest
from tests.app.conftest import until
from tests.app.test_jobs import diary

pytestmark = pytest.mark.command
PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>' onmouseover=alert(3)"


def dropped(page, name, content):
    page.set_input_files("#file", files=[{"name": name, "mimeType": "text/csv", "buffer": content.encode()}])
    page.wait_for_selector("#reading:not([hidden])")


def german():
    words = {1: "vielleicht", 3: f'"{PAYLOAD}"'}
    rows = [
        f"{d:02d}.{m:02d}.2026,{words.get(d % 9, 'ja' if d % 3 else 'nein')},{d % 5}"
        for m in (1, 2, 3)
        for d in range(1, 29)
    ]
    return "\n".join([f"Datum,Kopfschmerz,Stärke,{PAYLOAD}", *(f"{row},{PAYLOAD}" for row in rows)]) + "\n"


def test_every_question_is_answered_before_anything_is_computed(tab):
    with tab("/diary") as seen:
        page = seen.page
        dropped(page, f"{PAYLOAD}.csv", german())
        page.locator("#questions li").first.wait_for()
        asked = []
        while page.locator("#questions li").count():
            assert page.locator("#count.open").count() == 1
            assert page.locator("#answer").is_hidden()
            first = page.locator("#questions li").first
            asked.append(first.inner_text())
            first.locator("button").first.click()
            until(page, "before => (document.querySelector('#questions li')?.innerText ?? '') !== before", asked[-1])
        assert any("vielleicht" in text for text in asked)
        page.wait_for_selector("#count:not(.open)")
        page.wait_for_selector("iframe")
        frame = page.frame_locator("iframe")
        assert "Headache diary" in frame.locator("h1").inner_text()
        command = page.locator(".same code").first.inner_text()
        assert command.startswith("leao review ")
        assert "--say vielleicht=headache" in command
        assert page.locator("script:not([src])").count() == 0
        assert page.locator("img").count() == 0
        assert seen.complaints == []


def test_a_dose_that_is_not_understood_is_named_where_it_is_written(tab):
    with tab("/diary", 390) as seen:
        page = seen.page
        dropped(page, "d.csv", diary(90))
        page.locator("#tiles dt", has_text="whole diary").wait_for()
        page.locator("#tiles dt", has_text="last 28 days").wait_for()
        page.fill("#dose-day", "2026-02-10")
        page.fill("#dose-text", "10 mg")
        page.press("#dose-text", "Enter")
        page.locator("#dose-trouble .banner", has_text="how often?").wait_for()
        assert page.locator("#answering .banner").count() == 0
        page.fill("#dose-text", "10 mg daily")
        page.press("#dose-text", "Enter")
        page.locator("#tiles dt", has_text="before").wait_for()
        assert page.locator("#dose-trouble .banner").count() == 0
        assert seen.complaints == []


def test_by_keyboard_alone(tab):
    with tab("/diary") as seen:
        page = seen.page
        page.focus("#paste-open")
        page.keyboard.press("Enter")
        page.keyboard.insert_text(diary(120))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#doses:not([hidden])")
        page.focus("#calendar button")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.input_value("#dose-day") == "2026-01-09"
        assert page.evaluate("document.activeElement.id") == "dose-text"
        page.keyboard.type("10 mg daily")
        page.keyboard.press("Enter")
        page.wait_for_selector("#steps li")
        page.locator(".same code", has_text="--start 2026-01-09").wait_for()
        assert "10 mg daily" in page.frame_locator("iframe").locator("h1").inner_text()
        assert seen.complaints == []


def test_a_refused_file_is_one_line_and_the_next_is_read(tab):
    with tab("/diary", 390) as seen:
        page = seen.page
        page.set_input_files("#file", files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": b"\x00\x01\x02"}])
        page.wait_for_selector("#trouble .banner")
        dropped(page, "b.csv", diary(60))
        page.wait_for_selector("iframe")
        assert page.locator("#trouble .banner").count() == 0
        assert seen.sideways <= 0


@pytest.mark.parametrize(("lang", "head"), [("de", "Ein Tagebuch"), ("es", "Un diario")])
def test_it_speaks_other_languages(tab, lang, head):
    with tab(f"/diary?lang={lang}") as seen:
        assert seen.page.locator("h1").inner_text() == head
        dropped(seen.page, "d.csv", "Datum,Kopfschmerz\n03.02.2026,ja\n04.02.2026,perhaps\n05.02.2026,nein\n")
        assert "perhaps" in seen.page.locator("#questions").inner_text()
        assert seen.page.locator("#how label").first.inner_text().count("3") >= 1
        assert seen.page.locator("html").get_attribute("lang") == lang


def test_a_way_of_reading_is_kept_under_a_name_and_nothing_else(tab, server):
    with tab("/diary") as seen:
        page = seen.page
        dropped(
            page,
            "d.csv",
            "When,Ache\n" + "".join(f"2026-01-{d:02d},{'oje' if d % 3 else 'no'}\n" for d in range(1, 29)),
        )
        page.select_option("#preview th:nth-child(2) select", "headache")
        page.wait_for_selector("#questions >> text=19 times")  # the question of the word, no more that of the column
        page.get_by_role("button", name="headache", exact=True).click()
        page.wait_for_selector("#count:not(.open)")
        page.locator("details", has=page.locator("#map-name")).locator("summary").click()
        page.fill("#map-name", "clinic")
        page.click("#map-keep")
        page.wait_for_selector("#how-map")
        files = [file for file in server.home.rglob("*") if file.is_file()]
        assert [file.name for file in files] == ["clinic.toml"]
        assert "2026" not in files[0].read_text()
        dropped(
            page,
            "e.csv",
            "When,Ache\n" + "".join(f"2026-02-{d:02d},{'oje' if d % 3 else 'no'}\n" for d in range(1, 29)),
        )
        page.select_option("#how-map", "clinic")
        page.wait_for_selector("#count:not(.open)")
        files[0].unlink()


def test_every_word_is_translated():
    from leao.app import language

    for key, entry in language.table().items():
        assert entry.keys() == language.LANGUAGES.keys(), key
        places = {lang: sorted(part.split("}")[0] for part in text.split("{")[1:]) for lang, text in entry.items()}
        assert len({tuple(names) for names in places.values()}) == 1, key
