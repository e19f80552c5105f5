"""Read-outs of the members of the second cortex, kept set by set, and gone on with where they stopped.

    python -m validation.cortex_counts --what held|counts|thresholds|clinical
        [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Members by weight, the heaviest first; a part is a member. ``cortex_held.csv``: held-out figures. ``cortex_counts.csv``: waves in an hour of
continuous KCl, 20 lines, memantine at each level. ``cortex_thresholds.csv``: thresholds for KCl and a pulse at the odds
of block of the package's map (40 um).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import SolverError
from leao.cortex import build_map, counts, preset_table, solve, threshold_map
from leao.cortex.drugged_receptors import Drug
from validation import cortex_held, cortex_members, cortex_targets, search_cortex, work

HELD = cortex_targets.DOCS / "cortex_held.csv"
COUNTS = cortex_targets.DOCS / "cortex_counts.csv"
THRESHOLDS = cortex_targets.DOCS / "cortex_thresholds.csv"
MEMBERS = (search_cortex.ROWS, search_cortex.CANDIDATES)  # files from which the members are taken
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


def held(place: int) -> work.Columns:
    """Return the held-out figures of a member, by its place in the order."""
    member = ordered()[place]
    params, second, _ = cortex_members.numbers(member)
    figures = cortex_held.figures((params, second))
    named = {name: f"{figures[name]:.6g}" if name in figures else "" for name in NAMES}
    return _columns([{"lineage": member.lineage, "evaluation": member.evaluation} | named])


def count(place: int, levels: tuple[float, ...], known: tuple[tuple[str, str], ...]) -> work.Columns:
    """Return the waves of a member that are not counted yet, without drug first and then under rising levels.

    Under a drug only lines near a vehicle rat are counted (`nan` elsewhere), and a line without a wave at a level is
    taken to have none at a higher one.

    Args:
        place: of the member in the order.
        levels: uM of memantine, rising from 0.
        known: (level, waves) that stand in the file.
    """
    member, have, rows = ordered()[place], dict(known), []
    with ThreadPoolExecutor(1) as pool:
        for level, waves, new in _levels(member, levels, have, pool):
            if new:
                row = {"lineage": member.lineage, "evaluation": member.evaluation, "level_uM": f"{level:g}"}
                rows.append(row | {"waves": " ".join(f"{n:.0f}" for n in waves)})
    return _columns(rows)


def _levels(
    member: cortex_members.Judged, levels: tuple[float, ...], have: Mapping[str, str], pool: ThreadPoolExecutor
) -> Iterator[tuple[float, NDArray[np.float64], bool]]:
    """Give level, waves of each line, and whether they were counted now."""
    who = counts.animals()
    cortex: solve.Cortex | None = None
    lines = np.full(who.strength.size, np.inf)
    for level in levels:
        text = have.get(f"{level:g}")
        if text is None:
            asked = np.flatnonzero(lines > 0.0)  # nan and 0 are not
            waves = np.where(np.isnan(lines), np.nan, 0.0)
            cortex = cortex or cortex_members.tissue(member)
            piece = preset_table.under(cortex, Drug("memantine", level) if level else None)
            animals = counts.Animals(who.strength[asked], who.excitability[asked])
            waves[asked] = counts.count(piece, animals, MINUTES, pool, cortex_held.FAST) if asked.size else 0.0
            text = " ".join(f"{n:.0f}" for n in waves)
            yield level, waves, True
        lines = np.array([float(word) for word in text.split()])
        if level == 0.0:
            apart = np.abs(lines - VEHICLE) / VEHICLE_SD
            if apart.min() > MATCHED_WITHIN:
                return
            lines[apart > COUNTED_WITHIN] = np.nan


def thresholds(place: int, kind: str) -> work.Columns:
    """Return the thresholds of a member for a stimulus."""
    member = ordered()[place]
    cortex = cortex_members.tissue(member)
    levels, curve = [build_map.level(cortex, odds) for odds in ODDS], _curve(cortex, kind)
    row = {"lineage": member.lineage, "evaluation": member.evaluation, "stimulus": kind}
    row |= {"levels_uM": " ".join(f"{level:.6g}" for level in levels)}
    return _columns([row | {"thresholds": " ".join(f"{value:.7g}" for value in curve)}])


def _columns(rows: Sequence[Mapping[str, object]]) -> work.Columns:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}


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


def jobs_of(what: str) -> tuple[Path, list[work.Job]]:
    """Return the file of what is asked for, and the parts that it lacks."""
    members = [(place, str(member.lineage), str(member.evaluation)) for place, member in enumerate(ordered())]
    if what == "held":
        have = done(HELD, "lineage", "evaluation")
        return HELD, [partial(held, place) for place, *key in members if tuple(key) not in have]
    if what == "thresholds":
        have = done(THRESHOLDS, "lineage", "evaluation", "stimulus")
        kinds = threshold_map.KINDS
        return THRESHOLDS, [
            partial(thresholds, place, kind) for place, *key in members for kind in kinds if (*key, kind) not in have
        ]
    known: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in search_cortex.kept(COUNTS):
        known.setdefault((row["lineage"], row["evaluation"]), []).append((row["level_uM"], row["waves"]))
    levels = CLINICAL if what == "clinical" else LEVELS
    return COUNTS, [
        partial(count, place, levels, tuple(known.get((lineage, evaluation), ())))
        for place, lineage, evaluation in members
    ]


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--what", choices=("held", "counts", "thresholds", "clinical"), required=True)


def main() -> None:
    """Compute what is missing and append it to its file."""
    given = work.asked(__doc__, more=_words)
    path, jobs = jobs_of(given.words.what)
    for row in work.rows(work.computed(given, {"members": jobs}, MEMBERS)["members"]):
        search_cortex.append(path, row)


if __name__ == "__main__":
    work.run("cortex_counts")
