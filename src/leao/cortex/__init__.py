"""Spreading depression along a line of cortex, with a drug in the channel.

leao.cortex.wave(concentration="1 uM").plot()      # a wave, beside it the same without drug
leao.cortex.threshold(concentration="0,1,3 uM")    # the weakest stimulus that starts one, by free level
leao.cortex.kcl(minutes=30)                        # waves under continuous KCl
leao.cortex.phase(preset="eaat").plot()            # one node without space: rest, fold, thresholds, cycles
leao.cortex.sheet(size="5 mm", minutes=1)          # a wave over a sheet, in two dimensions
leao.cortex.aura(size="5 mm", minutes=1)           # the same over V1, as a patient would draw it
leao.cortex.presets(), leao.cortex.positive_controls("leao")
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.cortex.api import kcl, positive_controls, presets, threshold, wave
    from leao.cortex.node_api import export, phase
    from leao.cortex.sheet_api import aura, sheet

__all__ = ["aura", "export", "kcl", "phase", "positive_controls", "presets", "sheet", "threshold", "wave"]

_ELSEWHERE = {"export": "node_api", "phase": "node_api", "sheet": "sheet_api", "aura": "sheet_api"}
__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api") | _ELSEWHERE)
