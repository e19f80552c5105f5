"""Search the second model's free numbers from random starts, one lineage each, and go on where a search stopped.

    python -m validation.search_cortex [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

By the rule of ``docs/validation/cortex_search_rule.md``. A lineage draws, from its seed, what is not fitted: resting
glutamate, capacity of transport, share of GluN2C and 2D; every fourth takes up glutamate at first order, the old
structure. It begins with scrambled Sobol places in its box, goes on where its emulators expect the least loss, and
never sees another lineage: a part is a lineage up to ``--evaluations``. Without a folder lineages take turns, and each
turn is written, so that an interruption leaves all alike; with a folder each lineage is kept when it has come so far.

``docs/validation/cortex_search.csv`` holds every evaluation: place, loss, figures as far as they were asked for. What
is asked next follows from seed and rows, so a search taken up again goes on as if it had not stopped, and who computes
and in how many shards changes no byte.
``docs/validation/cortex_candidates.csv`` holds the sets that were judged by the targets in full.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from leao.core import files
from leao.core.errors import ScenarioError
from validation import cortex_lineage, cortex_targets, work
from validation.cortex_lineage import MOST, Row, Search

LINEAGES = 16
ROWS = cortex_targets.DOCS / "cortex_search.csv"
CANDIDATES = cortex_targets.DOCS / "cortex_candidates.csv"
TURN = 8  # evaluations of a lineage before the next has its turn


def append(path: Path, row: dict[str, Any]) -> None:
    """Add a row to a file of results."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(row), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def kept(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file, none where there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _by_lineage(path: Path, count: int) -> list[list[Row]]:
    rows: list[list[Row]] = [[] for _ in range(count)]
    for row in kept(path):
        rows[int(row["lineage"])].append(row)
    return rows


def searches(count: int) -> list[Search]:
    """Return the lineages as far as the kept rows brought them."""
    of = zip(_by_lineage(ROWS, count), _by_lineage(CANDIDATES, count), strict=True)
    return [cortex_lineage.search(number, rows, candidates) for number, (rows, candidates) in enumerate(of)]


def lineage(number: int, upto: int, rows: tuple[str, ...], candidates: tuple[str, ...]) -> work.Columns:
    """Return the rows that a lineage adds to its own until it has so many or is done; all rows as JSON."""
    under_way = cortex_lineage.search(
        number, [json.loads(row) for row in rows], [json.loads(row) for row in candidates]
    )
    while under_way.going and len(under_way.runs) < upto:
        under_way.advance()
    added = {"rows": under_way.new_rows, "candidates": under_way.new_candidates}
    return {name: np.array([json.dumps(row) for row in several], dtype=str) for name, several in added.items()}


def turn(given: work.Asked, upto: int) -> None:
    """Bring every lineage up to so many evaluations, and write both files."""
    rows, candidates = _by_lineage(ROWS, LINEAGES), _by_lineage(CANDIDATES, LINEAGES)
    before = [path.read_text(encoding="utf-8") if path.exists() else "" for path in (CANDIDATES, ROWS)]
    jobs = []
    for each in searches(LINEAGES):
        if each.going and len(each.runs) < upto:
            number = each.of.number
            of = (tuple(json.dumps(row) for row in several[number]) for several in (rows, candidates))
            jobs.append(partial(lineage, number, upto, *of))
    parts = work.computed(given, {"lineages": jobs})["lineages"]
    for path, text, name in zip((CANDIDATES, ROWS), before, ("candidates", "rows"), strict=True):
        added = [json.loads(row) for part in parts for row in part[name].tolist()]
        if added:  # from what stood there at the beginning: whichever shard is the last writes the same
            files.write_text(path, text + _lines(sorted(added, key=_in_turns), head=not text))
        print(f"up to {upto}: {len(added)} {name} more", file=sys.stderr, flush=True)


def _in_turns(row: Row) -> tuple[int, int, int]:
    return row["evaluation"] // TURN, row["lineage"], row["evaluation"]


def _lines(rows: list[Row], *, head: bool) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    if head:
        writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--evaluations", type=int, default=MOST, help="up to so many a lineage (default: %(default)s)")


def main() -> None:
    """Search until every lineage is done or has so many evaluations."""
    given = work.asked(__doc__, more=_words)
    most = given.words.evaluations
    if not 1 <= most <= MOST:
        raise ScenarioError(f"--evaluations: found {most}, wanted 1 to {MOST}")
    for upto in (*(range(TURN, most, TURN) if given.out is None else ()), most):
        turn(given, upto)


if __name__ == "__main__":
    work.run("search_cortex")
