"""One simulated trial's diaries in full, as the patients would hand them in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leao.diary import disability, labels, process, rows, symptoms
from leao.trial import titration
from leao.trial.designs import Design
from leao.trial.diaries import treated_episodes
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.simulation import Setting, SimulatedDiaries


def diary_table(setting: Setting, simulated: SimulatedDiaries, dose_taken: NDArray[np.float64]) -> dict[str, list[Any]]:
    """Return the columns arm, subject and those of ``rows.COLUMNS`` for the first trial of ``simulated``.

    Days after a patient has left are not there.

    Args:
        setting: the ensemble.
        simulated: trials with all columns of the diary, of which the first is written.
        dose_taken: mg of salt, (trial, subject, day).
    """
    design, enrolled, days = setting.design, simulated.enrolled, simulated.with_drug
    episodes = treated_episodes(design, enrolled, simulated.treatment)
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
    table["side_effects"] = _felt(setting, simulated)
    return table


def _felt(setting: Setting, simulated: SimulatedDiaries) -> list[str]:
    """Return the adverse events felt on each day of the first trial's patients, in the order of the table."""
    enrolled, kinds, text = simulated.enrolled, labels.simulated().events, []
    events = titration.side_effects(setting.design, enrolled, simulated.dose, setting.streams)
    for subject in range(enrolled.arm.shape[1]):
        onset, end = events.onset[0, subject], events.end[0, subject]
        for day in range(int(min(enrolled.last_day[0, subject], setting.design.days))):
            now = ((onset < day + 1) & (end > day)).any(axis=-1)
            text.append(", ".join(kind for kind, is_felt in zip(kinds, now, strict=True) if is_felt))
    return text


def _around(
    design: Design, enrolled: EnrolledPatients, days: dict[str, NDArray], episodes: NDArray[np.float64]
) -> rows.Around:
    """Return symptoms of all episodes and the first trial's disability (subject, day)."""
    numbers, people = symptoms.numbers(), enrolled.people
    beside = symptoms.of_episodes(numbers, episodes, people, design.counting.aura == "mixed")
    who, subjects = symptoms.keys(people), enrolled.arm.shape[1]
    first = symptoms.Keys(who.key[:subjects], who.identity[:subjects])
    return rows.Around(beside, disability.disability(numbers, first, days["headache"][0], days["severity"][0]))
