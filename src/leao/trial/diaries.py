"""The diaries that enrolled patients keep, whatever is done to the hazard of their attacks and to their pain.

A route to pain moves latent severity and length of the episodes of days on which the drug is taken. The same people
keep two diaries by the same random numbers, one with the moved pain and one without, and each day is read from the
one that holds: an episode that spans the first or last day of treatment is cut there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.core.units import HOURS_PER_DAY
from leao.diary import process
from leao.diary.courses import Courses
from leao.trial.designs import Design
from leao.trial.effect import Effect, PainRoute
from leao.trial.enrolment_dropout import EnrolledPatients

Array = NDArray[np.float64]


class Treatment(NamedTuple):
    """What a drug does to the enrolled."""

    ratio: Courses  # factor on the hazard of attacks
    pain: PainRoute | None = None
    on: NDArray[np.bool_] | None = None  # (trial, subject, day), where pain is moved; None where it is not


def treatment(effect: Effect, enrolled: EnrolledPatients, dose: Courses, ratio: Courses) -> Treatment:
    """Return what ``effect`` does under ``dose``: the ratio it gave, and to pain, if anything."""
    acts = getattr(effect, "pain", None)
    pain = None if acts is None else acts(enrolled, dose)
    return Treatment(ratio, pain, None if pain is None else (dose.days > 0.0)[dose.of])


def diaries(
    design: Design, enrolled: EnrolledPatients, ratio: Array | Courses, columns: tuple[str, ...] | None = None
) -> dict[str, NDArray]:
    """Return the daily diaries of the enrolled, each array (trial, subject, day), their pain as it is.

    Args:
        design: the trial.
        enrolled: its patients.
        ratio: factor on the hazard of attacks, (trial, subject, day), or (1, 1, day) for all alike, or courses.
        columns: which arrays are wanted, else all.
    """
    return process.run(design.diary, upstream(design, enrolled, ratio), design.counting, columns, enrolled.history)


def treated(
    design: Design, enrolled: EnrolledPatients, what: Treatment, columns: tuple[str, ...] | None = None
) -> dict[str, NDArray]:
    """Return the diaries under a treatment, as ``diaries``, with its route to pain."""
    plain = diaries(design, enrolled, what.ratio, columns)
    if what.pain is None or what.on is None:
        return plain
    moved = diaries(design, moved_pain(design, enrolled, what.pain), what.ratio, columns)
    return {name: np.where(what.on, moved[name], values) for name, values in plain.items()}


def treated_episodes(design: Design, enrolled: EnrolledPatients, what: Treatment) -> Array:
    """Return the episodes under a treatment, lines of ``process.episodes`` in the order of people and time."""
    plain = process.episodes(design.diary, upstream(design, enrolled, what.ratio), design.counting)
    if what.pain is None or what.on is None:
        return plain
    moved = process.episodes(
        design.diary, upstream(design, moved_pain(design, enrolled, what.pain), what.ratio), design.counting
    )
    kept = np.concatenate([plain[~_begins_on(plain, what.on)], moved[_begins_on(moved, what.on)]])
    return kept[np.lexsort((kept[:, process.EPISODE.START], kept[:, process.EPISODE.PERSON]))]


def moved_pain(design: Design, enrolled: EnrolledPatients, pain: PainRoute) -> EnrolledPatients:
    """Return the enrolled with their pain moved; a person's severity weighs sqrt(its share) in an episode's."""
    people, weight = enrolled.people, np.sqrt(design.diary.severity_patient_share)
    severity = people.severity + pain.severity / weight
    return enrolled._replace(  # whose first days would have been others
        people=people._replace(severity=severity, log_duration=people.log_duration + pain.log_length), history=None
    )


def upstream(design: Design, enrolled: EnrolledPatients, ratio: Array | Courses) -> process.DiaryInput:
    """Return what the diary stage is told about the enrolled."""
    return process.DiaryInput(ratio, enrolled.people, enrolled.shift, design.shift_day)


def _begins_on(episodes: Array, on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    flat = on.reshape(-1, on.shape[-1])
    day = np.clip(episodes[:, process.EPISODE.START] // HOURS_PER_DAY, 0, flat.shape[1] - 1).astype(np.intp)
    return flat[episodes[:, process.EPISODE.PERSON].astype(np.intp), day]
