"""The cortex as a stage of the chain: each world follows one curve of the shipped threshold map.

Reads: ``block_odds`` (trial, subject, day): B / (1 - B) at the map's key voltage.
Writes: ``threshold_relative`` (trial, subject, day): threshold over the same tissue's threshold without drug.
Rule: members of a weighted base (``threshold_map.WEIGHTED``) are drawn by their weights, whatever the world's own share
of GluN2C and 2D in the NMDA current; that share enters the odds. Those of other bases were searched at several shares:
at each one is drawn, each equally likely, and between shares ln(threshold) is linear in the world's own share. Either
way they are ordered by how far block raises their threshold. The stimulus goes with the read-out of the verdict.
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
    count_error: Array | float = 0.5  # U(0, 1), (trial, 1), place in the error of a member's counts


class Stratum(NamedTuple):
    """Parameter sets drawn together, each stimulus ordered by itself, weakest rise first."""

    share: float
    curves: Array  # (member, stimulus, odds)
    cumulative: Array  # (member, stimulus) weights up to and with each, the last 1


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
            kind = (stimulus * kinds).astype(np.intp)
            rank = (strata[stratum].cumulative[:, kind] <= member).sum(axis=0)
            row = np.minimum(rank, count - 1) * kinds + kind
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
    """Return the map's odds and the parameter sets of ``presets``, by share; in one where any preset is weighted.

    Presets pooled with a weighted one are equally likely.
    """
    read = [threshold_map.read(preset) for preset in presets]
    curves = np.concatenate([each.relative for each in read])
    shares = np.concatenate([each.shares for each in read])
    if any(preset in threshold_map.WEIGHTED for preset in presets):
        weights = np.concatenate([each.weights for each in read]) / len(presets)
        return read[0].odds, (_ordered(0.0, curves, weights),)
    strata = []
    for share in np.unique(shares):
        of_share = curves[shares == share]
        strata.append(_ordered(float(share), of_share, np.full(len(of_share), 1.0 / len(of_share))))
    return read[0].odds, tuple(strata)


def _ordered(share: float, curves: Array, weights: Array) -> Stratum:
    """Return a stratum, each stimulus ordered by its rise."""
    order = np.argsort(curves[:, :, ORDERED_AT], axis=0, kind="stable")
    return Stratum(share, np.take_along_axis(curves, order[:, :, None], axis=0), np.cumsum(weights[order], axis=0))
