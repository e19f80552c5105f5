"""Positive controls of a preset: what NMDA antagonists did to the wave in animals, wanted of the model.

A preset carries a verdict only when every control passed; one that was not run leaves it unqualified.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao import ledger
from leao.stages.cortex import solve, tables
from leao.stages.cortex.params import Controls
from leao.stages.cortex.threshold import TOLERANCE as THRESHOLD_NOISE
from leao.stages.cortex.threshold import threshold
from leao.stages.cortex.wave import Wave, unblocked, wave

GRID = solve.Grid(length=6.0, nodes=150, duration=150.0)
PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


class Control(NamedTuple):
    """One control: what was wanted, what was found, and how it stands."""

    name: str
    wanted: str
    found: str
    status: str


def numbers() -> Controls:
    """Return the block and the free MK-801 level of the controls."""
    return ledger.params(ledger.read("cortex/controls"), Controls)


def controls(preset: str, mk801_odds: NDArray[np.float64] | None, *, stimulus: str = "kcl") -> list[Control]:
    """Return the controls of ``preset``.

    Args:
        preset: name of the preset.
        mk801_odds: equilibrium block odds over ``tables.VOLTAGES`` by the free MK-801 of ``numbers()``;
            None leaves that control ``not run``.
        stimulus: ``kcl`` or ``pulse``.
    """
    cortex = solve.load(preset)
    grid = GRID
    base = wave(cortex, unblocked(), solve.strong(stimulus), grid)
    return [
        _full_block(cortex, stimulus, grid),
        _mk801(cortex, mk801_odds, stimulus, grid),
        _half_block(cortex, base, stimulus, grid),
        Control(
            "memantine at rat exposure under continuous KCl",
            "waves fall from 7.7 to 2.0 ± 1.8 (Peeters 2007)",
            "needs waves under continuous KCl, which this version does not run",
            NOT_RUN,
        ),
    ]


def qualified(found: list[Control]) -> bool:
    """Return whether every control passed."""
    return all(control.status == PASSED for control in found)


def _full_block(cortex: solve.Cortex, stimulus: str, grid: solve.Grid) -> Control:
    found = wave(cortex, np.full_like(tables.VOLTAGES, np.inf), solve.strong(stimulus), grid)
    return _suppressed("full NMDA block", "no wave (Marrannes 1988, highest doses)", found)


def _mk801(cortex: solve.Cortex, odds: NDArray[np.float64] | None, stimulus: str, grid: solve.Grid) -> Control:
    name = f"MK-801, {numbers().mk801_free:g} µM free, equilibrium block"
    wanted = "no wave (Marrannes 1988, 3.1 mg/kg in rats)"
    if odds is None:
        return Control(name, wanted, "no block shape given", NOT_RUN)
    return _suppressed(name, wanted, wave(cortex, odds, solve.strong(stimulus), grid))


def _half_block(cortex: solve.Cortex, base: Wave, stimulus: str, grid: solve.Grid) -> Control:
    share = numbers().half_block
    odds = unblocked() + share / (1.0 - share)
    half = wave(cortex, odds, solve.strong(stimulus), grid)
    low = threshold(cortex, unblocked(), stimulus)
    ratio = threshold(cortex, odds, stimulus, near=low) / low
    slower = half.speed_mm_per_min < base.speed_mm_per_min or not half.propagated
    passed = ratio > 1.0 + 2.0 * THRESHOLD_NOISE and slower and half.duration_s < base.duration_s
    found = (
        f"threshold x {ratio:.3f}; speed {base.speed_mm_per_min:.2f} to {half.speed_mm_per_min:.2f} mm/min;"
        f" duration {base.duration_s:.1f} to {half.duration_s:.1f} s"
    )
    return Control(
        f"{100 * share:.0f} % block of NMDA current",
        "threshold up, speed and duration down (Marrannes 1988)",
        found,
        PASSED if passed else FAILED,
    )


def _suppressed(name: str, wanted: str, found: Wave) -> Control:
    if not found.propagated:
        return Control(name, wanted, "no wave", PASSED)
    return Control(name, wanted, f"a wave of {found.speed_mm_per_min:.2f} mm/min", FAILED)
