"""The pictures of the report, in the order of its sections; matplotlib is imported when they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from leao.chain.run_contract import RunSummary
    from leao.core.runs import Groups
    from leao.report.figures import svg

    Draw = Callable[[RunSummary, Groups, "pl.DataFrame | None"], svg.Picture]


def drawings() -> dict[str, Draw]:
    """Return what draws each picture, by its name."""
    from leao.report.figures import cortex, diary, exposure, hypotheses, receptor, trial, verdict

    return {
        "exposure": lambda summary, tree, _: exposure.draw(summary, tree),
        "receptor": lambda summary, tree, _: receptor.draw(summary, tree),
        "hypotheses": lambda summary, tree, _: hypotheses.draw(summary, tree),
        "thresholds": lambda summary, tree, _: cortex.thresholds(summary, tree),
        "wave": lambda summary, tree, _: cortex.wave(summary, tree),
        "traces": lambda summary, tree, _: cortex.traces(summary, tree),
        "diary": lambda summary, tree, _: diary.draw(summary, tree),
        "calendar": lambda summary, _, days: diary.calendar(summary, days),
        "trial": lambda summary, tree, _: trial.draw(summary, tree),
        "verdict": lambda summary, tree, _: verdict.draw(summary, tree),
        "assumptions": lambda summary, tree, _: verdict.assumptions(summary, tree),
    }


def draw(summary: RunSummary, tree: Groups, days: pl.DataFrame | None) -> dict[str, svg.Picture]:
    """Return every picture of the report by its name."""
    from leao.report.figures import svg

    with svg.styled():
        pictures = [make(summary, tree, days) for make in drawings().values()]
    return {picture.name: picture for picture in pictures}
