"""The map from NMDA block to the ignition threshold, shipped with the package.

Key: block odds B / (1 - B) at the map's reference voltage, ledger ``cortex/shape``.
Value: ignition threshold over the same tissue's threshold without drug, per parameter set and stimulus.
Rule: block of the memantine shape at equal odds at the reference voltage; linear in ln(threshold) against
ln(1 + odds) between the map's rows, infinite where no stimulus ignited. The files are written by
``scripts/build_threshold_map.py``; ``threshold_map.toml`` holds the hash of what they were computed from.
"""

import csv
import hashlib
import io
import tokenize
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.errors import LedgerError
from leao.kernels import receptor
from leao.stages.cortex import solve, tables
from leao.stages.cortex.threshold import GRID, threshold

ODDS = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 20.0, 100.0)
KINDS = ("kcl", "pulse")
TOLERANCE = 2e-4  # relative, of each threshold: a fifth of the signal at the lowest odds
COLUMNS = ("base", "draw", "stimulus", "odds", "threshold", "relative")
LEDGERS = ("tuttle2019", "nmda_s4", "nmda_s2", "gates", "stimuli", "shape")

_MV_PER_V = 1e3
_MM = 1e3  # mM per mmol/cm3


class Shape(NamedTuple):
    """The voltage shape of plain block; ledger ``cortex/shape``."""

    reference_voltage: Annotated[float, "mV"]
    electrical_distance: Annotated[float, "dimensionless"]
    temperature: Annotated[float, "K"]
    magnesium_affinity: Annotated[float, "mM"]
    magnesium_slope: Annotated[float, "1/mV"]


class Curves(NamedTuple):
    """Relative thresholds of one base's members: (member, stimulus, odds)."""

    draws: NDArray[np.int64]
    odds: NDArray[np.float64]
    absolute: NDArray[np.float64]  # without drug, mM or mS/cm2 (member, stimulus)
    relative: NDArray[np.float64]


def shape() -> Shape:
    """Return the voltage shape the map was computed for."""
    return ledger.params(ledger.read("cortex/shape"), Shape)


def plain_block(magnesium: float, odds: float) -> NDArray[np.float64]:
    """Return block odds over ``tables.VOLTAGES`` of a plain pore blocker with ``odds`` at the reference voltage.

    Args:
        magnesium: free Mg2+, mM.
        odds: B / (1 - B) at the reference voltage.
    """
    s = shape()
    thermal = _MV_PER_V * tables.GAS * s.temperature / tables.FARADAY
    depth = receptor.woodhull(tables.VOLTAGES, s.reference_voltage, s.electrical_distance, thermal)
    rivalry, there = (
        receptor.magnesium_factor(v, magnesium, s.magnesium_affinity, s.magnesium_slope)
        for v in (tables.VOLTAGES, s.reference_voltage)
    )
    return odds * there / (depth * rivalry)


def cell(cortex: solve.Cortex, kind: str, odds: float, near: float | None = None) -> float:
    """Return one threshold of the map, mM or mS/cm2; inf where none ignites."""
    magnesium = cortex.params.magnesium * _MM
    return threshold(cortex, plain_block(magnesium, odds), kind, near=near, tolerance=TOLERANCE)


def fingerprint() -> str:
    """Return the hash of what the map was computed from: the kernels' code, the numbers and the grid.

    Comments, docstrings and layout do not count, nor do the notes of the ledgers.
    """
    digest = hashlib.sha256(repr((ODDS, KINDS, TOLERANCE, GRID)).encode())
    for name in ("cortex", "receptor"):
        digest.update(_tokens((files("leao") / "kernels" / f"{name}.py").read_text(encoding="utf-8")))
    for name in LEDGERS:
        numbers = ledger.read(f"cortex/{name}").numbers
        content = [(key, numbers[key].value, numbers[key].unit, numbers[key].uncertainty) for key in sorted(numbers)]
        digest.update(repr(content).encode())
    return digest.hexdigest()


@cache
def about() -> dict[str, Any]:
    """Return what is known of the shipped map: hash, seed, accepted and tried draws per base."""
    return tomllib.loads((_here() / "threshold_map.toml").read_text(encoding="utf-8"))


@cache
def read(base: str) -> Curves:
    """Return the shipped curves of ``base``.

    Raises:
        LedgerError: the map has no such base.
    """
    text = (_here() / "threshold_map.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["base"] == base]
    if not rows:
        raise LedgerError(f"threshold map: no preset {base!r}; wanted one of {', '.join(about()['accepted'])}")
    draws = np.unique([int(row["draw"]) for row in rows])
    odds = np.unique([float(row["odds"]) for row in rows])
    values = np.empty((draws.size, len(KINDS), odds.size))
    for row in rows:
        where = (
            np.searchsorted(draws, int(row["draw"])),
            KINDS.index(row["stimulus"]),
            np.searchsorted(odds, float(row["odds"])),
        )
        values[where] = float(row["threshold"])
    return Curves(draws, odds, values[:, :, 0], values / values[:, :, :1])


def interpolate(curve: NDArray[np.float64], at: NDArray[np.float64], odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return relative thresholds at ``odds`` from a curve (odds,) given at ``at``.

    Between the last row that ignited and the first that did not, the last slope goes on.
    """
    finite = np.isfinite(curve)
    last = int(finite.sum()) - 1
    x = np.log1p(at[: last + 1])
    y = np.maximum.accumulate(np.log(curve[: last + 1]))
    wanted = np.log1p(odds)
    found = np.interp(wanted, x, y)
    if last + 1 < at.size:
        slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
        found = np.where(wanted > x[-1], y[-1] + slope * (wanted - x[-1]), found)
        found = np.where(wanted >= np.log1p(at[last + 1]), np.inf, found)
    return np.exp(found)


def _tokens(source: str) -> bytes:
    layout = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    kept = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in layout and not token.string.startswith('"""')
    ]
    return " ".join(kept).encode()


def _here() -> Traversable:
    return files("leao") / "stages" / "cortex"
