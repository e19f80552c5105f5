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
    """Return ``threshold_relative`` for ``block_odds``, both (trial, subject, day)."""
    odds, strata = pooled(pick.presets)
    shares = np.broadcast_to(pick.share, pick.member.shape)[:, 0]
    relative = np.empty_like(block_odds)
    for trial in range(block_odds.shape[0]):
        luck = float(pick.member[trial, 0]), float(pick.stimulus[trial, 0])
        relative[trial] = 1.0
        for stratum, weight in neighbours(strata, float(shares[trial])):
            curve = _curve(stratum, *luck)
            relative[trial] *= threshold_map.interpolate(curve, odds, block_odds[trial]) ** weight
    return {"threshold_relative": relative}


def neighbours(strata: tuple[Stratum, ...], share: float) -> list[tuple[Stratum, float]]:
    """Return the strata on either side of ``share`` with their weights; those beyond the ends count as the end."""
    known = np.array([stratum.share for stratum in strata])
    above = int(np.searchsorted(known, share))
    if above == 0 or above == len(strata):
        return [(strata[min(above, len(strata) - 1)], 1.0)]
    weight = (share - known[above - 1]) / (known[above] - known[above - 1])
    pair = [(strata[above - 1], 1.0 - weight), (strata[above], weight)]
    return [(stratum, float(each)) for stratum, each in pair if each > 0.0]


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


def _curve(stratum: Stratum, member: float, stimulus: float) -> Array:
    """Return the stratum's curve (odds,) for two uniforms."""
    count, kinds = stratum.curves.shape[:2]
    return stratum.curves[int(member * count), int(stimulus * kinds)]
