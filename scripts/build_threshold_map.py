"""Compute src/leao/stages/cortex/threshold_map.csv and the TOML beside it.

Some ten minutes on one core. The seed, the odds and the rules of acceptance stand in the package.
"""

import csv
import io
import sys
from pathlib import Path

from leao import files
from leao.stages.cortex import ensemble, solve, threshold_map

SEED = 20261122
WANTED = 12
BASES = ("nmda_s4", "nmda_s2")
HERE = Path(__file__).resolve().parents[1] / "src" / "leao" / "stages" / "cortex"


def curve(member: ensemble.Member, kind: str) -> list[tuple[object, ...]]:
    """Return the rows of one member and stimulus."""
    rows: list[tuple[object, ...]] = []
    first = near = None
    for odds in threshold_map.ODDS:
        found = float("inf") if near == float("inf") else threshold_map.cell(member.cortex, kind, odds, near)
        first = first or found
        near = found
        rows.append((member.base, member.draw, kind, odds, f"{found:.7g}", f"{found / first:.7g}"))
    return rows


def main() -> None:
    """Write the map."""
    members = [ensemble.Member("tuttle2019", 0, solve.load("tuttle2019"))]
    accepted: dict[str, int] = {}
    tried: dict[str, int] = {}
    for base in BASES:
        members.append(ensemble.Member(base, 0, solve.load(base)))
        for index, member in ensemble.members(base, WANTED, SEED):
            tried[base] = index
            print(base, index, "refused" if member is None else "accepted", file=sys.stderr, flush=True)
            if member is not None:
                members.append(member)
        accepted[base] = WANTED
    accepted["tuttle2019"] = tried["tuttle2019"] = 0
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(threshold_map.COLUMNS)
    for member in members:
        for kind in threshold_map.KINDS:
            writer.writerows(curve(member, kind))
            print(member.base, member.draw, kind, file=sys.stderr, flush=True)
        files.write_text(HERE / "threshold_map.csv", out.getvalue())
    about = [f'sha256 = "{threshold_map.fingerprint()}"', f"seed = {SEED}", "", "[accepted]"]
    about += [f"{base} = {count}" for base, count in accepted.items()]
    about += ["", "[tried]"] + [f"{base} = {count}" for base, count in tried.items()]
    files.write_text(HERE / "threshold_map.toml", "\n".join(about) + "\n")


if __name__ == "__main__":
    main()
