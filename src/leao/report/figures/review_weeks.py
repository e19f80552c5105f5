"""Headache days week by week under the predicted level of the drug: the diary at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leao.report.figures import svg

if TYPE_CHECKING:
    from leao.review.answer import Review

SIZE = (720, 300)
WEEK = 7


def draw(review: Review) -> str:
    """Return headache days per 7 filled-in days as bars, and the drug's predicted level as a line, as inline SVG."""
    figure, axes = svg.canvas(SIZE)
    days = review.diary.headache
    headache = np.where(days < 0, np.nan, days.astype(float))
    level = np.zeros(days.size)  # a diary without a drug
    if review.treatment is not None and review.levels is not None:
        level = review.levels.plasma[1, review.treatment.lead :]
    starts = np.arange(0, len(headache), WEEK)
    rates = np.array([_rate(headache[start : start + WEEK]) for start in starts])
    on_drug = np.array([level[start : start + WEEK].mean() > 0 for start in starts])
    for shown, colour in ((~on_drug, svg.CONTROL), (on_drug, svg.DRUG)):
        axes.bar(starts[shown] / WEEK + 0.5, np.nan_to_num(rates[shown]), 0.82, color=colour, linewidth=0)
    if level.max() > 0:
        axes.plot(np.arange(len(level)) / WEEK, level / level.max() * WEEK, color=svg.BLUE, linewidth=1.4)
    axes.set_xlim(0, len(headache) / WEEK)
    axes.set_ylim(0, WEEK * 1.05)
    svg.label(axes, "week of the diary", "headache days in 7 filled-in days")
    svg.grid(axes, xticks=8)
    return svg.write(figure, _alt(rates, on_drug, float(level.max())))


def _rate(week: Any) -> float:
    """Days with headache of the filled-in ones, per 7; a week without any is left blank."""
    written = ~np.isnan(week)
    return float(week[written].mean() * WEEK) if written.any() else float("nan")


def _alt(rates: Any, on_drug: Any, top: float) -> str:
    before, after = np.nanmean(rates[~on_drug]) if (~on_drug).any() else None, None
    if on_drug.any():
        after = np.nanmean(rates[on_drug])
    sentences = [f"Without the drug {before:.1f} headache days a week"] if before is not None else []
    sentences += [f"with it {after:.1f}; predicted level up to {top:.0f} ng/mL (line)"] if after is not None else []
    return ", ".join(sentences) + "."
