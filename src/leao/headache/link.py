"""Link: from the ignition threshold of the wave to the hazard of attacks.

Reads: ``threshold_relative`` (trial, subject, day), 1 without drug.
Writes: ``attack_rate_ratio`` (trial, subject, day), the factor on the hazard of attack onsets, 1 without drug.
Equation: beta = kappa * gamma * scale; observed = (1 - wave_share) + wave_share * threshold^-beta;
hazard = observed^(1 / saturation).
Source: ledger ``headache``, the blind anchor on other preventives; no memantine trial stands in it.

``kappa`` is anchored on *observed* ratios of attack rates while the diary takes a *hazard*; ``saturation`` is the
slope between their logarithms, so that anchor and prediction lie on the same layer. ``kappa`` is anchored on all
attacks of those trials, also the ones no wave began: ``wave_share`` on top of it dilutes twice. It is kept because
without aura the share may be far below that of the anchoring trials, and the verdict is plotted against it.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Params(NamedTuple):
    """Numbers of the link from threshold to attacks."""

    kappa: Annotated[float, "dimensionless"]
    gamma: Annotated[float, "dimensionless"]
    scale: Annotated[float, "dimensionless"]
    wave_share: Annotated[float, "dimensionless"]
    saturation: Annotated[float, "dimensionless"]


def run(params: Params, upstream: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return ``attack_rate_ratio`` (trial, subject, day), at most 1 where the threshold is raised.

    Args:
        params: floats, or one number per trial of shape (trial, 1).
        upstream: ``threshold_relative`` (trial, subject, day).
    """
    observed = observed_ratio(upstream, _per_day(trigger_slope(params)), _per_day(params.wave_share))
    return {"attack_rate_ratio": hazard_ratio(observed, _per_day(params.saturation))}


def trigger_slope(params: Params) -> NDArray[np.float64]:
    """Return beta, the log fall of the observed attack rate per log rise of the threshold."""
    return np.asarray(params.kappa * params.gamma * params.scale)


def observed_ratio(
    threshold_relative: NDArray[np.float64], slope: NDArray[np.float64] | float, wave_share: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Return the ratio of observed attack rates if only the share ``wave_share`` of attacks needs a wave.

    Written with expm1, so that an unchanged threshold gives exactly 1.
    """
    return 1.0 + wave_share * np.expm1(-np.asarray(slope) * np.log(threshold_relative))


def hazard_ratio(observed: NDArray[np.float64], saturation: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the ratio of hazards that a diary needs to show the ``observed`` ratio of attack rates."""
    return observed ** (1.0 / np.asarray(saturation))


def _per_day(value: float | NDArray[np.float64]) -> NDArray[np.float64]:
    value = np.asarray(value, dtype=np.float64)
    return value[..., None] if value.ndim else value
