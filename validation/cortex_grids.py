"""Counts under memantine on finer grids, by the rule of ``docs/validation/cortex_map_rule.md``; goes on where it stopped.

    python -m validation.cortex_grids [--seconds 1800]

Heaviest members (R5) with a count: twelve at 40 um, the first six of them at 20 um too. ``cortex_grids.csv`` holds the
waves of every line, `nan` where a line was not asked for.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import counts, kcl_waves, preset_table, solve
from leao.cortex.treated import Drug
from validation import cortex_controls, cortex_counts, cortex_members, cortex_targets, search_cortex
from validation.cortex_members import Judged

Array = NDArray[np.float64]

GRIDS = cortex_targets.DOCS / "cortex_grids.csv"
LEVELS = (0.0, 0.2, 0.4, 1.0)  # uM
COARSE, MIDDLE, FINE = 80, 40, 20  # um
AT_MIDDLE, AT_FINE = 12, 6  # members
FINE_LINES = 8
STEPS = 2  # 80 to 40 um, 40 to 20 um
LINE = {
    MIDDLE: kcl_waves.GRID._replace(nodes=50, dt=0.04),
    FINE: kcl_waves.GRID._replace(nodes=100, dt=0.02),
}


class Step(NamedTuple):
    """The weighted mean of the members' ratios on two grids, over lines that both have."""

    level: float
    coarse: float
    fine: float
    members: int


def heaviest() -> list[tuple[Judged, float]]:
    """Return the members that have a count at 80 um with their R5 weights, the heaviest first."""
    of = cortex_members.members()
    weight = cortex_controls.judged_blind(of)[2]
    free = at_coarse()
    counted = [
        (member, float(share))
        for member, share in zip(of, weight, strict=True)
        if (member.key, 0.0) in free and cortex_controls.matched(free[member.key, 0.0][None, :]) is not None
    ]
    return sorted(counted, key=lambda pair: -pair[1])


def at_coarse() -> dict[tuple[tuple[int, int], float], Array]:
    """Return the waves of each line at 80 um, by member and level."""
    return {
        ((int(row["lineage"]), int(row["evaluation"])), float(row["level_uM"])): _waves(row["waves"])
        for row in search_cortex.kept(cortex_counts.COUNTS)
    }


def at_fine() -> dict[tuple[tuple[int, int], float, int], Array]:
    """Return the waves of each line on the finer grids, by member, level and node length."""
    return {
        ((int(row["lineage"]), int(row["evaluation"])), float(row["level_uM"]), int(row["node_um"])): _waves(
            row["waves"]
        )
        for row in search_cortex.kept(GRIDS)
    }


def asked(free: Array, node: int) -> NDArray[np.intp]:
    """Return the lines that are counted on a grid, from a member's counts without drug at 80 um."""
    fit = cortex_controls.matched(free[None, :])
    lines = np.flatnonzero(fit.weight > 0.0) if fit is not None else np.zeros(0, dtype=np.intp)
    return lines[:FINE_LINES] if node == FINE else lines


def steps(level: float) -> list[Step]:
    """Return what each halving of the node does to the weighted mean ratio at ``level``, as far as it was computed."""
    rows = []
    for coarse, fine in ((COARSE, MIDDLE), (MIDDLE, FINE)):
        pairs = [(share, ratios(member, level, coarse, fine)) for member, share in heaviest()]
        both = [(share, pair) for share, pair in pairs if pair is not None]
        if both:
            weight = np.array([share for share, _ in both])
            means = weight @ np.array([pair for _, pair in both]) / weight.sum()
            rows.append(Step(level, float(means[0]), float(means[1]), len(both)))
    return rows


def ratios(member: Judged, level: float, coarse: int, fine: int) -> tuple[float, float] | None:
    """Return a member's ratio at ``level`` on two grids over the lines of the finer; None where either is missing."""
    by_node = at_fine() | {(*key, COARSE): waves for key, waves in at_coarse().items()}
    free = by_node[member.key, 0.0, COARSE]
    if any((member.key, each, node) not in by_node for each in (0.0, level) for node in (coarse, fine)):
        return None
    lines = asked(free, fine)
    fit = cortex_controls.matched(free[None, :])
    if fit is None:
        return None
    means = []
    for node in (coarse, fine):
        treated, without = (np.nan_to_num(by_node[member.key, each, node][lines]) for each in (level, 0.0))
        means.append(counts.ratio(treated, without, fit.weight[lines])[0])
    return means[0], means[1]


def rising() -> set[float]:
    """Return the levels at which the weighted mean ratio rises over that of the level before, beyond its error."""
    free, out = at_coarse(), set()
    before, error_before = 1.0, 0.0
    for level in LEVELS[1:]:
        rows = []
        for member, share in heaviest():
            fit = cortex_controls.matched(free[member.key, 0.0][None, :])
            if fit is not None and (member.key, level) in free:
                rows.append((share, *counts.ratio(np.nan_to_num(free[member.key, level]), fit.counts[0], fit.weight)))
        share, ratio, error = np.array(rows).T
        share = share / share.sum()
        mean, own = float(share @ ratio), float(np.sqrt(((share * ratio * error) ** 2).sum()))
        if mean - before > counts.ERRORS * float(np.hypot(own, error_before)):
            out.add(level)
        before, error_before = mean, own
    return out


def compute(end: float) -> None:
    """Count what is owed until ``end`` (s of this process)."""
    free = at_coarse()
    members = [member for member, _ in heaviest()[:AT_MIDDLE]]
    jobs = [(member, node) for member in members[:AT_FINE] for node in (MIDDLE, FINE)]
    jobs += [(member, MIDDLE) for member in members[AT_FINE:]]
    with ThreadPoolExecutor(1) as pool:
        for member, node in jobs:
            cortex = cortex_members.tissue(member)
            lines = asked(free[member.key, 0.0], node)
            for level in LEVELS:
                known = at_fine()
                if (member.key, level, node) in known:
                    continue
                if time.process_time() > end:
                    return
                _count((member, cortex, level, node), lines, known, pool)


def _count(
    what: tuple[Judged, solve.Cortex, float, int],
    lines: NDArray[np.intp],
    known: dict[tuple[tuple[int, int], float, int], Array],
    pool: ThreadPoolExecutor,
) -> None:
    """Count one member at one level on one grid; a line silent at a lower level under the drug stays so."""
    member, cortex, level, node = what
    waves = np.full(counts.LINES, np.nan)
    waves[lines] = 0.0
    lower = [other for key, other, size in known if key == member.key and size == node and 0.0 < other < level]
    awake = [k for k in lines if all(known[member.key, other, node][k] > 0.0 for other in lower)]
    who, piece = counts.animals(), preset_table.under(cortex, Drug("memantine", level) if level else None)
    if awake:
        some = counts.Animals(who.strength[awake], who.excitability[awake])
        waves[awake] = counts.count(piece, some, cortex_counts.MINUTES, pool, LINE[node])
    row = {"lineage": member.lineage, "evaluation": member.evaluation, "level_uM": f"{level:g}", "node_um": node}
    search_cortex.append(GRIDS, row | {"waves": " ".join(f"{n:.0f}" for n in waves)})


def _waves(text: str) -> Array:
    return np.array([float(word) for word in text.split()])


def main() -> None:
    """Compute what is asked for."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--seconds", type=float, default=1800.0, help="of this process's own time")
    compute(ask.parse_args().seconds)


if __name__ == "__main__":
    main()
