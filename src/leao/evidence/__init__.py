"""Published evidence as data: trials, their synthesis, preventives that anchor the link, the claims table.

leao.evidence.claims("dizziness"), leao.evidence.synthesis(), leao.evidence.trials()
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.evidence.api import claims, history, synthesis, trials

__all__ = ["claims", "history", "synthesis", "trials"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
