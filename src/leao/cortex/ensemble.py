"""Members of a preset's ensemble: parameter sets from independent searches that meet the same physiology.

``FILES`` holds the searched numbers of each, in the kernel's units, with the start they came from and the loss. First
model: ``validation/calibrate_cortex.py`` finds them, ``validation/choose_cortex.py`` picks among them, member 0 is the
preset. Second model: ``validation/search_cortex.py`` finds them, nobody picks; the heaviest is the preset.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from leao.cortex import preset_table, solve

FILES = {"leao": "members.csv", "leao2": "members2.csv"}
FIXED = ("member", "start", "loss")


class Member(NamedTuple):
    """One parameter set: its number, the search start and share of GluN2C and 2D it came from, its loss, the tissue."""

    member: int
    start: int
    share: float
    loss: float
    cortex: solve.Cortex


@cache
def members(preset: str = "leao") -> tuple[Member, ...]:
    """Return the ensemble of ``preset``; a preset without one has itself alone."""
    if preset not in FILES:
        cortex = preset_table.load(preset)
        return (Member(0, 0, cortex.params.share_2C_2D, float("nan"), cortex),)
    base, added = preset_table.numbers(preset)
    text = files("leao").joinpath("cortex", FILES[preset]).read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        values = {name: float(value) for name, value in row.items() if name not in FIXED}
        shared = {name: value for name, value in values.items() if name in base._fields}
        second = added._replace(**{name: values[name] for name in values if name not in shared}) if added else None
        number = int(row["member"])
        cortex = preset_table.prepare(f"{preset} member {number}", base._replace(**shared), second)
        rows.append(Member(number, int(row["start"]), cortex.params.share_2C_2D, float(row["loss"]), cortex))
    return tuple(rows)
