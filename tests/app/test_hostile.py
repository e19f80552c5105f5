"""What files and fields may hold is text and never markup; workers die, tabs come twice, jobs are stopped."""

import json
import os
import signal

import pytest
from tests.app.conftest import until
from tests.app.test_diary_screen import PAYLOAD, dropped
from tests.app.test_guard import request
from tests.app.test_jobs import diary, workers

pytestmark = pytest.mark.command
INJECTED = "img, script:not([src]), [onmouseover], [onerror]"


def clean(seen):
    """Say whether nothing of a payload became markup, in the page or in an answer's frame."""
    from playwright.sync_api import Error

    while True:
        try:
            injected = sum(frame.locator(INJECTED).count() for frame in seen.page.frames)
        except Error as error:  # an answer was replaced by the next one: look at that one
            if "detached" not in str(error):
                raise
            continue
        return injected == 0 and seen.complaints == []


def test_every_string_of_a_regimen_is_text(tab):
    with tab("/regimen") as seen:
        page = seen.page
        page.fill("#dose", "10 mg daily")
        for name in ("age", "weight", "serum_creatinine", "creatinine_clearance", "urine_ph", "adherence"):
            page.fill(f"#{name}", PAYLOAD)
            page.wait_for_selector("#answering .banner")
            page.fill(f"#{name}", "")
        for name in ("taking", "history"):
            page.fill(f"#{name}", PAYLOAD.replace(",", " "))
            page.press(f"#{name}", "Enter")
        page.wait_for_selector("iframe")
        assert PAYLOAD[:20] in page.inner_text("#taking-chips")
        assert clean(seen)


def test_every_string_of_a_table_is_text(tab):
    quoted = '"' + PAYLOAD.replace('"', '""') + '"'
    rows = [f"subject,arm,visit,value,{quoted}"]
    for who in range(20):
        arm = quoted if who % 2 else "placebo"
        rows += [f"P{who},{arm},{visit},{who % 5},{quoted}" for visit in range(3)]
    with tab("/trial", 390) as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        content = ("\n".join(rows) + "\n").encode()
        page.set_input_files("#file", files=[{"name": f"{PAYLOAD}.csv", "mimeType": "text/csv", "buffer": content}])
        page.locator("#role-arm").wait_for()
        page.fill("#where", PAYLOAD)
        page.press("#where", "Tab")
        page.locator("#answering .banner, iframe").first.wait_for()
        assert clean(seen)
        assert seen.sideways <= 0


def test_every_string_of_a_wave_and_a_design_is_text(tab):
    with tab("/wave", 390) as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        for name in ("strength", "magnesium"):
            page.fill(f"#{name}", PAYLOAD)
            page.press(f"#{name}", "Enter")
            page.wait_for_selector("#working .banner")
            page.fill(f"#{name}", "")
        assert clean(seen)
        page.goto(page.url.replace("/wave", "/trial"))
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.select_option("#kind", "dose_finding")
        page.fill("#doses", f"{PAYLOAD}, 10 mg")
        page.press("#doses", "Enter")
        page.wait_for_selector("#computing .banner")
        assert clean(seen)


def test_addresses_hold_no_markup(server):
    for path in (f"/diary?lang={PAYLOAD}", "/api/jobs/%3Cscript%3E/page", "/static/%3Cimg%3E"):
        text = request(server, path=path.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E"))[2]
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_worker_dies_and_the_screen_says_so_in_a_line(tab, server):
    with tab("/diary?lang=de") as seen:
        page = seen.page
        dropped(page, "long.csv", diary(336))
        page.wait_for_selector("#answering .working")
        for pid in workers(server):
            os.kill(pid, signal.SIGKILL)
        page.wait_for_selector("#answering .banner")
        assert page.inner_text("#answering").strip() == "Die Rechnung brach vor der Antwort ab; bitte noch einmal."
        page.fill("#clearance", "80")
        page.press("#clearance", "Tab")
        page.wait_for_selector("iframe")


def test_a_second_tab_has_its_own_diary(tab, server):
    with tab("/diary") as first, tab("/diary") as second:
        dropped(first.page, "one.csv", diary(60))
        dropped(second.page, "two.csv", diary(90))
        first.page.wait_for_selector("iframe")
        second.page.wait_for_selector("iframe")
        assert "two.csv" in second.page.inner_text("#name")
        first.page.click("#forget")
        first.page.wait_for_selector("#drop")
        second.page.fill("#clearance", "80")
        second.page.press("#clearance", "Tab")
        second.page.locator(".same code", has_text="--creatinine-clearance 80").first.wait_for()
        assert second.complaints == []


def test_a_computation_is_stopped_by_its_button(tab, server):
    with tab("/trial") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.focus("#repeats")
        page.keyboard.press("End")
        page.click("#compute")
        page.locator("#computing button").press("Enter")
        page.locator("#computing [role=status]", has_text="Stopped").wait_for()
        assert page.locator("#compute").is_enabled()
        assert json.loads(request(server, "DELETE", "/api/jobs/none")[2]) == {"forgotten": False}
        assert seen.complaints == []


def test_results_speak_the_language_of_the_screen(tab):
    with tab("/diary?lang=de") as seen:
        page = seen.page
        dropped(page, "d.csv", diary(120))
        page.wait_for_selector("iframe")
        frame = page.frame_locator("iframe")
        frame.locator("h2", has_text="Kalender").wait_for()
        assert "Kopfschmerztage" in frame.locator("table").first.inner_text()
        assert "Januar 2026" in frame.locator("svg").first.text_content()
        assert "." not in page.locator("#tiles").inner_text()
        until(page, "document.querySelector('#tiles dt').innerText === 'Tage geschrieben'")


def test_words_of_a_patient_are_never_translated():
    from leao.app import translated

    html = (
        '<ul><li><span translate="no">Calendar, <i>severe</i> 3.5</span></li><li translate="no">severe</li></ul>'
        "<h2>Calendar</h2><td>12.5 mg/day</td><text>May 2026</text><p>in May 2026, 3.5</p>"
    )
    assert translated.page(html, "en") == html
    spoken = translated.page(html, "de")
    assert spoken.startswith(html.split("<h2>")[0])
    assert "<h2>Kalender</h2><td>12,5 mg/Tag</td><text>Mai 2026</text><p>in May 2026, 3.5</p>" in spoken
    assert "<text>mayo de 2026</text>" in translated.page(html, "es")
