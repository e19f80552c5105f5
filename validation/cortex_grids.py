"""Counts under memantine on finer grids, by the rule of ``docs/validation/cortex_map_rule.md``; what the file holds stays.

    python -m validation.cortex_grids [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

A part is a member on a grid, under rising levels.

Heaviest members (R5) with a count: twelve at 40 um, the first six of them at 20 um too. ``cortex_grids.csv`` holds the
waves of every line, `nan` where a line was not asked for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import counts, kcl_waves, preset_table, solve
from leao.cortex.drugged_receptors import Drug
from validation import cortex_controls, cortex_counts, cortex_members, cortex_targets, search_cortex, work
from validation.cortex_members import Judged

Array = NDArray[np.float64]

GRIDS = cortex_targets.DOCS / "cortex_grids.csv"
LEVELS = (0.0, 0.2, 0.4, 1.0)  # uM
COARSE, MIDDLE, FINE = 80, 40, 20  # um
AT_MIDDLE, AT_FINE = 12, 6  # members
FINE_LINES = 8
STEPS = 2  # 80 to 40 um, 40 to 20 um
COLUMNS = ("lineage", "evaluation", "level_uM", "node_um", "waves")
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
        mean, monte_carlo_se = float(share @ ratio), float(np.sqrt(((share * ratio * error) ** 2).sum()))
        if mean - before > counts.ERRORS * float(np.hypot(monte_carlo_se, error_before)):
            out.add(level)
        before, error_before = mean, monte_carlo_se
    return out


def counted(key: tuple[int, int], node: int, known: tuple[tuple[float, str], ...]) -> work.Columns:
    """Return the waves of a member on a grid that are not counted yet, level by level.

    A line silent at a lower level under the drug stays so.

    Args:
        key: lineage and evaluation of the member.
        node: length of a node, um.
        known: (level, waves) that stand in the file.
    """
    member = next(each for each in cortex_members.members() if each.key == key)
    cortex, lines = cortex_members.tissue(member), asked(at_coarse()[key, 0.0], node)
    have, rows = {level: _waves(text) for level, text in known}, []
    with ThreadPoolExecutor(1) as pool:
        for level in (level for level in LEVELS if level not in have):
            lower = [waves for other, waves in have.items() if 0.0 < other < level]
            awake = [k for k in lines if all(waves[k] > 0.0 for waves in lower)]
            have[level] = _count(
                preset_table.under(cortex, Drug("memantine", level) if level else None), node, lines, awake, pool
            )
            text = " ".join(f"{n:.0f}" for n in have[level])
            rows.append((member.lineage, member.evaluation, f"{level:g}", node, text))
    columns = zip(*rows, strict=True)
    return {name: np.array(values) for name, values in zip(COLUMNS, columns, strict=True)}


def _count(
    piece: solve.TissueSlice, node: int, lines: NDArray[np.intp], awake: list[int], pool: ThreadPoolExecutor
) -> Array:
    """Return the waves of every line on a grid: nan where it is not asked for, 0 where it is not awake."""
    waves, who = np.full(counts.LINES, np.nan), counts.animals()
    waves[lines] = 0.0
    if awake:
        some = counts.Animals(who.strength[awake], who.excitability[awake])
        waves[awake] = counts.count(piece, some, cortex_counts.MINUTES, pool, LINE[node])
    return waves


def _waves(text: str) -> Array:
    return np.array([float(word) for word in text.split()])


def main() -> None:
    """Compute what is missing and append it to the file."""
    given, known = work.asked(__doc__), {}
    for row in search_cortex.kept(GRIDS):
        place = (int(row["lineage"]), int(row["evaluation"])), int(row["node_um"])
        known.setdefault(place, []).append((float(row["level_uM"]), row["waves"]))
    members = [member.key for member, _ in heaviest()[:AT_MIDDLE]]
    places = [(key, node) for key in members[:AT_FINE] for node in (MIDDLE, FINE)]
    places += [(key, MIDDLE) for key in members[AT_FINE:]]
    owed = [place for place in places if len(known.get(place, ())) < len(LEVELS)]
    jobs = [partial(counted, *place, tuple(known.get(place, ()))) for place in owed]
    reads = (*cortex_counts.MEMBERS, cortex_counts.COUNTS)
    for row in work.rows(work.computed(given, {"grids": jobs}, reads)["grids"]):
        search_cortex.append(GRIDS, row)


if __name__ == "__main__":
    work.run("cortex_grids")
