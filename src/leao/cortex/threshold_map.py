"""The map from NMDA block to the ignition threshold, shipped with the package.

Key: block odds B / (1 - B) of the cortical mixture of receptors at the map's reference voltage, at equilibrium.
Value: ignition threshold over the same tissue's threshold without drug, per parameter set and stimulus.
Rule: kinetic block by memantine at the level that gives these odds; linear in ln(threshold) against ln(1 + odds)
between the map's rows, infinite where no stimulus ignited; beyond a base's last row its last slope goes on. Members of
a base weigh alike, or as targets and blind data left them (``WEIGHTED``). The files are written by
``validation/build_threshold_map.py``; ``threshold_map.toml`` holds the hash of what they were computed from.
"""

import csv
import io
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import LedgerError

KINDS = ("kcl", "pulse")
TOLERANCE = 2e-4  # relative, of each threshold: a fifth of the signal at the lowest odds
COLUMNS = ("base", "member", "share_2C_2D", "weight", "stimulus", "odds", "threshold", "relative")
WEIGHTED = ("leao2",)  # bases whose members carry weights and are drawn by them alone


class Shape(NamedTuple):
    """Where block strengths are compared; ledger ``cortex/shape``."""

    reference_voltage: Annotated[float, "mV"]


class Curves(NamedTuple):
    """Relative thresholds of one base's members: (member, stimulus, odds)."""

    members: NDArray[np.int64]
    shares: NDArray[np.float64]  # of GluN2C and 2D in each member's NMDA current (member,)
    weights: NDArray[np.float64]  # (member,), sum 1
    odds: NDArray[np.float64]
    absolute: NDArray[np.float64]  # without drug, mM or mS/cm2 (member, stimulus)
    relative: NDArray[np.float64]


def shape() -> Shape:
    """Return where the map's key is read."""
    return ledger.params(ledger.read("cortex/shape"), Shape)


@cache
def about() -> dict[str, Any]:
    """Return what is known of the shipped map: hash, members per base."""
    return tomllib.loads((_here() / "threshold_map.toml").read_text(encoding="utf-8"))


@cache
def read(base: str) -> Curves:
    """Return the shipped curves of ``base`` at all odds of the map.

    Raises:
        LedgerError: the map has no such base.
    """
    rows = [row for row in _rows() if row["base"] == base]
    if not rows:
        raise LedgerError(f"threshold map: no preset {base!r}; wanted one of {', '.join(about()['members'])}")
    members = np.unique([int(row["member"]) for row in rows])
    computed = np.unique([float(row["odds"]) for row in rows])
    odds = np.unique([float(row["odds"]) for row in _rows()])
    shares, weights = np.empty(members.size), np.empty(members.size)
    values = np.empty((members.size, len(KINDS), computed.size))
    for row in rows:
        at = int(np.searchsorted(members, int(row["member"])))
        shares[at], weights[at] = float(row["share_2C_2D"]), float(row["weight"])
        place = np.searchsorted(computed, float(row["odds"]))
        values[at, KINDS.index(row["stimulus"]), place] = float(row["threshold"])
    relative = values / values[:, :, :1]
    whole = np.stack([[_gone_on(curve, computed, odds) for curve in member] for member in relative])
    return Curves(members, shares, weights / weights.sum(), odds, values[:, :, 0], whole)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (_here() / "threshold_map.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def _gone_on(
    curve: NDArray[np.float64], computed: NDArray[np.float64], odds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a curve at ``odds``; beyond its last row its last slope goes on, or no stimulus ignites."""
    beyond = odds[odds > computed[-1]]
    if not beyond.size:
        return curve
    if not np.isfinite(curve[-1]):
        return np.append(curve, np.full(beyond.size, np.inf))
    x, y = np.log1p(computed[-2:]), np.log(curve[-2:])
    return np.append(curve, np.exp(y[1] + max(0.0, y[1] - y[0]) / (x[1] - x[0]) * (np.log1p(beyond) - x[1])))


def interpolate(curve: NDArray[np.float64], at: NDArray[np.float64], odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return relative thresholds at ``odds`` from a curve (odds,) given at ``at``.

    Between the last row that ignited and the first that did not, the last slope goes on.
    """
    finite = np.isfinite(curve)
    last = int(finite.sum()) - 1
    x = np.log1p(at[: last + 1])
    y = np.maximum.accumulate(np.log(curve[: last + 1]))
    wanted = np.log1p(odds)
    values = np.interp(wanted, x, y)
    if last + 1 < at.size:
        slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
        values = np.where(wanted > x[-1], y[-1] + slope * (wanted - x[-1]), values)
        values = np.where(wanted >= np.log1p(at[last + 1]), np.inf, values)
    return np.exp(values)


def _here() -> Traversable:
    return files("leao") / "cortex"
