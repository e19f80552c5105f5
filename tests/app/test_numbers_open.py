"""Numbers in control lists, claim sentences and the tiles of a wave open: what they are and from where."""

import os

import pytest
from tests.app.conftest import Server
from tests.app.test_accessible import serious

from leao.core.errors import EXTRAS

pytestmark = pytest.mark.command


PLAIN = """
import importlib.abc, sys

class Plain(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {left_out}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Plain())
"""  # what Python runs first in every process of an app on an install without the simulators


def opened(page, button):
    button.press("Enter")
    page.locator("#number-body dd").first.wait_for()
    text = page.inner_text("#number")
    assert "Source" in text
    return text


def closed(page):
    page.keyboard.press("Escape")
    assert not page.locator("#number").is_visible()


def test_claims_and_controls_open_and_the_chain_has_its_elsewhere(tab):
    with tab("/evidence", 390) as seen:
        page = seen.page
        page.locator("#chain-controls li").first.wait_for()
        text = opened(page, page.locator("#chain-controls button").first)
        for words in ("Wanted", "Found", "Peeters", "were it", "vouched for"):
            assert words in text
        page.locator("#number .chosen button").first.press("Enter")
        page.locator("#number-head", has_text="events vehicle").wait_for()
        closed(page)
        text = opened(page, page.locator("#claims button.named", has_text="2.3 (1.1 to 3.5)").first)
        for words in ("Sentence", "grade of the claim", "Noruzzadeh", "2.3 (1.1 to 3.5)"):
            assert words in text
        page.locator("#number .chosen button").first.press("Enter")
        page.locator("#number-body svg").first.wait_for()
        closed(page)
        block = page.locator("#chain-same")
        assert "leao run noruzzadeh2016" in block.inner_text()
        with page.expect_download() as saved:
            block.locator("button", has_text="page").press("Enter")
        assert saved.value.suggested_filename == "chain.html"
        assert serious(page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


def test_tiles_of_a_sheet_open(tab):
    from tests.app.test_science_screens import over_a_sheet

    with tab("/wave", 390, reduced_motion="reduce") as seen:
        page = seen.page
        over_a_sheet(page, "sheet", "1 mm", "0.1")
        page.locator("html[data-film=ready]").wait_for(state="attached", timeout=300_000)
        text = opened(page, page.locator("#over-table button").first)
        assert "How it is computed" in text
        page.locator("#number summary").press("Enter")
        page.locator("#number details button").first.press("Enter")
        page.locator("#number-body dt", has_text="Tier").wait_for()
        assert serious(page) == []
        assert seen.complaints == []


def test_tiles_of_a_review_open_in_the_language_of_the_screen(tab):
    with tab("/diary?lang=de#case=responder", 390) as seen:
        page = seen.page
        page.locator("#tiles button").nth(5).wait_for()
        tile = page.locator("#tiles button").nth(3)
        tile.press("Enter")
        page.locator("#number-body dd").first.wait_for()
        text = page.inner_text("#number")
        for words in ("Quelle", "Monte-Carlo-Fehler", "90-%-Intervall", "ein Urteil", tile.inner_text()):
            assert words in text
        page.locator("#number summary").press("Enter")
        page.locator("#number details button", has_text="effect sd").press("Enter")
        page.locator("#number-body dt", has_text="Anmerkung").wait_for()
        assert "angenommen" in page.inner_text("#number")
        assert serious(page) == []
        assert seen.sideways <= 0
        closed(page)
        assert seen.complaints == []


def test_tiles_of_a_plan_open(tab):
    with tab("/regimen", 390) as seen:
        page = seen.page
        page.fill("#dose", "10 mg daily")
        page.fill("#creatinine_clearance", "40")
        page.locator("#tiles button", has_text="ng/mL").wait_for()
        page.locator("#tiles button", has_text="40 mL/min").wait_for()
        for tile, words in (
            ("40 mL/min", "As entered."),
            ("10 mg/day", "moderate renal impairment"),
            ("ng/mL", "draws"),
        ):
            assert words in opened(page, page.locator("#tiles button", has_text=tile).first)
            closed(page)
        assert serious(page) == []
        assert seen.complaints == []


def test_on_a_plain_install_a_number_says_what_to_install(chromium, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(PLAIN.format(left_out=EXTRAS["simulate"]), encoding="utf-8")
    plain = Server(tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    try:
        page = context.new_page()
        page.goto(f"{plain.here}/?token={plain.token}")
        page.goto(f"{plain.here}/evidence")
        page.locator("#claims button.named", has_text="2.3 (1.1 to 3.5)").first.press("Enter")
        said = page.locator("#number-body [role=alert]").inner_text()
        assert said.startswith("this needs ")
        assert said.endswith("which a plain install leaves out; type: pip install 'leao[simulate]'")
    finally:
        context.close()
        plain.stop()
