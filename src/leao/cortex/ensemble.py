"""Members of a preset's ensemble: parameter sets from independent searches that meet the same physiology.

``members.csv`` holds the searched numbers of each, in the kernel's units, with the start they came from and the loss;
``validation/calibrate_cortex.py`` finds them, ``validation/choose_cortex.py`` picks among them. Member 0 is the preset.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from leao.core import ledger
from leao.cortex import preset_table, solve
from leao.cortex.params import Params

PRESET = "leao"
FILE = "members.csv"
FIXED = ("member", "start", "loss")


class Member(NamedTuple):
    """One parameter set: its number, the search start and share of GluN2C and 2D it came from, its loss, the tissue."""

    member: int
    start: int
    share: float
    loss: float
    cortex: solve.Cortex


@cache
def members(preset: str = PRESET) -> tuple[Member, ...]:
    """Return the ensemble of ``preset``; a preset without one has itself alone."""
    if preset != PRESET:
        cortex = preset_table.load(preset)
        return (Member(0, 0, cortex.params.share_2C_2D, float("nan"), cortex),)
    base = ledger.params(ledger.read(f"cortex/{preset}"), Params)
    text = files("leao").joinpath("cortex", FILE).read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        own = {name: float(value) for name, value in row.items() if name not in FIXED}
        number = int(row["member"])
        cortex = preset_table.prepare(f"{preset} member {number}", base._replace(**own))
        rows.append(Member(number, int(row["start"]), cortex.params.share_2C_2D, float(row["loss"]), cortex))
    return tuple(rows)
