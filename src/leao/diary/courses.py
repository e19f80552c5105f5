"""Courses: a number a day, such as a dose or a factor on the hazard, of many people who share a few of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Courses(NamedTuple):
    """A number a day of everybody, where many share theirs: the courses there are, and whose is which."""

    days: NDArray[np.float64]  # (course, day)
    of: NDArray[np.intp]  # (trial, subject), the place of everybody's course

    @classmethod
    def each(cls, values: NDArray[np.float64]) -> Courses:
        """Return numbers (trial, subject, day), a course for each person."""
        shape = values.shape[:-1]
        return cls(values.reshape(-1, values.shape[-1]), np.arange(math.prod(shape)).reshape(shape))

    def dense(self) -> NDArray[np.float64]:
        """Return the numbers, (trial, subject, day)."""
        return self.days[self.of]


def shared(values: NDArray[np.float64] | Courses, people: tuple[int, ...]) -> Courses:
    """Return numbers (trial, subject, day), or such as spread to ``people``, as courses, if they are none yet."""
    if not isinstance(values, np.ndarray):
        return values
    each = Courses.each(values)
    return each._replace(of=np.broadcast_to(each.of, people))


def told_apart(dose: NDArray[np.float64]) -> Courses:
    """Return the courses of doses that somebody takes, where nothing but the doses (trial, subject, day) is known.

    They are told apart by a weighted sum, which is checked; to compare them all takes longer than what is computed of
    them.
    """
    each = Courses.each(np.ascontiguousarray(dose, np.float64))
    key = np.einsum("ij,j->i", each.days, np.random.default_rng(0).random(dose.shape[-1]))
    _, chosen, place = np.unique(key, return_index=True, return_inverse=True)
    shared = Courses(each.days[chosen], place.reshape(each.of.shape))
    return shared if np.array_equal(shared.dense(), dose) else each


def ranked(keys: NDArray[np.intp], most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the different ones of ``keys``, whole numbers from 0 and below ``most``, and the place of each of them."""
    there = np.bincount(keys.ravel(), minlength=most) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[keys]
