"""Review: a real diary in, an honest answer out.

review = leao.review.diary("diary.csv", doses={"2026-03-02": "10 mg daily", "2026-04-13": "20 mg daily"})
review.summary["p_better"], review.summary["change_percent"]     # the keys of ``leao review --json``
review.report("review.html")
"""

from typing import TYPE_CHECKING

from leao.core.lazy import lazy

if TYPE_CHECKING:
    from leao.review.api import diary

__all__ = ["diary"]

__getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "api"))
