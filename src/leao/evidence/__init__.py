"""Published evidence as data: trials, their synthesis, the anchors of the trigger slope, the claims table.

leao.evidence.claims("dizziness"), leao.evidence.synthesis(), leao.evidence.trials()
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.evidence.api import claims, synthesis, trials

__all__ = ["claims", "synthesis", "trials"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
