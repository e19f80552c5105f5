"""The cortex as a stage of the chain: each world follows one curve of the shipped threshold map.

Reads: ``block_odds`` (trial, subject, day): B / (1 - B) at the map's key voltage.
Writes: ``threshold_relative`` (trial, subject, day): threshold over the same tissue's threshold without drug.
Rule: one of the presets' parameter sets is drawn, each equally likely and ordered by how far block raises their
threshold, and the stimulus (K+ or a current-like pulse, equally likely: what sets off a wave in people is unknown).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leao.stages.cortex import threshold_map

Array = NDArray[np.float64]

ORDERED_AT = 4  # row of the map's odds; below it the rise is near the thresholds' tolerance


class Pick(NamedTuple):
    """Which curve each trial follows; the uniforms are kept so that another preset can be picked alike."""

    presets: tuple[str, ...]
    member: Array  # U(0, 1), (trial, 1)
    stimulus: Array  # U(0, 1), (trial, 1)


def run(pick: Pick, block_odds: Array) -> dict[str, Array]:
    """Return ``threshold_relative`` for ``block_odds``, both (trial, subject, day)."""
    odds, curves = pooled(pick.presets)
    member = (pick.member[:, 0] * curves.shape[0]).astype(int)
    stimulus = (pick.stimulus[:, 0] * curves.shape[1]).astype(int)
    relative = np.empty_like(block_odds)
    for trial in range(block_odds.shape[0]):
        relative[trial] = threshold_map.interpolate(curves[member[trial], stimulus[trial]], odds, block_odds[trial])
    return {"threshold_relative": relative}


@cache
def pooled(presets: tuple[str, ...]) -> tuple[Array, Array]:
    """Return the map's odds and all parameter sets' relative thresholds (member, stimulus, odds), weakest rise first.

    Sets are ordered at one row of odds, near clinical levels, for each stimulus by itself.
    """
    odds = threshold_map.read(presets[0]).odds
    curves = np.concatenate([threshold_map.read(preset).relative for preset in presets])
    order = np.argsort(curves[:, :, ORDERED_AT], axis=0, kind="stable")
    return odds, np.take_along_axis(curves, order[:, :, None], axis=0)
