"""The three read-outs of the shipped map, each with its own uncertainty: never one "threshold".

Reads: the shipped map (``threshold_map``) and, where one ships, the counts beside it (``count_map.csv``).
Writes: per weighted member and strength of plain block, the ratio to the same member without drug of
    kcl_threshold    weakest KCl puff that starts a wave
    pulse_threshold  weakest brief opening of the membrane that does
    kcl_count        expected waves in an hour of continuous KCl
What no shipped file holds reads ``not computed``; a count whose ratio moved with the grid or rose with the level reads
``not identified`` at that level and carries the span of the grids as its error. Between rows ln(ratio) is linear in
ln(1 + odds), as the map reads its thresholds.
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
from leao.cortex import threshold_map

Array = NDArray[np.float64]

READ_OUTS = ("kcl_threshold", "pulse_threshold", "kcl_count")
COMPUTED, NOT_COMPUTED, NOT_IDENTIFIED = "computed", "not computed", "not identified"
COUNTS = "count_map.csv"
_STIMULUS = {"kcl_threshold": "kcl", "pulse_threshold": "pulse"}
_LEAST_COUNT = 1e-6  # ratio that stands for no wave at all, so that its logarithm exists


class ReadOut(NamedTuple):
    """One read-out of a preset's members; ``ratio`` and ``log_error`` are None where it was not computed."""

    name: str
    status: str  # COMPUTED or NOT_COMPUTED, of the read-out as a whole
    members: NDArray[np.int64]  # (member,)
    shares: Array  # (member,) of GluN2C and 2D in the NMDA current
    weights: Array  # (member,), sum 1
    odds: Array  # (level,) B / (1 - B) of plain block at the map's reference voltage
    ratio: Array | None  # (member, level) over the same member without drug; inf where no stimulus ignites
    log_error: Array | None  # (member, level) standard error of ln(ratio)
    identified: NDArray[np.bool_]  # (level,) False: `not identified`


@cache
def read(preset: str = "leao") -> dict[str, ReadOut]:
    """Return the read-outs of ``preset`` by name, in the order of ``READ_OUTS``.

    Raises:
        LedgerError: the map has no such preset.
    """
    curves = threshold_map.read(preset)
    count = curves.members.size
    weights = np.full(count, 1.0 / count)
    result: dict[str, ReadOut] = {}
    for name, kind in _STIMULUS.items():
        ratio = curves.relative[:, threshold_map.KINDS.index(kind)]
        whole = np.ones(curves.odds.size, dtype=np.bool_)
        result[name] = ReadOut(
            name, COMPUTED, curves.members, curves.shares, weights, curves.odds, ratio, _bisection_error(ratio), whole
        )
    result["kcl_count"] = _counts(preset, curves, weights)
    return result


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
    if read_out.name == "kcl_count":
        x, y = np.log1p(read_out.odds), np.log(np.maximum(read_out.ratio, _LEAST_COUNT))
        ratio = np.exp(np.stack([np.interp(np.log1p(wanted), x, row) for row in y]))
    else:
        ratio = np.stack([threshold_map.interpolate(row, read_out.odds, wanted) for row in read_out.ratio])
    error = np.stack([np.interp(np.log1p(wanted), np.log1p(read_out.odds), row) for row in read_out.log_error])
    return ratio, error


def _bisection_error(ratio: Array) -> Array:
    """Return the error of ln(ratio): two brackets of relative width ``TOLERANCE``, each uniform; none at zero odds."""
    error = np.full(ratio.shape, threshold_map.TOLERANCE * np.sqrt(2.0 / 12.0))
    error[:, 0] = 0.0
    return error


def _counts(preset: str, curves: threshold_map.Curves, weights: Array) -> ReadOut:
    """Return the counts beside the map; ``not computed`` where no file holds this preset."""
    rows = [row for row in _shipped_counts() if row["base"] == preset]
    if not rows:
        none = np.zeros(curves.odds.size, dtype=np.bool_)
        return ReadOut("kcl_count", NOT_COMPUTED, curves.members, curves.shares, weights, curves.odds, None, None, none)
    odds = np.unique([float(row["odds"]) for row in rows])
    shape = (curves.members.size, odds.size)
    ratio, error, identified = np.full(shape, np.nan), np.full(shape, np.nan), np.ones(odds.size, dtype=np.bool_)
    for row in rows:
        place = int(np.searchsorted(curves.members, int(row["member"]))), int(np.searchsorted(odds, float(row["odds"])))
        ratio[place], error[place] = float(row["ratio"]), float(row["log_error"])
        identified[place[1]] &= row["status"] != NOT_IDENTIFIED
    if not np.isfinite(ratio).all():
        raise LedgerError(f"{COUNTS}: a member or a level of {preset!r} is missing; build the map again")
    return ReadOut("kcl_count", COMPUTED, curves.members, curves.shares, weights, odds, ratio, error, identified)


@cache
def _shipped_counts() -> tuple[dict[str, Any], ...]:
    path = files("leao") / "cortex" / COUNTS
    if not path.is_file():
        return ()
    return tuple(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
