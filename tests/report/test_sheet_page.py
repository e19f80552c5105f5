"""The page of a sheet and of an aura: one file, a film within its size, its one script named by its hash."""

import base64
import hashlib
import re
import zlib

import numpy as np
import pytest
from tests import browser

import leao
from leao.cli.contracts import checked
from leao.report import film, sheet

pytestmark = pytest.mark.command

SMALL = {"preset": "eaat", "size": "2.4,1.6 mm", "minutes": 0.3, "threads": 1, "every": "1 s"}


@pytest.fixture(scope="module")
def aura():
    return leao.cortex.aura(**SMALL, concentration="1 uM")


@pytest.fixture(scope="module")
def page(aura, tmp_path_factory):
    return aura.report(tmp_path_factory.mktemp("aura") / "aura.html")


def test_a_reel_unpacks_to_its_frames():
    levels = np.random.default_rng(1).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    steps = np.frombuffer(zlib.decompress(base64.b64decode(film.packed(levels))), np.uint8).reshape(levels.shape)
    np.testing.assert_array_equal(np.cumsum(steps, axis=0, dtype=np.uint8), levels)


def test_the_page_is_whole_small_and_runs_one_script(page, aura):
    text = page.read_text(encoding="utf-8")
    assert len(text) < 3_000_000
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    named = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{named}'" in text
    assert "https://" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    checked("cortex-aura", aura.summary)
    assert aura.summary["scotoma_control"] is not None
    assert set(aura.plots) == set(sheet.names(aura.basis))


def test_the_folder_holds_answer_fields_and_stills(aura, tmp_path):
    sheet.write("aura", aura.summary, aura.basis, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"index.html", "result.json", "fields.zarr", "fields_without.zarr", "stills.svg", "stills.png"} <= names


@pytest.mark.parametrize("width", browser.WIDTHS)
def test_the_film_plays_and_asks_nobody(page, width):
    with browser.started() as chromium, browser.opened(chromium, page, width) as seen:
        seen.page.wait_for_selector("html[data-film=ready]", state="attached")
        assert seen.outside == []
        assert seen.complaints == []
        assert seen.sideways <= 0
        before = seen.page.inner_text("#clock")
        seen.page.evaluate(
            "const s = document.getElementById('time'); s.value = 0; s.dispatchEvent(new Event('input'))"
        )
        assert seen.page.inner_text("#clock") != before
        drawn = "(c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size)"
        assert seen.page.evaluate(f"{drawn}(document.querySelector('canvas'))") > 2
