"""A result: what a notebook and a terminal show of it, its page, its pictures, its data."""

import re

import matplotlib.figure
import polars as pl
import pytest

import leao
from leao.core import progress
from leao.core.errors import ScenarioError
from leao.core.result import LINES, WIDTH, Result

pytestmark = pytest.mark.property

RESULTS = {
    "curve": lambda: leao.receptor.curve(),
    "claims": lambda: leao.evidence.claims(),
    "synthesis": lambda: leao.evidence.synthesis(),
    "pathways": lambda: leao.headache.pathways(),
    "number": lambda: leao.number("exposure.clearance"),
    "presets": lambda: leao.cortex.presets(),
    "population": lambda: leao.exposure.population(50),
    "plan": lambda: leao.plan.check("10 mg daily", {"weight": 62, "age": 71}),
    "diaries": lambda: leao.diary.simulate(n=5, days=28),
    "provocation": lambda: leao.provoke(n=50),
    "a new topic": lambda: Result("levels", {"rows": [{"a": 1.5}, {"a": None}], "is": True, "text": "x" * 300}),
}
LONG = 20_000  # characters of a headline block: some rows, never a page


@pytest.fixture(scope="module", params=RESULTS)
def result(request):
    return RESULTS[request.param]()


def test_a_terminal_shows_few_lines(result):
    lines = repr(result).splitlines()
    assert 1 <= len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH


def test_a_notebook_shows_the_headline_block_at_most(result):
    block = result._repr_html_()
    assert block.startswith('<div class="leao-headline"')
    assert len(block) < LONG
    assert "<html" not in block
    assert "<svg" not in block


def test_a_page_is_one_file_that_asks_nobody(result, tmp_path):
    page = result.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert not re.search(r'src="https?:|<link[^>]+href="https?:', page)
    assert "default-src 'none'" in page


def test_every_picture_is_a_figure(result, tmp_path):
    for name in result.plots:
        figure = result.plot(name)
        assert isinstance(figure, matplotlib.figure.Figure)
        figure.savefig(tmp_path / "picture.png")
        assert (tmp_path / "picture.png").stat().st_size > 2000


def test_what_cannot_be_drawn_is_said(result):
    with pytest.raises(ScenarioError, match="wanted one of" if result.plots else "no picture"):
        result.plot("curv")


def test_data_is_a_table_made_once():
    curve = leao.receptor.curve()
    assert isinstance(curve.data, pl.DataFrame)
    assert curve.data is curve.data
    assert curve.data["concentration_uM"].to_list() == curve.summary["concentration_uM"]


def test_panels_of_a_picture_are_figures_of_their_own():
    synthesis = leao.evidence.synthesis()
    assert len(synthesis.plot("forest").axes) == 2
    assert synthesis.plot("forest.2").axes[0] is not None
    with pytest.raises(ScenarioError, match=r"forest\.1 to forest\.2"):
        synthesis.plot("forest.3")


def test_words_of_a_user_are_escaped():
    block = Result("levels", {"text": "<script>alert(1)</script>"})._repr_html_()
    assert "<script>" not in block


def test_progress_in_a_notebook_is_one_line_written_over(monkeypatch):
    import sys
    import types

    shown, updated = [], []

    class Handle:
        def update(self, line, raw):
            updated.append(line["text/plain"])

    def display(line, raw, display_id):
        shown.append(line["text/plain"])
        return Handle()

    assert not progress.in_notebook()
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    tell = progress.shown()
    for done in range(3):
        tell("waves", done, 2)
    assert len(shown) == 1
    assert [line.split()[-3] for line in updated] == ["1", "2"]
    assert progress.shown(print) is print
