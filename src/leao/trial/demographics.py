"""Age and sex of the enrolled, for the tables alone: nothing in the model depends on them.

Equation: who has a menstrual cycle (share s of the candidates, ledger ``diary``) is a woman younger than
``fertile_until``. Of the others, with f the share of women and p that of the young among all,

    woman, young: (f p - s) / (1 - s)     woman, older: f (1 - p) / (1 - s)     man of any age: (1 - f) / (1 - s)

so that over all candidates age and sex are as printed and independent. Completed years: the whole part of a beta
distribution on [age_least, age_most + 1) with mean ``age_mean`` + 1/2 and SD ``age_sd`` (method of moments), within
its part where that is young or older.
Source: ledger ``demographics``, borrowed from a trial of another preventive. Drawn by trial and person, so that
nothing else moves.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

from leao.core import ledger
from leao.core.errors import ScenarioError
from leao.core.random import Streams
from leao.trial.enrolment_dropout import EnrolledPatients

Array = NDArray[np.float64]
_LUCK = 2
_KIND, _AGE = range(_LUCK)


class DemographicNumbers(NamedTuple):
    """Meanings and sources stand in ledger ``demographics``."""

    female_share: Annotated[float, "dimensionless"]
    age_mean: Annotated[float, "year"]
    age_sd: Annotated[float, "year"]
    age_least: Annotated[float, "year"]
    age_most: Annotated[float, "year"]
    fertile_until: Annotated[float, "year"]


def draw(
    enrolled: EnrolledPatients, menstruating: float, streams: Streams
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return age in completed years and whether a woman, each (trial, subject).

    Args:
        enrolled: the patients.
        menstruating: share of the candidates who have a cycle.
        streams: the run's random streams.
    """
    identity = enrolled.people.identity.astype(np.intp)
    uniforms = streams.uniforms("trial.demographics", enrolled.trials, range(int(identity.max()) + 1), _LUCK)
    of_people = np.take_along_axis(uniforms, identity[..., None], axis=1)
    return of(
        ledger.params(ledger.read("demographics"), DemographicNumbers),
        enrolled.people.cycle > 0.0,
        menstruating,
        of_people,
    )


def of(
    params: DemographicNumbers, cycle: NDArray[np.bool_], menstruating: float, uniforms: Array
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return age and whether a woman of people with or without a cycle.

    Args:
        params: the ledger's numbers.
        cycle: who menstruates, of any shape.
        menstruating: their share of all.
        uniforms: U(0, 1), that shape and two.

    Raises:
        ScenarioError: more who menstruate than there are young women.
    """
    least, width = params.age_least, params.age_most + 1.0 - params.age_least
    mean, variance = (params.age_mean + 0.5 - least) / width, (params.age_sd / width) ** 2
    size = mean * (1.0 - mean) / variance - 1.0
    a, b = mean * size, (1.0 - mean) * size
    young = float(betainc(a, b, (params.fertile_until - least) / width))
    women = np.array([params.female_share * young - menstruating, params.female_share * (1.0 - young)])
    if women[0] < 0.0:
        raise ScenarioError(
            f"diary.menstruating_share: found {menstruating:g}, wanted at most {params.female_share * young:.2f}, the "
            "share of women of fertile age; lower it"
        )
    ends = np.cumsum(women) / (1.0 - menstruating) if menstruating < 1.0 else np.ones(2)
    kind = uniforms[..., _KIND]
    is_young, is_old = cycle | (kind < ends[0]), ~cycle & (kind >= ends[0]) & (kind < ends[1])
    low, high = np.where(is_old, young, 0.0), np.where(is_young, young, 1.0)
    years = least + width * betaincinv(a, b, low + (high - low) * uniforms[..., _AGE])
    return np.floor(years).astype(np.int64), is_young | is_old
