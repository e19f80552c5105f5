"""Count the waves of preset ``eaat`` under continuous KCl, line by line, and go on where an earlier count stopped.

    python -m validation.second_model_counts [--levels 0,0.2,2] [--grids 80,40]
        [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

Twenty lines that differ in strength and excitability (``leao.cortex.counts``), an hour each; every row of
``docs/validation/cortex_second_counts.csv`` is one line on one grid under one level of memantine (uM free).
"""

from __future__ import annotations

import argparse
import csv
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from leao.cortex import counts, kcl_waves, preset_table
from leao.cortex.drugged_receptors import Drug
from validation import work

FILE = Path(__file__).resolve().parents[1] / "docs" / "validation" / "cortex_second_counts.csv"
COLUMNS = ("preset", "grid_um", "level_uM", "line", "waves")
GRIDS = {80: (25, 0.04), 40: (50, 0.025), 20: (100, 0.0125)}
PRESET, MINUTES = "eaat", 60.0


def known() -> dict[tuple[int, float, int], float]:
    """Return the counts there are, by grid, level and line."""
    if not FILE.exists():
        return {}
    with FILE.open(encoding="utf-8") as text:
        return {
            (int(row["grid_um"]), float(row["level_uM"]), int(row["line"])): float(row["waves"])
            for row in csv.DictReader(text)
        }


def counted(size: int, level: float, line: int) -> work.Columns:
    """Return the row of one line on a grid (node length, um) under a level (uM)."""
    nodes, dt = GRIDS[size]
    piece = preset_table.under(preset_table.load(PRESET), Drug("memantine", level) if level else None)
    who = counts.animals()
    animal = counts.Animals(who.strength[line : line + 1], who.excitability[line : line + 1])
    with ThreadPoolExecutor(1) as pool:
        waves = counts.count(piece, animal, MINUTES, pool, kcl_waves.GRID._replace(nodes=nodes, dt=dt))
    row = (PRESET, size, f"{level:g}", line, int(np.round(waves[0])))
    return {name: np.array([value]) for name, value in zip(COLUMNS, row, strict=True)}


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--levels", default="0,0.2,2")
    ask.add_argument("--grids", default="80,40")


def main() -> None:
    """Count what is missing and append it to the file."""
    given, there = work.asked(__doc__, more=_words), known()
    jobs = [
        partial(counted, size, level, line)
        for size in (int(text) for text in given.words.grids.split(","))
        for level in (float(text) for text in given.words.levels.split(","))
        for line in range(counts.LINES)
        if (size, level, line) not in there
    ]
    rows, new = work.rows(work.computed(given, {"lines": jobs})["lines"]), not FILE.exists()
    with FILE.open("a", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter[str](out, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    work.run("second_model_counts")
