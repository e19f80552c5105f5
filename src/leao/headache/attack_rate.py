"""Link: from the fall of waves to the hazard of attacks.

Reads: ``log_fall`` (trial, subject, day), minus the logarithm of the ratio of counts of KCl-evoked waves; 0 without.
Writes: ``attack_rate_ratio`` (trial, subject, day), the factor on the hazard of attack onsets, 1 without drug.
Equation: observed = exp(-kappa L);  hazard = observed^(1 / saturation).
Source: ledger ``headache``; kappa from the hierarchical model of other preventives (``evidence/preventive_link.py``),
no memantine trial in it; slopes of thresholds on counts: ledger ``read_outs``.

``kappa`` is anchored on *observed* ratios of *all* attacks in the preventives' trials, also of those that no wave
began, and is applied to all attacks: a share of wave-borne attacks on top would dilute twice (``diluted_twice`` keeps
that old arithmetic as a named sensitivity). ``kappa_wave`` and ``wave_share`` are the second reading, with the share
inside the anchor's likelihood: they serve single attacks and provoked auras. The diary takes a *hazard*;
``saturation`` is the slope between the logarithms of observed ratio and hazard ratio.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class LinkNumbers(NamedTuple):
    """Numbers of the link from waves to attacks."""

    kappa: Annotated[float, "dimensionless"]
    kappa_wave: Annotated[float, "dimensionless"]
    wave_share: Annotated[float, "dimensionless"]
    saturation: Annotated[float, "dimensionless"]


class Slopes(NamedTuple):
    """Log fall of counts per log rise of a threshold; ledger ``read_outs``."""

    count_slope: Annotated[float, "dimensionless"]
    electrical_slope: Annotated[float, "dimensionless"]


def run(params: LinkNumbers, upstream: Array) -> dict[str, Array]:
    """Return ``attack_rate_ratio`` (trial, subject, day), at most 1 where waves are fewer.

    Args:
        params: floats, or one number per trial of shape (trial, 1).
        upstream: ``log_fall`` (trial, subject, day).
    """
    observed = observed_ratio(upstream, _per_day(params.kappa))
    return {"attack_rate_ratio": hazard_ratio(observed, _per_day(params.saturation))}


def observed_ratio(log_fall: Array, kappa: Array | float) -> Array:
    """Return the ratio of observed attack rates; no wave left (an infinite fall) leaves the attacks of kappa = 0."""
    kappa = np.broadcast_to(np.asarray(kappa, dtype=np.float64), np.shape(log_fall))
    exponent = np.zeros(np.shape(log_fall))
    return np.exp(-np.multiply(kappa, log_fall, out=exponent, where=kappa > 0.0))


def waves_left(log_fall: Array, kappa_wave: Array | float) -> Array:
    """Return the share of attacks begun by a wave that still begin."""
    return observed_ratio(log_fall, kappa_wave)


def diluted_twice(log_fall: Array, kappa: Array | float, wave_share: Array | float) -> Array:
    """Return the ratio of attack rates by the old arithmetic: a share of wave-borne attacks on top of kappa."""
    return 1.0 + wave_share * (observed_ratio(log_fall, kappa) - 1.0)


def hazard_ratio(observed: Array, saturation: Array | float) -> Array:
    """Return the ratio of hazards that a diary needs to show the ``observed`` ratio of attack rates."""
    return observed ** (1.0 / np.asarray(saturation))


def _per_day(value: float | Array) -> Array:
    value = np.asarray(value, dtype=np.float64)
    return value[..., None] if value.ndim else value
