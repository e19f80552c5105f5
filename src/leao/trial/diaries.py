"""The diaries that enrolled patients keep, whatever is done to the hazard of their attacks."""

import numpy as np
from numpy.typing import NDArray

from leao.diary import process
from leao.trial.designs import Design
from leao.trial.enrolment import EnrolledPatients


def diaries(
    design: Design, enrolled: EnrolledPatients, ratio: NDArray[np.float64], columns: tuple[str, ...] | None = None
) -> dict[str, NDArray]:
    """Return the daily diaries of the enrolled, each array (trial, subject, day).

    Args:
        design: the trial.
        enrolled: its patients.
        ratio: factor on the hazard of attacks, (trial, subject, day), or (1, 1, day) for all alike.
        columns: which arrays are wanted, else all.
    """
    return process.run(design.diary, upstream(design, enrolled, ratio), design.counting, columns)


def upstream(design: Design, enrolled: EnrolledPatients, ratio: NDArray[np.float64]) -> process.DiaryInput:
    """Return what the diary stage is told about the enrolled."""
    return process.DiaryInput(ratio, enrolled.people, enrolled.shift, design.shift_day)
