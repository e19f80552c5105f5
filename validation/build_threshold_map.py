"""Compute the threshold map, the counts and the controls that ship with the package.

    python -m validation.build_threshold_map [--only first | controls | second]
        [--workers 8] [--scheduler tcp://host:8786] [--out folder] [--shard 3/16]

The first model's part takes some minutes on two cores; members come from ``members.csv`` (validation/choose_cortex.py).
The second model's comes from kept figures (``second_map``) and takes seconds: ``--only second`` leaves the first
model's rows as they are. The odds, the grid and the controls stand in the package, and both files carry the hash of
what they were computed from; ``--only second`` refuses where the first model's rows are of another state.
"""

import argparse
import csv
import io
import sys
import tomllib
from functools import partial
from pathlib import Path

import numpy as np

from leao.core import files, ledger
from leao.core.errors import ScenarioError, UnfinishedShard
from leao.core.work import parts_of
from leao.cortex import build_map as mapping
from leao.cortex import controls, ensemble, readouts, threshold_map
from validation import second_map, work

BASES = ("leao", "tuttle2019")
HERE = Path(__file__).resolve().parents[1] / "src" / "leao"


Rows = list[tuple[object, ...]]


def rows(base: str, place: int, kind: str) -> work.Columns:
    """Return the rows of one member, by its place in the ensemble, and stimulus."""
    members = ensemble.members(base)
    member = members[place]
    curve = mapping.curve(member.cortex, kind)
    print(base, member.member, kind, file=sys.stderr, flush=True)
    weight = f"{1.0 / len(members):.6g}"
    table = [
        (base, member.member, f"{member.share:g}", weight, kind, odds, f"{value:.7g}", f"{value / curve[0]:.7g}")
        for odds, value in zip(mapping.ODDS, curve, strict=True)
    ]
    return {
        name: np.array(column) for name, column in zip(threshold_map.COLUMNS, zip(*table, strict=True), strict=True)
    }


def first_map(given: work.Asked) -> Rows:
    """Return the first model's rows."""
    jobs = [
        partial(rows, base, place, kind)
        for base in BASES
        for place in range(len(ensemble.members(base)))
        for kind in threshold_map.KINDS
    ]
    return [tuple(row.values()) for row in work.rows(work.computed(given, {"map": jobs})["map"])]


def kept_map() -> Rows:
    """Return the first model's rows as they are shipped."""
    text = (HERE / "cortex" / "threshold_map.csv").read_text(encoding="utf-8")
    known = [row for row in csv.DictReader(io.StringIO(text)) if row["base"] in BASES]
    return [tuple(row[name] for name in threshold_map.COLUMNS) for row in known]


def first_controls(given: work.Asked) -> dict[str, list[controls.Control]]:
    """Return the first model's controls."""
    with parts_of(given.work, given.out) as parts:
        return controls.in_parts(list(BASES), parts, _dot)


def write(table: Rows, checked: dict[str, list[controls.Control]]) -> None:
    """Write all shipped files: the first model's part as given, the second's from its kept figures."""
    where = HERE / "cortex"
    files.write_text(HERE / "ledgers" / "cortex" / f"{second_map.BASE}.toml", second_map.ledger_text())
    members = second_map.member_rows()
    numbers = [tuple(row.values()) for row in members]
    files.write_text(where / ensemble.FILES[second_map.BASE], second_map.as_csv(tuple(members[0]), numbers))
    whole = [*table, *second_map.map_rows()]
    files.write_text(where / "threshold_map.csv", second_map.as_csv(threshold_map.COLUMNS, whole))
    files.write_text(where / readouts.COUNTS, second_map.as_csv(second_map.COUNT_COLUMNS, second_map.count_rows()))
    ledger.read.cache_clear()
    stamp = [f'sha256 = "{mapping.fingerprint()}"']
    sizes = {base: len(ensemble.members(base)) for base in BASES} | {second_map.BASE: len(members)}
    about = [*stamp, "", "[members]", *(f"{base} = {size}" for base, size in sizes.items())]
    files.write_text(where / "threshold_map.toml", "\n".join(about) + "\n")
    lines = [line for base in BASES for line in second_map.control_lines(base, checked[base])]
    lines += second_map.control_lines(second_map.BASE, second_map.control_rows())
    files.write_text(where / controls.FILE, "\n".join([*stamp, *lines]) + "\n")


def kept_controls() -> dict[str, list[controls.Control]]:
    """Return the first model's controls as they are shipped."""
    table = tomllib.loads((HERE / "cortex" / controls.FILE).read_text(encoding="utf-8"))["preset"]
    return {base: [controls.Control(**row) for row in table[base]] for base in BASES}


def _dot(*_: object) -> None:
    print(".", end="", file=sys.stderr, flush=True)


def _words(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("--only", choices=("first", "controls", "second"))


def main() -> None:
    """Compute what is asked for and write all."""
    given = work.asked(__doc__, more=_words)
    only = given.words.only
    if only is not None and threshold_map.about()["sha256"] != mapping.fingerprint():
        raise ScenarioError("--only: the shipped rows are of another state of the package; compute all, without --only")
    owed: UnfinishedShard | None = None
    try:
        table = first_map(given) if only in (None, "first") else kept_map()
    except UnfinishedShard as error:  # this shard's part of the controls comes all the same
        table, owed = [], error
    checked = first_controls(given) if only in (None, "controls") else kept_controls()
    if owed is not None:
        raise owed
    write(table, checked)


if __name__ == "__main__":
    work.run("build_threshold_map")
