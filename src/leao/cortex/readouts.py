"""The three read-outs of the shipped map, each with its own uncertainty: never one "threshold".

Reads: the shipped map (``threshold_map``) and, where one ships, the counts beside it (``count_map.csv``).
Writes: per weighted member and strength of plain block, the ratio to the same member without drug of
    kcl_threshold    weakest KCl puff that starts a wave
    pulse_threshold  weakest brief opening of the membrane that does
    kcl_count        expected waves in an hour of continuous KCl
What no shipped file holds reads ``not computed``; a count whose ratio moved with the grid or rose with the level reads
``not identified`` at that level and carries the span of the grids as its error. Between rows ln(ratio) is linear in
ln(1 + odds), as the map reads its thresholds. Rules: ``docs/validation/cortex_map_rule.md``.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.errors import LedgerError
from leao.cortex import blind_controls, threshold_map

Array = NDArray[np.float64]

READ_OUTS = ("kcl_threshold", "pulse_threshold", "kcl_count")
COMPUTED, NOT_COMPUTED, NOT_IDENTIFIED = "computed", "not computed", "not identified"
COUNTS = "count_map.csv"
_STIMULUS = {"kcl_threshold": "kcl", "pulse_threshold": "pulse"}


class ReadOut(NamedTuple):
    """One read-out of a preset's members; ``ratio`` and ``log_error`` are None where it was not computed."""

    name: str
    status: str  # COMPUTED or NOT_COMPUTED, of the read-out as a whole
    members: NDArray[np.int64]  # (member,) that have it
    shares: Array  # (member,) of GluN2C and 2D in the NMDA current
    weights: Array  # (member,), sum 1
    odds: Array  # (member, level) B / (1 - B) of plain block at the map's reference voltage
    ratio: Array | None  # (member, level) over the same member without drug; inf where no stimulus ignites
    log_error: Array | None  # (member, level) standard error of ln(ratio)
    identified: NDArray[np.bool_]  # (level,) False: `not identified`
    effective: float | None  # members, of a weighted base; None: members weigh alike

    @property
    def enough(self) -> bool:
        """Whether it rests on as many effective members as a verdict needs."""
        return self.effective is None or self.effective >= blind_controls.FEWEST_EFFECTIVE


@cache
def read(preset: str = "leao2") -> dict[str, ReadOut]:
    """Return the read-outs of ``preset`` by name, in the order of ``READ_OUTS``.

    Raises:
        LedgerError: the map has no such preset.
    """
    curves = threshold_map.read(preset)
    known = curves.members, curves.shares, curves.weights
    odds = np.broadcast_to(curves.odds, (curves.members.size, curves.odds.size))
    result: dict[str, ReadOut] = {}
    for name, kind in _STIMULUS.items():
        ratio = curves.relative[:, threshold_map.KINDS.index(kind)]
        whole = np.ones(curves.odds.size, dtype=np.bool_)
        error, effective = _bisection_error(ratio), _effective(preset, curves.weights)
        result[name] = ReadOut(name, COMPUTED, *known, odds, ratio, error, whole, effective)
    result["kcl_count"] = _counts(preset, curves)
    return result


def _effective(preset: str, weights: Array) -> float | None:
    """Return the effective number of members of a weighted base."""
    return blind_controls.effective(weights) if preset in threshold_map.WEIGHTED else None


def at(read_out: ReadOut, odds: Array) -> tuple[Array, Array]:
    """Return ratio and standard error of its logarithm at ``odds`` (n,), both (member, n).

    Raises:
        LedgerError: the read-out was not computed for the shipped preset.
    """
    if read_out.ratio is None or read_out.log_error is None:
        raise LedgerError(
            f"read-out {read_out.name!r}: {read_out.status} for the shipped map; use one of"
            f" {', '.join(name for name in READ_OUTS if name != read_out.name)}"
        )
    wanted = np.asarray(odds, dtype=np.float64)
    rows = list(zip(read_out.odds, read_out.ratio, strict=True))
    if read_out.name == "kcl_count":
        ratio = np.exp(np.stack([np.interp(np.log1p(wanted), np.log1p(x), np.log(row)) for x, row in rows]))
    else:
        ratio = np.stack([threshold_map.interpolate(row, x, wanted) for x, row in rows])
    errors = zip(read_out.odds, read_out.log_error, strict=True)
    return ratio, np.stack([np.interp(np.log1p(wanted), np.log1p(x), row) for x, row in errors])


def _bisection_error(ratio: Array) -> Array:
    """Return the error of ln(ratio): two brackets of relative width ``TOLERANCE``, each uniform; none at zero odds."""
    error = np.full(ratio.shape, threshold_map.TOLERANCE * np.sqrt(2.0 / 12.0))
    error[:, 0] = 0.0
    return error


def _counts(preset: str, curves: threshold_map.Curves) -> ReadOut:
    """Return the counts beside the map, of the members that have one; ``not computed`` where no file holds any."""
    rows = [row for row in _shipped_counts() if row["base"] == preset]
    members = np.unique([int(row["member"]) for row in rows]) if rows else curves.members
    at_map = np.searchsorted(curves.members, members)
    weights = curves.weights[at_map] / curves.weights[at_map].sum()
    known = members, curves.shares[at_map], weights
    if not rows:
        empty = np.zeros((members.size, 0))
        return ReadOut("kcl_count", NOT_COMPUTED, *known, empty, None, None, np.zeros(0, dtype=np.bool_), None)
    levels = np.unique([float(row["level_uM"]) for row in rows])
    odds, ratio, error = (np.full((members.size, levels.size), np.nan) for _ in range(3))
    identified = np.ones(levels.size, dtype=np.bool_)
    for row in rows:
        column = int(np.searchsorted(levels, float(row["level_uM"])))
        place = int(np.searchsorted(members, int(row["member"]))), column
        odds[place], ratio[place], error[place] = (float(row[name]) for name in ("odds", "ratio", "log_error"))
        identified[column] &= row["status"] != NOT_IDENTIFIED
    if not np.isfinite(ratio).all():
        raise LedgerError(f"{COUNTS}: a member or a level of {preset!r} is missing; build the map again")
    return ReadOut("kcl_count", COMPUTED, *known, odds, ratio, error, identified, _effective(preset, weights))


@cache
def _shipped_counts() -> tuple[dict[str, Any], ...]:
    path = files("leao") / "cortex" / COUNTS
    if not path.is_file():
        return ()
    return tuple(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
