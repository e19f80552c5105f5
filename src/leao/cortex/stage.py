"""The cortex as a stage of the chain: each world follows one curve of the shipped threshold map.

Reads: ``block_odds`` (trial, subject, day): B / (1 - B) at the map's key voltage.
Writes: ``threshold_relative`` (trial, subject, day): threshold over the same tissue's threshold without drug.
Rule: parameter sets were searched at several shares of GluN2C and 2D in the NMDA current. At each share one set is
drawn, each equally likely and ordered by how far block raises its threshold; between shares ln(threshold) is linear
in the world's own share. The stimulus is K+ or a current-like pulse, equally likely: what sets off a wave in people
is unknown.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.cortex import threshold_map

Array = NDArray[np.float64]

ORDERED_AT = 4  # row of the map's odds; below it the rise is near the thresholds' tolerance


class CurveChoice(NamedTuple):
    """Which curve each trial follows; the uniforms are kept so that another preset can be picked alike."""

    presets: tuple[str, ...]
    member: Array  # U(0, 1), (trial, 1)
    stimulus: Array  # U(0, 1), (trial, 1)
    share: Array | float  # of GluN2C and 2D in the NMDA current, (trial, 1)


class Stratum(NamedTuple):
    """The parameter sets searched at one share, each stimulus ordered by itself, weakest rise first."""

    share: float
    curves: Array  # (member, stimulus, odds)


def run(pick: CurveChoice, block_odds: Array) -> dict[str, Array]:
    """Return ``threshold_relative`` for ``block_odds``, both (trial, subject, day).

    Trials that follow the same curve are read from it together; whichever stand beside it, a value is the same.
    """
    odds, strata = pooled(pick.presets)
    member, stimulus = pick.member[:, 0], pick.stimulus[:, 0]
    relative = np.ones_like(block_odds)
    for place, weights in neighbours(strata, np.broadcast_to(pick.share, pick.member.shape)[:, 0]):
        for stratum in np.unique(place):
            curves = strata[stratum].curves
            count, kinds = curves.shape[:2]
            row = (member * count).astype(np.intp) * kinds + (stimulus * kinds).astype(np.intp)
            here = (place == stratum) & (weights > 0.0)
            for curve in np.unique(row[here]):
                trials = np.flatnonzero(here & (row == curve))
                values = threshold_map.interpolate(curves[divmod(curve, kinds)], odds, block_odds[trials])
                relative[trials] *= values ** weights[trials, None, None]
    return {"threshold_relative": relative}


def neighbours(strata: tuple[Stratum, ...], shares: Array) -> list[tuple[NDArray[np.intp], Array]]:
    """Return place and weight (trial,) of the stratum below each share and of the one above.

    A share beyond the ends counts as the end: weight 1 for it, 0 for the other.
    """
    known = np.array([stratum.share for stratum in strata])
    above = np.clip(np.searchsorted(known, shares), 1, max(1, len(strata) - 1))
    below = above - 1
    if len(strata) == 1:
        return [(below, np.ones(shares.shape))]
    weight = np.clip((shares - known[below]) / (known[above] - known[below]), 0.0, 1.0)
    return [(below, 1.0 - weight), (above, weight)]


@cache
def pooled(presets: tuple[str, ...]) -> tuple[Array, tuple[Stratum, ...]]:
    """Return the map's odds and the strata of all parameter sets of ``presets``, by share."""
    read = [threshold_map.read(preset) for preset in presets]
    curves = np.concatenate([each.relative for each in read])
    shares = np.concatenate([each.shares for each in read])
    strata = []
    for share in np.unique(shares):
        own = curves[shares == share]
        order = np.argsort(own[:, :, ORDERED_AT], axis=0, kind="stable")
        strata.append(Stratum(float(share), np.take_along_axis(own, order[:, :, None], axis=0)))
    return read[0].odds, tuple(strata)
