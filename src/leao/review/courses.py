"""What would settle the answer, by course: the doses going on as now, the other way about, and both by turns.

Arithmetic of what further days would tell; whether to stop, go on or alternate is no matter of arithmetic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.diary.reading.doses import Treatment
from leao.review import assurance, exposure, model
from leao.review.priors import Params

TURN = 28  # days without, then as many with
AS_NOW, WITHOUT, AGAIN, BY_TURNS = "as now", "without the drug", "with the last dose again", "by turns"


def weigh(
    q: model.Parameters, data: model.Data, block: int, taken: Treatment, creatinine_clearance: float | None, p: Params
) -> list[dict[str, Any]]:
    """Return each course with the weeks until it is clear and the chance that it is within a year; as now first."""
    found = []
    for name, doses in coming(taken.now, taken.last_dose).items():
        lived = np.concatenate([taken.doses, doses])
        level = exposure.predict(lived, taken.reference, creatinine_clearance).relative[:, -assurance.YEAR :]
        settles = assurance.settles(q, data, block, level, p)
        found.append({
            "course": name,
            "weeks_to_80_percent_clear": settles.weeks,
            "clear_within_a_year": settles.clear_in_a_year,
        })  # fmt: skip
    return found


def coming(now: NDArray[np.float64], last_dose: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the doses of the coming year (day, intake) by course, from today's and the last that was not none."""
    days = np.arange(assurance.YEAR)[:, None]
    dosed = bool(now.any())
    now = np.broadcast_to(now, (assurance.YEAR, now.size))
    other = np.zeros_like(now) if dosed else np.broadcast_to(last_dose, now.shape)
    turns = np.where((days // TURN) % 2 == 0, other, now)
    return {AS_NOW: now, WITHOUT if dosed else AGAIN: other, BY_TURNS: turns}
