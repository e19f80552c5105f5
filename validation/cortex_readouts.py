"""The map of the second cortex: three read-outs under memantine over its weighted members, never one threshold.

Thresholds for KCl and a pulse (``cortex_thresholds.csv``, 40 um), and waves in an hour of continuous KCl
(``cortex_counts.csv``, 80 um, lines that reproduce a vehicle rat), each with its own uncertainty: weighted quantiles
over the members that were computed, renormalised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import threshold_map
from validation import cortex_controls, cortex_counts, cortex_members, search_cortex
from validation.cortex_members import Judged

Array = NDArray[np.float64]
LEVELS = (0.1, 0.2, 0.4, 1.0, 2.0)  # uM memantine, free
INTERVAL = (0.05, 0.5, 0.95)
COUNT = "count"


class Readout(NamedTuple):
    """One read-out at one level over the members: low, middle, high of the 90 %, members, share of the weight."""

    kind: str
    level: float
    low: float
    middle: float
    high: float
    members: int
    weight: float


def thresholds(kind: str) -> dict[tuple[int, int], tuple[Array, Array]]:
    """Return, for each member that was computed, levels (uM) and thresholds over that without drug."""
    rows = {}
    for row in search_cortex.kept(cortex_counts.THRESHOLDS):
        if row["stimulus"] == kind:
            levels, values = (
                np.array([float(text) for text in row[name].split()]) for name in ("levels_uM", "thresholds")
            )
            rows[int(row["lineage"]), int(row["evaluation"])] = levels, values / values[0]
    return rows


def counts() -> dict[tuple[int, int], dict[float, float]]:
    """Return, for each member counted without drug, the ratio of counts at each level counted."""
    waves: dict[tuple[int, int], dict[float, Array]] = {}
    for row in search_cortex.kept(cortex_counts.COUNTS):
        key = int(row["lineage"]), int(row["evaluation"])
        waves.setdefault(key, {})[float(row["level_uM"])] = np.array([float(text) for text in row["waves"].split()])
    rows: dict[tuple[int, int], dict[float, float]] = {}
    for key, by_level in waves.items():
        fit = cortex_controls.matched(by_level[0.0][None, :]) if 0.0 in by_level else None
        if fit is not None:
            free = float(fit.counts[0] @ fit.weight)
            rows[key] = {level: float(np.nan_to_num(n) @ fit.weight) / free for level, n in by_level.items() if level}
    return rows


def table(of: list[Judged]) -> list[Readout]:
    """Return every read-out at every level that some member was computed at."""
    if not of:
        return []
    weight = dict(zip([member.key for member in of], cortex_members.weights(of), strict=True))
    rows = []
    for kind in threshold_map.KINDS:
        curves = {key: value for key, value in thresholds(kind).items() if key in weight}
        for level in LEVELS:
            values = {key: _between(*curve, level) for key, curve in curves.items()}
            rows.append(_readout(kind, level, values, weight))
    ratios = {key: value for key, value in counts().items() if key in weight}
    for level in sorted({level for by_level in ratios.values() for level in by_level}):
        values = {key: by_level[level] for key, by_level in ratios.items() if level in by_level}
        rows.append(_readout(COUNT, level, values, weight))
    return [row for row in rows if row.members]


def page(of: list[Judged]) -> list[str]:
    """Return the map as lines of the page."""
    rows = table(of)
    if not rows:
        return ["Not computed.", ""]
    names = {"kcl": "KCl threshold", "pulse": "pulse threshold", COUNT: "waves in an hour of KCl"}
    lines = [
        "Each over that without drug: median and 90 % of the weighted members that were computed. Counts: 80 um only, so by"
        " the rule (80, 40 and 20 um within 0.05) they are **not identified**.",
        "",
        "| read-out | memantine, uM free | median | 90 % | members | of the weight |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {names[row.kind]} | {row.level:g} | x {row.middle:.3f} | {row.low:.3f} to {row.high:.3f} | {row.members} |"
        f" {100 * row.weight:.0f} % |"
        for row in rows
    ]
    return [*lines, ""]


def _between(levels: Array, values: Array, level: float) -> float:
    """Return a relative threshold between the levels computed, linear in its logarithm; inf beyond the last."""
    finite = np.isfinite(values)
    if level > levels[finite][-1]:
        return float("inf")
    return float(np.exp(np.interp(level, levels[finite], np.log(values[finite]))))


def _readout(
    kind: str, level: float, values: dict[tuple[int, int], float], weight: dict[tuple[int, int], float]
) -> Readout:
    if not values:
        return Readout(kind, level, float("nan"), float("nan"), float("nan"), 0, 0.0)
    seen = np.array(list(values.values()))
    share = np.array([weight[key] for key in values])
    order = np.argsort(seen)
    cumulated = (np.cumsum(share[order]) - 0.5 * share[order]) / share.sum()
    low, middle, high = (float(seen[order][min(int(np.searchsorted(cumulated, q)), seen.size - 1)]) for q in INTERVAL)
    return Readout(kind, level, low, middle, high, seen.size, float(share.sum()))
