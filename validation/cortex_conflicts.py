"""Where two data pull the second cortex apart: trade-off curves from the search's evaluations and from its members."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leao.cortex import preset_table, solve
from leao.cortex.solve import Cortex
from validation import cortex_stages, cortex_targets
from validation.cortex_lineage import Run

Array = NDArray[np.float64]
BOUND = 12.0  # loss of all other figures up to which an evaluation may speak
PUMPS = (0.3, 0.5, 0.7)


def rest_of_loss(run: Run, *without: str) -> float:
    """Return the loss of an evaluation without the named figures and what guides them."""
    return cortex_stages.loss({name: value for name, value in run.figures.items() if name not in without})


def curve(
    runs: list[Run], along: str, edges: tuple[float, ...], best: str, highest: bool
) -> list[tuple[str, str, int]]:
    """Return the best value of one figure in bins of another, over evaluations that do well in all else."""
    asked = [run for run in runs if along in run.figures and best in run.figures]
    good = [run for run in asked if rest_of_loss(run, along, best) <= BOUND]
    rows = []
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        values = [run.figures[best] for run in good if low <= run.figures[along] < high]
        top = (max(values) if highest else min(values)) if values else float("nan")
        rows.append((f"{low:g} to {high:g}", f"{top:.3g}" if values else "none", len(values)))
    return rows


def half_pump(cortex: Cortex, left: float, open_share: float) -> float:
    """Return when a point depolarises with a share of both pumps left, s; 400 where it never does."""
    if cortex.second is None:
        return float("nan")
    weak = cortex.second.homeostat._replace(left_neuron=left, left_glia=left)
    cut = cortex._replace(second=cortex.second._replace(homeostat=weak))
    still = solve.drive(cut, (solve.Stimulus("kcl", 0.0, 0.1),), cortex_targets.POINT)
    return solve.integrate(preset_table.under(cut, None, open_share), still, cortex_targets.POINT, probe=0).stop


def pumps(tissues: list[Cortex], weight: Array) -> list[tuple[str, str, str]]:
    """Return, for each share of the pumps, the weighted share of members that depolarise: free, and under full block."""
    rows = []
    for left in PUMPS:
        share = []
        for block in (1.0, 0.0):
            fallen = np.array([half_pump(each, left, block) < cortex_targets.POINT.duration for each in tissues])
            share.append(f"{100 * float((weight * fallen).sum()):.0f} %")
        rows.append((f"{left:g}", *share))
    return [(a, b, c) for a, b, c in rows]
