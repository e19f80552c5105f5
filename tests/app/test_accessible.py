"""axe-core finds nothing serious on any screen, light and dark; every screen fits a phone; everything has a name.

axe-core (Deque Systems, MPL 2.0) lies in ``vendor`` for these tests alone; it is no part of the package.
"""

from pathlib import Path

import pytest

from leao.app.screens import HOME, SCREENS

pytestmark = pytest.mark.command
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = "async () => (await axe.run({exclude: ['iframe']}, {resultTypes: ['violations']})).violations"
READY = {  # what stands there when a screen has filled itself
    "/": ".doors",
    "/diary": "#drop",
    "/regimen": "#presets button",
    "/evidence": "#chain-controls li",
    "/chain": "#verdict-plot svg",
    "/trial": "html[data-ready]",
    "/wave": "html[data-ready]",
    "/cases": "#shelf button",
}


def serious(page):
    page.evaluate(AXE)
    return [
        (each["id"], each["nodes"][0]["html"][:160], each["nodes"][0].get("failureSummary", "")[:200])
        for each in page.evaluate(RUN)
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("path", [screen.path for screen in (HOME, *SCREENS)])
def test_nothing_serious_on_any_screen(tab, path):
    with tab(path, 390, color_scheme="dark" if path in ("/", "/chain") else "light", reduced_motion="reduce") as seen:
        seen.page.locator(READY[path]).first.wait_for(state="attached")
        assert serious(seen.page) == []
        assert seen.sideways <= 0
        assert seen.complaints == []


def test_nothing_serious_in_a_diary_that_asks_and_answers(tab):
    with tab("/diary") as seen:
        page = seen.page
        content = "date,headache,medicine\n" + "".join(
            f"2026-01-{d:02d},{'hm' if d % 3 else 'no'},ibuprofen\n" for d in range(1, 29)
        )
        page.set_input_files("#file", files=[{"name": "d.csv", "mimeType": "text/csv", "buffer": content.encode()}])
        page.locator("#questions button").first.wait_for()
        assert serious(page) == []
        page.locator("#questions button").first.press("Enter")
        page.wait_for_selector("iframe")
        page.locator(".same").wait_for()
        assert serious(page) == []


def test_the_pages_words_and_scripts_are_small():
    from leao.app import screens

    names = [file.name for file in (Path(screens.__file__).parent / "static").iterdir()]
    scripts = sum(len(screens.static(name)[0]) for name in names if name.endswith(".js"))
    assert scripts <= 150_000
    assert screens.static("../guard.py") is None
    assert screens.static("leao.js")[1].startswith("text/javascript")
