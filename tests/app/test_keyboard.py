"""From empty to answer on every screen by keyboard alone: Tab walks to it, Enter, arrows and letters do it."""

import pytest
from tests.app.conftest import until
from tests.app.test_jobs import diary

pytestmark = pytest.mark.command


def walk(page, selector, most=160):
    """Press Tab until what has the focus is what is looked for."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement?.matches(wanted) ?? false", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def choose(page, selector, name, content):
    """Open the file dialog of an input by keyboard and take a file."""
    walk(page, selector)
    session, opened = (
        page.context.new_cdp_session(page),
        [],
    )  # Playwright's own way needs scripts that our policy forbids
    session.on("Page.fileChooserOpened", lambda event: opened.append(event["mode"]))
    session.send("Page.enable")
    session.send("Page.setInterceptFileChooserDialog", {"enabled": True})
    page.keyboard.press("Enter")
    for _ in range(100):
        page.wait_for_timeout(50)
        if opened:
            break
    assert opened
    page.set_input_files(selector, files=[{"name": name, "mimeType": "text/csv", "buffer": content.encode()}])


def test_a_diary_is_dropped_questioned_dosed_and_answered(tab):
    with tab("/diary") as seen:
        page = seen.page
        choose(page, "#file", "d.csv", diary(120).replace(",no,", ",nope,"))
        page.locator("#questions button").first.wait_for()
        while page.locator("#questions li").count():
            before = page.locator("#questions").inner_text()
            walk(page, "#questions button[data-means=free], #questions button[data-means=missing]")
            page.keyboard.press("Enter")
            until(page, "before => document.querySelector('#questions').innerText !== before", before)
        page.wait_for_selector("#doses:not([hidden])")
        walk(page, "#calendar button")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.keyboard.type("10 mg daily")
        page.keyboard.press("Enter")
        page.locator(".same code", has_text="--start 2026-01-08").wait_for()
        page.locator("#tiles dd").nth(3).wait_for()
        assert seen.complaints == []


def test_a_regimen(tab):
    with tab("/regimen") as seen:
        page = seen.page
        walk(page, "#dose")
        page.keyboard.type("10 mg daily")
        walk(page, "#age")
        page.keyboard.type("71")
        walk(page, '.choice[data-name="sex"] button')
        page.keyboard.press("Enter")
        walk(page, "#taking")
        page.keyboard.type("Imigran")
        page.keyboard.press("Enter")
        page.locator(".same code", has_text="--taking Imigran").first.wait_for()
        page.wait_for_selector("iframe")
        assert seen.complaints == []


def test_the_evidence(tab):
    with tab("/evidence") as seen:
        page = seen.page
        page.locator("#claims li").first.wait_for()
        walk(page, "#sceptic")
        page.keyboard.press("Home")
        assert page.locator("#sceptic").get_attribute("aria-valuetext").startswith("neutral")
        walk(page, "#filters button")
        page.keyboard.press("Enter")
        walk(page, "#claims summary")
        page.keyboard.press("Enter")
        assert page.locator("#claims details[open]").count() == 1
        assert seen.complaints == []


def test_the_chain(tab):
    with tab("/chain") as seen:
        page = seen.page
        page.locator("#verdict-plot svg").wait_for()
        walk(page, "#boxes button.named")
        page.keyboard.press("Enter")
        page.locator("#number-body dd").first.wait_for()
        assert "Tier" in page.inner_text("#number-body")
        page.keyboard.press("Escape")
        walk(page, "#verdict-says button")
        page.keyboard.press("Enter")
        page.locator("#number-body dd", has_text="computed by Leão").wait_for()
        page.keyboard.press("Escape")
        walk(page, "#slide-exposure-clearance")
        drawn = page.evaluate("document.body.dataset.drawn")
        page.keyboard.press("ArrowRight")
        until(page, "before => document.body.dataset.drawn !== before", drawn)
        page.locator(".same code", has_text="--set fixed.exposure.clearance=").first.wait_for()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.classList.contains('why')")
        page.keyboard.press("Enter")
        page.locator("#number-body svg").first.wait_for()
        assert "fixed here" in page.inner_text("#number-body")
        walk(page, "#number-close")
        page.keyboard.press("Enter")
        assert not page.locator("#number").is_visible()
        assert seen.complaints == []


def test_a_trial_is_planned_and_a_table_brought(tab):
    rows = ["subject,arm,visit,value"]
    for who in range(40):
        arm = "memantine" if who % 2 else "placebo"
        rows += [f"P{who},{arm},{visit},{6 + who % 4 - (visit if who % 2 else 0)}" for visit in range(4)]
    with tab("/trial") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        walk(page, "#kind")
        page.keyboard.type("dose")
        assert page.locator("#doses-field").is_visible()
        walk(page, "#doses")
        page.keyboard.press("Control+A")
        page.keyboard.type("5 mg, 20 mg")
        for slider in ("#largest", "#repeats"):
            walk(page, slider)
            page.keyboard.press("Home")
        walk(page, "#compute")
        page.keyboard.press("Enter")
        page.locator("#design-same section").wait_for(timeout=300_000)
        assert "memantine 5 mg, memantine_20_mg 20 mg" in page.inner_text("#characteristics")
        for words in ("leao trial noruzzadeh2016", "'arms.memantine_20_mg.dose=20 mg'", "leao.power("):
            assert words in page.inner_text("#design-same")
        assert page.locator("#design-same a").count() == 2  # page and JSON
        page.frame_locator("#design-sheet iframe").locator("h1").wait_for()
        choose(page, "#file", "t.csv", "\n".join(rows) + "\n")
        page.locator("#role-kind").wait_for()
        walk(page, "#role-kind")
        page.keyboard.type("count")
        page.locator("#same code", has_text="--kind count").first.wait_for(timeout=300_000)
        assert seen.complaints == []


def test_a_wave_and_a_sheet(tab):
    with tab("/wave", reduced_motion="reduce") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        walk(page, "#preset")
        page.keyboard.type("eaat")
        walk(page, "#compound")
        page.keyboard.type("meman")
        walk(page, "#concentration")
        page.keyboard.type("1 uM")
        walk(page, "#form summary")
        page.keyboard.press("Enter")
        walk(page, "#oxygen")
        page.keyboard.type("95%")
        walk(page, "#size")
        page.keyboard.press("Control+A")
        page.keyboard.type("1 mm")
        walk(page, "#minutes")
        page.keyboard.press("Control+A")
        page.keyboard.type("0.1")
        walk(page, "#over-start")
        page.keyboard.press("Enter")
        page.locator("html[data-film=ready]").wait_for(state="attached", timeout=300_000)
        code = page.locator("#same code").first.inner_text()
        for option in ("--preset eaat", "--concentration '1 uM'", "--oxygen 95%", "--size '1 mm'"):
            assert option in code
        walk(page, "#start", most=200)
        page.keyboard.press("Enter")
        page.locator("#working progress").wait_for()
        walk(page, "#working button")
        page.keyboard.press("Enter")
        page.locator("#working", has_text="Stopped").wait_for()
        assert seen.complaints == []


def test_a_case(tab):
    with tab("/cases") as seen:
        page = seen.page
        page.locator("#shelf button").nth(7).wait_for()
        walk(page, "#shelf button")
        page.keyboard.press("Enter")
        page.locator("#calendar button").first.wait_for()
        walk(page, "#guesses button")
        page.keyboard.press("Enter")
        assert "What was put in" in page.inner_text("#truth")
        assert seen.complaints == []
