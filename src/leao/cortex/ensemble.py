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

from leao.core.errors import ScenarioError
from leao.cortex import preset_table, solve
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers

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
    return tuple(_member(preset, row) for row in _rows(preset))


@cache
def tissue(preset: str) -> solve.Cortex:
    """Return the cortex of a preset, or of a member of its ensemble, ``leao2/7``.

    Raises:
        ScenarioError: no such preset, or no such member.
    """
    base, row = _named(preset)
    return preset_table.load(preset) if row is None else _member(base, row).cortex


def numbers(preset: str) -> tuple[TissueNumbers, Homeostasis | None]:
    """Return the numbers of a preset, or of a member of its ensemble, as ``preset_table.numbers`` does."""
    base, row = _named(preset)
    return preset_table.numbers(preset) if row is None else _numbers(base, row)


def _named(preset: str) -> tuple[str, dict[str, str] | None]:
    base, slash, number = preset.partition("/")
    if not slash:
        return preset, None
    sizes = ", ".join(f"{name}/0 to {name}/{len(_rows(name)) - 1}" for name in FILES)
    if base not in FILES:
        raise ScenarioError(f"preset: found {preset!r}, wanted a preset, or a member of an ensemble: {sizes}")
    chosen = [row for row in _rows(base) if row["member"] == number]
    if not chosen:
        raise ScenarioError(f"preset: found {preset!r}, no such member; wanted one of {sizes}")
    return base, chosen[0]


def _rows(preset: str) -> list[dict[str, str]]:
    text = files("leao").joinpath("cortex", FILES[preset]).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _numbers(preset: str, row: dict[str, str]) -> tuple[TissueNumbers, Homeostasis | None]:
    base, added = preset_table.numbers(preset)
    values = {name: float(value) for name, value in row.items() if name not in FIXED}
    shared = {name: value for name, value in values.items() if name in base._fields}
    second = added._replace(**{name: values[name] for name in values if name not in shared}) if added else None
    return base._replace(**shared), second


def _member(preset: str, row: dict[str, str]) -> Member:
    cortex = preset_table.prepare(f"{preset} member {row['member']}", *_numbers(preset, row))
    share = cortex.params.share_2C_2D
    return Member(int(row["member"]), int(row["start"]), share, float(row["loss"]), cortex)
