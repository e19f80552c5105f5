"""The visual predictive check as a picture: levels above, the share below the limit of quantification beneath."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from leao.core import files
from leao.exposure.predictive_check import Check, ending
from leao.exposure.records import Records

if TYPE_CHECKING:
    from matplotlib.figure import Figure


FEW_BINS = 4  # up to so many, bars stand at the bins: a band between them would say more than is known
FEW_LEVELS = 5  # with fewer in a bin, its percentiles are those of single people
BLUE, BLACK = "#2a6f97", "#222222"


def styled() -> AbstractContextManager[None]:
    """Return the context in which the picture is drawn and saved."""
    import matplotlib as mpl

    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "leao",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    return mpl.rc_context(style)


def picture(records: Records, result: Check, corrected: bool = False) -> Figure:
    """Return the picture, drawn with ``styled``.

    Args:
        records: the records.
        result: the check.
        corrected: whether levels are prediction-corrected: single levels are then not drawn.
    """
    from matplotlib.figure import Figure

    below = bool(records.censored.any())
    figure = Figure(figsize=(7.2, 6.0 if below else 4.6), layout="constrained", dpi=150)
    ratios = [3, 1] if below else [1]
    grid = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)
    axes = list(grid[:, 0])
    _levels(axes[0], result)
    _label(axes[0], records, corrected)
    if below:
        _below(axes[1], result)
    axes[-1].set_xlabel("time, h")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize="small")
    return figure


def _levels(axes: Any, result: Check) -> None:
    time, predicted, interval = result.time_h, result.predicted, result.predicted_interval
    if time.size > FEW_BINS:
        axes.fill_between(time, predicted[:, 0], predicted[:, 2], color=BLUE, alpha=0.18, lw=0)
        axes.fill_between(time, interval[:, 1, 0], interval[:, 1, 1], color=BLUE, alpha=0.35, lw=0)
        axes.plot(time, predicted[:, 1], color=BLUE)
    else:
        span = max(np.ptp(time), 24.0)
        width = 0.04 * span
        axes.bar(time, predicted[:, 2] - predicted[:, 0], width, predicted[:, 0], color=BLUE, alpha=0.18)
        axes.bar(time, np.ptp(interval[:, 1], axis=1), width, interval[:, 1, 0], color=BLUE, alpha=0.35)
        axes.hlines(predicted[:, 1], time - width / 2, time + width / 2, color=BLUE)
        axes.set_xlim(time[0] - 0.3 * span, time[-1] + 0.3 * span)
    axes.fill_between([], [], [], color=BLUE, alpha=0.18, lw=0, label="predicted levels, 5 to 95 %")
    axes.plot([], [], color=BLUE, label="predicted median")
    axes.fill_between([], [], [], color=BLUE, alpha=0.35, lw=0, label="where the median of so many falls, 90 %")
    enough = result.levels >= FEW_LEVELS
    if enough.any():
        style = {"color": BLACK, "marker": "_" if enough.sum() == 1 or time.size <= FEW_BINS else None}
        axes.plot(time[enough], result.measured[enough, 1], "--", label="measured median", **style)
        for k in (0, 2):
            label = "measured 5 and 95 %" if k == 0 else None
            axes.plot(time[enough], result.measured[enough, k], ":", label=label, **style)


def _label(axes: Any, records: Records, corrected: bool) -> None:
    """Draw single levels, where they stand on the scale of the band, and name the axis."""
    seen, censored = ~np.isnan(records.dv) & ~records.censored, records.censored
    if not corrected:
        axes.plot(records.time[seen], records.dv[seen], ".", color=BLACK, ms=5, alpha=0.6, mew=0, label="measured")
    if censored.any() and not corrected:
        axes.plot(
            records.time[censored], records.dv[censored], "v", color="#b23a48", ms=5, mew=0, alpha=0.7,
            label="below this limit of quantification",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    drug = "memantine" if records.drug is None else records.drug.name
    scale = "prediction-corrected, " if corrected else ""
    axes.set_ylabel(f"{drug} in plasma, {scale}ng/mL")


def _below(axes: Any, result: Check) -> None:
    """Draw the measured share below the limit on its predicted 90 % interval."""
    low, middle, high = result.predicted_below_percent.T
    axes.errorbar(
        result.time_h, middle, (middle - low, high - middle), fmt="_", color=BLUE, elinewidth=5, alpha=0.4, ms=9
    )
    axes.plot(result.time_h, result.below_percent, "v", color="#b23a48", ms=6, mew=0)
    axes.set_ylim(-4, 104)
    axes.set_ylabel("below limit, %")


def write(records: Records, result: Check, out: Path, corrected: bool = False) -> None:
    """Write the picture of a check, .svg or .png.

    Raises:
        ScenarioError: another ending of ``out``.
    """
    buffer = BytesIO()
    kind = ending(out)
    with styled():
        figure = picture(records, result, corrected)
        figure.savefig(buffer, format=kind, metadata={"Date": None} if kind == "svg" else None)
    files.write_bytes(out, buffer.getvalue(), files.PRIVATE)
