"""What the second model's members give under memantine, from kept figures: thresholds and counts, member by member.

Thresholds for KCl and a pulse (``cortex_thresholds.csv``, 40 um), and waves in an hour of continuous KCl
(``cortex_counts.csv``, 80 um, lines that reproduce a vehicle rat). ``second_map`` ships them, ``cortex_map_page`` shows
them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import counts
from validation import cortex_controls, cortex_counts, cortex_grids, search_cortex
from validation.cortex_members import Judged

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """A member's thresholds: levels (uM), in the stimulus's unit, over that without drug."""

    levels: Array
    absolute: Array
    relative: Array

    def at(self, level: float) -> float:
        """Return the relative threshold at a level, linear in its logarithm; inf beyond the last that ignites."""
        finite = np.isfinite(self.relative)
        if level > self.levels[finite][-1]:
            return float("inf")
        return float(np.exp(np.interp(level, self.levels[finite], np.log(self.relative[finite]))))


def thresholds(kind: str) -> dict[tuple[int, int], Curve]:
    """Return the curve of each member that was computed."""
    rows = {}
    for row in search_cortex.kept(cortex_counts.THRESHOLDS):
        if row["stimulus"] == kind:
            levels, values = (
                np.array([float(text) for text in row[name].split()]) for name in ("levels_uM", "thresholds")
            )
            rows[int(row["lineage"]), int(row["evaluation"])] = Curve(levels, values, values / values[0])
    return rows


def count_ratio(member: Judged, level: float) -> tuple[float, float] | None:
    """Return a member's count under memantine over that without and the error of its logarithm; None: no count."""
    known = cortex_grids.at_coarse()
    free = known.get((member.key, 0.0))
    fit = None if free is None else cortex_controls.matched(free[None, :])
    if fit is None or (member.key, level) not in known:
        return None
    return counts.ratio(np.nan_to_num(known[member.key, level]), fit.counts[0], fit.weight)
