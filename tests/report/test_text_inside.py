"""No text of a picture leaves its figure: every picture of the gallery, as a notebook draws it, from small data."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from tests.report.fields import diary_rows, tree
from tests.report.fixture import summary

import leao
from leao.receptor.hypotheses import HYPOTHESES
from leao.report import topics
from leao.report.figures import board, svg

pytestmark = pytest.mark.property

DATA = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "data"
TABLE: dict[str, Any] = {"arm": "ARM", "visit": "VISIT", "subject": "ID", "value": "DAYS", "control": "placebo"}
MADE = {
    "run": lambda: SimpleNamespace(topic="run", summary=summary(), groups=tree(), diary=diary_rows()),
    "synthesis": lambda: leao.evidence.synthesis(),
    "history": lambda: leao.evidence.history(),
    "preventives": lambda: leao.preventives(),
    "review": lambda: leao.review.diary(DATA / "diary.csv", start="2026-03-30", dose="10 mg daily", unlisted="missing"),
    "plan": lambda: leao.plan.check("10 mg daily", {"age": 41, "sex": "female", "weight": 70}),
    "forecast": lambda: leao.exposure.forecast("10 mg daily", {"weight": 70}),
    "vpc": lambda: leao.exposure.vpc(DATA / "levels.csv"),
    "fit": lambda: leao.exposure.fit(DATA / "levels.csv", dose="10 mg", days=28),
    "curve": lambda: leao.receptor.curve(),
    "pulse": lambda: leao.receptor.pulse("1 uM"),
    "wave": lambda: leao.cortex.wave(concentration="1 uM"),
    "threshold": lambda: leao.cortex.threshold("0,3 uM"),
    "kcl": lambda: leao.cortex.kcl(1.0),
    "sheet": lambda: leao.cortex.sheet(size="4 mm", minutes=1),
    "aura": lambda: leao.cortex.aura(size="4 mm", minutes=1),
    "provoke": lambda: leao.provoke(compound="memantine", dose="10 mg daily"),
    "analysis": lambda: leao.trial.analyse(DATA / "trial.csv", **TABLE, imputation="all", delta="2"),
}
SIMULATED = {
    "power": lambda out: leao.power("noruzzadeh2016", 25, n=[20, 60], effect=0.75, out=out),
    "grid": lambda out: leao.power_grid("noruzzadeh2016", 25, n="20,60", effect="0.75,1", out=out),
}


def outside(figure):
    """Return the texts that leave the figure, with the pixels by which they do."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    boxes = {text.get_text(): text.get_window_extent(canvas.get_renderer()) for text in texts if text.get_text()}
    width, height = figure.bbox.width, figure.bbox.height
    over = {text: max(-box.x0, box.x1 - width, -box.y0, box.y1 - height) for text, box in boxes.items()}
    return {text: float(pixels) for text, pixels in over.items() if pixels > 0.5}


def held(result):
    drawn = 0
    for name, draw in topics._pictures(result).items():
        for number, figure in enumerate(board.figures(draw)[0], start=1):
            assert not outside(figure), f"{name}.{number}"
            drawn += 1
    assert drawn


@pytest.mark.parametrize("name", MADE)
def test_texts_lie_inside_their_figures(name):
    held(MADE[name]())


@pytest.mark.parametrize("name", SIMULATED)
def test_texts_of_simulated_trials_lie_inside_their_figures(name, runs_folder):
    held(SIMULATED[name](runs_folder))


def test_the_gallery_has_no_other_call():
    page = (DATA.parents[1] / "gallery.md").read_text(encoding="utf-8")
    assert page.count("gallery(") - 1 == len(MADE) + len(SIMULATED)


def test_a_name_that_leaves_its_figure_is_seen():
    figure, axes = svg.canvas(svg.HALF, left=40)
    svg.ticks(axes, "y", [0.5], ["in-vivo-occupancy-plasma"])
    [panel], _ = board.figures(lambda: svg.write(figure, "too narrow"))
    assert outside(panel).keys() == {"in-vivo-occupancy-plasma"}


def test_every_hypothesis_has_its_room():
    figure, axes = svg.canvas(svg.HALF, left=svg.room([*HYPOTHESES]))
    svg.ticks(axes, "y", [k / len(HYPOTHESES) for k in range(len(HYPOTHESES))], [*HYPOTHESES])
    [panel], _ = board.figures(lambda: svg.write(figure, "wide enough"))
    assert not outside(panel)
