"""One simulated trial's diaries in full, as the patients would hand them in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.diary import burden, process, rows, symptoms
from leao.trial.designs import Design
from leao.trial.enrolment import EnrolledPatients
from leao.trial.ensemble import diaries, upstream


def diary_table(
    design: Design, enrolled: EnrolledPatients, ratio: NDArray[np.float64], dose_taken: NDArray[np.float64]
) -> dict[str, list[Any]]:
    """Return the columns arm, subject and those of ``rows.COLUMNS`` for the first trial of ``enrolled``.

    Days after a patient has left are not there.

    Args:
        design: the trial.
        enrolled: its patients, of which the first trial is written.
        ratio: factor on the hazard of attacks, (trial, subject, day).
        dose_taken: mg of salt, (trial, subject, day).
    """
    days = diaries(design, enrolled, ratio)
    episodes = process.episodes(design.diary, upstream(design, enrolled, ratio), design.counting)
    around = _around(design, enrolled, days, episodes)
    table: dict[str, list[Any]] = {name: [] for name in ("arm", "subject", *rows.COLUMNS)}
    for subject in range(enrolled.arm.shape[1]):
        days_of_patient = {name: value[0, subject] for name, value in days.items()}
        mine = episodes[:, process.EPISODE.PERSON] == subject
        beside = rows.Around(around.symptoms.of(mine), around.disability[subject])
        written = rows.written(days_of_patient, episodes[mine], dose_taken[0, subject], beside)
        stayed = int(min(enrolled.last_day[0, subject], design.days))
        for name, column in written.items():
            table[name] += column[:stayed]
        table["arm"] += [design.arms[enrolled.arm[0, subject]]] * stayed
        table["subject"] += [subject] * stayed
    return table


def _around(
    design: Design, enrolled: EnrolledPatients, days: dict[str, NDArray], episodes: NDArray[np.float64]
) -> rows.Around:
    """Return symptoms of all episodes and the first trial's disability (subject, day)."""
    numbers, people = symptoms.numbers(), enrolled.people
    beside = symptoms.of_episodes(numbers, episodes, people, design.counting.aura == "mixed")
    who, subjects = symptoms.keys(people), enrolled.arm.shape[1]
    first = symptoms.Keys(who.key[:subjects], who.identity[:subjects])
    return rows.Around(beside, burden.disability(numbers, first, days["headache"][0], days["severity"][0]))
