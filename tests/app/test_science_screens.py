"""Screens 3 to 6 in a browser: they answer, by keyboard, at any width, and say what is quick and what is not."""

import pytest
from tests.app.conftest import until
from tests.app.test_accessible import serious

pytestmark = pytest.mark.command


def test_the_diamond_moves_with_scepticism(tab):
    with tab("/evidence", 390) as seen:
        page = seen.page
        page.locator("#forest svg").wait_for()
        page.focus("#sceptic")
        before = page.locator("#sceptic").get_attribute("aria-valuetext")
        page.keyboard.press("Home")
        assert page.locator("#sceptic").get_attribute("aria-valuetext").startswith("neutral")
        assert page.locator("#sceptic").get_attribute("aria-valuetext") != before
        page.locator("#claims li").first.wait_for()
        page.locator("#filters button").nth(1).press("Enter")
        assert page.locator("#claims .supported").count() == page.locator("#claims > li").count()
        page.locator("#chain-plot svg").wait_for()
        assert page.locator("#chain-controls li").count() >= 3
        for place in ("#sceptic-says", "#forest-numbers", "#settle", "#chain-says"):
            page.locator(f"{place} button").first.press("Enter")
            page.locator("#number-body dd").first.wait_for()
            assert "Passage" in page.inner_text("#number-body")
            page.keyboard.press("Escape")
        assert seen.sideways <= 0
        assert seen.complaints == []


def test_every_box_moves_and_a_number_shows_its_range(tab):
    with tab("/chain") as seen:
        page = seen.page
        page.locator("#verdict-plot svg").wait_for()
        plasma, verdict = page.inner_text("#value-1"), page.inner_text("#verdict-says")
        page.focus("#slide-dose")
        page.keyboard.press("End")
        until(page, "before => document.querySelector('#value-1').innerText !== before", plasma)
        assert page.inner_text("#verdict-says") != verdict
        assert page.locator("#above").is_visible()
        assert page.inner_text("#mark") == "quick"
        assert "This answer is quick" in page.inner_text("#same")
        assert page.locator("#same button", has_text="chart").count() == 1
        json_of = page.locator("#same a").get_attribute("href")
        assert page.evaluate("from => fetch(from).then((got) => got.json()).then((got) => got.quick)", json_of) is True
        page.focus("#slide-exposure-clearance")
        page.keyboard.press("ArrowRight")
        page.locator(".same code", has_text="--set fixed.exposure.clearance=").first.wait_for()
        page.locator("#numbers summary", has_text="From the wave").press("Enter")
        page.locator("#numbers details[open] button").first.press("Enter")
        page.locator("#number-body svg").first.wait_for()
        for word in ("Source", "Tier", "Passage", "How people differ"):
            assert word in page.inner_text("#number-body")
        page.keyboard.press("Escape")
        assert "setting=research" in page.locator(".same code").first.inner_text()
        for where, words in (("#verdict-says", "half of what the trials show"), ("#what-1", "free memantine in brain")):
            page.locator(f"{where} button").last.press("Enter")
            page.locator("#number-body svg").first.wait_for()
            assert words in page.inner_text("#number")
            page.keyboard.press("Escape")
        assert seen.complaints == []


def test_every_hypothesis_is_a_switch_and_its_size_opens(tab):
    from leao.receptor.hypotheses import HYPOTHESES

    with tab("/chain", 390) as seen:
        page = seen.page
        page.locator("#verdict-plot svg").wait_for()
        assert page.locator("#boxes input[type=checkbox]").count() == len(HYPOTHESES)
        for name in HYPOTHESES:
            page.focus(f"#switch-{name}")
            page.keyboard.press("Space")
        code = page.locator(".same code")
        for name in HYPOTHESES:  # an answer under way may still name but the first few
            code = code.filter(has_text=name)
        code.first.wait_for()
        page.locator("#boxes summary").last.press("Enter")
        page.locator("#boxes details[open] button").first.press("Enter")
        page.locator("#number-body svg").first.wait_for()
        assert serious(page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


def test_a_trials_table_is_dropped_and_its_columns_are_chosen(tab):
    rows = ["who,group,month,n"]
    for who in range(40):
        group = "drug" if who % 2 else "placebo"
        rows += [f"P{who},{group},{month},{6 + who % 4 - (month if who % 2 else 0)}" for month in range(4)]
    with tab("/trial", 390) as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=120_000)
        content = ("\n".join(rows) + "\n").encode()
        page.set_input_files("#file", files=[{"name": "t.csv", "mimeType": "text/csv", "buffer": content}])
        page.locator("#role-arm").wait_for()
        for role, column in (("subject", "who"), ("arm", "group"), ("visit", "month"), ("value", "n")):
            page.select_option(f"#role-{role}", column)
        page.select_option("#role-kind", "count")
        page.locator(".same code", has_text="--kind count").first.wait_for(timeout=300_000)
        assert "--arm group" in page.locator(".same code").first.inner_text()
        assert "mmrm" in page.frame_locator("iframe").locator("body").inner_text().lower()
        page.locator("#chosen summary").press("Enter")
        page.fill("#visit_days", "28")
        page.press("#visit_days", "Tab")
        page.locator(".same code", has_text="--visit-days 28").first.wait_for(timeout=300_000)
        page.select_option("#table-estimator", "ancova")
        page.locator(".same code", has_text="--estimator ancova").first.wait_for(timeout=300_000)
        page.fill("#baseline_days", "none")
        page.press("#baseline_days", "Tab")
        page.locator("#answering .banner", has_text="baseline").wait_for()
        assert page.locator("iframe").count() == 0
        page.fill("#baseline_days", "28")
        page.press("#baseline_days", "Tab")
        page.locator(".same code", has_text="--baseline-days 28").first.wait_for(timeout=300_000)
        assert serious(page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


@pytest.mark.long
def test_a_wave_is_solved_and_its_place_chosen_by_keyboard(tab):
    with tab("/wave", 390, reduced_motion="reduce") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.select_option("#compound", "memantine")
        page.fill("#concentration", "1 uM")
        page.press("#concentration", "Enter")
        page.locator("#line svg").wait_for(timeout=300_000)
        assert page.locator("#live").is_visible()  # drawn while it is solved
        page.locator("#tiles", has_text="mm/min").wait_for(timeout=300_000)
        assert int(page.evaluate("document.body.dataset.streamed")) >= 2
        assert not page.locator("#live").is_visible()
        before = page.inner_text("#trace figcaption")
        page.focus("#map canvas")
        page.keyboard.press("ArrowUp")
        assert page.inner_text("#trace figcaption") != before
        assert "--concentration '1 uM'" in page.locator(".same code").first.inner_text()
        assert seen.sideways <= 0
        assert seen.complaints == []
        page.fill("#concentration", "much")
        page.press("#concentration", "Enter")
        page.locator("#working .banner").wait_for()
        assert "much" in page.inner_text("#working")


@pytest.mark.long
def test_a_threshold_is_of_the_tissue_asked_for_and_has_a_page(tab):
    with tab("/wave", 390) as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.locator("#form summary").press("Enter")
        page.select_option("#antagonist", "cp101606")
        page.fill("#block", "50%")
        page.focus("#weakest")
        page.keyboard.press("Enter")
        page.locator("#thresholds tbody tr").wait_for(timeout=300_000)
        code = page.locator("#same code").first.inner_text()
        for option in ("leao cortex threshold", "--antagonist cp101606", "--block 50%", "--out threshold"):
            assert option in code
        assert page.locator("#same a").count() == 2  # page and JSON
        assert "threshold" in page.frame_locator("#sheet iframe").locator("body").inner_text().lower()
        assert serious(page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


def over_a_sheet(page, kind, size, minutes):
    page.locator("html[data-ready]").wait_for(timeout=300_000)
    page.select_option("#preset", "eaat")
    page.select_option("#over-kind", kind)
    page.fill("#size", size)
    page.fill("#minutes", minutes)
    page.press("#minutes", "Enter")


def test_an_aura_is_filmed_in_the_visual_field(tab):
    with tab("/wave", 390, reduced_motion="reduce") as seen:
        page = seen.page
        page.locator("html[data-ready]").wait_for(timeout=300_000)
        page.select_option("#compound", "memantine")
        for summary in ("#form summary", "#over summary"):
            page.locator(summary).press("Enter")
        page.fill("#oxygen", "90%")
        page.fill("#radius", "0.5 mm")
        places = b"x_mm,y_mm,radius_mm,scar\n1.2,0.8,0.3,1\n"
        page.set_input_files("#places", files=[{"name": "scar.csv", "mimeType": "text/csv", "buffer": places}])
        page.locator("#places-forget").wait_for()
        over_a_sheet(page, "aura", "1.6 mm", "0.2")
        page.locator("html[data-film=ready]").wait_for(state="attached", timeout=300_000)
        assert page.locator("#films canvas").count() == 8  # three fields and the visual field, with drug and without
        drawn = "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join())"
        shown = f"{drawn}(document.querySelector('#films canvas'))"
        before = page.evaluate(shown)
        page.focus("#over-result [data-film=time]")
        page.keyboard.press("End")
        assert page.evaluate(shown) != before
        assert "%" in page.inner_text("#over-says")
        code = page.locator("#same code").first.inner_text()
        assert code.startswith("leao cortex aura")
        for option in ("--hemifield left", "--oxygen 90%", "--radius '0.5 mm'", "--field scar.csv"):
            assert option in code
        assert "scar.csv" in page.locator("#same pre").text_content()
        assert serious(page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


def test_a_sheet_is_stopped_and_what_cannot_be_asked_is_a_line(tab):
    with tab("/wave") as seen:
        page = seen.page
        over_a_sheet(page, "sheet", "20 mm", "4")
        page.locator("#over-working button").press("Enter")
        page.locator("#over-working", has_text="Stopped").wait_for()
        page.fill("#size", "20 miles and more")
        page.press("#size", "Enter")
        page.locator("#over-working .banner", has_text="size").wait_for(timeout=300_000)
        assert not page.locator("#over-result").is_visible()
        page.fill("#size", "2 mm")
        page.locator("#form summary").press("Enter")
        for name, bad in (("oxygen", "much"), ("block", "50 percent")):
            page.fill(f"#{name}", bad)
            page.press("#minutes", "Enter")
            page.locator("#over-working .banner", has_text=name).wait_for()
            page.fill(f"#{name}", "")
        page.fill("#minutes", "none")
        page.press("#minutes", "Enter")
        page.locator("#over-working .banner", has_text="Minutes").wait_for()
        assert seen.complaints == []


@pytest.mark.long
def test_the_full_run_replaces_the_quick_answer(tab):
    with tab("/chain") as seen:
        page = seen.page
        page.locator("#verdict-plot svg").wait_for()
        page.focus("#full")
        page.keyboard.press("Enter")
        page.locator("#running progress").wait_for()
        page.locator("iframe").wait_for(timeout=900_000)
        assert page.inner_text("#mark") == "full run"
        assert "single simulated trials" in page.inner_text("#what-5")
        page.focus("#slide-dose")
        page.keyboard.press("ArrowRight")
        until(page, "document.querySelector('#mark').innerText === 'quick'")
        assert page.locator("iframe").count() == 0
        assert seen.complaints == []
