"""How the threshold map is made: thresholds of every parameter set under memantine, keyed by strength of block.

Key: block odds of a set's own receptors at the map's reference voltage, at equilibrium,
    odds = sum_s W_s m_s / sum_s (W_s m_s bare_s / (1 + on_s / off_s)) - 1.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.cache import normalised
from leao.cortex import drugged_receptors, preset_table, solve, threshold_map, voltage_tables
from leao.cortex.ignition import GRID, threshold
from leao.cortex.kernels import nmda

Array = NDArray[np.float64]

ODDS = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 20.0, 100.0)
COMPOUND = "memantine"
LEDGERS = (
    *("cortex/tuttle2019", "cortex/leao", "cortex/gates", "cortex/stimuli", "cortex/bath", "cortex/shape"),
    *("cortex/controls", "receptor", "gating/2A", "gating/2B", "gating/2C", "gating/2D"),
    *("blockers/memantine", "blockers/mk801", "cortex/eaat", "cortex/leao2"),
)
CODE = (
    *("cortex/kernels/nmda.py", "cortex/kernels/node.py", "cortex/kernels/line.py", "cortex/kernels/tissue.py"),
    *("receptor/kernels/voltage_dependence.py", "cortex/voltage_tables.py", "cortex/tissue.py", "cortex/receptors.py"),
    *("cortex/ignition.py", "cortex/drugged_receptors.py", "cortex/kernels/membrane.py", "cortex/kernels/homeostat.py"),
    *("cortex/kernels/glutamate.py", "cortex/kernels/subtypes.py", "cortex/homeostasis.py", "cortex/kcl_waves.py"),
)
MEMBERS = ("cortex/members.csv", "cortex/members2.csv")
_FOLDS = (-25.0, 25.0)  # bracket of the level in ln(uM)


def odds(cortex: solve.Cortex, drug: drugged_receptors.Drug, voltage: float) -> float:
    """Return B / (1 - B) of the set's receptors under ``drug`` at equilibrium and ``voltage`` (mV)."""
    row = int(np.argmin(np.abs(voltage_tables.VOLTAGES - voltage)))
    free, under = cortex.receptors, drugged_receptors.build(cortex.params, drug)
    weight = under.constants[:, nmda.WEIGHT]
    held = under.constants[:, nmda.ON] * under.open_share[:, row] / under.leave[:, row]
    passing = (weight * under.open_share[:, row] / (1.0 + held)).sum()
    return float((weight * free.open_share[:, row]).sum() / passing - 1.0)


def level(cortex: solve.Cortex, wanted: float, compound: str = COMPOUND) -> float:
    """Return the free level (uM) of ``compound`` that gives the odds ``wanted`` at the map's reference voltage."""
    from scipy.optimize import brentq

    if wanted == 0.0:
        return 0.0
    voltage = threshold_map.shape().reference_voltage

    def above(fold: float) -> float:
        return odds(cortex, drugged_receptors.Drug(compound, float(np.exp(fold))), voltage) - wanted

    return float(np.exp(np.asarray(brentq(above, *_FOLDS, xtol=1e-12))))


def cell(cortex: solve.Cortex, kind: str, wanted: float, near: float | None = None) -> float:
    """Return one threshold of the map, in the stimulus's unit; inf where none ignites."""
    drug = drugged_receptors.Drug(COMPOUND, level(cortex, wanted))
    return threshold(preset_table.under(cortex, drug), kind, near=near, tolerance=threshold_map.TOLERANCE)


def curve(cortex: solve.Cortex, kind: str) -> list[float]:
    """Return the thresholds at all ``ODDS``."""
    rows: list[float] = []
    for wanted in ODDS:
        near = rows[-1] if rows else None
        rows.append(float("inf") if near == float("inf") else cell(cortex, kind, wanted, near))
    return rows


def fingerprint() -> str:
    """Return the hash of what the map and the controls rest on: grid, code, numbers, members, as source bytes."""
    digest = hashlib.sha256(repr((ODDS, threshold_map.KINDS, threshold_map.TOLERANCE, GRID)).encode())
    package = files("leao")
    code, members = ([package.joinpath(*name.split("/")) for name in names] for names in (CODE, MEMBERS))
    for file in (*code, *map(ledger.file_of, LEDGERS), *members):
        digest.update(normalised(file.read_bytes()))
    return digest.hexdigest()
