"""Read-outs of the members of the second cortex, kept set by set, and gone on with where they stopped.

    python -m validation.cortex_counts --what held|counts|thresholds [--seconds 1200]

Members by weight, the heaviest first. ``cortex_held.csv``: held-out figures. ``cortex_counts.csv``: waves in an hour of
continuous KCl, 20 lines, memantine at each level. ``cortex_thresholds.csv``: thresholds for KCl and a pulse at the odds
of block of the package's map (40 um).
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from leao.core.errors import SolverError
from leao.cortex import build_map, counts, preset_table, solve, threshold_map
from leao.cortex.treated import Drug
from validation import cortex_held, cortex_members, cortex_targets, search_cortex

HELD = cortex_targets.DOCS / "cortex_held.csv"
COUNTS = cortex_targets.DOCS / "cortex_counts.csv"
THRESHOLDS = cortex_targets.DOCS / "cortex_thresholds.csv"
LEVELS = (0.0, 0.5, 1.0, 2.0, 4.0)  # uM memantine, free; rising
CLINICAL = (0.0, 0.2, 0.4)
VEHICLE, VEHICLE_SD = 7.7, 1.8  # waves in an hour (cortex_held_out.toml)
MATCHED_WITHIN = 2.0  # deviations of a vehicle rat's count: a member without a line so near takes no part
COUNTED_WITHIN = 3.0  # lines farther off weigh less than 1.2 % and are not counted under a drug
MINUTES = 60.0
ODDS = tuple(odds for odds in build_map.ODDS if odds <= 2.5)  # beyond, rats are silent


def ordered() -> list[cortex_members.Judged]:
    """Return the members, the heaviest first."""
    of = cortex_members.members()
    if not of:
        return []
    return [of[k] for k in np.argsort(-cortex_members.weights(of), kind="stable")]


def done(path: Path, *columns: str) -> set[tuple[str, ...]]:
    """Return what a file holds already, by its first columns."""
    return {tuple(row[name] for name in columns) for row in search_cortex.kept(path)}


def held(end: float) -> None:
    """Compute the held-out figures of members that have none."""
    have = done(HELD, "lineage", "evaluation")
    for each in ordered():
        key = (str(each.lineage), str(each.evaluation))
        if key in have or time.process_time() > end:
            continue
        params, second, _ = cortex_members.numbers(each)
        figures = cortex_held.figures((params, second))
        row: dict[str, object] = {"lineage": each.lineage, "evaluation": each.evaluation}
        search_cortex.append(HELD, row | {name: f"{figures[name]:.6g}" if name in figures else "" for name in NAMES})


def count(end: float, levels: tuple[float, ...] = LEVELS) -> None:
    """Count the waves that are not counted yet, member by member, without drug first and then under rising levels.

    Under a drug only lines near a vehicle rat are counted (`nan` elsewhere), and a line without a wave at a level is
    taken to have none at a higher one.
    """
    have = {(row["lineage"], row["evaluation"], row["level_uM"]): row["waves"] for row in search_cortex.kept(COUNTS)}
    who = counts.animals()
    with ThreadPoolExecutor(1) as pool:
        for each in ordered():
            cortex, lines = cortex_members.tissue(each), np.full(who.strength.size, np.inf)
            for level in levels:
                key = (str(each.lineage), str(each.evaluation), f"{level:g}")
                if time.process_time() > end:
                    return
                if key not in have:
                    asked = np.flatnonzero(lines > 0.0)  # nan and 0 are not
                    waves = np.where(np.isnan(lines), np.nan, 0.0)
                    piece = preset_table.under(cortex, Drug("memantine", level) if level else None)
                    animals = counts.Animals(who.strength[asked], who.excitability[asked])
                    waves[asked] = counts.count(piece, animals, MINUTES, pool, cortex_held.FAST) if asked.size else 0.0
                    have[key] = " ".join(f"{n:.0f}" for n in waves)
                    row = dict(zip(("lineage", "evaluation", "level_uM"), key, strict=True))
                    search_cortex.append(COUNTS, row | {"waves": have[key]})
                lines = np.array([float(text) for text in have[key].split()])
                if level == 0.0:
                    apart = np.abs(lines - VEHICLE) / VEHICLE_SD
                    if apart.min() > MATCHED_WITHIN:
                        break
                    lines[apart > COUNTED_WITHIN] = np.nan


def thresholds(end: float) -> None:
    """Compute the thresholds that are not there yet."""
    have = done(THRESHOLDS, "lineage", "evaluation", "stimulus")
    for each in ordered():
        cortex: solve.Cortex | None = None
        for kind in threshold_map.KINDS:
            key = (str(each.lineage), str(each.evaluation), kind)
            if key in have or time.process_time() > end:
                continue
            cortex = cortex or cortex_members.tissue(each)
            row = dict(zip(("lineage", "evaluation", "stimulus"), key, strict=True))
            levels = [build_map.level(cortex, odds) for odds in ODDS]
            curve = _curve(cortex, kind)
            row |= {"levels_uM": " ".join(f"{level:.6g}" for level in levels)}
            search_cortex.append(THRESHOLDS, row | {"thresholds": " ".join(f"{value:.7g}" for value in curve)})


def _curve(cortex: solve.Cortex, kind: str) -> list[float]:
    """Return the thresholds at all odds; inf from where none ignites, or none within what the grid can carry."""
    rows: list[float] = []
    for odds in ODDS:
        near = rows[-1] if rows else None
        try:
            rows.append(float("inf") if near == float("inf") else build_map.cell(cortex, kind, odds, near))
        except SolverError:
            rows.append(float("inf"))
    return rows


NAMES = (
    *("memantine_amplitude", "memantine_duration", "memantine_inhibited", "ketamine_people", "ketamine_swine_low"),
    *("ketamine_swine_high", "mk801_neocortical_slice", "aqp4_speed", "aqp4_count", "aqp4_potassium", "fhm1", "fhm2"),
    *("magnesium_topical", "magnesium_intravenous", "oxygen_duration", "oxygen_use"),
)


def main() -> None:
    """Compute what is asked for."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--what", choices=("held", "counts", "thresholds", "clinical"), required=True)
    ask.add_argument("--seconds", type=float, default=float("inf"), help="of this process's own time")
    given = ask.parse_args()
    if given.what == "clinical":
        count(given.seconds, CLINICAL)
    else:
        {"held": held, "counts": count, "thresholds": thresholds}[given.what](given.seconds)


if __name__ == "__main__":
    main()
