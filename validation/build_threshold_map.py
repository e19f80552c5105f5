"""Compute the threshold map and the positive controls that ship with the package.

    python -m validation.build_threshold_map [--workers 2]

Some minutes on two cores. Members come from ``members.csv`` (validation/choose_cortex.py); the odds, the grid and the
controls stand in the package, and both files carry the hash of what they were computed from.
"""

import argparse
import csv
import io
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from leao.core import files
from leao.core.work import Parts
from leao.cortex import build_map as mapping
from leao.cortex import controls, ensemble, threshold_map

BASES = ("leao", "tuttle2019")
HERE = Path(__file__).resolve().parents[1] / "src" / "leao"


def rows(base: str, member: ensemble.Member, kind: str) -> list[tuple[object, ...]]:
    """Return the rows of one member and stimulus."""
    found = mapping.curve(member.cortex, kind)
    print(base, member.member, kind, file=sys.stderr, flush=True)
    return [
        (base, member.member, f"{member.share:g}", kind, odds, f"{value:.7g}", f"{value / found[0]:.7g}")
        for odds, value in zip(mapping.ODDS, found, strict=True)
    ]


def build_map(pool: ThreadPoolExecutor) -> None:
    """Write the map."""
    jobs = [
        pool.submit(rows, base, member, kind)
        for base in BASES
        for member in ensemble.members(base)
        for kind in threshold_map.KINDS
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(threshold_map.COLUMNS)
    for job in jobs:
        writer.writerows(job.result())
    where = HERE / "cortex"
    files.write_text(where / "threshold_map.csv", out.getvalue())
    about = [f'sha256 = "{mapping.fingerprint()}"', "", "[members]"]
    about += [f"{base} = {len(ensemble.members(base))}" for base in BASES]
    files.write_text(where / "threshold_map.toml", "\n".join(about) + "\n")


def _dot(*_: object) -> None:
    print(".", end="", file=sys.stderr, flush=True)


def build_controls(pool: ThreadPoolExecutor) -> None:
    """Write the controls of every preset."""
    lines = [f'sha256 = "{mapping.fingerprint()}"']
    for base in BASES:
        for control in controls.in_parts([base], Parts(pool, None, ""), _dot)[base]:
            lines += ["", f"[[preset.{base}]]"]
            lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in control._asdict().items()]
    files.write_text(HERE / "cortex" / controls.FILE, "\n".join(lines) + "\n")


def main() -> None:
    """Write both."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--workers", type=int, default=2)
    ask.add_argument("--only", choices=("map", "controls"))
    given = ask.parse_args()
    with ThreadPoolExecutor(given.workers) as pool:
        if given.only != "controls":
            build_map(pool)
        if given.only != "map":
            build_controls(pool)


if __name__ == "__main__":
    main()
