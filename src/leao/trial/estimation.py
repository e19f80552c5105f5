"""What estimators see of simulated diaries, with and without covariates, and what they say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.trial import baseline_covariates as covariates
from leao.trial.designs import Design
from leao.trial.enrolment_dropout import EnrolledPatients
from leao.trial.estimators import METHODS, MethodEstimate
from leao.trial.monthly_counts import Data, collect


class Seen(NamedTuple):
    """What estimators see of one endpoint; all the same where the design has no covariates."""

    plain: Data
    of_difference: Data  # with covariates as they are
    of_ratio: Data  # with the logarithms of those that count


def see(
    days: Mapping[str, NDArray],
    design: Design,
    enrolled: EnrolledPatients,
    endpoint: str,
    missing: NDArray[np.bool_],
    doses: NDArray[np.float64] | None,
) -> Seen:
    """Return what estimators see of one endpoint, without and with the design's covariates.

    Args:
        days: the diaries, (trial, subject, day).
        design: the trial.
        enrolled: its patients.
        endpoint: one of ``ENDPOINTS``.
        missing: from ``observed``.
        doses: of the groups, where there are several.
    """
    plain = collect(days, design, enrolled, endpoint, missing)._replace(weights=doses)
    difference, ratio = (
        covariates.adjusted(plain, days, missing, design, endpoint, ratio=ratio) for ratio in (False, True)
    )
    return Seen(plain, difference, ratio)


def estimates(name: str, seen: Mapping[str, Seen], sizes: tuple[int, ...], groups: int) -> dict[str, NDArray]:
    """Return the columns of one estimator by world and size; under the effect also as it is without covariates.

    Args:
        name: of the estimator.
        seen: by world, ``effect`` and ``null``.
        sizes: patients per group.
        groups: how many.
    """
    tables: dict[str, NDArray] = {}
    method = METHODS[name]
    for world, data in seen.items():
        scaled = data.of_difference if method.scale == "difference" else data.of_ratio
        chosen = scaled if method.adjusts else data.plain
        for size in sizes:
            tables |= _columns(f"{name}|{size}|{world}", estimate(name, chosen.first(size * groups)))
            if world == "effect" and chosen.covariates is not None:
                tables |= _columns(f"{name}|{size}|plain", estimate(name, data.plain.first(size * groups)))
    return tables


def covariate_rows(seen: Seen, endpoint: str) -> dict[str, NDArray]:
    """Return the covariates of ratios, which the truth of an odds ratio depends on, each (trial, subject)."""
    values = seen.of_ratio.covariates
    if values is None:
        return {}
    return {f"{endpoint}|covariate|{place}": values[..., place] for place in range(values.shape[-1])}


def estimate(name: str, data: Data) -> MethodEstimate:
    """Return what the estimator ``name`` says of ``data``."""
    return METHODS[name].estimate(data)


def _columns(name: str, estimates: MethodEstimate) -> dict[str, NDArray]:
    return {
        f"{name}|{part}|{place}": values[:, place]
        for part, values in estimates._asdict().items()
        for place in range(values.shape[1])
    }
