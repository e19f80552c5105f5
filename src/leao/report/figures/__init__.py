"""The pictures of the report, in the order of its sections; matplotlib is imported when they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from leao.core.runs import Groups
    from leao.report.figures import svg


def draw(summary: Mapping[str, Any], tree: Groups, days: pl.DataFrame | None) -> dict[str, svg.Picture]:
    """Return every picture of the report by its name."""
    from leao.report.figures import cortex, diary, exposure, hypotheses, receptor, svg, trial, verdict

    with svg.styled():
        pictures = (
            exposure.draw(summary, tree),
            receptor.draw(summary, tree),
            hypotheses.draw(summary, tree),
            cortex.thresholds(summary, tree),
            cortex.wave(summary, tree),
            cortex.traces(summary, tree),
            diary.draw(summary, tree),
            diary.calendar(summary, days),
            trial.draw(summary, tree),
            verdict.draw(summary, tree),
            verdict.assumptions(summary, tree),
        )
    return {picture.name: picture for picture in pictures}
