"""How the threshold map is made: thresholds of every parameter set under memantine, keyed by strength of block.

Key: block odds of a set's own receptors at the map's reference voltage, at equilibrium,
    odds = sum_s W_s m_s / sum_s (W_s m_s bare_s / (1 + on_s / off_s)) - 1.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.experiments import presets, receptors
from leao.kernels import nmda
from leao.stages.cortex import solve, tables, threshold_map
from leao.stages.cortex.threshold import GRID, threshold

Array = NDArray[np.float64]

ODDS = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 20.0, 100.0)
COMPOUND = "memantine"
LEDGERS = (
    *("cortex/tuttle2019", "cortex/leao", "cortex/gates", "cortex/stimuli", "cortex/bath", "cortex/shape"),
    *("cortex/controls", "receptor", "gating/2A", "gating/2B", "gating/2C", "gating/2D"),
    *("blockers/memantine", "blockers/mk801"),
)
CODE = (
    *("kernels/nmda.py", "kernels/node.py", "kernels/cortex.py", "kernels/receptor.py", "stages/cortex/tables.py"),
    *("stages/cortex/tissue.py", "stages/cortex/receptors.py", "stages/cortex/threshold.py"),
    "experiments/receptors.py",
)
_FOLDS = (-25.0, 25.0)  # bracket of the level in ln(uM)


def odds(cortex: solve.Cortex, drug: receptors.Drug, voltage: float) -> float:
    """Return B / (1 - B) of the set's receptors under ``drug`` at equilibrium and ``voltage`` (mV)."""
    row = int(np.argmin(np.abs(tables.VOLTAGES - voltage)))
    free, under = cortex.receptors, receptors.build(cortex.params, drug)
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
        return odds(cortex, receptors.Drug(compound, float(np.exp(fold))), voltage) - wanted

    return float(np.exp(np.asarray(brentq(above, *_FOLDS, xtol=1e-12))))


def cell(cortex: solve.Cortex, kind: str, wanted: float, near: float | None = None) -> float:
    """Return one threshold of the map, in the stimulus's unit; inf where none ignites."""
    drug = receptors.Drug(COMPOUND, level(cortex, wanted))
    return threshold(presets.under(cortex, drug), kind, near=near, tolerance=threshold_map.TOLERANCE)


def curve(cortex: solve.Cortex, kind: str) -> list[float]:
    """Return the thresholds at all ``ODDS``."""
    found: list[float] = []
    for wanted in ODDS:
        near = found[-1] if found else None
        found.append(float("inf") if near == float("inf") else cell(cortex, kind, wanted, near))
    return found


def fingerprint() -> str:
    """Return the hash of what the map and the qualification rest on: code, numbers, members, grid.

    Comments, docstrings and layout do not count, nor do the notes of the ledgers.
    """
    digest = hashlib.sha256(repr((ODDS, threshold_map.KINDS, threshold_map.TOLERANCE, GRID)).encode())
    for name in CODE:
        path = files("leao").joinpath(*name.split("/"))
        digest.update(_tokens(path.read_text(encoding="utf-8")))
    digest.update(files("leao").joinpath("experiments", "members.csv").read_bytes())
    for name in LEDGERS:
        numbers = ledger.read(name).numbers
        content = [(key, numbers[key].value, numbers[key].unit, numbers[key].uncertainty) for key in sorted(numbers)]
        digest.update(repr(content).encode())
    return digest.hexdigest()


def _tokens(source: str) -> bytes:
    layout = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    kept = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in layout and not token.string.startswith('"""')
    ]
    return " ".join(kept).encode()
