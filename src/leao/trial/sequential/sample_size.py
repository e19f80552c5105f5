"""How many patients: information of a patient, and the patients of a trial without looks, equal arms.

Information is 1 / variance of the estimate. Counts (negative binomial, variance mu + k mu^2): ln rate ratio, a patient
of rate mu followed for t adds 1 / (1 / (mu t) + k) to its arm (Zhu and Lakkis 2014, Stat Med 33:376, method 3; Muetze
et al. 2019, Stat Methods Med Res 28:2326). Changes: difference of means, a patient adds 1 / sd^2 to its arm.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtri

from leao.core.errors import ScenarioError
from leao.core.limits import LARGEST_ENDPOINT


class Counts(NamedTuple):
    """Counts of events: rates per month on the control, followed for so many months."""

    rate: float
    ratio: float
    dispersion: float
    months: float


class Changes(NamedTuple):
    """Changes: the difference of means to be found, and the standard deviation within an arm."""

    difference: float
    sd: float


def variance(endpoint: Counts | Changes, share: float = 1.0) -> float:
    """Return the variance of the estimate times the patients of one arm.

    Args:
        endpoint: the effect and what scatters.
        share: of the time of follow-up that is over; changes are measured at its end.
    """
    if isinstance(endpoint, Changes):
        return 2.0 * endpoint.sd**2
    seen = endpoint.months * share
    return 1.0 / (endpoint.rate * seen) + 1.0 / (endpoint.rate * endpoint.ratio * seen) + 2.0 * endpoint.dispersion


def effect(endpoint: Counts | Changes) -> float:
    """Return the size of the effect on the scale of the estimate."""
    return abs(endpoint.difference if isinstance(endpoint, Changes) else math.log(endpoint.ratio))


def fixed(endpoint: Counts | Changes, alpha: float, power: float) -> float:
    """Return the patients per arm of a trial without looks, not rounded; ``alpha`` of one side."""
    return float(ndtri(1.0 - alpha) + ndtri(power)) ** 2 * variance(endpoint) / effect(endpoint) ** 2


def fraction_of_events(endpoint: Counts, events: float) -> float:
    """Return the information fraction when ``events`` (a share) of all events are in.

    Everybody has been followed since the start: events grow with time but information slower: the dispersion stays.
    """
    return variance(endpoint) / variance(endpoint, events)


def asked(
    counts: tuple[float | None, float | None, float | None, float | None], changes: tuple[float | None, float | None]
) -> Counts | Changes | None:
    """Return the endpoint that was asked for: rate, ratio, dispersion, months, or difference and SD; None without.

    Raises:
        ScenarioError: half of it, both, or a value that cannot be.
    """
    names = ("--rate", "--ratio", "--dispersion", "--months"), ("--difference", "--sd")
    given = [[name for name, value in zip(*part, strict=True) if value is not None] for part in
             zip(names, (counts, changes), strict=True)]  # fmt: skip
    if given[0] and given[1]:
        raise ScenarioError(f"{given[0][0]} with {given[1][0]}: wanted counts or changes, not both; leave one out")
    for values, words, wanted in zip((counts, changes), given, names, strict=True):
        if words and len(words) < len(wanted):
            lacking = next(name for name in wanted if name not in words)
            raise ScenarioError(f"{words[0]}: wanted {lacking} with it; write for example {lacking} 1")
        for name, value in zip(wanted, values, strict=True):
            _positive(name, value)
    if given[0]:
        if counts[1] == 1.0:
            raise ScenarioError("--ratio: found 1, no effect at all; wanted the ratio that is to be found, such as 0.7")
        return Counts(*(float(value or 0.0) for value in counts))
    if not given[1]:
        return None
    return Changes(*(float(value or 0.0) for value in changes))


def _positive(name: str, value: float | None) -> None:
    if value is None:
        return
    least_is_fine = name == "--dispersion" and value == 0.0
    size = abs(value) if name == "--difference" else value
    if not (math.isfinite(value) and (size > 0.0 or least_is_fine)):
        raise ScenarioError(f"{name}: found {value:g}, wanted a number above 0")
    if not (1.0 / LARGEST_ENDPOINT <= size <= LARGEST_ENDPOINT or least_is_fine):
        wanted = f"{1.0 / LARGEST_ENDPOINT:g} to {LARGEST_ENDPOINT:g}"
        raise ScenarioError(f"{name}: found {value:g}, wanted {wanted}; check its unit")
