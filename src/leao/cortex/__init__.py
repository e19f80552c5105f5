"""Spreading depression along a line of cortex, with a drug in the channel.

leao.cortex.wave(concentration="1 uM").plot()      # a wave, beside it the same without drug
leao.cortex.threshold(concentration="0,1,3 uM")    # the weakest stimulus that starts one, by free level
leao.cortex.kcl(minutes=30)                        # waves under continuous KCl
leao.cortex.phase(preset="eaat").plot()            # one node without space: rest, fold, thresholds, cycles
leao.cortex.presets(), leao.cortex.positive_controls("leao")
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.cortex.api import kcl, positive_controls, presets, threshold, wave
    from leao.cortex.node_api import export, phase

__all__ = ["export", "kcl", "phase", "positive_controls", "presets", "threshold", "wave"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api") | {"export": "node_api", "phase": "node_api"})
