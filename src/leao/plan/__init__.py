"""One patient's regimen, as entered: limits, cautions, forecast. It checks a regimen and never proposes one.

leao.plan.check("10 mg daily", {"weight": 62, "age": 71, "creatinine_clearance": 41, "taking": "topiramate"})
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.plan.api import check

__all__ = ["check"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
