"""Count the waves of preset ``eaat`` under continuous KCl, line by line, and go on where an earlier count stopped.

    python -m validation.second_model_counts [--levels 0,0.2,2] [--grids 80,40]

Twenty lines that differ in strength and excitability (``leao.cortex.counts``), an hour each; every row of
``docs/validation/cortex_second_counts.csv`` is one line on one grid under one level of memantine (uM free).
"""

from __future__ import annotations

import argparse
import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from leao.cortex import counts, kcl_waves, preset_table
from leao.cortex.treated import Drug

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


def main() -> None:
    """Count what is missing."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--levels", default="0,0.2,2")
    ask.add_argument("--grids", default="80,40")
    given = ask.parse_args()
    cortex, who, told = preset_table.load(PRESET), counts.animals(), known()
    new = not FILE.exists()
    with FILE.open("a", newline="", encoding="utf-8") as out, ThreadPoolExecutor(1) as pool:
        writer = csv.writer(out, lineterminator="\n")
        if new:
            writer.writerow(COLUMNS)
        for size in (int(text) for text in given.grids.split(",")):
            nodes, dt = GRIDS[size]
            grid = kcl_waves.GRID._replace(nodes=nodes, dt=dt)
            for level in (float(text) for text in given.levels.split(",")):
                piece = preset_table.under(cortex, Drug("memantine", level) if level else None)
                for line in range(counts.LINES):
                    if (size, level, line) in told:
                        continue
                    own = counts.Animals(who.strength[line : line + 1], who.excitability[line : line + 1])
                    waves = counts.count(piece, own, MINUTES, pool, grid)
                    writer.writerow((PRESET, size, f"{level:g}", line, int(np.round(waves[0]))))
                    out.flush()


if __name__ == "__main__":
    main()
